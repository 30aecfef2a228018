"""Real pictures: who is in which split, and crops whose JPEG history is gone.

London's people are dealt out once, by a fixed shuffle: to train, to calibrate, to test. Canada's people are test alone, as a domain that
training never saw; so are some of the photos that scikit-image and scikit-learn carry in their wheels. Further training material is made:
dead leaves, whose edges and textures are those of photos though they show nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Photo", "Pixels", "bundled", "camera", "canada", "crop", "dead_leaves", "london", "read"]

Pixels = NDArray[np.uint8]
Split = Literal["train", "calibrate", "test"]
SEED = 20
CALIBRATE, TEST = 16, 26
"""People of London's 102."""
BUNDLED = {
    "train": {
        "skimage/data": ("astronaut.png", "coffee.png", "retina.jpg", "hubble_deep_field.jpg"),
        "sklearn/datasets/images": ("china.jpg",),
    },
    "test": {
        "skimage/data": (
            "chelsea.png", "rocket.jpg", "motorcycle_left.png", "camera.png", "brick.png", "grass.png", "gravel.png", "ihc.png",
        ),
        "sklearn/datasets/images": ("flower.jpg",),
    },
}  # fmt: skip
"""Public domain, CC0, and CC BY 2.0 (danielbuechele: china; vultilion: flower); Middlebury's motorcycle only ever as test."""


@dataclass(frozen=True)
class Photo:
    """person: who or what it shows, the unit of splits and of resampling. group: f, m or "" (unknown)."""

    path: Path
    person: str
    group: str = ""


@cache
def london(faces: Path, split: Split) -> tuple[Photo, ...]:
    """One neutral and one smiling photo of each person, where there are both."""
    paths = sorted([*(faces / "neutral_front").glob("*.jpg"), *(faces / "smiling_front").glob("*.jpg")])
    people = sorted({path.name.split("_")[0] for path in paths})
    order = [people[i] for i in np.random.default_rng(SEED).permutation(len(people))]
    chosen = {"test": order[:TEST], "calibrate": order[TEST : TEST + CALIBRATE], "train": order[TEST + CALIBRATE :]}[split]
    return tuple(Photo(path, f"london-{path.name.split('_')[0]}") for path in paths if path.name.split("_")[0] in chosen)


@cache
def canada(faces: Path) -> tuple[Photo, ...]:
    """40 people, another studio and camera: never trained on."""
    return tuple(Photo(path, f"canada-{path.stem}", path.stem[-1]) for path in sorted((faces / "canada").glob("*.jpg")))


@cache
def bundled(split: Literal["train", "test"]) -> tuple[Photo, ...]:
    """Photos in the wheels of scikit-image and scikit-learn; fewer where these are not installed."""
    found = []
    for folder, names in BUNDLED[split].items():
        package, _, inside = folder.partition("/")
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            found += [Photo(Path(spec.origin).parent / inside / name, Path(name).stem) for name in names]
    return tuple(photo for photo in found if photo.path.is_file())


def read(path: Path) -> Pixels:
    """(h, w, 3), sRGB."""
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def crop(pixels: Pixels, rng: np.random.Generator, size: int, scale: tuple[float, float] = (0.42, 0.92)) -> Pixels:
    """(size, size, 3) out of the picture made smaller: a JPEG's grid does not survive that, texture does."""
    from PIL import Image

    height, width = pixels.shape[:2]
    factor = min(1.0, max(rng.uniform(*scale), (size + 1) / min(height, width)))
    method = (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BOX)[int(rng.integers(3))]
    small = np.asarray(Image.fromarray(pixels).resize((max(size, round(width * factor)), max(size, round(height * factor))), method))
    top, left = (int(rng.integers(room + 1)) for room in (small.shape[0] - size, small.shape[1] - size))
    return small[top : top + size, left : left + size]


def dead_leaves(rng: np.random.Generator, size: int) -> Pixels:
    """(size, size, 3): discs that hide one another, radii by a power law (Lee, Mumford and Huang 2001), each with a texture of its own."""
    from scipy.ndimage import zoom

    scene = np.full((size, size, 3), rng.uniform(0.2, 0.8, 3), np.float32)
    textures = []
    for _ in range(6):
        octaves = [
            zoom(rng.standard_normal((size // step + 2,) * 2), step, order=1)[:size, :size] / 1.6**k for k, step in enumerate((1, 2, 4, 8))
        ]
        textures.append((sum(octaves) * rng.uniform(0.0, 0.09)).astype(np.float32))
    y, x = np.mgrid[:size, :size]
    for _ in range(int(rng.integers(150, 500))):
        radius = float(np.clip(4 * rng.pareto(1.6) + 3, 3, size * 0.35))
        cy, cx = rng.uniform(0, size, 2)
        rows, columns = (slice(max(0, int(c - radius)), int(c + radius) + 2) for c in (cy, cx))
        wave = rng.uniform(0, 0.3) * np.sin(np.arctan2(y[rows, columns] - cy, x[rows, columns] - cx) * rng.integers(2, 7))
        inside = np.hypot(y[rows, columns] - cy, x[rows, columns] - cx) < radius * (1 + wave)
        shade = rng.uniform(-0.15, 0.15) * (x[rows, columns] - cx) / radius
        paint = rng.uniform(0.03, 0.97, 3) + (shade + textures[int(rng.integers(6))][rows, columns])[..., None]
        scene[rows, columns] = np.where(inside[..., None], paint, scene[rows, columns])
    return _bytes(_blurred(scene, rng.uniform(0.35, 0.8)))


def camera(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The same picture as if through another camera: shot and read noise, a Bayer mosaic, bilinear demosaicing, denoising, sharpening."""
    from scipy.ndimage import convolve

    linear: NDArray[np.floating] = (pixels.astype(np.float32) / 255) ** 2.2
    shot, dark = 10 ** rng.uniform(-4.5, -2.8), 10 ** rng.uniform(-3.5, -2.2)
    linear = linear + rng.standard_normal(linear.shape).astype(np.float32) * np.sqrt(shot * linear + dark**2)
    if rng.random() < 0.7:
        mask = np.zeros_like(linear)
        mask[::2, ::2, 0] = mask[1::2, 1::2, 2] = mask[::2, 1::2, 1] = mask[1::2, ::2, 1] = 1
        kernel = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32)[..., None]
        linear = convolve(linear * mask, kernel) / convolve(mask, kernel)
    image: NDArray[np.floating] = np.clip(linear, 0, 1) ** (1 / 2.2)
    if rng.random() < 0.5:
        image = _blurred(image, rng.uniform(0.3, 0.7))
    if rng.random() < 0.5:
        image = image + rng.uniform(0.2, 1.0) * (image - _blurred(image, 1.0))
    return _bytes(image)


def _blurred(image: NDArray[np.floating], sigma: float) -> NDArray[np.floating]:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(image, (sigma, sigma, 0)), np.float32)


def _bytes(image: NDArray[np.floating]) -> Pixels:
    return np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
