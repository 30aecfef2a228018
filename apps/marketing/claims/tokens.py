"""Plain text -> tokens: words, numbers, codes (IP67, USB-C), symbols, pictures, and the marks that end a clause or a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.marketing.claims.stems import stem

__all__ = ["Token", "tokens"]

TOKEN = re.compile(
    r"""(?P<url>https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|\b[\w-]+\.(?:com|org|net|io|co|de|uk|eu|shop|app)\b(?:/\S*)?)
    |(?P<code>(?<![\w.,])(?:24/7|18/8|18/10|18/0|360°?|(?:ipx?|cr|[habmcegt](?=\d)|wpa|cat|en|iso|usb|wi-fi|type|q|hdmi|soc|ce|pm|mp|lr)
        [ -]?\d+(?:\.\d+)*
        (?![\d%]|\s*(?:%|cm|mm|kg|ml|hours?|days?|years?|g\b|l\b|h\b))|(?-i:(?!SPF|UPF|EUR|USD|CHF|GBP|PH|W\d|W\d)[A-Z]{2,6}-?[A-Z]?\d+[A-Z]?)\b(?![.,]\d)|[248]k\b|[1-9]d\b|[3-6]g\b(?=.{0,12}(?:network|connect|lte|mobile)))
        |(?<![\w.,])(?:wi-fi|t-shirts?|e-bikes?|usb[ -][abc]|x-large)\b)
    |(?P<number>\d{1,3}(?:[ \u00a0]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,'](?=\d)\d+)*)
    |(?P<ordinal>(?<=\d)(?:st|nd|rd|th)\b)
    |(?P<hashtag>\#(?=[^\W\d_]))
    |(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    |(?P<stop>[.!?]+(?=\s|$|["')\]]|[^\W\d])|[\n\r•·▪►✓✔☑|]|[.!?]+$)
    |(?P<clause>[,;:()\[\]"—]|\s-+\s)
    |(?P<symbol>[%$€£¥₹°²³+~<>≥≤\u00d7*/&=\-±])
    |(?P<picture>[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff])""",
    re.VERBOSE | re.IGNORECASE,
)
CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
RATIO = re.compile(r"i[pP]|[a-z]")


@dataclass(frozen=True)
class Token:
    """kind: url, code, number, ordinal, word, stop, clause, symbol, picture. start, end: in the plain text. glued: joined by a hyphen to
    the token before."""

    kind: str
    text: str
    stem: str
    start: int
    end: int
    glued: bool = False


def tokens(text: str) -> list[Token]:
    """Plain text -> its tokens in order; what is none of the kinds is left out."""
    found: list[Token] = []
    tagged = False
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "symbol"
        if kind == "hashtag":
            tagged = True
            continue
        if tagged and kind == "word":
            found.extend(_camel(match))
        elif kind == "symbol" and match[0] == "-" and _joins(text, match.start()):
            pass
        else:
            found.append(_token(kind, match[0], match.start(), glued=_glued(text, match.start())))
        tagged = False
    return found


def _token(kind: str, text: str, start: int, glued: bool = False) -> Token:
    lower = text.lower()
    if kind == "code":
        normal = lower.replace("-", "") if "/" not in lower and lower[0].isalpha() else lower
        normal = normal if "/" in lower else re.sub(r"[ -](?=[\dabc])", "", normal)
        normal = normal[:-1] if normal in ("ebikes", "e-bikes", "tshirts", "t-shirts") else normal
        return Token(kind, normal, normal, start, start + len(text), glued)
    if kind != "word":
        return Token(kind, lower, lower, start, start + len(text), glued)
    base = lower[:-2] if lower.endswith("'s") else lower.rstrip("'")
    return Token(kind, lower, stem(base), start, start + len(text), glued)


def _camel(match: re.Match[str]) -> list[Token]:
    """The words of a hashtag: #VeganLeather."""
    parts = list(CAMEL.finditer(match[0]))
    if len(parts) < 2 or "".join(part[0] for part in parts) != match[0]:
        return [_token("word", match[0], match.start())]
    return [_token("word", part[0], match.start() + part.start(), glued=part.start() > 0) for part in parts]


def _joins(text: str, at: int) -> bool:
    """Whether the hyphen there joins two words or a number and a word: not a minus, not a dash, not a range."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return ((before.isalnum() or before in "%°") and bool(before) and after.isalpha()) or (before.isalpha() and after.isdigit())


def _glued(text: str, at: int) -> bool:
    return at >= 2 and text[at - 1] == "-" and (text[at - 2].isalnum() or text[at - 2] in "%°")
