"""A shop's own page and a marketplace's bullet points."""

from __future__ import annotations

import re
from collections.abc import Collection

from apps.marketing.channels.channel import Channel, ChannelField
from apps.marketing.channels.counting import count_words
from apps.marketing.channels.graphemes import count_graphemes
from apps.marketing.channels.rules import Rule, Span, emoji_rule, pattern_rule, shouting_rule

__all__ = ["AMAZON_BULLETS", "PRODUCT_DESCRIPTION"]

_LONGEST_SENTENCE_WORDS = 35
_SENTENCE = re.compile(r"[^.!?\u2026\u3002]+(?:[.!?\u2026\u3002](?!\s|$)[^.!?\u2026\u3002]*)*[.!?\u2026\u3002]*")


def _long_sentences(text: str, names: Collection[str]) -> list[Span]:
    return [match.span() for match in _SENTENCE.finditer(text) if count_words(match.group()) > _LONGEST_SENTENCE_WORDS]


def _unfinished(text: str, names: Collection[str]) -> list[Span]:
    bare = text.rstrip()
    return [] if not bare or bare.endswith((".", "!", "?", "\u3002", '."', ".\u201d", ".)")) else [(max(0, len(bare) - 20), len(bare))]


PRODUCT_DESCRIPTION = Channel(
    "product_description",
    "Product description",
    (
        ChannelField(
            "description",
            "Description",
            "words",
            80,
            160,
            count_words,
            rules=(
                Rule("unfinished", "The last sentence has no end.", _unfinished),
                Rule("long_sentence", f"A sentence of more than {_LONGEST_SENTENCE_WORDS} words.", _long_sentences, "warning"),
                pattern_rule(
                    "markup",
                    "Markup instead of sentences.",
                    r"^\s*(?:[#*\u2022-]|\d+\.)\s|</?[a-z]\w*[^<>]*>|\*\*",
                    flags=re.MULTILINE | re.IGNORECASE,
                ),
                shouting_rule("capitals"),
            ),
        ),
    ),
    source="Our own measure of a shop page",
)

AMAZON_BULLETS = Channel(
    "amazon_bullets",
    "Amazon bullet points",
    (
        ChannelField(
            "bullets",
            "Bullet point",
            "characters",
            10,
            255,
            count_graphemes,
            3,
            5,
            rules=(
                pattern_rule("small_letter", "A bullet point begins with a capital letter.", r"^\s*[a-z]", flags=re.RegexFlag(0)),
                pattern_rule("end_mark", "A bullet point is a fragment without a mark at its end.", r"[.!?;]\s*$"),
                pattern_rule(
                    "symbol", "These characters are refused.", "[\u2122\u00ae\u20ac\u2026\u2020\u2021\u00a2\u00a3\u00a5\u00a9\u00b1~]"
                ),
                pattern_rule("link", "No address, e-mail or phone number.", r"https?://|www\.|\S+@\S+\.\w|\b\d{3}[\s.-]\d{3}[\s.-]\d{4}\b"),
                pattern_rule(
                    "guarantee",
                    "No promise of money back: Amazon's own terms hold.",
                    r"\bmoney[ -]back\b|\bfull refund\b|\bguarantee[ds]?\b",
                ),
                pattern_rule(
                    "refused_words",
                    "Amazon refuses these words.",
                    r"\beco[ -]?friendly\b|\banti[ -]?(?:bacterial|microbial)\b|\bnot applicable\b",
                ),
                emoji_rule("emoji", "Emoji are refused."),
                shouting_rule("capitals", level="warning"),
            ),
        ),
    ),
    source="Amazon Seller Central, bullet point requirements",
)
