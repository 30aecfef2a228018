"""A commission becomes drafts, line by line, by a language model."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import partial

from apps.marketing.channels import channel_named
from apps.marketing.composer import Commission, Draft
from apps.marketing.language import Completion, Prompt
from apps.marketing.verifying import check_with
from apps.marketing.writing.lines import Lines
from apps.marketing.writing.plans import PLANS, Theme
from shared.app import Context

__all__ = ["written"]


def written(commission: Commission, model: str, context: Context) -> Iterator[Draft]:
    """One draft after the other, no line of one again in the next. Whoever watches sees the lines, the last one as its tokens come."""
    taken: set[str] = set()
    check = check_with(context)
    title = channel_named(commission.channel).title
    for number in range(commission.first, commission.first + commission.count):
        rng = random.Random(f"{commission.seed}/{commission.channel}/{commission.voice}/{number}")
        theme = Theme.of(commission.sheet, commission.voice, rng)
        lines = Lines(
            commission.sheet,
            commission.voice,
            partial(_asked, model, context, f"{title}, {number + 1}"),
            rng.randrange(2**31),
            check,
            frozenset(taken),
            commission.avoid,
        )
        fields = PLANS[commission.channel](theme, lines)
        taken |= set(lines.written)
        yield Draft(number, {name: [text for text in texts if text] for name, texts in fields.items() if any(texts)})


def _asked(model: str, context: Context, heading: str, prompt: Prompt, lines: Sequence[str]) -> Completion:
    text = "\n".join([heading, *lines, ""])
    with context.stream(model, prompt) as parts:
        for part in parts:
            text += part
            context.text(text)
        done: Completion = parts.result()
    return done
