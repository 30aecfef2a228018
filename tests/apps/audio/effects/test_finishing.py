"""Finishing keeps a sound a sound; a loop has no seam; the same seed is the same file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.audio.effects.finishing import Finish, finish, loop, loudness_db, widen
from apps.audio.effects.making import RHYTHMIC, make, usual_duration_s
from apps.audio.effects.parameters import draw
from apps.audio.effects.synthesis import band_spectrum, classes, is_usable, render
from shared.errors import BadInput

SUSTAINED = [key for key, kind in classes().items() if kind.sustained]


def rain(seed: int = 1, duration_s: float = 3.0) -> np.ndarray:
    return render("rain", {}, duration_s, np.random.default_rng(seed))


def seam(signal: np.ndarray) -> float:
    """The step over the seam, in the 99.9th percentile of the steps around it within the signal (1: as any other)."""
    around = np.concatenate([signal[-4800:], signal[:4800]])
    inner = np.abs(np.diff(np.concatenate([signal[-9600:], signal[:9600]])))
    return float(abs(around[4800] - around[4799]) / max(np.percentile(inner, 99.9), 1e-9))


@pytest.mark.parametrize("kind", SUSTAINED)
def test_a_loop_joins_without_a_step(kind: str) -> None:
    made = make(kind, seed=5, duration_s=2.0, looped=True)
    assert made.loop == (0, len(made.signal) - 1)
    assert abs(made.duration_s - 2.0) < (0.31 if kind in RHYTHMIC else 0.01)
    assert seam(made.signal) <= 2.0


def test_the_crossfade_of_a_loop_has_no_dip() -> None:
    """Stationary noise: its level within the crossfade, over seeds, is that outside it to 0.3 dB (plain equal power of alike ends errs)."""
    levels = []
    for seed in range(8):
        noise = np.random.default_rng(seed).standard_normal(3 * 48_000).astype(np.float32) * 0.1
        signal = loop(noise, 0.5).signal.astype(np.float64)
        levels.append(10 * np.log10((signal[2400:21_600] ** 2).mean() / (signal[30_000:] ** 2).mean()))
    assert abs(float(np.mean(levels))) < 0.3
    hum = np.sin(2 * np.pi * 100 * np.arange(3 * 48_000) / 48_000).astype(np.float32)
    signal = loop(hum, 0.5).signal
    windows = np.sqrt((signal[:24_000].reshape(-1, 480).astype(np.float64) ** 2).mean(axis=1))
    assert windows.min() / windows.max() > 0.9


def test_ticks_meet_ticks_over_the_seam() -> None:
    """A clock of four ticks a second keeps its beat where the loop begins again."""
    values = {"spacing": 0.25, "tock": 0.0, "case": 0.01, "double_s": 0.01, "ring": 0.03}
    made = make("clock", seed=2, duration_s=2.0, looped=True, values=values, temperature=0.0)
    level = np.abs(np.concatenate([made.signal, made.signal])).astype(np.float64)
    envelope = level[: len(level) // 480 * 480].reshape(-1, 480).mean(axis=1)
    ticks = np.flatnonzero(envelope > 0.25 * envelope.max())
    onsets = ticks[np.diff(ticks, prepend=-100) > 13]
    assert np.abs(np.diff(onsets) - 25).max() <= 5


def test_what_happens_once_does_not_loop() -> None:
    with pytest.raises(BadInput, match="cannot loop"):
        make("explosion", seed=1, looped=True)


def test_distance_takes_brightness_and_level() -> None:
    rng = np.random.default_rng(2)
    near, far = rain(), finish(rain(), Finish(distance_m=120), rng)
    assert loudness_db(far) < loudness_db(near) - 6
    assert band_spectrum(far)[50:].mean() < band_spectrum(near)[50:].mean() - 3


def test_brightness_and_intensity_tilt_the_spectrum() -> None:
    rng = np.random.default_rng(2)

    def tilt(how: Finish) -> float:
        spectrum = band_spectrum(finish(rain(), how, rng))
        return float(spectrum[45:].mean() - spectrum[:15].mean())

    assert tilt(Finish(brightness=-3)) < tilt(Finish()) - 5 < tilt(Finish(brightness=3)) - 15
    assert tilt(Finish(intensity=-0.8)) < tilt(Finish(intensity=0.8))


def test_loudness_is_met_unless_the_peak_forbids_it() -> None:
    rng = np.random.default_rng(2)
    assert loudness_db(finish(rain(), Finish(loudness_db=-30.0), rng)) == pytest.approx(-30.0, abs=0.1)
    assert np.abs(finish(rain(), Finish(loudness_db=0.0), rng)).max() <= 0.8911


def test_stereo_is_decorrelated_and_safe_in_mono() -> None:
    wide = widen(rain(), 1.0, np.random.default_rng(3))
    assert wide.shape == (144_000, 2)
    assert np.corrcoef(wide[:, 0], wide[:, 1])[0, 1] < 0.9
    mono = band_spectrum(wide.mean(axis=1))
    assert np.abs(mono - band_spectrum(rain())).max() < 6


def test_an_effect_is_repeatable_and_varies() -> None:
    first = make("laser", seed=9, wishes={"size": 1.0}, how=Finish(distance_m=10), width=0.5)
    again = make("laser", seed=9, wishes={"size": 1.0}, how=Finish(distance_m=10), width=0.5)
    other = make("laser", seed=9, variation=1, wishes={"size": 1.0}, how=Finish(distance_m=10), width=0.5)
    assert first.signal.tobytes() == again.signal.tobytes()
    assert first.values != other.values


@pytest.mark.parametrize(("kind", "low", "high"), [("rain", 4, 8), ("sea", 6, 10), ("engine", 4, 8), ("alarm", 4, 8), ("fire", 4, 8)])
def test_what_goes_on_lasts_some_seconds_unasked(kind: str, low: float, high: float) -> None:
    rng = np.random.default_rng(1)
    seconds = [usual_duration_s(kind, draw(kind, rng), rng) for _ in range(50)]
    assert low <= min(seconds) < max(seconds) <= high


def onsets(signal: np.ndarray, apart_s: float) -> int:
    level = np.sqrt((signal[: len(signal) // 480 * 480].astype(np.float64) ** 2).reshape(-1, 480).mean(axis=1))
    loud = np.flatnonzero(level > 0.15 * level.max())
    return int((np.diff(loud, prepend=-1000) > apart_s * 100).sum())


def test_a_few_steps_several_ticks_and_one_to_three_barks_unasked() -> None:
    for seed in range(6):
        steps = make("footsteps", seed=seed, values={"spacing": 0.6, "thud": 0.03, "grit": 0.02, "toe": 0.05, "hard": 0.01})
        assert 4 <= onsets(steps.signal, 0.3) <= 8
        ticks = make("clock", seed=seed, values={"spacing": 0.5, "double_s": 0.01, "case": 0.01})
        assert 6 <= onsets(ticks.signal, 0.3) <= 13
        barks = make("dog_bark", seed=seed)
        assert 1 <= onsets(barks.signal, 0.02) <= 4 and barks.duration_s < 3


def test_what_happens_once_has_no_silent_end_unasked() -> None:
    for seed in range(5):
        signal = np.abs(make("gunshot", seed=seed).signal)
        assert signal[-2000:].max() > 5e-4 * signal.max()
    assert make("gunshot", seed=1, duration_s=2.0).duration_s == 2.0


def test_a_value_set_by_hand_stays() -> None:
    assert make("rain", seed=1, values={"drops": 100.0}, duration_s=0.5).values["drops"] == 100.0
    with pytest.raises(BadInput):
        make("rain", seed=1, values={"drops": 1e6})


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(classes())),
    seed=st.integers(0, 2**40),
    how=st.builds(Finish, st.floats(-1, 1), st.floats(-6, 6), st.floats(1, 500)),
    width=st.sampled_from([0.0, 0.7]),
)
@example(kind="insects", seed=493887, how=Finish(0.0, 0.0, 159.0), width=0.7)
def test_any_effect_is_usable(kind: str, seed: int, how: Finish, width: float) -> None:
    looped = classes()[kind].sustained and seed % 2 == 1
    made = make(kind, seed=seed, duration_s=0.7, how=how, looped=looped, width=width)
    assert is_usable(made.signal) and np.abs(made.signal).max() <= 0.8911
