"""What went wrong with one run, and how it is told."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import Enum

from shared.errors import LoadFailed, OutOfMemory, SextantError
from shared.serving.step import fresh, typed

__all__ = ["Failure", "Stage", "drop_frames", "load_failed", "told"]


class Stage(Enum):
    """Where a run failed."""

    ADMISSION = "admission"  # it needs more than the device has
    LOAD = "load"
    RUN = "run"


@dataclass(eq=False)
class Failure:
    """A run that gave no results."""

    stage: Stage
    error: BaseException
    out_of_memory: bool


def drop_frames(error: BaseException) -> None:
    """Empty the frames of `error` and of its causes: they would keep a dead batch's tensors alive through the next try.

    Only outside the handler, where the frames have ended; the printed traceback stays as it was.
    """
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        traceback.clear_frames(link.__traceback__)
        link = link.__cause__ or link.__context__


def _out_of_memory(model: str, error: BaseException) -> SextantError:
    """The typed error of a request for which nothing more can be done."""
    if isinstance(error, OutOfMemory):
        return fresh(error)
    failed = OutOfMemory(f"Model {model!r} ran out of memory, alone and with nothing idle left: {error}", remedy="Use a smaller input.")
    failed.__cause__ = error
    return failed


def told(error: BaseException, model: str, *, out_of_memory: bool) -> SextantError:
    """The typed error of a request that is not run again."""
    return _out_of_memory(model, error) if out_of_memory else typed(error, model)


def load_failed(model: str, error: BaseException) -> SextantError:
    """The typed error of a load; our own errors say better themselves what is missing."""
    if isinstance(error, SextantError):
        return error
    failed = LoadFailed(f"Model {model!r} could not be loaded: {type(error).__name__}: {error}")
    failed.__cause__ = error
    return failed
