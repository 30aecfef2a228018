"""Ways that speech goes before it reaches us: rooms, noise, equalisers, telephone bands, codecs. A pair can go the very same way.

    way = Channel.draw(np.random.default_rng(1))
    real, fake = way(real), way(fake)          # the same room, the same codec, the same noise, sample by sample; level in RMS alike
    fake = alike(fake, real)                   # the long-term average spectrum and the noise floor of another recording

All (n,) float32 at 16 kHz.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CODECS", "Channel", "alike", "coded", "telephone"]

RATE_HZ = 16_000
LEVEL = 0.05
"""RMS before the chain: -26 dB of full scale, as broadcast and telephone speech is (ITU-T P.56)."""
Floats = NDArray[np.float32]
CODECS: dict[str, tuple[str, str, int]] = {
    "mp3-24": ("mp3", "libmp3lame", 24_000),
    "mp3-32": ("mp3", "libmp3lame", 32_000),
    "mp3-64": ("mp3", "libmp3lame", 64_000),
    "opus-16": ("ogg", "libopus", 16_000),
    "opus-24": ("ogg", "libopus", 24_000),
    "opus-48": ("ogg", "libopus", 48_000),
    "aac-24": ("adts", "aac", 24_000),
    "aac-48": ("adts", "aac", 48_000),
}
"""Container, encoder of FFmpeg, bit/s."""


def coded(samples: Floats, codec: str) -> Floats:
    """Through an encoder and its decoder, as long as before and in time with it."""
    import av

    container, encoder, bit_rate = CODECS[codec]
    buffer = io.BytesIO()
    # libopus at complexity 2: ten times as fast as at 10, and what telephones can afford
    options = {"compression_level": "2"} if encoder == "libopus" else {}
    kind = "fltp" if encoder != "libopus" else "flt"
    with av.open(buffer, "w", format=container) as writer:
        stream: Any = writer.add_stream(encoder, rate=RATE_HZ, options=options, layout="mono", format=kind)
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.clip(samples, -1, 1)[None].astype(np.float32), format=kind, layout="mono")
        frame.sample_rate = RATE_HZ
        writer.mux(stream.encode(frame))
        writer.mux(stream.encode(None))
    buffer.seek(0)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
    reader: Any
    with av.open(buffer) as reader:
        parts = [part.to_ndarray()[0] for frame in (*reader.decode(audio=0), None) for part in resampler.resample(frame)]
    return _aligned(np.concatenate(parts).astype(np.float32), samples)


def _aligned(heard: Floats, samples: Floats) -> Floats:
    """Without the codec's delay of up to 0.15 s, as the cross-correlation shows it."""
    from scipy.signal import correlate

    count = len(samples)
    found = int(correlate(heard, samples, "full", "fft").argmax()) - (count - 1)
    late = min(max(found, 0), 2400)
    return np.pad(heard[late:], (0, max(0, count - len(heard) + late)))[:count]


def telephone(samples: Floats) -> Floats:
    """8 kHz, 300 to 3,400 Hz, mu-law of eight bits (ITU-T G.711)."""
    from scipy.signal import butter, resample_poly, sosfilt

    narrow = sosfilt(butter(3, (300, 3400), "band", fs=8000, output="sos"), resample_poly(samples, 1, 2))
    squeezed = np.sign(narrow) * np.log1p(255 * np.minimum(np.abs(narrow), 1)) / np.log(256)
    rounded = np.round(squeezed * 127) / 127
    plain = np.sign(rounded) * np.expm1(np.abs(rounded) * np.log(256)) / 255
    return resample_poly(plain, 2, 1)[: len(samples)].astype(np.float32)


@dataclass(frozen=True)
class Channel:
    """A chain of steps whose every choice, its noise included, is made already: it does the same to whatever is sent through."""

    steps: tuple[Callable[[Floats], Floats], ...]

    @classmethod
    def draw(cls, rng: np.random.Generator, *, strength: float = 1.0) -> Channel:
        """`strength` scales how probable each step is; 0 draws a chain that only sets the level."""
        chances: tuple[tuple[float, Callable[[np.random.Generator], Callable[[Floats], Floats]]], ...] = (
            (0.25, _room),
            (0.45, _equaliser),
            (0.45, _noise),
            (0.08, _clipping),
            (0.40, _resampling),
            (0.12, lambda _: telephone),
            (0.45, _codec),
            (0.10, _noise),
        )
        return cls((_levelled, *(make(rng) for chance, make in chances if rng.random() < chance * strength), _gain(rng)))

    def __call__(self, samples: Floats) -> Floats:
        for step in self.steps:
            samples = step(samples)
        return samples


def _levelled(samples: Floats) -> Floats:
    return (samples * (LEVEL / max(float(np.sqrt(np.mean(samples**2))), 1e-7))).astype(np.float32)


