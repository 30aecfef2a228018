"""Statistics of a sound's log-mel picture: what the fit compares and the judge learns from. And the clips they are compared with."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.blocks import Floats
from shared.errors import NotFound, Unavailable

__all__ = ["DATA_NAMES", "MEL_BANDS", "Clip", "features", "log_mel", "picture", "read_clips", "read_samples"]

MEL_BANDS = 64
FRAME_S, HOP_S = 0.032, 0.010
FLOOR_DB = -60.0
GROUPS = 8
MODULATION_HZ = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 50.0)
PICTURE_FRAMES = 64
DATA_NAMES = {"alarm": "alarm_horn", "clock": "clock_tick", "sea": "sea_waves"}
"""Our class's name in the data where it differs."""


@dataclass(frozen=True)
class Clip:
    """A recorded clip: kind is our class's key, split "train" or "eval" (by the recording it comes from)."""

    path: Path
    kind: str
    split: str
    description: str
    licence: str
    author: str
    source: str
    source_id: str


def read_clips(data: Path) -> list[Clip]:
    """The index of the effect clips in a folder. Raises `NotFound`."""
    index = data / "index.csv"
    if not index.is_file():
        raise NotFound(f"{data} holds no index.csv.", remedy="Give the folder of the effect clips: --data .../audio/effects")
    ours = {theirs: key for key, theirs in DATA_NAMES.items()}
    with index.open(encoding="utf-8", newline="") as file:
        return [
            Clip(
                data / row["file"],
                ours.get(row["class"], row["class"]),
                row["split"],
                row["description"],
                row["licence"],
                row["author"],
                row["source"],
                row["source_id"],
            )
            for row in csv.DictReader(file)
        ]


def read_samples(clip: Clip) -> tuple[Floats, int]:
    """((n,) samples, rate in Hz) of a clip, channels averaged."""
    try:
        import soundfile
    except ImportError as missing:
        raise Unavailable("Clips in OGG are read by the package soundfile.", remedy="Install it: pip install soundfile") from missing
    samples, rate = soundfile.read(clip.path, dtype="float64", always_2d=True)
    return samples.mean(axis=1), rate


