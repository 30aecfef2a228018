"""Batches for the detector: pairs that differ in one thing, that one of them was made.

Some shortcuts are closed by hand. A real picture is now and then as soft as its fake (`matched_blur`); a fake gets back part of the detail
it lost, or grain of the spectrum of what it lost; some fakes are fake in a region only, so that the patches learn to say where.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from apps.deepfake.image.augment import Chain, resized
from apps.deepfake.image.collection import Pairs
from apps.deepfake.image.fakes.manipulations import Mask, blended, blob
from apps.deepfake.image.network import STRIDE_PX
from apps.deepfake.image.photos import Pixels

__all__ = ["Batch", "Sampler"]

SIDE = 128
SOFT_SHARE, SMALL_SHARE, PARTIAL_SHARE, RETURNED_SHARE, GRAIN_SHARE = 0.35, 0.55, 0.2, 0.4, 0.3
INSIDE, OUTSIDE = 0.6, 0.05
"""Of a patch's area: a patch between says nothing."""


@dataclass(frozen=True)
class Batch:
    """x (2 n, 3, 128, 128) of 0..1: the real ones, then the fake ones in the same order; patches (2 n, 8, 8) of 0, 1 or NaN."""

    x: Tensor
    patches: Tensor


class Sampler:
    """`batch(step)` is the same every time it is asked for. The next one is made meanwhile, in a thread."""

    def __init__(self, families: dict[str, Pairs], pairs: int, seed: int) -> None:
        self._families, self._pairs, self._seed = families, pairs, seed
        self._thread = ThreadPoolExecutor(1)
        self._coming: dict[int, Future[Batch]] = {}

    def batch(self, step: int) -> Batch:
        found = self._coming.pop(step, None)
        self._coming = {step + 1: self._thread.submit(self._made, step + 1)}
        return self._made(step) if found is None else found.result()

    def _made(self, step: int) -> Batch:
        names = sorted(self._families)
        drawn = []
        for number in range(self._pairs):
            rng = np.random.default_rng([self._seed, step, number])
            drawn.append(self._pair(self._families[names[(step * self._pairs + number) % len(names)]], rng))
        real, fake, masks = (np.stack(each) for each in zip(*drawn, strict=True))
        x = torch.from_numpy(np.concatenate([real, fake])).permute(0, 3, 1, 2).float() / 255
        covered = functional.avg_pool2d(torch.from_numpy(masks)[:, None], STRIDE_PX)[:, 0]
        patches = torch.where(covered > INSIDE, 1.0, torch.where(covered < OUTSIDE, 0.0, torch.nan))
        return Batch(x.contiguous(memory_format=torch.channels_last), torch.cat([torch.zeros_like(patches), patches]))

    def _pair(self, pairs: Pairs, rng: np.random.Generator) -> tuple[Pixels, Pixels, Mask]:
        k = int(rng.integers(len(pairs.fakes)))
        real, fake = np.asarray(pairs.reals[pairs.of[k]]), np.asarray(pairs.fakes[k])
        if pairs.masks is not None:
            mask = pairs.masks[k].astype(np.float32)
        else:
            fake, mask = _varied(real, fake, rng)
            if pairs.soft is not None and rng.random() < SOFT_SHARE:
                real = np.asarray(pairs.soft[pairs.of[k]])
            elif rng.random() < SMALL_SHARE:
                real = _once_smaller(real, rng)
        chain = Chain.draw(rng)
        real, fake = chain(real), chain(fake)
        return _same_crop(real, fake, _fitted(mask, fake.shape[:2]), rng)


def _once_smaller(real: Pixels, rng: np.random.Generator) -> Pixels:
    """A real picture that somebody enlarged, or that is out of focus, half the time in a part only: no less real for it."""
    small = resized(real, rng.uniform(0.3, 0.9), int(rng.integers(1, 4)))
    soft = np.asarray(Image.fromarray(small).resize((real.shape[1], real.shape[0]), Image.Resampling(int(rng.integers(1, 4)))))
    return blended(real, soft, blob(rng, len(real), (0.2, 0.8))) if rng.random() < 0.5 else soft


def _varied(real: Pixels, fake: Pixels, rng: np.random.Generator) -> tuple[Pixels, Mask]:
    lost = real.astype(np.float32) - fake
    if rng.random() < RETURNED_SHARE:
        fake = _bytes(fake + lost * rng.uniform(0.1, 0.7))
    elif rng.random() < GRAIN_SHARE:
        fake = _bytes(fake + np.roll(lost, tuple(rng.integers(20, 300, 2)), (0, 1)) * rng.uniform(0.3, 1.0))
    mask = np.ones(fake.shape[:2], np.float32)
    if rng.random() < PARTIAL_SHARE:
        mask = blob(rng, len(fake))
        fake = blended(real, fake, mask)
    return fake, mask


def _same_crop(real: Pixels, fake: Pixels, mask: Mask, rng: np.random.Generator) -> tuple[Pixels, Pixels, Mask]:
    """128 pixels a side out of each; where there is a region, one that shows some of it. Flipped alike."""
    room = [length - SIDE for length in fake.shape[:2]]
    for _ in range(6):
        top, left = (int(rng.integers(each + 1)) for each in room)
        cut = np.s_[top : top + SIDE, left : left + SIDE]
        if mask[cut].mean() > 0.1:
            break
    turned = np.s_[:, ::-1] if rng.random() < 0.5 else np.s_[:, :]
    return tuple(each[cut][turned].copy() for each in (real, fake, mask))  # type: ignore[return-value]


def _fitted(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """The mask in the size that the chain left."""
    if mask.shape == shape:
        return mask
    return functional.interpolate(torch.from_numpy(mask)[None, None], size=shape, mode="bilinear", align_corners=False)[0, 0].numpy()


def _bytes(image: NDArray[np.floating]) -> Pixels:
    return np.clip(image + 0.5, 0, 255).astype(np.uint8)
