"""A run, as everybody who looks at it sees it."""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, TypeVar

from pydantic import ValidationError

from shared.errors import BadInput, RunFailed, SextantError, from_dict
from shared.files import Artifact, Store
from shared.validation import bad_input

if TYPE_CHECKING:
    from shared.task import Request, Result, Task

__all__ = ["FINISHED", "STATUSES", "ModelUse", "Row", "Run", "RunProgress", "as_json", "new_id"]

STATUSES = ("queued", "running", "done", "failed", "cancelled")
FINISHED = frozenset({"done", "failed", "cancelled"})
ID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"  # sorts alike in every collation, needs no quoting in a shell or a URL
ID_LENGTH = 24

Row = dict[str, Any]
"""A row of the table of runs, by column."""

Req = TypeVar("Req", bound="Request")
Res = TypeVar("Res", bound="Result")


class RunProgress(NamedTuple):
    """How far a run is: `done` of `total` (0 of 0 = nothing said yet). text: what is written so far, while it is under way."""

    done: float = 0.0
    total: float = 0.0
    note: str = ""
    text: str = ""


class ModelUse(TypedDict):
    """A model that a run used; a repeat asks for the same. batch_size: of its largest batch."""

    name: str
    revision: str
    device: str
    dtype: str
    batch_size: int


_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))  # `json.dumps` would make one at each call


def new_id() -> str:
    """An id that nobody guesses: 24 characters of base 32, 120 bits."""
    return base64.b32encode(secrets.token_bytes(15)).decode().lower()


def as_json(value: Any) -> str:
    """`value` as JSON. Infinity and NaN, which JSON lacks, become the strings that pydantic reads back as these numbers."""
    try:
        return _ENCODER.encode(value)
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"))


