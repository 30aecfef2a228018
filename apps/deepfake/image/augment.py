"""What happens to a picture between its making and its finding, drawn once for a pair and done to both members alike.

chain = Chain.draw(rng)
real, fake = chain(real), chain(fake)       # (h, w, 3) uint8; sizes may change, for both in the same way
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.image.photos import Pixels

__all__ = ["Chain", "compressed", "matched_blur", "resized"]

Format = Literal["JPEG", "WEBP"]


def compressed(pixels: Pixels, kind: Format, quality: int) -> Pixels:
    """Through a file and back."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=quality, **({"method": 2} if kind == "WEBP" else {}))
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def resized(pixels: Pixels, factor: float, method: int = 2) -> Pixels:
    """By PIL's filter `method`: 1 Lanczos, 2 bilinear, 3 bicubic."""
    from PIL import Image

    height, width = (max(16, round(each * factor)) for each in pixels.shape[:2])
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling(method)))


@dataclass(frozen=True)
class Chain:
    """Steps with their drawn settings."""

    steps: tuple[Callable[[Pixels], Pixels], ...]

    def __call__(self, pixels: Pixels) -> Pixels:
        for step in self.steps:
            pixels = step(pixels)
        return pixels

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Chain:
        """A third stays nearly as made; the rest is resized, recoloured, blurred, made noisy, saved once or twice."""
        steps: list[Callable[[Pixels], Pixels]] = []
        if rng.random() < 0.5:
            steps.append(_resize(rng, 0.6, 1.5))
        if rng.random() < 0.3:
            steps.append(_tone(rng))
        if rng.random() < 0.15:
            steps.append(_blur(rng.uniform(0.3, 1.0)))
        if rng.random() < 0.15:
            steps.append(_noise(int(rng.integers(2**31)), 10 ** rng.uniform(-0.3, 0.8)))
        if rng.random() < 0.15:
            steps += [_save(rng, 70, 97), _resize(rng, 0.7, 1.2)]
        if rng.random() < 0.6:
            steps.append(_save(rng, 50, 98))
        return cls(tuple(steps))


def _resize(rng: np.random.Generator, low: float, high: float) -> Callable[[Pixels], Pixels]:
    factor, method = float(np.exp(rng.uniform(np.log(low), np.log(high)))), int(rng.integers(1, 4))
    return lambda pixels: resized(pixels, factor, method)


def _save(rng: np.random.Generator, low: int, high: int) -> Callable[[Pixels], Pixels]:
    kind: Format = "WEBP" if rng.random() < 0.2 else "JPEG"
    quality = int(rng.integers(low, high))
    return lambda pixels: compressed(pixels, kind, quality)


def _tone(rng: np.random.Generator) -> Callable[[Pixels], Pixels]:
    gamma, gains = rng.uniform(0.75, 1.3), rng.uniform(0.88, 1.12, 3)
    grey = bool(rng.random() < 0.15)
    table = np.arange(256)[:, None] / 255
    curve = np.clip(255 * table**gamma * gains + 0.5, 0, 255).astype(np.uint8)

    def toned(pixels: Pixels) -> Pixels:
        out = np.stack([curve[pixels[..., channel], channel] for channel in range(3)], axis=-1)
        return np.repeat(out.mean(axis=-1, keepdims=True).astype(np.uint8), 3, axis=-1) if grey else out

    return toned


def _blur(sigma: float) -> Callable[[Pixels], Pixels]:
    return lambda pixels: blurred(pixels, sigma)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    from scipy.ndimage import gaussian_filter

    return np.clip(gaussian_filter(pixels.astype(np.float32), (sigma, sigma, 0)) + 0.5, 0, 255).astype(np.uint8)


def _noise(seed: int, level: float) -> Callable[[Pixels], Pixels]:
    """The same grain for both members. level: standard deviation of 255."""

    def noisy(pixels: Pixels) -> Pixels:
        grain = np.random.default_rng(seed).standard_normal(pixels.shape, np.float32)
        return np.clip(pixels + level * grain + 0.5, 0, 255).astype(np.uint8)

    return noisy


def matched_blur(real: Pixels, fake: Pixels, rng: np.random.Generator) -> Pixels:
    """The real picture, smoothed until its fine detail has no more energy than its fake's: softness alone says nothing then."""
    wanted = _detail(fake)
    if rng.random() < 0.4:
        from scipy.ndimage import median_filter

        smooth = median_filter(real, (3, 3, 1))
        share = next((share for share in (0.25, 0.5, 0.75, 1.0) if _detail(_mixed(real, smooth, share)) < wanted), 1.0)
        return _mixed(real, smooth, share)
    for sigma in (0.3, 0.4, 0.5, 0.6, 0.75, 0.9):
        smooth = blurred(real, sigma)
        if _detail(smooth) < wanted:
            break
    return smooth


def _mixed(a: Pixels, b: Pixels, share: float) -> Pixels:
    return (a + (b.astype(np.float32) - a) * share + 0.5).astype(np.uint8)


def _detail(pixels: Pixels) -> float:
    """Mean square of a Laplacian of the green channel."""
    green: NDArray[np.float32] = pixels[..., 1].astype(np.float32)
    edges = 4 * green[1:-1, 1:-1] - green[:-2, 1:-1] - green[2:, 1:-1] - green[1:-1, :-2] - green[1:-1, 2:]
    return float(np.mean(edges**2))
