"""Speech taken apart and put together again: fakes that say the same as their original, at the same time, in the same voice.

    fake = VOCODERS["harmonic"](samples, np.random.default_rng(1))       # (n,) float32 at 16 kHz in, (n,) out

What such a pair differs in is the resynthesis and nothing else: a network cannot learn the speaker, the text or the channel from it.
Each family draws its settings from the generator. `world` needs pyworld, `codec2` the program c2enc; the others only numpy and scipy.
"""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.excitation import envelope, overlap_add, pitch, source, stft, unvoiced
from shared.errors import Unavailable

__all__ = ["RATE_HZ", "VOCODERS"]

RATE_HZ = 16_000
Floats = NDArray[np.float32]
Vocoder = Callable[[Floats, np.random.Generator], Floats]
CODEC2_MODES = ("3200", "2400", "1600", "1300")


def _mel(bins: int, bands: int) -> NDArray[np.float64]:
    """(bands, bins) triangles, equally spaced in mel (O'Shaughnessy 1987: 2595 log10(1 + f / 700)), each of sum 1."""
    top = 2595 * np.log10(1 + RATE_HZ / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, bands + 2) / 2595) - 1)
    hertz = np.linspace(0, RATE_HZ / 2, bins)
    rise = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    shape = np.maximum(0, np.minimum(rise, fall))
    return shape / np.maximum(shape.sum(axis=1, keepdims=True), 1e-3)