@cache
def _filters(rate_hz: int, bins: int) -> tuple[NDArray[np.float32], Floats]:
    """(bins, 64) triangles, each of unit sum, from 40 Hz to 15 kHz; and the bins' Hz."""
    mel = np.linspace(2595 * np.log10(1 + 40 / 700), 2595 * np.log10(1 + 15_000 / 700), MEL_BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hz = np.arange(bins) * rate_hz / (2 * (bins - 1))
    width = np.maximum(np.diff(edges), rate_hz / (2 * (bins - 1)))
    up = (hz[:, None] - edges[None, :-2]) / width[None, :-1]
    down = (edges[None, 2:] - hz[:, None]) / width[None, 1:]
    weights = np.clip(np.minimum(up, down), 0, None)
    return (weights / np.maximum(weights.sum(axis=0), 1e-9)).astype(np.float32), hz


def _spectrogram(signal: NDArray, rate_hz: int) -> NDArray[np.float32]:
    """(frames, bins) power, of 32 ms every 10 ms."""
    size, hop = round(FRAME_S * rate_hz), round(HOP_S * rate_hz)
    padded = np.pad(signal.astype(np.float32), (size // 2, max(size // 2, size - len(signal))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return (np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1)) ** 2).astype(np.float32)


def _decibel(power: NDArray[np.float32]) -> tuple[NDArray[np.float32], slice]:
    """dB under the loudest band, not below -60; and the frames that are left when silence at both ends is cut."""
    level = 10 * np.log10(power + 1e-20)
    level = np.maximum(level - level.max(), FLOOR_DB)
    heard = np.flatnonzero(level.max(axis=1) > FLOOR_DB + 5)
    return level, slice(int(heard[0]), int(heard[-1]) + 1) if len(heard) else slice(0, len(level))


def log_mel(signal: NDArray, rate_hz: int) -> NDArray[np.float32]:
    """(frames, 64) dB under the loudest, -60 to 0, without silence at the ends."""
    power = _spectrogram(signal, rate_hz)
    level, heard = _decibel(power @ _filters(rate_hz, power.shape[1])[0])
    return level[heard]


def picture(mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """(64 x 64,) the log-mel stretched to 64 frames, of zero mean and unit length: dot products are correlations."""
    at = np.linspace(0, len(mel) - 1, PICTURE_FRAMES)
    left = np.minimum(at.astype(np.intp), max(len(mel) - 2, 0))
    blend = (at - left)[:, None].astype(np.float32)
    flat = (mel[left] * (1 - blend) + mel[np.minimum(left + 1, len(mel) - 1)] * blend).reshape(-1)
    flat = flat - flat.mean()
    return flat / max(float(np.linalg.norm(flat)), 1e-9)


def features(signal: NDArray, rate_hz: int) -> NDArray[np.float32]:
    """(F,) statistics: of each band the mean, deviation and peak; envelope, modulation, tonality and its change; duration."""
    power = _spectrogram(signal, rate_hz)
    filters, hz = _filters(rate_hz, power.shape[1])
    level, heard = _decibel(power @ filters)
    level, power = level[heard], power[heard]
    frames = len(level)
    mean = level.mean(axis=0)
    envelope = 10 * np.log10((10 ** (level / 10)).mean(axis=1))
    envelope = np.maximum(envelope - envelope.max(), FLOOR_DB)
    grouped = level.reshape(frames, GROUPS, -1).mean(axis=2)
    parts = [
        mean - mean.mean(),
        level.std(axis=0),
        np.percentile(level, 95, axis=0) - mean,
        np.interp(np.linspace(0, 1, 24), np.linspace(0, 1, frames), envelope),
        _modulation(grouped),
        _modulation(envelope[:, None]),
        *_tonality(power, hz),
        _movement(level, envelope, frames),
    ]
    return np.concatenate([np.asarray(part, np.float32).reshape(-1) for part in parts])


def _modulation(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """(groups, 7) dB: fluctuation of the level in octaves of modulation frequency."""
    size = 1024
    centred = (level - level.mean(axis=0)) * np.hanning(len(level))[:, None]
    power = np.abs(np.fft.rfft(centred[: 4 * size], max(size, len(centred)), axis=0)) ** 2 / len(level)
    hz = np.arange(len(power)) / max(size, len(centred)) / HOP_S
    rows = [power[(hz >= low) & (hz < high)].mean(axis=0) for low, high in pairwise(MODULATION_HZ)]
    return (10 * np.log10(np.stack(rows, axis=1) + 0.1)).astype(np.float32)


def _tonality(power: NDArray[np.float32], hz: Floats) -> Iterator[NDArray[np.float32]]:
    """Mean and deviation over frames of the spectral flatness (dB) in 8 bands: 0 is noise, far below is tones."""
    bounds = np.geomspace(80, 14_000, GROUPS + 1)
    logs = np.log(power + 1e-12 * power.max() + 1e-30)
    weight = power.sum(axis=1) / max(float(power.sum()), 1e-30)
    for low, high in pairwise(bounds):
        inside = (hz >= low) & (hz < max(high, low + 130))
        flatness = 4.34 * (logs[:, inside].mean(axis=1) - np.log(power[:, inside].mean(axis=1) + 1e-30))
        mean = float((weight * flatness).sum())
        yield np.array([mean, np.sqrt((weight * (flatness - mean) ** 2).sum())], np.float32)


def _movement(level: NDArray[np.float32], envelope: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Duration, onsets, the share of loud frames, wander of the spectral centroid (in bands), change from frame to frame (dB)."""
    linear = 10 ** (level / 10)
    centroid = (linear * np.arange(MEL_BANDS)).sum(axis=1) / linear.sum(axis=1)
    steps = np.diff(envelope) if frames > 1 else np.zeros(1)
    change = np.abs(np.diff(level, axis=0)).mean() if frames > 1 else 0.0
    loud = 10 ** (envelope / 10)
    mean = float((centroid * loud).sum() / loud.sum())
    spread = float(np.sqrt((loud * (centroid - mean) ** 2).sum() / loud.sum()))
    crest = float(envelope.max() - 10 * np.log10(loud.mean()))
    return np.array(
        [
            10 * np.log(frames * HOP_S),
            10 * np.log1p((steps > 6).sum() / (frames * HOP_S)),
            20 * (envelope > -10).mean(),
            20 * (envelope > -30).mean(),
            mean,
            spread,
            crest,
            4 * change,
            float(np.argmax(envelope)) / frames * 20,
        ],
        np.float32,
    )
