from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rdkit import Chem

from apps.molecules import mpnn
from apps.molecules.admet import ADMET_MODEL, ENDPOINTS, NORM, Predicted, ensembles
from apps.molecules.graph import Graph, featurise
from apps.molecules.mpnn import LoadedAdmet, Network, plan
from shared.errors import BadInput, Cancelled, LoadFailed
from shared.serving import Engine
from shared.serving import load as loading

REFERENCE = json.loads((Path(__file__).parent / "admet_reference.json").read_text(encoding="utf-8"))
SMILES = [row["smiles"] for row in REFERENCE["molecules"]]


class Steps:
    """A `Step` that remembers."""

    def __init__(self, stop_at: float = math.inf) -> None:
        self.calls: list[tuple[float, float]] = []
        self.failed: dict[int, BaseException] = {}
        self._stop_at = stop_at

    def __call__(self, done: float, total: float) -> None:
        self.calls.append((done, total))
        if done >= self._stop_at:
            raise Cancelled("stop")

    def live(self, i: int) -> bool:
        return True

    def fail(self, i: int, error: BaseException) -> None:
        self.failed[i] = error

    def emit(self, i: int, part: Any) -> None:
        raise AssertionError


@pytest.fixture(scope="module")
def loaded() -> Iterator[LoadedAdmet]:
    made = LoadedAdmet("cpu")
    yield made
    made.close()


@pytest.fixture(scope="module")
def predicted(loaded: LoadedAdmet) -> list[Predicted]:
    return loaded.run(SMILES, Steps())


def largest(found: list[Predicted], expected: list[Predicted]) -> float:
    """The largest difference of means and deviations, of a value above 1 as a share of it."""
    pairs = [(np.stack([getattr(each, of) for each in some]) for some in (found, expected)) for of in ("mean", "deviation")]
    return max(float((np.abs(a - b) / np.maximum(1, np.abs(b))).max()) for a, b in pairs)


def test_the_reference_is_diverse() -> None:
    assert len(SMILES) >= 60
    elements = {atom.GetSymbol() for smiles in SMILES for atom in Chem.MolFromSmiles(smiles).GetAtoms()}
    assert {"C", "N", "O", "S", "P", "B", "Si", "F", "Cl", "Br", "I", "Se", "As", "Pt"} <= elements
    assert REFERENCE["versions"]["admet_ai"] == "2.0.1"
    assert sorted(REFERENCE["endpoints"]) == sorted(ENDPOINTS)


def test_it_is_the_package_s_own_prediction(predicted: list[Predicted]) -> None:
    order = [REFERENCE["endpoints"].index(name) for name in ENDPOINTS]
    rows = [[np.array(row[of])[order] for of in ("mean", "deviation")] for row in REFERENCE["molecules"]]
    for smiles, found, (mean, deviation) in zip(SMILES, predicted, rows, strict=True):
        assert found.mean.shape == found.deviation.shape == (41,) and found.mean.dtype == found.deviation.dtype == np.float32
        assert (np.abs(found.mean - mean) <= 1e-4 * np.maximum(1, np.abs(mean))).all(), smiles
        assert (np.abs(found.deviation - deviation) <= 1e-4 + 1e-3 * deviation).all(), smiles


def test_the_company_in_a_batch_changes_nothing(loaded: LoadedAdmet, predicted: list[Predicted]) -> None:
    shuffled = random.Random(0).sample(range(len(SMILES)), len(SMILES))
    found = loaded.run([SMILES[row] for row in shuffled], Steps())
    assert largest(found, [predicted[row] for row in shuffled]) < 1e-5
    assert largest([loaded.run([smiles], Steps())[0] for smiles in SMILES], predicted) < 1e-5


def test_the_same_again_gives_the_same_bytes(loaded: LoadedAdmet, predicted: list[Predicted]) -> None:
    again = loaded.run(SMILES, Steps())
    assert [each.mean.tobytes() + each.deviation.tobytes() for each in again] == [
        each.mean.tobytes() + each.deviation.tobytes() for each in predicted
    ]


def test_chunks_bound_the_memory_and_change_nothing(
    loaded: LoadedAdmet, predicted: list[Predicted], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mpnn, "CHUNK_ATOMS", 40)
    steps = Steps()
    assert largest(loaded.run(SMILES, steps), predicted) < 1e-5
    chunks = len(steps.calls) // 10
    assert chunks > 10
    assert steps.calls == [(done, 10 * chunks) for done in range(10 * chunks)]


def test_it_can_be_cancelled_between_two_networks(loaded: LoadedAdmet) -> None:
    steps = Steps(stop_at=3)
    with pytest.raises(Cancelled):
        loaded.run(["CCO"], steps)
    assert steps.calls == [(0, 10), (1, 10), (2, 10), (3, 10)]


