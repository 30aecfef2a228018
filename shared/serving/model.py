"""What a studio declares about a model, asked before anything of it is loaded.

Source    where the weights come from, pinned
Terms     what their licence asks a person to accept
DType     the number format it runs in
Model     the declaration: one frozen object a model
Loaded    what `Model.load` returns: weights on a device, ready to run batches
Step      what a running batch reports through, and learns of cancellation from
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from shared.errors import DeclarationError, SextantError

if TYPE_CHECKING:
    from shared.serving.device import Device

__all__ = ["DType", "Loaded", "Model", "Source", "Step", "Terms"]

Req = TypeVar("Req")
Res = TypeVar("Res")
Req_contra = TypeVar("Req_contra", contravariant=True)
Res_co = TypeVar("Res_co", covariant=True)


class DType(StrEnum):
    """A number format by torch's own name, so that `getattr(torch, dtype)` is the torch dtype."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    BFLOAT16 = "bfloat16"

    @property
    def itemsize(self) -> int:
        """Bytes of one number."""
        return 4 if self is DType.FLOAT32 else 2


@dataclass(frozen=True)
class Source:
    """Where weights come from.

    kind: `embedded` (a file of the installation), `hub` (`owner/name`) or `endpoint` (a server's URL).
    location: path, hub name or URL; revision: the pinned commit or version, "" for a hub source that is pinned when it is pulled;
    sha256: of the file, 64 hex digits, or ""; files: patterns of a hub source's files, all harmless ones when left out.
    """

    kind: Literal["embedded", "hub", "endpoint"]
    location: str
    revision: str = ""
    sha256: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What a licence asks to be accepted before its weights are loaded (`shared.serving.hub`).

    consequence: what follows for the user, as in "not for commercial use"; url: of the licence's text.
    """

    consequence: str
    url: str = ""


class Step(Protocol):
    """A running batch's line to its callers. Index `i` counts the requests of this `run`, from 0."""

    def __call__(self, done: float, total: float) -> None:
        """Report `done` of `total` for the whole batch; raises `Cancelled` when nobody waits for it any more."""

    def live(self, i: int) -> bool:
        """False once request `i` was cancelled or failed: its result is no longer wanted."""

    def fail(self, i: int, error: BaseException) -> None:
        """Fail request `i` alone; the batch goes on."""

    def emit(self, i: int, part: Any) -> None:
        """Hand a part of result `i` to its stream; never blocks. A reader too slow for its buffer is cancelled."""


class Loaded(Protocol[Req_contra, Res_co]):
    """A model's weights on a device. One thread at a time, unless `Model.concurrency > 1`."""

    def run(self, requests: Sequence[Req_contra], step: Step) -> Sequence[Res_co]:
        """One result for each request, in order. Never calls the engine (`NestedCall`)."""

    def close(self) -> None:
        """Let go of the weights; called once, never during a `run`."""


@dataclass(frozen=True, eq=False)
class Model(Generic[Req, Res]):
    """A model as its studio declares it. Two declarations are the same only if they are the same object.

    load: makes it on a device in a dtype. nbytes: its weights' bytes in a dtype. working_bytes: the bytes that a batch
    of these requests needs beside the weights. batch_key: only requests of equal keys share a batch (tile shape, scale,
    sampling parameters). max_batch: requests in one `run` at most. concurrency: above 1 it batches by itself (a
    llama.cpp server): that many `run`s at a time and no slot taken. inline: may run in the caller's thread while
    idle (never for torch on a CPU, whose callers would each start a pool of threads). tolerance: the declared largest
    absolute difference between results of a request alone and in a batch. cpu_fallback: may run on the CPU when the
    device is out of memory. also: further tasks of the studio that it serves. check: raises the SextantError that `load`
    would meet for a missing file or package, quickly and without loading. terms: what has to be accepted first, if anything.

    Raises DeclarationError for an empty name or a limit below 1.
    """

    name: str
    task: str
    licence: str
    source: Source
    load: Callable[[Device, DType], Loaded[Req, Res]]
    nbytes: Callable[[DType], int]
    working_bytes: Callable[[Sequence[Req]], int]
    batch_key: Callable[[Req], Hashable]
    max_batch: int = 1
    concurrency: int = 1
    inline: bool = False
    tolerance: float = 0.0
    cpu_fallback: bool = True
    description: str = ""
    check: Callable[[], object] | None = None
    terms: Terms | None = None
    also: tuple[str, ...] = ()

    @property
    def revision(self) -> str:
        """The version of its weights: as declared; of a hub source that pins no commit, the one that was pulled."""
        if self.source.kind != "hub":
            return self.source.revision
        from shared.serving.hub import revision

        return revision(self.source)

    def why_not(self) -> str | None:
        """Why it cannot work here, in a sentence; None when nothing is missing."""
        try:
            if self.check is not None:
                self.check()
        except SextantError as error:
            return str(error)
        return None

    def __post_init__(self) -> None:
        if not self.name:
            raise DeclarationError("A model needs a name.", remedy="Give Model(name=...) a unique one.")
        for field in ("max_batch", "concurrency"):
            if getattr(self, field) < 1:
                raise DeclarationError(f"Model {self.name!r}: {field} is {getattr(self, field)}, expected 1 or more.")
