"""Hum is found where it is, at its frequency, and not in speech or music; what is taken is the hum."""

from __future__ import annotations

import numpy as np
import pytest

from apps.audio.noise.extras import hum_like, music_like
from apps.audio.noise.hum import find_hum, line_level_db, remove_hum
from tests.apps.audio.noise.voices import hiss, snr_db, voice


@pytest.mark.parametrize("hz", [49.9, 50.0, 60.1])
@pytest.mark.parametrize("rate_hz", [8000, 44_100])
def test_it_is_found_and_goes(hz: float, rate_hz: int) -> None:
    hum = hum_like(np.random.default_rng(2), 8 * rate_hz, rate_hz, hz) * np.float32(0.02)
    clean = voice(8, rate_hz, seed=1)
    found = find_hum(clean + hum, rate_hz)
    assert found is not None and found.hz == pytest.approx(hz, abs=0.1)
    rest = remove_hum((clean + hum)[:, None], rate_hz, found)[:, 0]
    assert np.sum((rest - clean) ** 2) < 0.25 * np.sum(hum**2)
    assert line_level_db(rest, rate_hz, found) < line_level_db(clean + hum, rate_hz, found) - 5


def test_hum_alone_goes_by_24_db() -> None:
    hum = hum_like(np.random.default_rng(3), 8 * 48_000, 48_000, 50.0) * np.float32(0.02)
    signal = hum + hiss(len(hum), 1e-4)
    found = find_hum(signal, 48_000)
    assert found is not None
    assert np.mean(remove_hum(signal[:, None], 48_000, found) ** 2) < np.mean(hum**2) * 10**-2.4


@pytest.mark.parametrize("seed", range(8))
def test_neither_voice_nor_music_nor_hiss_is_taken_for_it(seed: int) -> None:
    assert find_hum(voice(6, 16_000, seed), 16_000) is None
    assert find_hum(music_like(np.random.default_rng(seed), 8, 16_000), 16_000) is None
    assert find_hum(hiss(6 * 16_000, 0.1, seed), 16_000) is None


def test_a_low_organ_note_is_not_hum() -> None:
    time = np.arange(8 * 16_000) / 16_000
    for hertz in (49.0, 51.9, 58.3, 61.7):  # G1, G sharp 1, A sharp 1, B1
        note = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 9)).astype(np.float32)
        assert find_hum(note * np.float32(0.1) + hiss(len(note), 1e-3), 16_000) is None


def test_each_channel_loses_its_own() -> None:
    hum = hum_like(np.random.default_rng(4), 6 * 16_000, 16_000, 60.0)
    clean = np.stack([voice(6, 16_000, 1), voice(6, 16_000, 2)], axis=1)
    samples = clean + np.stack([0.03 * hum, -0.01 * hum], axis=1).astype(np.float32)
    found = find_hum(samples.mean(axis=1), 16_000)
    assert found is not None
    rest = remove_hum(samples, 16_000, found)
    for channel, gain in ((0, 6), (1, 1)):
        assert snr_db(rest[:, channel], clean[:, channel]) > snr_db(samples[:, channel], clean[:, channel]) + gain


def test_too_short_or_silent_has_none() -> None:
    assert find_hum(hiss(16_000, 0.1), 16_000) is None
    assert find_hum(np.zeros(5 * 16_000, np.float32), 16_000) is None
