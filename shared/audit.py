"""What was refused, kept as a trail: one JSON line each in `audit.jsonl` of SEXTANT_HOME, only ever appended to.

    record("molecules", "score", "refused", "cwc-1a4", smiles)
    entries(20)                                    the newest first

A line names its subject by sha256 alone, so that the log spreads nothing that was refused. Whoever has the subject can look it up.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from shared.errors import SextantError, StorageFailed

__all__ = ["Entry", "entries", "record"]

log = logging.getLogger("sextant.audit")

NAME = "audit.jsonl"
MAX_TEXT = 500
"""Characters kept of any field: a line stays within one write of a few kilobytes."""
_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True)
class Entry:
    """One line of the trail. time: ISO 8601, UTC; subject: sha256 (hex) of what was refused, in UTF-8."""

    time: str
    host: str
    pid: int
    owner: str
    app: str
    task: str
    decision: str
    reason: str
    subject: str


def record(app: str, task: str, decision: str, reason: str, subject: str, *, owner: str | None = None) -> None:
    """Append one line. `owner` is the process's own (SEXTANT_OWNER) unless given.

    Raises nothing for a disk that is full or a home that cannot be written: a warning goes to the log, and what was refused stays so.
    `reason` is written as it is: name the rule in it, never the subject.
    """
    try:
        _append(_line(app, task, decision, reason, subject, owner=owner))
    except (OSError, ValueError, SextantError) as error:
        log.warning("not in the audit log: %s/%s %s (%s): %s", app, task, decision, reason[:MAX_TEXT], error)


def entries(limit: int = 20, *, app: str | None = None) -> list[Entry]:
    """The newest `limit` entries, of one studio or of all, the newest first; none where nothing was ever recorded.

    A damaged line is passed over with a warning in the log. Raises `StorageFailed` when the file cannot be read.
    """
    path = _path()
    try:
        with path.open("rb") as stream:
            found = (entry for line in _backwards(stream) if (entry := _entry(line)) is not None)
            return list(islice((entry for entry in found if app in (None, entry.app)), limit))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageFailed(
            f"The audit log {path} cannot be read: {error.strerror or error}.", remedy="Make it readable for you, or set SEXTANT_HOME."
        ) from None


def _path() -> Path:
    from shared.settings import settings  # half a second, which no studio's import pays

    return settings().home / NAME


def _line(app: str, task: str, decision: str, reason: str, subject: str, *, owner: str | None) -> bytes:
    from shared.settings import settings

    row = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "owner": (settings().owner if owner is None else owner)[:MAX_TEXT],
        "app": app[:MAX_TEXT],
        "task": task[:MAX_TEXT],
        "decision": decision[:MAX_TEXT],
        "reason": reason[:MAX_TEXT],
        "subject": hashlib.sha256(subject.encode("utf-8", errors="surrogatepass")).hexdigest(),
    }
    return json.dumps(row).encode("ascii") + b"\n"


def _append(line: bytes) -> None:
    """One write at the end of the file. Raises OSError, also when the disk took only a part of it."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # let go of with the descriptor: another's line may be half there when its size already is
        # A disk that was full cut the last line off: begin a new one, or this one would be lost with it.
        size_bytes = os.fstat(descriptor).st_size
        whole = size_bytes == 0 or os.pread(descriptor, 1, size_bytes - 1) == b"\n"
        line = line if whole else b"\n" + line
        written = os.write(descriptor, line)
        if written != len(line):
            raise OSError(f"the disk took {written} of {len(line)} bytes")
    finally:
        os.close(descriptor)


def _backwards(stream: BinaryIO) -> Iterator[bytes]:
    """Lines from the last to the first, however long the file."""
    position, rest = stream.seek(0, os.SEEK_END), b""
    while position:
        size_bytes = min(_BLOCK_BYTES, position)
        position -= size_bytes
        stream.seek(position)
        rest, *lines = (stream.read(size_bytes) + rest).split(b"\n")
        yield from reversed(lines)
    yield rest


def _entry(line: bytes) -> Entry | None:
    if not line.strip():
        return None
    try:
        row: dict[str, Any] = json.loads(line)
        return Entry(**{field.name: row[field.name] for field in fields(Entry)})
    except (ValueError, KeyError, TypeError):
        log.warning("the audit log holds a damaged line of %d bytes", len(line))
        return None
