"""Variations of the user's own clips: attacks stay attacks, textures have no holes, the sources are named, the same seed is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.effects.finishing import Finish
from apps.audio.effects.library import vary
from apps.audio.effects.sources import Clip, is_sustained, read_sources, resampled
from apps.audio.effects.synthesis import band_spectrum, is_usable, render
from shared.errors import BadInput


def hit(name: str, pitch_hz: float, rate_hz: int = 48_000, seconds: float = 0.6) -> Clip:
    """Half a tenth of silence, a click, a decaying tone."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    sound = np.sin(2 * np.pi * pitch_hz * t) * np.exp(-9 * t)
    sound[: rate_hz // 500] += np.random.default_rng(1).standard_normal(rate_hz // 500)
    return name, np.concatenate([np.zeros(rate_hz // 20), 0.3 * sound]).astype(np.float32), rate_hz


def rain(name: str = "rain", seed: int = 1, seconds: float = 3.0) -> Clip:
    return name, render("rain", {}, seconds, np.random.default_rng(seed)), 48_000


HITS = [hit("low", 200.0), hit("high", 900.0, 44_100), hit("middle", 450.0, 22_050)]


def test_a_one_shot_keeps_its_attack_and_names_its_sources() -> None:
    for variation in range(12):
        made = vary(HITS, seed=3, variation=variation)
        envelope = np.abs(made.signal)
        assert int(np.argmax(envelope > 0.3 * envelope.max())) < 480, "the attack is at the start"
        assert 0.3 < made.duration_s < 1.2 and made.loop is None and is_usable(made.signal)
        assert set(made.sources) <= {"low", "high", "middle"} and len(made.sources) >= 2
        assert sum(made.sources.values()) == pytest.approx(1.0) and set(made.sources) == set(made.grains)


def test_variations_differ_and_repeat() -> None:
    first, again, other = (vary(HITS, seed=3, variation=number, how=Finish(brightness=-2), width=0.5) for number in (0, 0, 1))
    assert first.signal.tobytes() == again.signal.tobytes() and first.signal.shape[1] == 2
    assert first.values != other.values


def test_one_clip_is_enough() -> None:
    made = vary([HITS[0]], seed=1)
    assert made.sources == {"low": pytest.approx(1.0)} and is_usable(made.signal)


def test_a_one_shot_is_stretched_to_what_is_asked() -> None:
    assert vary(HITS, seed=1, duration_s=0.8).duration_s == pytest.approx(0.8, abs=0.08)
    assert vary(HITS, seed=1, duration_s=0.3).duration_s == pytest.approx(0.3, abs=0.01)


def test_a_texture_of_any_length_has_no_holes_and_the_colour_of_its_clips() -> None:
    clips = [rain("near", 1), rain("far", 2)]
    made = vary(clips, seed=5, duration_s=12.0)
    assert len(made.signal) == 12 * 48_000 and set(made.sources) == {"near", "far"}
    level = np.sqrt((made.signal.astype(np.float64).reshape(-1, 2400) ** 2).mean(axis=1))
    assert level.min() > 0.25 * np.median(level)
    mean = (band_spectrum(clips[0][1].astype(np.float64)) + band_spectrum(clips[1][1].astype(np.float64))) / 2
    assert np.abs(band_spectrum(made.signal.astype(np.float64)) - mean).mean() < 6


def test_a_texture_loops() -> None:
    made = vary([rain()], seed=2, duration_s=2.0, looped=True)
    assert made.loop == (0, len(made.signal) - 1) and made.duration_s == pytest.approx(2.0, abs=0.01)
    step = abs(float(made.signal[0]) - float(made.signal[-1]))
    assert step <= 2 * np.percentile(np.abs(np.diff(made.signal)), 99.9)
    with pytest.raises(BadInput, match="cannot loop"):
        vary(HITS, seed=1, looped=True, texture=False)


def test_what_goes_on_is_told_from_what_happens() -> None:
    assert is_sustained(read_sources([rain()])[0].samples)
    assert not is_sustained(read_sources([HITS[0]])[0].samples)


def test_resampling_keeps_tone_and_level_to_half_a_sample() -> None:
    for rate in (22_050, 44_100, 96_000):
        tone = np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
        made = resampled(tone, 48_000 / rate)
        wanted = np.sin(2 * np.pi * 1000 * np.arange(48_000) / 48_000)
        assert len(made) == 48_000 and np.abs(made - wanted)[1000:-1000].max() < 0.066


def test_channels_of_opposite_sign_do_not_cancel() -> None:
    name, samples, rate = HITS[0]
    assert is_usable(vary([(name, np.stack([samples, -samples], axis=1), rate)], seed=1).signal)


@pytest.mark.parametrize(
    ("clip", "why"),
    [
        (("x", np.zeros(4800, np.float32), 48_000), "silent"),
        (("x", np.ones(100, np.float32), 48_000), "lasts"),
        (("x", np.full(4800, np.nan, np.float32), 48_000), "no numbers"),
        (("x", np.ones((4800, 6), np.float32), 48_000), "shape"),
        (("x", np.ones(4800, np.float32), 1000), "samples a second"),
    ],
)
def test_a_clip_that_cannot_be_used_is_named(clip: Clip, why: str) -> None:
    with pytest.raises(BadInput, match=why) as caught:
        vary([HITS[0], clip], seed=1)
    assert "'x'" in str(caught.value)


def test_no_clips_and_impossible_durations_are_refused() -> None:
    with pytest.raises(BadInput, match="0 clips"):
        vary([], seed=1)
    with pytest.raises(BadInput, match="duration_s"):
        vary(HITS, seed=1, duration_s=1e4)
    with pytest.raises(BadInput, match="too short"):
        vary([hit("x", 300.0, seconds=0.1)], seed=1, texture=True)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    lengths=st.lists(st.integers(960, 30_000), min_size=1, max_size=3),
    duration_s=st.none() | st.floats(0.05, 3.0),
    rate_hz=st.sampled_from([8_000, 44_100, 48_000]),
)
def test_any_clips_give_a_usable_one_shot(seed: int, lengths: list[int], duration_s: float | None, rate_hz: int) -> None:
    rng = np.random.default_rng(seed)
    clips = [(f"{place}", rng.standard_normal(length).astype(np.float32) * 0.2, rate_hz) for place, length in enumerate(lengths)]
    made = vary(clips, seed=seed, duration_s=duration_s, texture=False)
    assert is_usable(made.signal) and np.abs(made.signal).max() <= 0.8911
    assert duration_s is None or len(made.signal) <= round(duration_s * 48_000) + 1
