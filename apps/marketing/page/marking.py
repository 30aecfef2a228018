"""A text with its claims marked: what the sheet bears with the fact's number, what it does not with a sign and a letter."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from apps.marketing.page.words import name_of, safe, told, visible
from apps.marketing.results import Span
from apps.marketing.sheet import Sheet
from shared.ui.text import escape

__all__ = ["Facts", "Marker", "legend_html"]

SIGNS = {"unsupported": "?", "contradicted": "\N{NOT EQUAL TO}"}
SAID = {"unsupported": "Not on the sheet", "contradicted": "Contradicts the sheet"}
OWN = ("name", "brand", "category", "audience", "url", "keywords")
"""What of the sheet is no fact to be numbered: naming the product is hardly a claim."""
_SENTENCE_END = re.compile(r"[.!?;:\n|]")


class Facts:
    """The sheet's facts by key, each with its number from 1, the offer last."""

    def __init__(self, sheet: Sheet | None) -> None:
        pairs = [(fact.key, fact.value) for fact in sheet.facts] if sheet else []
        if sheet and sheet.offer:
            pairs.append(("offer", sheet.offer))
        self.must = {fact.key for fact in sheet.facts if fact.must} if sheet else set()
        self.values: dict[str, str] = {}
        for key, value in pairs:  # two facts may have one key: `colour: black`, `colour: oak`
            self.values[key] = f"{self.values[key]}; {value}" if key in self.values else value
        self.numbers = {key: number for number, key in enumerate(self.values, 1)}
        self.sheet = sheet

    def value(self, key: str) -> str:
        """ "" where the sheet is not to be had, or has no such key."""
        if key in self.values:
            return self.values[key]
        own = getattr(self.sheet, key, "") if self.sheet and key in OWN else ""
        return ", ".join(own) if isinstance(own, list) else str(own)

    def line(self, key: str) -> str:
        value = self.value(key)
        return f"{name_of(key)}: {value}" if value else name_of(key)

    def number(self, span: Span) -> int | None:
        """Of the first of its facts that has one."""
        return next((self.numbers[key] for key in span.facts if key in self.numbers), None)


