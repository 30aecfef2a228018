"""Further figures of noise reduction: what it does to clean speech, to hum, to hiss under music; and music and hum to measure with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from apps.audio.noise.denoise import MaskOf, reduce
from apps.audio.noise.hum import find_hum, remove_hum
from apps.audio.noise.spectra import NETWORK_RATE_HZ, Floats
from apps.audio.sound import Sound

__all__ = ["KINDS", "damage", "hiss", "hum_like", "hums", "in_kind", "music_like"]

RATE = NETWORK_RATE_HZ
HUM_LEVELS_DB = (0, -10, -20)
MUSIC_RATE_HZ = 44_100
HISS_DB = -50.0
KINDS = ("white", "pink", "babble")
TALKERS = 6


def hum_like(rng: np.random.Generator, samples: int, rate_hz: int, hz: float) -> Floats:
    """(n,) a fundamental and eleven harmonics of falling strength, its frequency wandering by a few hundredths of a Hz; RMS 1."""
    time = np.arange(samples) / rate_hz
    phase = 2 * np.pi * hz * time + 0.5 * np.sin(2 * np.pi * 0.05 * time)
    fall = rng.uniform(0.2, 1)
    lines = [rng.uniform(0.2, 1) * k**-fall * np.sin(k * phase + rng.uniform(0, 6)) for k in range(1, 13)]
    hum = np.sum(lines, axis=0)
    return (hum / np.sqrt(np.mean(hum**2))).astype(np.float32)


def music_like(rng: np.random.Generator, seconds: float, rate_hz: int) -> Floats:
    """(n,) plucked chords in an even beat, with pauses in between; peak 0.5."""
    total = np.zeros(round(seconds * rate_hz))
    beat, decay, at = 60 / rng.uniform(60, 140), rng.choice([1.0, 3.0]), 0.0
    while at < seconds - 0.3:
        for _ in range(int(rng.integers(1, 5))):
            start = round(at * rate_hz)
            length = min(round(2 * beat * rate_hz), len(total) - start)
            time = np.arange(length) / rate_hz
            hertz = 110 * 2 ** (rng.integers(0, 30) / 12)
            partials = [np.exp(-time * decay * k) * np.sin(2 * np.pi * hertz * k * time + k) / k for k in range(1, 9)]
            total[start : start + length] += np.sum(partials, axis=0) * np.minimum(1, time * 100)
        at += beat * rng.choice([0.5, 1.0, 2.0])
    return (total / np.abs(total).max() * 0.5).astype(np.float32)


def in_kind(kind: str, clean: Sequence[Floats], number: int, snr_db: float) -> tuple[Floats, Floats]:
    """(noisy, clean) of one utterance in white or pink noise (down to 0 Hz: rumble), or in six of the other speakers talking at once."""
    rng, speech = np.random.default_rng([99, number]), clean[number]
    n = len(speech)
    noise = rng.standard_normal(n)
    if kind == "pink":
        noise = np.fft.irfft(np.fft.rfft(noise) / np.sqrt(np.arange(1, n // 2 + 2)), n)
    elif kind == "babble":
        others = rng.choice([other for other in range(len(clean)) if other != number], TALKERS, replace=False)
        talk = [np.roll(np.resize(clean[other] / clean[other].std(), n), int(rng.integers(n))) for other in others]
        noise = np.sum(talk, axis=0)
    noise *= speech.std() / noise.std() * 10 ** (-snr_db / 20)
    return (speech + noise).astype(np.float32), speech


def damage(clean: Sequence[Floats], method: Callable[[Floats], Floats]) -> float:
    """Mean SI-SDR in dB of what comes out when clean speech goes in."""
    from apps.audio.noise.benchmark import si_sdr_db

    return float(np.mean([si_sdr_db(method(speech), speech) for speech in clean]))


def hums(clean: Sequence[Floats]) -> str:
    """A sentence: hum found and removed at several levels under speech, and found where nobody put any."""
    rng = np.random.default_rng(5)
    without = [speech for speech in clean if find_hum(speech, RATE) is None]
    parts = []
    for level_db in HUM_LEVELS_DB:
        found, lower = 0, []
        for speech in without:
            hz = float(rng.choice([50.0, 60.0]) + rng.uniform(-0.2, 0.2))
            hum = hum_like(rng, len(speech), RATE, hz) * np.float32(np.std(speech) * 10 ** (level_db / 20))
            heard = find_hum(speech + hum, RATE)
            if heard is not None and abs(heard.hz - hz) < 0.2:
                found += 1
                rest = remove_hum((speech + hum)[:, None], RATE, heard)[:, 0] - speech
                lower.append(10 * np.log10(np.sum(hum**2) / np.sum(rest**2)))
        parts.append(f"at {level_db} dB under speech found in {found} of {len(without)}, lowered by {np.mean(lower):.1f} dB")
    music = sum(find_hum(music_like(np.random.default_rng(seed), 10, RATE), RATE) is not None for seed in range(20))
    return (
        f"Hum: {'; '.join(parts)}. Heard in {len(clean) - len(without)} of {len(clean)} recordings as they are, in {music} of 20 of music."
    )


def hiss(mask_of: MaskOf | None = None) -> str:
    """A sentence: hiss under music with pauses, before and after."""
    before, after = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        music = music_like(rng, 10, MUSIC_RATE_HZ)
        noise = (rng.standard_normal(len(music)) * 10 ** (HISS_DB / 20)).astype(np.float32)
        silent: MaskOf = lambda chunk: np.zeros((len(chunk) // 256 + 1, 257), np.float32)  # noqa: E731
        found = reduce(Sound((music + noise)[:, None], MUSIC_RATE_HZ), mask_of=mask_of or silent, material="music").clean[:, 0]
        before.append(10 * np.log10(np.sum(music**2) / np.sum(noise**2)))
        after.append(10 * np.log10(np.sum(music**2) / np.sum((found - music) ** 2)))
    figures = f"signal to noise {np.mean(before):.1f} dB before, {np.mean(after):.1f} dB after"
    return f"Hiss at {HISS_DB:.0f} dB under plucked chords at 44.1 kHz: {figures}."
