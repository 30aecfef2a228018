"""The made sets: pictures and their fakes, cached in a work folder, so that a stopped run goes on.

for name, pairs in training(faces, work).items(): ...       # by family; `fakes/unseen.py` makes what is measured
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.image import photos
from apps.deepfake.image.augment import matched_blur, resized
from apps.deepfake.image.photos import Photo, Pixels

__all__ = ["Pairs", "bases", "portrait", "stored", "training"]

SIDE = 320
SEED = 11
FACE_CROPS, PHOTO_CROPS, LEAVES = 3, 14, 90
CAMERA_SHARE = 0.35
FAKED_SHARE = 0.5


@dataclass(frozen=True)
class Pairs:
    """fakes[k] was made of reals[of[k]]; masks[k] (side, side): 1 where it differs, None: everywhere. soft: the reals, as soft as fakes."""

    reals: Pixels
    of: NDArray[np.int64]
    fakes: Pixels
    masks: NDArray[np.float16] | None = None
    soft: Pixels | None = None


def training(faces: Path, work: Path) -> dict[str, Pairs]:
    """Everything the detector is trained on, by family. Minutes the first time (autoencoders and fakes are made), seconds after."""
    from apps.deepfake.image.fakes.autoencoders import FAMILIES

    reals = bases(faces, work)
    made = {name: _reconstructed(name, reals, work) for name, family in FAMILIES.items() if family.role == "train"}
    soft = stored(work / "soft.npy", lambda: _soft(reals, made))
    return {**{name: replace(pairs, soft=soft) for name, pairs in made.items()}, "self_blended": _self_blended(faces, work)}


def bases(faces: Path, work: Path) -> Pixels:
    """(n, 320, 320, 3) real pictures to train on."""
    return stored(work / "bases.npy", lambda: _bases(faces))


def _bases(faces: Path) -> Pixels:
    made = [*_crops(photos.london(faces, "train"), FACE_CROPS, 1), *_crops(photos.bundled("train"), PHOTO_CROPS, 2)]
    for number in range(LEAVES):
        rng = np.random.default_rng([SEED, 3, number])
        made.append(photos.camera(photos.dead_leaves(rng, SIDE), rng))
    return np.stack(made)


def _crops(found: Iterable[Photo], count: int, stream: int) -> Iterable[Pixels]:
    for number, photo in enumerate(found):
        pixels = photos.read(photo.path)
        for again in range(count):
            rng = np.random.default_rng([SEED, stream, number, again])
            cut = photos.crop(pixels, rng, SIDE)
            yield photos.camera(cut, rng) if rng.random() < CAMERA_SHARE else cut


def _reconstructed(name: str, bases: Pixels, work: Path) -> Pairs:
    from apps.deepfake.image.fakes.fit import fitted, reconstructed

    rng = np.random.default_rng([SEED, 4, *name.encode()])
    of = np.sort(rng.choice(len(bases), round(len(bases) * FAKED_SHARE), replace=False))
    make = lambda: reconstructed(fitted(name, bases, work / "autoencoders" / name), bases[of])  # noqa: E731
    return Pairs(bases, of, stored(work / f"fakes_{name}.npy", make))


def _self_blended(faces: Path, work: Path) -> Pairs:
    from apps.deepfake.image.fakes.manipulations import self_blended

    whole = np.stack([portrait(photo, SIDE) for photo in photos.london(faces, "train")])
    made = [self_blended(face, np.random.default_rng([SEED, 5, number])) for number, face in enumerate(whole)]
    masks = np.stack([mask for _, mask in made]).astype(np.float16)
    return Pairs(whole, np.arange(len(whole)), np.stack([pixels for pixels, _ in made]), masks)


def portrait(photo: Photo, side: int) -> Pixels:
    """A whole portrait made smaller: 768 to `side` pixels."""
    pixels = photos.read(photo.path)
    return resized(pixels, side / min(pixels.shape[:2]), 1)[:side, :side]


def _soft(bases: Pixels, made: dict[str, Pairs]) -> Pixels:
    """Each base as soft as one of its fakes."""
    of_base: dict[int, list[Pixels]] = {}
    for pairs in made.values():
        for base, pixels in zip(pairs.of, pairs.fakes, strict=True):
            of_base.setdefault(int(base), []).append(pixels)
    softened = []
    for number, base in enumerate(bases):
        rng = np.random.default_rng([SEED, 6, number])
        found = of_base.get(number)
        softened.append(matched_blur(base, found[int(rng.integers(len(found)))], rng) if found else base)
    return np.stack(softened)


def stored(path: Path, make: Callable[[], Pixels]) -> Pixels:
    """Read back, memory-mapped; made first where it is missing."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part.npy")
        np.save(draft, make())
        draft.replace(path)
    found: Pixels = np.load(path, mmap_mode="r")
    return found
