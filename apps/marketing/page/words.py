"""Channels, voices, writers and lengths in words, and texts of unknown origin made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from apps.marketing.channels import CHANNELS, ChannelField
from apps.marketing.results import Count
from shared.ui.roster import Tone
from shared.ui.text import escape

__all__ = [
    "INDUSTRIES", "SHORT", "VOICES",
    "limits_of", "long_count", "many", "name_of", "product_name", "safe", "shown_count", "size_tone", "told", "visible", "word",
    "writer_words",
]  # fmt: skip

SHORT = {
    "google_rsa": "Search ad", "email": "E-mail", "sms": "SMS", "x": "X post", "meta": "Search snippet",
    "product_description": "Product page", "linkedin": "LinkedIn", "push": "Push", "amazon_bullets": "Amazon",
}  # fmt: skip
VOICES = {"plain": "Plain", "warm": "Warm", "technical": "Technical", "playful": "Playful"}
INDUSTRIES = {
    "consumer_electronics": "consumer electronics", "food": "food", "skincare": "skincare", "outdoor_gear": "outdoor gear",
    "software": "software", "furniture": "furniture",
}  # fmt: skip
UNITS = {"characters": "", "weighted characters": "weighted"}
"""Characters are what is meant where nothing is said."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters and those that turn the direction of writing. Joiners stay: emoji and several scripts are written with them."""


def visible(text: str) -> str:
    """What cannot be seen of it, as a square each: places in the text stay."""
    return _UNSEEN.sub("\N{WHITE SQUARE}", text)


def safe(text: str) -> str:
    """A text that came from outside, for a place that reads HTML."""
    return escape(visible(text))


def told(text: str) -> str:
    """`safe` in an element of its own, so that a text from right to left turns nothing beside it."""
    return f'<bdi dir="auto">{safe(text)}</bdi>'


def word(text: str, tone: Tone) -> str:
    """A word in its tone, as HTML."""
    return f'<span class="mkt-word {tone}">{escape(text)}</span>'


def many(count: int, title: str) -> str:
    """ "headline", 3 -> "3 headlines"."""
    small = title[:1].lower() + title[1:]
    return f"{count} {small}{'' if count == 1 else 's'}"


def limits_of(channel: str) -> str:
    """ "3 to 15 headlines of 30, 2 to 4 descriptions of 90, up to 2 display paths of 15 characters"."""
    fields = CHANNELS[channel].fields
    return "; ".join(_limit(field) for field in fields)


def _limit(field: ChannelField) -> str:
    size = f"{field.min} to {field.max}" if field.min > 1 else f"{field.max}"
    unit = "" if field.unit == "characters" else f" {field.unit}"
    if field.at_most == 1:
        return f"{field.title[:1].lower() + field.title[1:]} {'' if field.min > 1 else 'up to '}{size}{unit}"
    few = f"{field.at_least} to {field.at_most}" if field.at_least else f"up to {field.at_most}"
    return f"{few} {field.title[:1].lower() + field.title[1:]}s of {size}{unit}"


def size_tone(count: Count) -> Tone:
    return "bad" if not count.min <= count.size <= count.max else "plain"


def shown_count(count: Count) -> str:
    """ "27 / 30", "207 / 280 weighted"; with what is wrong of it in words."""
    unit = UNITS.get(count.unit, count.unit)
    wrong = ""
    if count.size > count.max:
        wrong = f", {count.size - count.max} too many"
    elif count.size < count.min:
        wrong = f", {count.min - count.size} too few"
    return f"{count.size} / {count.max}{f' {unit}' if unit else ''}{wrong}"


def long_count(counts: Sequence[Count], title: str) -> str:
    """Of one text "subject 44 / 60", of several "12 headlines, longest 29 / 30"."""
    if len(counts) == 1:
        return f"{title} {shown_count(counts[0])}"
    worst = max(counts, key=lambda count: (size_tone(count) == "bad", count.size / max(1, count.max)))
    return f"{many(len(counts), title)}, longest {shown_count(worst)}"


def writer_words(tier: str) -> str:
    """Who wrote a text, with what kind of thing that is."""
    if tier == "composer":
        return "written by composer: phrase grammar, no language model"
    if tier == "sheet":
        return "quoted from the sheet, no language model"
    return f"written by {tier}"


def name_of(fact: str) -> str:
    """A key of a span as a person reads it: `name` is the product's."""
    return {"name": "product name", "keywords": "keyword"}.get(fact, fact)


def product_name(request: Mapping[str, Any]) -> str:
    """What a run's request says of its product, without reading a file."""
    from apps.marketing.reading import example

    if request.get("example"):
        return example(str(request["example"])).name
    if request.get("product"):
        return str(request["product"].get("name", ""))
    return str((request.get("sheet") or {}).get("name", "no sheet"))
