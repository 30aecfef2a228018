from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.cancel import CancelToken
from shared.errors import BadInput, Cancelled, EngineClosed, NotFound, Overloaded, RunFailed, StorageFailed
from shared.runs import ArtifactStore, Executor, History, RunProgress, journal, watch
from shared.serving import Engine
from tests.shared.runs.conftest import ours, wait_until
from tests.shared.runs.studio import add, count, fail, fill, read, tell

LONG = {"steps": 2_000, "wait_s": 0.01}


@pytest.fixture
def one_worker(history: History, store: ArtifactStore, engine: Engine) -> Iterator[Executor]:
    with Executor(history, store, engine=engine, workers=1, queue_limit=3) as opened:
        yield opened


def test_a_run_is_recorded_with_all_that_it_was(executor: Executor) -> None:
    run = executor.run(add, add.parse({"count": 5, "seed": 3}), owner="ada")
    assert (run.status, run.owner, run.seed, run.model, run.parent, run.work_units) == ("done", "ada", 3, "adder", None, 1.0)
    stored = executor.history.get(run.id, owner="ada")
    assert {**stored.as_dict()} == {**run.as_dict()}
    assert stored.result_of(add).table.read() == run.artifacts[0].read()
    assert stored.models[0]["batch_size"] == 4


def test_units_of_work_are_kept_for_estimates(executor: Executor) -> None:
    assert executor.run(count, count.parse({"steps": 3})).work_units == 3.0
    assert executor.run(fail, fail.parse({"how": "work"})).work_units is None, "a wrong figure fails no good run"


def test_a_typed_error_comes_back_typed(executor: Executor) -> None:
    run = executor.run(fail, fail.parse({"how": "bad_input"}))
    assert run.status == "failed"
    with pytest.raises(BadInput, match=r"upside down\. Turn it\.") as caught:
        executor.history.get(run.id).result_of(fail)
    assert caught.value.field == "picture"


def test_a_bug_is_a_failed_run(executor: Executor) -> None:
    run = executor.run(fail, fail.parse({"how": "bug"}))
    with pytest.raises(RunFailed, match="ZeroDivisionError: division by zero"):
        run.raise_error()


def test_files_made_before_a_failure_are_listed(executor: Executor) -> None:
    run = executor.run(fail, fail.parse({"how": "after_file"}))
    assert (run.status, run.result, [made.read() for made in run.artifacts]) == ("failed", None, [b"part"])


def test_an_unknown_model_is_a_failed_run_or_none(executor: Executor) -> None:
    """A face that waits shows the run; one that queues has not made it yet."""
    request = add.request_type(model="nosuch")
    run = executor.run(add, request)
    with pytest.raises(NotFound, match="nosuch"):
        run.result_of(add)
    with pytest.raises(NotFound, match="nosuch"):
        executor.submit(add, request)
    assert [found.id for found in executor.history.list()] == [run.id]


def test_an_engine_that_cannot_be_had_is_a_failed_run(history: History, store: ArtifactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Engine:
        raise OSError("no device")

    with Executor(history, store) as executor:
        monkeypatch.setattr("shared.serving.default_engine", refuse, raising=False)
        run = executor.run(count, count.parse({}))
    with pytest.raises(RunFailed, match="could not be run: OSError: no device"):
        run.result_of(count)


@pytest.mark.parametrize(("how", "interrupt"), [("interrupt", KeyboardInterrupt), ("exit", SystemExit)])
def test_an_interrupt_is_recorded_and_raised_again(executor: Executor, how: str, interrupt: type[BaseException]) -> None:
    token = CancelToken()
    with pytest.raises(interrupt):
        executor.run(fail, fail.parse({"how": how}), cancel=token)
    (run,) = executor.history.list()
    assert run.status == "cancelled"
    assert token.cancelled, "what works for it is told"


def test_an_interrupted_worker_goes_on_with_the_next(one_worker: Executor) -> None:
    handles = [one_worker.submit(fail, fail.parse({"how": how})) for how in ("exit", "none")]
    assert [handle.wait(10).status for handle in handles] == ["cancelled", "done"]


def test_a_token_cancels_from_any_thread(executor: Executor) -> None:
    token = CancelToken()
    threading.Timer(0.1, token.cancel).start()
    run = executor.run(count, count.parse(LONG), cancel=token)
    assert run.status == "cancelled"
    with pytest.raises(Cancelled):
        run.result_of(count)
    assert executor.run(count, count.parse({}), cancel=token).status == "cancelled", "one that was set before"


def test_progress_is_told_and_written_at_most_twice_a_second(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, float, str]] = []
    written: list[Any] = []
    update = executor.history.update
    monkeypatch.setattr(executor.history, "update", lambda run_id, changes: (written.append(changes), update(run_id, changes)))
    request = count.parse({"steps": 120, "wait_s": 0.01})
    handle = executor.submit(count, request, on_progress=lambda *progress: told.append(progress))
    seen = wait_until(lambda: next((run for run in executor.history.list(status="running") if run.progress.done), None))
    assert seen.progress.done < seen.progress.total == 120
    run = handle.wait(30)
    assert told == [(step, 120, "counting") for step in range(1, 121)]
    assert run.progress == RunProgress(120, 120, "counting")
    assert len(written) <= 2 * run.seconds + 2  # type: ignore[operator]


