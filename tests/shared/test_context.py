from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from shared.app import Context
from shared.cancel import CancelToken
from shared.errors import Cancelled, DeclarationError, ModelFailed
from shared.serving import Engine, Item, Model, Source


class Recorder:
    """Notes the batches it is given; fails on 'poison', waits on 'slow'."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.started = threading.Event()

    def run(self, requests: Sequence[Any], step: Any) -> list[Any]:
        self.batches.append(list(requests))
        self.started.set()
        if "poison" in requests:
            raise ValueError("poison")
        for _ in range(2000 if "slow" in requests else 0):
            step(0, 1)
            threading.Event().wait(0.005)
        for i, request in enumerate(requests):
            for letter in str(request):
                step(0, 1)
                step.emit(i, letter)
        return [f"<{request}>" for request in requests]

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def engine(recorder: Recorder) -> Iterator[Engine]:
    model: Model[Any, Any] = Model(
        name="recorder",
        task="t",
        licence="CC0-1.0",
        source=Source("embedded", __file__),
        load=lambda device, dtype: recorder,
        nbytes=lambda dtype: 10,
        working_bytes=lambda requests: 0,
        batch_key=lambda request: None,
        max_batch=4,
    )
    engine = Engine(device="cpu", models=[model])
    yield engine
    engine.close()


def test_results_come_in_order_with_progress(engine: Engine) -> None:
    seen: list[tuple[float, float, str]] = []
    context = Context(engine, on_progress=lambda *told: seen.append(told))
    assert context.map("recorder", [*range(100)], note="tile") == [f"<{i}>" for i in range(100)]
    assert seen[0] == (1, 100, "tile") and seen[-1] == (100, 100, "tile") and len(seen) == 100


def test_a_run_alone_is_always_cut_alike(engine: Engine, recorder: Recorder) -> None:
    cuts = []
    for _ in range(3):
        recorder.batches.clear()
        Context(engine).map("recorder", [*range(10)])
        cuts.append([len(batch) for batch in recorder.batches])
    assert cuts == [[4, 4, 2]] * 3


def test_a_replay_is_cut_as_the_recorded_run_was(engine: Engine, recorder: Recorder) -> None:
    Context(engine, replay={"recorder": 3}).map("recorder", [*range(7)])
    assert [len(batch) for batch in recorder.batches] == [3, 3, 1]


def test_what_was_used_is_noted_with_the_largest_batch(engine: Engine) -> None:
    context = Context(engine)
    context.run("recorder", 1)
    context.map("recorder", [*range(6)])
    used = context.used["recorder"]
    assert (used.model, used.batch_size, used.dtype) == ("recorder", 4, "float32") and used.device.startswith("cpu")


def test_a_stream_hands_out_parts_then_the_result_and_notes_the_model(engine: Engine) -> None:
    context = Context(engine)
    with context.stream("recorder", "ahoy") as parts:
        assert list(parts) == ["a", "h", "o", "y"] and parts.result() == "<ahoy>"
    assert context.used["recorder"].batch_size == 1


def test_a_replayed_stream_runs_alone(engine: Engine, recorder: Recorder) -> None:
    recorded, replayed = Context(engine), Context(engine, replay={"recorder": 1})
    busy: Item[Any] = engine.submit("recorder", "slow")
    recorder.started.wait(5)
    waiting: list[Item[Any]] = [engine.submit("recorder", number) for number in range(2)]
    with replayed.stream("recorder", "alone") as alone, recorded.stream("recorder", "shared") as shared:
        busy.cancel()
        assert (alone.result(), shared.result()) == ("<alone>", "<shared>")
    assert [item.result() for item in waiting] == ["<0>", "<1>"]
    assert ["alone"] in recorder.batches and [0, 1, "shared"] in recorder.batches


def test_a_stream_that_is_cancelled_or_left_stops_its_model(engine: Engine, recorder: Recorder) -> None:
    token = CancelToken()
    context = Context(engine, cancel=token)
    with context.stream("recorder", "slow") as parts:
        assert recorder.started.wait(5)
    assert parts.item.done and "recorder" not in context.used
    with context.stream("recorder", "slow") as parts:
        threading.Timer(0.1, token.cancel).start()
        with pytest.raises(Cancelled):
            list(parts)
    with pytest.raises(Cancelled), context.stream("recorder", 1):
        pass


def test_a_text_is_told_whole_and_its_tail_where_it_is_long(engine: Engine) -> None:
    told: list[str] = []
    token = CancelToken()
    context = Context(engine, on_text=told.append, cancel=token)
    context.text("one")
    context.text("one two")
    context.text("a" + "b" * 20_000)
    assert told == ["one", "one two", "b" * 20_000]
    token.cancel()
    with pytest.raises(Cancelled):
        context.text("three")
    Context(engine).text("nobody reads it")


def test_one_failure_raises_and_cancels_the_rest(engine: Engine, recorder: Recorder) -> None:
    with pytest.raises(ModelFailed, match="poison"):
        Context(engine).map("recorder", ["poison", *range(30)])
    assert Context(engine).run("recorder", "next") == "<next>"


def test_a_cancelled_run_stops_in_the_middle_of_a_batch(engine: Engine, recorder: Recorder) -> None:
    token = CancelToken()
    context = Context(engine, cancel=token)
    canceller = threading.Thread(target=lambda: (recorder.started.wait(5), token.cancel()))
    canceller.start()
    with pytest.raises(Cancelled):
        context.map("recorder", ["slow"])
    canceller.join()
    with pytest.raises(Cancelled):
        context.progress(1, 2)
    with pytest.raises(Cancelled):
        context.map("recorder", [1])


def test_generators_depend_on_seed_and_index_alone(engine: Engine) -> None:
    def draw(seed: int, index: int) -> float:
        return float(Context(engine, seed=seed).generator(index).random())

    assert draw(1, 0) == draw(1, 0)
    assert len({draw(seed, index) for seed in range(5) for index in range(5)}) == 25
    first, again = (Context(engine, seed=3).torch_generator(1).initial_seed() for _ in range(2))
    assert first == again
    assert isinstance(Context(engine).generator(), np.random.Generator)


def test_an_artifact_is_kept_and_its_name_checked(engine: Engine) -> None:
    context = Context(engine)
    made = context.artifact("a.txt", b"abc", "text/plain")
    assert made.read() == b"abc" and context.artifacts == [made]
    with pytest.raises(DeclarationError):
        context.artifact("../a.txt", b"abc", "text/plain")
