from __future__ import annotations

import subprocess
import time
from typing import Any

import pytest

from shared.errors import BadInput, NotFound
from shared.runs import Executor, History, Run
from shared.runs.job import Job
from shared.runs.process import SILENT_LIMIT_S, this_process
from shared.runs.run import Row
from tests.shared.runs.studio import add, count


def put(history: History, **columns: Any) -> Row:
    """A row as the executor would write it, with some columns of one's own."""
    row = {**Job(count, count.parse({}), owner="local").row, **columns}
    history.insert(row)
    return row


def done(history: History, seconds: float, units: float | None, **columns: Any) -> Row:
    return put(history, status="done", started_at=1000.0, finished_at=1000.0 + seconds, work_units=units, **columns)


def ids(runs: list[Run]) -> list[str]:
    return [run.id for run in runs]


def test_a_run_is_found_by_the_beginning_of_its_id(history: History) -> None:
    wanted, _ = put(history, id="abcdef" + "2" * 18), put(history, id="abcdez" + "z" * 18)
    assert history.get(wanted["id"]).id == history.get("abcdef").id == history.get("abcdef2222").id == wanted["id"]
    put(history, id="abcdef" + "z" * 18)
    with pytest.raises(NotFound, match="several runs"):
        history.get("abcdef")
    assert history.get("abcdef2").id == wanted["id"]


@pytest.mark.parametrize("run_id", ["", "abcde", "abcdeg", "ABCDEF", "abcd%_", "a" * 24, "a" * 25, "'; drop table runs; --"])
def test_no_other_run_is_taken_for_it(history: History, run_id: str) -> None:
    put(history, id="abcdef" + "2" * 18)
    with pytest.raises(NotFound, match="sextant runs list"):
        history.get(run_id)


def test_a_run_of_another_owner_is_not_found(history: History) -> None:
    """Not even that it exists is told."""
    row = put(history, owner="ada")
    assert history.get(row["id"], owner="ada").owner == "ada"
    with pytest.raises(NotFound) as foreign:
        history.get(row["id"], owner="eve")
    with pytest.raises(NotFound) as absent:
        history.get("a" * 24, owner="eve")
    assert str(foreign.value).replace(row["id"], "") == str(absent.value).replace("a" * 24, "")
    with pytest.raises(NotFound):
        history.request_cancel(row["id"], owner="eve")


def test_lists_are_filtered_and_newest_first(history: History) -> None:
    rows = [put(history, created_at=float(number), owner="ada" if number % 2 else "bob") for number in range(6)]
    put(history, created_at=0.5, app="other", task="else", status="failed")
    assert ids(history.list(app="tally")) == [row["id"] for row in reversed(rows)]
    assert ids(history.list(owner="ada", limit=2)) == [rows[5]["id"], rows[3]["id"]]
    assert [run.app for run in history.list(status="failed")] == ["other"]
    assert history.list(app="tally", task="else") == []
    with pytest.raises(BadInput, match="queued, running, done, failed, cancelled"):
        history.list(status="finished")


def test_a_run_of_a_dead_process_is_seen_as_failed_by_whoever_looks(history: History) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    dead, alive = put(history, pid=gone.pid), put(history)
    assert {run.id: run.status for run in history.list()} == {dead["id"]: "failed", alive["id"]: "running"}
    run = history.get(dead["id"])
    assert run.error is not None
    assert run.error["code"] == "run_failed"
    assert run.finished_at is not None
    assert history.get(alive["id"]).status == "running"


def test_the_sweep_judges_other_hosts_by_heartbeat(history: History) -> None:
    silent = put(history, host="elsewhere", heartbeat_at=time.time() - SILENT_LIMIT_S - 5)
    beating = put(history, host="elsewhere")
    queued = put(history, status="queued", host="elsewhere", heartbeat_at=0.0)
    nobodys = put(history, status="queued", pid=None, heartbeat_at=0.0)
    history.flush()
    assert history.sweep() == 2
    statuses = [history.get(row["id"]).status for row in (silent, beating, queued, nobodys)]
    assert statuses == ["failed", "running", "failed", "queued"], "what nobody holds waits for whoever claims it"
    assert history.claim(nobodys["id"])
    assert history.get(nobodys["id"]).pid == this_process().pid


def test_a_run_that_ends_after_all_is_what_it_is(history: History) -> None:
    """A laptop slept for an hour; meanwhile another host gave its run up."""
    row = put(history, host="elsewhere", heartbeat_at=0.0)
    assert history.get(row["id"]).status == "failed"
    history.update(row["id"], {"status": "done", "error": None, "result": '{"steps":1}'})
    assert history.get(row["id"]).result_of(count).steps == 1


def test_a_queued_run_is_claimed_once(history: History, url: str) -> None:
    row = put(history, status="queued", started_at=None)
    other = History(url)
    assert sorted([history.claim(row["id"]), other.claim(row["id"])]) == [False, True]
    run = other.get(row["id"])
    assert (run.status, run.pid) == ("running", this_process().pid)
    assert run.started_at is not None
    other.close()


def test_cancelling(history: History) -> None:
    queued, running, over = put(history, status="queued"), put(history), put(history, status="done")
    assert history.request_cancel(queued["id"]).status == "cancelled"
    assert not history.claim(queued["id"])
    assert history.request_cancel(running["id"][:8]).status == "running"
    assert history.request_cancel(over["id"]).status == "done"
    everything = [queued["id"], running["id"], *("a" * 24 for _ in range(1_200))]
    assert history.cancel_requests(everything) == {queued["id"], running["id"]}
    assert history.cancel_queued(running["id"]) is False


def test_seconds_a_unit_is_the_median_of_the_last_done_runs_here(history: History) -> None:
    assert history.seconds_a_unit("tally", "count", None, 2.0) is None
    for number in range(20):
        done(history, seconds=10.0, units=2.0, created_at=10.0 + number)
    assert history.seconds_a_unit("tally", "count", None, 2.0) == pytest.approx(5.0)
    done(history, 1_000, 1.0, created_at=1.0)  # too long ago
    done(history, 1_000, 1.0, created_at=99.0, host="elsewhere")
    done(history, 1_000, None, created_at=99.0)
    done(history, 1_000, 0.4, created_at=99.0)  # mostly loading
    done(history, 1_000, 0.0, created_at=99.0)
    done(history, 1_000, 1.0, created_at=99.0, model="another")
    assert history.seconds_a_unit("tally", "count", None, 2.0) == pytest.approx(5.0)
    assert history.seconds_a_unit("tally", "count", "another", 1.0) == pytest.approx(1_000)


def test_the_estimate_learns_from_the_history(executor: Executor) -> None:
    request = add.parse({"count": 1})
    assert add.estimate(request, history=executor.history).seconds is None
    executor.run(add, request)
    estimate = add.estimate(request, history=executor.history)
    assert estimate.seconds is not None
    assert estimate.basis == "earlier runs here"


def test_results_of_a_list_are_fetched_when_asked(history: History) -> None:
    """A list of fifty runs must not read fifty megabytes."""
    done(history, 1.0, 1.0, result='{"steps":4}')
    (run,) = history.list()
    assert "result" not in run.row
    assert run.result == {"steps": 4}
    assert run.result_of(count).steps == 4


def test_a_history_in_memory_is_shared_by_its_threads() -> None:
    with_memory = History("sqlite://")
    row = put(with_memory)
    assert with_memory.get(row["id"]).status == "running"
    assert with_memory.request_cancel(row["id"]).id == row["id"]
    with_memory.close()
