"""How the shipped generators were trained: a conditional VAE a family, on random designs that the checker has judged.

    python -m apps.design.furniture.corpus --family chair --count 4000 --out CORPUS
    python -m apps.design.furniture.train --family chair --corpus CORPUS --out RUN

Hindsight: a design that stands is a good answer to every group of people it fits, every user it carries and its own mass, so each
becomes thousands of pairs of a condition and an answer. Beside rebuilding designs, what the decoder makes of random latents is judged by
a surrogate of the checker, which is trained first, on all draws. The surrogate is not shipped and judges no result. RUN receives
`product_chair.safetensors`.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from apps.design.furniture.corpus import RATIOS, Corpus, load
from apps.design.furniture.criteria import FIT_OF_BEST, conditions, seat_ranges
from apps.design.furniture.family import FAMILY_KEYS, Family, family
from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.network import LATENTS, Surrogate, Variational
from apps.design.furniture.people import BestSeat, People, SeatSize, Sex, accommodated, best_share, people
from apps.design.furniture.strength import REFERENCE_KG
from shared.training import Plan, Trainer

__all__ = ["Lesson", "main", "train"]

BATCH = 192
MARGIN = (0.28, 0.15, 0.15, 0.12, 0.12, 0.14, 0.10, 0.08, 0.05)
"""How far below its bound the surrogate must see each of RATIOS, in its logarithm: about twice its own error."""
BANDS = ((1, 99), (2.5, 97.5), (5, 95), (10, 90), (25, 75), (5, 50), (50, 95), (1, 50), (50, 99), (20, 60))
PERSONS = 160
LEAST_LOAD_KG = 45.0
MOST_LOAD_KG = 150.0


@dataclass(frozen=True)
class Lesson:
    """Everything the loss looks at, as tensors; n designs, of which those of `pairs` stand; K seats wanted."""

    kind: Family
    corpus: Corpus
    facts: Tensor
    """(choices, f): of every choice, what the surrogate is told."""
    low: Tensor
    span: Tensor
    """(choices, parameters): ranges."""
    used: Tensor
    """(choices, parameters): 1 where a parameter has a use."""
    conditions: Tensor
    """(choices, K, c): without load and mass."""
    windows: Tensor
    """(choices, K, 4, 2): mm, of height, depth, width, arm height."""
    pairs: np.ndarray
    """(p, 2): design and the number of what it answers."""
    weight: np.ndarray
    """(p,): chances to be drawn, the same for every wanted seat."""


def groups() -> list[People]:
    """Bands of percentiles, and single people."""
    whole = people()
    found = [whole.subset(whole.band(sex, low, high)) for sex in _sexes() for low, high in BANDS]
    chosen = np.random.default_rng(7).choice(len(whole), PERSONS, replace=False)
    return found + [whole.subset(np.arange(len(whole)) == k) for k in chosen]


def _sexes() -> tuple[Sex, ...]:
    return ("all", "women", "men")


def _facts(kind: Family) -> tuple[Tensor, Tensor, Tensor]:
    rows, ranges = [], []
    for choices in kind.every_choice():
        frame, sheet = MATERIALS[choices.material], MATERIALS[choices.sheet]
        numbers = [
            math.log(frame.density / 1000),
            math.log(sheet.density / 1000),
            math.log(frame.modulus / 1e4),
            math.log(frame.strength / 30),
        ]
        flags = [
            float(choices.is_tube),
            float(choices.is_print),
            *(float(choices.style == s.key) for s in kind.styles),
            *(float(choices.option == o) for o in kind.options),
        ]
        rows.append(numbers + flags)
        ranges.append(kind.ranges(choices))
    span = np.array(ranges)
    return torch.tensor(rows).float(), torch.tensor(span[:, :, 0]).float(), torch.tensor(span[:, :, 1] - span[:, :, 0]).float()


def lesson(kind: Family, corpus: Corpus) -> Lesson:
    every = kind.every_choice()
    wanted = [
        group if len(group) <= 1500 else group.subset(np.random.default_rng(1).choice(len(group), 1500, replace=False))
        for group in groups()
    ]
    seats: dict[tuple, list[BestSeat]] = {}
    known, windows = [], []
    for choices in every:
        ranges = seat_ranges(kind.key, choices)
        if ranges not in seats:
            seats[ranges] = [best_share(who, *ranges, backrest=kind.backrest) for who in wanted]
        known.append([conditions(kind, choices, best, 95.0, 5.0) for best in seats[ranges]])
        windows.append([[best.windows[name] for name in ("height", "depth", "width", "arm_height")] for best in seats[ranges]])
    shares = np.array([[best.share for best in seats[seat_ranges(kind.key, choices)]] for choices in every])
    stands = np.flatnonzero(corpus.largest_load_kg() >= LEAST_LOAD_KG)
    fits = np.zeros((len(stands), len(wanted)), bool)
    for place, at in enumerate(stands):
        height, depth, width, arm = corpus.sizes[at]
        seat = SeatSize(height, depth, width, None if np.isnan(arm) else arm, kind.backrest)
        least = FIT_OF_BEST * shares[corpus.choice[at]]
        fits[place] = [best > 0 and accommodated(who, seat).mean() >= best for who, best in zip(wanted, least, strict=True)]
    row, group = np.nonzero(fits)
    weight = 1.0 / np.maximum(fits.sum(0), 8)[group]
    facts, low, span = _facts(kind)
    return Lesson(
        kind,
        corpus,
        facts,
        low,
        span,
        (span > 0).float(),
        torch.tensor(np.array(known)).float(),
        torch.tensor(np.array(windows)).float(),
        np.stack([stands[row], group], 1),
        weight / weight.sum(),
    )


def _told(lesson: Lesson, choice: Tensor, share: Tensor) -> Tensor:
    """What the surrogate is given: values in their own units, near 1, and facts of the choice."""
    widest = torch.tensor([max(abs(p.low), abs(p.high)) for p in lesson.kind.parameters]).float()
    values = (lesson.low[choice] + share * lesson.span[choice]) / widest
    return torch.cat([values, lesson.facts[choice]], 1)


def _truth(corpus: Corpus) -> tuple[Tensor, Tensor]:
    """(n, 14): log mass, log ratios, sizes in 100 mm; and which of them are known."""
    sizes = corpus.sizes / 100
    table = np.concatenate([np.log(corpus.mass_kg)[:, None], np.log(corpus.ratios), np.nan_to_num(sizes)], 1)
    known = np.concatenate([np.ones((len(corpus), 1 + len(RATIOS))), ~np.isnan(sizes)], 1)
    return torch.tensor(table).float(), torch.tensor(known).float()


def surrogate(lesson: Lesson, folder: Path, steps: int) -> Surrogate:
    corpus = lesson.corpus
    truth, known = _truth(corpus)
    choice, share = torch.tensor(corpus.choice), torch.tensor(corpus.share).float()
    given = _told(lesson, choice, share)
    network = Surrogate(given.shape[1], truth.shape[1])
    held = len(corpus) // 12
    scale = torch.tensor([8.0] + [1.0] * len(RATIOS) + [3.0] * 4)
    rng = np.random.default_rng(11)

    def loss(net: nn.Module, step: int) -> Tensor:
        rows = torch.tensor(rng.integers(held, len(corpus), 256))
        off = (net(given[rows]) - truth[rows]) * scale * known[rows]
        return nn.functional.smooth_l1_loss(off, torch.zeros_like(off), beta=0.3)

    def held_out(net: nn.Module) -> dict[str, float]:
        off = ((net(given[:held]) - truth[:held]) * known[:held]).abs()
        return {"mass": float(off[:, 0].median()), "stress": float(off[:, 1].median()), "sizes_mm": float(off[:, -4:].mean() * 100)}

    Trainer(network, Plan(steps, learning_rate=3e-3), folder).fit(loss, evaluate=held_out)
    return network.eval().requires_grad_(False)


def train(lesson: Lesson, folder: Path, *, steps: int = 4000) -> Variational:
    """The family's generator. `folder` takes the checkpoints."""
    judge = surrogate(lesson, folder / "surrogate", steps)
    corpus, rng = lesson.corpus, np.random.default_rng(13)
    share = torch.tensor(corpus.share).float()
    choice = torch.tensor(corpus.choice)
    stands = np.minimum(corpus.largest_load_kg(), MOST_LOAD_KG)
    network = Variational(share.shape[1], lesson.conditions.shape[2])
    draws = torch.Generator().manual_seed(17)

    def loss(net: nn.Module, step: int) -> Tensor:
        assert isinstance(net, Variational)
        chosen = lesson.pairs[rng.choice(len(lesson.pairs), BATCH, p=lesson.weight)]
        design, group = chosen[:, 0], torch.tensor(chosen[:, 1])
        kind = choice[design]
        load_kg = torch.tensor(LEAST_LOAD_KG + (stands[design] - LEAST_LOAD_KG) * np.sqrt(rng.random(BATCH))).float()
        mass = torch.tensor(corpus.mass_kg[design]).float()
        given = lesson.conditions[kind, group].clone()
        given[:, 7], given[:, 8] = (load_kg - 95.0) / 30.0, torch.log(mass / 5.0)
        used = lesson.used[kind]
        rebuilt, mean, spread = net(share[design], given, torch.randn(BATCH, LATENTS, generator=draws))
        rebuild = (((rebuilt - share[design]) ** 2) * used).sum(1).mean()
        divergence = 0.5 * (mean**2 + spread.exp() - 1 - spread).sum(1).mean()
        # two fresh draws a condition: both must satisfy the surrogate, and together spread as the designs do
        twice = torch.cat([given, given])
        made = net.decode(torch.randn(2 * BATCH, LATENTS, generator=draws), twice)
        both = torch.cat([kind, kind])
        said = judge(_told(lesson, both, made))
        off = (said[:, 0] - torch.cat([mass, mass]).log()).abs()
        ratio = said[:, 1 : 1 + len(RATIOS)].clone()
        ratio[:, :3] = ratio[:, :3] + torch.log(torch.cat([load_kg, load_kg]) / REFERENCE_KG)[:, None]
        over = torch.relu(ratio + torch.tensor(MARGIN)).sum(1)
        window = lesson.windows[both, torch.cat([group, group])] / 100
        seat = said[:, -4:][:, [0, 1, 2, 3]]
        slack = 0.15 * (window[:, :, 1] - window[:, :, 0])
        slack[:, 2] = 0.10
        outside = torch.relu(window[:, :, 0] + slack - seat) + torch.relu(seat - window[:, :, 1] + slack)
        outside = outside[:, :3].sum(1) + outside[:, 3] * float("arm_height" in seat_names(lesson.kind)) * _armed(lesson, both)
        deviation = (made.std(0) - share[design].std(0)) * used.mean(0)
        first, second = made[:BATCH], made[BATCH:]
        apart = (((first - second) ** 2) * used).sum(1).add(1e-6).sqrt().mean()
        between = (((share[design] - share[design].roll(1, 0)) ** 2) * used).sum(1).sqrt().mean()
        warm = min(1.0, step / 600)
        spreading = 4.0 * (deviation**2).sum() + 0.5 * torch.relu(0.9 * between - apart)
        return (
            rebuild
            + 0.02 * divergence
            + warm * (6.0 * torch.relu(off - 0.01).mean() + 2.0 * over.mean() + 3.0 * outside.mean() + spreading)
        )

    Trainer(network, Plan(steps, learning_rate=2e-3), folder / "vae").fit(loss)
    return network.eval()


