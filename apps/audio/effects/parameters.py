"""The generative model of an effect's parameters: one Gaussian per class over its knobs, its duration and its mean spectrum.

    draw("rain", np.random.default_rng(7))                            # a Draw: values, duration, spectrum
    draw("rain", rng, wishes={"size": 1.2}, temperature=0.7)          # heavier drops, nearer to the typical

A knob is modelled as the logit of its place in its range, a duration as its logarithm, a spectrum as a mean and a few principal components
in dB. The fitted weights (`weights/effects.safetensors`, made by `fit.py`) hold no audio; a class without them has hand-chosen
values: the typical place of every knob, a standard deviation of 1, no spectrum.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.blocks import EffectClass, Floats
from apps.audio.effects.synthesis import BANDS, MAX_DURATION_S, MIN_DURATION_S, classes, find_class, render

__all__ = [
    "WEIGHTS",
    "ClassModel",
    "Draw",
    "draw",
    "fitted_model",
    "knobs_code",
    "prior_model",
    "render_draw",
    "save_models",
    "smooth_curves",
]

WEIGHTS = Path(__file__).parents[1] / "weights" / "effects.safetensors"
PRIOR_DEVIATION = 1.0
LOGIT_LIMIT = 4.0
"""Places beyond 1.8 % and 98.2 % of a range are the range's ends."""
VARIETY_DB, VARIETY_BANDS = 5.5, 5
"""Deviation of a drawn spectrum from the class's components, which is what a clip's spectrum leaves over when the components are fitted
to the class's other recordings (rms), and the bands over which it turns (narrower ones comb noise audibly)."""
WANDER = 0.6
"""Part of that deviation which differs between the two colours that a sound wanders between."""
COLOUR_AXES = frozenset({"size", "bright", "metal", "weight", "near", "howl"})
"""Wishes that change the colour: the class's usual spectrum must not undo them."""


@dataclass(frozen=True)
class ClassModel:
    """x = (logits of the p knobs, ln of the duration in s, k spectrum coefficients) ~ N(mean, factor factor^T).

    mean: (p + 1 + k,). factor: (p + 1 + k, p + 1 + k) lower triangle. spectrum: (1 + k, 64) dB, the mean and the
    components; or None (k = 0). temperature, match, variety: what `tune.py` found best: factors of the deviations, of the way to the
    spectrum, and of the colour's own deviation.
    """

    mean: Floats
    factor: Floats
    spectrum: Floats | None = None
    temperature: float = 1.0
    match: float = 1.0
    variety: float = 1.0


@dataclass(frozen=True)
class Draw:
    """values: by parameter name, in its unit. The rest is what `synthesis.render` takes: a spectrum (64,) dB or None, how far to go
    towards it, and two colours (2, 64) dB."""

    values: dict[str, float]
    duration_s: float
    spectrum_db: Floats | None = None
    match: float = 1.0
    variety_db: Floats | None = None


def prior_model(kind: EffectClass) -> ClassModel:
    """Hand-chosen: what the parameter table says."""
    typical = np.array([each.typical for each in kind.parameters]).clip(0.02, 0.98)
    low, high = np.log(kind.natural_s)
    mean = np.concatenate([np.log(typical / (1 - typical)), [(low + high) / 2]])
    return ClassModel(mean, np.diag([PRIOR_DEVIATION] * len(typical) + [(high - low) / 4]))


def knobs_code(kind: EffectClass) -> str:
    """Eight letters that change with the names, order and ranges of the knobs: a model fitted to others would mean something else."""
    return f"{zlib.crc32(repr([(each.name, each.low, each.high, each.log) for each in kind.parameters]).encode()):08x}"


@cache
def _fitted() -> dict[str, ClassModel]:
    """The models of the file whose knobs are still those that were fitted."""
    from safetensors import safe_open

    if not WEIGHTS.exists():
        return {}
    with safe_open(WEIGHTS, framework="numpy") as file:
        codes = file.metadata() or {}
        tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118 - no dict
    models = {}
    for key, kind in classes().items():
        if codes.get(key) == knobs_code(kind):
            factors = (float(each) for each in tensors[f"{key}.settings"])
            models[key] = ClassModel(tensors[f"{key}.mean"], tensors[f"{key}.factor"], tensors.get(f"{key}.spectrum"), *factors)
    return models


def fitted_model(key: str) -> ClassModel:
    """The class's fitted model; the hand-chosen one where there is none, or where its knobs have changed since. Raises `NotFound`."""
    return _fitted().get(key) or prior_model(find_class(key))


def save_models(models: Mapping[str, ClassModel], path: Path = WEIGHTS) -> None:
    """One float16 file; the lower triangles as they are; the knobs' codes as metadata."""
    from safetensors.numpy import save_file

    tensors = {}
    for key, model in models.items():
        tensors[f"{key}.mean"] = model.mean.astype(np.float16)
        tensors[f"{key}.factor"] = np.tril(model.factor).astype(np.float16)
        tensors[f"{key}.settings"] = np.array([model.temperature, model.match, model.variety], np.float16)
        if model.spectrum is not None:
            tensors[f"{key}.spectrum"] = model.spectrum.astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={key: knobs_code(find_class(key)) for key in models})
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
    x = model.mean + temperature * model.temperature * model.factor @ rng.standard_normal(len(model.mean))
    values = {}
    for place, knob in enumerate(kind.parameters):
        shift = sum((wishes or {}).get(axis, 0.0) * amount for axis, amount in knob.axes.items())
        logit = float(np.clip(x[place] + PRIOR_DEVIATION * shift, -LOGIT_LIMIT, LOGIT_LIMIT))
        values[knob.name] = knob.value(_clipped(1 / (1 + np.exp(-logit))))
    duration = float(np.exp(x[count] + 0.5 * (wishes or {}).get("length", 0.0)))
    spectrum = None if model.spectrum is None else (model.spectrum[0] + x[count + 1 :] @ model.spectrum[1:]).reshape(BANDS)
    coloured = sum(abs(amount) for axis, amount in (wishes or {}).items() if axis in COLOUR_AXES)
    variety = model.variety * VARIETY_DB * temperature * smooth_curves(rng)
    return Draw(
        values,
        float(np.clip(duration, MIN_DURATION_S, MAX_DURATION_S)),
        spectrum,
        model.match / (1 + coloured),
        variety if model.variety else None,
    )


def render_draw(key: str, drawn: Draw, rng: np.random.Generator, duration_s: float | None = None) -> NDArray[np.float32]:
    """The sound of a draw, as `synthesis.render` gives it."""
    seconds = drawn.duration_s if duration_s is None else duration_s
    return render(key, drawn.values, seconds, rng, drawn.spectrum_db, match=drawn.match, variety_db=drawn.variety_db)


def smooth_curves(rng: np.random.Generator) -> Floats:
    """(2, 64) of unit deviation: smooth curves that no clip had, so that a spectrum is of the class and yet nobody's."""
    knots = rng.standard_normal((3, BANDS // VARIETY_BANDS + 2))
    at = np.arange(BANDS) + rng.uniform(0, VARIETY_BANDS)
    same, one, other = (np.interp(at, np.arange(len(row)) * VARIETY_BANDS, row) for row in knots)
    return np.sqrt(1 - WANDER**2) * same + WANDER * np.stack([one, other])


def _clipped(fraction: float) -> float:
    end = 1 / (1 + np.exp(-LOGIT_LIMIT))
    return float(np.clip((fraction - (1 - end)) / (2 * end - 1), 0.0, 1.0))
