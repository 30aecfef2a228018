"""A function on a file of unknown origin, in a process of its own with limits on memory, time and what it may do.

    facts, arrays = run_limited("image", data)      arrays["pixels"] (h, w, 3) uint8
    facts, arrays = run_limited("sound", data)      arrays["samples"] (n,) float32

A decoder written in C meets files made to break it. What it breaks is a process without a network, without the right to write and
without anything in its environment; what comes back is JSON and plain numbers, whose sizes this side checks before it allocates.
"""

from __future__ import annotations

import json
import logging
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import psutil
from numpy.typing import NDArray

from shared.errors import BadInput, SextantError, TooLarge, Unavailable, Unsupported, from_dict

__all__ = ["MAX_FILE_BYTES", "DecodingFailed", "Reason", "run_limited"]

log = logging.getLogger("sextant.deepfake")

Reason = Literal["memory", "time", "crash", "refused"]

GIB = 1 << 30
MAX_FILE_BYTES = 512 << 20
MAX_FACTS_BYTES = 4 << 20
MAX_ARRAY_BYTES = 320 << 20
"""A picture of 100 million pixels in three bytes each; half an hour of sound is 115 MB."""
MAX_ARRAYS, MAX_DIMENSIONS = 4, 3
DTYPES = {"uint8": np.uint8, "int16": np.int16, "float32": np.float32}
WATCH_S = 0.05
MAX_TEXT = 1000

CHILD = Path(__file__).with_name("child.py")
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",  # every thread of a pool takes address space
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}
KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")  # where an installation keeps its libraries
KERNEL_LIMITS_MEMORY = sys.platform == "linux"
SENTENCES: Mapping[Reason, tuple[str, str]] = {
    "memory": (
        "Decoding the file takes more than {memory} of memory and was stopped.",
        "Save it anew in a program you trust, or in a smaller size.",
    ),
    "time": (
        "Decoding the file takes longer than {seconds:.0f} seconds and was stopped.",
        "Save it anew in a program you trust, or give a part of it.",
    ),
    "crash": ("The decoder broke off: the file is damaged, or made to break it.", "Get the file again from where it comes from."),
    "refused": (
        "The file made its decoder do what decoding never needs ({detail}), and it was stopped.",
        "Treat the file as hostile: do not open it in other programs.",
    ),
}


class DecodingFailed(BadInput):
    """The file's decoder was ended, or ended itself. reason: by the limit of memory or time, by its own fault, or for what it tried."""

    def __init__(self, reason: Reason, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.reason: Reason = reason


class _Stopped(Exception):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail)
        self.reason: Reason = reason


