"""The figures of the model card, recomputed.

    python -m apps.molecules.benchmark [--data FOLDER] [--count 3000] [--quick]

FOLDER holds the wheels of molsets 0.3.1 and fcd-torch 1.0.7; without it they are downloaded by pip into the user's cache.

The prior's samples are measured as MOSES measures (`metrics.py`) beside real molecules, a control that must fail, and published models;
then speeds, in CPU-seconds of one thread. Nothing of the wheels is installed. FCD falls with the number of samples: that of --count 30000
compares with the published rows, that of 3,000 only with the floor. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.molecules import metrics, moses
from apps.molecules.sampling import TEMPERATURE
from apps.molecules.speeds import models, sample, speeds
from shared.errors import SextantError
from shared.serving import CpuDevice, Engine

__all__ = ["COLUMNS", "PUBLISHED", "TARGETS", "Row", "main", "missed", "table"]

SEED = 1
QUICK_COUNT = 500
CORPUS = 100_000
"""Molecules that the control counts."""
CONTROL_DRAWS = 60
"""Give up drawing after so many strings for each valid one."""
COLUMNS = ("Valid", "Unique@1k", "FCD", "FCD SF", "SNN", "Frag", "Scaf", "Scaf SF", "IntDiv", "Filters", "Novelty")
"""SF: against the test set of unseen scaffolds; the others against the test set."""


@dataclass(frozen=True)
class Target:
    """A bound on a figure; at_least False: it must not be above."""

    figure: str
    bound: float
    at_least: bool = True


TARGETS = (
    Target("Valid", 0.95),
    Target("FCD", 0.55, at_least=False),
    Target("sampling", 1300),
    Target("ADMET", 100),
)
"""FCD: of 3,000 samples; that of 3,000 real molecules is 0.41."""


@dataclass(frozen=True)
class Row:
    """One line of the table; a figure that is not known is left out."""

    title: str
    figures: Mapping[str, float]


def _published(title: str, *figures: float) -> Row:
    return Row(f"{title}, published, 30k", dict(zip(COLUMNS, figures, strict=True)))


PUBLISHED = (
    _published("CharRNN", 0.9748, 1.0, 0.0732, 0.5204, 0.6015, 0.9998, 0.9242, 0.1101, 0.8562, 0.9943, 0.8419),
    _published("VAE", 0.9767, 1.0, 0.0990, 0.5670, 0.6257, 0.9994, 0.9386, 0.0588, 0.8558, 0.9970, 0.6949),
    _published("LatentGAN", 0.8967, 1.0, 0.2968, 0.8281, 0.5371, 0.9986, 0.8867, 0.1072, 0.8565, 0.9735, 0.9498),
    Row("JTN-VAE, published, 30k", {"FCD": 0.3954}),
    _published("AAE", 0.9368, 1.0, 0.5555, 1.0572, 0.6081, 0.9910, 0.9022, 0.0789, 0.8557, 0.9960, 0.7931),
    _published("NGram", 0.2376, 0.9740, 5.5069, 6.2306, 0.5209, 0.9846, 0.5302, 0.0977, 0.8738, 0.9582, 0.9694),
)
"""Means of three runs: the files metrics_*.csv of github.com/molecularsets/moses (MIT), data/samples."""
EARLIER = Row(
    "LSTM 512, 0.19 epoch (first trial of this project), 3k",
    {"Valid": 0.814, "FCD": 0.778, "SNN": 0.580, "Scaf": 0.742, "IntDiv": 0.853, "Filters": 0.976, "Novelty": 0.890},
)


class Measure:
    """Everything that samples are compared with, read once. with_fcd: needs the fcd-torch wheel."""

    def __init__(self, data: Path, *, with_fcd: bool) -> None:
        from apps.molecules.train import read_moses

        self.filters = moses.read_filters(data)
        self._activations = _activations(data) if with_fcd else None
        self.train = read_moses(data, "train")
        self._known = frozenset(self.train)
        self._test = moses.read_reference(data, "test", read_moses(data, "test"))
        self._unseen = moses.read_reference(data, "test_scaffolds", read_moses(data, "test_scaffolds"), only_scaffolds=True)

    def row(self, title: str, samples: Sequence[str], drawn: int | None = None) -> Row:
        """drawn: how many strings there were, where `samples` are the valid ones of them."""
        from rdkit import Chem

        mols = [mol for mol in metrics.parse(samples) if mol is not None]
        canonical = [Chem.MolToSmiles(mol) for mol in mols]
        fingerprints, scaffolds = metrics.fingerprints(mols), metrics.scaffolds(mols)
        figures = {
            "Valid": len(mols) / (drawn or len(samples)),
            "Unique@1k": metrics.unique_at(canonical, 1000),
            "SNN": metrics.similarity_to_nearest(fingerprints, self._test.fingerprints),
            "Frag": metrics.cosine(metrics.fragments(mols), self._test.fragments),
            "Scaf": metrics.cosine(scaffolds, self._test.scaffolds),
            "Scaf SF": metrics.cosine(scaffolds, self._unseen.scaffolds),
            "IntDiv": metrics.internal_diversity(fingerprints),
            "Filters": sum(not self.filters.why_rejected(mol) for mol in mols) / max(len(mols), 1),
            "Novelty": metrics.novelty(canonical, self._known),
        }
        if self._activations is not None and len(canonical) > 1:
            figures |= _distances(self._activations(canonical))
        return Row(f"{title}, {len(samples):,}", figures)


def _activations(data: Path) -> Callable[[Sequence[str]], np.ndarray]:
    from apps.molecules.chemnet import ChemNet, read_weights

    return ChemNet(read_weights(data)).activations


def _distances(activations: np.ndarray) -> dict[str, float]:
    found = activations.astype(np.float64)
    mean, covariance = found.mean(axis=0), np.cov(found.T)
    return {
        name: metrics.frechet_distance(mean, covariance, *moses.chemnet_statistics(split))
        for name, split in (("FCD", "test"), ("FCD SF", "test_scaffolds"))
    }


def control(corpus: Sequence[str], count: int) -> tuple[list[str], int]:
    """`count` valid molecules of an n-gram model, and how many strings it took; fewer, where it would take too many."""
    from apps.molecules.ngram import NGram

    rng = random.Random(SEED)
    model = NGram(rng.sample(list(corpus), min(CORPUS, len(corpus))))
    found: list[str] = []
    drawn = 0
    while len(found) < count and drawn < CONTROL_DRAWS * count:
        text = model.sample(rng)
        found += [text] if metrics.parse([text])[0] is not None else []
        drawn += 1
    return found, drawn


def table(rows: Sequence[Row]) -> str:
    lines = ["| samples | " + " | ".join(COLUMNS) + " |", "| --- " * (len(COLUMNS) + 1) + "|"]
    for row in rows:
        cells = [f"{row.figures[name]:.3f}" if name in row.figures else "-" for name in COLUMNS]
        lines.append(f"| {row.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def rejections(samples: Sequence[str], filters: metrics.Filters) -> Counter[str]:
    """How many strings each reason costs: not valid, or rejected by a filter of MOSES."""
    mols = metrics.parse(samples)
    reasons = (
        f"invalid: {metrics.why_invalid(text)}" if mol is None else filters.why_rejected(mol)
        for text, mol in zip(samples, mols, strict=True)
    )
    return Counter(reason for reason in reasons if reason)


def missed(figures: Mapping[str, float], expected: Sequence[str]) -> list[str]:
    """The targets among `expected` that are not met, in words; one that was not measured, or is not a number, is not met."""
    found = []
    for target in TARGETS:
        if target.figure not in expected:
            continue
        value = figures.get(target.figure)
        met = value is not None and (value >= target.bound if target.at_least else value <= target.bound)
        if not met:
            measured = "not measured" if value is None else f"{value:.4g}"
            found.append(f"{target.figure}: {measured}, {'at least' if target.at_least else 'at most'} {target.bound:g} expected")
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Recompute the figures of the molecules studio's model card.")
    parser.add_argument(
        "--data", type=Path, default=moses.cache(), help="folder with the wheels of molsets and fcd-torch (default: %(default)s)"
    )
    parser.add_argument("--count", type=int, default=3000, help="samples of a row (default: 3000)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_COUNT} samples, without FCD")
    parser.add_argument("--prior", type=Path, help="a checkpoint.safetensors of apps.molecules.train in place of the shipped prior")
    return parser.parse_args()


def _measure(arguments: argparse.Namespace) -> list[str]:
    """Prints everything; returns the targets that were missed."""
    count = QUICK_COUNT if arguments.quick else arguments.count
    moses.fetch(arguments.data)
    measure = Measure(arguments.data, with_fcd=not arguments.quick)
    with Engine(CpuDevice(slots=1, threads=1)) as engine:
        engine.add(*models(arguments.prior))
        samples = sample(engine, count)
        own = measure.row(f"moses-lstm at {TEMPERATURE}, as generate has it", samples)
        plain = measure.row("the same at temperature 1", sample(engine, count, 1.0))
        free = measure.row("the same at 1, not held to the grammar", sample(engine, count, 1.0, grammar=False))
        # of the training set: molecules of the test set have been counted in the statistics that they would be compared with
        real = random.Random(SEED).sample(measure.train, count)
        valid, drawn = control(measure.train, count)
        floor, failing = measure.row("real molecules (training set): the floor", real), measure.row("8-gram: a control", valid, drawn)
        print(table([own, plain, free, floor, failing, EARLIER, *PUBLISHED]), flush=True)
        costs = rejections(samples, measure.filters)
        print(f"\nOf {count:,} samples, lost: " + (", ".join(f"{name} {number}" for name, number in costs.most_common()) or "none"))
        print("\nThe first 20 of them:\n\n" + "\n".join(f"    {text}" for text in samples[:20]), flush=True)
        found = speeds(engine, real)
    print("\nMolecules a CPU-second, one thread:\n\n" + "\n".join(f"- {name}: {value:,.0f}" for name, value in found.items()))
    return missed({**own.figures, **found}, [target.figure for target in TARGETS if not (arguments.quick and target.figure == "FCD")])


def main() -> int:
    try:
        lost = _measure(_arguments())
    except SextantError as error:
        print(error, file=sys.stderr)
        return 2
    if lost:
        print("\nMissed: " + "; ".join(lost), file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
