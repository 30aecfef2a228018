"""Every error a user can meet, in one tree.

    SextantError                     500  internal
    +-- BadInput                     422  bad_input          the request is wrong: exit status 2
    |   +-- NotFound                 404  not_found          unknown app, task, model, run or file
    |   +-- TooLarge                 413  too_large          over a declared limit
    |   +-- Unsupported              415  unsupported        a file of a kind the task does not take
    |   +-- UploadStopped            408  upload_stopped     a body that did not come to its end
    +-- Unauthorized                 401  unauthorized       a server wants an API key, and this is none of its keys
    +-- Forbidden                    403  forbidden          asked from another web page or by a foreign name; a licence nobody accepted
    +-- DeclarationError             500  declaration        an app is declared wrongly (a clash, a reserved name)
    +-- Unavailable                  503  unavailable        a package, weight file or device is missing
    +-- Cancelled                    499  cancelled          somebody asked for it to stop
    +-- StorageFailed                507  storage_failed     a full disk, a read-only folder, a locked database
    +-- RunFailed                    500  run_failed         a task raised something nobody expected
    +-- EngineError                  500  engine
        +-- Overloaded               429  overloaded         the queue is full: try again after `retry_after_s`
        +-- LoadFailed               503  load_failed        a model could not be loaded
        +-- DeadlineExceeded         504  deadline_exceeded  not finished in the time it was given
        +-- OutOfMemory              507  out_of_memory      does not fit the device, even alone
        +-- ModelFailed              500  model_failed       the model raised on this very request
        +-- NestedCall               500  nested_call        a model called the engine
        +-- EngineClosed             503  engine_closed      closed, or inherited through a fork

A message says what was wrong and what was expected; `remedy` says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

__all__ = [
    "BadInput",
    "Cancelled",
    "DeadlineExceeded",
    "DeclarationError",
    "EngineClosed",
    "EngineError",
    "Forbidden",
    "LoadFailed",
    "ModelFailed",
    "NestedCall",
    "NotFound",
    "OutOfMemory",
    "Overloaded",
    "RunFailed",
    "SextantError",
    "StorageFailed",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "Unsupported",
    "UploadStopped",
    "from_dict",
]


class SextantError(Exception):
    """An error with a message for its user, a remedy, and the status of each face (HTTP and command line)."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.field = field
        self.lines: tuple[str, ...] = ()  # one a wrong field, where a message speaks of several

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def as_dict(self) -> dict[str, Any]:
        """{code, message, remedy, field?}: the JSON shape of every face."""
        shape: dict[str, Any] = {"code": self.code, "message": self.message, "remedy": self.remedy}
        if self.field is not None:
            shape["field"] = self.field
        return shape


class BadInput(SextantError):
    status, code, exit_status = 422, "bad_input", 2


class NotFound(BadInput):
    status, code = 404, "not_found"


class TooLarge(BadInput):
    status, code = 413, "too_large"


class Unsupported(BadInput):
    status, code = 415, "unsupported"


class UploadStopped(BadInput):
    status, code = 408, "upload_stopped"


class Unauthorized(SextantError):
    status, code = 401, "unauthorized"


class Forbidden(SextantError):
    status, code = 403, "forbidden"


class DeclarationError(SextantError):
    code = "declaration"


class Unavailable(SextantError):
    status, code = 503, "unavailable"


class Cancelled(SextantError):
    status, code = 499, "cancelled"


class StorageFailed(SextantError):
    status, code = 507, "storage_failed"


class RunFailed(SextantError):
    code = "run_failed"


class EngineError(SextantError):
    code = "engine"


class Overloaded(EngineError):
    status, code = 429, "overloaded"

    def __init__(self, message: str, *, retry_after_s: float = 1.0, remedy: str = "", field: str | None = None) -> None:
        super().__init__(message, remedy=remedy or f"Try again in {retry_after_s:.0f} s.", field=field)
        self.retry_after_s = retry_after_s


class LoadFailed(EngineError):
    status, code = 503, "load_failed"


class DeadlineExceeded(EngineError):
    status, code = 504, "deadline_exceeded"


class OutOfMemory(EngineError):
    status, code = 507, "out_of_memory"


class ModelFailed(EngineError):
    code = "model_failed"


class NestedCall(EngineError):
    code = "nested_call"


class EngineClosed(EngineError):
    status, code = 503, "engine_closed"


def from_dict(shape: Mapping[str, Any]) -> SextantError:
    """The typed error of a stored or received `as_dict()`; a code that nobody here knows becomes a plain `SextantError`."""
    kind = next((kind for kind in _tree(SextantError) if kind.__dict__.get("code") == shape.get("code")), SextantError)
    return kind(str(shape.get("message", "")), remedy=str(shape.get("remedy", "")), field=shape.get("field"))


def _tree(kind: type[SextantError]) -> Iterator[type[SextantError]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from _tree(derived)
