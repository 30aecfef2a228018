from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.provenance import trust as module
from shared.provenance.certificate import signing_identity
from shared.provenance.trust import TRUST_WORDS, trust, trusted_by


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    module._published.cache_clear()
    yield
    module._published.cache_clear()


def uris() -> list[str]:
    return [anchor["trust_uri"].rpartition(":")[2] for anchor in trust().anchors]


def test_the_published_lists_are_apart_and_the_local_root_joins_with_the_first_signature() -> None:
    assert uris() == ["official", "interim"] and trust().notes == ()
    assert [anchor["trust_anchors"].count("BEGIN CERTIFICATE") for anchor in trust().anchors] == [28, 27]
    signing_identity()
    assert uris() == ["official", "interim", "local"]


def test_without_the_carrier_only_this_machine_is_trusted_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(package: str, version: str, name: str) -> Path:
        raise Unavailable(f"{package} is not installed.")

    monkeypatch.setattr("shared.serving.carrier.carried_file", gone)
    signing_identity()
    assert uris() == ["local"]
    assert len(trust().notes) == 2 and all("are not recognised" in note and "not installed" in note for note in trust().notes)


def test_another_list_than_the_pinned_one_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "list.pem").write_text("-----BEGIN CERTIFICATE-----")
    monkeypatch.setattr("shared.serving.carrier.carried_file", lambda *_: tmp_path / "list.pem")
    assert uris() == [] and "is not the file" in trust().notes[0]


def test_a_broken_local_certificate_does_not_stop_reading(sextant_home: Path) -> None:
    signing_identity()
    (sextant_home / "credentials" / "root.pem").write_text("x")
    assert uris() == ["official", "interim"]
    assert "Signatures made here are not recognised" in trust().notes[0]


@pytest.mark.parametrize("name", [name for name in TRUST_WORDS if name])
def test_the_list_is_taken_from_the_explanation(name: str) -> None:
    assert trusted_by(f"signing certificate trusted, found in [urn:sextant:trust:{name}] trust anchors") == name


def test_an_explanation_of_another_form_names_no_list() -> None:
    assert trusted_by("") == trusted_by("found in [system_anchors] trust anchors") == trusted_by("[urn:sextant:trust:king]") == ""