def _gain(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    factor = np.float32(10 ** (rng.uniform(-15, 12) / 20))
    return lambda samples: np.clip(samples * factor, -1, 1)


def _room(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    """A direct sound, some early reflections and a decaying tail (Polack 1988: noise under an exponential)."""
    from scipy.signal import fftconvolve

    reverberation_s = rng.uniform(0.12, 0.7)
    time = np.arange(int(reverberation_s * RATE_HZ)) / RATE_HZ
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / reverberation_s)
    tail[: int(0.004 * RATE_HZ)] = 0
    dark = np.exp(-np.arange(24) / rng.uniform(0.5, 4))
    tail = np.convolve(tail, dark / dark.sum(), "same")
    response = tail / np.sqrt(np.sum(tail**2)) * 10 ** (-rng.uniform(2, 18) / 20)
    response[0] = 1.0
    for _ in range(int(rng.integers(0, 6))):
        response[int(rng.integers(16, min(800, len(response))))] += rng.normal(0, 0.25)
    return lambda samples: _levelled(fftconvolve(samples, response)[: len(samples)])


def _equaliser(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    """A slope and three bumps, of some dB."""
    knots = np.arange(33)
    level = rng.normal(0, 4) * knots / 16 + sum(rng.normal(0, 4) * np.exp(-(((knots - rng.uniform(0, 32)) / 4) ** 2)) for _ in range(3))
    return lambda samples: _levelled(_shaped(samples, level))


def _shaped(samples: Floats, level_db: NDArray[np.floating]) -> Floats:
    """With gains in dB at knots that are equally spaced from 0 to 8 kHz."""
    spectrum = np.fft.rfft(samples)
    gain = np.interp(np.linspace(0, 1, len(spectrum)), np.linspace(0, 1, len(level_db)), level_db)
    return np.fft.irfft(spectrum * 10 ** (gain / 20), n=len(samples)).astype(np.float32)


def _noise(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    """Stationary noise of a random colour, now and then hum, 8 to 45 dB below."""
    seed, below_db, slope, hum = int(rng.integers(2**31)), rng.uniform(8, 45), rng.uniform(-8, 2), rng.random() < 0.15

    def add(samples: Floats) -> Floats:
        own = np.random.default_rng(seed)
        noise = _coloured(own, len(samples), slope)
        if hum:
            time = np.arange(len(samples)) / RATE_HZ
            noise = noise + 0.5 * sum(own.uniform(0, 1) * np.sin(2 * np.pi * own.choice([50, 60]) * k * time) for k in range(1, 6))
        return samples + _scaled(noise, samples, below_db)

    return add


def _coloured(rng: np.random.Generator, count: int, slope_db: float) -> NDArray[np.float64]:
    spectrum = rng.standard_normal((count // 2 + 1, 2)) @ np.array([1, 1j])
    octaves = np.log2(np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 60) / 1000)
    return np.fft.irfft(spectrum * 10 ** (slope_db * octaves / 20), n=count)


def _scaled(noise: NDArray[np.floating], samples: Floats, below_db: float) -> Floats:
    wanted = np.sqrt(np.mean(samples**2) + 1e-12) * 10 ** (-below_db / 20)
    return (noise * (wanted / np.sqrt(np.mean(noise**2) + 1e-12))).astype(np.float32)


def _clipping(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    share = rng.uniform(0.3, 0.9)
    return lambda samples: np.clip(samples, -share * np.abs(samples).max(), share * np.abs(samples).max())


def _resampling(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    from scipy.signal import resample_poly

    up, down = [(1, 2), (11, 16), (3, 4), (3, 2), (441, 320), (5, 8)][int(rng.integers(6))]

    def there_and_back(samples: Floats) -> Floats:
        back = resample_poly(resample_poly(samples, up, down), down, up)
        return np.pad(back, (0, max(0, len(samples) - len(back))))[: len(samples)].astype(np.float32)

    return there_and_back


def _codec(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    name = str(rng.choice(sorted(CODECS)))
    return lambda samples: coded(samples, name)


def alike(samples: Floats, model: Floats, rng: np.random.Generator) -> Floats:
    """With the long-term average spectrum of `model`, in 33 bands, and noise at the level and of the colour of its quietest tenth."""
    long_term, quiet = _spectra(model)
    shaped = _shaped(_levelled(samples), np.clip(long_term - _spectra(_levelled(samples))[0], -30, 30))
    noise = _shaped(rng.standard_normal(len(samples)).astype(np.float32), quiet)
    return shaped + noise


def _spectra(samples: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """dB in 33 bands of 250 Hz: the mean, and the mean of the quietest tenth of frames; a sample of white noise of variance 1 has 0."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 512)[::256] * np.hanning(512)
    power = np.abs(np.fft.rfft(frames)) ** 2 / np.sum(np.hanning(512) ** 2)
    power = power[power.sum(axis=1) > 1e-9] if (power.sum(axis=1) > 1e-9).any() else power
    total = power.sum(axis=1)
    quiet = power[total <= np.quantile(total, 0.1)].mean(axis=0)
    bands = np.minimum(np.arange(power.shape[1]) * 32 // 256, 32)
    fold = np.stack([bands == number for number in range(33)]) / np.bincount(bands, minlength=33)[:, None]
    return 10 * np.log10(fold @ power.mean(axis=0) + 1e-12), 10 * np.log10(fold @ quiet + 1e-12)
