"""What the network was trained and is measured on: utterances split by speaker, recorded noises split by recording, and synthetic ones.

Test material is never trained on: 40 speakers, the effect clips of the split "eval", and stationary noises of other colours.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.audio.effects.hearing import read_clips, read_samples
from apps.audio.noise.spectra import NETWORK_RATE_HZ, Floats
from shared.errors import NotFound

__all__ = ["noises", "procedural", "resampled", "speakers", "utterance"]

TEST_SPEAKERS, VALID_SPEAKERS = 40, 10


def speakers(folder: Path, split: str) -> list[Path]:
    """The files `SPEAKER-CHAPTER-UTTERANCE.flac` of a split: "test" has 40 speakers, "valid" 10, "train" the others.

    Speakers are ordered by the sha256 of their number, so the split does not depend on the file system. Raises `NotFound`.
    """
    files = sorted(folder.glob("*.flac"))
    if not files:
        raise NotFound(f"{folder} holds no FLAC file.", remedy="Give a folder of LibriSpeech utterances: SPEAKER-CHAPTER-UTTERANCE.flac")
    order = sorted({path.name.split("-")[0] for path in files}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    parts = {
        "test": order[:TEST_SPEAKERS],
        "valid": order[TEST_SPEAKERS : TEST_SPEAKERS + VALID_SPEAKERS],
        "train": order[TEST_SPEAKERS + VALID_SPEAKERS :],
    }
    wanted = set(parts[split])
    return [path for path in files if path.name.split("-")[0] in wanted]


def utterance(path: Path) -> Floats:
    """(n,) samples at 16 kHz."""
    import soundfile

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return resampled(samples.mean(axis=1), rate, NETWORK_RATE_HZ)


def resampled(signal: NDArray[np.floating], rate_hz: int, to_hz: int) -> Floats:
    """(n,) at another rate, by a polyphase filter."""
    from scipy.signal import resample_poly

    if rate_hz == to_hz:
        return signal.astype(np.float32)
    common = int(np.gcd(rate_hz, to_hz))
    return resample_poly(signal.astype(np.float32), to_hz // common, rate_hz // common).astype(np.float32)


def noises(folder: Path, split: str) -> list[tuple[str, Floats]]:
    """(class, (n,) samples at 16 kHz) of the recorded clips of a split, "train" or "eval"; silent ones left out."""
    found = []
    for clip in read_clips(folder):
        if clip.split != split:
            continue
        samples, rate = read_samples(clip)
        signal = resampled(samples, rate, NETWORK_RATE_HZ)
        if len(signal) > NETWORK_RATE_HZ // 20 and np.abs(signal).max() > 1e-3:
            found.append((clip.kind, signal))
    return found


def procedural(each: int, seed: int, duration_s: float = 4.0) -> list[Floats]:
    """`each` renderings of every class of the effect synthesiser, at 16 kHz."""
    from apps.audio.effects.parameters import draw
    from apps.audio.effects.synthesis import classes, is_usable, render

    found: list[Floats] = []
    for kind in classes():
        for number in range(each):
            rng = np.random.default_rng([seed, len(found), number])
            drawn = draw(kind, rng)
            signal = render(kind, drawn.values, duration_s, rng, drawn.spectrum_db, match=drawn.match)
            if is_usable(signal):
                found.append(resampled(signal, 48_000, NETWORK_RATE_HZ))
    return found