def test_a_submitted_run_is_in_the_history_at_once(one_worker: Executor, url: str) -> None:
    first = one_worker.submit(count, count.parse(LONG))
    second, third = (one_worker.submit(count, count.parse({})) for _ in range(2))
    elsewhere = History(url)
    assert {elsewhere.get(handle.run_id).status for handle in (second, third)} == {"queued"}
    wait_until(lambda: elsewhere.get(first.run_id).status == "running")
    assert (first.position, second.position, third.position) == (0, 1, 2)
    assert not second.done
    with pytest.raises(TimeoutError, match="it goes on"):
        second.wait(0.01)
    wait_until(lambda: first.progress.done > 0)
    first.cancel()
    assert [handle.wait(10).status for handle in (first, second, third)] == ["cancelled", "done", "done"]
    assert third.position == 0
    elsewhere.close()


def test_a_queued_run_is_cancelled_at_once(one_worker: Executor) -> None:
    first, second = one_worker.submit(count, count.parse(LONG)), one_worker.submit(count, count.parse({}))
    second.cancel()
    assert second.wait(0).status == one_worker.history.get(second.run_id).status == "cancelled"
    first.cancel()
    first.wait(10)


@pytest.mark.parametrize("which", [0, 1])
def test_a_cancel_from_elsewhere_arrives_soon(one_worker: Executor, url: str, which: int) -> None:
    """Whether the run is running or waits."""
    handles = [one_worker.submit(count, count.parse(LONG)) for _ in range(2)]
    elsewhere = History(url)
    wait_until(lambda: elsewhere.get(handles[0].run_id).status == "running")
    asked = time.monotonic()
    elsewhere.request_cancel(handles[which].run_id)
    assert handles[which].wait(5).status == "cancelled"
    assert time.monotonic() - asked < 2.0, "half a second and a step; a busy machine takes longer"
    elsewhere.close()


def test_a_text_is_seen_as_it_is_written_and_gone_when_it_is_over(executor: Executor, url: str) -> None:
    handle = executor.submit(tell, tell.parse({"text": "once upon a time there was", "wait_s": 0.3}))
    elsewhere = History(url)
    live = wait_until(lambda: (found := executor.live(handle.run_id)) and found.text and found)
    assert live.text.startswith("once") and (live.total, live.note) == (6, "word") and handle.progress.text >= live.text
    written = wait_until(lambda: elsewhere.get(handle.run_id).progress.text)
    assert "once upon a time there was".startswith(written)
    assert "once upon a time there was".startswith(elsewhere.get(handle.run_id).as_dict()["progress"]["text"])
    done = handle.wait(10)
    executor.history.flush()
    assert done.status == "done" and done.progress == elsewhere.get(done.id).progress == (5, 6, "word", "")
    elsewhere.close()


def test_no_more_run_at_a_time_than_there_are_workers(executor: Executor) -> None:
    handles = [executor.submit(count, count.parse({"steps": 5, "wait_s": 0.02})) for _ in range(8)]
    most = 0
    while not all(handle.done for handle in handles):
        most = max(most, len(executor.history.list(status="running")))
    assert most <= 2
    assert all(handle.wait(0).status == "done" for handle in handles)


