"""The whole way: a real file in, a derived file of the same format out, through the engine."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from PIL import Image

from apps.medical import enhance
from apps.medical.tasks import EnhanceRequest, app
from shared.errors import BadInput, Cancelled, LoadFailed, NotFound, SextantError, TooLarge, Unsupported
from shared.serving import Engine

Files = Callable[[str], Path]


def figure(result: object, label: str) -> float:
    return next(f.value for f in result.figures if f.label.startswith(label))  # type: ignore[attr-defined]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_ct_slice_enlarged(engine: Engine, dicom_file: Files, scale: int) -> None:
    result = enhance(image=dicom_file("CT_small.dcm"), scale=scale, engine=engine)
    made = pydicom.dcmread(io.BytesIO(result.enhanced.read()))
    assert made.pixel_array.shape == (128 * scale, 128 * scale)
    assert result.enhanced.media_type == "application/dicom"
    assert result.enhanced.name == f"super-resolved-x{scale}.dcm"
    assert (result.before.rows, result.after.rows) == (128, 128 * scale)
    assert result.after.spacing_mm == pytest.approx((0.661468 / scale, 0.661468 / scale))
    assert figure(result, "consistency") > 60
    assert result.metadata["unit"] == "HU"
    assert result.metadata["status"] == "NOT FOR DIAGNOSIS"
    preview = Image.open(io.BytesIO(result.preview.read()))
    assert preview.width > 2 * preview.height * 0.9


def test_an_mr_slice_denoised_keeps_its_matrix_whatever_the_scale(engine: Engine, dicom_file: Files) -> None:
    source = pydicom.dcmread(dicom_file("MR_small.dcm"))
    result = enhance(image=dicom_file("MR_small.dcm"), operation="denoise", scale=4, engine=engine)
    made = pydicom.dcmread(io.BytesIO(result.enhanced.read()))
    assert made.pixel_array.shape == source.pixel_array.shape
    assert made.ImagePositionPatient == source.ImagePositionPatient
    assert made.DerivationCodeSequence[0].CodeValue == "113087"
    assert result.metadata["noise model"] == "rician"
    assert any("grain" in warning for warning in result.warnings)  # an MR interpolated by its scanner
    assert figure(result, "white noise after") < figure(result, "white noise before")


def test_noise_that_was_added_is_taken_away_without_moving_the_mean(engine: Engine, phantom: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    clean = (phantom * 3000).astype(np.uint16)
    noisy = np.clip(clean + rng.normal(0, 120, clean.shape), 0, 65535).astype(np.uint16)
    result = enhance(image=noisy, operation="denoise", noise="gaussian", engine=engine)
    assert figure(result, "white noise before") == pytest.approx(120, rel=0.2)
    assert figure(result, "white noise after") < 40
    assert abs(figure(result, "shift of the mean")) < 3
    assert not any("grain" in warning for warning in result.warnings)
    told = enhance(image=noisy, operation="denoise", noise="gaussian", noise_sigma=120, engine=engine)
    import tifffile

    before, after = (
        np.sqrt(np.mean((image.astype(float) - clean) ** 2)) for image in (noisy, tifffile.imread(io.BytesIO(told.enhanced.read())))
    )
    assert after < before / 2


def test_a_classic_multi_frame_object_keeps_its_frames(engine: Engine, dicom_file: Files, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(dicom_file("MR_small.dcm"))
    dataset.PixelData, dataset.NumberOfFrames = dataset.PixelData * 3, 3
    dataset.save_as(tmp_path / "stack.dcm")
    result = enhance(image=tmp_path / "stack.dcm", model="bicubic-ibp", engine=engine)
    made = pydicom.dcmread(io.BytesIO(result.enhanced.read())).pixel_array
    assert made.shape == (3, 128, 128)
    assert np.array_equal(made[0], made[2])


def test_negative_values_have_no_rician_noise(engine: Engine, phantom: np.ndarray, dicom_file: Files, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="negative"):
        enhance(image=phantom - 0.5, noise="rician", engine=engine)
    phase = pydicom.dcmread(dicom_file("MR_small.dcm"))
    phase.RescaleSlope, phase.RescaleIntercept = 1, -4096
    phase.save_as(tmp_path / "phase.dcm")
    assert enhance(image=tmp_path / "phase.dcm", model="bicubic", engine=engine).metadata["noise model"] == "gaussian"


@pytest.mark.parametrize("model", ["srmd", "bicubic"])
@pytest.mark.parametrize("top", [1e-38, 9e29])
def test_figures_are_finite_whatever_the_unit(engine: Engine, phantom: np.ndarray, model: str, top: float) -> None:
    result = enhance(image=phantom * np.float32(top), engine=engine, model=model)
    assert np.isfinite([f.value for f in result.figures]).all()
    assert figure(result, "consistency") > 30


def test_a_volume_slice_by_slice(engine: Engine, anatomical: Path) -> None:
    result = enhance(image=anatomical, scale=2, engine=engine, model="bicubic-ibp")
    made, source = nibabel.Nifti1Image.from_bytes(result.enhanced.read()), nibabel.load(anatomical)
    assert made.shape == (66, 82, 25)
    centre = [source.affine @ [16, 20, 12, 1], made.affine @ [32.5, 40.5, 12, 1]]
    assert centre[1] == pytest.approx(centre[0], abs=1e-3)
    one = enhance(image=anatomical, scale=2, engine=engine, slice_index=12)
    assert nibabel.Nifti1Image.from_bytes(one.enhanced.read()).shape == (66, 82, 1)
    with pytest.raises(BadInput, match="no slice 25"):
        enhance(image=anatomical, slice_index=25, engine=engine)


def test_spacing_is_not_taken_beside_that_of_a_volume(engine: Engine, anatomical: Path) -> None:
    with pytest.raises(BadInput, match="spacing_mm is for PNG") as refused:
        enhance(image=anatomical, spacing_mm=(0.5, 0.5), engine=engine)
    assert refused.value.field == "spacing_mm"
    assert refused.value.remedy


@pytest.mark.parametrize("noise", ["gaussian", "poisson", "rician"])
def test_hardly_any_noise_changes_hardly_anything(engine: Engine, phantom: np.ndarray, noise: str) -> None:
    import tifffile

    result = enhance(image=phantom, operation="denoise", noise=noise, noise_sigma=1e-300, engine=engine)
    made = tifffile.imread(io.BytesIO(result.enhanced.read()))
    assert np.abs(made - phantom).max() < 0.1


def test_an_array_with_spacing(engine: Engine, phantom: np.ndarray) -> None:
    result = enhance(image=phantom, spacing_mm=(0.5, 0.4), engine=engine, model="bicubic-ibp")
    assert result.after.spacing_mm == pytest.approx((0.25, 0.2))
    stack = enhance(image=np.stack([phantom] * 3), spacing_mm=(0.5, 0.4), engine=engine, model="bicubic")
    assert (stack.after.slices, stack.after.rows, stack.after.columns) == (3, 192, 160)
    assert stack.before.spacing_mm == pytest.approx((0.5, 0.4))
    with pytest.raises(BadInput, match="real numbers"):
        enhance(image=np.zeros((40, 40, 3, 2)), engine=engine)


def test_an_xray_in_sixteen_bits(engine: Engine, xray: Path) -> None:
    crop = np.asarray(Image.open(xray))[200:300, 200:320].astype(np.uint16) * 257
    buffer = io.BytesIO()
    Image.fromarray(crop).save(buffer, "PNG")
    result = enhance(image=("crop.png", buffer.getvalue()), engine=engine)
    made = np.asarray(Image.open(io.BytesIO(result.enhanced.read())))
    assert made.shape == (200, 240)
    assert made.dtype == np.uint16
    assert any("spacing" in warning for warning in result.warnings)


def test_the_same_request_gives_the_same_bytes(engine: Engine, dicom_file: Files) -> None:
    first, second = (enhance(image=dicom_file("MR_small.dcm"), engine=engine) for _ in range(2))
    assert first.enhanced.sha256 == second.enhanced.sha256
    assert first.preview.sha256 == second.preview.sha256
    other = enhance(image=dicom_file("MR_small.dcm"), engine=engine, model="bicubic")
    assert (
        pydicom.dcmread(io.BytesIO(other.enhanced.read())).SOPInstanceUID
        != pydicom.dcmread(io.BytesIO(first.enhanced.read())).SOPInstanceUID
    )


def test_other_pixels_under_the_same_identifier_make_another_instance_of_the_same_series(
    engine: Engine, dicom_file: Files, tmp_path: Path
) -> None:
    twin = pydicom.dcmread(dicom_file("MR_small.dcm"))
    twin.PixelData = twin.pixel_array[::-1].tobytes()
    twin.save_as(tmp_path / "twin.dcm")
    first, second = (
        pydicom.dcmread(io.BytesIO(enhance(image=path, model="bicubic", engine=engine).enhanced.read()))
        for path in (dicom_file("MR_small.dcm"), tmp_path / "twin.dcm")
    )
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.SeriesInstanceUID == second.SeriesInstanceUID


def test_padding_stays_padding(engine: Engine, dicom_file: Files, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(dicom_file("CT_small.dcm"))
    pixels = dataset.pixel_array.copy()
    y, x = np.mgrid[0:128, 0:128]
    outside = np.hypot(y - 63.5, x - 63.5) > 60
    pixels[outside] = -2000
    dataset.PixelData = pixels.tobytes()
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    dataset.save_as(tmp_path / "padded.dcm")
    made = pydicom.dcmread(io.BytesIO(enhance(image=tmp_path / "padded.dcm", engine=engine).enhanced.read())).pixel_array
    mask = outside.repeat(2, axis=0).repeat(2, axis=1)
    assert (made[mask] == -2000).all()
    assert made[~mask].min() > -200  # no ringing from the edge of the field


def huge(side: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0) + b"\0" * 40


def tiff_of(array: np.ndarray) -> bytes:
    from apps.medical.raster import from_array

    return from_array(array)


@pytest.mark.parametrize(
    ("name", "data", "error", "says"),
    [
        ("a.dcm", b"PK\x03\x04" + b"\0" * 200, Unsupported, "ZIP archive"),
        ("a.dcm", b"", Unsupported, "empty"),
        ("a.png", huge(100_000), TooLarge, "100000 x 100000"),
        ("a.txt", b"hello, this is no image at all", Unsupported, "neither DICOM"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, Unsupported, "JPEG"),
        ("a.nii.gz", b"\x1f\x8b\x08\x00" + b"\0" * 40, Unsupported, "gzip archive"),
        ("a.tif", tiff_of(np.ones((16, 16), np.float32)), BadInput, "16 x 16"),
        ("a.tif", tiff_of(np.full((40, 40), np.nan, np.float32)), BadInput, "NaN"),
        ("a.tif", tiff_of(np.ones((40, 40), np.float32)), BadInput, "all its values are the same"),
    ],
)
def test_bad_files_are_one_line_with_a_remedy(engine: Engine, name: str, data: bytes, error: type[SextantError], says: str) -> None:
    with pytest.raises(error, match=says) as refused:
        enhance(image=(name, data), engine=engine)
    assert refused.value.exit_status == 2
    assert refused.value.remedy
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"scale": 5}, BadInput, "scale"),
        ({"operation": "sharpen"}, BadInput, "operation"),
        ({"model": "unknown"}, NotFound, "no model 'unknown'"),
        ({"operation": "denoise", "model": "bicubic"}, BadInput, "cannot denoise"),
        ({"noise_sigma": -1}, BadInput, "noise_sigma"),
        ({"spacing_mm": (0.0, 1.0)}, BadInput, "spacing_mm"),
        ({"noise_sigma": float("inf")}, BadInput, "noise_sigma"),
        ({"noise_sigma": 1e300}, BadInput, "whole range"),
        ({"noise_sigma": 5000, "operation": "denoise"}, BadInput, "whole range"),
        ({"spacing_mm": (0.5, 0.5)}, BadInput, "spacing_mm is for PNG"),
        ({"slice_index": 0}, BadInput, "one slice"),
    ],
)
def test_bad_requests(engine: Engine, dicom_file: Files, fields: dict, error: type[SextantError], says: str) -> None:
    with pytest.raises(error, match=says) as refused:
        enhance(image=dicom_file("MR_small.dcm"), engine=engine, **fields)
    assert "\n" not in str(refused.value)


def test_our_own_result_is_not_enhanced_again(engine: Engine, dicom_file: Files, anatomical: Path, phantom: np.ndarray) -> None:
    for source in (dicom_file("MR_small.dcm"), anatomical, phantom):
        made = enhance(image=source, model="bicubic", engine=engine).enhanced
        with pytest.raises(BadInput, match="twice invents detail"):
            enhance(image=(made.name, made.read()), engine=engine)


def test_too_large_a_result_is_refused_before_it_is_made(engine: Engine) -> None:
    wide = np.zeros((6000, 6000), np.uint8)
    wide[0, 0] = 1
    with pytest.raises(TooLarge, match="would come out"):
        enhance(image=wide, scale=3, engine=engine)


def test_missing_weights_are_named(dicom_file: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.medical import networks

    monkeypatch.setattr(networks, "WEIGHTS", tmp_path)
    with Engine("cpu") as fresh, pytest.raises(LoadFailed, match="missing"):
        enhance(image=dicom_file("MR_small.dcm"), engine=fresh)


def test_cancelling_leaves_no_artifact(engine: Engine, phantom: np.ndarray) -> None:
    from shared.app import Context
    from shared.cancel import CancelToken

    token = CancelToken()
    context = Context(engine, cancel=token, on_progress=lambda done, total, note: token.cancel())
    engine.add(*app.models)
    with pytest.raises(Cancelled):
        enhance.execute(enhance.parse({"image": np.stack([phantom] * 6)}), context)
    assert context.artifacts == []


def test_the_estimate_grows_with_the_image(dicom_file: Files, xray: Path) -> None:
    small, large = enhance.estimate(image=dicom_file("MR_small.dcm")), enhance.estimate(image=xray)
    assert small.seconds is not None
    assert large.seconds is not None
    assert large.seconds > 20 * small.seconds
    assert large.size_bytes > small.size_bytes
    assert large.model == "srmd"


def test_examples_exist_and_are_real() -> None:
    for example in enhance.examples:
        request = enhance.parse(example.values(), paths=True)
        assert isinstance(request, EnhanceRequest)
        assert request.image.size_bytes > 30_000
        assert example.licence
        assert example.source


def test_importing_the_studio_is_cheap() -> None:
    heavy = "{'torch', 'pydicom', 'nibabel', 'skimage', 'scipy', 'PIL'}"
    code = f"import sys, apps.medical; print(sorted({{m.split('.')[0] for m in sys.modules}} & {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
