"""The fakes that the head is trained and measured on: every utterance resynthesised by every vocoder, and sentences spoken by synthesisers.

    python -m apps.deepfake.voice.fakes --speech FOLDER --out FAKES [--families lpc,flite] [--spoken 160]

FAKES/FAMILY/NAME.flac: a vocoder's NAME is its original's, and the two run side by side; a synthesiser's is a number and a voice.
What is there already is not made again. A family whose program is missing is named and left out.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.tts import TTS_FAMILIES, spoken
from apps.deepfake.voice.vocoders import RATE_HZ, VOCODERS
from shared.errors import NotFound, Unavailable

__all__ = ["excerpt", "main", "resynthesise", "speak"]

SEED = 1
EXCERPT_S = 9.0
"""Of each utterance, from its beginning: enough for several windows."""


def excerpt(path: Path) -> NDArray[np.float32]:
    """(n,) the first nine seconds at 16 kHz, mono."""
    import soundfile
    from scipy.signal import resample_poly

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if rate_hz != RATE_HZ:
        common = int(np.gcd(rate_hz, RATE_HZ))
        mono = resample_poly(mono, RATE_HZ // common, rate_hz // common)
    return mono[: round(EXCERPT_S * RATE_HZ)].astype(np.float32)


def resynthesise(family: str, speech: Path, out: Path) -> int:
    """One file for each FLAC of `speech`; how many were made. Raises NotFound, Unavailable."""
    files = sorted(speech.glob("*.flac"))
    if not files:
        raise NotFound(f"{speech} holds no FLAC file.", remedy="Give a folder of utterances: SPEAKER-CHAPTER-UTTERANCE.flac")
    made = 0
    for path in files:
        target = out / family / path.name
        if target.is_file():
            continue
        rng = np.random.default_rng([SEED, sorted(VOCODERS).index(family), zlib.crc32(path.name.encode())])
        _write(target, VOCODERS[family](excerpt(path), rng), RATE_HZ)
        made += 1
    return made


def speak(family: str, count: int, out: Path) -> int:
    """`count` clips of a synthesiser; how many were made. Raises Unavailable."""
    there = {path.name[:4] for path in (out / family).glob("*.flac")}
    made = 0
    for number, clip in spoken(family, count, SEED, skip=lambda number: f"{number:04d}" in there):
        voice = "".join(letter if letter.isalnum() or letter in "._" else "_" for letter in clip.voice)
        _write(out / family / f"{number:04d}-{voice}.flac", clip.samples, clip.rate_hz)
        made += 1
    return made


def _write(path: Path, samples: NDArray[np.float32], rate_hz: int) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    peak = max(1.0, float(np.abs(samples).max(initial=0.0)) / 0.99)
    draft = path.with_suffix(".part")
    soundfile.write(draft, samples / peak, rate_hz, format="FLAC")
    draft.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the fakes.")
    parser.add_argument("--speech", type=Path, required=True, help="folder of SPEAKER-CHAPTER-UTTERANCE.flac")
    parser.add_argument("--out", type=Path, required=True, help="folder of the fakes")
    parser.add_argument("--families", default=",".join([*VOCODERS, *TTS_FAMILIES]), help="which, separated by commas")
    parser.add_argument("--spoken", type=int, default=160, help="clips of each synthesiser")
    arguments = parser.parse_args()
    for family in arguments.families.split(","):
        try:
            if family in VOCODERS:
                made = resynthesise(family, arguments.speech, arguments.out)
            elif family in TTS_FAMILIES:
                made = speak(family, arguments.spoken, arguments.out)
            else:
                raise NotFound(f"There is no family {family!r}.", remedy=f"Take some of {', '.join([*VOCODERS, *TTS_FAMILIES])}.")
        except Unavailable as error:
            print(f"{family}: {error}", flush=True)
            continue
        print(f"{family}: {made} made", flush=True)


if __name__ == "__main__":
    main()
