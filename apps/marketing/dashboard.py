"""The page of the marketing studio: write copy, check a text, ask about a product, summarize a document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.marketing.page import chat as chatting
from apps.marketing.page import check as checking
from apps.marketing.page import summarize as summarizing
from apps.marketing.page import write as writing
from apps.marketing.page.sheets import name_other_sheet
from apps.marketing.page.words import product_name, visible
from apps.marketing.tasks import app
from shared.ui.results import provenance
from shared.ui.views import View, closing, drawn, studio_page

if TYPE_CHECKING:
    from shared.runs import Run
    from shared.ui.form import Form

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"


def page() -> None:
    """Draw the view of the task that is chosen; Write, Check and Ask share one product sheet."""
    studio_page(app, VIEWS, style=STYLE)


def _write(form: Form, run: Run) -> Any:
    name_other_sheet(form, run)
    result = drawn(form, run, lambda result: writing.show(form, run, result))
    if result is not None:
        closing(form, run, result.figures, writing.files_of(result), fill=writing.fill)
        note = f"{result.written_by} A fact on the sheet is not checked for its truth: a person reads what is published."
        provenance(run, f"the sheet of {visible(result.product)}", note)
    return result


def _check(form: Form, run: Run) -> Any:
    if not name_other_sheet(form, run):
        checking.name_other_text(form, run)
    result = drawn(form, run, lambda result: checking.show(form, run, result))
    if result is not None:
        closing(form, run, result.figures, checking.files_of(result), fill=checking.fill)
        note = (
            "By rules and a small network, without a language model. It says whether the sheet states a claim, not whether the sheet is "
            "right; it is no legal advice."
        )
        provenance(run, f"the sheet of {visible(product_name(run.request))}", note)
    return result


def _summarize(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: summarizing.show(run, result))
    if result is not None:
        closing(form, run, result.figures, summarizing.files_of(result), fill=summarizing.fill)
        provenance(run, summarizing.source(run), "Sentences are taken by their words, without a language model.")
    return result


def _chat(form: Form, run: Run) -> Any:
    name_other_sheet(form, run)
    result = drawn(form, run, lambda result: chatting.show(form, run, result))
    if result is not None:
        provenance(run, f"the sheet of {visible(product_name(run.request))}", result.written_by)
    return result


VIEWS = {
    "write": View(
        name="Write",
        heading="Product sheet",
        action="Write copy",
        inputs=writing.draw_inputs,
        show=_write,
        side=writing.show_side,
        describe=writing.describe,
        nothing="No copy yet.",
        awaited="each channel's variants appear here as a reader would meet them, every claim marked with the fact that bears it.",
        fill=writing.fill,
    ),
    "check": View(
        name="Check",
        heading="Product sheet",
        action="Check text",
        inputs=checking.draw_inputs,
        show=_check,
        side=checking.show_side,
        describe=checking.describe,
        nothing="No text checked yet.",
        first="Paste a text",
        awaited="it appears here with its claims marked, what the sheet does not bear, and what to change.",
        fill=checking.fill,
    ),
    "chat": View(
        name="Ask",
        heading="Product sheet",
        action="Ask question",
        inputs=chatting.draw_inputs,
        show=_chat,
        side=chatting.show_side,
        describe=chatting.describe,
        nothing="No question yet.",
        first="Write a question",
        shortcut="Mod+Enter",
        awaited="the answer appears here with the facts that it rests on; what the sheet does not say, it does not answer.",
        fill=chatting.fill,
    ),
    "summarize": View(
        name="Summarize",
        heading="Document",
        action="Summarize document",
        inputs=summarizing.draw_inputs,
        show=_summarize,
        side=lambda form, run, result: summarizing.show_side(result),
        describe=summarizing.describe,
        nothing="Nothing summarized yet.",
        first="Choose a document",
        awaited="its most telling sentences appear here, word for word, each with its page.",
        fill=summarizing.fill,
    ),
}
