"""Which build of torch a machine gets, and where from. Standard library only.

The registry's newest torch for Linux brings several GB of CUDA packages, so a machine without a GPU gets the CPU build where
one can be had. No index is named here: find-links come from pip's own settings, the CPU index from `TORCH_CPU_INDEX`.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TORCH", "Candidate", "PipSettings", "candidates", "flavour", "has_nvidia", "pip_settings"]

TORCH = "2.13.0"


@dataclass(frozen=True)
class PipSettings:
    """What pip's configuration and environment say that uv has to be told."""

    find_links: tuple[str, ...] = ()
    index_url: str = ""
    no_index: bool = False

    @property
    def for_uv(self) -> tuple[str, ...]:
        links = tuple(word for link in self.find_links for word in ("--find-links", link))
        if self.no_index:
            return (*links, "--no-index")
        return (*links, "--default-index", self.index_url) if self.index_url else links


@dataclass(frozen=True)
class Candidate:
    """One way to install torch: what is said first, and the arguments for each installer."""

    note: str
    uv: tuple[str, ...]
    pip: tuple[str, ...]


def pip_settings(listing: str) -> PipSettings:
    """Settings out of `pip config list` (lines `section.key='value'`); the environment beats [install] beats [global]."""
    values: dict[tuple[str, str], str] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        try:
            values[section, key] = str(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            continue

    def setting(key: str) -> str:
        return next((values[section, key] for section in (":env:", "install", "global") if values.get((section, key))), "")

    no_index = setting("no-index").lower() in ("1", "true", "yes", "on")
    return PipSettings(tuple(setting("find-links").split()), setting("index-url"), no_index)


def has_nvidia(devices: Path = Path("/dev")) -> bool:
    """Whether the NVIDIA driver shows a device. A look at files: it is asked at every start, nvidia-smi takes a second."""
    return any(devices.glob("nvidia[0-9]*")) or (devices / "dxg").exists()


def flavour(environ: Mapping[str, str], devices: Path = Path("/dev")) -> str:
    """ "cpu" or "cuda", from `SEXTANT_TORCH` (auto, cpu, cuda) and the machine. Raises ValueError for another word."""
    choice = environ.get("SEXTANT_TORCH") or "auto"
    if choice not in ("auto", "cpu", "cuda"):
        raise ValueError(f"SEXTANT_TORCH is {shlex.quote(choice)}: it takes auto, cpu or cuda")
    if choice != "auto":
        return choice
    return "cuda" if has_nvidia(devices) else "cpu"


def candidates(build: str, settings: PipSettings, environ: Mapping[str, str], system: str) -> list[Candidate]:
    """Ways to get torch, best first; the next is tried when one fails.

    build: "cpu" or "cuda" from `flavour`; system: `sys.platform`.
    """
    pinned = ("-c", "constraints.txt")
    plain = (*pinned, f"torch=={TORCH}")
    if build == "cuda":
        # `===`: with `==` and find-links, 2.13.0+cpu counts as the newer 2.13.0 and wins even where CUDA is wanted.
        exact = (*pinned, f"torch==={TORCH}")
        return [Candidate(f"torch {TORCH} for CUDA (several GB)", (*settings.for_uv, *exact), exact)]
    if system != "linux":
        return [Candidate(f"torch {TORCH}", (*settings.for_uv, *plain), plain)]

    cpu = f"torch=={TORCH}+cpu"
    found: list[Candidate] = []
    if settings.find_links:
        found.append(Candidate(f"torch {TORCH}, CPU build, from find-links", (*settings.for_uv, *pinned, cpu), (*pinned, cpu)))
    if index := environ.get("TORCH_CPU_INDEX"):
        # --no-deps: that index mirrors some of torch's dependencies at other versions than the constraints allow; they
        # are installed with the project, from the default index.
        note = f"torch {TORCH}, CPU build, from TORCH_CPU_INDEX"
        found.append(Candidate(note, ("--no-deps", "--default-index", index, cpu), ("--no-deps", "--index-url", index, cpu)))
    aloud = (
        f"torch {TORCH} from the default index: on Linux that is the CUDA build, several GB; "
        "set TORCH_CPU_INDEX (or PIP_FIND_LINKS) to a source of CPU builds for a small one"
    )
    found.append(Candidate(aloud, (*settings.for_uv, *plain), plain))
    return found
