"""The seventeen faults that a spike of the engine had, and the rule that cures each (`shared/facts/engine.md`)."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.errors import Cancelled, DeadlineExceeded, EngineClosed, LoadFailed, ModelFailed, NestedCall, OutOfMemory
from shared.serving import CpuDevice, Engine, FakeDevice, Step
from shared.serving.fake import FakeOutOfMemory
from shared.serving.load import constructing
from tests.shared.serving.fakes import Gate, declare, double


def in_thread(call: Any, *args: Any) -> Any:
    """`call` outside the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call, *args).result()


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own."""
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False)


def test_rule_01_every_thread_that_runs_torch_sets_its_own_intra_op_count() -> None:
    torch = pytest.importorskip("torch")
    seen: list[int] = []

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        seen.append(torch.get_num_threads())
        return requests

    model, _ = declare(run=run)
    with Engine(CpuDevice(threads=3)) as engine:
        engine.run(model, 1)
    assert seen == [3]


def test_rule_01_idle_openmp_threads_sleep() -> None:
    done = python("""
        import os
        os.environ.pop("OMP_WAIT_POLICY", None)
        from shared.serving import CpuDevice
        CpuDevice()
        print(os.environ["OMP_WAIT_POLICY"])
    """)
    assert done.stdout.strip() == "PASSIVE"


def test_rule_02_only_declared_models_run_in_the_callers_thread(engine: Engine) -> None:
    handed_over, its_log = declare("handed over")
    inline, inline_log = declare("inline", inline=True)
    for model in (handed_over, inline):
        engine.warm(model)
        in_thread(engine.run, model, 1)
    assert its_log.threads[0].name.startswith("lane")
    assert not inline_log.threads[0].name.startswith("lane")


def test_rule_03_never_inline_in_the_main_thread_under_pythons_own_sigint_handler(engine: Engine) -> None:
    model, log = declare(inline=True)
    engine.warm(model)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    engine.run(model, 1)
    assert log.threads[0] is not threading.main_thread()


def test_rule_03_inline_in_the_main_thread_under_an_own_handler(engine: Engine) -> None:
    model, log = declare(inline=True)
    engine.warm(model)
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        engine.run(model, 1)
    finally:
        signal.signal(signal.SIGINT, before)
    assert log.threads[0] is threading.main_thread()


def test_rule_03_never_inline_in_an_event_loop(engine: Engine) -> None:
    model, log = declare(inline=True)
    engine.warm(model)

    async def call() -> None:
        engine.run(model, 1)

    in_thread(lambda: asyncio.run(call()))
    assert log.threads[0].name.startswith("lane")


def test_rule_03_keyboard_interrupt_leaks_nothing(engine: Engine, device: FakeDevice) -> None:
    model, _ = declare(inline=True)
    engine.warm(model)
    interrupts = 0
    stop = threading.Event()

    def strike() -> None:
        while not stop.wait(0.001):
            os.kill(os.getpid(), signal.SIGINT)

    striker = threading.Thread(target=strike)
    until = time.monotonic() + 1.0
    try:
        striker.start()
        while time.monotonic() < until:
            try:
                engine.run(model, 1)
            except KeyboardInterrupt:
                interrupts += 1
    finally:
        ended = False
        while not ended:
            try:
                stop.set()
                striker.join()
                time.sleep(0.01)
                ended = True
            except KeyboardInterrupt:
                continue
    assert interrupts > 20
    assert engine.run(model, 4) == 8
    status = engine.status()
    assert status.queued == {"model": 0}
    assert [loaded.pins for loaded in status.loaded] == [0]
    assert status.used_bytes == device.allocated_bytes == 100


def test_rule_04_weights_working_bytes_and_slot_are_admitted_together(device: FakeDevice) -> None:
    """Two models that each fit, but not together with their working bytes, take turns instead of holding and waiting."""
    models = [declare(f"model {number}", nbytes=300, working=300)[0] for number in range(2)]
    device.slots = 2
    with Engine(device) as engine, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: engine.run(models[n % 2], n), range(40))) == [2 * n for n in range(40)]
    assert device.peak_bytes <= 1000
    assert device.refusals == 0


@pytest.mark.parametrize("call", ["run", "submit", "warm"])
def test_rule_05_a_model_that_calls_the_engine_gets_nested_call(engine: Engine, call: str) -> None:
    other, _ = declare("other")

    def nest(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        getattr(engine, call)(other, *([] if call == "warm" else [1]))
        return requests

    model, _ = declare("nesting", nest, inline=True)
    with pytest.raises(NestedCall):
        engine.run(model, 1)
    with pytest.raises(NestedCall):
        in_thread(engine.run, model, 1)


def test_rule_05_a_model_that_waits_for_an_item_gets_nested_call(device: FakeDevice) -> None:
    gate = Gate()
    slow, _ = declare("slow", gate)
    device.slots = 2
    with Engine(device) as engine:
        item = engine.submit(slow, 1)
        waiting, _ = declare("waiting", lambda requests, step: [item.result()])
        with pytest.raises(NestedCall):
            engine.run(waiting, 1)
        gate.open.set()
        assert item.result() == 2


def test_rule_06_a_load_is_pinned_until_its_first_use() -> None:
    """Ten models over a budget for one, many callers: no load is wasted on a model evicted before it ran."""
    device = FakeDevice(10_000, slots=2)
    declared = [declare(f"model {number}", nbytes=100, working=0) for number in range(10)]
    with Engine(device, budget_bytes=100) as engine, ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda n: engine.run(declared[n % 10][0], n), range(100)))
    assert sum(log.loads for _, log in declared) <= 100
    assert all(log.loads <= len(log.batches) for _, log in declared)
    assert device.peak_bytes == 100


def test_rule_07_out_of_memory_while_loading_is_no_failed_load(engine: Engine, device: FakeDevice) -> None:
    """The cache is emptied, then idle models go one at a time, the oldest first, until the load fits."""
    idle = [declare(f"idle {number}", nbytes=200) for number in range(3)]
    for model, _ in idle:
        engine.run(model, 1)
    device.foreign_bytes = 300  # somebody else took it, and the ledger's ceiling is stale
    big, log = declare("big", nbytes=390)
    assert engine.run(big, 1) == 2
    assert log.loads == 1
    assert [its_log.closes for _, its_log in idle] == [1, 1, 0]


def test_rule_07_the_cache_is_emptied_before_anything_is_evicted(engine: Engine, device: FakeDevice) -> None:
    first, first_log = declare("first")
    engine.run(first, 1)
    failures = iter([FakeOutOfMemory("once")])

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        for failure in failures:
            raise failure
        return requests

    second, _ = declare("second", run)
    cleared = device.cache_clears
    assert engine.run(second, 5) == 5
    assert device.cache_clears == cleared + 1
    assert first_log.closes == 0


def test_rule_08_a_retry_does_not_keep_the_dead_batchs_tensors(engine: Engine) -> None:
    class Tensor:
        """Something large."""

    alive_at_retry: list[bool] = []
    previous: list[weakref.ref[Tensor]] = []

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        alive_at_retry.extend(reference() is not None for reference in previous)
        tensor = Tensor()
        previous.append(weakref.ref(tensor))
        if len(previous) < 3:
            raise FakeOutOfMemory("too little")
        return requests

    model, _ = declare(run=run)
    gc.disable()
    try:
        engine.run(model, 1)
    finally:
        gc.enable()
    assert alive_at_retry == [False, False, False]


def test_rule_09_a_failed_load_is_retried_once_and_then_pauses(engine: Engine) -> None:
    attempts = 0

    def load(device: Any, dtype: Any) -> Any:
        nonlocal attempts
        attempts += 1
        raise OSError("the disk is gone")

    model, _ = declare(load=load)
    items = [engine.submit(model, number) for number in range(50)]
    for item in items:
        with pytest.raises(LoadFailed, match="the disk is gone"):
            item.result()
    assert attempts == 2
    assert len({id(item.error) for item in items}) == 50
    assert engine.status().used_bytes == 0


def test_rule_09_a_load_that_fails_once_costs_nobody_anything(engine: Engine) -> None:
    model, _ = declare()
    load, attempts = model.load, []

    def fail_once(device: Any, dtype: Any) -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("a hiccup")
        return load(device, dtype)

    flaky, _ = declare("flaky", load=fail_once)
    assert engine.run(flaky, 3) == 6


def test_rule_10_an_item_with_parts_already_read_is_not_run_again(engine: Engine) -> None:
    runs: list[int] = []

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        runs.append(len(requests))
        for i in range(len(requests)):
            step.emit(i, "part")
        if len(runs) == 1:
            raise ValueError("in the middle")
        return requests

    model, _ = declare(run=run, max_batch=4)
    with engine.stream(model, 1) as stream:
        assert next(stream) == "part"
        with pytest.raises(ModelFailed, match="in the middle"):
            next(stream)
    assert runs == [1]


@pytest.mark.parametrize(("error", "expected"), [(ValueError("broke"), ModelFailed), (FakeOutOfMemory("broke"), OutOfMemory)])
def test_rule_10_of_a_failed_batch_only_those_without_parts_are_run_again(
    engine: Engine, error: Exception, expected: type[Exception]
) -> None:
    gate = Gate()

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        if requests[0] == "blocker":
            gate(requests, step)
        if len(requests) == 2:
            step.emit(0, "part")
            raise error
        return requests

    model, log = declare(run=run, max_batch=2)
    blocker = engine.submit(model, "blocker")
    assert gate.reached.wait(5)
    stream = engine.stream(model, "streamed")
    item = engine.submit(model, "whole")
    gate.open.set()
    assert blocker.result() == "blocker"
    assert item.result() == "whole"
    assert next(stream) == "part"
    with pytest.raises(expected, match="broke"):
        next(stream)
    assert log.batches == [["blocker"], ["streamed", "whole"], ["whole"]]


def test_rule_10_step_fail_fails_one_item_and_spares_the_batch(engine: Engine) -> None:
    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        step.fail(1, ValueError("bad tile"))
        assert [step.live(i) for i in range(3)] == [True, False, True]
        return [2 * request for request in requests]

    model, log = declare(run=run, max_batch=4)
    items = engine.submit_many(model, [1, 2, 3])
    assert [items[0].result(), items[2].result()] == [2, 6]
    with pytest.raises(ModelFailed, match="bad tile"):
        items[1].result()
    assert log.batches == [[1, 2, 3]]


def test_rule_11_who_loses_the_claim_waits_for_the_winner(engine: Engine) -> None:
    """Deadlines that fall in the middle of results: one outcome an item, the same for each who asks."""
    model, _ = declare(run=lambda requests, step: (time.sleep(0.002), requests)[1])
    items = [engine.submit(model, number, deadline_s=0.001 * (number % 20)) for number in range(60)]

    def outcome(item: Any) -> Any:
        try:
            return item.result()
        except DeadlineExceeded as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        first, second = list(pool.map(outcome, items)), list(pool.map(outcome, items))
    assert first == second
    assert all(item.done for item in items)


def test_rule_12_a_stream_is_under_way_before_its_first_part_is_read(engine: Engine) -> None:
    gate = Gate()
    model, _ = declare(run=gate)
    stream = engine.stream(model, 1)
    assert gate.reached.wait(5)
    gate.open.set()
    assert list(stream) == []
    assert stream.result() == 2


def test_rule_12_dropping_a_stream_cancels_its_item(engine: Engine) -> None:
    gate = Gate()
    model, _ = declare(run=gate)
    stream = engine.stream(model, 1)
    item = stream.item
    assert gate.reached.wait(5)
    del stream
    with pytest.raises(Cancelled):
        item.result(timeout_s=5)


def test_rule_12_a_full_buffer_cancels_its_item_and_never_blocks_the_model(engine: Engine) -> None:
    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        for part in range(5000):
            step.emit(0, part)
        assert not step.live(0)
        return requests

    model, _ = declare(run=run)
    stream = engine.stream(model, 1)
    with pytest.raises(Exception, match="parts behind"):
        stream.result(timeout_s=5)


def test_rule_12_cancel_takes_no_lock_of_the_engine(engine: Engine) -> None:
    gate = Gate()
    model, _ = declare(run=gate)
    item = engine.submit(model, 1)
    assert gate.reached.wait(5)
    lane = engine._lanes["model"]
    with engine._lock, engine._sites[0].ledger._lock:
        assert lane.runner.turn.locked()
        engine.cancel(item)
    assert item.done


@pytest.mark.parametrize("engine", ["Engine('cpu')", "default_engine()"])
def test_rule_13_exit_with_a_busy_lane_is_clean(engine: str) -> None:
    done = python(f"""
        import atexit
        atexit.register(lambda: print(engine.closed, log.closes))  # runs after the engine's own, which comes later
        from shared.serving import Engine, default_engine
        from tests.shared.serving.fakes import Gate, declare
        gate = Gate()
        model, log = declare(run=gate)
        engine = {engine}
        for number in range(5):
            engine.submit(model, number)
        assert gate.reached.wait(5)
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True 1\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_rule_13_after_a_fork_the_engine_is_dead_with_a_typed_error() -> None:
    done = python("""
        import os
        from shared.errors import EngineClosed
        from shared.serving import default_engine
        from tests.shared.serving.fakes import declare
        model, log = declare()
        assert default_engine().run(model, 1) == 2
        child = os.fork()
        if child == 0:
            try:
                default_engine().run(model, 1)
            except EngineClosed as error:
                os._exit(7 if "spawn" in str(error) else 1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        assert default_engine().run(model, 2) == 4
    """)
    assert (done.stdout.strip(), done.returncode) == ("7", 0), done.stderr


