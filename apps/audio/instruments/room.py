"""One room for all voices: early reflections from image sources, then a diffuse tail whose bands die away at their own rates.

Images: Allen & Berkley, "Image method for efficiently simulating small-room acoustics", J. Acoust. Soc. Am. 65 (1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np

from apps.audio.instruments.signals import Bus, Floats, bins_hz, smooth_length

__all__ = ["TAIL_S", "Room", "room"]

SIZE_M = (20.0, 30.0, 12.0)
LISTENER_M = (10.0, 11.0, 1.7)
DISTANCE_M, SOURCE_HEIGHT_M = 8.0, 2.6
SOUND_M_S = 343.0
WALL = 0.72
"""What a wall gives back, as amplitude."""
WALL_HZ = 5_000.0
"""Above it, less and less."""
ORDERS = 2
DECAYS_S = {125: 2.1, 250: 2.0, 500: 1.9, 1000: 1.75, 2000: 1.5, 4000: 1.1, 8000: 0.7}
"""Reverberation times (-60 dB) of a parish church with people in it, by octave (Hz)."""
TAIL_S = 2.1
LATE_DB = -3.5
"""Energy of the tail against the direct sound."""
LATE_FROM_S, LATE_FULL_S = 0.025, 0.085
LEAD = 4096
"""Samples kept free before the response: a filter without phase rings as long before as after."""
SHARED_BELOW_HZ = 250.0
"""The tail is the same in both ears far below it: long waves are."""


class Room:
    """Its responses at one sample rate."""

    def __init__(self, rate_hz: int) -> None:
        self._rate = rate_hz
        self._length = round(TAIL_S * rate_hz)
        self.size = smooth_length(2 * self._length + 2 * LEAD)
        self._payload = self.size - self._length - 2 * LEAD
        self._late = self._tail()

    def response(self, azimuth_deg: float) -> Floats:
        """(2, samples) for a source in that direction, negative to the left; its direct sound comes at sample 0 with unit energy."""
        early = np.zeros((2, self.size), np.float32)
        direct = np.zeros((2, self._length), np.float32)
        for delay_s, gain, pan, bounces in images(azimuth_deg):
            at = round(delay_s * self._rate)
            ears = gain * np.array([np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)])
            if bounces == 0:
                direct[:, at] += ears.astype(np.float32)
            elif at < self._length:
                early[:, at] += ears.astype(np.float32)
        dull = 1 / np.sqrt(1 + (bins_hz(self.size, self._rate) / WALL_HZ) ** 2)
        early = np.fft.irfft(np.fft.rfft(early) * dull, self.size).astype(np.float32)
        return direct + early[:, : self._length] + self._late

    def heard(self, buses: Sequence[Bus], azimuth_deg: float) -> Floats:
        """Dry signals (n,) from one place -> (n, 2)."""
        n = len(buses[0].signal)
        ears = np.fft.rfft(self.response(azimuth_deg), self.size).astype(np.complex64)
        ears *= np.exp(-2j * np.pi * LEAD * np.arange(self.size // 2 + 1) / self.size).astype(np.complex64)
        frequencies = bins_hz(self.size, self._rate)
        tones = [None if bus.tone is None else bus.tone(frequencies).astype(np.float32) for bus in buses]
        out = np.zeros((2, n + self.size), np.float32)
        for start in range(0, n, self._payload):
            total = np.zeros(self.size // 2 + 1, np.complex64)
            for bus, tone in zip(buses, tones, strict=True):
                spectrum = np.fft.rfft(bus.signal[start : start + self._payload], self.size)
                total += spectrum if tone is None else spectrum * tone
            for ear in range(2):
                out[ear, start : start + self.size] += np.fft.irfft(total * ears[ear], self.size)
        return np.ascontiguousarray(out[:, LEAD : LEAD + n].T)

    def _tail(self) -> Floats:
        """(2, samples): noise in octave bands, each with its own decay, faded in while the early reflections thin out."""
        rng = np.random.default_rng(1979)
        n = self._length
        frequencies = bins_hz(self.size, self._rate)
        octaves = np.log2(np.maximum(frequencies, 20) / 1000)
        white = np.fft.rfft(rng.standard_normal((3, self.size)), axis=1)
        shared = 1 / (1 + (frequencies / SHARED_BELOW_HZ) ** 4)
        ears = np.sqrt(shared) * white[2] + np.sqrt(1 - shared) * white[:2]
        t = np.arange(n) / self._rate
        total = np.zeros((2, n))
        centres = np.log2(np.array(list(DECAYS_S)) / 1000)
        for centre, decay_s in zip(centres, DECAYS_S.values(), strict=True):
            distance = octaves - centre
            if centre == centres[0]:
                distance = np.maximum(distance, 0)
            if centre == centres[-1]:
                distance = np.minimum(distance, 0)
            weight = np.cos(np.clip(distance, -1, 1) * np.pi / 2)  # powers of neighbours add up to 1
            total += np.fft.irfft(ears * weight, self.size)[:, :n] * np.exp(-6.9078 * t / decay_s)
        rise = np.clip((t - LATE_FROM_S) / (LATE_FULL_S - LATE_FROM_S), 0, 1)
        total *= np.sin(rise * np.pi / 2) * np.clip((TAIL_S - t) / 0.1, 0, 1)
        total *= 10 ** (LATE_DB / 20) / np.sqrt((total**2).sum())
        return total.astype(np.float32)


def images(azimuth_deg: float) -> list[tuple[float, float, float, int]]:
    """(delay in s after the direct sound, gain against it, pan -1 ... 1, walls touched) of each path with at most ORDERS walls."""
    azimuth = np.radians(azimuth_deg)
    source = (LISTENER_M[0] + DISTANCE_M * np.sin(azimuth), LISTENER_M[1] + DISTANCE_M * np.cos(azimuth), SOURCE_HEIGHT_M)
    nearest = float(np.linalg.norm(np.subtract(source, LISTENER_M)))
    found = []
    for order in product(range(-ORDERS, ORDERS + 1), repeat=3):
        bounces = sum(map(abs, order))
        if bounces > ORDERS:
            continue
        image = [n * size + (at if n % 2 == 0 else size - at) for n, size, at in zip(order, SIZE_M, source, strict=True)]
        away = np.subtract(image, LISTENER_M)
        distance = float(np.linalg.norm(away))
        pan = float(away[0] / np.hypot(away[0], away[1]))
        found.append(((distance - nearest) / SOUND_M_S, WALL**bounces * nearest / distance, pan, bounces))
    return found


@lru_cache(maxsize=2)
def room(rate_hz: int) -> Room:
    """The room at a sample rate; the last two are kept."""
    return Room(rate_hz)
