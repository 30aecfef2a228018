"""A pipe organ's principal chorus: each key's sound is a long loop of all its pipes, computed once and read wherever the key is down.

Pipes are steady, so nothing has to follow a note but its beginning (the upper pipes speak first, with some chiff) and its end.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from apps.audio.instruments.loudness import k_weight
from apps.audio.instruments.notes import Line, Played
from apps.audio.instruments.signals import Bus, Floats, Rng, bins_hz, hertz, smooth_length, smooth_lengths

__all__ = ["AZIMUTHS_DEG", "LEVELS_DB", "play"]

AZIMUTHS_DEG = (-23.0, -8.0, 15.0, 3.0)
"""The bass comes from the pedal chest, in the middle: low notes at the side of a stereo picture are awkward."""
LEVELS_DB = (0.0, -1.5, -1.5, 0.0)
FOUNDATION = ((1.0, 0.0, 0.0), (1.0, -16.0, 1.3), (2.0, -8.0, 0.9))
"""Ranks: frequency against the 8', level in dB, detuning in cents. A second 8' gives the slow life of two pipes in one room."""
UPPER = ((3.0, -16.0, -1.1), (4.0, -12.0, 0.7), (6.0, -21.0, -0.6), (8.0, -24.0, 0.8))
"""2 2/3', 2' and a light mixture of 1 1/3' and 1'."""
PEDAL = (0.5, -2.0, 0.0)
BREAK_HZ = 3_200.0
"""A rank of the mixture whose fundamental would lie above breaks back an octave, as mixtures do."""
HARMONICS_DB = (0.0, -9.0, -14.0, -21.0, -25.0, -30.0, -34.0, -39.0)
"""A principal pipe: a strong fundamental, even and odd harmonics falling together."""
DULL_HZ = 2_000.0
HIGHEST_HZ = 11_000.0
WIND_DB = -52.0
CHIFF_DB = -20.0
CHIFF_S = 0.07
LOOP_S = (4.0, 6.5)
SPEAKS_S = (0.055, 0.022)
"""How long the foundation and the upper pipes take to speak, at middle C; the deeper, the longer."""
RELEASE_S = 0.11


def play(line: Line, rng: Rng) -> list[Bus]:
    """One voice, dry, each key at the same loudness."""
    signal = np.zeros(line.samples, np.float32)
    keys: dict[int, Key] = {}
    for note in line.played:
        key = keys.setdefault(note.pitch, Key(note.pitch, line.rate_hz, line.voice == 3, rng))
        sounded = key.sounded(note)
        end = min(line.samples, note.start + len(sounded))
        signal[note.start : end] += sounded[: end - note.start]
    return [Bus(signal)]


class Key:
    """The pipes of one key."""

    def __init__(self, pitch: int, rate_hz: int, pedal: bool, rng: Rng) -> None:
        self._rate, self._rng = rate_hz, rng
        self._hertz = hertz(pitch)
        self._slow = min(1.6, max(0.6, (261.6 / self._hertz) ** 0.4))
        # half of the fundamental has to go into the loop a whole number of times; among many lengths one is nearly exact
        lengths = np.array(smooth_lengths(round(LOOP_S[0] * rate_hz), round(LOOP_S[1] * rate_hz)))
        cycles = lengths * (self._hertz / 2 / rate_hz)
        best = int(np.abs(cycles - np.round(cycles)).argmin())
        self._length, self._half = int(lengths[best]), round(float(cycles[best]))
        ranks = (*FOUNDATION, PEDAL) if pedal else FOUNDATION
        spectra = [self._pipes(ranks), self._pipes(UPPER)]
        spectra[1] += self._wind()
        weight = k_weight(bins_hz(self._length, rate_hz))
        power = float(np.sum(np.abs((spectra[0] + spectra[1]) * weight) ** 2)) / 2
        self.loops = [np.fft.irfft(one, self._length).astype(np.float32) * np.float32(self._length / 2 / power**0.5) for one in spectra]

    def _pipes(self, ranks: tuple[tuple[float, float, float], ...]) -> np.ndarray:
        """(bins,) complex64: the amplitude of every partial of the ranks, in random phases, which keeps peaks low."""
        spectrum = np.zeros(self._length // 2 + 1, np.complex64)
        bin_hz = self._rate / self._length
        highest = min(HIGHEST_HZ, 0.45 * self._rate)
        for against, level_db, cents in ranks:
            times = against
            while times >= 6 and times * self._hertz > BREAK_HZ:
                times /= 2
            centre = round(2 * self._half * times) + round(self._hertz * times * cents / 1731 / bin_hz)
            for harmonic, falls_db in enumerate(HARMONICS_DB, 1):
                frequency = centre * harmonic * bin_hz
                turn = self._rng.random()
                if frequency < highest:
                    level = 10 ** ((level_db + falls_db) / 20) / np.hypot(1, frequency / DULL_HZ)
                    spectrum[centre * harmonic] += level * np.exp(2j * np.pi * turn)
        return spectrum

    def _wind(self) -> np.ndarray:
        """(bins,) complex64: the hiss of air at the mouths, between an octave and three above the fundamental."""
        octaves = np.log2(np.maximum(bins_hz(self._length, self._rate), 20) / (4 * self._hertz))
        shape = np.exp(-0.5 * octaves**2)
        noise = self._rng.standard_normal((2, len(shape))).astype(np.float32) * shape
        spectrum: np.ndarray = (noise[0] + 1j * noise[1]) * np.float32(10 ** (WIND_DB / 20) / np.sqrt((shape**2).sum()))
        return spectrum.astype(np.complex64)

    @cached_property
    def chiff(self) -> Floats:
        """(samples,) the transient of a pipe that begins to speak: noise around its second to fourth harmonic."""
        count = smooth_length(round(3 * CHIFF_S * self._rate))
        octaves = np.log2(np.maximum(bins_hz(count, self._rate), 20) / min(2.8 * self._hertz, 3_000))
        noise = np.fft.irfft(np.fft.rfft(self._rng.standard_normal(count)) * np.exp(-0.5 * (octaves / 0.35) ** 2), count)
        t = np.arange(count) / self._rate
        noise *= np.minimum(t / 0.008, 1) ** 2 * np.exp(-t / (CHIFF_S / 2)) * np.minimum((t[-1] - t) / 0.01, 1)
        made: Floats = (noise * 10 ** (CHIFF_DB / 20) / max(np.sqrt(np.mean(noise[: count // 3] ** 2)), 1e-9)).astype(np.float32)
        return made

    def sounded(self, note: Played) -> Floats:
        """(samples,) the key from press to silence. The pipes' phases are those of the clock, as if they never ceased."""
        release = round(RELEASE_S * self._slow * self._rate)
        count = note.length + release
        fall = (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, release))).astype(np.float32) ** 2
        total = np.zeros(count, np.float32)
        for loop, speaks_s in zip(self.loops, SPEAKS_S, strict=True):
            begin = note.start % len(loop)
            part = np.resize(loop[begin:] if begin + count <= len(loop) else np.roll(loop, -begin), count)
            rise = min(count, round(speaks_s * self._slow * self._rate))
            part[:rise] *= (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise))).astype(np.float32)
            total += part
        total[-release:] *= fall
        heard = min(len(self.chiff), note.length)
        total[:heard] += self.chiff[:heard]
        return total
