"""Whether a picture or a recording is good enough for the learned detectors to say anything.

Every finding has the direction "limits". `STOPS` names the kinds that force the answer "inconclusive"; the others lower the
reliability. Measured effect behind it: at JPEG 75 the detector trained on aligned pairs falls from an AUC of .82 to .67, and
messengers' recompression takes published detectors from 96 % to 50-65 %.
"""

from __future__ import annotations

import numpy as np

from apps.deepfake.evidence import Evidence, Reliability
from apps.deepfake.forensics.containers import Container
from apps.deepfake.forensics.dct import block_coefficients, history, luma, quality_of

__all__ = ["STOPS", "blur_px", "equal_neighbours", "image_quality", "is_drawn", "noise_level", "voice_quality"]

SMALLEST_PX = 160  # a face of 112 px, the smallest that the heads were trained on, with its surroundings
LONGEST_ASPECT = 3.0
WORST_QUALITY = 50
POOR_QUALITY = 80  # between the two the detectors' AUC is .1 to .2 lower (table in the model card)
BLURRED_PX = 3.0  # edge width as a Gaussian's sigma; photos of 768 px: 1.9 at most; the same blurred by sigma 4: 2.5 to 10, median 5
NOISY = 14.0  # of 255 in luma; photographs .1 to 9.7
FLAT = 0.5  # equal neighbours: screenshots of text .5 to .8; a JPEG of a face before a plain wall .67, hence the second measure:
HARD = 0.25  # of the steps that are there, those of 16 and more: photos before plain walls .1 at most, text .37 to .85
DARK, BRIGHT = 12, 243
EXTREME = 0.8

SHORTEST_SPEECH_S = 3.0  # of recordings from other sources, those below were the ones accused wrongly
LOWEST_SNR_DB = 5.0
CLIPPED = 0.001
TELEPHONE_HZ = 4_600  # speech through 8,000 samples/s: 4,300 to 4,500; LibriSpeech 8,000
FRAME_S = 0.02

STOPS = frozenset(
    {
        "quality.too-small", "quality.aspect", "quality.compression", "quality.blur", "quality.noise", "quality.graphics",
        "quality.exposure",
        "quality.short-speech", "quality.low-snr", "quality.silent",
    }
)  # fmt: skip


def image_quality(pixels: np.ndarray, container: Container | None = None) -> list[Evidence]:
    """pixels: (h, w, 3) uint8. Empty where nothing limits. container: of the file, for its compression."""
    if pixels.ndim != 3 or pixels.shape[2] < 3 or 0 in pixels.shape:
        return [_limit("too-small", "The file holds no colour picture that could be examined.", 1)]
    height, width = pixels.shape[:2]
    found = []
    if min(height, width) < SMALLEST_PX:
        claim = (
            f"The picture measures {width} x {height} pixels; below {SMALLEST_PX} on the shorter side the detectors see too little detail."
        )
        found.append(_limit("too-small", claim, 1))
    if max(height, width) > LONGEST_ASPECT * min(height, width):
        claim = (
            f"The picture is {max(height, width) / min(height, width):.1f} times as long as wide; the detectors expect ordinary formats."
        )
        found.append(_limit("aspect", claim, 0.7))
    if min(height, width) < 32:
        return found
    middle = _middle(pixels[..., :3], 1024)
    plane = luma(middle)
    return [*found, *_compression(pixels, container), *_content(middle, plane)]


