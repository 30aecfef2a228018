"""The page of the deepfake studio: inspect files of a case, sign what is yours, verify what is signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.deepfake.page import forms
from apps.deepfake.page import inspect as inspecting
from apps.deepfake.page import sign as signing
from apps.deepfake.page import verify as verifying
from apps.deepfake.tasks import app
from shared.ui.results import provenance
from shared.ui.views import View, closing, drawn, studio_page

if TYPE_CHECKING:
    from shared.runs import Run
    from shared.ui.form import Form

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"


def page() -> None:
    """Draw it."""
    studio_page(app, VIEWS, style=STYLE)


def _inspect(form: Form, run: Run) -> Any:
    def draw(result: Any) -> None:
        inspecting.show(run, result)
        closing(form, run, inspecting.figures_of(run, result), inspecting.files_of(result))
        inspecting.show_details(run, result)

    result = drawn(form, run, draw)
    if result is not None:
        note = "Everything ran on this machine: nothing was uploaded, and no address in a file was fetched."
        provenance(run, forms.source(form, run), note)
    return result


def _sign(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: signing.show(run, result))
    if result is not None:
        closing(form, run, result.figures, signing.files_of(result))
        provenance(run, forms.source(form, run), "The file that was given is not changed.")
    return result


def _verify(form: Form, run: Run) -> Any:
    result = drawn(form, run, verifying.show)
    if result is not None:
        closing(form, run, result.figures, [])
        provenance(run, forms.source(form, run), "Checked offline, against the trust lists that came with this installation.")
    return result


VIEWS = {
    "inspect": View(
        name="Inspect",
        heading="Case",
        action=forms.ACTIONS["inspect"],
        inputs=forms.INPUTS["inspect"],
        show=_inspect,
        side=lambda form, run, result: inspecting.show_side(run, result),
        describe=forms.describe,
        nothing="No file inspected yet.",
        first="Upload files, or take the example,",
        awaited="each file appears here with a verdict in words, where the evidence is, and what it cannot tell.",
        thumbnail=inspecting.show_thumbnail,
    ),
    "sign": View(
        name="Sign",
        heading="Statement",
        action=forms.ACTIONS["sign"],
        inputs=forms.INPUTS["sign"],
        show=_sign,
        side=lambda form, run, result: signing.show_side(result),
        describe=forms.describe,
        nothing="Nothing signed yet.",
        first="Say how the file was made",
        awaited="the signed copy appears here, with its credentials as anybody will read them.",
    ),
    "verify": View(
        name="Verify",
        heading="File",
        action=forms.ACTIONS["verify"],
        inputs=forms.INPUTS["verify"],
        show=_verify,
        side=lambda form, run, result: verifying.show_side(result),
        describe=forms.describe,
        nothing="Nothing verified yet.",
        first="Upload a file",
        awaited="its credentials appear here, with every status code in words.",
    ),
}
