"""Photographs whose history is known, for the benchmark: shrunk, saved, saved again, with a part of another put in.

pixels: (h, w, 3) uint8, RGB.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["SPLICE_PX", "decoded", "opened", "photos", "resaved", "saved", "shrunk", "spliced"]

PHOTOS = (
    "astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "motorcycle_right.png", "moon.png", "grass.png", "gravel.png",
    "brick.png", "coins.png", "camera.png", "retina.jpg", "hubble_deep_field.jpg", "rocket.jpg", "china.jpg", "flower.jpg",
)  # fmt: skip
SPLICE_PX = 128


def photos() -> list[np.ndarray]:
    """The photographs that scikit-image and scikit-learn bring, JPEGs shrunk; [] where neither is installed."""
    import importlib.util

    found = []
    for package, folder in (("skimage", "data"), ("sklearn", "datasets/images")):
        spec = importlib.util.find_spec(package)
        for name in PHOTOS if spec is not None and spec.origin is not None else ():
            path = Path(str(spec.origin)).parent / folder / name if spec is not None else Path()
            if path.is_file():
                pixels = opened(path)
                found.append(shrunk(pixels) if path.suffix == ".jpg" or name == "chelsea.png" else pixels)
    return found


def opened(path: Path) -> np.ndarray:
    """The pixels of a file, as they are."""
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def shrunk(pixels: np.ndarray) -> np.ndarray:
    """By a third, which takes a JPEG history away."""
    from PIL import Image

    picture = Image.fromarray(pixels)
    return np.asarray(picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS))


def saved(pixels: np.ndarray, form: str, **options: Any) -> bytes:
    """The file. form, options: Pillow's."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> np.ndarray:
    """The pixels of a file in memory."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def resaved(pixels: np.ndarray, quality: int) -> np.ndarray:
    """The pixels after one JPEG saving."""
    return decoded(saved(pixels, "JPEG", quality=quality))


def spliced(host: np.ndarray, donor: np.ndarray, rng: np.random.Generator, step: int = 1) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """`host` with a disc of SPLICE_PX from `donor`, and the box of the disc: left, top, width, height.

    step: pixels between the places it may lie at; 8, JPEG's blocks, is for lossless hosts.
    """
    made, side = host.copy(), SPLICE_PX
    top, left = (int(rng.integers(0, length - side)) // step * step for length in host.shape[:2])
    down, right = (int(rng.integers(0, length - side - 8)) // step * step for length in donor.shape[:2])
    disc = np.hypot(*(np.indices((side, side)) - side / 2 + 0.5)) < side / 2
    # On lossless hosts the donor's grid must differ: 3 and 5 pixels off.
    shift = (3, 5) if step == 8 else (0, 0)
    made[top : top + side, left : left + side][disc] = donor[down + shift[0] :, right + shift[1] :][:side, :side][disc]
    return made, (left, top, side, side)
