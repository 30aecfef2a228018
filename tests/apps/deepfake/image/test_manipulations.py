"""Faces with parts of others: the region says where, and outside it nothing is touched."""

from __future__ import annotations

import numpy as np
import pytest

from apps.deepfake.image.fakes.manipulations import blended, blob, self_blended, swapped
from apps.deepfake.image.photos import dead_leaves

SIDE = 160


def picture(seed: int) -> np.ndarray:
    return dead_leaves(np.random.default_rng(seed), SIDE)


@pytest.mark.parametrize("seamless", [False, True])
def test_a_swap_stays_in_its_region(seamless: bool) -> None:
    target, source = picture(1), picture(2)
    made, mask = swapped(target, source, np.random.default_rng(0), seamless)
    assert np.array_equal(made[mask < 1e-4], target[mask < 1e-4])
    assert np.abs(made[mask > 0.9].astype(int) - target[mask > 0.9]).mean() > 5
    assert 0.02 < mask.mean() < 0.3


def test_a_cloned_region_keeps_the_sources_gradients() -> None:
    target, source = np.full((SIDE, SIDE, 3), 90, np.uint8), (picture(3) // 4 + 100).astype(np.uint8)
    made, mask = swapped(target, source, np.random.default_rng(0), seamless=True)
    inside = (mask > 0.95)[:, 1:] & (mask > 0.95)[:, :-1]
    found, wanted = (np.diff(each.astype(int), axis=1)[inside] for each in (made, source))
    assert np.abs(found - wanted).mean() < 1


def test_a_face_onto_itself() -> None:
    face = picture(4)
    made, mask = self_blended(face, np.random.default_rng(1))
    assert made.shape == face.shape and mask.shape == face.shape[:2]
    assert not np.array_equal(made, face)


def test_a_blob_is_a_share_of_the_picture() -> None:
    masks = [blob(np.random.default_rng(seed), SIDE) for seed in range(8)]
    assert all(0.05 < mask.mean() < 0.5 and mask.min() >= 0 and mask.max() <= 1 for mask in masks)
    assert np.array_equal(blended(picture(1), picture(2), np.zeros((SIDE, SIDE), np.float32)), picture(1))
