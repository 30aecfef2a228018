from __future__ import annotations

import gzip
import io
from pathlib import Path

import nibabel
import numpy as np
import pytest

from apps.medical.derive import Derivation
from apps.medical.nifti import from_array, is_nifti, matrix_of, read_nifti, slice_axis, write_nifti
from shared.errors import BadInput, TooLarge, Unsupported

DERIVATION = Derivation("super-resolve", 2, "srmd (test)", "request", "sextant-suite 0", "5e1f")


def volume(shape: tuple[int, ...] = (40, 36, 5), dtype: type = np.int16, affine: np.ndarray | None = None, **header: object) -> bytes:
    data = np.random.default_rng(0).integers(0, 1000, shape).astype(dtype)
    image = nibabel.Nifti1Image(data, np.diag([0.5, 0.7, 3.0, 1.0]) if affine is None else affine)
    for key, value in header.items():
        image.header[key] = value
    return image.to_bytes()


def test_slices_lie_across_the_coarsest_axis_unless_the_header_says(anatomical: Path) -> None:
    image = read_nifti(volume(), "a.nii")
    assert image.shape == (5, 40, 36)
    assert image.spacing_mm == pytest.approx((0.5, 0.7))
    assert image.through_mm == pytest.approx(3.0)
    header = nibabel.Nifti1Header()
    header.set_data_shape((40, 36, 5))
    header.set_dim_info(slice=0)
    assert slice_axis(header) == 0
    assert read_nifti(anatomical.read_bytes(), "b.nii").shape == (25, 33, 41)


