"""constraints.txt and pyproject.toml: everything pinned, each named package in a named extra, nothing that cannot be had."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from typing import Any

import pytest

from suite.torch_build import TORCH
from tests.checkout import ROOT, STUDIOS

TEAMS = ("marketing", "medical", "molecules", "design", "audio", "deepfake")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
CARRIERS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["sextant"]["carriers"]
UNPINNED = {"pip", "sextant-suite"}  # pip comes with Python's venv


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    return {normal(name): version for name, _, version in (line.partition("==") for line in lines)}


def requirement_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return normal(match.group())


def test_every_line_is_one_exact_public_version() -> None:
    assert len(pins()) > 100
    for name, version in pins().items():
        assert re.fullmatch(r"[0-9][0-9a-z.]*", version), f"{name}=={version}"


def test_torch_is_the_version_that_the_bootstrap_installs() -> None:
    assert pins()["torch"] == TORCH
    assert {one for team in TEAMS for one in EXTRAS[team] if one.startswith("torch")} == {f"torch=={TORCH}"}


def test_every_installed_package_is_pinned() -> None:
    pinned = pins() | dict(package.split("==") for packages in CARRIERS.values() for package in packages)
    loose = {
        f"{name}=={version}"
        for name, version in ((normal(found.name), found.version) for found in importlib.metadata.distributions())
        if name not in UNPINNED and not name.startswith("nvidia-") and pinned.get(name) != version.partition("+")[0]
    }
    loose = {entry for entry in loose if not entry.startswith(("cuda-", "triton=="))}  # CUDA torch pins its own packages exactly
    assert loose == set(), "not as constraints.txt says: remove them from .venv, or run `make constraints`"


@pytest.mark.parametrize("name", ["torchvision", "torchaudio", "timm", "opencv-python", "pylibjpeg-libjpeg"])
def test_what_must_never_be_installed(name: str) -> None:
    assert name not in pins()
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(name)


def test_no_installed_package_is_under_the_gpl() -> None:
    for found in importlib.metadata.distributions():
        fields = [found.metadata.get("License-Expression") or "", *(found.metadata.get_all("Classifier") or [])]
        # "OR": a package that offers another licence besides is taken under that one
        strict = [field for field in fields if re.search(r"(?<!L)GPL|Affero", field) and " OR " not in field and "Lesser" not in field]
        assert strict == [], found.name


@pytest.mark.parametrize("name", ["torch", "transformers", "diffusers", "audiocraft", "rdkit", "trimesh", "streamlit", "pytest"])
def test_each_package_that_the_user_named_is_in_a_literal_extra(name: str) -> None:
    assert any(requirement_name(requirement) == name for extra in EXTRAS.values() for requirement in extra)


def test_all_holds_every_studio_and_the_dashboards() -> None:
    (reference,) = EXTRAS["all"]
    assert set(re.findall(r"\w+", reference.partition("[")[2])) == {*TEAMS, "ui"}
    assert set(STUDIOS) <= set(TEAMS)


def test_carriers_are_exact_and_nobodys_dependency() -> None:
    """Their code is never imported; as dependencies they would bring their own."""
    assert set(CARRIERS) <= set(TEAMS)
    for package in (package for packages in CARRIERS.values() for package in packages):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", package)
        assert requirement_name(package) not in pins()


def test_audiocraft_is_alone() -> None:
    holders = [extra for extra, requirements in EXTRAS.items() if any(requirement_name(each) == "audiocraft" for each in requirements)]
    assert holders == ["audiocraft"]
    assert "audiocraft" not in pins()


def test_entry_points_are_the_studios() -> None:
    entries = PROJECT["entry-points"]["sextant.apps"]
    assert entries == {name: f"apps.{name}.tasks:app" for name in STUDIOS}
