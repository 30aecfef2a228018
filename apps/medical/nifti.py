"""NIfTI-1 and NIfTI-2 in and out: one volume, enlarged in the plane of its slices."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import numpy as np

from apps.medical import checks
from apps.medical.derive import NOT_FOR_DIAGNOSIS, Derivation
from apps.medical.geometry import is_orthogonal, scaled_affine
from apps.medical.image import MedicalImage
from shared.errors import BadInput, TooLarge, Unsupported

__all__ = ["from_array", "is_nifti", "matrix_of", "read_nifti", "slice_axis", "write_nifti"]

MARK = "Sextant medical"
"""Begins the header's description of every result of ours."""

LABEL_INTENTS = (1002, 1003)  # NIFTI_INTENT_LABEL, NIFTI_INTENT_NEURONAME
METRES_IN_MM = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
HEADER_BYTES = 544


def _inflated(data: bytes, limit: int) -> bytes:
    """At most `limit` bytes of a gzip stream."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, limit) if data[:2] == b"\x1f\x8b" else data[:limit]


def is_nifti(data: bytes) -> bool:
    """By the magic words of the single-file forms."""
    try:
        head = _inflated(data, HEADER_BYTES)
    except zlib.error:
        return False
    return head[344:348] == b"n+1\0" or head[4:8] == b"n+2\0"


def slice_axis(header: Any) -> int:
    """The voxel axis across the slices: the header's own word (`dim_info`), else the coarsest spacing, else the last."""
    named = header.get_dim_info()[2]
    if named is not None:
        return int(named)
    zooms = [float(zoom) for zoom in header.get_zooms()[:3]]
    return 2 - int(np.argmax(zooms[::-1]))


def read_nifti(data: bytes, name: str) -> MedicalImage:
    """One real-valued volume. Raises `BadInput`, `Unsupported`, `TooLarge`."""
    import nibabel

    kind = nibabel.Nifti2Image if _inflated(data, HEADER_BYTES)[4:8] == b"n+2\0" else nibabel.Nifti1Image
    try:
        header = _header(kind.header_class, data)
        shape = tuple(int(n) for n in header.get_data_shape())
        _check_header(header, shape, name)
        axis = slice_axis(header)
        planes = [n for i, n in enumerate(shape[:3]) if i != axis]
        checks.check_matrix(shape[axis], planes[0], planes[1], name)
        content_bytes = int(header["vox_offset"]) + int(np.prod(shape)) * header.get_data_dtype().itemsize
        if content_bytes > 4 * checks.MAX_FILE_BYTES:
            raise TooLarge(f"{name} inflates to {content_bytes >> 20} MiB.", remedy="Give a smaller volume or a smaller number type.")
        volume = kind.from_bytes(_inflated(data, content_bytes))
        stored = np.asarray(volume.dataobj.get_unscaled()).reshape(shape[:3])
    except (BadInput, TooLarge):
        raise
    except Exception as error:  # nibabel raises whatever a broken header or a short file leads to
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise BadInput(f"{name} is a broken NIfTI file: {reason}.", remedy="Fetch it again from its source.") from None
    return _image(volume, stored, axis, name, "nifti-gz" if data[:2] == b"\x1f\x8b" else "nifti")


def _header(header_class: Any, data: bytes, *, check: bool = True) -> Any:
    """The fixed part alone: extensions behind it may be of any length."""
    return header_class(_inflated(data, header_class.sizeof_hdr), check=check)


def _check_header(header: Any, shape: tuple[int, ...], name: str) -> None:
    if len(shape) != 3 and not (len(shape) > 3 and all(n == 1 for n in shape[3:])):
        raise Unsupported(
            f"{name} has the shape {' x '.join(map(str, shape))}: one volume is expected.", remedy="Give one volume (3 dimensions)."
        )
    if header.get_data_dtype().kind not in "uif":
        raise Unsupported(f"{name} holds {header.get_data_dtype()}: one real number a voxel is expected.", remedy="Export magnitudes.")
    if int(header["intent_code"]) in LABEL_INTENTS:
        raise Unsupported(f"{name} is a label map: its values are names, not intensities.", remedy="Give the image it was drawn on.")
    if str(np.char.decode(header["descrip"], "latin-1")).startswith(MARK):
        raise BadInput(f"{name} was made by this studio already: enhancing it twice invents detail.", remedy="Give the acquired image.")
    if not is_orthogonal(header.get_best_affine()):
        raise BadInput(
            f"{name}: its affine is sheared or singular, so pixels have no spacing.", remedy="Resample it to a right-angled grid first."
        )


