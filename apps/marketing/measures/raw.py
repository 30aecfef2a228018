"""What the same model writes when it is simply asked: greedy decoding, the whole sheet, the limits in words, no grammar and no check."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from apps.marketing.channels import CHANNELS
from apps.marketing.composer import Draft
from apps.marketing.composing import Order, judge
from apps.marketing.language import Message, Prompt
from apps.marketing.measures.tiers import Piece, Tally
from apps.marketing.pipeline import MAIN_FIELDS
from apps.marketing.sheet import Sheet
from apps.marketing.verifying import check_with
from shared.app import Context
from shared.serving import Engine, Model

__all__ = ["CHANNELS_ASKED", "measure_raw"]

CHANNELS_ASKED = ("product_description", "meta", "email", "x")
"""Whose main field is one text."""


def measure_raw(model: Model[Any, Any], pieces: Sequence[Piece], sheets: Mapping[str, Sheet], engine: Engine) -> Tally:
    """Judged as every other text is, on its main field alone."""
    tally = Tally(sheets, check_with(Context(engine)))
    for piece in pieces:
        if piece.channel not in CHANNELS_ASKED:
            continue
        sheet, field = sheets[piece.sheet], CHANNELS[piece.channel].field(MAIN_FIELDS[piece.channel])
        lines = "\n".join([f"name: {sheet.name}", f"category: {sheet.category}", *(f"{fact.key}: {fact.value}" for fact in sheet.facts)])
        what = (
            f"Write the {field.title.lower()} ({CHANNELS[piece.channel].title}) of this product, {field.min} to {field.max} {field.unit}."
        )
        wish = f"{what} Use only the facts of the sheet. Answer with the text alone.\n\n{lines}"
        start = time.process_time()
        answer = engine.run(model, Prompt(messages=(Message("user", wish),), temperature=0.0, max_tokens=320))
        tally.cpu_s += time.process_time() - start
        fields = {field.name: [answer.text.strip() or "-"]}
        variant = judge(Draft(0, fields), Order(sheet, piece.channel, piece.voice, 1, 0), model.name).variant
        own = [fault for fault in variant.violations if fault.field == field.name]
        tally.outputs.append((piece, variant.model_copy(update={"violations": own})))
    return tally
