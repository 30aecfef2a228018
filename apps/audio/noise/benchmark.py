"""The figures of the model card: noise reduction on unseen speakers and noises, beside what else there is.

    python -m apps.audio.noise.benchmark --speech FOLDER --effects FOLDER [--quick]

pesq, pystoi, noisereduce and pyrnnoise are needed for their own columns and rows only: what is not installed is left out, and said.
(pyrnnoise is used through its C library alone: `pip install --no-deps pyrnnoise` is enough.)
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import importlib.util
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from apps.audio.noise.corpus import noises, resampled, speakers, utterance
from apps.audio.noise.denoise import MaskOf, reduce
from apps.audio.noise.log_mmse import Suppressor
from apps.audio.noise.mixing import coloured
from apps.audio.noise.spectra import NETWORK_RATE_HZ, Floats, Grid
from apps.audio.sound import Sound

__all__ = ["apply_log_mmse", "direct_mask", "main", "mixtures", "si_sdr_db"]

SNRS_DB = (0, 5, 10)
SEED = 77
STATIONARY_SHARE = 0.25
RNNOISE_RATE_HZ, RNNOISE_FRAME = 48_000, 480
RATE = NETWORK_RATE_HZ


def mixtures(speech: Path, effects: Path, snr_db: float, count: int) -> list[tuple[Floats, Floats]]:
    """(noisy, clean) of test speakers: an evaluation clip each, repeated to the utterance's length, every fourth time stationary noise."""
    clips = noises(effects, "eval")
    pairs = []
    for number, path in enumerate(speakers(speech, "test")[:count]):
        rng = np.random.default_rng([SEED, number])
        clean = utterance(path)
        if rng.random() < STATIONARY_SHARE:
            noise = coloured(rng, len(clean), slope_db=(-6.0, 0.0), bumps_db=4.0)
        else:
            clip = clips[int(rng.integers(len(clips)))][1]
            noise = np.roll(np.tile(clip, len(clean) // len(clip) + 1), -int(rng.integers(len(clip))))[: len(clean)]
        scale = np.sqrt(np.mean(clean**2) / max(float(np.mean(noise**2)), 1e-12)) * 10 ** (-snr_db / 20)
        noisy = clean + noise * np.float32(scale)
        peak = max(1.0, float(np.abs(noisy).max()))  # programs beside ours clip
        pairs.append(((noisy / peak).astype(np.float32), (clean / peak).astype(np.float32)))
    return pairs


def si_sdr_db(estimate: Floats, clean: Floats) -> float:
    """Scale-invariant signal-to-distortion ratio (Le Roux et al. 2019)."""
    a, b = estimate - estimate.mean(), clean - clean.mean()
    part = b * (np.dot(a, b) / max(float(np.dot(b, b)), 1e-12))
    return 10 * float(np.log10(np.dot(part, part) / max(float(np.dot(a - part, a - part)), 1e-12)))


def direct_mask() -> MaskOf:
    """The shipped network, without the engine."""
    import torch

    from apps.audio.noise.model import DENOISER
    from shared.serving import CpuDevice, DType

    torch.set_num_threads(1)
    loaded = DENOISER.load(CpuDevice(), DType.FLOAT32)
    step: Any = lambda done, total: None  # noqa: E731
    return lambda chunk: loaded.run([chunk], step)[0]


def apply_log_mmse(noisy: Floats) -> Floats:
    """The classical row: the noise tracked, the gains of Ephraim and Malah, 16 kHz."""
    grid = Grid.of(RATE)
    spectrum = grid.analyse(noisy)
    total: Floats = np.zeros(len(noisy), np.float32)
    weight = np.zeros_like(total)
    grid.add(spectrum * Suppressor().gains(np.abs(spectrum) ** 2), range(len(spectrum)), total, weight)
    total /= np.maximum(weight, np.float32(1e-3))
    return total


def _ours(mask_of: MaskOf) -> Callable[[Floats], Floats]:
    return lambda noisy: reduce(Sound(noisy[:, None], RATE), mask_of=mask_of, material="speech", hum="off").clean[:, 0]


def _noisereduce() -> Callable[[Floats], Floats]:
    module = importlib.import_module("noisereduce")
    return lambda noisy: np.asarray(module.reduce_noise(y=noisy, sr=RATE), np.float32)


def _rnnoise() -> Callable[[Floats], Floats]:
    """RNNoise at its own 48 kHz, its delay taken out where it fits best."""
    found = importlib.util.find_spec("pyrnnoise")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'pyrnnoise'", name="pyrnnoise")
    library = ctypes.CDLL(str(Path(found.origin).parent / "librnnoise.so"))
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.rnnoise_process_frame.restype = ctypes.c_float
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]

    def run(noisy: Floats) -> Floats:
        wide = resampled(noisy, RATE, RNNOISE_RATE_HZ) * np.float32(32768)
        frames = np.zeros((len(wide) // RNNOISE_FRAME + 3) * RNNOISE_FRAME, np.float32)
        frames[: len(wide)] = wide
        state = library.rnnoise_create(None)
        for start in range(0, len(frames), RNNOISE_FRAME):
            at = frames.ctypes.data + 4 * start
            library.rnnoise_process_frame(state, at, at)
        library.rnnoise_destroy(state)
        delays = range(0, 2 * RNNOISE_FRAME + 1, 24)
        delay = max(delays, key=lambda lag: float(np.dot(frames[lag : lag + len(wide)], wide)))
        return resampled(frames[delay : delay + len(wide)] / np.float32(32768), RNNOISE_RATE_HZ, RATE)[: len(noisy)]

    return run


def _measures() -> dict[str, Callable[[Floats, Floats], float]]:
    found: dict[str, Callable[[Floats, Floats], float]] = {"SI-SDR": si_sdr_db}
    try:
        pesq = importlib.import_module("pesq").pesq
        found["PESQ-wb"] = lambda estimate, clean: float(pesq(RATE, clean, estimate, "wb"))
    except ImportError as missing:
        print(f"{missing.name} is not installed: column PESQ-wb left out")
    try:
        stoi = importlib.import_module("pystoi").stoi
        found["STOI"] = lambda estimate, clean: float(stoi(clean, estimate, RATE))
    except ImportError as missing:
        print(f"{missing.name} is not installed: column STOI left out")
    return found


def _methods() -> dict[str, Callable[[Floats], Floats]]:
    methods: dict[str, Callable[[Floats], Floats]] = {"noisy": lambda noisy: noisy}
    for name, make in (("noisereduce", _noisereduce), ("log-MMSE", lambda: apply_log_mmse), ("RNNoise", _rnnoise)):
        try:
            methods[name] = make()
        except ImportError as missing:
            print(f"{missing.name} is not installed: row {name} left out")
    return {**methods, "ours": _ours(direct_mask())}


def _row(method: Callable[[Floats], Floats], pairs: Sequence[tuple[Floats, Floats]], measures: dict[str, Any]) -> tuple[list[float], float]:
    """(the measures' means, seconds of sound a second of CPU time)"""
    method(pairs[0][0][:RATE])
    began = time.process_time()
    results = [method(noisy) for noisy, _ in pairs]
    spent = time.process_time() - began
    figures = [
        float(np.mean([measure(found, clean) for found, (_, clean) in zip(results, pairs, strict=True)])) for measure in measures.values()
    ]
    return figures, sum(len(noisy) for noisy, _ in pairs) / RATE / max(spent, 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure noise reduction.")
    parser.add_argument("--speech", type=Path, required=True, help="folder of SPEAKER-CHAPTER-UTTERANCE.flac")
    parser.add_argument("--effects", type=Path, required=True, help="folder of effect clips with its index.csv")
    parser.add_argument("--quick", action="store_true", help="10 speakers instead of 40")
    arguments = parser.parse_args()
    count = 10 if arguments.quick else 40
    measures, methods = _measures(), _methods()
    print(f"\n{' / '.join(measures)}, means of {count} unseen speakers in unseen noises\n")
    print(f"| | {' | '.join(f'{snr} dB' for snr in SNRS_DB)} | x real time, one core |\n| --- |" + " --- |" * (len(SNRS_DB) + 1))
    sets = [mixtures(arguments.speech, arguments.effects, snr, count) for snr in SNRS_DB]
    for name, method in methods.items():
        rows = [_row(method, pairs, measures) for pairs in sets]
        cells = [" / ".join(f"{figure:.2f}" for figure in figures) for figures, _ in rows]
        print(
            f"| {name} | {' | '.join(cells)} | {'' if name == 'noisy' else f'{np.median([speed for _, speed in rows]):.0f}'} |", flush=True
        )
    _kinds(arguments.speech, methods, measures, count // 2)
    _further(arguments.speech, methods["ours"], count)


def _kinds(speech: Path, methods: dict[str, Callable[[Floats], Floats]], measures: dict[str, Any], count: int) -> None:
    """A table of plain kinds of noise: coloured noise and babble are in training too, babble of other speakers."""
    from apps.audio.noise.extras import KINDS, in_kind

    clean = [utterance(path) for path in speakers(speech, "test")]
    print(f"\n| 5 dB, {count} speakers | {' | '.join(KINDS)} |\n| --- |" + " --- |" * len(KINDS))
    sets = [[in_kind(kind, clean, number, snr_db=5) for number in range(count)] for kind in KINDS]
    for name, method in methods.items():
        rows = [_row(method, pairs, measures)[0] for pairs in sets]
        print(f"| {name} | {' | '.join(' / '.join(f'{figure:.2f}' for figure in figures) for figures in rows)} |", flush=True)


def _further(speech: Path, ours: Callable[[Floats], Floats], count: int) -> None:
    """Damage to clean speech, and hum."""
    from apps.audio.noise.extras import damage, hiss, hums

    clean = [utterance(path) for path in speakers(speech, "test")[:count]]
    print(f"\nClean speech in, SI-SDR of what comes out: {damage(clean, ours):.1f} dB")
    print(hums(clean))
    print(hiss())


if __name__ == "__main__":
    main()
