from __future__ import annotations

import numpy as np
import pytest

from apps.medical import degradation
from apps.medical.degradation import Noise, add_noise, coarseness, estimate_noise, kind_for, restore, stabilise

KINDS = [Noise("gaussian", 0.03), Noise("poisson", 0.0, 0.03**2), Noise("poisson", 0.01, 0.02**2), Noise("rician", 0.03)]


@pytest.fixture(scope="module")
def wedge() -> np.ndarray:
    return np.tile(np.linspace(0.15, 1.0, 256, dtype=np.float32), (256, 1))


@pytest.mark.parametrize("noise", KINDS, ids=str)
def test_strength_is_found_again(wedge: np.ndarray, noise: Noise) -> None:
    found = estimate_noise(add_noise(wedge, noise, np.random.default_rng(1)), noise.kind)
    assert found.at_full_scale == pytest.approx(noise.at_full_scale, rel=0.08)


@pytest.mark.parametrize("noise", KINDS, ids=str)
def test_stabilised_noise_has_one_strength_everywhere(wedge: np.ndarray, noise: Noise) -> None:
    noisy = add_noise(wedge, noise, np.random.default_rng(2))
    (flat, sigma), (clean, _) = stabilise(noisy, noise), stabilise(wedge, noise)
    dark, bright = (float(np.std((flat - clean)[:, part])) for part in (slice(0, 64), slice(192, 256)))
    assert dark == pytest.approx(sigma, rel=0.08)
    assert bright == pytest.approx(sigma, rel=0.08)


@pytest.mark.parametrize("noise", KINDS, ids=str)
def test_the_mean_comes_back_without_bias(noise: Noise) -> None:
    """Averaging what was stabilised and going back gives the true value: the point of the unbiased inverses."""
    for value in (0.1, 0.5, 0.9):
        noisy = add_noise(np.full((400, 400), value, np.float32), noise, np.random.default_rng(3))
        flat, _ = stabilise(noisy, noise)
        mean = np.full((1, 1), flat.mean(dtype=np.float64), np.float32)
        assert float(restore(mean, noise)[0, 0]) == pytest.approx(value, abs=0.002)


def test_rician_air_becomes_dark_again() -> None:
    noise = Noise("rician", 0.05)
    air = add_noise(np.zeros((300, 300), np.float32), noise, np.random.default_rng(4))
    assert air.mean() == pytest.approx(0.05 * np.sqrt(np.pi / 2), rel=0.02)  # Rayleigh's mean
    assert float(restore(np.full((1, 1), air.mean(), np.float32), noise)[0, 0]) < 0.02


def test_the_quiet_ratio_is_that_of_white_noise() -> None:
    found = [
        np.quantile(degradation._local_noise(np.random.default_rng(seed).standard_normal((256, 256)).astype(np.float32))[1], 0.2)
        for seed in range(8)
    ]
    assert np.mean(found) == pytest.approx(degradation.QUIET_RATIO, rel=0.01)


def test_grain_is_told_from_white_noise(wedge: np.ndarray) -> None:
    from scipy.ndimage import gaussian_filter

    white = np.random.default_rng(6).standard_normal(wedge.shape).astype(np.float32)
    assert coarseness(wedge + 0.03 * white) == pytest.approx(1.0, abs=0.1)
    assert coarseness(wedge + 0.03 * gaussian_filter(white, 0.8)) > 2


def test_zeroed_air_is_no_noise_free_tissue(wedge: np.ndarray) -> None:
    noisy = add_noise(wedge, Noise("gaussian", 0.03), np.random.default_rng(5))
    noisy[:, :120] = 0.0
    assert estimate_noise(noisy, "gaussian").sigma == pytest.approx(0.03, rel=0.1)


@pytest.mark.parametrize(("modality", "kind"), [("CT", "gaussian"), ("MR", "rician"), ("DX", "poisson"), ("", "gaussian")])
def test_modality_suggests_the_noise(modality: str, kind: str) -> None:
    assert kind_for(modality) == kind
