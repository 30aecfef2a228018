"""The history of runs: asked by everybody, written by the executor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from shared.errors import BadInput, Cancelled, NotFound, RunFailed
from shared.files import Store
from shared.runs.database import Database
from shared.runs.holdings import Holdings
from shared.runs.journal import Change, Journal
from shared.runs.made import MadeBefore
from shared.runs.process import Process, this_host, this_process
from shared.runs.run import ID_ALPHABET, ID_LENGTH, STATUSES, Row, Run, error_json
from shared.runs.schema import RUNS, prepare

__all__ = ["History"]

_Rows = list[Row]  # inside the class `list` is a method

_PREFIX_LENGTH = 6
_RATED_RUNS = 20
_COMPARABLE = 4.0  # times larger or smaller
_IDS_A_QUERY = 500
_LIST_COLUMNS = [column for column in RUNS.c if column.name != "result"]  # a result may have megabytes; a list shows none

_CANCELLED = error_json(Cancelled("The run was cancelled before it began."))
_ENDED = error_json(
    RunFailed("The process that held it ended before the run did.", remedy="Run it again: sextant runs repeat, with this run's id.")
)


class History:
    """The table of runs at an SQLAlchemy URL; safe to use from many threads and many processes at once.

    store: where the runs' files are; artifacts of the runs it returns open from there. files: whose they are.
    made: which files were made before.
    A queued or running run whose process died is seen as failed by whoever looks at it; a queued one without a pid is
    nobody's and waits for whoever claims it.
    Raises `StorageFailed` for a place that cannot be used.
    """

    def __init__(self, url: str, *, store: Store | None = None) -> None:
        self.store = store
        self._database = Database(url)
        prepare(self._database)
        self.files = Holdings(self._database)
        self.made = MadeBefore(self._database)
        self._journal = Journal(self._put_down)

    def get(self, run_id: str, owner: str | None = None) -> Run:
        """The run of this id, or of an id that begins so (6 characters or more, and only one does).

        owner: whose run it must be, when given. Raises `NotFound`.
        """
        rows = self._rows(sa.select(RUNS).where(_is_run(run_id), _is_owner(owner)).limit(3))
        if len(rows) != 1:
            problem = "is the beginning of several runs" if rows else "is no run here"
            remedy = "Give more of it." if rows else "See `sextant runs list`."
            raise NotFound(f"{run_id!r} {problem}.", remedy=remedy)
        return Run(rows[0], self.store)

    def list(
        self, *, app: str | None = None, task: str | None = None, status: str | None = None, owner: str | None = None, limit: int = 50
    ) -> list[Run]:
        """Runs, newest first. Raises `BadInput` for a status that no run can have."""
        if status is not None and status not in STATUSES:
            raise BadInput(f"No run is ever {status!r}.", remedy=f"One of: {', '.join(STATUSES)}.", field="status")
        wanted = {"app": app, "task": task, "status": status, "owner": owner}
        conditions = [RUNS.c[name] == value for name, value in wanted.items() if value is not None]
        newest = sa.select(*_LIST_COLUMNS).where(*conditions).order_by(RUNS.c.created_at.desc(), RUNS.c.id)
        return [Run(row, self.store, self._result_loader(row["id"])) for row in self._rows(newest.limit(limit))]

    def request_cancel(self, run_id: str, owner: str | None = None) -> Run:
        """Ask for a run to stop, whichever process runs it; returns the run as it is now.

        A queued run is cancelled at once; a running one within a second and a step of its model. One that is over stays as it is.
        """
        run = self.get(run_id, owner)
        cancelled = {"status": "cancelled", "finished_at": time.time(), "error": _CANCELLED}
        with self._database.write() as connection:
            connection.execute(RUNS.update().where(RUNS.c.id == run.id).values(cancel_requested=True))
            connection.execute(RUNS.update().where(RUNS.c.id == run.id, RUNS.c.status == "queued").values(cancelled))
        return self.get(run.id)

    def seconds_a_unit(self, app: str, task: str, model: str | None, units: float) -> float | None:
        """Median seconds of a unit of work over the last 20 done runs of this host of about that size; None without any.

        units: of the run to come. What is over four times smaller tells of loading and little else, and is left out.
        """
        self._journal.flush()
        conditions = [RUNS.c.app == app, RUNS.c.task == task, RUNS.c.model == model, RUNS.c.status == "done"]
        recent = sa.select(RUNS.c.started_at, RUNS.c.finished_at, RUNS.c.work_units).where(
            *conditions, RUNS.c.host == this_host(), RUNS.c.work_units.between(units / _COMPARABLE, units * _COMPARABLE)
        )
        with self._database.read() as connection:
            rows = connection.execute(recent.order_by(RUNS.c.created_at.desc()).limit(_RATED_RUNS)).all()
        return statistics.median((row.finished_at - row.started_at) / row.work_units for row in rows) if rows else None

    def position(self, run: Run) -> int:
        """Place of a queued run in its queue: 1 is next; 0 for one that is not queued. A queue is a process's, or nobody's yet."""
        if run.status != "queued":
            return 0
        same = [RUNS.c[name].is_not_distinct_from(run.row[name]) for name in ("host", "pid")] if run.pid else [RUNS.c.pid.is_(None)]
        earlier = sa.tuple_(RUNS.c.created_at, RUNS.c.id) < sa.tuple_(sa.literal(run.row["created_at"]), sa.literal(run.id))
        with self._database.read() as connection:
            count = sa.select(sa.func.count()).where(RUNS.c.status == "queued", *same, earlier)
            return int(connection.execute(count).scalar_one()) + 1

    def sweep(self) -> int:
        """Mark the runs of dead processes failed; returns how many there were."""
        return self._bury(self._fetch(sa.select(*(RUNS.c[name] for name in _LIFE)).where(RUNS.c.status.in_(_HELD))))

    def close(self) -> None:
        """Write what is left and let go of the database."""
        self._journal.close()
        self._database.close()

    # What follows is for the executor.

    def enqueue(self, row: Row) -> None:
        """Write a queued run; it is there for every process when this returns. Raises `StorageFailed`, and then it is not."""
        with self._database.write() as connection:
            connection.execute(RUNS.insert(), row)

    def insert(self, row: Row) -> None:
        """Note a new run; written within 20 ms, and before anybody of this process looks."""
        self._journal.insert(row)

    def update(self, run_id: str, changes: Row) -> None:
        """Note what changed; written like `insert`."""
        self._journal.update(run_id, changes)

    def flush(self) -> None:
        """Write what is noted. Raises `StorageFailed`."""
        self._journal.flush()

    def unclaimed(self, apps: Sequence[str]) -> _Rows:
        """Queued runs of these studios that no process holds, in their order."""
        waiting = sa.select(RUNS).where(RUNS.c.status == "queued", RUNS.c.pid.is_(None), RUNS.c.app.in_(apps))
        return self._fetch(waiting.order_by(RUNS.c.created_at, RUNS.c.id))

    def claim(self, run_id: str) -> bool:
        """Take a queued run for this process; True for exactly one of all who try."""
        me, now = this_process(), time.time()
        life = {"host": me.host, "pid": me.pid, "process_started_at": me.started_at, "heartbeat_at": now, "started_at": now}
        return self._change_queued(run_id, {"status": "running", **life})

    def cancel_queued(self, run_id: str) -> bool:
        """Cancel a run that nobody has claimed yet; False if somebody has."""
        return self._change_queued(run_id, {"status": "cancelled", "finished_at": time.time(), "error": _CANCELLED})

    def cancel_requests(self, run_ids: Sequence[str]) -> set[str]:
        """Which of these somebody wants stopped."""
        found: set[str] = set()
        with self._database.read() as connection:
            for start in range(0, len(run_ids), _IDS_A_QUERY):
                some = RUNS.c.id.in_(run_ids[start : start + _IDS_A_QUERY])
                found.update(connection.execute(sa.select(RUNS.c.id).where(some, RUNS.c.cancel_requested)).scalars())
        return found

    def _change_queued(self, run_id: str, values: Row) -> bool:
        self._journal.flush()
        statement = RUNS.update().where(RUNS.c.id == run_id, RUNS.c.status == "queued").values(values)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    def _rows(self, query: sa.Select[Any]) -> _Rows:
        """The rows of a query, once the dead among them are buried."""
        self._journal.flush()
        rows = self._fetch(query)
        return self._fetch(query) if self._bury(rows) else rows

    def _fetch(self, query: sa.Select[Any]) -> _Rows:
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _bury(self, rows: Sequence[Row]) -> int:
        """Mark those failed whose process died; returns how many there were."""
        now = time.time()
        held = [row for row in rows if row["status"] in _HELD and row["pid"] is not None]
        dead = [row for row in held if _process_of(row).ended(silent_s=now - row["heartbeat_at"])]
        if not dead:
            return 0
        # A heartbeat in between shows that it lives: another host's, or one whose clock was set.
        as_seen = [RUNS.c[name] == sa.bindparam(f"seen_{name}") for name in ("id", "status", "heartbeat_at")]
        statement = RUNS.update().where(*as_seen).values(status="failed", finished_at=now, error=_ENDED)
        with self._database.write() as connection:
            for row in dead:
                connection.execute(statement, {f"seen_{name}": row[name] for name in ("id", "status", "heartbeat_at")})
        return len(dead)

    def _result_loader(self, run_id: str) -> Any:
        query = sa.select(RUNS.c.result).where(RUNS.c.id == run_id)
        return lambda: next((row["result"] for row in self._fetch(query)), None)

    def _put_down(self, batch: Sequence[Change]) -> None:
        """One transaction for all that was noted; rows with the same changed columns share a statement."""
        new: _Rows = []
        changed: dict[tuple[str, ...], _Rows] = {}
        for is_new, row in batch:
            if is_new:
                new.append(row)
            else:
                changed.setdefault(tuple(sorted(row)), []).append({_KEY if name == "id" else name: row[name] for name in row})
        with self._database.write() as connection:
            if new:
                connection.execute(RUNS.insert(), new)
            for names, rows in changed.items():
                connection.execute(_update_of(names), rows)


_KEY = "run_key"  # the bound name of the id in an UPDATE: SQLAlchemy keeps a column's own name for a new value
_HELD = ("queued", "running")
_LIFE = ("id", "status", "host", "pid", "process_started_at", "heartbeat_at")


@cache
def _update_of(names: tuple[str, ...]) -> sa.Update:
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names if name != "id"}
    return RUNS.update().where(RUNS.c.id == sa.bindparam(_KEY)).values(values)


def _process_of(row: Row) -> Process:
    return Process(row["host"], row["pid"], row["process_started_at"])


def _is_run(run_id: str) -> sa.ColumnElement[bool]:
    whole = len(run_id) == ID_LENGTH
    if not whole and not (_PREFIX_LENGTH <= len(run_id) < ID_LENGTH and set(run_id) <= set(ID_ALPHABET)):
        return sa.false()
    if whole:
        return RUNS.c.id == run_id
    return RUNS.c.id.between(run_id.ljust(ID_LENGTH, ID_ALPHABET[0]), run_id.ljust(ID_LENGTH, ID_ALPHABET[-1]))


def _is_owner(owner: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if owner is None else RUNS.c.owner == owner
