"""What the medical studio can do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from shared.app import App, Artifact, Context, Example, Field, File, InputFile, Request, Result, Work
from shared.errors import BadInput, Unavailable

__all__ = ["EnhanceRequest", "EnhanceResult", "Grid", "app", "brain_template", "enhance"]

NOTICE = "Research use only, not a medical device: results are estimates, marked NOT FOR DIAGNOSIS. The acquired image is never replaced."
EXAMPLES = Path(__file__).parent / "examples"
SECONDS_A_MEGAPIXEL = 25.0
"""A measured megapixel of `srmd` on two cores (`benchmark.py`)."""


def _models() -> tuple[Any, ...]:
    from apps.medical.models import MODELS

    return MODELS


app = App(
    key="medical",
    title="Medical imaging",
    summary="Sharpen and denoise CT, MR and X-ray images, consistent with what was measured.",
    models=_models,
    notice=NOTICE,
    picture="card.webp",
)


class Grid(BaseModel):
    """A matrix and its place in the patient."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slices: int
    rows: int
    columns: int
    spacing_mm: tuple[float, float] | None = Field(description="between rows, between columns")
    through_mm: float | None = Field(description="between slices, or their thickness")


class EnhanceRequest(Request):
    """One image or volume, and what is to be done to it."""

    image: Annotated[InputFile, File(kinds=("dcm", "dicom", "ima", "nii", "nii.gz", "png", "tif", "tiff", ""), max_bytes=512 << 20)] = (
        Field(description="DICOM, NIfTI, 8/16-bit PNG or TIFF; in Python also a numpy array, (rows, columns) or (slices, rows, columns)")
    )
    operation: Literal["super-resolve", "denoise"] = Field(
        default="super-resolve", description="enlarge the matrix in plane, or lower the noise"
    )
    scale: Literal[2, 3, 4] = Field(default=2, description="factor of the matrix for super-resolve; denoise keeps the matrix")
    noise: Literal["auto", "gaussian", "poisson", "rician"] = Field(
        default="auto", description="kind of noise; auto: rician for MR, poisson for radiographs, gaussian otherwise"
    )
    noise_sigma: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="its standard deviation in the image's unit (poisson: at the brightest value); estimated when not given",
    )
    slice_index: int | None = Field(default=None, ge=0, description="only this slice of a NIfTI volume, counted from 0")
    spacing_mm: tuple[float, float] | None = Field(
        default=None, description="spacing between rows and between columns, for a PNG, a TIFF or an array, which carry none"
    )
    force: bool = Field(default=False, description="also take ultrasound and colour (as luminance), on which nothing is tested")

    @model_validator(mode="before")
    @classmethod
    def _array(cls, value: Any) -> Any:
        """An array travels as a TIFF or NIfTI file, so that its run can be repeated; never pickled."""
        if not isinstance(value, Mapping) or not hasattr(value.get("image"), "__array_interface__"):
            return value
        import numpy as np

        from apps.medical.formats import array_to_file

        try:
            return {**value, "image": array_to_file(np.asarray(value["image"]), value.get("spacing_mm"))}
        except BadInput as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _possible(self) -> EnhanceRequest:
        if self.operation == "denoise" and self.model not in (None, "srmd"):
            raise ValueError(f"{self.model} cannot denoise: leave the model out, or take srmd")
        if self.spacing_mm is not None and not all(0 < part < 1000 for part in self.spacing_mm):
            raise ValueError("spacing_mm: two lengths in mm, each above 0, are expected")
        return self


class EnhanceResult(Result):
    """The derived image, with what was measured on it."""

    enhanced: Artifact = Field(description="in the format of the input")
    preview: Artifact = Field(description="before and after, side by side, in one window")
    before: Grid
    after: Grid
    metadata: dict[str, str] = Field(description="modality, unit, noise, window, model, and what the derived object says of itself")


def _work(request: EnhanceRequest) -> Work:
    """Megapixels of measured matrix: what a network works on, whatever the scale."""
    from apps.medical.formats import matrix_of
    from apps.medical.models import ACTIVATION_BYTES, MAX_TILE_PX

    matrix = matrix_of(request.image.read()) or (1, 512, 512)
    slices = 1 if request.slice_index is not None else matrix[0]
    pixels = slices * matrix[1] * matrix[2]
    tile_bytes = min(matrix[1] * matrix[2], MAX_TILE_PX**2) * ACTIVATION_BYTES
    rate = SECONDS_A_MEGAPIXEL if request.model in (None, "srmd") else 0.5
    return Work(pixels / 1e6, "measured megapixels", tile_bytes + 8 * pixels * request.scale**2, rate)


def _pydicom_file(name: str) -> str:
    from pydicom.data import get_testdata_file

    return str(get_testdata_file(name, download=False))


def brain_template() -> str:
    """nilearn's copy of the template, found without importing nilearn: that takes seconds."""
    from importlib.util import find_spec

    spec = find_spec("nilearn")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("The MNI152 template comes with nilearn, which is missing.", remedy="Install the extra `medical`.")
    return str(Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz")


@app.task(
    work=_work,
    source_type="algorithmicallyEnhanced",
    examples=(
        Example(
            "CT of a vertebra, twice the matrix",
            lambda: {"image": _pydicom_file("CT_small.dcm"), "scale": 2},
            source="CT_small.dcm of pydicom's test data",
            licence="MIT (pydicom)",
        ),
        Example(
            "Brain MR slice, twice the matrix",
            lambda: {"image": brain_template(), "slice_index": 95, "noise": "rician"},
            source="MNI ICBM152 nonlinear symmetric 2009a, in nilearn's package",
            licence="ICBM licence: free to use, copy and distribute with the notice kept",
        ),
        Example(
            "Chest X-ray, twice the matrix",
            {"image": EXAMPLES / "chest_xray.png", "noise": "poisson"},
            source="Image 27f5a41d of the COVID-19 Image Repository, Hannover Medical School (Winther et al. 2020)",
            licence="CC BY 3.0",
        ),
        Example(
            "CT of a vertebra, noise of 14 HU removed",
            lambda: {"image": _pydicom_file("CT_small.dcm"), "operation": "denoise", "noise_sigma": 14},
            source="CT_small.dcm of pydicom's test data",
            licence="MIT (pydicom)",
        ),
    ),
)
def enhance(request: EnhanceRequest, context: Context) -> EnhanceResult:
    """Make a CT, MR or X-ray image sharper or less noisy, and say how far it can be trusted.

    The result is a derived image in the input's own format: same field of view, values in the same unit, marked NOT FOR
    DIAGNOSIS. Volumes are enhanced slice by slice in the acquisition plane; through-plane resolution stays as it was.
    """
    from apps.medical.pipeline import enhance_request

    return enhance_request(request, context)
