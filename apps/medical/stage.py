"""The stage of the medical page: compare, side by side, difference; figures, files, metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from apps.medical import views
from apps.medical.tasks import EnhanceResult, enhance
from shared.errors import SextantError
from shared.ui.compare import compare
from shared.ui.form import Form
from shared.ui.generic import repeat_button, source_of
from shared.ui.host import executor
from shared.ui.page import error_note, heading, switch
from shared.ui.pictures import Picture, show_pictures
from shared.ui.results import downloads, figures, provenance, table, warnings
from shared.ui.text import escape, figure

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["Evidence", "show", "show_evidence", "thumbnail"]

VIEWS = ("Compare", "Side by side", "Difference")
RULER_MM = 10
TIMES = " \N{MULTIPLICATION SIGN} "
TAGS = (
    "Modality", "Manufacturer", "ManufacturerModelName", "BodyPartExamined", "SeriesDescription", "SliceThickness", "KVP",
    "ConvolutionKernel", "MagneticFieldStrength", "EchoTime", "RepetitionTime", "Rows", "Columns", "PixelSpacing", "ImageType",
    "DerivationDescription", "BurnedInAnnotation", "SOPInstanceUID",
)  # fmt: skip
"""What is shown of the derived object: how it was acquired and made, nothing that names the patient."""


@dataclass(frozen=True)
class Evidence:
    """The difference of the shown slice. limit: at both ends of the scale."""

    picture: Picture
    limit: float
    unit: str
    words: str


def show(form: Form, run: Run) -> Evidence | None:
    """Draw a finished run; returns what the side shows of it, None when its files are gone."""
    try:
        result = run.result_of(enhance)
        view = _view(run.id, str(run.request["image"]["sha256"]), result.enhanced.sha256, run)
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return None
    mode, window, index = _display(view)
    before, after = _pictures(run.id, view, index, window)
    evidence = _evidence(run.id, view, index)
    if mode == "Difference":
        show_pictures([evidence.picture])
        st.html(_scale(evidence))
    elif mode == "Side by side":
        show_pictures([before, after])
    else:
        width_mm, height_mm = view.size_mm
        ruler = "1 cm" if view.before.spacing_mm else "10 pixels of the input"
        compare(before, after, size=(width_mm, height_mm), key="sx-compare", ticks=width_mm / RULER_MM, scale=f"one mark: {ruler}")
    figures(result.figures)
    warnings(result)
    _files(form, run, result)
    return evidence


def show_evidence(evidence: Evidence) -> None:
    """The difference, small, with its scale."""
    heading("Difference", f"{evidence.words}, ±{figure(evidence.limit)} {evidence.unit}")
    st.html(replace(evidence.picture, name="").html + _scale(evidence))


def thumbnail(run: Run) -> str:
    """The result of a run, small, as a URL."""
    preview = next((artifact for artifact in run.artifacts if artifact.name.endswith("-preview.png")), None)
    return _thumbnail(preview.sha256) if preview is not None else ""


@st.cache_data(max_entries=200, show_spinner=False)
def _thumbnail(sha256: str) -> str:
    try:
        with executor().store.open(sha256) as stream:
            return Picture(views.thumbnail_png(stream.read()), "image/png", "", "").url
    except (SextantError, OSError):
        return ""


@st.cache_resource(max_entries=4, show_spinner=False)
def _view(run_id: str, source_sha256: str, result_sha256: str, _run: Run) -> views.View:
    store = executor().store
    with store.open(source_sha256) as source, store.open(result_sha256) as result:
        return views.open_view(source.read(), result.read(), _run.request)


def _display(view: views.View) -> tuple[str, tuple[float, float], int]:
    """(mode, window, slice) as chosen."""
    windows = views.windows_of(view)
    with st.container(horizontal=True, key="sx-display"):
        mode: str = switch("View", VIEWS, {}, key="sx-mode")
        if st.session_state.get("sx-window") not in windows:
            st.session_state["sx-window"] = next(iter(windows))
        name = st.selectbox(
            "Window",
            list(windows),
            format_func=lambda name: f"Window: {name}",
            key="sx-window",
            width=200,
            label_visibility="collapsed",
            persist_state="session",
        )
    index = 0
    if view.slices > 1:
        index = st.slider("Slice", 0, view.slices - 1, view.slices // 2, key=f"sx-slice-{view.slices}")
    return mode, windows[name], index


@st.cache_data(max_entries=24, show_spinner=False)
def _pictures(run_id: str, _view: views.View, index: int, window: tuple[float, float]) -> tuple[Picture, Picture]:
    before, after = _view.values(index)
    low, high = (f"{figure(value)}" for value in window)
    shown = f"grey from {low} to {high} {_view.before.unit}"
    return (
        Picture(views.grey_png(before, _view, window), "image/png", "Input", f"The image as acquired, {shown}"),
        Picture(views.grey_png(after, _view, window), "image/png", "Enhanced", f"The enhanced image, {shown}"),
    )


@st.cache_data(max_entries=24, show_spinner=False)
def _evidence(run_id: str, _view: views.View, index: int) -> Evidence:
    difference = _view.difference(index)
    limit = views.difference_limit(difference)
    words = "Enhanced minus interpolated" if _view.factor > 1 else "Enhanced minus input"
    unit = "grey values" if _view.before.unit == "stored value" else _view.before.unit
    picture = Picture(views.difference_png(difference, _view, limit), "image/png", words, f"Difference map: {words}, in {unit}")
    return Evidence(picture, limit, unit, words)


def _scale(evidence: Evidence) -> str:
    """The colour scale with its ends, its zero and its unit."""
    stops = ", ".join("rgb({} {} {})".format(*colour) for colour in views.DIVERGING)
    end = figure(evidence.limit)
    return (
        f'<div class="sx-scale"><div class="bar" style="background:linear-gradient(to right,{stops})"></div>'
        f'<div class="ends"><span>\N{MINUS SIGN}{end}</span><span>0</span><span>+{end} {escape(evidence.unit)}</span></div></div>'
    )


def _files(form: Form, run: Run, result: EnhanceResult) -> None:
    kind = {"dicom": "DICOM", "nifti": "NIfTI", "nifti-gz": "NIfTI", "png": "PNG", "tiff": "TIFF"}[result.metadata["format"]]
    with st.container(horizontal=True, key="sx-files-medical"):
        downloads(run, [(f"Download {kind}", result.enhanced), ("PNG pair", result.preview)])
        repeat_button(form, run)
    with st.expander("Metadata of the derived image"):
        table(_metadata(run.id, result.enhanced.sha256, result), "Metadata of the derived image")
    provenance(run, source_of(enhance, run), f"{result.metadata['status']}: written into the file, with how it was derived.")


@st.cache_data(max_entries=24, show_spinner=False)
def _metadata(run_id: str, sha256: str, _result: EnhanceResult) -> list[tuple[str, str]]:
    """Names and values: of a DICOM object its attributes, else what the studio knows of the file."""
    before, after = _result.before, _result.after
    rows = [
        ("Matrix of the input", TIMES.join(map(str, (before.slices, before.rows, before.columns)))),
        ("Matrix", TIMES.join(map(str, (after.slices, after.rows, after.columns)))),
        ("Spacing", "not known" if after.spacing_mm is None else f"{TIMES.join(f'{part:.4g}' for part in after.spacing_mm)} mm"),
        *((name[:1].upper() + name[1:], value) for name, value in _result.metadata.items()),
    ]
    if _result.metadata["format"] == "dicom":
        import pydicom

        dataset = pydicom.dcmread(io.BytesIO(_result.enhanced.read()), stop_before_pixels=True)
        rows += [(dataset[tag].name, str(dataset[tag].value)) for tag in TAGS if tag in dataset and str(dataset[tag].value)]
    return rows