def seat_names(kind: Family) -> set[str]:
    return {parameter.key for parameter in kind.parameters}


def _armed(lesson: Lesson, choice: Tensor) -> Tensor:
    armed = torch.tensor([float(choices.option == "arms") for choices in lesson.kind.every_choice()])
    return armed[choice]


def mass_spans(kind: Family, corpus: Corpus, load_kg: float = 100.0) -> dict[str, list[float]]:
    """ "style material option": kg, percentiles 3, 50 and 97 of the designs that stand a user of `load_kg`."""
    stands = corpus.largest_load_kg() >= load_kg
    spans: dict[str, list[float]] = {}
    for at, choices in enumerate(kind.every_choice()):
        mass = corpus.mass_kg[stands & (corpus.choice == at)]
        if len(mass) < 8:  # few stand: those of a lighter user show what can be made
            mass = corpus.mass_kg[(corpus.choice == at) & (corpus.largest_load_kg() >= LEAST_LOAD_KG)]
        if len(mass) >= 3:
            spans[f"{choices.style} {choices.material} {choices.option}"] = [round(float(np.percentile(mass, q)), 3) for q in (3, 50, 97)]
    return spans


def directions(network: Variational, lesson: Lesson, count: int = 2) -> Tensor:
    """(count, LATENTS): orthogonal unit latents along which designs change most, all conditions taken together."""
    rows = lesson.pairs[np.random.default_rng(3).choice(len(lesson.pairs), 512, p=lesson.weight)]
    given = lesson.conditions[torch.tensor(lesson.corpus.choice[rows[:, 0]]), torch.tensor(rows[:, 1])]
    with torch.inference_mode():
        change = [network.decode(axis.expand(512, -1), given) - network.decode(-axis.expand(512, -1), given) for axis in torch.eye(LATENTS)]
    flat = torch.stack(change).reshape(LATENTS, -1)
    return torch.linalg.svd(flat @ flat.T)[0].T[:count].contiguous()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=FAMILY_KEYS, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4000)
    options = parser.parse_args(arguments)
    torch.manual_seed(1)
    kind = family(options.family)
    corpus = load(options.corpus, kind.key)
    learnt = lesson(kind, corpus)
    print(f"{len(corpus)} draws, {len(np.unique(learnt.pairs[:, 0]))} of them answer {len(learnt.pairs)} conditions", flush=True)
    network = train(learnt, options.out / kind.key, steps=options.steps)
    stands = corpus.largest_load_kg() >= LEAST_LOAD_KG
    tensors = {f"decoder.{name}": value.half() for name, value in network.decoder.state_dict().items()}
    tensors["directions"] = directions(network, learnt)
    tensors["sample"] = torch.tensor(corpus.share[stands][:512]).half()
    about = {"family": kind.key, "masses": json.dumps(mass_spans(kind, corpus)), "draws": str(len(corpus)), "licence": "Apache-2.0"}
    save_file(tensors, options.out / f"product_{kind.key}.safetensors", metadata=about)


if __name__ == "__main__":
    main()