def test_rule_14_a_model_that_batches_itself_takes_no_slot(engine: Engine) -> None:
    together = threading.Barrier(4, timeout=5)

    def run(requests: Sequence[Any], step: Step) -> Sequence[Any]:
        together.wait()
        return requests

    model, _ = declare(run=run, concurrency=4)
    assert [item.result() for item in engine.submit_many(model, range(4))] == [0, 1, 2, 3]
    assert engine.status().slots == 1


def test_rule_15_a_large_model_does_not_starve_behind_busy_small_ones(device: FakeDevice) -> None:
    """Small models that are never idle at the same moment: the large one's victims take no new work until it is in."""
    device.slots = 4
    small = [declare(f"small {n}", lambda r, s: (time.sleep(0.003), r)[1], nbytes=200)[0] for n in range(4)]
    big, _ = declare("big", nbytes=900)
    stop = threading.Event()
    with Engine(device) as engine, ThreadPoolExecutor(8) as pool:

        def keep_busy(n: int) -> None:
            while not stop.is_set():
                engine.run(small[n % 4], n)

        busy = [pool.submit(keep_busy, n) for n in range(8)]
        time.sleep(0.05)
        try:
            assert engine.run(big, 1, deadline_s=5) == 2
        finally:
            stop.set()
        for each in busy:
            each.result()
    assert device.peak_bytes <= 1000


