"""The `.venv` of a checkout: made, kept up to date, repaired. Standard library only.

A stamp inside `.venv` is written as the very last step. An installation that was killed half-way has a marker instead and
is built anew: a package copied in part looks installed to uv and pip. One file lock serves all makes of a checkout; the
installers inherit it, so that it outlives a bootstrap that was killed while they go on writing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from suite.torch_build import Candidate, PipSettings, candidates, flavour, pip_settings

__all__ = ["ROOT", "Installer", "SetupError", "carriers", "digest", "ensure", "is_fresh"]

ROOT = Path(__file__).resolve().parent.parent
RECIPE = 1  # raise it when this file installs something differently, so that existing environments follow


class SetupError(Exception):
    """One line: what could not be set up and what to do about it."""


def digest(root: Path, build: str) -> str:
    """Hash of all that decides what `.venv` holds, except the extras, which are compared as sets."""
    parts = [str(RECIPE), str(root), build, platform.python_implementation(), platform.python_version()]
    hashed = hashlib.sha256("\0".join(parts).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        hashed.update(hashlib.sha256((root / name).read_bytes()).digest())
    return hashed.hexdigest()


def carriers(root: Path, extras: Sequence[str]) -> list[str]:
    """Packages whose files the extras read and whose code nobody runs: installed without their dependencies, which would downgrade ours."""
    table: dict[str, list[str]] = (
        tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {}).get("sextant", {}).get("carriers", {})
    )
    return sorted({package for extra, packages in table.items() if extra in extras or "all" in extras for package in packages})


def _stamp_file(root: Path) -> Path:
    return root / ".venv" / "sextant-stamp.json"


def _unfinished_file(root: Path) -> Path:
    return root / ".venv" / "sextant-unfinished"


def _python(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def _base_python() -> str:
    """The Python to build on; never a venv's, which may be the very `.venv` that is being replaced."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _stamp(root: Path) -> tuple[str, set[str]]:
    """(digest, extras) of the last finished installation; ("", empty) when there is none."""
    try:
        stamp = json.loads(_stamp_file(root).read_text(encoding="utf-8"))
        return str(stamp["digest"]), {str(name) for name in stamp["extras"]}
    except (OSError, ValueError, KeyError, TypeError):
        return "", set()


def is_fresh(root: Path, wanted: str, extras: Sequence[str]) -> bool:
    """Whether `.venv` is finished, of this digest, and has at least these extras."""
    found, installed = _stamp(root)
    return found == wanted and set(extras) <= installed and os.access(_python(root), os.X_OK)


def ensure(root: Path, extras: Sequence[str], environ: Mapping[str, str] = os.environ) -> str:
    """Path of a `.venv/bin/python` that has the extras; installs them first when it does not. Raises SetupError."""
    try:
        build = flavour(environ)
    except ValueError as error:
        raise SetupError(str(error)) from None
    wanted = digest(root, build)
    if not is_fresh(root, wanted, extras):
        with _locked(root) as lock:
            if not is_fresh(root, wanted, extras):  # another make may have finished it while this one waited
                _install(root, wanted, sorted(set(extras) | _stamp(root)[1]), build, Installer(root, environ, lock))
    return str(_python(root))


def _install(root: Path, wanted: str, extras: list[str], build: str, installer: Installer) -> None:
    if _reusable(root):
        installer.find_uv()
        # Before anything is touched: without a network, the environment that is there stays whole.
        installer.install_project(extras, dry_run=True)
        _unfinished_file(root).touch()
        _stamp_file(root).unlink(missing_ok=True)
    else:
        _say(f"making {root / '.venv'} for Python {platform.python_version()}")
        _remove_venv(root)
        _unfinished_file(root).parent.mkdir()
        _unfinished_file(root).touch()  # before anything else: from here on a kill leaves the marker
        installer.make_venv()
        installer.find_uv()
    installer.install_torch(candidates(build, installer.settings, installer.environ, sys.platform))
    _say(f"installing Sextant with the extras {', '.join(extras)}")
    installer.install_project(extras)
    installer.install_carriers(carriers(root, extras))
    temporary = _stamp_file(root).with_suffix(".tmp")
    temporary.write_text(json.dumps({"digest": wanted, "extras": extras}), encoding="utf-8")
    _unfinished_file(root).unlink()
    temporary.replace(_stamp_file(root))
    _say("ready")


