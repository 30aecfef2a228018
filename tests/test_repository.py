"""What may lie in the repository: no registry host, no pickle, small weights with a card, a tree that travels."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.checkout import ROOT, tracked_files

# Put together here, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("crates", "io"),
        ("conda", "anaconda", "org"),
    )
]
PICKLES = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".bin", ".joblib", ".dill"}
# protocols 2 to 5 open with these two bytes; torch's own archives are zips that hold such a file
PICKLE_OPENING = re.compile(rb"\x80[\x02-\x05](?:\x95|\x8a|[}\]c(KX])")
MIB = 2**20


def test_no_registry_host_is_named() -> None:
    pattern = re.compile("|".join(re.escape(host) for host in REGISTRIES).encode())
    named = [str(path.relative_to(ROOT)) for path in tracked_files() if pattern.search(path.read_bytes())]
    assert named == []


def test_no_pickle_is_tracked() -> None:
    suspicious = [path for path in tracked_files() if path.suffix.lower() in PICKLES or PICKLE_OPENING.match(path.read_bytes())]
    assert suspicious == []


def weights() -> list[Path]:
    return [path for path in tracked_files("apps") if path.suffix == ".safetensors"]


def test_weights_are_small_and_have_a_card() -> None:
    for path in weights():
        assert path.stat().st_size <= 10 * MIB, path
        assert (path.parent / "MODEL_CARD.md").is_file(), f"{path.parent} has no MODEL_CARD.md"
    assert sum(path.stat().st_size for path in weights()) <= 30 * MIB


def test_weights_open_as_safetensors() -> None:
    for path in weights():
        with path.open("rb") as file:
            header_bytes = int.from_bytes(file.read(8), "little")
            assert header_bytes < path.stat().st_size, path
            assert isinstance(json.loads(file.read(header_bytes)), dict)


def test_the_tree_travels() -> None:
    size_bytes = sum(path.stat().st_size for path in tracked_files())
    assert size_bytes <= 45 * MIB, f"{size_bytes / MIB:.1f} MiB"


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", ".ci/run"])
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_shell_scripts_can_be_run() -> None:
    for path in [ROOT / ".ci/run", *(ROOT / "scripts").glob("*.sh")]:
        assert path.stat().st_mode & 0o111, f"chmod +x {path}"
        assert path.read_text().startswith("#!/usr/bin/env bash\n"), path
