from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from shared.errors import BadInput, DeclarationError, NotFound
from shared.files import Artifact, File, InputFile, MemoryStore, artifacts_of, label, safe_name

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


class Holder(BaseModel):
    file: Annotated[InputFile, File(kinds=("png", "nii.gz"), max_bytes=5)]


def take(value: object, **context: object) -> InputFile:
    return InputFile.model_validate(value, context=context)


def test_a_file_is_made_from_bytes_a_pair_and_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"abc")
    for made, name in ((take(b"abc"), "file"), (take(("up.png", b"abc")), "up.png"), (take(str(path), paths=True), "a.png")):
        assert (made.sha256, made.size_bytes, made.name, made.read()) == (ABC, 3, name, b"abc")


def test_a_path_is_refused_where_paths_are_not_allowed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="path is not accepted"):
        take(str(tmp_path / "a.png"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\x.dcm", "a\x00b\n.dcm", "/", "x" * 500])
def test_a_users_name_is_only_a_label(name: str) -> None:
    shown = take((name, b"abc")).name
    assert "/" not in shown and "\\" not in shown and shown.isprintable() and 0 < len(shown) <= 200


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"no file at .*gone\.png"):
        take(tmp_path / "gone.png", paths=True)
    with pytest.raises(ValidationError, match="is a folder"):
        take(tmp_path, paths=True)


def test_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.png"
    path.write_bytes(b"123456")
    monkeypatch.setattr("shared.files.digest", lambda stream: pytest.fail("the file was hashed"))
    with pytest.raises(ValidationError, match="6 bytes, at most 5"):
        Holder.model_validate({"file": path}, context={"paths": True})


def test_a_stored_file_is_found_by_its_hash_and_size_is_the_stores_own() -> None:
    store = MemoryStore()
    sha256, _ = store.put(b"abc")
    for value in (sha256, {"sha256": sha256, "name": "a.png", "size_bytes": 999}):
        found = take(value, files=store)
        assert (found.read(), found.size_bytes) == (b"abc", 3)
    with pytest.raises(ValidationError, match="No file with sha256"):
        take("0" * 64, files=store)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"abc")
    file = take(path, paths=True)
    path.write_bytes(b"abd")
    with pytest.raises(BadInput, match="changed"):
        file.read()
    with pytest.raises(BadInput, match="changed"):
        file.kept_in(MemoryStore())


def test_a_kept_file_outlives_its_path(tmp_path: Path) -> None:
    path, store = tmp_path / "a.png", MemoryStore()
    path.write_bytes(b"abc")
    kept = take(path, paths=True).kept_in(store)
    path.unlink()
    assert kept.read() == b"abc" and kept.kept_in(store) is kept


def test_a_file_known_only_by_hash_says_so() -> None:
    with pytest.raises(NotFound, match="Give the file again"):
        take({"sha256": ABC}).read()


@pytest.mark.parametrize(("name", "taken"), [("a.PNG", True), ("b.nii.gz", True), ("b.gz", False), ("plain", False)])
def test_kinds_go_by_the_ending(name: str, taken: bool) -> None:
    assert File(kinds=("png", "nii.gz")).takes(name) is taken
    assert File(kinds=("",)).takes("plain") and not File(kinds=("",)).takes("a.b")


def test_kinds_and_limits_stand_in_the_schema() -> None:
    schema = Holder.model_json_schema()["properties"]["file"]
    assert schema["x-kinds"] == ["png", "nii.gz"] and schema["x-max-bytes"] == 5


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a b", "a/b", "x" * 121, "ü.png"])
def test_an_artifact_name_is_safe_everywhere(name: str) -> None:
    with pytest.raises(DeclarationError):
        safe_name(name)


def test_an_artifact_survives_json_and_finds_its_bytes_again() -> None:
    store = MemoryStore()
    made = Artifact.make("a.txt", b"abc", "text/plain", store)
    assert made.sha256 == ABC
    again = Artifact.model_validate_json(made.model_dump_json(), context={"files": store})
    assert again == made and again.read() == b"abc"
    with pytest.raises(NotFound):
        Artifact.model_validate_json(made.model_dump_json()).read()


def test_artifacts_are_found_wherever_they_stand() -> None:
    made = [Artifact.make(f"{i}.txt", bytes([i]), "text/plain", MemoryStore()) for i in range(4)]

    class Deep(BaseModel):
        one: Artifact
        many: list[Artifact]
        named: dict[str, Artifact]

    assert list(artifacts_of(Deep(one=made[0], many=made[1:3], named={"x": made[3]}))) == made


def test_a_label_is_never_empty() -> None:
    assert label("") == label("a/") == "file"
