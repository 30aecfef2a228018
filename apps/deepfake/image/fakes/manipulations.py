"""Faces with parts of other faces, and pictures with parts remade. Each gives the picture and where it is not the original any more.

The photos are aligned frontal portraits, so fixed proportions say where a face lies; no detector is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.image.photos import Pixels

__all__ = ["Mask", "blended", "blob", "self_blended", "swapped"]

Mask = NDArray[np.float32]
FACE = (0.50, 0.47, 0.185, 0.125)
"""Centre (x, y) and half axes (vertical, horizontal) of the inner face, as shares of a whole portrait's side."""


def blob(rng: np.random.Generator, side: int, share: tuple[float, float] = (0.08, 0.45)) -> Mask:
    """(side, side) of 0..1: a smooth random region of about such a share of the picture, with a narrow soft rim."""
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(rng.standard_normal((side, side)), side * rng.uniform(0.08, 0.16), mode="wrap")
    inside = field > np.quantile(field, 1 - rng.uniform(*share))
    return np.asarray(gaussian_filter(inside.astype(np.float32), rng.uniform(0.5, 3)), np.float32)


def blended(below: Pixels, above: Pixels, mask: Mask) -> Pixels:
    """`above` where the mask is 1."""
    mixed = below + (above.astype(np.float32) - below) * mask[..., None]
    return np.clip(mixed + 0.5, 0, 255).astype(np.uint8)


def face_mask(rng: np.random.Generator, side: int) -> Mask:
    """The inner face of a whole portrait: an ellipse with a wavy outline and a soft rim of random width."""
    from scipy.ndimage import gaussian_filter

    cx, cy, tall, wide = (each * side for each in FACE)
    y, x = np.mgrid[:side, :side]
    tall, wide = tall * rng.uniform(0.75, 1.15), wide * rng.uniform(0.75, 1.15)
    angle = np.arctan2(y - cy, x - cx)
    wave = 1 + sum(rng.uniform(0, 0.08) * np.sin(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 5))
    inside = ((x - cx) / wide) ** 2 + ((y - cy) / tall) ** 2 < wave
    return np.asarray(gaussian_filter(inside.astype(np.float32), rng.uniform(1.5, 0.03 * side)), np.float32)


def self_blended(face: Pixels, rng: np.random.Generator) -> tuple[Pixels, Mask]:
    """A portrait (side, side, 3) onto itself, moved, recoloured and resampled (Shiohara and Yamasaki 2022, SBI)."""
    from PIL import Image, ImageEnhance

    side = len(face)
    image = Image.fromarray(face)
    image = ImageEnhance.Color(ImageEnhance.Brightness(image).enhance(rng.uniform(0.88, 1.12))).enhance(rng.uniform(0.75, 1.3))
    zoom, shift = rng.uniform(0.97, 1.03), rng.uniform(-0.012, 0.012, 2) * side
    image = image.transform(
        (side, side),
        Image.Transform.AFFINE,
        (zoom, rng.uniform(-0.01, 0.01), shift[0], rng.uniform(-0.01, 0.01), zoom, shift[1]),
        Image.Resampling.BICUBIC,
    )
    if rng.random() < 0.6:
        small = round(side * rng.uniform(0.45, 0.9))
        image = image.resize((small, small), Image.Resampling.BICUBIC).resize((side, side), Image.Resampling.BICUBIC)
    mask = face_mask(rng, side) * np.float32(rng.choice([0.75, 1.0, 1.0]))
    below, above = (face, np.asarray(image)) if rng.random() < 0.5 else (np.asarray(image), face)
    return blended(below, above, mask), mask


def swapped(target: Pixels, source: Pixels, rng: np.random.Generator, seamless: bool) -> tuple[Pixels, Mask]:
    """The inner face of one portrait in another, same side: matched in mean colour and alpha-blended, or cloned by Poisson's equation."""
    mask = face_mask(rng, len(target))
    if seamless:
        return _cloned(target, source, mask > 0.5), mask
    weight = mask[..., None] / mask.sum()
    moved = source + ((target.astype(np.float32) - source) * weight).sum(axis=(0, 1))
    return blended(target, np.clip(moved, 0, 255).astype(np.uint8), mask), mask


def _cloned(target: Pixels, source: Pixels, inside: NDArray[np.bool_]) -> Pixels:
    """Gradients of the source, the rim of the target (Perez, Gangnet and Blake 2003)."""
    from scipy.sparse import csc_matrix
    from scipy.sparse.linalg import splu

    rows, columns = np.nonzero(inside)
    number = np.full(inside.shape, -1)
    number[rows, columns] = np.arange(len(rows))
    entries = [(np.arange(len(rows)), np.arange(len(rows)), np.full(len(rows), 4.0))]
    wanted = np.zeros((len(rows), 3))
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        beside = number[rows + dy, columns + dx]
        wanted += source[rows, columns].astype(float) - source[rows + dy, columns + dx]
        known = beside < 0
        wanted[known] += target[rows[known] + dy, columns[known] + dx]
        entries.append((np.flatnonzero(~known), beside[~known], np.full(int((~known).sum()), -1.0)))
    i, j, value = (np.concatenate(each) for each in zip(*entries, strict=True))
    found = splu(csc_matrix((value, (i, j)))).solve(wanted)
    result = target.copy()
    result[rows, columns] = np.clip(found + 0.5, 0, 255).astype(np.uint8)
    return result
