"""Frames fit together again at every rate, and stand where the network's frames stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.audio.noise.log_mmse import Suppressor, noise_profile
from apps.audio.noise.spectra import Grid
from tests.apps.audio.noise.voices import hiss


@given(rate_hz=st.integers(4000, 192_000), samples=st.integers(1, 6000))
def test_analysis_and_synthesis_give_the_signal_again(rate_hz: int, samples: int) -> None:
    grid, signal = Grid.of(rate_hz), hiss(samples, 0.3)
    spectrum = grid.analyse(signal)
    total, weight = np.zeros_like(signal), np.zeros_like(signal)
    grid.add(spectrum, range(len(spectrum)), total, weight)
    assert len(spectrum) == grid.frames(samples)
    assert np.abs(total / weight - signal).max() < 1e-4


@pytest.mark.parametrize("rate_hz", [8000, 44_100, 48_000, 192_000])
def test_a_click_falls_into_the_same_frames_at_every_rate(rate_hz: int) -> None:
    def loudest(rate: int) -> int:
        signal = np.zeros(rate, np.float32)
        signal[round(0.4 * rate)] = 1
        return int((np.abs(Grid.of(rate).analyse(signal)) ** 2).sum(axis=1).argmax())

    assert loudest(rate_hz) == loudest(16_000) == 25
    assert abs(Grid.of(rate_hz).size / rate_hz - 0.032) < 0.001


def test_a_frame_range_is_a_part_of_the_whole() -> None:
    grid, signal = Grid.of(44_100), hiss(30_000, 0.1)
    assert np.allclose(grid.analyse(signal)[10:20], grid.analyse(signal, range(10, 20)), atol=1e-5)


def test_the_profile_is_the_noise_not_the_tones() -> None:
    """White noise of a known power with a tone half of the time."""
    grid = Grid.of(16_000)
    time = np.arange(8 * 16_000) / 16_000
    tone = (np.sin(2 * np.pi * 1000 * time) * (time % 1 < 0.5)).astype(np.float32)
    power = np.abs(grid.analyse(hiss(len(time), 0.01) + tone)) ** 2
    expected = 0.01**2 * np.sum(grid.window**2)
    assert np.median(noise_profile(power)) == pytest.approx(expected, rel=0.25)


def test_a_tracked_noise_is_followed_and_lowered() -> None:
    grid = Grid.of(16_000)
    noise = np.concatenate([hiss(32_000, 0.01), hiss(64_000, 0.03, 2)])
    gains = Suppressor().gains(np.abs(grid.analyse(noise)) ** 2)
    assert gains.min() >= 0 and gains.max() <= 1
    assert gains[60:120].mean() < 0.25 and gains[-100:].mean() < 0.25


def test_the_suppressor_remembers_between_blocks() -> None:
    power = np.abs(Grid.of(16_000).analyse(hiss(48_000, 0.1))) ** 2
    whole, parts = Suppressor(), Suppressor()
    together = whole.gains(power)
    assert np.allclose(together, np.concatenate([parts.gains(power[:77]), parts.gains(power[77:])]), atol=1e-6)