def test_rule_15_the_construction_lock_is_not_held_while_files_are_read(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.serving import load

    held: list[bool] = []

    class Module:
        def load_state_dict(self, weights: Any, strict: bool) -> None:
            held.append(constructing.locked())

        def to(self, **_: Any) -> Module:
            return self

        def eval(self) -> Module:
            return self

        def requires_grad_(self, *, requires_grad: bool) -> Module:
            return self

    def read(path: Any, source: Any) -> dict[str, Any]:
        held.append(constructing.locked())
        return {}

    monkeypatch.setattr(load, "read_weights", read)
    model, _ = declare()
    load.load_module(Module, tmp_path, model.source, CpuDevice(), CpuDevice.dtypes[0])  # type: ignore[type-var]
    assert held == [False, True]


def test_rule_16_the_oldest_head_chooses_the_key_and_priority_is_seconds_of_age(engine: Engine) -> None:
    gate = Gate()
    gate.open.set()
    model, log = declare(run=gate, max_batch=8, batch_key=lambda request: request[0])
    gate.open.clear()
    engine.run(declare("warm")[0], 1)
    first = engine.submit(model, ("first",))
    assert gate.reached.wait(5)
    items = engine.submit_many(model, [("a", 1), ("b", 1), ("a", 2), ("b", 2)])
    items.append(engine.submit(model, ("c", 1), priority=60))
    gate.open.set()
    for item in [first, *items]:
        item.result()
    assert log.batches == [[("first",)], [("c", 1)], [("a", 1), ("a", 2)], [("b", 1), ("b", 2)]]


def test_rule_17_the_waiter_enforces_the_deadline_even_during_a_load(engine: Engine) -> None:
    let_go = threading.Event()
    model, _ = declare()
    load = model.load
    slow, _ = declare("slow", load=lambda device, dtype: (let_go.wait(), load(device, dtype))[1])
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"0\.1 s"):
        engine.run(slow, 1, deadline_s=0.1)
    assert 0.1 <= time.monotonic() - started < 2
    let_go.set()