def _image(volume: Any, stored: np.ndarray, axis: int, name: str, form: Any) -> MedicalImage:
    slope, intercept = volume.dataobj.slope, volume.dataobj.inter
    stored = np.ascontiguousarray(np.moveaxis(stored, axis, 0))
    checks.check_values(stored, name)
    to_mm = METRES_IN_MM.get(volume.header.get_xyzt_units()[0], 1.0)
    zooms = [float(np.linalg.norm(volume.affine[:3, i])) * to_mm for i in range(3)]
    planes = [zooms[i] for i in range(3) if i != axis]
    return MedicalImage(
        stored=stored,
        format=form,
        spacing_mm=(planes[0], planes[1]),
        through_mm=zooms[axis],
        modality="",
        slope=float(slope),
        intercept=float(intercept),
        in_place=(volume, axis),
    )


def write_nifti(image: MedicalImage, stored: np.ndarray, derivation: Derivation, *, first_slice: int = 0) -> bytes:
    """`stored` (slices, rows, columns) with the source's header, type and rescale; the affine keeps every point of the patient in place."""
    volume, axis = image.in_place
    in_plane = tuple(i for i in range(3) if i != axis)

    def moved(affine: np.ndarray) -> np.ndarray:
        return scaled_affine(affine @ _translation(axis, first_slice), derivation.scale, (in_plane[0], in_plane[1]))

    made = type(volume)(np.moveaxis(stored, 0, axis), None, volume.header)  # None: nibabel would state a space of its own
    made.header.set_data_dtype(volume.get_data_dtype())
    made.header["descrip"] = f"{MARK}: {derivation.short}, {NOT_FOR_DIAGNOSIS}".encode()[:79]
    made.header["slice_start"] = made.header["slice_end"] = 0
    for voxel_axis in in_plane:
        made.header["pixdim"][1 + voxel_axis] /= derivation.scale
    # Scanner space and, say, a template's stand side by side in one header; where none is stated, none is made up.
    qform_code, sform_code = int(volume.header["qform_code"]), int(volume.header["sform_code"])
    if qform_code:
        made.header.set_qform(moved(volume.header.get_qform()), qform_code, strip_shears=True)
    if sform_code:
        made.header.set_sform(moved(volume.header.get_sform()), sform_code)
    content = _with_rescale(made.to_bytes(), type(made.header), image)
    return gzip.compress(content, 6, mtime=0) if image.format == "nifti-gz" else content


def _with_rescale(content: bytes, header_class: Any, image: MedicalImage) -> bytes:
    """The source's slope and intercept in the header: nibabel would choose its own while writing, and round the values anew."""
    size_bytes = header_class.template_dtype.itemsize
    header = header_class(content[:size_bytes], check=False)
    header["scl_slope"], header["scl_inter"] = image.slope, image.intercept
    written: bytes = header.binaryblock + content[size_bytes:]
    return written


def _translation(axis: int, first_slice: int) -> np.ndarray:
    move = np.eye(4)
    move[axis, 3] = first_slice
    return move


def from_array(array: np.ndarray, spacing_mm: tuple[float, float], through_mm: float = 1.0) -> bytes:
    """An uncompressed NIfTI-1 of (slices, rows, columns) or (rows, columns): how an array of numbers becomes a file without pickle."""
    import nibabel

    stack = np.asarray(array)[None] if np.asarray(array).ndim == 2 else np.asarray(array)
    if stack.dtype.kind == "b" or (stack.dtype.itemsize == 8 and stack.dtype.kind in "ui"):
        stack = stack.astype(np.int32)
    volume = nibabel.Nifti1Image(np.moveaxis(stack, 0, 2), np.diag([spacing_mm[0], spacing_mm[1], through_mm, 1.0]))
    volume.header.set_dim_info(slice=2)
    volume.header.set_xyzt_units("mm")
    content: bytes = volume.to_bytes()
    return content


def matrix_of(data: bytes) -> tuple[int, int, int]:
    """(slices, rows, columns) by the header alone."""
    import nibabel

    head = _inflated(data, HEADER_BYTES)
    kind = nibabel.Nifti2Header if head[4:8] == b"n+2\0" else nibabel.Nifti1Header
    header = _header(kind, data, check=False)
    shape, axis = [int(n) for n in header.get_data_shape()[:3]], slice_axis(header)
    planes = [n for i, n in enumerate(shape) if i != axis]
    return shape[axis], planes[0], planes[1]
