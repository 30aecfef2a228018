from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from apps.deepfake.decoding.resampling import Resampler
from tests.apps.deepfake.decoding.made import tone


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 22_050, 24_000, 32_000, 37_800, 44_100, 48_000, 96_000, 192_000])
def test_it_is_scipys_resampler_in_blocks(rate_hz: int) -> None:
    generator = np.random.default_rng(rate_hz)
    samples = generator.standard_normal(rate_hz // 2 + 13).astype(np.float32)
    resampler, parts, at = Resampler(rate_hz, 16_000), [], 0
    while at < len(samples):
        size = int(generator.integers(1, 9000))
        parts.append(resampler.feed(samples[at : at + size]))
        at += size
    parts.append(resampler.finish())
    expected = resample_poly(samples.astype(np.float64), 16_000, rate_hz)
    result = np.concatenate(parts)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=2e-6)


def test_the_same_rate_stays_as_it_is() -> None:
    samples = tone()[:, 0]
    resampler = Resampler(16_000, 16_000)
    assert resampler.feed(samples) is samples and len(resampler.finish()) == 0


def test_an_odd_rate_keeps_the_pitch() -> None:
    samples = tone(44_099, 2.0, hertz=1000)[:, 0]
    resampler = Resampler(44_099, 16_000)
    result = np.concatenate([resampler.feed(samples), resampler.finish()])
    assert abs(len(result) - 32_000) <= 1
    spectrum = np.abs(np.fft.rfft(result[:32_000] * np.hanning(32_000)))
    assert spectrum.argmax() == 2000  # of half a hertz each


def test_tones_above_the_new_band_are_taken_out() -> None:
    samples = tone(48_000, 1.0, hertz=12_000)[:, 0]
    resampler = Resampler(48_000, 16_000)
    result = np.concatenate([resampler.feed(samples), resampler.finish()])[1000:-1000]
    assert np.abs(result).max() < 0.5 * 10 ** (-50 / 20)


@pytest.mark.parametrize("size", [0, 1, 2, 100])
def test_short_sounds(size: int) -> None:
    resampler = Resampler(44_100, 16_000)
    result = np.concatenate([resampler.feed(np.ones(size, np.float32)), resampler.finish()])
    assert len(result) == -(-size * 160 // 441)
