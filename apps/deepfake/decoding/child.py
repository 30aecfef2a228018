"""The process in which a file of unknown origin is decoded. `sandbox` starts it as a script, and nothing imports it.

    request   8 bytes: length (little endian); JSON {function, arguments, size_bytes, memory_bytes, seconds}; the file
    answer    8 bytes: length; JSON {outcome: "done", facts, arrays: [{name, dtype, shape}]}; the arrays one after another, C order
              or JSON {outcome: "error", error: {code, message, remedy}}, an error of `shared.errors` for the file's owner
              or JSON {outcome: "failed", reason, detail}

Limits come first, then the imports that decoding needs, then the guards, and only then a byte of the file.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import resource
import signal
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FUNCTIONS: dict[str, tuple[str, str]] = {
    "image": ("apps.deepfake.decoding.images", "open_image"),
    "sound": ("apps.deepfake.decoding.sounds", "open_sound"),
}
"""What a request may name: a name, never a module."""

ROOT = Path(__file__).resolve().parents[3]
MAX_FILES = 64
LATE_S = 5
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = (
    *("socket.", "subprocess.", "shutil.", "tempfile.", "urllib.", "http.", "ftplib.", "smtplib.", "pty.", "ctypes.", "fcntl.", "syslog."),
    *("os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.kill"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.setxattr"),
)
"""Beginnings of audit events (docs.python.org/3/library/audit_events.html)."""

Answer = tuple[dict[str, Any], list[Any]]


class NotAllowed(BaseException):
    """No `Exception`: a library that catches those must not carry on."""


def main() -> None:
    """Read one request, answer it, end."""
    answering = os.dup(1)
    os.dup2(2, 1)  # a C library that prints must not write into the answer
    request = json.loads(_read(int.from_bytes(_read(8), "little")))
    try:
        limit(request["memory_bytes"], request["seconds"])
        _stand_in_for_packages()
        module, name = FUNCTIONS[request["function"]]
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        _confine()
        sys.addaudithook(_refuse)
        header, buffers = answer(function, request)
    except BaseException as error:
        header, buffers = failed(error), []
    _write(answering, header, buffers)
    os._exit(0)  # without the libraries' own clearing up, where damaged memory would show


def answer(function: Callable[..., Any], request: Mapping[str, Any]) -> Answer:
    facts, arrays = function(_read(request["size_bytes"]), **request["arguments"])
    described = [{"name": name, "dtype": dtype, "shape": shape} for name, (dtype, shape, _) in arrays.items()]
    return {"outcome": "done", "facts": facts, "arrays": described}, [buffer for _, _, buffer in arrays.values()]


def failed(error: BaseException) -> dict[str, Any]:
    if isinstance(error, MemoryError):
        return {"outcome": "failed", "reason": "memory", "detail": ""}
    if isinstance(error, NotAllowed):
        return {"outcome": "failed", "reason": "refused", "detail": str(error)}
    if hasattr(error, "as_dict"):
        return {"outcome": "error", "error": error.as_dict()}
    if isinstance(error, ImportError):
        remedy = "Install this studio's packages: pip install 'sextant-suite[deepfake]'."
        shape = {"code": "unavailable", "message": f"A package for reading files is missing: {error}.", "remedy": remedy}
        return {"outcome": "error", "error": shape}
    return {"outcome": "failed", "reason": "crash", "detail": f"{type(error).__name__}: {error}"[:500]}


def limit(memory_bytes: int, seconds: float) -> None:
    """Of the kernel, for the rest of this process. macOS refuses RLIMIT_AS: there the parent watches the memory."""
    cpu_s = math.ceil(seconds)
    for name, most in (
        ("RLIMIT_AS", memory_bytes),
        ("RLIMIT_CPU", cpu_s),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", MAX_FILES),
    ):
        try:
            kind = getattr(resource, name)
            _, hard = resource.getrlimit(kind)
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (soft, soft if kind != resource.RLIMIT_CPU else hard))  # a soft one ends it by SIGXCPU
        except (AttributeError, ValueError, OSError):
            continue
    signal.alarm(cpu_s + LATE_S)  # where the parent died before it could end this process


def _stand_in_for_packages() -> None:
    """Our packages without their `__init__`, which would import pydantic and the whole studio: half a second a file."""
    sys.path.append(str(ROOT))
    for name in ("apps", "apps.deepfake", "apps.deepfake.decoding"):
        package = types.ModuleType(name)
        package.__path__ = [str(ROOT.joinpath(*name.split(".")))]
        sys.modules[name] = package


def _confine() -> None:
    confinement = importlib.import_module("apps.deepfake.decoding.confinement")
    confinement.confine()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook: Python code that connects, writes, starts something. Machine code is held by the kernel's filter."""
    if event == "open":
        _, mode, flags = arguments
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & WRITING):
            raise NotAllowed("it opened a file for writing")
    elif event.startswith(FORBIDDEN):
        raise NotAllowed(f"it called {event}")


def _read(size_bytes: int) -> bytes:
    data = sys.stdin.buffer.read(size_bytes)
    if len(data) != size_bytes:
        os._exit(1)  # the parent is gone
    return data


def _write(descriptor: int, header: dict[str, Any], buffers: list[Any]) -> None:
    text = json.dumps(header, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace")
    for buffer in (len(text).to_bytes(8, "little"), text, *buffers):
        rest = memoryview(buffer).cast("B")
        while rest:
            rest = rest[os.write(descriptor, rest) :]


if __name__ == "__main__":
    main()
