"""Every class of sound effect renders at any length: a sound, the same by seed, another by another seed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.effects.parameters import draw
from apps.audio.effects.synthesis import BANDS, band_spectrum, classes, coloured, is_usable, render, spectrum_gains
from shared.errors import BadInput, NotFound

KINDS = list(classes())
WANTED = {"explosion", "roar", "rain", "thunder", "sea", "wind", "fire", "footsteps", "engine", "bell"}
WANTED |= {"glass", "door", "laser", "ui_coin", "whoosh", "impact", "gunshot", "alarm", "clock", "dog_bark"}


def drawn(kind: str, duration_s: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    chosen = draw(kind, rng)
    return render(kind, chosen.values, duration_s, rng, chosen.spectrum_db)


def test_the_twenty_classes_are_there() -> None:
    assert set(KINDS) >= WANTED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("duration_s", [0.3, 2.0, 7.0])
def test_a_class_renders_at_any_length(kind: str, duration_s: float) -> None:
    signal = drawn(kind, duration_s, 3)
    assert signal.shape == (round(duration_s * 48_000),) and signal.dtype == np.float32
    assert is_usable(signal)
    assert 0.85 < np.abs(signal).max() < 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_repeats_and_another_differs(kind: str) -> None:
    first, again, other = drawn(kind, 0.6, 1), drawn(kind, 0.6, 1), drawn(kind, 0.6, 2)
    assert first.tobytes() == again.tobytes()
    assert np.corrcoef(first, other)[0, 1] < 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_typical_values_are_a_sound_and_ranges_hold_at_both_ends(kind: str) -> None:
    rng = np.random.default_rng(5)
    for fraction in (0.0, 1.0):
        values = {each.name: each.value(fraction) for each in classes()[kind].parameters}
        assert np.isfinite(render(kind, values, 0.5, rng)).all()
    assert is_usable(render(kind, {}, 1.0, rng))


@pytest.mark.parametrize("kind", ["rain", "sea", "engine", "fire", "wind"])
def test_a_sustained_sound_is_not_uniform(kind: str) -> None:
    """Level in 100 ms windows wanders by more than that of plain noise (0.1 dB); measured in recordings: 0.5 to 5 dB."""
    deviations = []
    for seed in range(6):
        signal = drawn(kind, 4.0, seed).astype(np.float64)
        level = 10 * np.log10((signal[: 40 * 4800].reshape(40, 4800) ** 2).mean(axis=1) + 1e-12)
        deviations.append(level.std())
    assert np.median(deviations) > 0.5


def test_barks_of_one_dog_differ() -> None:
    signal = drawn("dog_bark", 6.0, 4).astype(np.float64)
    level = np.convolve(signal**2, np.ones(480) / 480, "same")
    loud = level > 0.02 * level.max()
    starts = np.flatnonzero(loud[1:] & ~loud[:-1])
    starts = starts[np.diff(starts, prepend=-48_000) > 7200]
    barks = [signal[at : at + 4800] for at in starts if at + 4800 < len(signal)]
    assert len(barks) >= 2
    spectra = [band_spectrum(bark) for bark in barks]
    assert min(np.abs(a - b).mean() for a, b in pairwise(spectra)) > 0.5


def test_wrong_values_are_refused_by_name() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(NotFound, match="rain"):
        render("kazoo", {}, 1.0, rng)
    with pytest.raises(BadInput, match="no parameter 'nonsense'"):
        render("rain", {"nonsense": 1.0}, 1.0, rng)
    for value in (1e9, float("nan")):
        with pytest.raises(BadInput, match="drops"):
            render("rain", {"drops": value}, 1.0, rng)
    for duration_s in (0.0, -1.0, 36_000.0, float("nan")):
        with pytest.raises(BadInput, match="duration"):
            render("rain", {}, duration_s, rng)


def test_what_is_no_sound_is_found_out() -> None:
    tone = 0.5 * np.sin(np.arange(48_000) / 20).astype(np.float32)
    assert is_usable(tone)
    assert not is_usable(np.zeros(48_000, np.float32))
    assert not is_usable(0.001 * tone)
    assert not is_usable(np.clip(4 * tone, -1, 1))
    assert not is_usable(np.full(100, np.nan, np.float32))
    assert not is_usable(np.zeros(0, np.float32))


def test_the_spectrum_match_comes_near_its_target() -> None:
    rng = np.random.default_rng(1)
    target = -0.3 * np.arange(BANDS)
    signal = rng.standard_normal(48_000)
    before = np.abs(band_spectrum(signal) - target).mean()
    after = band_spectrum(coloured(signal, spectrum_gains(signal, target)[None], rng))
    assert np.abs(after - target).mean() < 0.35 * before


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 2**40), duration_s=st.floats(0.05, 1.2))
def test_any_draw_is_finite_and_below_full_scale(kind: str, seed: int, duration_s: float) -> None:
    signal = drawn(kind, duration_s, seed)
    assert np.isfinite(signal).all() and np.abs(signal).max() <= 0.8911


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(KINDS), fraction=st.floats(0, 1))
def test_values_and_places_in_a_range_agree(kind: str, fraction: float) -> None:
    for knob in classes()[kind].parameters:
        assert knob.low - 1e-9 <= knob.value(fraction) <= knob.high * (1 + 1e-9) + 1e-9
        assert abs(knob.fraction(knob.value(fraction)) - fraction) < 1e-6
