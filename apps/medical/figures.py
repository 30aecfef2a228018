"""What is measured on every result: whether it agrees with what was acquired, and what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from apps.medical.enhancement import Plan, estimate_slices, filled
from apps.medical.image import MedicalImage
from apps.medical.resampling import downsample, upsample
from shared.app import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["measure"]

CHANGED_SHARE_OF_RANGE = 0.02


def measure(before: MedicalImage, after: MedicalImage, plan: Plan) -> list[Figure]:
    """Figures over all slices, in the image's unit."""
    return [*(_agreement(before, after, plan)), *_noise(before, after, plan)]


def _planes(before: MedicalImage, after: MedicalImage, plan: Plan) -> Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """[(before, after, measured mask), ...] of at most nine slices spread over the volume, float32 stored numbers."""
    slices = before.shape[0]
    chosen = np.unique(np.linspace(0, slices - 1, 9).round().astype(int))
    mask = np.ones(before.shape[1:], dtype=bool)
    return [
        (
            filled(before, index, plan.scaling).astype(np.float32),
            filled(after, index, plan.scaling).astype(np.float32),
            mask if before.padding is None else ~before.padding[index],
        )
        for index in chosen
    ]


def _agreement(before: MedicalImage, after: MedicalImage, plan: Plan) -> list[Figure]:
    """Back through the measurement model for super-resolution, the shift of the mean for denoising; the changed pixels for both."""
    errors, changed, shift = [], [], []
    for measured, enhanced, mask in _planes(before, after, plan):
        again = downsample(enhanced, plan.factor) if plan.factor > 1 else enhanced
        errors.append(np.mean((again - measured)[mask].astype(np.float64) ** 2) if mask.any() else 0.0)
        shift.append(np.mean((again - measured)[mask]) if mask.any() else 0.0)
        plain = upsample(measured, plan.factor) if plan.factor > 1 else measured
        changed.append(np.mean(np.abs(enhanced - plain) > CHANGED_SHARE_OF_RANGE * plan.scaling.span))
    changed_figure = Figure(
        label="changed pixels",
        value=round(100 * float(np.mean(changed)), 3),
        unit="%",
        reference=f"more than {CHANGED_SHARE_OF_RANGE:.0%} of the range away from "
        + ("cubic interpolation" if plan.factor > 1 else "the input"),
    )
    if plan.operation == "denoise":
        slope = abs(before.slope)
        mean = Figure(
            label="shift of the mean", value=_rounded(float(np.mean(shift)) * slope), unit=before.unit, reference="0: nothing added or lost"
        )
        return [mean, changed_figure]
    error = float(np.mean(errors))
    psnr = 10 * np.log10(plan.scaling.span**2 / max(error, 1e-12 * plan.scaling.span**2))
    consistency = Figure(
        label="consistency with the measurement (PSNR)",
        value=round(float(psnr), 2),
        unit="dB",
        reference="the input against the result shrunk again; 40 dB is an error of one per cent of the range",
    )
    return [consistency, changed_figure]


def _noise(before: MedicalImage, after: MedicalImage, plan: Plan) -> list[Figure]:
    """Estimated from what is left after a high pass; for super-resolution of the shrunk result, since a finer grid has other noise."""
    to_unit = plan.scaling.span * abs(before.slope)
    found = estimate_slices(before, plan.scaling, plan.noise.kind)
    where = "at full brightness" if plan.noise.kind == "poisson" else "standard deviation"
    first = Figure(
        label="white noise before",
        value=_rounded(found.at_full_scale * to_unit),
        unit=before.unit,
        reference=f"{plan.noise.kind}, {where}, by a high pass: grain coarser than a pixel is not in it",
    )
    if plan.operation == "super-resolve":
        return [first]
    left = estimate_slices(after, plan.scaling, plan.noise.kind)
    return [
        first,
        Figure(label="white noise after", value=_rounded(left.at_full_scale * to_unit), unit=before.unit, reference="the same estimate"),
    ]


def _rounded(value: float) -> float:
    """Four significant digits."""
    return float(f"{value:.4g}")