@pytest.mark.parametrize("packed", [False, True])
def test_world_coordinates_of_the_centre_stay(packed: bool) -> None:
    turned = np.array([[0.0, -0.7, 0.0, 12.0], [0.5, 0.0, 0.0, -30.0], [0.0, 0.0, 3.0, 5.0], [0.0, 0.0, 0.0, 1.0]])
    data = volume(affine=turned)
    image = read_nifti(gzip.compress(data) if packed else data, "a")
    made = write_nifti(image, image.stored.repeat(2, axis=1).repeat(2, axis=2), DERIVATION)
    assert (made[:2] == b"\x1f\x8b") == packed
    out = nibabel.Nifti1Image.from_bytes(gzip.decompress(made) if packed else made)
    assert out.shape == (80, 72, 5)

    def centre(affine: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return affine @ [*((np.array(shape) - 1) / 2), 1]

    assert centre(out.affine, out.shape) == pytest.approx(centre(turned, (40, 36, 5)), abs=1e-4)
    assert out.header.get_zooms() == pytest.approx((0.25, 0.35, 3.0))
    assert out.get_data_dtype() == np.int16
    assert b"NOT FOR DIAGNOSIS" in bytes(out.header["descrip"])
    assert made == write_nifti(image, image.stored.repeat(2, axis=1).repeat(2, axis=2), DERIVATION)


def test_rescale_is_kept() -> None:
    scaled = nibabel.Nifti1Image(np.linspace(-3, 9, 40 * 40 * 4).reshape(40, 40, 4), np.diag([1, 1, 4, 1.0]))
    scaled.header.set_data_dtype(np.int16)
    image = read_nifti(scaled.to_bytes(), "a")
    assert image.slope != 1.0
    again = nibabel.Nifti1Image.from_bytes(write_nifti(image, image.stored, Derivation("denoise", 1, "m", "r", "v", "5e1f")))
    assert np.array_equal(np.moveaxis(np.asarray(again.dataobj.get_unscaled()), 2, 0), image.stored)
    assert (again.dataobj.slope, again.dataobj.inter) == pytest.approx((image.slope, image.intercept))


def test_one_slice_keeps_its_place() -> None:
    data = volume()
    image = read_nifti(data, "a")
    made = nibabel.Nifti1Image.from_bytes(
        write_nifti(image, image.stored[3:4].repeat(2, axis=1).repeat(2, axis=2), DERIVATION, first_slice=3)
    )
    source = nibabel.Nifti1Image.from_bytes(data)
    assert made.affine @ [39.5, 35.5, 0, 1] == pytest.approx(source.affine @ [19.5, 17.5, 3, 1])


def test_nifti_2_and_a_volume_without_a_stated_space() -> None:
    second = nibabel.Nifti2Image(np.random.default_rng(0).random((40, 40, 3)).astype(np.float32), np.diag([1, 1, 2, 1.0]))
    image = read_nifti(second.to_bytes(), "b")
    assert image.shape == (3, 40, 40)
    bare = bytearray(volume())
    bare[252:256] = b"\0" * 4  # qform_code, sform_code; nibabel would write a space of its own
    image = read_nifti(bytes(bare), "c")
    made = nibabel.Nifti1Image.from_bytes(write_nifti(image, image.stored.repeat(2, axis=1).repeat(2, axis=2), DERIVATION))
    assert (int(made.header["qform_code"]), int(made.header["sform_code"])) == (0, 0)
    assert made.header.get_zooms() == pytest.approx((0.25, 0.35, 3.0))


@pytest.mark.parametrize("codes", [(1, 4), (1, 0), (0, 2)])
def test_scanner_space_and_template_space_are_moved_each_by_itself(codes: tuple[int, int]) -> None:
    scanner = np.array([[0.0, -0.7, 0.0, 12.0], [0.5, 0.0, 0.0, -30.0], [0.0, 0.0, 3.0, 5.0], [0.0, 0.0, 0.0, 1.0]])
    template = np.array([[0.6, 0.0, 0.0, -90.0], [0.0, 0.8, 0.0, -126.0], [0.0, 0.0, 3.3, -72.0], [0.0, 0.0, 0.0, 1.0]])
    source = nibabel.Nifti1Image.from_bytes(volume())
    source.set_qform(scanner, codes[0])
    source.set_sform(template, codes[1])
    image = read_nifti(source.to_bytes(), "a")
    content = write_nifti(image, image.stored[3:4].repeat(2, axis=1).repeat(2, axis=2), DERIVATION, first_slice=3)
    made = nibabel.Nifti1Image.from_bytes(content)
    assert (int(made.header["qform_code"]), int(made.header["sform_code"])) == codes
    for form, before in ((made.get_qform, scanner), (made.get_sform, template)):
        affine, code = form(coded=True)
        if code:
            assert affine @ [39.5, 35.5, 0, 1] == pytest.approx(before @ [19.5, 17.5, 3, 1], abs=1e-4)
    assert made.header.get_zooms()[:2] == pytest.approx((0.25, 0.35))


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (volume((40, 36, 5, 3)), Unsupported, "one volume"),
        (volume(intent_code=1002), Unsupported, "label map"),
        (
            volume(affine=np.array([[1, 0.4, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1.0]]), qform_code=0, sform_code=2),
            BadInput,
            "sheared",
        ),
        (volume(descrip=b"Sextant medical: denoised"), BadInput, "already"),
        (volume((16, 16, 4)), BadInput, "16 x 16"),
        (volume()[:3000], BadInput, "broken NIfTI"),
        (gzip.compress(volume())[:900], BadInput, "broken NIfTI"),
    ],
    ids=["4d", "labels", "sheared", "own", "tiny", "truncated", "truncated-gz"],
)
def test_refusals(data: bytes, error: type[BadInput], says: str) -> None:
    assert is_nifti(data)
    with pytest.raises(error, match=says) as refused:
        read_nifti(data, "a.nii")
    assert refused.value.remedy
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("form", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_a_header_extension_of_any_length_is_passed_over(form: type) -> None:
    image = form(np.arange(40 * 36 * 5, dtype=np.int16).reshape(40, 36, 5), np.eye(4))
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"x" * 2000))
    data = image.to_bytes()
    assert matrix_of(data) == (5, 40, 36) and read_nifti(data, "a.nii").stored.size == 7200


def test_a_huge_header_and_nan_are_refused() -> None:
    header = nibabel.Nifti2Header()
    header.set_data_shape((100_000, 100_000, 1))
    header.set_data_dtype(np.int16)
    buffer = io.BytesIO()
    header.write_to(buffer)
    with pytest.raises(TooLarge, match="100000 x 100000"):
        read_nifti(buffer.getvalue() + b"\0" * 4, "huge.nii")
    image = nibabel.Nifti1Image(np.full((40, 40, 2), np.nan, np.float32), np.eye(4))
    with pytest.raises(BadInput, match="NaN"):
        read_nifti(image.to_bytes(), "nan.nii")


def test_an_array_becomes_a_volume() -> None:
    stack = np.random.default_rng(0).random((3, 40, 50))
    image = read_nifti(from_array(stack, (0.5, 0.6), 4.0), "array")
    assert np.array_equal(image.stored, stack)
    assert image.spacing_mm == pytest.approx((0.5, 0.6))
    assert matrix_of(from_array(stack, (0.5, 0.6))) == (3, 40, 50)
