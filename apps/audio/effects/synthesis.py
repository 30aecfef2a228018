"""The classes of sound effects, and how one is rendered: drawn parameters in, a clean signal at 48 kHz out.

render("rain", {"drops": 300.0}, 4.0, np.random.default_rng(7))    # (192000,) float32, peak below 1
classes()["rain"].parameters                                       # what can be set, with units and ranges
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects import blasts, creatures, machines, objects, signals, singers, weather
from apps.audio.effects.blocks import SAMPLE_RATE_HZ, EffectClass, Floats, Parameter, drift, shape
from shared.errors import BadInput, NotFound

__all__ = [
    "BANDS",
    "MAX_DURATION_S",
    "MIN_DURATION_S",
    "SAMPLE_RATE_HZ",
    "EffectClass",
    "Parameter",
    "band_spectrum",
    "classes",
    "coloured",
    "find_class",
    "is_usable",
    "render",
    "spectrum_gains",
]

MIN_DURATION_S, MAX_DURATION_S = 0.05, 120.0
BANDS = 64
"""Of the spectrum match: from 40 Hz to 15 kHz, equally wide on the mel scale (the clips that were fitted end at 16 kHz)."""
SILENT_RMS_DB = -50.0
"""A draw whose loudest 50 ms lie below this (full scale 0 dB, peak already normalised) holds a click at most."""
MATCH_LIMIT_DB = 24.0
PEAK = 0.891
"""-1 dBFS: room for the overshoot of lossy encoders."""

_FAMILIES = (weather, blasts, machines, objects, creatures, singers, signals)
_CLASSES = {each.key: each for family in _FAMILIES for each in family.CLASSES}


def classes() -> Mapping[str, EffectClass]:
    """{key: class}, in the order in which they are shown."""
    return _CLASSES


def find_class(key: str) -> EffectClass:
    """Raises `NotFound`."""
    if key not in _CLASSES:
        raise NotFound(f"There is no sound effect {key!r}.", remedy=f"There are: {', '.join(_CLASSES)}.")
    return _CLASSES[key]


def _complete(kind: EffectClass, values: Mapping[str, float]) -> dict[str, float]:
    """All values of a class: those given, checked; typical ones for the others."""
    known = {each.name: each for each in kind.parameters}
    for name, value in values.items():
        if name not in known:
            raise BadInput(f"{kind.title} has no parameter {name!r}.", remedy=f"It has: {', '.join(known)}.", field="parameters")
        low, high = known[name].low, known[name].high
        if not low - 1e-9 <= value <= high + 1e-9:  # NaN fails too
            raise BadInput(f"{name} is {value:g}; {low:g} to {high:g} {known[name].unit} is expected.", field="parameters")
    return {each.name: float(values.get(each.name, each.value(each.typical))) for each in kind.parameters}


def render(
    key: str,
    parameters: Mapping[str, float],
    duration_s: float,
    rng: np.random.Generator,
    spectrum_db: Floats | None = None,
    *,
    match: float = 1.0,
    variety_db: Floats | None = None,
) -> NDArray[np.float32]:
    """One rendering: (round(duration_s x 48000),) float32, its peak at -1 dBFS, no offset, the last 5 ms faded.

    parameters: {name: value in the class's unit}, typical values for what is left out. spectrum_db: (64,) mean level of the bands of
    `band_spectrum` to bring it near to, by the fraction `match`. variety_db: (2, 64) gains on top, from one of which to the other the
    colour wanders. Raises `BadInput` for an unknown or impossible value, `NotFound` for an unknown class.
    """
    kind = find_class(key)
    if not MIN_DURATION_S <= duration_s <= MAX_DURATION_S:
        raise BadInput(
            f"A duration of {duration_s:g} s was asked for; {MIN_DURATION_S:g} to {MAX_DURATION_S:g} s is expected.", field="duration_s"
        )
    n = round(duration_s * SAMPLE_RATE_HZ)
    made = kind.synthesize(_complete(kind, parameters), n, rng)
    made = _without_offset(made)
    gains_db = np.zeros(BANDS) if spectrum_db is None else spectrum_gains(made, spectrum_db, match)
    if variety_db is not None:
        made = coloured(made, gains_db + variety_db, rng)
    elif gains_db.any():
        made = coloured(made, gains_db[None], rng)
    end = min(n, round(0.005 * SAMPLE_RATE_HZ))
    made[n - end :] *= np.linspace(1.0, 0.0, end)
    peak = float(np.abs(made).max())
    return (made * (PEAK / peak if np.isfinite(peak) and peak > 1e-12 else 1.0)).astype(np.float32)


def _without_offset(signal: Floats) -> Floats:
    """High-pass at 20 Hz: what no speaker plays only eats headroom."""
    return shape(signal, lambda f: f**2 / (f**2 + 20.0**2))


def is_usable(signal: NDArray[np.float32]) -> bool:
    """Whether a draw is a sound: finite, not silent, not clipped (no more than three neighbouring samples at full scale)."""
    if signal.size == 0 or not np.isfinite(signal).all():
        return False
    mono = signal if signal.ndim == 1 else signal.mean(axis=1)
    window = min(len(mono), round(0.05 * SAMPLE_RATE_HZ))
    whole = len(mono) // window * window
    loudest = float(np.sqrt((mono[:whole].astype(np.float64).reshape(-1, window) ** 2).mean(axis=1).max()))
    if loudest < 10 ** (SILENT_RMS_DB / 20):
        return False
    full = np.abs(signal) >= 0.999
    return not bool((full[:-3] & full[1:-2] & full[2:-1] & full[3:]).any()) if len(signal) > 3 else True


def _band_edges() -> Floats:
    mel = np.linspace(2595 * np.log10(1 + 40 / 700), 2595 * np.log10(1 + 15_000 / 700), BANDS + 2)
    return np.asarray(700 * (10 ** (mel / 2595) - 1))


_EDGES = _band_edges()


def band_spectrum(signal: Floats, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Floats:
    """(64,) dB: mean power density of each band, the loudest at 0, none below -80."""
    power = np.abs(np.fft.rfft(signal, max(len(signal), 4096))) ** 2
    bins = np.clip(np.round(_EDGES / sample_rate_hz * max(len(signal), 4096)).astype(np.intp), 0, len(power) - 1)
    total = np.concatenate([[0.0], np.cumsum(power)])
    low, high = bins[:-2], np.maximum(bins[2:], bins[:-2] + 1)
    level = 10 * np.log10((total[high] - total[low]) / (high - low) + 1e-30)
    return np.maximum(level - level.max(), -80.0)


def spectrum_gains(signal: Floats, spectrum_db: Floats, match: float = 1.0) -> Floats:
    """(64,) dB that move the signal's mean spectrum to spectrum_db by the fraction `match`: at most 24, smooth over bands."""
    wanted = np.convolve(np.pad(spectrum_db - band_spectrum(signal), 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
    return match * np.clip(wanted - np.median(wanted), -MATCH_LIMIT_DB, MATCH_LIMIT_DB)


def coloured(signal: Floats, gains_db: Floats, rng: np.random.Generator) -> Floats:
    """The signal through one equaliser, or through two between which it wanders, a turn in three seconds or more.

    gains_db: (1, 64) or (2, 64). Recordings never keep one colour: rain and sea through a fixed filter sound like a machine.
    """
    n, centres = len(signal), _EDGES[1:-1]

    def through(row: Floats) -> Floats:
        return shape(signal, lambda f: np.asarray(10 ** (np.interp(f, centres, row) / 20)))

    parts = [through(row) for row in gains_db]
    if len(parts) == 1:
        return parts[0]
    way = 0.5 + 0.5 * np.tanh(drift(n, rng, max(0.3, 0.7 * SAMPLE_RATE_HZ / n), 1.0))
    return parts[0] + way * (parts[1] - parts[0])
