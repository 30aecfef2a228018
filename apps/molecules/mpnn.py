"""ADMET-AI's ten networks in plain torch: messages along the directed bonds of many molecules at once.

The network is Chemprop's D-MPNN (Yang et al. 2019, doi:10.1021/acs.jcim.9b00237) as Chemprop 2.3 computes it; the weights are those of
ADMET-AI (Swanson et al. 2024, doi:10.1093/bioinformatics/btae416), whose package is read and never imported.

A bond's message depends on its neighbourhood alone, and drug-like molecules repeat their neighbourhoods: each distinct one of a batch is
computed once. That is exact; of 64 MOSES molecules' 2,830 directed bonds it leaves 63, 681 and 1,659 in the three rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import embedding_bag, linear, relu

from apps.molecules.admet import CHUNK_ATOMS, DEPTH, ENDPOINTS, NORM, Predicted, ensembles
from apps.molecules.graph import Graph, featurise
from shared.errors import BadInput
from shared.serving.torch_archive import read_archive

if TYPE_CHECKING:
    from shared.serving import Step

__all__ = ["LoadedAdmet", "Network", "Plan", "plan"]


@dataclass(frozen=True, eq=False)
class Bags:
    """Sums over rows of a table: bag `b` adds the rows `members[offsets[b] : offsets[b + 1]]`; an empty bag is zero."""

    members: torch.Tensor
    offsets: torch.Tensor

    def sums(self, table: torch.Tensor) -> torch.Tensor:
        """(bags, width) of a table (rows, width)."""
        if len(table) == 0:  # a graph without bonds; `embedding_bag` wants a row
            return table.new_zeros(len(self.offsets), table.shape[1])
        return embedding_bag(self.members, table, self.offsets, mode="sum")


@dataclass(frozen=True, eq=False)
class Round:
    """One passing of messages. For each kind of edge that it makes: its kind in the first round, what its source hears, its reverse."""

    heard: Bags
    first: torch.Tensor
    bag: torch.Tensor
    reverse: torch.Tensor


@dataclass(frozen=True, eq=False)
class Plan:
    """What to compute for a graph, the same for all networks.

    edges: (first kinds, 86) float32; heard, bag: the messages that each final kind of atom hears; atoms: (final kinds, 72) float32;
    molecules: the final kinds of each molecule's atoms.
    """

    edges: torch.Tensor
    rounds: tuple[Round, ...]
    heard: Bags
    bag: torch.Tensor
    atoms: torch.Tensor
    molecules: Bags


def plan(graph: Graph, device: str) -> Plan:
    """Number the distinct neighbourhoods of `graph`, round by round (the colour refinement of Weisfeiler and Leman)."""

    def put(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    def put_bags(members: np.ndarray, offsets: np.ndarray) -> Bags:
        return Bags(put(members), put(offsets))

    reverse = np.arange(len(graph.bonds)) ^ 1
    first, chosen = _number(graph.atoms[graph.sources], graph.bonds)
    edges = np.concatenate([graph.atom_features[graph.atoms[graph.sources[chosen]]], graph.bond_features[graph.bonds[chosen]]], axis=1)
    kinds, rounds = first, []
    for _ in range(DEPTH - 1):
        heard, *bags = _hear(kinds, graph.targets, len(graph.atoms))
        new, chosen = _number(kinds, kinds[reverse], heard[graph.sources])
        rounds.append(Round(put_bags(*bags), put(first[chosen]), put(heard[graph.sources[chosen]]), put(kinds[reverse[chosen]])))
        kinds = new
    heard, *bags = _hear(kinds, graph.targets, len(graph.atoms))
    final, chosen = _number(graph.atoms, heard)
    features = graph.atom_features[graph.atoms[chosen]]
    return Plan(put(edges), tuple(rounds), put_bags(*bags), put(heard[chosen]), put(features), put_bags(final, graph.starts))


def _hear(kinds: np.ndarray, targets: np.ndarray, n_atoms: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(atoms,) the number of the multiset of kinds that reach each atom; members and offsets of those multisets."""
    order = np.lexsort((kinds, targets))
    counts = np.bincount(targets, minlength=n_atoms)
    places = np.arange(len(kinds)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.zeros((n_atoms, counts.max(initial=1)), np.int64)  # kinds from 1, nothing is 0
    table[targets[order], places] = kinds[order] + 1
    heard, chosen = _number(*table.T)
    rows, counts = table[chosen], counts[chosen]
    return heard, rows[rows > 0] - 1, np.cumsum(counts) - counts


def _number(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows,) the number of each row among the distinct rows of the columns, which hold no negative; (numbers,) a row that has it."""
    code, *rest = columns
    for column in rest:
        code = np.unique(code, return_inverse=True)[1] * (1 + column.max(initial=0)) + column
    _, chosen, numbers = np.unique(code, return_index=True, return_inverse=True)
    return numbers, chosen


class Network:
    """One trained D-MPNN, from the tensors of its checkpoint."""

    def __init__(self, tensors: dict[str, torch.Tensor], device: str) -> None:
        weights = {key: tensor.to(device, torch.float32) for key, tensor in tensors.items()}
        self._input = weights["message_passing.W_i.weight"]
        self._hidden = weights["message_passing.W_h.weight"]
        self._output = weights["message_passing.W_o.weight"], weights["message_passing.W_o.bias"]
        self._first = weights["predictor.ffn.0.0.weight"], weights["predictor.ffn.0.0.bias"]
        self._last = weights["predictor.ffn.1.2.weight"], weights["predictor.ffn.1.2.bias"]
        self._mean, self._scale = weights.get("predictor.output_transform.mean"), weights.get("predictor.output_transform.scale")

    def __call__(self, plan: Plan) -> torch.Tensor:
        """(molecules, endpoints): probabilities, or values in the endpoints' units."""
        start = linear(plan.edges, self._input)
        hidden = relu(start)
        for step in plan.rounds:
            passed = linear(hidden, self._hidden)
            hidden = start.index_select(0, step.first)
            hidden += step.heard.sums(passed).index_select(0, step.bag)
            hidden -= passed.index_select(0, step.reverse)
            hidden.relu_()
        heard = plan.heard.sums(hidden).index_select(0, plan.bag)
        atoms = relu(linear(torch.cat([plan.atoms, heard], dim=1), *self._output))
        molecules = plan.molecules.sums(atoms) / NORM
        found = linear(relu(linear(molecules, *self._first)), *self._last)
        return found.sigmoid() if self._scale is None or self._mean is None else found * self._scale + self._mean


class LoadedAdmet:
    """The two ensembles of five networks on a device."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._ensembles = [
            [Network(read_archive(file.find(), file.source, file.layout), device) for file in each.files] for each in ensembles()
        ]
        names = [name for each in ensembles() for name in each.endpoints]
        self._order = [names.index(name) for name in ENDPOINTS]

    def run(self, requests: Sequence[str], step: Step) -> list[Predicted]:
        """Predictions of SMILES. One that RDKit cannot read fails alone (BadInput). Each network is a step at which it can be cancelled."""
        molecules = _parse(requests, step)
        results = [Predicted(np.full(len(ENDPOINTS), np.nan, np.float32), np.full(len(ENDPOINTS), np.nan, np.float32)) for _ in requests]
        chunks = list(_chunks(molecules))
        networks = sum(map(len, self._ensembles))
        for number, rows in enumerate(chunks):
            mean, deviation = self._predict([molecules[row] for row in rows], step, number * networks, len(chunks) * networks)
            for row, *found in zip(rows, mean, deviation, strict=True):
                results[row] = Predicted(*found)
        return results

    def _predict(self, molecules: Sequence[Any], step: Step, done: int, total: int) -> tuple[np.ndarray, np.ndarray]:
        """Means and sample deviations, each (molecules, 41), after `done` of `total` networks."""
        means, deviations = [], []
        with torch.inference_mode():
            work = plan(featurise(molecules), self._device)
            for networks in self._ensembles:
                found = []
                for network in networks:
                    step(done, total)
                    found.append(network(work))
                    done += 1
                values = torch.stack(found)
                means.append(values.mean(dim=0))
                deviations.append(values.std(dim=0))
            mean, deviation = (torch.cat(parts, dim=1)[:, self._order].cpu().numpy() for parts in (means, deviations))
        return mean, deviation

    def close(self) -> None:
        self._ensembles.clear()


def _parse(requests: Sequence[str], step: Step) -> dict[int, Any]:
    """Row -> molecule, of those that can be read."""
    from rdkit import Chem, rdBase

    molecules = {}
    with rdBase.BlockLogs():  # RDKit writes to stderr what the error says
        for row, smiles in enumerate(requests):
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is None or not molecule.GetNumAtoms():
                step.fail(row, BadInput(f"{smiles[:80]!r} is not a SMILES that RDKit reads.", remedy="Check it, or leave it out."))
            else:
                molecules[row] = molecule
    return molecules


def _chunks(molecules: Mapping[int, Any]) -> Iterator[list[int]]:
    """The rows in parts of at most CHUNK_ATOMS atoms, or of one molecule."""
    rows: list[int] = []
    atoms = 0
    for row, molecule in molecules.items():
        if rows and atoms + molecule.GetNumAtoms() > CHUNK_ATOMS:
            yield rows
            rows, atoms = [], 0
        rows.append(row)
        atoms += molecule.GetNumAtoms()
    if rows:
        yield rows
