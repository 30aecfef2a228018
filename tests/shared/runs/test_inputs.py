from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.app import InputFile, Request
from shared.errors import BadInput
from shared.runs import ArtifactStore
from shared.runs.inputs import keep_files


class Slice(Request):
    image: InputFile


class Study(Request):
    numbers: list[int] = [1, 2]
    slices: list[Slice] = []
    pair: tuple[InputFile, int] | None = None
    named: dict[str, list[InputFile]] = {}


def parse(**fields: Any) -> Study:
    return Study.model_validate(fields, context={"paths": True})


def test_files_are_found_however_deep_they_lie(tmp_path: Path, store: ArtifactStore) -> None:
    paths = [tmp_path / str(number) for number in range(3)]
    for path in paths:
        path.write_bytes(path.name.encode())
    study = parse(slices=[{"image": paths[0]}], pair=(paths[1], 7), named={"a": [paths[2]]})
    kept = keep_files(study, store)
    for path in paths:
        path.unlink()
    assert kept.pair is not None
    assert [kept.slices[0].image.read(), kept.pair[0].read(), kept.named["a"][0].read()] == [b"0", b"1", b"2"]
    assert kept == study
    assert type(kept.pair) is tuple
    assert keep_files(kept, store) is kept, "what is kept is not written again"


def test_a_request_without_files_is_not_copied(store: ArtifactStore) -> None:
    study = parse(numbers=[3])
    assert keep_files(study, store) is study


def test_a_file_that_became_unreadable_is_bad_input(tmp_path: Path, store: ArtifactStore) -> None:
    (tmp_path / "a").write_bytes(b"x")
    study = parse(named={"a": [tmp_path / "a"]})
    (tmp_path / "a").unlink()
    with pytest.raises(BadInput, match="cannot read"):
        keep_files(study, store)
