"""BS.1770 loudness against the values of EBU Tech 3341 and 3342."""

from __future__ import annotations

import numpy as np
import pytest

from apps.audio.instruments.loudness import SILENCE_LUFS, k_weight, loudness_lufs

RATE_HZ = 48_000


def sine(level_dbfs: float, seconds: float, hertz: float = 1_000, rate_hz: int = RATE_HZ) -> np.ndarray:
    """(n, 2) float32, the same in both channels; level of the peak."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    one = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hertz * t)
    return np.stack([one, one], axis=1).astype(np.float32)


@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_a_stereo_sine_is_as_loud_as_its_level(level: float) -> None:
    assert loudness_lufs(sine(level, 3), RATE_HZ) == pytest.approx(level, abs=0.1)  # EBU Tech 3341, cases 1 and 2


def test_one_channel_at_full_scale_is_3_below() -> None:
    mono = sine(0, 2, 997)[:, :1]
    assert loudness_lufs(mono, RATE_HZ) == pytest.approx(-3.01, abs=0.03)  # BS.1770-4, annex 1


def test_quiet_parts_do_not_pass_the_gates() -> None:
    quiet, loud, silent = sine(-36, 2), sine(-23, 12), sine(-72, 2)
    assert loudness_lufs(np.concatenate([quiet, loud, quiet]), RATE_HZ) == pytest.approx(-23, abs=0.1)  # as case 3
    assert loudness_lufs(np.concatenate([silent, quiet, loud, quiet, silent]), RATE_HZ) == pytest.approx(-23, abs=0.1)  # as case 4


def test_the_rate_makes_no_difference() -> None:
    assert loudness_lufs(sine(-20, 1, 3_000, 24_000), 24_000) == pytest.approx(loudness_lufs(sine(-20, 1, 3_000), RATE_HZ), abs=0.02)


def test_the_weighting_is_the_standards() -> None:
    # pre-filter +4 dB at high frequencies, high pass at 38 Hz; -0.691 dB makes up for what 997 Hz gains
    gain_db = 20 * np.log10(k_weight(np.array([38.0, 997.0, 10_000.0])))
    assert gain_db == pytest.approx([-6.0, 0.691, 4.0], abs=0.3)


def test_silence_and_less_than_a_block_have_no_loudness() -> None:
    assert loudness_lufs(np.zeros((RATE_HZ, 2), np.float32), RATE_HZ) == SILENCE_LUFS
    assert loudness_lufs(sine(-20, 0.3), RATE_HZ) == SILENCE_LUFS
