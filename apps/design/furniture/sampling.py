"""Variants of a brief: drawn from the trained generator, built, checked; shown only where every check passes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from apps.design.furniture.checker import Report, check
from apps.design.furniture.corpus import random_design
from apps.design.furniture.criteria import Brief, MassSpans
from apps.design.furniture.family import Design, Family, family
from apps.design.furniture.solid import Solid
from shared.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from torch import nn

__all__ = ["WEIGHTS", "Generator", "Variant", "Variants", "diversity", "load", "random_variants"]

WEIGHTS = Path(__file__).parents[1] / "weights"
DRAWS_A_VARIANT = 8
"""Further draws for each one that failed before `variants` gives up."""
MOST = 96


@dataclass(frozen=True)
class Variant:
    """latent: where it lies in the generator; None of a random draw."""

    design: Design
    solid: Solid
    report: Report
    latent: np.ndarray | None


@dataclass(frozen=True)
class Variants:
    """shown pass every check. first_passed of first_drawn: how many of the first draws did, before any other was tried."""

    shown: tuple[Variant, ...]
    first_passed: int
    first_drawn: int
    drawn: int
    failures: dict[str, int]
    """Failed checks of all draws, counted."""

    @property
    def first_rate(self) -> float:
        return self.first_passed / max(1, self.first_drawn)


@dataclass(frozen=True)
class Generator:
    """One family's trained decoder. masses: what its designs weigh; directions (2, latents): the sliders; sample: shares of the corpus."""

    kind: Family
    network: nn.Module
    latents: int
    masses: MassSpans
    directions: np.ndarray
    sample: np.ndarray

    def decode(self, briefs: Sequence[Brief], latent: np.ndarray) -> list[Design]:
        """latent (n, latents), one a brief."""
        import torch

        given = np.concatenate([latent, np.stack([brief.condition for brief in briefs])], 1).astype(np.float32)
        with torch.inference_mode():
            share = torch.sigmoid(self.network(torch.from_numpy(given))).numpy()
        return [brief.kind.design(brief.choices, brief.kind.values(brief.choices, row)) for brief, row in zip(briefs, share, strict=True)]

    def latent(self, seed: int, number: int) -> np.ndarray:
        """(latents,): of the numbered draw of a seed, whatever is drawn beside it."""
        return np.random.default_rng([seed, number]).standard_normal(self.latents)

    def moved(self, latent: np.ndarray, first: float, second: float) -> np.ndarray:
        """The latent with its two main directions set to `first` and `second` standard deviations (-3 to 3)."""
        own = self.directions @ latent
        out: np.ndarray = latent + (np.clip([first, second], -3, 3) - own) @ self.directions
        return out

    def at(self, brief: Brief, latent: np.ndarray) -> Variant:
        """One design, built and checked; it may fail."""
        return made(self.decode([brief], latent[None])[0], brief, latent)

    def variants(self, brief: Brief, count: int, seed: int) -> Variants:
        """`count` variants that pass every check; fewer, where DRAWS_A_VARIANT times as many draws hold no more. Raises BadInput."""
        if not 1 <= count <= MOST:
            raise BadInput(f"{count} variants were asked for.", remedy=f"Ask for 1 to {MOST}.", field="count")
        shown: list[Variant] = []
        failures: dict[str, int] = {}
        first = drawn = 0
        while len(shown) < count and drawn < count * DRAWS_A_VARIANT:
            latents = np.stack([self.latent(seed, drawn + k) for k in range(count if drawn == 0 else count - len(shown))])
            for design, latent in zip(self.decode([brief] * len(latents), latents), latents, strict=True):
                variant = made(design, brief, latent)
                if variant.report.passed:
                    shown.append(variant)
                for key in variant.report.failed:
                    failures[key] = failures.get(key, 0) + 1
            if drawn == 0:
                first = len(shown)
            drawn += len(latents)
        return Variants(tuple(shown), first, count, drawn, failures)

    @cached_property
    def span(self) -> float:
        """Mean pairwise distance of the corpus."""
        return spread(self.sample)


def made(design: Design, brief: Brief, latent: np.ndarray | None = None) -> Variant:
    solid = design.solid()
    return Variant(design, solid, check(solid, brief.demands), latent)


def random_variants(brief: Brief, count: int, seed: int) -> list[Variant]:
    """Uniform draws over the same ranges and choices: what the generator is compared with."""
    return [made(random_design(brief.kind, np.random.default_rng([seed, number, 1]), brief.choices), brief) for number in range(count)]


def spread(share: np.ndarray) -> float:
    """Mean pairwise Euclidean distance of shares (n, parameters)."""
    square = (share**2).sum(1)
    distance = np.sqrt(np.maximum(square[:, None] + square - 2 * share @ share.T, 0))
    return float(distance.sum() / (len(share) * (len(share) - 1)))


def diversity(designs: Sequence[Design], generator: Generator) -> float:
    """Mean pairwise distance of their shares over that of the corpus' feasible designs."""
    shares = np.array([np.clip(one.family.shares(one.choices, np.array(one.values)), 0, 1) for one in designs])
    return spread(shares) / generator.span


def load(key: str, folder: Path = WEIGHTS) -> Generator:
    """The shipped generator of a family. Raises NotFound, Unavailable."""
    from safetensors import safe_open

    from apps.design.furniture.network import LATENTS, decoder

    kind = family(key)
    path = folder / f"product_{key}.safetensors"
    if not path.is_file():
        raise Unavailable(
            f"No weights for {key}s.", remedy=f"{path.name} belongs in {folder}: python -m apps.design.furniture.train makes it."
        )
    with safe_open(path, framework="pt") as file:
        about = file.metadata()
        tensors = {name: file.get_tensor(name).float() for name in file.offset_keys()}
    weights = {name.removeprefix("decoder."): value for name, value in tensors.items() if name.startswith("decoder.")}
    network = decoder(len(kind.parameters), weights["0.weight"].shape[1] - LATENTS)
    network.load_state_dict(weights)
    masses: MassSpans = {}
    for name, (low, middle, high) in json.loads(about["masses"]).items():
        style, material, option = name.split()
        masses[style, material, option] = (low, middle, high)
    return Generator(kind, network.eval(), LATENTS, masses, tensors["directions"].numpy(), tensors["sample"].numpy().astype(float))
