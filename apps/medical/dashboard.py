"""The page of the medical studio: enhance an image, and see exactly what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.medical import stage
from apps.medical.tasks import app, enhance
from shared.ui.form import Form
from shared.ui.generic import shown_run
from shared.ui.history import history
from shared.ui.host import chosen_run, executor
from shared.ui.page import empty, frame, heading, switch
from shared.ui.run_panel import run_panel
from shared.ui.source import choose_files, fill_from

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["page"]

OPERATIONS = {"super-resolve": "Enlarge", "denoise": "Denoise"}
ACTIONS = {"super-resolve": "Enlarge image", "denoise": "Denoise image"}
SCALES = {scale: f"\N{MULTIPLICATION SIGN}{scale}" for scale in (2, 3, 4)}
NOISE = {"auto": "as usual for the modality", "gaussian": "Gaussian", "poisson": "Poisson", "rician": "Rician"}


def page() -> None:
    """Draw it."""
    parts = frame(app, notice_title="Not for diagnosis")
    form = Form(enhance)
    run = chosen_run(enhance)
    if run is not None and not form.filled():
        fill_from(form, run.request, executor().store)
    with parts.inputs:
        heading("Input")
        choose_files(form, executor().store, labels={"image": "DICOM, NIfTI, PNG or TIFF"})
    with parts.switch:
        operation = _choose_operation(form)
    with parts.inputs:
        _settings(form, operation)
        run_panel(form, ACTIONS[operation], run)
    with parts.stage:
        shown = shown_run(enhance, run)
        if shown is None:
            empty("Nothing here yet.", f"Choose an image and press “{ACTIONS[operation]}”: the result appears here, beside the original.")
            view = None
        else:
            view = stage.show(form, shown)
    with parts.side:
        if view is not None:
            stage.show_evidence(view)
        history(enhance, run or shown, _describe, stage.thumbnail)


def _choose_operation(form: Form) -> str:
    operation: str = switch("What to do", list(OPERATIONS), OPERATIONS, key=form.key("operation"))
    form.set("operation", operation)
    return operation


def _settings(form: Form, operation: str) -> None:
    """Three fields in sight; what most images do not need is in the expander."""
    if operation == "super-resolve":
        form.field("scale", label="Enlarge the matrix", names=SCALES)
        form.field("model", label="Model")
    else:
        form.field("noise_sigma", label="Noise level (standard deviation)", placeholder="estimated from the image")
        form.leave_out("scale", "model")
    form.field("noise", label="Kind of noise", names=NOISE, look="menu")
    form.rest()


def _describe(run: Run) -> tuple[str, str]:
    """A run by its image and what was done to it."""
    request: dict[str, Any] = run.request
    what = f"enlarged {SCALES[request['scale']]}" if request.get("operation") == "super-resolve" else "denoised"
    name = str((request.get("image") or {}).get("name", "image"))
    return name, f"{what}, {run.model or 'srmd'}"