def _reusable(root: Path) -> bool:
    """Whether `.venv` can be brought up to date in place: finished, of this Python, and its Python starts."""
    if _unfinished_file(root).exists():
        return False
    probe = [str(_python(root)), "-c", "import pip, platform; print(platform.python_version())"]
    try:
        answer = subprocess.run(probe, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.strip() == platform.python_version()


def _remove_venv(root: Path) -> None:
    """Renamed first, so that a kill in the middle of deleting never leaves half a `.venv` that looks whole."""
    for left_over in root.glob(".venv.old-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    if (root / ".venv").is_symlink():
        raise SetupError(f"{root / '.venv'} is a link to an environment that does not work: remove the link")
    with contextlib.suppress(FileNotFoundError):
        old = root / f".venv.old-{os.getpid()}"
        (root / ".venv").rename(old)
        shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[int]:
    """The checkout's set-up lock as a file descriptor. Beside `.venv`, not in it: `.venv` may be renamed."""
    try:
        descriptor = os.open(root / ".venv.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise SetupError(f"cannot write to {root}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another set-up of this checkout")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _say(line: str) -> None:
    # stderr: `make demo ARGS=--json` keeps stdout for the command
    print(f"sextant: {line}", file=sys.stderr, flush=True)


class Installer:
    """Runs venv, uv or pip for one checkout; `run` is the seam that tests replace."""

    def __init__(self, root: Path, environ: Mapping[str, str], lock: int) -> None:
        self.root = root
        self.environ = dict(environ)
        self.lock = lock
        self.uv = ""
        self._settings: PipSettings | None = None

    @property
    def settings(self) -> PipSettings:
        """pip's find-links and index, read once: uv does not look at pip's configuration."""
        if self._settings is None:
            listing = self.run([str(_python(self.root)), "-m", "pip", "config", "list"], capture=True)
            self._settings = pip_settings(listing.stdout if listing.returncode == 0 else "")
        return self._settings

    def make_venv(self) -> None:
        result = self.run([_base_python(), "-m", "venv", str(self.root / ".venv")], capture=True)
        if result.returncode:
            tail = (result.stdout + result.stderr).strip().splitlines()
            raise SetupError(
                f"`python -m venv` failed ({tail[-1] if tail else result.returncode}): install Python's venv, "
                f"on Debian `apt-get install python3-venv`"
            )

    def find_uv(self) -> None:
        """uv inside the venv: a third of pip's wall time and a fifth of its CPU time. Without it, pip."""
        pip = [str(_python(self.root)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        result = self.run([*pip, "-c", "constraints.txt", "uv"], capture=True)
        uv = self.root / ".venv" / "bin" / "uv"
        self.uv = str(uv) if result.returncode == 0 and os.access(uv, os.X_OK) else ""
        if not self.uv:
            _say("uv could not be had; installing with pip, which takes longer")

    def install_torch(self, choices: Sequence[Candidate]) -> None:
        for choice in choices:
            _say(choice.note)
            if self.run(self._command(choice.uv if self.uv else choice.pip)).returncode == 0:
                return
        raise SetupError("torch could not be installed: the lines above say why (is there a network, or a folder in PIP_FIND_LINKS?)")

    def install_project(self, extras: Sequence[str], *, dry_run: bool = False) -> None:
        arguments = ["-c", "constraints.txt", *(["--dry-run"] if dry_run else [])]
        if self.uv:
            arguments += [*self.settings.for_uv, "--reinstall-package", "sextant-suite"]
        if self.run(self._command([*arguments, "-e", f".[{','.join(extras)}]"])).returncode:
            raise SetupError("the packages could not be installed: the lines above say why; run make again to resume")

    def install_carriers(self, packages: Sequence[str]) -> None:
        if not packages:
            return
        arguments = ["--no-deps", *(self.settings.for_uv if self.uv else []), *packages]
        if self.run(self._command(arguments)).returncode:
            raise SetupError("the packages that carry weights could not be installed: the lines above say why; run make again to resume")

    def _command(self, arguments: Sequence[str]) -> list[str]:
        python = str(_python(self.root))
        if self.uv:
            return [self.uv, "pip", "install", "--quiet", "--python", python, *arguments]
        return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]

    def run(self, command: Sequence[str], *, capture: bool = False) -> subprocess.CompletedProcess[str]:
        """One installer process in the checkout; it holds the lock too, and its output goes to stderr unless captured."""
        # A person's own settings for pip and Python must not lead the installation away from `.venv`.
        leading_away = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX")
        environ = {name: value for name, value in self.environ.items() if name not in leading_away}
        environ["PIP_USER"] = "0"
        if "PIP_CERT" in environ:
            environ.setdefault("SSL_CERT_FILE", environ["PIP_CERT"])
        try:
            return subprocess.run(
                command,
                cwd=self.root,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if capture else sys.stderr.fileno(),
                stderr=subprocess.PIPE if capture else None,
                text=True,
                pass_fds=(self.lock,),
                check=False,
            )
        except OSError as error:
            raise SetupError(f"cannot start {command[0]}: {error.strerror}") from None
