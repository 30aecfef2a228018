from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from apps.molecules import chemnet
from apps.molecules.chemnet import LENGTH, SYMBOLS, ChemNet, read_weights, tokens
from shared.errors import LoadFailed, Unavailable

SMILES = ["C", "CCO", "Clc1ccccc1Br", "C[Si](C)(C)C", "N#N.CC", "C" * 120, "C" * 349, "C" * 350, "C" * 400] + [
    "C" * n for n in range(1, 24)
]


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    """Random ones in the layout's shapes, which neither forget a molecule over 80 empty places nor blow up a rounding error."""
    generator = torch.Generator().manual_seed(1)
    shapes = {name: shape for name, (_, shape) in json.loads(chemnet.LAYOUT.read_text())["tensors"].items()}
    found = {name: torch.randn(shape, generator=generator) / shape[-1] ** 0.5 for name, shape in shapes.items()}
    found["0.weight"] *= 10
    for number in ("2", "3"):
        found[f"{number}.bias_ih_l0"].view(4, -1)[1] = 4.0  # the forget gate
        found[f"{number}.weight_hh_l0"] *= 0.3
    return found


def plain_forward(weights: dict[str, torch.Tensor], smiles: list[str]) -> np.ndarray:
    """The network layer by layer over all 350 places, as its authors' port does it."""
    image = torch.zeros(len(smiles), len(SYMBOLS), LENGTH)
    for row, text in enumerate(smiles):
        for place, index in enumerate(tokens(text)):
            image[row, index, place] = 1 / len(SYMBOLS)
    image = functional.selu(functional.conv1d(functional.pad(image, (1, 1)), weights["0.weight"], stride=2))
    image = functional.selu(functional.conv1d(functional.pad(image, (1, 2)), weights["1.weight"], stride=2))
    values = image.transpose(1, 2)
    for number, sizes in (("2", (32, 128)), ("3", (128, 512))):
        layer = nn.LSTM(*sizes, batch_first=True)
        layer.load_state_dict({name: weights[f"{number}.{name}"] for name in layer.state_dict()})
        values = layer(values.flip(1))[0]
    return values[:, -1].detach().numpy()


def test_the_shortened_forward_equals_the_plain_one(weights: dict[str, torch.Tensor]) -> None:
    found = ChemNet(weights).activations(SMILES)
    assert found.shape == (len(SMILES), 512) and found.dtype == np.float32
    assert np.abs(found - plain_forward(weights, SMILES)).max() < 1e-4
    assert np.abs(found[1] - found[2]).max() > 1e-2


def test_activations_come_in_the_order_of_the_molecules(weights: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chemnet, "BATCH", 3)
    network = ChemNet(weights)
    together = network.activations(SMILES[:8])
    assert np.abs(together - np.concatenate([network.activations([text]) for text in SMILES[:8]])).max() < 1e-5
    assert network.activations([]).shape == (0, 512)


def test_tokens_are_symbols_and_one_end() -> None:
    assert [SYMBOLS[index] for index in tokens("C[Si]Cl%P.CC")] == ["C", "[", "Si", "]", "Cl", "X", "P", "."]
    assert len(tokens("C" * 400)) == LENGTH


def test_weights_are_read_by_their_places_and_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match=r"fcd-torch==1\.0\.7"):
        read_weights(tmp_path)
    content = b"head" + np.arange(6, dtype="<f4").tobytes()
    with zipfile.ZipFile(tmp_path / "fcd_torch-1.0.7-py3-none-any.whl", "w") as wheel:
        wheel.writestr("net.pt", content)
    layout = tmp_path / "layout.json"
    monkeypatch.setattr(chemnet, "LAYOUT", layout)
    record = {"file": "net.pt", "sha256": hashlib.sha256(content).hexdigest(), "tensors": {"a": [8, [1, 2]]}}
    layout.write_text(json.dumps(record))
    assert read_weights(tmp_path)["a"].tolist() == [[1.0, 2.0]]
    layout.write_text(json.dumps({**record, "sha256": "0" * 64}))
    with pytest.raises(LoadFailed, match="is expected"):
        read_weights(tmp_path)