def run_limited(
    function: str,
    data: bytes,
    *,
    memory_bytes: int = 3 * GIB,
    seconds: float = 60.0,
    arguments: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """(facts, arrays) of one of the child's functions on a file; arguments: passed on as JSON, by keyword.

    memory_bytes: of the whole process, its libraries included (about 300 MB of address space). seconds: by the clock, the start included.

    The facts come from a process that a hostile file may have taken over: they are JSON of at most 4 MB and nothing more is promised.
    Raises `DecodingFailed`; `TooLarge`, `Unsupported`, `BadInput` as the function says of the file; `Unavailable` for a missing package.
    """
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge(
            f"The file has {len(data) / 1e6:.0f} MB; up to {MAX_FILE_BYTES / 1e6:.0f} MB are examined.", remedy="Give a part of it."
        )
    request = {
        "function": function,
        "arguments": dict(arguments or {}),
        "size_bytes": len(data),
        "memory_bytes": memory_bytes,
        "seconds": seconds,
    }
    header = json.dumps(request).encode("ascii")
    try:
        with _Child(memory_bytes, time.monotonic() + seconds) as child:
            child.send(len(header).to_bytes(8, "little"))
            child.send(header)
            child.send(data)
            return _answer(child)
    except _Stopped as stopped:
        log.warning("decoding as %s stopped: %s (%s)", function, stopped.reason, stopped)
        sentence, remedy = SENTENCES[stopped.reason]
        words = {"memory": f"{memory_bytes / 1e9:.1f} GB", "seconds": seconds, "detail": stopped}
        raise DecodingFailed(stopped.reason, sentence.format(**words), remedy=remedy) from None


def _answer(child: _Child) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    size = int.from_bytes(child.receive(bytearray(8)), "little")
    if size > MAX_FACTS_BYTES:
        raise _Stopped("crash", f"an answer of {size} bytes")
    try:
        answer = json.loads(child.receive(bytearray(size)))
        if answer["outcome"] == "done":
            facts, described = dict(answer["facts"]), [_described(entry) for entry in answer["arrays"]]
        elif answer["outcome"] == "error":
            raise _told(answer["error"])
        else:
            raise _Stopped(answer["reason"] if answer["reason"] in SENTENCES else "crash", _text(answer["detail"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise _Stopped("crash", f"an answer that is none: {fault!r}") from None
    total = sum(math.prod(shape) * dtype.itemsize for _, dtype, shape in described)
    if len(described) > MAX_ARRAYS or total > MAX_ARRAY_BYTES:
        raise _Stopped("crash", f"{len(described)} arrays of {total} bytes")
    arrays = {}
    for name, dtype, shape in described:
        array = arrays[name] = np.empty(shape, dtype)
        if array.size:
            child.fill(array.data.cast("B"))
    return facts, arrays


def _described(entry: Any) -> tuple[str, np.dtype[Any], tuple[int, ...]]:
    """(name, dtype, shape) of an array to come. Raises ValueError, KeyError or TypeError for anything else."""
    shape = tuple(entry["shape"])
    if not 1 <= len(shape) <= MAX_DIMENSIONS or not all(type(side) is int and 0 <= side <= MAX_ARRAY_BYTES for side in shape):
        raise ValueError("a shape")
    return _text(entry["name"]), np.dtype(DTYPES[entry["dtype"]]), shape


def _told(shape: Any) -> SextantError:
    """The error a child reports, of the few kinds that it may report."""
    error = from_dict({"code": shape["code"], "message": _text(shape["message"]), "remedy": _text(shape["remedy"])})
    return error if type(error) in (BadInput, TooLarge, Unsupported, Unavailable) else BadInput(error.message, remedy=error.remedy)


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    return "".join(mark if mark.isprintable() else " " for mark in text[:MAX_TEXT])


class _Child:
    """The process and its two pipes; leaving the context ends it and whatever it started."""

    def __init__(self, memory_bytes: int, deadline: float) -> None:
        self._memory_bytes, self._deadline = memory_bytes, deadline
        environment = ENVIRONMENT | {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(CHILD)],  # -I: no PYTHON* variables, no user's packages, no folder of the caller's
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._wait_for(self._input, select.POLLOUT)
            try:
                rest = rest[os.write(self._input, rest[: 1 << 20]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                return  # it gave up before the end of the file: it says why, or its status does

    def receive(self, into: bytearray) -> bytearray:
        """That many bytes, in the same object."""
        self.fill(memoryview(into))
        return into

    def fill(self, rest: memoryview) -> None:
        """Fill it. Raises `_Stopped` when the process ends before it is full."""
        while rest:
            self._wait_for(self._output, select.POLLIN)
            try:
                count = os.readv(self._output, [rest])
            except BlockingIOError:
                continue
            if not count:
                raise self._ended()
            rest = rest[count:]

    def _wait_for(self, descriptor: int, event: int) -> None:
        poll = select.poll()  # `select` would fail on descriptors above 1024, which a server has
        poll.register(descriptor, event)
        while True:
            left_s = self._deadline - time.monotonic()
            if left_s <= 0:
                raise _Stopped("time", "by the clock")
            if poll.poll(1000 * (left_s if KERNEL_LIMITS_MEMORY else min(left_s, WATCH_S))):
                return
            if not KERNEL_LIMITS_MEMORY and self._resident_bytes() > self._memory_bytes:
                raise _Stopped("memory", "resident")

    def _resident_bytes(self) -> int:
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def _ended(self) -> _Stopped:
        """Why it ended without an answer."""
        try:
            status = self._process.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return _Stopped("time", "by the clock")
        if status in (-signal.SIGXCPU, -signal.SIGALRM):
            return _Stopped("time", "by the processor's clock")
        if status == -signal.SIGKILL:  # by the kernel, short of memory
            return _Stopped("memory", "killed")
        return _Stopped("crash", f"status {status}")

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        if self._process.returncode is not None:  # waited for: the number may be another's by now
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS says so of a group that is dead
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
