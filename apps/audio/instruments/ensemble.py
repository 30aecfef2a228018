"""Several players or singers on one voice: each its own tuning, its own vibrato that sets in late, its own small unsteadiness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from apps.audio.instruments.loudness import k_weight
from apps.audio.instruments.notes import Line, Played
from apps.audio.instruments.signals import CONTROL, Cycle, Floats, Gain, Rng, expanded, hertz

__all__ = ["Habits", "Player", "Timbre", "arcs", "ensemble", "players", "smooth"]

LOWEST_STRING = 28
"""E1, of a double bass."""


@dataclass(frozen=True)
class Habits:
    """What the players of an instrument have in common. Pitches in cents, times in seconds.

    tuning, unsteady: standard deviations of the players' pitch and of its wander. late: the largest delay of an onset, so that not all
    begin as one. swell: how much louder the middle of a note is than its beginning.
    """

    count: int
    tuning_cents: float
    unsteady_cents: float
    vibrato_hz: tuple[float, float]
    vibrato_cents: tuple[float, float]
    vibrato_after_s: float
    scoop_cents: float
    attack_s: float
    release_s: float
    late_s: float
    swell: float


@dataclass(frozen=True)
class Player:
    """One of them. semitones: how far from the written pitch this one plays (a double bass: -12), where its lowest string allows."""

    cents: float
    vibrato_hz: float
    vibrato_cents: float
    level: float = 1.0
    semitones: int = 0

    def pitch(self, written: int) -> int:
        return written + self.semitones if written + self.semitones >= LOWEST_STRING else written


def players(habits: Habits, rng: Rng) -> list[Player]:
    """Drawn anew for each voice and seed; on the average in tune."""
    cents = rng.standard_normal(habits.count) * habits.tuning_cents
    cents -= cents.mean()
    return [Player(float(one), rng.uniform(*habits.vibrato_hz), rng.uniform(*habits.vibrato_cents)) for one in cents]


@dataclass(frozen=True)
class Timbre:
    """harmonics: pitch -> amplitudes (harmonics,) of the source; tone: the filter it meets afterwards; noise_db: air or bow beside it."""

    harmonics: Callable[[int], np.ndarray]
    tone: Gain
    noise_db: float


def ensemble(line: Line, habits: Habits, group: Sequence[Player], timbre: Timbre, rng: Rng) -> Floats:
    """(samples,) of a voice before its filter; all pitches come out of that equally loud."""
    signal = np.zeros(line.samples, np.float32)
    sources: dict[int, tuple[Cycle, float]] = {}
    phases = rng.random(1024)
    share = 1 / np.sqrt(len(group))
    for note in line.played:
        for player in group:
            pitch = player.pitch(note.pitch)
            if pitch not in sources:
                amplitudes = timbre.harmonics(pitch)
                sources[pitch] = Cycle(amplitudes, phases[: len(amplitudes)]), tone_level(amplitudes, pitch, timbre.tone)
            cycle, level = sources[pitch]
            turns, loud = gestures(note, player, habits, line.rate_hz, rng)
            loud *= np.float32(share * player.level * level)
            start = note.start + round(rng.uniform(0, habits.late_s) * line.rate_hz)
            end = min(line.samples, start + len(turns))
            signal[start:end] += (cycle.played(turns, rng.random()) * loud)[: max(0, end - start)]
    signal += rustle(signal, timbre.noise_db, rng)
    return signal


def gestures(note: Played, player: Player, habits: Habits, rate_hz: int, rng: Rng) -> tuple[Floats, Floats]:
    """(turns of the cycle a sample, loudness), (samples,) each, from the onset to the end of the release."""
    release = round(habits.release_s * rate_hz)
    count = note.length + release
    points = -(-count // CONTROL) + 1
    t = np.arange(points) * (CONTROL / rate_hz)
    held_s = note.length / rate_hz
    deep = smooth((t - habits.vibrato_after_s) / 0.5)
    cents = player.cents + habits.scoop_cents * np.exp(-t / 0.05) + wander(t, 2.5, rng) * habits.unsteady_cents
    cents += deep * player.vibrato_cents * np.sin(2 * np.pi * (player.vibrato_hz * t + 0.1 * wander(t, 1.0, rng) + rng.random()))
    turns = hertz(player.pitch(note.pitch)) / rate_hz * 2 ** (cents / 1200)
    attack = min(habits.attack_s, 0.5 * held_s)
    loud = smooth(t / attack) * smooth((held_s + habits.release_s - t) / habits.release_s) ** 2
    loud *= 1 + habits.swell * (np.sin(np.pi * np.minimum(t / (held_s + habits.release_s), 1)) - 0.6) + 0.06 * wander(t, 4.0, rng)
    return expanded(turns, count), expanded(loud, count)


def smooth(x: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, and half a cosine between."""
    found: np.ndarray = 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))
    return found


def wander(t: np.ndarray, rate_hz: float, rng: Rng) -> np.ndarray:
    """A random walk's smooth cousin: standard deviation about 1, rate_hz turns a second."""
    at = t * (2 * rate_hz)
    knots = rng.standard_normal(int(at[-1]) + 2)
    whole = at.astype(np.intp)
    between = smooth(at - whole)
    found: np.ndarray = knots[whole] * (1 - between) + knots[whole + 1] * between
    return found


def tone_level(amplitudes: np.ndarray, pitch: int, tone: Gain) -> float:
    """The factor that gives a waveform of such harmonics unit K-weighted power after its filter."""
    frequencies = (hertz(pitch) * np.arange(1, len(amplitudes) + 1)).astype(np.float32)
    heard = amplitudes * tone(frequencies) * k_weight(frequencies)
    return float(1 / np.sqrt((heard**2).sum() / 2))


def rustle(signal: Floats, level_db: float, rng: Rng) -> Floats:
    """Noise that follows the loudness of a signal, level_db against it."""
    count = -(-len(signal) // CONTROL)
    padded = np.zeros(count * CONTROL, np.float32)
    padded[: len(signal)] = signal
    power = np.convolve((padded.reshape(count, CONTROL) ** 2).mean(axis=1), np.ones(32) / 32, "same")
    loud = (np.sqrt(power) * 10 ** (level_db / 20)).astype(np.float32)
    noise = rng.standard_normal(count * CONTROL, np.float32).reshape(count, CONTROL)
    made: Floats = (noise * loud[:, None]).reshape(-1)[: len(signal)]
    return made


def arcs(line: Line, depth_db: float) -> Floats:
    """(samples,) the loudness of phrases: a little more towards two thirds of each."""
    points = -(-line.samples // CONTROL) + 1
    t = np.arange(points) * (CONTROL / line.rate_hz)
    times, levels = [], []
    for begin, end in zip(line.phrases_s[:-1], line.phrases_s[1:], strict=True):
        times += [begin, begin + 0.6 * (end - begin)]
        levels += [-depth_db, 0.0]
    times.append(line.phrases_s[-1])
    levels.append(-depth_db)
    return expanded(10 ** (np.interp(t, times, levels) / 20), line.samples)