def _finite(value: Any) -> Any:
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case dict():
            return {key: _finite(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_finite(inner) for inner in value]
    return value


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One execution of a task: a snapshot of what the history knows.

    status: queued, running, done, failed or cancelled. request: as JSON data. work_units: the size of the request in its
    studio's unit, known once it is done. Times are UTC. parent: the run that this one repeats.
    """

    row: Row
    store: Store | None = None
    load_result: Callable[[], str | None] | None = field(default=None)

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def app(self) -> str:
        return str(self.row["app"])

    @property
    def task(self) -> str:
        return str(self.row["task"])

    @property
    def status(self) -> str:
        return str(self.row["status"])

    @property
    def finished(self) -> bool:
        """Whether it is over: done, failed or cancelled."""
        return self.status in FINISHED

    @property
    def owner(self) -> str:
        return str(self.row["owner"])

    @property
    def seed(self) -> int:
        return int(self.row["seed"])

    @property
    def model(self) -> str | None:
        """The model that was asked for, the task's default when none was."""
        return _text(self.row["model"])

    @property
    def parent(self) -> str | None:
        return _text(self.row["parent"])

    @property
    def host(self) -> str:
        return str(self.row["host"])

    @property
    def pid(self) -> int | None:
        """The process that runs it or has it in its queue; None while it waits for whoever claims it."""
        return None if self.row["pid"] is None else int(self.row["pid"])

    @property
    def process_started_at(self) -> datetime | None:
        return _time(self.row["process_started_at"])

    @property
    def heartbeat_at(self) -> datetime | None:
        return _time(self.row["heartbeat_at"])

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp(self.row["created_at"], UTC)

    @property
    def started_at(self) -> datetime | None:
        return _time(self.row["started_at"])

    @property
    def finished_at(self) -> datetime | None:
        return _time(self.row["finished_at"])

    @property
    def work_units(self) -> float | None:
        units = self.row["work_units"]
        return None if units is None else float(units)

    @property
    def seconds(self) -> float | None:
        """From its start to its end, or until now while it runs."""
        started = self.row["started_at"]
        if started is None:
            return None
        finished = self.row["finished_at"]
        return float((datetime.now(UTC).timestamp() if finished is None else finished) - started)

    @cached_property
    def request(self) -> dict[str, Any]:
        return dict(json.loads(self.row["request"]))

    @cached_property
    def result(self) -> dict[str, Any] | None:
        """What the task answered, as JSON data; None unless it is done. A run out of a list fetches it when asked."""
        text = self.row["result"] if self.load_result is None else self.load_result()
        return None if text is None else dict(json.loads(text))

    @cached_property
    def error(self) -> dict[str, Any] | None:
        """{code, message, remedy, field?} of a run that failed or was cancelled."""
        return None if self.row["error"] is None else dict(json.loads(self.row["error"]))

    @cached_property
    def models(self) -> list[ModelUse]:
        return list(json.loads(self.row["models"]))

    @cached_property
    def artifacts(self) -> list[Artifact]:
        """Every file it made, in the order they were made; they open from the run's store."""
        return [Artifact.model_validate(shape, context={"files": self.store}) for shape in json.loads(self.row["artifacts"])]

    @cached_property
    def progress(self) -> RunProgress:
        return RunProgress(*json.loads(self.row["progress"]))

    def result_of(self, task: Task[Req, Res]) -> Res:
        """The typed result, its artifacts open from the run's store.

        Raises the run's own typed error when it failed or was cancelled, `BadInput` when it is not over or is another task's.
        """
        if (self.app, self.task) != (task.app.key, task.name):
            raise BadInput(f"The run {self.id} is of {self.app}/{self.task}, not of {task.key}.")
        if self.error is not None:
            raise from_dict(self.error)
        if self.result is None:
            raise BadInput(f"The run {self.id} is {self.status}: it has no result yet.", remedy="Wait until it is done.")
        try:
            return task.result_type.model_validate(self.result, context={"files": self.store})
        except ValidationError as error:
            message = f"The result of run {self.id} does not fit today's {task.key}: {bad_input(error).message}"
            raise RunFailed(message, remedy=f"Run it again: sextant runs repeat {self.id}") from None

    def raise_error(self) -> None:
        """Raise the run's typed error, if it has one."""
        if self.error is not None:
            raise from_dict(self.error)

    def as_dict(self) -> dict[str, Any]:
        """The JSON of a run on every face."""
        return {
            **self._named(),
            "models": self.models,
            "request": self.request,
            "result": self.result,
            "error": self.error,
            "artifacts": [artifact.model_dump(mode="json") for artifact in self.artifacts],
            **self._timed(),
        }

    def as_json(self) -> str:
        """`as_dict()` as JSON text. What is JSON in its row already is not read and written again: it may have megabytes."""
        row = self.row if self.load_result is None else {**self.row, "result": self.load_result()}
        kept = ",".join(f'"{name}":{row[name] or "null"}' for name in ("models", "request", "result", "error", "artifacts"))
        return f"{as_json(self._named())[:-1]},{kept},{as_json(self._timed())[1:]}"

    def _named(self) -> dict[str, Any]:
        """What stands before the parts that are JSON in the row."""
        return {
            "id": self.id,
            "app": self.app,
            "task": self.task,
            "status": self.status,
            "owner": self.owner,
            "parent": self.parent,
            "seed": self.seed,
            "model": self.model,
        }

    def _timed(self) -> dict[str, Any]:
        """What stands after them."""
        return {
            "progress": self.progress._asdict(),
            "work_units": self.work_units,
            "seconds": self.seconds,
            "host": self.host,
            "created_at": _iso(self.created_at),
            "started_at": _iso(self.started_at),
            "finished_at": _iso(self.finished_at),
        }

    def __repr__(self) -> str:
        return f"Run({self.id!r}, {self.app}/{self.task}, {self.status})"


def error_json(error: SextantError) -> str:
    """An error as a run keeps it."""
    return as_json(error.as_dict())


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
