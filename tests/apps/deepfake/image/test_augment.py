"""Both members of a pair go the same way: nothing but their making may tell them apart."""

from __future__ import annotations

import numpy as np

from apps.deepfake.image.augment import Chain, compressed, matched_blur, resized
from apps.deepfake.image.photos import camera, crop, dead_leaves


def picture(seed: int, side: int = 96) -> np.ndarray:
    return dead_leaves(np.random.default_rng(seed), side)


ONE, OTHER = picture(1), picture(2)


def test_a_chain_does_the_same_to_both() -> None:
    for seed in range(20):
        chain = Chain.draw(np.random.default_rng(seed))
        first, second, other = chain(ONE), chain(ONE), chain(OTHER)
        assert np.array_equal(first, second) and first.dtype == np.uint8
        assert first.shape == other.shape


def test_a_softened_picture_is_about_as_soft_as_its_fake() -> None:
    real = picture(3)
    fake = resized(resized(real, 0.5, 3), 2, 3)
    for seed in range(4):
        soft = matched_blur(real, fake, np.random.default_rng(seed))
        assert np.diff(soft.astype(float), axis=0).std() < np.diff(real.astype(float), axis=0).std()


def test_a_crop_is_of_the_size_asked_for_and_made_smaller() -> None:
    cut = crop(picture(4, 256), np.random.default_rng(0), 100)
    assert cut.shape == (100, 100, 3)
    assert camera(cut, np.random.default_rng(0)).shape == cut.shape


def test_through_a_file_and_back() -> None:
    assert compressed(picture(5), "JPEG", 75).shape == compressed(picture(5), "WEBP", 75).shape == (96, 96, 3)
