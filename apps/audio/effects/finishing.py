"""What every effect can have on top: intensity, brightness, distance, loudness, stereo width, a seamless loop.

Signals are (n,) or, in stereo, (n, 2) float32 at 48 kHz, full scale 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.blocks import SAMPLE_RATE_HZ, Floats, lowpass, shape

__all__ = ["Finish", "Loop", "finish", "loop", "loudness_db", "widen"]

Signal = NDArray[np.float32]
PIVOT_HZ = 1000.0
PEAK = 0.891
"""-1 dBFS."""
AIR_DB_PER_M_AT_8KHZ = 0.1
"""Absorption of air at 20 degrees and 50 % humidity grows about as f^1.5: 0.1 dB a metre at 8 kHz (after ISO 9613-1)."""
REFLECTIONS_MS = (7.3, 12.9, 19.7, 27.1, 38.9, 53.3, 71.9)


@dataclass(frozen=True)
class Finish:
    """intensity: -1 (soft) to 1 (hard driven), 0 as drawn. brightness: tilt in dB an octave around 1 kHz, -6 to 6.

    distance_m: 1 (at the microphone) to 500. loudness_db: RMS of the loudest 400 ms, never beyond a peak of -1 dBFS;
    None: that peak.
    """

    intensity: float = 0.0
    brightness: float = 0.0
    distance_m: float = 1.0
    loudness_db: float | None = None


@dataclass(frozen=True)
class Loop:
    """A signal that can be repeated from sample `start` to sample `end` (both included, as in a `smpl` chunk)."""

    signal: Signal
    start: int
    end: int


def finish(signal: Signal, how: Finish, rng: np.random.Generator) -> Signal:
    """(n,) -> (n,): intensity, then brightness, then distance, then level."""
    made: Floats = signal.astype(np.float64)
    if how.intensity:
        made = _driven(made, how.intensity)
    if how.brightness:
        made = shape(made, lambda f: (np.clip(f, 40, 16_000) / PIVOT_HZ) ** (how.brightness / 6.02))
    level = 1.0
    if how.distance_m > 1.0:
        made, level = _distant(made, how.distance_m, rng)
    return _levelled(made, how.loudness_db, level)


def _driven(signal: Floats, intensity: float) -> Floats:
    """Harder: saturated and brighter; softer: duller, its dynamics flattened from above. As effort changes a sound, not just its level."""
    peak = np.abs(signal).max() + 1e-12
    if intensity > 0:
        drive = 1 + 5 * intensity
        signal = np.tanh(signal / peak * drive) / np.tanh(drive)
        return shape(signal, lambda f: (np.clip(f, 40, 16_000) / PIVOT_HZ) ** (1.5 * intensity / 6.02))
    return shape(signal / peak, lowpass(16_000 * 2 ** (4 * intensity), 0.7))


def _distant(signal: Floats, distance_m: float, rng: np.random.Generator) -> tuple[Floats, float]:
    """Air, early reflections that gain on the direct sound, and less level (6 dB for each doubling, softened to stay audible)."""

    def air(f: Floats) -> Floats:
        return 10 ** (-AIR_DB_PER_M_AT_8KHZ * distance_m * (f / 8000) ** 1.5 / 20)

    direct = shape(signal, air)
    echoes = np.zeros_like(direct)
    for place_ms in REFLECTIONS_MS:
        delay = round(place_ms * rng.uniform(0.85, 1.15) * SAMPLE_RATE_HZ / 1000)
        if delay < len(direct):
            echoes[delay:] += 10 ** (-place_ms / 60) * rng.choice([-1.0, 1.0]) * direct[: len(direct) - delay]
    wet = min(0.75, 0.12 * np.log2(distance_m))
    mixed = (1 - wet) * direct + wet * shape(echoes, lowpass(5000, 1.0))
    return mixed, distance_m**-0.5


def loudness_db(signal: Signal | Floats) -> float:
    """RMS of the loudest 400 ms in dB of full scale; -inf of silence. Not LUFS: works for a click of 50 ms too."""
    mono = np.asarray(signal, np.float64) if signal.ndim == 1 else np.asarray(signal, np.float64).mean(axis=1)
    window = min(len(mono), round(0.4 * SAMPLE_RATE_HZ))
    energy = np.concatenate([[0.0], np.cumsum(mono**2)])
    loudest = float((energy[window:] - energy[:-window]).max()) / window
    return 10 * np.log10(loudest) if loudest > 0 else -np.inf


def _levelled(signal: Floats, wanted_db: float | None, level: float) -> Signal:
    peak = float(np.abs(signal).max())
    if peak < 1e-12:
        return signal.astype(np.float32)
    gain = PEAK / peak * level
    if wanted_db is not None:
        gain = min(PEAK / peak, 10 ** ((wanted_db - loudness_db(signal)) / 20))
    return (signal * gain).astype(np.float32)


def loop(signal: Signal, overlap_s: float = 0.5, slack_s: float = 0.0) -> Loop:
    """A seamless loop of a sustained sound: its end is faded into its beginning, so it is shorter by the overlap.

    slack_s: up to so much of the end may be left out to cut where the end's envelope is most like the beginning's, so that steps and
    ticks meet their like.
    The gains of the crossfade follow the correlation r of the two ends (g_in^2 + g_out^2 + 2 r g_in g_out = 1), which cures the dip that
    equal-power gains leave where the ends are alike or opposed; what dip remains in a 20 ms envelope is measured and lifted.
    """
    signal = signal[: _best_end(signal, overlap_s, slack_s)]
    n = len(signal)
    overlap = int(min(overlap_s * SAMPLE_RATE_HZ, n // 3))
    if overlap < 16:
        return Loop(signal, 0, n - 1)
    tail, head = signal[n - overlap :].astype(np.float64), signal[:overlap].astype(np.float64)
    power = np.sqrt(np.sum(tail**2) * np.sum(head**2)) + 1e-12
    r = float(np.clip(np.sum(tail * head) / power, -0.9, 0.9))
    turn = np.linspace(0, np.pi / 2, overlap).reshape((-1,) + (1,) * (signal.ndim - 1))
    rising, falling = np.sin(turn), np.cos(turn)
    norm = np.sqrt(1 + 2 * r * rising * falling)
    joined = (rising * head + falling * tail) / norm
    made = np.concatenate([joined * _lift(joined, head, tail, rising, falling), signal[overlap : n - overlap].astype(np.float64)])
    peak = np.abs(made).max()
    return Loop((made * min(1.0, PEAK / max(peak, 1e-12))).astype(np.float32), 0, len(made) - 1)


def _best_end(signal: Signal, overlap_s: float, slack_s: float) -> int:
    """Where to cut: envelopes of 5 ms, the overlap's at the beginning slid along the end."""
    window = round(0.005 * SAMPLE_RATE_HZ)
    envelope = np.sqrt(
        (signal[: len(signal) // window * window].astype(np.float64) ** 2).reshape(-1, window, *signal.shape[1:]).mean(axis=1)
    )
    envelope = envelope.reshape(len(envelope), -1).mean(axis=1)
    span, slack = round(overlap_s / 0.005), round(slack_s / 0.005)
    if slack < 1 or len(envelope) < 2 * span + slack:
        return len(signal)
    head = envelope[:span] - envelope[:span].mean()
    likeness = []
    for cut in range(slack + 1):
        tail = envelope[len(envelope) - cut - span : len(envelope) - cut]
        likeness.append(float(head @ tail) / (float(np.std(tail)) + 1e-9))
    return len(signal) - int(np.argmax(likeness)) * window


def _lift(joined: Floats, head: Floats, tail: Floats, rising: Floats, falling: Floats) -> Floats:
    """Slow gain (at most 3 dB) that brings the crossfade's envelope to the power-weighted mean of its two ends'; 1 at both ends."""
    window = min(len(joined) // 2, round(0.02 * SAMPLE_RATE_HZ)) | 1

    def envelope(part: Floats) -> Floats:
        power = (part**2).reshape(len(part), -1).mean(axis=1)
        return np.convolve(np.pad(power, window // 2, mode="edge"), np.ones(window) / window, "valid")

    weight = (rising.reshape(-1) ** 2, falling.reshape(-1) ** 2)
    wanted = weight[0] * envelope(head) + weight[1] * envelope(tail)
    gain = np.sqrt(np.clip((wanted + 1e-12) / (envelope(joined) + 1e-12), 0.5, 2.0))
    gain = 1 + (gain - 1) * np.sin(np.pi * np.linspace(0, 1, len(gain))) ** 0.5
    return gain.reshape((-1,) + (1,) * (joined.ndim - 1))


def widen(signal: Signal, width: float, rng: np.random.Generator) -> Signal:
    """(n,) -> (n, 2): decorrelated by a random smooth phase that differs left and right; width 0 (mono) to 1. The sum stays mono-safe."""
    n = len(signal)
    length = n + 4096
    frequencies = np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ)
    knots = np.geomspace(150, 20_000, 40)
    phase = np.interp(frequencies, knots, rng.uniform(-1, 1, len(knots))) * width * 0.45 * np.pi
    phase *= np.clip((frequencies - 150) / 300, 0, 1)  # bass stays in the middle
    spectrum = np.fft.rfft(signal.astype(np.float64), length)
    sides = [np.fft.irfft(spectrum * np.exp(1j * sign * phase), length)[:n] for sign in (1, -1)]
    made = np.stack(sides, axis=1)
    return (made * min(1.0, PEAK / max(float(np.abs(made).max()), 1e-12))).astype(np.float32)
