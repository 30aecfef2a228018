"""The room: its direct sound is on time and in its place, its tail dies away."""

from __future__ import annotations

import numpy as np
import pytest

from apps.audio.instruments.room import TAIL_S, images, room
from apps.audio.instruments.signals import Bus, smooth_length, smooth_lengths

RATE_HZ = 24_000


def test_the_direct_sound_is_on_time_whatever_the_filter() -> None:
    click = np.zeros(RATE_HZ, np.float32)
    click[5_000] = 1
    for tone in (None, lambda f: 1 / (1 + (f / 3_000) ** 2)):
        heard = room(RATE_HZ).heard([Bus(click, tone)], 0.0)
        assert np.abs(heard[:, 0]).argmax() == 5_000
        assert np.abs(heard[:4_900]).max() < 1e-3


def test_long_signals_are_convolved_in_pieces() -> None:
    hall = room(RATE_HZ)
    rng = np.random.default_rng(0)
    n = hall.size * 3 // 2
    noise = rng.standard_normal(n).astype(np.float32)
    heard = hall.heard([Bus(noise)], 20.0)
    response = hall.response(20.0)
    for at in (10, hall.size // 2, n - 1):  # the sum, by hand
        begin = max(0, at - response.shape[1] + 1)
        expected = (noise[begin : at + 1][::-1] * response[:, : at + 1 - begin]).sum(axis=1)
        assert heard[at] == pytest.approx(expected, abs=1e-3)


def test_left_is_left_and_the_tail_is_everywhere() -> None:
    response = room(RATE_HZ).response(-26.0)
    early, late = response[:, : RATE_HZ // 100], response[:, RATE_HZ // 2 :]
    assert (early[0] ** 2).sum() > 2 * (early[1] ** 2).sum()
    assert (late[0] ** 2).sum() == pytest.approx((late[1] ** 2).sum(), rel=0.3)
    assert [(delay, gain) for delay, gain, _, bounces in images(-26.0) if not bounces] == [(0, 1)], "the source itself"


def test_it_is_clear_and_dies_away() -> None:
    energy = (room(RATE_HZ).response(0.0) ** 2).sum(axis=0)
    clear_db = 10 * np.log10(energy[: round(0.08 * RATE_HZ)].sum() / energy[round(0.08 * RATE_HZ) :].sum())
    assert 3 < clear_db < 9
    left = np.cumsum(energy[::-1])[::-1] / energy.sum()
    assert 10 * np.log10(left[RATE_HZ]) < -25
    assert len(energy) == round(TAIL_S * RATE_HZ)


def test_lengths_an_fft_likes() -> None:
    assert smooth_length(1_000) == 1_000 and smooth_length(1_001) == 1_024
    assert smooth_lengths(90, 110) == [90, 96, 100, 108]
