from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem
from safetensors import safe_open

from apps.molecules import metrics, moses
from apps.molecules.moses import MOLSETS, Reference, chemnet_statistics, pack, read_filters, read_reference, unpack
from shared.errors import Unavailable

SMILES = ["CC(=O)Nc1ccccc1", "Cc1ccccc1-c1ccccc1F", "CCO"]


def test_a_missing_wheel_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"pip download --no-deps molsets==0\.3\.1 --dest"):
        MOLSETS.find(tmp_path)


def test_filters_come_from_the_wheel(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "molsets-0.3.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("moses/metrics/mcf.csv", 'names,smarts\nMCF1,[#6]Cl\nMCF4,"[H]C([H])[F,Br]"\n')
        wheel.writestr("moses/metrics/wehi_pains.csv", '"[#7]-[#7]     ","<regId=a(1)>"\n')
    filters = read_filters(tmp_path)
    assert filters.mcf == {"MCF1": "[#6]Cl", "MCF4": "[H]C([H])[F,Br]"}
    assert [filters.why_rejected(Chem.MolFromSmiles(text)) for text in ("CCl", "CF", "CNNC", "CO")] == ["MCF", "MCF", "PAINS", ""]


def test_a_reference_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = read_reference(tmp_path, "test", SMILES)
    monkeypatch.setattr(Reference, "of", None)
    read = read_reference(tmp_path, "test", SMILES)
    assert read.fragments == made.fragments == metrics.fragments([Chem.MolFromSmiles(text) for text in SMILES])
    assert read.scaffolds == made.scaffolds == {"c1ccc(-c2ccccc2)cc1": 1}
    assert np.array_equal(read.fingerprints, made.fingerprints)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_reference_in_chunks_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Reference.of(SMILES)
    monkeypatch.setattr(metrics, "CHUNK", 2)
    parts = Reference.of(SMILES)
    assert parts.fragments == whole.fragments and np.array_equal(parts.fingerprints, whole.fingerprints)


def test_a_reference_of_scaffolds_only_survives_the_file(tmp_path: Path) -> None:
    for _ in range(2):
        found = read_reference(tmp_path, "test_scaffolds", SMILES, only_scaffolds=True)
        assert found.fingerprints.shape == (0, 128)
        assert not found.fragments
        assert len(found.scaffolds) == 1


@given(st.integers(1, 9))
def test_packing_keeps_a_symmetric_matrix(size: int) -> None:
    matrix = np.arange(size * size, dtype=float).reshape(size, size)
    matrix += matrix.T
    assert len(pack(matrix)) == size * (size + 1) // 2
    assert np.array_equal(unpack(pack(matrix)), matrix)


def test_the_shipped_statistics_are_two_gaussians_apart_as_published() -> None:
    """MOSES: its training set, distributed as its test set, is 0.476 from that of unseen scaffolds (its repository, train_metrics.csv)."""
    test, unseen = chemnet_statistics("test"), chemnet_statistics("test_scaffolds")
    for mean, covariance in (test, unseen):
        assert mean.shape == (512,) and covariance.shape == (512, 512)
        assert np.linalg.eigvalsh(covariance).min() > -1e-6
    assert metrics.frechet_distance(*test, *unseen) == pytest.approx(0.476, abs=0.03)
    with safe_open(moses.STATISTICS, framework="numpy") as file:
        assert "MOSES" in file.metadata()["source"] and file.metadata()["licence"] == "MIT"
    assert moses.STATISTICS.stat().st_size < 1.1e6