def _compression(pixels: np.ndarray, container: Container | None) -> list[Evidence]:
    if container is None:
        return []
    jpeg = container.found.jpeg
    table: tuple[int, ...] = (1,) * 64
    quality = 100
    if jpeg is not None and jpeg.table_of and jpeg.table_of[0] in jpeg.tables and min(jpeg.tables[jpeg.table_of[0]]) > 0:
        table = jpeg.tables[jpeg.table_of[0]]
        quality = quality_of(table)[0]
    elif container.kind not in {"png", "bmp", "tiff"} or is_drawn(pixels[:1024, :1024, :3]):
        return []  # flat areas have empty coefficients without any JPEG
    corner = pixels[:1024, :1024, :3]  # from the first pixel on, where the blocks begin
    earlier = history(block_coefficients(luma(corner)), table) if container.exif.orientation == 1 else None
    before = earlier.quality if earlier is not None and earlier.gain > 0.03 else 100
    worst = min(quality, before)
    when = "" if quality <= before else " in an earlier saving"
    if worst < WORST_QUALITY:
        claim = (
            f"The picture was compressed to about JPEG quality {worst} of 100{when}, which destroys the fine traces that the detectors use."
        )
        return [_limit("compression", claim, 1, {"quality": str(worst)})]
    if worst < POOR_QUALITY:
        claim = (
            f"The picture was compressed to about JPEG quality {worst} of 100{when}, which weakens the fine traces that the detectors use."
        )
        return [_limit("compression-moderate", claim, 0.5, {"quality": str(worst)})]
    return []


def _content(middle: np.ndarray, plane: np.ndarray) -> list[Evidence]:
    found = []
    equal = equal_neighbours(middle)
    dark, bright = float((plane < DARK - 128).mean()), float((plane > BRIGHT - 128).mean())
    if max(dark, bright) > EXTREME:
        claim = f"{100 * max(dark, bright):.0f} % of the picture is almost {'black' if dark > bright else 'white'}; too little is left."
        found.append(_limit("exposure", claim, 0.9))
    elif is_drawn(middle):
        claim = (
            f"{100 * equal:.0f} % of the picture is exactly flat, as in screenshots, charts, drawings and scans of text; "
            "the detectors were made for photographs."
        )
        found.append(_limit("graphics", claim, 0.9, {"equal_neighbours": f"{equal:.2f}"}))
        return found
    width, noise = blur_px(plane), noise_level(plane)
    if width > BLURRED_PX:
        claim = (
            f"The sharpest edges are about {2.5 * width:.0f} pixels wide: the picture is blurred or enlarged, and its fine traces are gone."
        )
        found.append(_limit("blur", claim, 0.9, {"sigma_px": f"{width:.1f}"}))
    if noise > NOISY:
        claim = f"The picture is very noisy (standard deviation about {noise:.0f} of 255), which covers the traces that the detectors use."
        found.append(_limit("noise", claim, 0.8, {"sigma": f"{noise:.1f}"}))
    return found


def is_drawn(pixels: np.ndarray) -> bool:
    """Whether it is flat with hard steps, as screenshots, charts and scans of text. A face before a plain wall, saved as a coarse JPEG, is
    as flat and has soft steps."""
    return equal_neighbours(pixels) > FLAT and hard_steps(pixels) > HARD


def equal_neighbours(pixels: np.ndarray) -> float:
    """Share of pixels that equal both the next in their row and in their column, in all channels."""
    right = np.all(pixels[:-1, 1:] == pixels[:-1, :-1], axis=2)
    below = np.all(pixels[1:, :-1] == pixels[:-1, :-1], axis=2)
    return float(np.mean(right & below))


def hard_steps(pixels: np.ndarray) -> float:
    """Of the neighbours that differ, the share that differs by 16 or more."""
    plane = pixels.max(axis=2).astype(np.int16)
    steps = np.concatenate([np.abs(np.diff(plane, axis=0)).ravel(), np.abs(np.diff(plane, axis=1)).ravel()])
    steps = steps[steps > 0]
    return float(np.mean(steps >= 16)) if steps.size else 1.0


def blur_px(plane: np.ndarray) -> float:
    """Width of the sharpest edges as a Gaussian's sigma in pixels: an edge of contrast c blurred by s is at most c / (2.5 s) steep."""
    smooth = (plane[:-1] + plane[1:]) / 2
    steep = float(np.percentile(np.abs(np.diff(smooth, axis=1)), 99.9))
    smooth = (plane[:, :-1] + plane[:, 1:]) / 2
    steep = max(steep, float(np.percentile(np.abs(np.diff(smooth, axis=0)), 99.9)))
    low, high = np.percentile(plane, [1, 99])
    return float((high - low) / max(2.5 * steep, 1e-3)) if high - low > 4 else 0.0


