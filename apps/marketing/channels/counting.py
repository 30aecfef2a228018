"""Units of length, one function each: what a channel's limit is a limit of."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["count_google", "count_sentences", "count_utf16", "count_words", "pixel_width", "word_spans"]

_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_WORD = re.compile(f"[{_IDEOGRAPH}]|(?:(?![{_IDEOGRAPH}])\\w)+(?:[\u0300-\u036f'\u2019.,/\\-](?:(?![{_IDEOGRAPH}])\\w)+)*")
_SENTENCE_END = re.compile("[.!?\u2026\u3002\uff01\uff1f]+[\"'\u201d\u2019)\\]]*(?=\\s|$)|[\u3002\uff01\uff1f]")

_WIDTHS = {
    222: "ijl",
    191: "'",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
"""Advance widths of Helvetica, to which Arial is metric-compatible, in thousandths of the font size (Adobe's core 14 AFM files)."""

_ADVANCE = {character: width for width, characters in _WIDTHS.items() for character in characters}


def count_google(text: str) -> int:
    """Google Ads: a character of a double-width script (East Asian Width W or F) counts two, any other one. In form C, because that is how
    an accented letter is typed and stored."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in unicodedata.normalize("NFC", text))


def count_utf16(text: str) -> int:
    """What JavaScript and most form fields call the length; an emoji outside the basic plane is two."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Runs of letters and digits, joined over an apostrophe, a hyphen or a decimal separator; every ideograph and kana is a word of its
    own, as word processors count."""
    return [match.span() for match in _WORD.finditer(text)]


def count_words(text: str) -> int:
    return len(word_spans(text))


def count_sentences(text: str) -> int:
    """Sentences that are finished, and one more where the last is not."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    rest = text[ends[-1] :] if ends else text
    return len(ends) + (1 if rest.strip() else 0)


def pixel_width(text: str, size_px: float) -> int:
    """An estimate in Arial, the face of a search result; an accent adds nothing, an ideograph is as wide as it is high."""
    total = 0
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
            continue
        wide = unicodedata.east_asian_width(character) in "WF"
        total += 1000 if wide else _ADVANCE.get(character, 556)
    return round(total * size_px / 1000)
