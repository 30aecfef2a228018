"""A server's queue: it outlives the server, and several servers share it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.runs import ArtifactStore, Executor, History
from shared.serving import Engine
from tests.shared.runs.conftest import wait_until
from tests.shared.runs.studio import add, app, count

LONG = {"steps": 500, "wait_s": 0.02}


@pytest.fixture
def server(history: History, store: ArtifactStore, engine: Engine) -> Iterator[Executor]:
    with Executor(history, store, engine=engine, workers=1) as opened:
        opened.drain([app])
        yield opened


def test_what_waits_belongs_to_nobody_until_it_runs(server: Executor, history: History) -> None:
    first = server.submit(count, count.parse(LONG))
    waiting = [server.submit(count, count.parse({})) for _ in range(3)]
    wait_until(lambda: history.get(first.run_id).status == "running")
    assert history.get(first.run_id).pid is not None
    runs = [history.get(handle.run_id) for handle in waiting]
    assert [(run.pid, history.position(run)) for run in runs] == [(None, 1), (None, 2), (None, 3)]
    assert history.position(history.get(first.run_id)) == 0
    first.cancel()
    assert [handle.wait(10).status for handle in waiting] == ["done"] * 3


def test_the_next_server_goes_on_in_order(history: History, store: ArtifactStore, engine: Engine) -> None:
    with Executor(history, store, engine=engine, workers=1) as first:
        first.drain([app])
        running = first.submit(count, count.parse(LONG))
        earlier = first.run(add, add.parse({"count": 2}))
        waiting = [
            first.submit(count, count.parse({"seed": 1})),
            first.submit_repeat(earlier.id, task=add),
            first.submit(add, add.parse({})),
        ]
        wait_until(lambda: history.get(running.run_id).status == "running")
        first.hand_over()
        late = first.submit(count, count.parse({"seed": 2}))
        assert [handle.wait(1).status for handle in (*waiting, late)] == ["queued"] * 4
    assert history.get(running.run_id).status == "cancelled"
    with Executor(history, store, engine=engine, workers=1) as other:
        assert history.get(late.run_id).status == "queued", "who is no server leaves them alone"
        other.drain([])
        assert history.get(late.run_id).status == "queued", "and so does a server of other studios"
        other.drain([app])
        runs = [wait_until(lambda h=handle: (run := history.get(h.run_id)).finished and run) for handle in (*waiting, late)]
    assert [run.status for run in runs] == ["done"] * 4
    assert [run.started_at for run in runs] == sorted(run.started_at for run in runs)
    assert (runs[1].parent, runs[1].artifacts) == (earlier.id, earlier.artifacts), "a repeat is one still"


def test_two_servers_share_a_queue(server: Executor, url: str, store: ArtifactStore, engine: Engine) -> None:
    """Each run is begun by one of them; the other's handle hears of its end, and of nothing before."""
    busy = server.submit(count, count.parse(LONG))
    wait_until(lambda: server.history.get(busy.run_id).status == "running")
    handles = [server.submit(count, count.parse({"seed": n})) for n in range(6)]
    slow = server.submit(count, count.parse(LONG))
    beside = History(url, store=store)
    with Executor(beside, store, engine=engine, workers=2) as second:
        second.drain([app])
        wait_until(lambda: all(beside.get(handle.run_id).status == "done" for handle in handles))
        wait_until(lambda: beside.get(slow.run_id).status == "running")
        busy.cancel()
        assert [handle.wait(10).status for handle in handles] == ["done"] * 6
        assert not slow.done
        slow.cancel()
        assert slow.wait(10).status == "cancelled"
    beside.close()


def test_what_cannot_be_run_any_more_says_why(history: History, store: ArtifactStore, engine: Engine, server: Executor) -> None:
    busy = server.submit(count, count.parse(LONG))
    gone = server.submit(add, add.parse({}))
    wait_until(lambda: history.get(busy.run_id).status == "running")
    server.hand_over()
    row = history.get(gone.run_id).row
    with history._database.write() as connection:
        from shared.runs.schema import RUNS

        connection.execute(RUNS.update().where(RUNS.c.id == row["id"]).values(task="removed"))
    with Executor(history, store, engine=engine) as other:
        other.drain([app])
        run = history.get(gone.run_id)
        assert run.status == "failed" and run.error and "removed" in run.error["message"]