def test_a_full_queue_refuses(one_worker: Executor) -> None:
    running = one_worker.submit(count, count.parse(LONG))
    wait_until(lambda: running.position == 0)
    for _ in range(3):
        one_worker.submit(count, count.parse({}))
    with pytest.raises(Overloaded, match="3 runs are waiting"):
        one_worker.submit(count, count.parse({}))
    assert len(one_worker.history.list()) == 4


def test_closing_cancels_what_waits_and_what_runs(executor: Executor) -> None:
    handles = [executor.submit(count, count.parse(LONG)) for _ in range(4)]
    wait_until(lambda: len(executor.history.list(status="running")) == 2)
    executor.close()
    assert {handle.wait(0).status for handle in handles} == {"cancelled"}
    for refused in (executor.run, executor.submit):
        with pytest.raises(EngineClosed):
            refused(count, count.parse({}))


def test_no_thread_while_nothing_runs(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_LINGER_S", 0.05)
    executor.submit(count, count.parse({})).wait(10)
    executor.run(count, count.parse({}))
    assert ours()
    wait_until(lambda: not ours(), timeout_s=5)
    assert executor.run(count, count.parse({})).status == "done"


def test_heartbeats_go_on_while_it_runs_and_while_it_waits(
    history: History, store: ArtifactStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another host would give the run up without them; also while it says nothing about its progress."""
    for name, seconds in (("BEAT_S", 0.02), ("_HEARTBEAT_S", 0.05), ("_SWEEP_S", 0.0)):
        monkeypatch.setattr(watch, name, seconds)
    with Executor(history, store, engine=engine, workers=1) as executor:
        running, waiting = executor.submit(count, count.parse(LONG)), executor.submit(count, count.parse({}))
        wait_until(lambda: history.get(running.run_id).status == "running")
        for run in (history.get(running.run_id), history.get(waiting.run_id)):
            wait_until(lambda run=run: history.get(run.id).heartbeat_at > run.heartbeat_at)
        assert history.get(waiting.run_id).status == "queued"


def test_the_inputs_of_a_run_are_kept_with_it(executor: Executor, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    for number, path in enumerate(paths):
        path.write_bytes(b"x" * (number + 1))
    fields: dict[str, Any] = {"files": [paths[0]], "labelled": {"b": paths[1]}, "file": paths[2]}
    run = executor.run(read, read.parse(fields, paths=True))
    assert run.result_of(read).size_bytes == 6
    for path in paths:
        path.unlink()
    again = executor.repeat(run.id, task=read)
    assert again.result_of(read).size_bytes == 6
    assert again.request == run.request
    assert str(tmp_path) not in str(run.row["request"]), "a user's folders are nobody's business"


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"changed"), lambda path: path.unlink()])
def test_a_file_that_changed_meanwhile_is_bad_input(executor: Executor, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    request = read.parse({"file": path}, paths=True)
    harm(path)
    run = executor.run(read, request)
    with pytest.raises(BadInput):
        run.result_of(read)
    with pytest.raises(BadInput):
        executor.submit(read, request)
    assert executor.history.list()[0].status == "failed"


def test_a_store_that_fails_is_a_failed_run(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data: Any) -> tuple[str, int]:
        raise StorageFailed("The disk is full.", remedy="Free some space.")

    monkeypatch.setattr(executor.store, "put", refuse)
    run = executor.run(fill, fill.parse({"size_bytes": 10}))
    with pytest.raises(StorageFailed, match="Free some space"):
        executor.history.get(run.id).result_of(fill)


def test_a_history_that_fails_refuses_to_queue(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not written must not be promised, nor appear later."""

    def refuse(row: Any) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(executor.history, "enqueue", refuse)
    with pytest.raises(StorageFailed):
        executor.submit(count, count.parse({}))
    assert executor.history.list() == []


def test_a_python_call_with_history_leaves_a_run(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.runs.default_executor", lambda: executor, raising=False)
    assert count(steps=2, history=True).steps == 2
    assert executor.history.list()[0].request["steps"] == 2
    with pytest.raises(BadInput, match="upside down"):
        fail(how="bad_input", history=True)
