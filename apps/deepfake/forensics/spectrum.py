"""A checkerboard of two pixels in the fine detail, as strided (transposed) convolutions leave it.

The residual's averaged spectrum is read at half the sampling rate of both axes: (1/2, 0) and (0, 1/2), each against its
surroundings, and the lesser of the two counts. What that leaves out, measured on photographs: a camera's colour filter makes a peak at
(1/2, 1/2) alone; enlargement and interlacing make one axis stand out; JPEG's grid puts energy on multiples of 1/8, but its
part at 1/2 stays below the threshold down to quality 75. Peaks at 1/4 and 1/8 were tried and left out: JPEG makes them too. Generators that
enlarge by interpolation (Stable Diffusion's decoder among them) leave no checkerboard: finding none says nothing.
"""

from __future__ import annotations

import numpy as np

from apps.deepfake.evidence import Evidence
from apps.deepfake.forensics.dct import luma

__all__ = ["checkerboard", "spectrum_evidence"]

SIDE = 256
WIDEST_PX = 1_024
THRESHOLD = 5.0  # photographs, also resized, demosaiced or saved at quality 75: 3.6 at most; checkerboards of 1 to 2 %: median 10
SOURCE = "Spectrum"


def spectrum_evidence(pixels: np.ndarray) -> list[Evidence]:
    """pixels: (h, w, 3) uint8, decoded at full size. Nothing below 256 x 256."""
    if pixels.ndim != 3 or pixels.shape[2] < 3 or min(pixels.shape[:2]) < SIDE:
        return []
    height = checkerboard(luma(_middle(pixels[..., :3])))
    details = {"peak": f"{height:.1f}", "threshold": f"{THRESHOLD:.1f}"}
    if height < THRESHOLD:
        claim = "The fine detail shows no checkerboard of two pixels. Many generators leave none, so this says nothing."
        return [
            Evidence(source=SOURCE, kind="spectrum.none", claim=claim, direction="none", strength=0, reliability="low", details=details)
        ]
    return [
        Evidence(
            source=SOURCE,
            kind="spectrum.checkerboard",
            claim=(
                "The fine detail repeats every two pixels along both axes, a checkerboard that some generators' enlarging layers "
                "leave. Halftones, dithering, fabric and screens photographed close up can do the same."
            ),
            direction="manipulated",
            strength=min(0.6, 0.3 + 0.02 * (height - THRESHOLD)),
            reliability="low",
            basis="Threshold above every photograph of the benchmark; tested on made checkerboards, not on generators.",
            details=details,
        )
    ]


def checkerboard(plane: np.ndarray) -> float:
    """How far the residual's log spectrum at (1/2, 0) and (0, 1/2) stands out, in deviations of its surroundings; the lesser of the two."""
    from scipy.ndimage import median_filter

    residual = np.clip(plane - median_filter(plane, 3), -8, 8)
    window = np.outer(np.hanning(SIDE), np.hanning(SIDE)).astype(np.float32)
    total, count = np.zeros((SIDE, SIDE)), 0
    for top in range(0, plane.shape[0] - SIDE + 1, SIDE // 2):
        for left in range(0, plane.shape[1] - SIDE + 1, SIDE // 2):
            part = residual[top : top + SIDE, left : left + SIDE]
            spread = float(part.std())
            if spread > 1e-3:
                power = np.abs(np.fft.fft2((part - part.mean()) * window)) ** 2
                total += np.log(power / spread**2 + 1e-3)
                count += 1
    if not count:
        return 0.0
    mean = total / count
    return min(_standing_out(mean, SIDE // 2, 0), _standing_out(mean, 0, SIDE // 2))


def _standing_out(spectrum: np.ndarray, row: int, column: int) -> float:
    rows, columns = ((place + np.arange(-8, 9)) % SIDE for place in (row, column))
    patch = spectrum[np.ix_(rows, columns)]
    around = np.ones(patch.shape, bool)
    around[5:12, 5:12] = False
    return float((patch[7:10, 7:10].max() - np.median(patch[around])) / (patch[around].std() + 0.05))


def _middle(pixels: np.ndarray) -> np.ndarray:
    top, left = (max(0, (side - WIDEST_PX) // 2) for side in pixels.shape[:2])
    return pixels[top : top + WIDEST_PX, left : left + WIDEST_PX]
