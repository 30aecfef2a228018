"""Groups of windows that went the same way: a recording, two resyntheses of the same moment, and another recording and two synthesisers
made alike to it.

    build(corpus, folder, groups=1500, seed=1)          # folder/pool-000.npz ...: resumable
    pool = Pool(folder)

Whatever a network learns from such a group is not the microphone, the room or the codec, for these are the same for all six.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.channels import Channel, alike
from apps.deepfake.voice.corpus import Corpus, read
from apps.deepfake.voice.features import RATE_HZ, WINDOW
from apps.deepfake.voice.vad import speech_spans

__all__ = ["REAL", "Pool", "build", "group", "is_narrow"]

REAL = "real"
TAKEN_S = 2.6
"""A little more than a window: a codec's first frames and a room's beginning are cut off."""
SHARD = 50
HARDER, HARDER_FROM = 1.7, 24
"""From this shard on channels have more steps: everyday channels first, then rooms, noise, telephones and codecs at once."""
ALIKE = 0.7
"""How often a synthesiser's clip is given the long-term spectrum and the noise floor of the recording; else it keeps its own."""
Floats = NDArray[np.float32]


def group(corpus: Corpus, rng: np.random.Generator, part: str = "train", *, strength: float = 1.0) -> list[tuple[str, str, Floats]]:
    """[(family or "real", speaker or clip, (32000,))], through one channel of that strength."""
    reals = corpus.reals(part)
    path = reals[int(rng.integers(len(reals)))]
    start = _spoken_from(path, rng, limit_s=9.0)
    real = read(path, start, TAKEN_S)
    taken = [(REAL, corpus.speaker(path), real)]
    twins = corpus.twins(path)
    weights = np.array([0.3 if family == "codec2" else 1.0 for family in sorted(twins)])  # it makes its whole group narrow
    for family in rng.choice(sorted(twins), min(2, len(twins)), replace=False, p=weights / weights.sum()):
        twin = read(twins[str(family)], start, TAKEN_S)
        taken.append((str(family), corpus.speaker(path), alike(twin, real, rng) if rng.random() < ALIKE / 2 else twin))
    # a recording too is made alike to another, lest being made alike be the mark of a fake
    other = reals[int(rng.integers(len(reals)))]
    taken.append((REAL, corpus.speaker(other), _like(read(other, _spoken_from(other, rng, limit_s=9.0), TAKEN_S), real, rng)))
    for family in rng.choice(corpus.synthesisers, min(2, len(corpus.synthesisers)), replace=False):
        clips = corpus.fakes(str(family), part)
        clip = clips[int(rng.integers(len(clips)))]
        said = read(clip, _spoken_from(clip, rng), TAKEN_S)
        taken.append((str(family), clip.stem, _like(said, real, rng)))
    narrow = any(is_narrow(samples) for _, _, samples in taken)
    return _through(taken, Channel.draw(rng, strength=strength), rng, narrow=narrow)


def _like(samples: Floats, model: Floats, rng: np.random.Generator) -> Floats:
    return alike(samples, model, rng) if rng.random() < ALIKE else samples


def _through(
    taken: list[tuple[str, str, Floats]], way: Channel, rng: np.random.Generator, *, narrow: bool
) -> list[tuple[str, str, Floats]]:
    """All at another speed now and then, all narrow if one of them is, all through the channel."""
    from scipy.signal import resample_poly

    up, down = [(1, 1), (1, 1), (20, 19), (19, 20), (15, 14), (14, 15)][int(rng.integers(6))]
    count, offset = round(TAKEN_S * RATE_HZ), int(rng.integers(3000, round(TAKEN_S * RATE_HZ * 0.93) - WINDOW))
    heard = []
    for family, name, samples in taken:
        even = np.pad(samples, (0, max(0, count - len(samples))), mode="wrap")[:count]
        if narrow:
            even = resample_poly(resample_poly(even, 1, 2), 2, 1)
        if up != down:
            even = resample_poly(even, up, down)
        heard.append((family, name, way(even.astype(np.float32))[offset : offset + WINDOW]))
    return heard


def is_narrow(samples: Floats) -> bool:
    """Whether the upper half of the spectrum is empty: less than -55 dB of the lower."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    half = int(len(power) * 0.53)
    return bool(power[half:].sum() < 10**-5.5 * power[:half].sum())


_spans: dict[Path, list[tuple[float, float]]] = {}


def _spoken_from(path: Path, rng: np.random.Generator, limit_s: float = 60.0) -> float:
    """Where to cut so that at least half of what follows is speech, as far as there is such a place."""
    if path not in _spans:
        samples = read(path, 0, limit_s)
        _spans[path] = [*speech_spans(samples), (len(samples) / RATE_HZ, len(samples) / RATE_HZ)]
    *spans, (end_s, _) = _spans[path]
    last = max(0.0, end_s - TAKEN_S)
    for _ in range(8):
        start = float(rng.uniform(0, last)) if last else 0.0
        if sum(max(0.0, min(b, start + TAKEN_S) - max(a, start)) for a, b in spans) > TAKEN_S / 2:
            return start
    return min(last, spans[0][0]) if spans else 0.0


def _shard(corpus: Corpus, path: Path, number: int, groups: int, seed: int) -> None:
    strength = HARDER if number >= HARDER_FROM else 1.0
    rows = [
        (at, *row)
        for at in range(number * SHARD, number * SHARD + groups)
        for row in group(corpus, np.random.default_rng([seed, 7, at]), strength=strength)
    ]
    waves = np.stack([row[3] for row in rows])
    peak = np.maximum(np.abs(waves).max(axis=1, keepdims=True), 1e-6)
    draft = path.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as file:
        np.savez(
            file,
            group=np.array([row[0] for row in rows]),
            family=np.array([row[1] for row in rows]),
            speaker=np.array([row[2] for row in rows]),
            waves=np.round(waves / peak * 32000).astype(np.int16),
        )
    draft.replace(path)


def build(corpus: Corpus, folder: Path, *, groups: int, seed: int, workers: int = 1) -> None:
    """Write what is missing of the pool. A group is the same whenever and by whomever it is made."""
    folder.mkdir(parents=True, exist_ok=True)
    shards = [(number, folder / f"pool-{number:03d}.npz") for number in range(-(-groups // SHARD))]
    missing = [(corpus, path, number, min(SHARD, groups - number * SHARD), seed) for number, path in shards if not path.is_file()]
    if workers == 1:
        for job in missing:
            _shard(*job)
        return
    with ProcessPoolExecutor(workers) as executor:
        for running in [executor.submit(_shard, *job) for job in missing]:
            running.result()


@dataclass(frozen=True)
class Pool:
    """`waves` (n, 32000) int16; `group`, `family` and `speaker` (n,)."""

    waves: NDArray[np.int16]
    group: NDArray[np.int64]
    family: NDArray[np.str_]
    speaker: NDArray[np.str_]

    @classmethod
    def of(cls, folder: Path) -> Pool:
        """Of all shards that are there."""
        shards = [np.load(path) for path in sorted(folder.glob("pool-*.npz"))]
        waves, groups, families, speakers = (
            np.concatenate([shard[key] for shard in shards]) for key in ("waves", "group", "family", "speaker")
        )
        return cls(waves, groups, families, speakers)
