"""The page of the audio studio: compose a piece, make a sound effect, clean a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.audio.page import compose as composing
from apps.audio.page import denoise as cleaning
from apps.audio.page import effect as making
from apps.audio.page import forms
from apps.audio.tasks import app
from shared.ui.generic import source_of
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


def _compose(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: composing.show(run, result))
    if result is not None:
        closing(form, run, result.figures, *composing.files_of(result), fill=forms.fill)
        source = source_of(form.task, run) or "nothing but its settings"
        provenance(run, source, "The files say that the notes are synthetic, by which model and seed.")
    return result


def _effect(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: making.show(run, result))
    if result is not None:
        closing(form, run, result.figures, *making.files_of(run, result), fill=forms.fill)
        own = source_of(form.task, run) if run.request.get("library") else f"the words “{run.request.get('description', '')}”"
        provenance(run, own, "The files say that they are synthetic, by which model and seed.")
    return result


def _denoise(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: cleaning.show(run, result))
    if result is not None:
        closing(form, run, result.figures, *cleaning.files_of(result))
        provenance(run, source_of(form.task, run), "Both files say how they were made of the recording.")
    return result


VIEWS = {
    "compose": View(
        name="Compose",
        heading="Piece",
        action=forms.ACTIONS["compose"],
        inputs=composing.draw_inputs,
        show=_compose,
        side=lambda form, run, result: composing.show_side(result),
        describe=composing.describe,
        nothing="No piece yet.",
        awaited="the score appears here and follows the sound, with MIDI, MusicXML and PDF to take along.",
        fill=forms.fill,
    ),
    "effect": View(
        name="Effect",
        heading="Sound",
        action=forms.ACTIONS["effect"],
        inputs=making.draw_inputs,
        show=_effect,
        side=making.show_side,
        describe=making.describe_run,
        nothing="No sounds yet.",
        awaited="its variations appear here as cards, to be heard, compared and taken further.",
        fill=forms.fill,
    ),
    "denoise": View(
        name="Denoise",
        heading="Recording",
        action=forms.ACTIONS["denoise"],
        inputs=cleaning.draw_inputs,
        show=_denoise,
        side=lambda form, run, result: cleaning.show_side(run, result),
        describe=cleaning.describe,
        nothing="Nothing cleaned yet.",
        awaited="it can be heard here before and after, and what was removed, with its spectrum.",
    ),
}
