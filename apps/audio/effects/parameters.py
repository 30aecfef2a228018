"""The generative model of an effect's parameters: one Gaussian per class over its knobs, its duration and its mean spectrum.

    draw("rain", np.random.default_rng(7))                            # a Draw: values, duration, spectrum
    draw("rain", rng, wishes={"size": 1.2}, temperature=0.7)          # heavier drops, nearer to the typical

A knob is modelled as the logit of its place in its range, a duration as its logarithm, a spectrum as a mean and a few principal components
in dB. The fitted weights (`weights/effects.safetensors`, made by `fit.py`) hold no audio; a class without them has hand-chosen
values: the typical place of every knob, a standard deviation of 1, no spectrum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from apps.audio.effects.blocks import EffectClass, Floats
from apps.audio.effects.synthesis import BANDS, MAX_DURATION_S, MIN_DURATION_S, find_class

__all__ = ["WEIGHTS", "ClassModel", "Draw", "draw", "fitted_model", "prior_model", "save_models"]

WEIGHTS = Path(__file__).parents[1] / "weights" / "effects.safetensors"
PRIOR_DEVIATION = 1.0
LOGIT_LIMIT = 4.0
"""Places beyond 1.8 % and 98.2 % of a range are the range's ends."""
VARIETY_DB, VARIETY_BANDS = 5.5, 3
"""Deviation of a drawn spectrum from the class's components, and the bands over which it turns: what a clip's spectrum leaves over when
the components are fitted to the class's other recordings (rms; correlation over neighbouring bands .72, .35, .02)."""
COLOUR_AXES = frozenset({"size", "bright", "metal", "weight", "near", "howl"})
"""Wishes that change the colour: the class's usual spectrum must not undo them."""


@dataclass(frozen=True)
class ClassModel:
    """x = (logits of the p knobs, ln of the duration in s, k spectrum coefficients) ~ N(mean, factor factor^T).

    mean: (p + 1 + k,). factor: (p + 1 + k, p + 1 + k) lower triangle. spectrum: (1 + k, 64) dB, the mean and the
    components; or None (k = 0).
    """

    mean: Floats
    factor: Floats
    spectrum: Floats | None = None


@dataclass(frozen=True)
class Draw:
    """values: by parameter name, in its unit. spectrum_db: (64,) to bring the rendering to, by the fraction `match`; or None."""

    values: dict[str, float]
    duration_s: float
    spectrum_db: Floats | None = None
    match: float = 1.0


def prior_model(kind: EffectClass) -> ClassModel:
    """Hand-chosen: what the parameter table says."""
    typical = np.array([each.typical for each in kind.parameters]).clip(0.02, 0.98)
    low, high = np.log(kind.natural_s)
    mean = np.concatenate([np.log(typical / (1 - typical)), [(low + high) / 2]])
    return ClassModel(mean, np.diag([PRIOR_DEVIATION] * len(typical) + [(high - low) / 4]))


@cache
def _fitted() -> dict[str, ClassModel]:
    from safetensors.numpy import load_file

    if not WEIGHTS.exists():
        return {}
    tensors = {name: value.astype(np.float64) for name, value in load_file(WEIGHTS).items()}
    names = [name.removesuffix(".mean") for name in tensors if name.endswith(".mean")]
    return {name: ClassModel(tensors[f"{name}.mean"], tensors[f"{name}.factor"], tensors.get(f"{name}.spectrum")) for name in names}


def fitted_model(key: str) -> ClassModel:
    """The class's fitted model; the hand-chosen one where there is none, or where its knobs have changed since. Raises `NotFound`."""
    kind = find_class(key)
    found = _fitted().get(key)
    extra = 0 if found is None or found.spectrum is None else len(found.spectrum) - 1
    if found is None or len(found.mean) != len(kind.parameters) + 1 + extra:
        return prior_model(kind)
    return found


def save_models(models: Mapping[str, ClassModel], path: Path = WEIGHTS) -> None:
    """One float16 file; the lower triangles as they are."""
    from safetensors.numpy import save_file

    tensors = {}
    for key, model in models.items():
        tensors[f"{key}.mean"] = model.mean.astype(np.float16)
        tensors[f"{key}.factor"] = np.tril(model.factor).astype(np.float16)
        if model.spectrum is not None:
            tensors[f"{key}.spectrum"] = model.spectrum.astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path)
    path.chmod(0o644)  # safetensors writes files that only their owner can read
    _fitted.cache_clear()


def draw(
    key: str,
    rng: np.random.Generator,
    *,
    wishes: Mapping[str, float] | None = None,
    temperature: float = 1.0,
    model: ClassModel | None = None,
) -> Draw:
    """One set of values. wishes: {axis: standard deviations} as `describing.describe` finds them; axes that no knob declares do nothing.

    temperature scales the deviations; 0 is the typical one. Raises `NotFound` for an unknown class.
    """
    kind = find_class(key)
    model = model or fitted_model(key)
    count = len(kind.parameters)
    x = model.mean + temperature * model.factor @ rng.standard_normal(len(model.mean))
    values = {}
    for place, knob in enumerate(kind.parameters):
        shift = sum((wishes or {}).get(axis, 0.0) * amount for axis, amount in knob.axes.items())
        logit = float(np.clip(x[place] + PRIOR_DEVIATION * shift, -LOGIT_LIMIT, LOGIT_LIMIT))
        values[knob.name] = knob.value(_clipped(1 / (1 + np.exp(-logit))))
    duration = float(np.exp(x[count] + 0.5 * (wishes or {}).get("length", 0.0)))
    spectrum = None
    if model.spectrum is not None:
        spectrum = (model.spectrum[0] + x[count + 1 :] @ model.spectrum[1:]).reshape(BANDS) + _variety(rng, temperature)
    coloured = sum(abs(amount) for axis, amount in (wishes or {}).items() if axis in COLOUR_AXES)
    return Draw(values, float(np.clip(duration, MIN_DURATION_S, MAX_DURATION_S)), spectrum, 1 / (1 + coloured))


def _variety(rng: np.random.Generator, temperature: float) -> Floats:
    """(64,) dB: a smooth curve that no clip had, so that a spectrum is of the class and yet nobody's."""
    knots = rng.standard_normal(BANDS // VARIETY_BANDS + 2) * VARIETY_DB * temperature
    return np.interp(np.arange(BANDS) + rng.uniform(0, VARIETY_BANDS), np.arange(len(knots)) * VARIETY_BANDS, knots)


def _clipped(fraction: float) -> float:
    end = 1 / (1 + np.exp(-LOGIT_LIMIT))
    return float(np.clip((fraction - (1 - end)) / (2 * end - 1), 0.0, 1.0))
