"""The list of the training set."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.molecules import novelty
from apps.molecules.novelty import KnownMolecules, known_molecules
from shared.errors import LoadFailed


def test_a_molecule_of_the_training_set_is_known() -> None:
    assert "CCCS(=O)c1ccc2[nH]c(=NC(=O)OC)[nH]c2c1" in known_molecules()


def test_few_others_are_taken_for_one() -> None:
    known = known_molecules()
    strangers = [f"C1CC{'C' * n}C1{'N' * m}" for n in range(60) for m in range(60)]
    assert sum(smiles in known for smiles in strangers) < len(strangers) * 3 * novelty.FALSE_POSITIVES


def test_another_way_of_writing_smiles_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "known.safetensors"
    KnownMolecules.of(["OCC"]).save(path, ["CCO"])  # not as this RDKit writes ethanol
    monkeypatch.setattr(novelty, "verify", lambda *_: None)
    with pytest.raises(LoadFailed, match="RDKit"):
        known_molecules(path)
