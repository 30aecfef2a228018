"""Models of the hub: nothing is fetched unasked, nothing that could run is fetched at all, and licences are asked for first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.errors import DeclarationError, Forbidden, StorageFailed, Unavailable
from shared.serving import Engine, Source, hub
from shared.serving.hub_record import LICENCES, PULLED, remembered
from tests.shared.serving.fakehub import COMMIT, FakeHub, pretend_pulled, serving, snapshot, use_cache
from tests.studios.hubbed import FREE, LICENCE, RESTRICTED, TERMS, hub_model

FILES = {
    "model.safetensors": b"w" * 100_000,
    "config.json": b"{}",
    "tokenizer/merges.txt": b"a b",
    "README.md": b"# A model",
    "pytorch_model.bin": b"\x80\x04.",
    "old.pt": b"\x80\x04.",
    "modeling.py": b"raise SystemExit",
    ".gitattributes": b"",
}
HARMLESS = {"model.safetensors", "config.json", "tokenizer/merges.txt", "README.md"}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_cache(tmp_path / "hub", monkeypatch)


@pytest.fixture
def there() -> FakeHub:
    return FakeHub(FILES)


def test_a_pull_fetches_weights_and_texts_and_nothing_that_runs(cache: Path, there: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, float]] = []
    with serving(there, monkeypatch):
        folder = hub.pull(FREE, progress=lambda done, total: told.append((done, total)))
    assert set(there.fetched) == HARMLESS
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == HARMLESS
    assert told[-1] == (sum(len(FILES[name]) for name in HARMLESS),) * 2
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]


def test_what_was_pulled_is_found_offline_at_the_commit_that_it_was(cache: Path, there: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(there, monkeypatch):
        folder = hub.pull(FREE)
    assert hub.cached(FREE) == folder
    assert hub.revision(FREE) == hub_model(FREE, "MIT").revision == COMMIT
    pulled = remembered(FREE.location)
    assert pulled is not None and (pulled.revision, pulled.commit, set(pulled.files)) == ("main", COMMIT, HARMLESS)


def test_an_update_moves_the_pin_and_only_an_update_does(cache: Path, there: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(there, monkeypatch):
        hub.pull(FREE)
        there.commit = "f" * 40
        assert hub.cached(FREE).name == COMMIT
        assert hub.pull(FREE).name == hub.cached(FREE).name == hub.revision(FREE) == "f" * 40


def test_a_pull_goes_on_where_it_was_stopped(cache: Path, there: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: float, total: float) -> None:
        raise KeyboardInterrupt

    with serving(there, monkeypatch):
        with pytest.raises(KeyboardInterrupt):
            hub.pull(FREE, progress=stop)
        assert remembered(FREE.location) is None
        with pytest.raises(Unavailable, match="not on this machine"):
            hub.cached(FREE)
        hub.pull(FREE)
        assert hub.cached(FREE).is_dir()
        there.fetched.clear()
        hub.pull(FREE)
    assert there.fetched == []


def test_not_pulled_names_the_command() -> None:
    with pytest.raises(Unavailable) as caught:
        hub.cached(FREE)
    assert str(caught.value) == "owner/free is not on this machine. Run `sextant models pull owner/free`."


def test_a_pull_without_a_network_is_one_sentence(cache: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot be reached for owner/free \(HF_HUB_OFFLINE is set\).*copy HF_HOME"):
        hub.pull(FREE)


@pytest.mark.parametrize(("status", "message"), [(403, "registered users only.*HF_TOKEN"), (404, "does not show owner/free at main")])
def test_a_refusal_of_the_hub_is_one_sentence(
    status: int, message: str, cache: Path, there: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.status = status
    with serving(there, monkeypatch), pytest.raises(Unavailable, match=message):
        hub.survey(FREE)


def test_weights_that_are_pickles_alone_are_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pickles = FakeHub({"pytorch_model.bin": b"\x80\x04.", "config.json": b"{}"})
    with serving(pickles, monkeypatch), pytest.raises(Unavailable, match="no weights as safetensors"):
        hub.pull(FREE)
    assert pickles.fetched == []


@pytest.mark.parametrize("pattern", ["*.bin", "*", "pytorch_model.*", "*.pt", "*.py", "*.ckpt", "model*"])
def test_patterns_can_ask_for_nothing_that_runs(pattern: str) -> None:
    for call in (hub.survey, hub.pull, hub.cached):
        with pytest.raises(DeclarationError, match="never fetched"):
            call(FREE, ("*.json", pattern))


def test_other_sources_are_none_of_its_business() -> None:
    with pytest.raises(DeclarationError, match="no hub model"):
        hub.cached(Source("embedded", "weights/a.safetensors"))


def test_a_lost_or_cut_file_is_noticed(cache: Path) -> None:
    folder = snapshot(cache, FREE.location)
    (folder / "model.safetensors").write_bytes(b"whole")
    (folder / "config.json").write_bytes(b"{}")
    pretend_pulled(cache, FREE.location, hub.PATTERNS)
    assert hub.cached(FREE) == folder
    (folder / "model.safetensors").write_bytes(b"who")
    with pytest.raises(Unavailable, match=r"model.safetensors has 3 bytes, expected 5.*models pull owner/free"):
        hub.cached(FREE)
    (folder / "model.safetensors").unlink()
    with pytest.raises(Unavailable, match=r"lost model.safetensors.*models pull owner/free"):
        hub.cached(FREE)
    (folder / "config.json").unlink()
    folder.rmdir()
    with pytest.raises(Unavailable, match=r"not in HF_HOME.*models pull owner/free"):
        hub.cached(FREE)


def test_another_revision_or_other_files_have_to_be_pulled(cache: Path) -> None:
    (snapshot(cache, FREE.location) / "model.safetensors").write_bytes(b"w")
    pretend_pulled(cache, FREE.location, hub.PATTERNS)
    assert hub.cached(Source("hub", FREE.location, COMMIT)).name == COMMIT
    with pytest.raises(Unavailable, match="was pulled at main, and v2 is needed"):
        hub.cached(Source("hub", FREE.location, "v2"))
    with pytest.raises(Unavailable, match="other files"):
        hub.cached(FREE, ("*.safetensors",))
    assert hub.revision(Source("hub", FREE.location, "v2")) == "v2"
    assert hub.revision(Source("hub", FREE.location, "a" * 40)) == "a" * 40


def test_a_licence_is_shown_with_its_consequence_and_refused_before_anything_else() -> None:
    with pytest.raises(Forbidden) as caught:
        hub.ready("hub:owner/restricted", LICENCE, RESTRICTED, TERMS)
    assert str(caught.value) == (
        "hub:owner/restricted is licensed CC BY-NC 4.0: not for commercial use. Nobody has accepted that on this machine. "
        "Read the licence (https://example.org/by-nc), then run `sextant models pull owner/restricted --accept-licence`."
    )


def test_an_accepted_licence_is_recorded_and_a_changed_one_is_asked_for_again(sextant_home: Path) -> None:
    assert not hub.accepted("m", LICENCE)
    hub.accept("m", LICENCE)
    assert hub.accepted("m", LICENCE) and not hub.accepted("m", "CC BY-NC 5.0") and not hub.accepted("n", LICENCE)
    row = json.loads((sextant_home / "hub" / LICENCES).read_text())["m"]
    assert row["licence"] == LICENCE and row["owner"] == "local" and row["accepted"].startswith("20")
    with pytest.raises(Unavailable, match="not on this machine"):
        hub.ready("m", LICENCE, RESTRICTED, TERMS)


def test_the_engine_gives_the_refusal_to_its_caller_and_loads_nothing() -> None:
    model = hub_model(RESTRICTED, LICENCE, TERMS)
    assert "not for commercial use" in str(model.why_not())
    with Engine("cpu", models=[model]) as engine, pytest.raises(Forbidden, match=r"not for commercial use.*--accept-licence"):
        engine.run(model, 1)


def test_damaged_records_are_named_and_hide_no_list(sextant_home: Path) -> None:
    folder = sextant_home / "hub"
    folder.mkdir()
    for name in (LICENCES, PULLED):
        (folder / name).write_text("[1")
    with pytest.raises(StorageFailed, match=r"licences\.json is damaged"):
        hub.accepted("m", LICENCE)
    assert hub.revision(FREE) == ""
    assert "pulled.json is damaged" in str(hub_model(FREE, "MIT").why_not())
    (folder / PULLED).write_text('{"owner/free": {"commit": "x"}}')
    assert "pulled.json is damaged" in str(hub_model(FREE, "MIT").why_not())


def test_a_home_that_cannot_be_written_is_named(sextant_home: Path) -> None:
    (sextant_home / "hub").write_text("a file where the folder belongs")
    with pytest.raises(StorageFailed, match=r"licences\.json cannot be written"):
        hub.accept("m", LICENCE)
    with pytest.raises(StorageFailed, match=r"licences\.json cannot be read"):
        hub.accepted("m", LICENCE)


def test_used_models_are_recorded_with_the_commit(cache: Path) -> None:
    class Nothing:
        def run(self, requests: list[int], step: object) -> list[int]:
            return requests

        def close(self) -> None:
            """It holds nothing."""

    (snapshot(cache, FREE.location) / "model.safetensors").write_bytes(b"w")
    model = hub_model(FREE, "MIT")
    object.__setattr__(model, "load", lambda device, dtype: Nothing())
    pretend_pulled(cache, FREE.location, hub.PATTERNS)
    with Engine("cpu", models=[model]) as engine:
        item = engine.submit(model, 1)
        assert item.result() == 1
        assert item.used is not None and item.used.revision == COMMIT
