"""Search: responsive search ads and a page's title and description."""

from __future__ import annotations

import re

from apps.marketing.channels.channel import Channel, ChannelField, Fields, Violation, WholeRule
from apps.marketing.channels.counting import count_google, pixel_width
from apps.marketing.channels.graphemes import count_graphemes
from apps.marketing.channels.rules import Rule, emoji_rule, pattern_rule, shouting_rule, too_many_rule

__all__ = ["GOOGLE_RSA", "META"]

_EXCLAMATION = "[!\uff01\u00a1\u203c\u2049]"
_EDITORIAL = (
    pattern_rule("repeated_punctuation", "The same mark twice in a row is refused.", r"([!?.,;:~*&%$#@+=/\\|^_-])\s?\1+|[?!]{2,}|\u2026"),
    pattern_rule(
        "phone_number",
        "Phone numbers are refused in ad text: use a call asset.",
        r"(?<![\w.])(?!(?:19|20)\d\d\s?-\s?(?:19|20)\d\d(?!\w))\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?!\w)",
    ),
    pattern_rule(
        "symbol",
        "Bullets, arrows and symbols for effect are refused.",
        "[\u2022\u25aa\u25cf\u2605\u2606\u2713\u2714\u2192\u2794\u00bb\u00ab]|(?<!\\d)\\*",
    ),
    pattern_rule("single_byte_katakana", "Half-width katakana are refused.", "[\uff61-\uff9f]"),
    pattern_rule("spaced_letters", "Letters spaced out or dotted for effect are refused.", r"(?<!\w)[a-z](?:[ .][a-z]){3,}(?!\w)"),
    pattern_rule("repeated_word", "The same word twice in a row is refused.", r"\b(\w+)\s+\1\b"),
    pattern_rule("extra_space", "Two spaces in a row, or a space before a comma or a full stop.", r" {2,}| [,.;:!?](?=\s|$)"),
    emoji_rule("emoji", "Emoji are refused."),
    shouting_rule("capitals"),
)


def _same_text_twice(fields: Fields) -> list[Violation]:
    found = []
    for name in ("headlines", "descriptions"):
        seen: dict[str, int] = {}
        for index, text in enumerate(fields.get(name, ())):
            key = " ".join(text.casefold().split())
            if key in seen:
                found.append(
                    Violation(name, index, "duplicate", f"The same text as number {seen[key] + 1}: Google refuses it.", (0, len(text)))
                )
            seen.setdefault(key, index)
    return found


def _two_exclamations(fields: Fields) -> list[Violation]:
    marked = [index for index, text in enumerate(fields.get("descriptions", ())) if re.search(_EXCLAMATION, text)]
    words = "Two descriptions appear together and one exclamation mark an ad is the limit."
    return [Violation("descriptions", index, "exclamation_in_two", words, (0, 0), "warning") for index in marked[1:]]


_DESCRIPTION_EXCLAMATION = too_many_rule("exclamation", "At most one exclamation mark in a description.", _EXCLAMATION, 1)
_HEADLINE_EXCLAMATION = pattern_rule("exclamation", "No exclamation mark in a headline.", _EXCLAMATION)
_PATH_RULES = (
    pattern_rule("path_character", "A display path has letters, digits and hyphens only.", r"[^\w-]"),
    shouting_rule("capitals", level="warning"),
)

GOOGLE_RSA = Channel(
    "google_rsa",
    "Google responsive search ad",
    (
        ChannelField("headlines", "Headline", "characters", 1, 30, count_google, 3, 15, (_HEADLINE_EXCLAMATION, *_EDITORIAL)),
        ChannelField("descriptions", "Description", "characters", 1, 90, count_google, 2, 4, (_DESCRIPTION_EXCLAMATION, *_EDITORIAL)),
        ChannelField("paths", "Display path", "characters", 1, 15, count_google, 0, 2, _PATH_RULES),
    ),
    (WholeRule("duplicate", _same_text_twice), WholeRule("exclamation_in_two", _two_exclamations)),
    "Google Ads Help 7684791 (limits) and 176095, 14847994 (editorial: punctuation and symbols)",
)


def _wider_than(code: str, pixels: int, size_px: float) -> Rule:
    words = f"Wider than about {pixels} pixels: a search page on a desktop cuts it off (an estimate in Arial {size_px:g} px)."
    return Rule(code, words, lambda text, names: [(0, len(text))] if pixel_width(text, size_px) > pixels else [], "warning")


META = Channel(
    "meta",
    "Page title and description",
    (
        ChannelField(
            "title", "Title", "characters", 50, 60, count_graphemes, rules=(_wider_than("pixels", 600, 20), shouting_rule("capitals"))
        ),
        ChannelField(
            "description",
            "Description",
            "characters",
            120,
            158,
            count_graphemes,
            rules=(
                _wider_than("pixels", 920, 14),
                shouting_rule("capitals"),
                pattern_rule("quote", 'A " ends the HTML attribute.', '"', level="warning"),
            ),
        ),
    ),
    source="Widths seen on search result pages; Google states no fixed number of characters",
)