def test_the_lock_order_holds_no_model_code_runs_under_the_ledgers_lock(engine: Engine) -> None:
    ledger = engine._sites[0].ledger
    seen: list[bool] = []
    assert not ledger._lock.locked()

    def look(*_: Any) -> bool:
        seen.append(ledger._lock.locked())
        return seen[-1]

    model, _ = declare(run=lambda requests, step: (look(), requests)[1], nbytes=600)
    item = engine.submit(model, 1, on_step=look)
    item.add_done_callback(look)
    item.result()
    other, _ = declare("other", nbytes=600)  # evicts the first: its close is model code
    engine.run(other, 1)
    engine.close()
    assert not any(seen)


def test_everything_typed_errors_are_counted_apart(engine: Engine) -> None:
    model, _ = declare(nbytes=2000)
    with pytest.raises(OutOfMemory, match="2,001 bytes"):
        engine.run(model, 1)
    assert engine.status().counts["model"].outcomes == {"ok": 0, "out_of_memory": 1}


def test_closing_fails_what_waits_and_what_runs(device: FakeDevice) -> None:
    gate = Gate()
    model, _ = declare(run=gate)
    engine = Engine(device)
    items = [engine.submit(model, number) for number in range(3)]
    assert gate.reached.wait(5)
    engine.close()
    for item in items:
        with pytest.raises(EngineClosed):
            item.result()
    with pytest.raises(EngineClosed):
        engine.run(model, 1)


def test_double_is_what_the_other_tests_take_it_for() -> None:
    assert double([1, 2], lambda done, total: None) == [2, 4]  # type: ignore[arg-type]
