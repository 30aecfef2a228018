"""PSNR and SSIM as the field defines them, with the data range said."""

from __future__ import annotations

import numpy as np

__all__ = ["psnr_db", "ssim"]


def psnr_db(image: np.ndarray, reference: np.ndarray, data_range: float) -> float:
    """Peak signal-to-noise ratio in dB: 10 log10(data_range^2 / mean squared error); infinite for equal images."""
    error = float(np.mean((np.asarray(image, dtype=np.float64) - np.asarray(reference, dtype=np.float64)) ** 2))
    return float("inf") if error == 0.0 else float(10.0 * np.log10(data_range**2 / error))


def ssim(image: np.ndarray, reference: np.ndarray, data_range: float) -> float:
    """Structural similarity (Wang et al., IEEE TIP 13(4), 2004), Gaussian window of 1.5 pixels as in the paper, mean over the image."""
    from skimage.metrics import structural_similarity

    value = structural_similarity(
        np.asarray(image, dtype=np.float64),
        np.asarray(reference, dtype=np.float64),
        data_range=data_range,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    return float(value)