@pytest.mark.parametrize("smiles", ["", "C1CC", "not a molecule", "c1cccc1(", "C(C)(C)(C)(C)C"])
def test_what_is_no_smiles_fails_alone(loaded: LoadedAdmet, smiles: str, capfd: pytest.CaptureFixture[str]) -> None:
    steps = Steps()
    found = loaded.run(["CCO", smiles, "C"], steps)
    assert list(steps.failed) == [1] and isinstance(steps.failed[1], BadInput)
    assert np.isnan(found[1].mean).all() and np.isfinite(found[0].mean).all() and np.isfinite(found[2].mean).all()
    assert loaded.run([smiles], Steps())[0].mean.shape == (41,)
    assert capfd.readouterr().err == ""


def test_through_the_engine(predicted: list[Predicted]) -> None:
    with Engine("cpu", models=[ADMET_MODEL]) as engine:
        items = engine.submit_many("admet-ai", [*SMILES, "nonsense"])
        assert largest([item.result() for item in items[:-1]], predicted) <= ADMET_MODEL.tolerance
        with pytest.raises(BadInput, match="'nonsense' is not a SMILES"):
            items[-1].result()


def test_another_weight_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = ensembles()[0].files[0]
    content = bytearray(file.find().read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "model.pt").write_bytes(content)
    monkeypatch.setattr(type(file), "find", lambda self: tmp_path / "model.pt")
    with pytest.raises(LoadFailed, match="not what was declared"):
        LoadedAdmet("cpu")
    assert (str(tmp_path / "model.pt"), file.source.sha256) not in {(path, sha) for path, _, _, sha in loading._verified}


def naive(tensors: dict[str, torch.Tensor], graph: Graph) -> torch.Tensor:
    """The same network edge by edge, as the paper has it."""
    atoms, bonds = torch.from_numpy(graph.atom_features[graph.atoms]), torch.from_numpy(graph.bond_features[graph.bonds])
    sources, targets = torch.from_numpy(graph.sources), torch.from_numpy(graph.targets)
    start = torch.cat([atoms[sources], bonds], dim=1) @ tensors["message_passing.W_i.weight"].T
    hidden = start.relu()
    for _ in range(2):
        heard = torch.zeros(len(atoms), hidden.shape[1]).index_add(0, targets, hidden)[sources]
        hidden = (start + (heard - hidden[torch.arange(len(hidden)) ^ 1]) @ tensors["message_passing.W_h.weight"].T).relu()
    heard = torch.zeros(len(atoms), hidden.shape[1]).index_add(0, targets, hidden)
    known = torch.cat([atoms, heard], dim=1) @ tensors["message_passing.W_o.weight"].T + tensors["message_passing.W_o.bias"]
    of = torch.from_numpy(np.searchsorted(graph.starts, np.arange(len(atoms)), side="right") - 1)
    molecules = torch.zeros(len(graph.starts), hidden.shape[1]).index_add(0, of, known.relu()) / NORM
    inner = molecules @ tensors["predictor.ffn.0.0.weight"].T + tensors["predictor.ffn.0.0.bias"]
    return (inner.relu() @ tensors["predictor.ffn.1.2.weight"].T + tensors["predictor.ffn.1.2.bias"]).sigmoid()


def random_tensors() -> dict[str, torch.Tensor]:
    shapes = {key: at.shape for key, at in ensembles()[0].files[0].layout.items()}
    generator = torch.Generator().manual_seed(0)
    return {key: torch.randn(shape, generator=generator) / 8 for key, shape in shapes.items()}


@pytest.mark.parametrize("part", [slice(None), slice(0, 5), slice(20, 21), slice(30, 60)])
def test_computing_each_neighbourhood_once_is_exact(part: slice) -> None:
    graph = featurise([Chem.MolFromSmiles(smiles) for smiles in SMILES[part]])
    tensors = random_tensors()
    assert torch.allclose(Network(tensors, "cpu")(plan(graph, "cpu")), naive(tensors, graph), atol=2e-5)


def test_neighbourhoods_are_shared_as_far_as_they_are_alike() -> None:
    """Benzene's atoms are one kind in every round; a chain's differ by their distance from the ends."""
    benzene = plan(featurise([Chem.MolFromSmiles("c1ccccc1")] * 3), "cpu")
    assert (len(benzene.edges), [len(each.first) for each in benzene.rounds], len(benzene.atoms)) == (1, [1, 1], 1)
    chain = plan(featurise([Chem.MolFromSmiles("CCCCCCCC")]), "cpu")
    assert (len(chain.edges), [len(each.first) for each in chain.rounds], len(chain.atoms)) == (2, [4, 6], 4)
