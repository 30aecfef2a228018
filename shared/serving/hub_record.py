"""What a person agreed to and what was pulled: two small tables in the folder `hub` of SEXTANT_HOME.

    licences.json   {model: {licence, owner, accepted}}                          `accept`, `accepted`
    pulled.json     {owner/name: {revision, commit, patterns, files, pulled}}    `remember`, `remembered`

A source that pins no commit is pinned by `pulled.json`: it is loaded at the commit that was pulled, until it is pulled anew with
`--update`. Copy the folder together with HF_HOME to take models to a machine without a network.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.errors import StorageFailed

__all__ = ["Pulled", "accept", "accepted", "remember", "remembered"]

LICENCES = "licences.json"
PULLED = "pulled.json"


@dataclass(frozen=True)
class Pulled:
    """One snapshot on this machine.

    revision: as it was asked for (a branch, a tag, a commit); commit: what that was then, 40 hex digits; patterns: of the files that
    were asked for; files: their bytes by path; pulled: ISO 8601, UTC.
    """

    revision: str
    commit: str
    patterns: tuple[str, ...]
    files: dict[str, int]
    pulled: str = ""


def accept(name: str, licence: str) -> None:
    """Record that this machine's user accepts `licence` for the model `name`. Raises StorageFailed."""
    from shared.settings import settings

    with _table(LICENCES) as table:
        table[name] = {"licence": licence, "owner": settings().owner, "accepted": _now()}


def accepted(name: str, licence: str) -> bool:
    """Whether just this licence was accepted for the model: one that has changed is asked for again. Raises StorageFailed."""
    return bool(_read(_folder() / LICENCES).get(name, {}).get("licence") == licence)


def remember(location: str, pulled: Pulled) -> None:
    """Pin `location` to a snapshot that is complete. Raises StorageFailed."""
    with _table(PULLED) as table:
        table[location] = {**asdict(pulled), "pulled": _now()}


def remembered(location: str) -> Pulled | None:
    """The snapshot that `location` is pinned to. Raises StorageFailed."""
    row = _read(_folder() / PULLED).get(location)
    if row is None:
        return None
    try:
        return Pulled(**{**row, "patterns": tuple(row["patterns"]), "files": dict(row["files"])})
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(_folder() / PULLED) from error


def same_files(pulled: Pulled, patterns: Sequence[str]) -> bool:
    """Whether it was pulled for these patterns: a studio that needs more files has to pull them first."""
    return set(pulled.patterns) == set(patterns)


def _folder() -> Path:
    from shared.settings import settings  # half a second, which no studio's import pays

    return settings().home / "hub"


@contextmanager
def _table(name: str) -> Iterator[dict[str, Any]]:
    """A table to change: nobody else changes it meanwhile, and it is replaced whole. Raises StorageFailed."""
    from shared.runs.atomic import write_atomically

    path = _folder() / name
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            table = _read(path)
            yield table
            write_atomically(path, json.dumps(table, indent=1, sort_keys=True).encode() + b"\n")
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StorageFailed(
            f"{path} cannot be written: {error.strerror or error}.", remedy="Make it writable for you, or set SEXTANT_HOME."
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror or error}."
        raise StorageFailed(problem, remedy="Make it readable for you, or set SEXTANT_HOME.") from error
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(table, dict) or not all(isinstance(row, dict) for row in table.values()):
        raise _damaged(path)
    return table


def _damaged(path: Path) -> StorageFailed:
    return StorageFailed(f"{path} is damaged.", remedy="Delete it and pull the models again: what is in HF_HOME is not fetched twice.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
