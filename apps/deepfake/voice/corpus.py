"""Which recordings and fakes are trained on, calibrated on and tested on: split by speaker, and synthesisers' clips by number.

    corpus = Corpus(speech, fakes)
    corpus.reals("test"), corpus.fakes("kokoro", "test"), corpus.twins(path)

A vocoder's fakes go where the speaker goes whom they resynthesise. Which synthesiser's clip goes where is settled by its number: the
voices and sentences of a family are the same in all parts, so its own test says little; a family that was held out whole says what counts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.tts import TTS_FAMILIES
from apps.deepfake.voice.vocoders import RATE_HZ, VOCODERS
from shared.errors import NotFound

__all__ = ["Corpus", "read", "sexes"]

TEST_SPEAKERS, CALIBRATION_SPEAKERS = 60, 40
PARTS = ("test", "calibration", "train")
Floats = NDArray[np.float32]


def read(path: Path, from_s: float = 0.0, seconds: float | None = None) -> Floats:
    """(n,) mono at 16 kHz, a stretch of the file; an 8 kHz file comes up with its upper half empty."""
    import soundfile
    from scipy.signal import resample_poly

    with soundfile.SoundFile(path) as file:
        rate_hz = int(file.samplerate)
        file.seek(min(int(from_s * rate_hz), file.frames))
        samples = file.read(-1 if seconds is None else int(seconds * rate_hz), dtype="float32", always_2d=True).mean(axis=1)
    if rate_hz != RATE_HZ:
        common = int(np.gcd(rate_hz, RATE_HZ))
        samples = resample_poly(samples, RATE_HZ // common, rate_hz // common)
    return samples.astype(np.float32)


def sexes(speech: Path) -> dict[str, str]:
    """{speaker: "F" or "M"} of LibriSpeech's SPEAKERS.TXT, where it lies with the utterances; else nothing."""
    table = speech / "SPEAKERS.TXT"
    rows = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    return {cells[0].strip(): cells[1].strip() for row in rows if not row.startswith(";") for cells in [row.split("|")] if len(cells) > 2}


class Corpus:
    """Real utterances SPEAKER-CHAPTER-UTTERANCE.flac, and the fakes that `fakes.py` made of them and beside them."""

    def __init__(self, speech: Path, fakes: Path) -> None:
        self.speech, self._fakes = speech, fakes
        files = sorted(speech.glob("*.flac"))
        if not files:
            raise NotFound(f"{speech} holds no FLAC file.", remedy="Give a folder of utterances: SPEAKER-CHAPTER-UTTERANCE.flac")
        self.families = sorted(path.name for path in fakes.iterdir() if path.is_dir()) if fakes.is_dir() else []
        self.synthesisers = [name for name in self.families if name in TTS_FAMILIES]
        self.vocoders = [name for name in self.families if name in VOCODERS]
        if not self.families:
            raise NotFound(f"{fakes} holds no fakes.", remedy="Make them: python -m apps.deepfake.voice.fakes --speech FOLDER --out FAKES")
        order = sorted({self.speaker(path) for path in files}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        ends = (TEST_SPEAKERS, TEST_SPEAKERS + CALIBRATION_SPEAKERS)
        self._part = {name: PARTS[sum(place >= end for end in ends)] for place, name in enumerate(order)}
        self._files = files

    @staticmethod
    def speaker(path: Path) -> str:
        return path.name.split("-")[0]

    def reals(self, part: str) -> list[Path]:
        """The utterances of "train", "calibration" or "test", in an order that does not depend on the file system."""
        return [path for path in self._files if self._part[self.speaker(path)] == part]

    def fakes(self, family: str, part: str) -> list[Path]:
        """The fakes of a family in a part, or in all of them ("all")."""
        files = sorted((self._fakes / family).glob("*.flac"))
        if part == "all":
            return files
        if family in VOCODERS:
            return [path for path in files if self._part.get(self.speaker(path)) == part]
        return [path for path in files if ("test", "calibration", "train", "train", "train")[int(path.name[:4]) % 5] == part]

    def twins(self, real: Path) -> dict[str, Path]:
        """{vocoder: its resynthesis of this utterance}"""
        return {name: twin for name in self.vocoders if (twin := self._fakes / name / real.name).is_file()}