def noise_level(plane: np.ndarray) -> float:
    """Standard deviation of the noise, after Immerkaer (1996), over the calmer half of 16 x 16 tiles so that texture does not count."""
    from scipy.ndimage import convolve

    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
    rough = np.abs(convolve(plane, mask))
    rows, columns = rough.shape[0] // 16, rough.shape[1] // 16
    means = rough[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16).mean((1, 3))
    return float(np.percentile(means, 25) * np.sqrt(np.pi / 2))


def voice_quality(samples: np.ndarray, sample_rate_hz: int, speech_s: float | None = None) -> list[Evidence]:
    """samples: (n,) or (channels, n) float in -1 to 1. speech_s: seconds of speech by a voice detector; else counted by loudness."""
    signal = np.nan_to_num(np.asarray(samples, np.float32))
    signal = signal.mean(0) if signal.ndim > 1 else signal
    signal = signal[: sample_rate_hz * 600]
    size = max(1, int(FRAME_S * sample_rate_hz))
    frames = signal[: signal.size // size * size].reshape(-1, size)
    if not len(frames) or not np.any(np.abs(signal) > 1e-4):
        return [_limit("silent", "The recording holds no sound.", 1)]
    level = 10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=1) + 1e-10)
    loud, quiet = np.percentile(level, [95, 5])
    snr = float(loud - quiet)
    voiced = speech_s if speech_s is not None else float(np.sum(level > max(loud - 25, quiet + min(6.0, snr / 2))) * FRAME_S)
    found = []
    if voiced < SHORTEST_SPEECH_S:
        claim = f"The recording holds about {voiced:.1f} s of speech; the detectors need at least {SHORTEST_SPEECH_S:.0f} s."
        found.append(_limit("short-speech", claim, 1))
    if snr < LOWEST_SNR_DB:
        claim = f"Speech stands out of the background by only about {max(snr, 0):.0f} dB: noise or music covers what the detectors use."
        found.append(_limit("low-snr", claim, 0.9, {"snr_db": f"{snr:.1f}"}))
    if (share := _clipped(signal)) > CLIPPED:
        claim = f"{100 * share:.1f} % of the samples are cut off at the loudest value (overdriven recording), which distorts the voice."
        found.append(_limit("clipping", claim, 0.5, {"share": f"{share:.4f}"}))
    if (top := _band_limit_hz(frames[level > loud - 25], sample_rate_hz)) < TELEPHONE_HZ:
        claim = (
            f"The recording holds nothing above about {top / 1000:.1f} kHz, as on a telephone line: the detectors are less reliable there."
        )
        found.append(_limit("telephone-band", claim, 0.5, {"top_hz": f"{top:.0f}"}))
    return found


def _clipped(signal: np.ndarray) -> float:
    """Share of samples in runs of two or more at the largest magnitude."""
    peak = float(np.abs(signal).max())
    top = np.abs(signal) >= 0.999 * peak
    pairs = top[1:] & top[:-1] & (signal[1:] * signal[:-1] > 0)
    return float(np.mean(pairs)) if peak > 0.1 else 0.0


def _band_limit_hz(frames: np.ndarray, sample_rate_hz: int) -> float:
    """The highest frequency within 55 dB of the loudest, in the mean spectrum of the loud frames."""
    if not len(frames):
        return sample_rate_hz / 2
    power = np.mean(np.abs(np.fft.rfft(frames[:20_000] * np.hanning(frames.shape[1]), axis=1)) ** 2, axis=0)
    level = 10 * np.log10(power + 1e-12)
    above = np.nonzero(level > level.max() - 55)[0]
    return float(above[-1] * sample_rate_hz / frames.shape[1])


def _middle(pixels: np.ndarray, side: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
    return pixels[top : top + side, left : left + side]


def _limit(kind: str, claim: str, strength: float, details: dict[str, str] | None = None) -> Evidence:
    reliability: Reliability = "high"
    return Evidence(
        source="Quality",
        kind=f"quality.{kind}",
        claim=claim,
        direction="limits",
        strength=strength,
        reliability=reliability,
        details=details or {},
    )
