"""From a request to its result: read, plan, enhance on the engine, derive, measure, show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from apps.medical import checks, enhancement, figures, formats, preview
from apps.medical.derive import NOT_FOR_DIAGNOSIS, Derivation
from apps.medical.enhancement import Plan
from apps.medical.image import MedicalImage
from apps.medical.models import MANIFEST_SHA256, Tile
from shared.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    from apps.medical.tasks import EnhanceRequest, EnhanceResult, Grid
    from shared.app import Context

__all__ = ["enhance_request"]

COARSE_NOISE = 1.5
"""Chest radiographs show 1.1, interpolated MR about 3, CT 5 and more (train split and pydicom's files)."""


def enhance_request(request: EnhanceRequest, context: Context) -> EnhanceResult:
    """Raises `BadInput` and its kind for what cannot be enhanced, the engine's errors, and `Cancelled`."""
    from apps.medical.tasks import EnhanceResult

    image = formats.read_image(request.image.read(), request.image.name, force=request.force, spacing_mm=request.spacing_mm)
    if request.spacing_mm is not None:
        _refuse_other_spacing(image, request.spacing_mm)
    whole, first = image, request.slice_index or 0
    if request.slice_index is not None:
        image = _chosen_slice(image, request.slice_index)
    model = request.model or "srmd"
    if request.operation == "super-resolve":
        checks.check_output(image, request.scale)
    kind = None if request.noise == "auto" else request.noise
    plan = enhancement.make_plan(
        image, model=model, operation=request.operation, scale=request.scale, noise=kind, noise_sigma=request.noise_sigma
    )

    def through_engine(tiles: Sequence[Tile]) -> Iterable[np.ndarray]:
        return context.imap(model, tiles, note="tile")

    stored = enhancement.enhance_image(image, plan, through_engine)
    after = _enlarged(image, stored, plan)
    derivation = Derivation(
        request.operation, plan.factor, f"{model} ({_version()})", _request_text(request), _version(), request.image.sha256
    )
    context.raise_if_cancelled()
    content = formats.write_image(whole, stored, derivation, first_slice=first)
    name = f"{request.operation}d".replace("super-resolved", f"super-resolved-x{plan.factor}")
    middle = image.shape[0] // 2
    return EnhanceResult(
        figures=figures.measure(image, after, plan),
        warnings=[*image.warnings, *_noise_warnings(request, image, plan)],
        enhanced=context.artifact(f"{name}.{formats.SUFFIXES[image.format]}", content, formats.MEDIA_TYPES[image.format]),
        preview=context.artifact(f"{name}-preview.png", preview.preview_png(image, after, middle), "image/png"),
        before=_grid(image),
        after=_grid(after),
        metadata=_metadata(image, plan, model, derivation),
    )


def _refuse_other_spacing(image: MedicalImage, given_mm: tuple[float, float]) -> None:
    """What a stack of numbers was given went into its NIfTI file, and agrees with it."""
    if image.spacing_mm is not None and all(math.isclose(*pair, rel_tol=1e-5) for pair in zip(given_mm, image.spacing_mm, strict=True)):
        return
    said = "no spacing" if image.spacing_mm is None else f"{image.spacing_mm[0]:g} x {image.spacing_mm[1]:g} mm"
    raise BadInput(
        f"spacing_mm is for PNG, TIFF and arrays, which carry none; this file is {image.format} and states {said}.",
        remedy="Leave spacing_mm out, or correct the file.",
        field="spacing_mm",
    )


def _chosen_slice(image: MedicalImage, index: int) -> MedicalImage:
    slices = image.shape[0]
    if image.format == "dicom":
        raise BadInput("slice_index is for NIfTI volumes; a DICOM object is one slice.", remedy="Give the object of the slice you want.")
    if index >= slices:
        raise BadInput(f"There is no slice {index}: the volume has {slices}, counted from 0.", remedy=f"Take 0 to {slices - 1}.")
    chosen = enhancement.one_slice(image, index)
    checks.check_values(chosen.stored, f"slice {index}", chosen.padding)
    return chosen


def _enlarged(image: MedicalImage, stored: np.ndarray, plan: Plan) -> MedicalImage:
    spacing = None if image.spacing_mm is None else (image.spacing_mm[0] / plan.factor, image.spacing_mm[1] / plan.factor)
    padding = None if image.padding is None else image.padding.repeat(plan.factor, axis=1).repeat(plan.factor, axis=2)
    return replace(image, stored=stored, spacing_mm=spacing, padding=padding)


def _version() -> str:
    try:
        return f"sextant-suite {version('sextant-suite')}"
    except PackageNotFoundError:  # a bare checkout
        return "sextant-suite (not installed)"


def _request_text(request: EnhanceRequest) -> str:
    """All of a request that decides the pixels, weights included: it enters the derived object's identifiers."""
    fields = request.model_dump(exclude={"image", "seed"})
    return "|".join([*(f"{name}={fields[name]}" for name in sorted(fields)), f"weights={MANIFEST_SHA256}", _version()])


def _noise_warnings(request: EnhanceRequest, image: MedicalImage, plan: Plan) -> list[str]:
    from apps.medical.networks import MAX_SIGMA

    found = []
    if request.operation == "denoise" and request.noise_sigma is None and plan.noise.at_full_scale < 1e-4:
        found.append("Hardly any noise was found: the image is returned almost as it was. Give --noise-sigma to insist.")
    coarse = enhancement.noise_coarseness(image, plan.scaling) if request.operation == "denoise" else 1.0
    if coarse > COARSE_NOISE and request.noise_sigma is None:
        found.append(
            f"The noise is grain ({coarse:.1f} times what white noise would show), as of a smooth kernel or interpolation, "
            "and the network takes noise as white: little of it is removed. Give --noise-sigma to remove more."
        )
    if request.operation == "denoise" and plan.noise.at_full_scale > MAX_SIGMA / 2:
        found.append("The noise is stronger than the network was trained on: some of it will stay.")
    if request.operation == "super-resolve" and plan.noise.at_full_scale > 0.05:
        found.append("The image is noisy, and super-resolution sharpens noise as well: denoise it first.")
    return found


def _grid(image: MedicalImage) -> Grid:
    from apps.medical.tasks import Grid

    slices, rows, columns = image.shape
    return Grid(slices=slices, rows=rows, columns=columns, spacing_mm=image.spacing_mm, through_mm=image.through_mm)


def _metadata(image: MedicalImage, plan: Plan, model: str, derivation: Derivation) -> dict[str, str]:
    _, _, window = preview.window_of(image)
    return {
        "format": image.format,
        "modality": image.modality or "unknown",
        "unit": image.unit,
        "noise model": plan.noise.kind,
        "window of the preview": window,
        "model": model,
        "derivation": derivation.sentence,
        "status": NOT_FOR_DIAGNOSIS,
    }