@dataclass(frozen=True)
class Marker:
    """Marks the texts of one piece. spans: its claims, in order; letters go over all of its texts."""

    facts: Facts
    spans: Sequence[Span]
    on: bool = True

    @property
    def wrong(self) -> list[Span]:
        """What the sheet does not bear, in the order of its letters."""
        return [span for span in self.spans if span.status in SIGNS]

    def sign(self, span: Span) -> str:
        """ "?a"; after z come aa, ab ..."""
        at = next(number for number, each in enumerate(self.wrong) if each is span)
        rest, last = divmod(at, 26)
        return f"{SIGNS[span.status]}{ascii_lowercase[rest - 1] if 0 < rest <= 26 else ''}{ascii_lowercase[last]}"

    def html(self, text: str, field: str, index: int = 0) -> str:
        """The text, escaped, with a `mark` for each of its claims."""
        if not self.on:
            return safe(text)
        parts, at = [], 0
        spans = self._of(text, field, index)
        for place, span in enumerate(spans):
            following = spans[place + 1] if place + 1 < len(spans) else None
            parts += [safe(text[at : span.start]), self._mark(text, span, following)]
            at = span.end
        return "".join([*parts, safe(text[at:])])

    def _of(self, text: str, field: str, index: int) -> list[Span]:
        """Those of one text that can be drawn: in order, not over one another; neighbours with the same facts as one."""
        found: list[Span] = []
        mine = [span for span in self.spans if (span.field, span.index) == (field, index)]
        for span in sorted(mine, key=lambda each: (each.start, -each.end)):
            end = found[-1].end if found else 0
            if not end <= span.start < span.end <= len(text):
                continue
            if found and self._one(found[-1], span) and not text[end : span.start].strip():
                found[-1] = found[-1].model_copy(update={"end": span.end})
            else:
                found.append(span)
        return found

    def _one(self, left: Span, right: Span) -> bool:
        return left.status == right.status == "supported" and self.facts.number(left) == self.facts.number(right)

    def _mark(self, text: str, span: Span, following: Span | None) -> str:
        inner = safe(text[span.start : span.end])
        if span.status in SIGNS:
            original = next(each for each in self.wrong if (each.field, each.index, each.start) == (span.field, span.index, span.start))
            title = f"{SAID[span.status]}: {span.why}" if span.why else SAID[span.status]
            return f'<mark class="{span.status}" title="{safe(title)}"><u>{inner}</u><sup>{self.sign(original)}</sup></mark>'
        if span.status == "no-claim":
            return f'<mark class="own" title="An opinion, no claim"><u>{inner}</u></mark>' if span.kind == "puffery" else inner
        number = self.facts.number(span)
        title = safe("; ".join(self.facts.line(key) for key in span.facts))
        if number is None:
            return f'<mark class="own" title="{title}"><u>{inner}</u></mark>'
        told_next = (
            following is not None
            and following.status == "supported"
            and self.facts.number(following) == number
            and not _SENTENCE_END.search(text[span.end : following.start])
        )
        return f'<mark class="fact" title="{title}"><u>{inner}</u>{"" if told_next else f"<sup>{number}</sup>"}</mark>'

    def wrong_html(self) -> str:
        """What is not borne out, each with why: "" for none."""
        rows = "".join(
            f'<li><b class="mkt-sign {span.status}">{self.sign(span)}</b><span>{told(span.text)}<small>{SAID[span.status]}'
            f"{': ' + safe(_sentence(span.why)) if span.why and span.why != 'not in the sheet' else '.'}</small></span></li>"
            for span in self.wrong
        )
        return f'<ul class="mkt-wrong">{rows}</ul>' if rows else ""

    def borne(self) -> dict[str, list[str]]:
        """Facts with the words that rest on each, in the order of the sheet; names of the product last."""
        found: dict[str, list[str]] = {}
        for span in self.spans:
            if span.status != "supported" or not span.facts:
                continue
            key = next((key for key in span.facts if key in self.facts.numbers), span.facts[0])
            if key in ("name", "brand"):  # naming the product is no claim that anybody looks up
                continue
            words = found.setdefault(key, [])
            if visible(span.text) not in words:
                words.append(visible(span.text))
        last = len(self.facts.numbers) + 1
        return dict(sorted(found.items(), key=lambda pair: self.facts.numbers.get(pair[0], last)))

    def stated(self, covered: Collection[str]) -> set[str]:
        """Keys of the facts that the piece has. covered: those that it states as a whole."""
        return {*covered, *(key for span in self.spans if span.status == "supported" for key in span.facts[:1])}

    def borne_html(self) -> str:
        """The same as a list, numbered as the marks are."""
        rows = []
        for key, words in self.borne().items():
            number = self.facts.numbers.get(key)
            sign = f'<b class="mkt-number">{number}</b>' if number else '<b class="mkt-number own" aria-hidden="true">\N{MIDDLE DOT}</b>'
            quoted = ", ".join(f"<q>{told(each)}</q>" for each in words)
            rows.append(f"<li>{sign}<span>{told(self.facts.line(key))}<small>bears {quoted}</small></span></li>")
        return f'<ul class="mkt-borne">{"".join(rows)}</ul>' if rows else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def legend_html(spans: Sequence[Span]) -> str:
    """What the marks mean, of those that are there."""
    statuses = {span.status for span in spans}
    parts = []
    if "supported" in statuses:
        parts.append('<span><mark class="fact"><u>claim</u><sup>1</sup></mark> rests on the fact of that number</span>')
    if "unsupported" in statuses:
        parts.append('<span><mark class="unsupported"><u>claim</u><sup>?a</sup></mark> not on the sheet</span>')
    if "contradicted" in statuses:
        parts.append(
            f'<span><mark class="contradicted"><u>claim</u><sup>{escape(SIGNS["contradicted"])}a</sup></mark> contradicts it</span>'
        )
    return f'<p class="mkt-legend">{"".join(parts)}</p>' if parts else ""