def _griffin_lim(samples: Floats, rng: np.random.Generator) -> Floats:
    """A mel spectrogram, its magnitudes guessed back, and phases made consistent (Perraudin et al. 2013, the fast variant)."""
    size = int(rng.choice([512, 1024]))
    hop = size // 4
    magnitude = np.abs(stft(samples, size, hop))
    if rng.random() < 0.8:
        mel = _mel(size // 2 + 1, int(rng.choice([60, 80, 100])))
        magnitude = np.maximum((magnitude @ mel.T) @ np.linalg.pinv(mel).T, 1e-5)
    phase = np.exp(2j * np.pi * rng.random(magnitude.shape))
    momentum = float(rng.choice([0.0, 0.9]))
    before = np.zeros_like(phase)
    for _ in range(int(rng.integers(8, 33))):
        consistent = stft(overlap_add(magnitude * phase, hop, len(samples)), size, hop)
        phase = consistent + momentum * (consistent - before)
        phase = phase / np.maximum(np.abs(phase), 1e-9)
        before = consistent
    return overlap_add(magnitude * phase, hop, len(samples))


def _lpc(samples: Floats, rng: np.random.Generator) -> Floats:
    """Linear prediction: an all-pole filter a frame, driven by pulses or noise as LPC-10 drives it, or by some of both."""
    size, hop = 512, 128
    frames = stft(samples, size, hop)
    order = int(rng.integers(14, 27))
    lags = np.fft.irfft(np.abs(frames) ** 2)[:, : order + 1] * np.exp(-0.5 * (2 * np.pi * 40 / RATE_HZ * np.arange(order + 1)) ** 2)
    lags[:, 0] = lags[:, 0] * (1 + 1e-5) + 1e-9
    toeplitz = lags[:, np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
    taps = np.linalg.solve(toeplitz, lags[:, 1:, None])[..., 0]
    gain = np.sqrt(np.maximum(lags[:, 0] - (taps * lags[:, 1:]).sum(axis=1), 1e-12))
    poles = np.fft.rfft(np.concatenate([np.ones((len(taps), 1)), -taps], axis=1), n=size)
    f0, voicing = pitch(samples, hop)
    excitation = source(f0, hop, len(samples), rng, jitter=float(rng.choice([0.0, 0.01])))
    noise = rng.standard_normal(len(samples))
    mixed = stft(excitation, size, hop) * voicing[:, None] + stft(noise, size, hop) * unvoiced(voicing, size, rng)
    return overlap_add(mixed * (gain[:, None] / np.abs(poles)) / np.sqrt(size / 2), hop, len(samples))


def _harmonic(samples: Floats, rng: np.random.Generator) -> Floats:
    """Harmonics of a smoothed pitch plus shaped noise (Stylianou 2001): phases from one clock, or of a minimum-phase filter."""
    size, hop = 1024, 128
    frames = stft(samples, size, hop)
    smooth = envelope(np.abs(frames), lifter=int(rng.integers(30, 60)))
    f0, voicing = pitch(samples, hop)
    drive = source(f0, hop, len(samples), rng, shape=str(rng.choice(["pulse", "dispersed", "random"])))
    noise = rng.standard_normal(len(samples))
    mixed = stft(drive, size, hop) * voicing[:, None] + stft(noise, size, hop) * unvoiced(voicing, size, rng)
    response = _minimum_phase(smooth) if rng.random() < 0.5 else smooth
    # the level of a unit-power drive's frame is that of its window
    return overlap_add(mixed * response / np.sqrt(size * 0.375), hop, len(samples))


def _minimum_phase(magnitude: NDArray[np.float64]) -> NDArray[np.complex128]:
    """(frames, bins) magnitudes to the spectra of minimum-phase filters, by the folded cepstrum (Oppenheim and Schafer)."""
    size = 2 * (magnitude.shape[1] - 1)
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitude, 1e-7)))
    cepstrum[:, 1 : size // 2] *= 2
    cepstrum[:, size // 2 + 1 :] = 0
    return np.exp(np.fft.rfft(cepstrum))


def _phase(samples: Floats, rng: np.random.Generator) -> Floats:
    """The true magnitudes with other phases: random, half random, rounded to a few, of a minimum-phase filter, or of a drive."""
    size = int(rng.choice([256, 512, 1024]))
    hop = size // 4
    frames = stft(samples, size, hop)
    kind = int(rng.integers(5))
    if kind == 0:
        phase = rng.uniform(-np.pi, np.pi, frames.shape)
    elif kind == 1:
        phase = np.angle(frames) + rng.normal(0, rng.uniform(0.6, 1.6), frames.shape)
    elif kind == 2:
        step = 2 * np.pi / int(rng.integers(2, 5))
        phase = np.round(np.angle(frames) / step) * step
    elif kind == 3:
        f0, _ = pitch(samples, hop)
        phase = np.angle(stft(source(f0, hop, len(samples), rng), size, hop))
    else:
        advance = 2 * np.pi * hop * np.fft.rfftfreq(size)  # each bin turns at its own centre's rate: a phase vocoder's voice
        phase = np.cumsum(np.broadcast_to(advance, frames.shape), axis=0) + np.angle(frames[:1])
    return overlap_add(np.abs(frames) * np.exp(1j * phase), hop, len(samples))


def _codec(samples: Floats, rng: np.random.Generator) -> Floats:
    """What low-rate learned codecs do: few bits a band, smoothed detail, and images of the low band mirrored into the high one."""
    size, hop = 512, 128
    frames = stft(samples, size, hop)
    level = np.log(np.abs(frames) + 1e-6)
    mel = _mel(size // 2 + 1, int(rng.integers(40, 90)))
    coarse = (level @ mel.T) @ np.linalg.pinv(mel).T
    step = rng.uniform(0.4, 1.6)
    detail = np.round((level - coarse) / step) * step * rng.uniform(0.0, 0.7)
    blurred = (coarse + np.roll(coarse, 1, 0) + np.roll(coarse, -1, 0)) / 3 if rng.random() < 0.5 else coarse
    turn = 2 * np.pi / int(rng.choice([4, 6, 8, 16]))
    phase = np.round(np.angle(frames) / turn) * turn
    cut = int(rng.integers(60, 160))
    phase[:, cut:] = rng.uniform(-np.pi, np.pi, phase[:, cut:].shape)
    made = overlap_add(np.exp(np.clip(blurred + detail, -14, 8) + 1j * phase), hop, len(samples))
    if rng.random() < 0.6:  # a transposed convolution that leaks: every other sample weaker
        leak = np.ones(len(made), np.float32)
        leak[1::2] -= np.float32(rng.uniform(0.03, 0.3))
        made = made * leak
    return made


def _world(samples: Floats, rng: np.random.Generator) -> Floats:
    """WORLD (Morise et al. 2016), as it is, with aperiodicity in few bands, or with a smoothed pitch."""
    try:
        pyworld = importlib.import_module("pyworld")
    except ImportError as error:
        raise Unavailable("pyworld is not installed.", remedy="pip install pyworld, or leave the family world out.") from error
    signal = samples.astype(np.float64)
    rough, times = pyworld.dio(signal, RATE_HZ)
    f0 = pyworld.stonemask(signal, rough, times, RATE_HZ)
    spectrum = pyworld.cheaptrick(signal, f0, times, RATE_HZ)
    aperiodicity = pyworld.d4c(signal, f0, times, RATE_HZ)
    if rng.random() < 0.4:
        coded = pyworld.code_spectral_envelope(spectrum, RATE_HZ, int(rng.integers(24, 61)))
        spectrum = pyworld.decode_spectral_envelope(coded, RATE_HZ, 2 * (spectrum.shape[1] - 1))
    if rng.random() < 0.4:
        voiced = f0 > 0
        smooth = np.convolve(np.where(voiced, f0, 0), np.ones(7), "same") / np.maximum(np.convolve(voiced, np.ones(7), "same"), 1)
        f0 = np.where(voiced, smooth, 0.0)
    return _even(pyworld.synthesize(f0, spectrum, aperiodicity, RATE_HZ), len(samples))


def _codec2(samples: Floats, rng: np.random.Generator) -> Floats:
    """Codec 2 (Rowe): sinusoids with synthetic phases at 1,300 to 3,200 bit/s and 8 kHz; its upper half is empty."""
    from scipy.signal import resample_poly

    mode = str(rng.choice(CODEC2_MODES))
    narrow = (np.clip(resample_poly(samples, 1, 2), -1, 1) * 32767).astype("<i2").tobytes()
    try:
        coded = subprocess.run(["c2enc", mode, "-", "-"], input=narrow, capture_output=True, timeout=60, check=True).stdout
        plain = subprocess.run(["c2dec", mode, "-", "-"], input=coded, capture_output=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"c2enc and c2dec did not run: {error}", remedy="apt-get install codec2, or leave this family out.") from error
    return _even(resample_poly(np.frombuffer(plain, "<i2").astype(np.float32) / 32768, 2, 1), len(samples))


def _even(signal: NDArray[np.floating], count: int) -> Floats:
    return np.pad(signal, (0, max(0, count - len(signal))))[:count].astype(np.float32)


VOCODERS: dict[str, Vocoder] = {
    "codec": _codec,
    "codec2": _codec2,
    "griffin_lim": _griffin_lim,
    "harmonic": _harmonic,
    "lpc": _lpc,
    "phase": _phase,
    "world": _world,
}
