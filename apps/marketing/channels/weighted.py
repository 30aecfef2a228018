"""How long X says a post is: twitter-text configuration v3.

Weight 1 for U+0000-10FF, 2000-200D, 2010-201F and 2032-2037, 2 for everything else; an emoji sequence is 2, a web address 23, whatever
their length; the text is counted in normalisation form C. Source: twitter-text `config/v3.json` and its conformance tests.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from apps.marketing.channels.emoji import emoji_spans

__all__ = ["URL_LENGTH", "count_weighted", "url_spans"]

URL_LENGTH = 23
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_MAX_URL = 4096
_SPACES = "\u0009-\u000d\u0020\u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVALID = "\ufffe\ufeff\uffff"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_PUNCTUATION = re.escape("!'#%&'()*+,/:;<=>?@[]^{|}~$\"`\\") + "\u2018\u2019\u201c\u201d\u3001\u3002\uff0c\uff01\uff1f"
_NOT_IN_HOST = f"{_PUNCTUATION}{_SPACES}{_INVALID}{_BIDI}."
_LABEL = f"[^{_NOT_IN_HOST}\\-_](?:[^{_NOT_IN_HOST}]*[^{_NOT_IN_HOST}\\-_])?"
_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_ASCII_LABEL = f"[a-z0-9{_LATIN}](?:[a-z0-9{_LATIN}\\-_]*[a-z0-9{_LATIN}])?"
_IN_PATH = "a-z0-9!*';:=+,.$/%#\\[\\]\\-_~@&|\u00c0-\u024f\u0400-\u04ff\u0370-\u03ff"
_TAIL = (
    "(?::[0-9]+)?"
    f"(?:/(?:[{_IN_PATH}()]{{0,4096}}(?:\\([{_IN_PATH}]{{0,200}}\\)|[a-z0-9=_#/+\\-\u00c0-\u024f\u0400-\u04ff\u0370-\u03ff]))?)?"
    "(?:\\?[a-z0-9!?*'@();:&=+$/%#\\[\\]\\-_.,~|]*[a-z0-9\\-_&=#/])?"
)
_WITH_SCHEME = re.compile(f"(?<![a-z0-9@\uff20$#\uff03{_INVALID}])https?://((?:{_LABEL}\\.)+([^{_NOT_IN_HOST}\\-_]+))", re.IGNORECASE)
_BARE = re.compile(
    f"(?<![a-z0-9@\uff20$#\uff03{_LATIN}._/\\-])((?:{_ASCII_LABEL}\\.)+([a-z]{{2,}}|xn--[a-z0-9\\-]+))(?![0-9a-z@])", re.IGNORECASE
)
_AFTER = re.compile(_TAIL, re.IGNORECASE)
_SHORT_BARE = frozenset({"co", "tv"})


def count_weighted(text: str) -> int:
    composed = unicodedata.normalize("NFC", text)
    spans = [(start, end, URL_LENGTH) for start, end in url_spans(composed)]
    total, at = 0, 0
    for start, end, weight in [*spans, (len(composed), len(composed), 0)]:
        total += _count_plain(composed[at:start]) + weight
        at = end
    return total


def url_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of what X shortens: addresses with a scheme, and bare ones whose last label is a top-level domain."""
    found: list[tuple[int, int]] = []
    if "." not in text:
        return found
    for match in _WITH_SCHEME.finditer(text):
        end = _end_of_host(match.group(1), match.start(1))
        if end is not None:
            found.append((match.start(), _tail(text, end)))
    for match in _BARE.finditer(text):
        inside = any(start <= match.start() < end for start, end in found)
        end = _tail(text, match.end())
        if not inside and _is_bare_host(match.group(1), has_path=text[match.end() : match.end() + 1] == "/"):
            found.append((match.start(), end))
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if (not kept or start >= kept[-1][1]) and end - start <= _MAX_URL:
            kept.append((start, end))
    return kept


def _tail(text: str, end: int) -> int:
    after = _AFTER.match(text, end)
    return after.end() if after else end


def _end_of_host(host: str, start: int) -> int | None:
    """The host up to its longest run of labels that ends in a top-level domain: `twitter.com.Next` is `twitter.com`."""
    labels = host.split(".")
    for kept in range(len(labels), 1, -1):
        last = labels[kept - 1]
        trimmed = last if _is_domain(last) else re.match("[a-z]*", last, re.IGNORECASE).group()  # type: ignore[union-attr]
        if trimmed and _is_domain(trimmed) and _encodes(labels[: kept - 1]):
            return start + len(".".join([*labels[: kept - 1], trimmed]))
    return None


def _is_bare_host(host: str, *, has_path: bool) -> bool:
    labels = host.lower().split(".")
    if not _is_domain(labels[-1]) or not _encodes(labels):
        return False
    return len(labels) > 2 or has_path or len(labels[-1]) > 2 or labels[-1] in _SHORT_BARE


def _encodes(labels: list[str]) -> bool:
    """Each label has an IDNA form of at most 63 bytes; X counts a longer one as plain text."""
    try:
        return all(0 < len(label.encode("ascii") if label.isascii() else label.encode("idna")) <= 63 for label in labels)
    except UnicodeError:
        return False


def _is_domain(label: str) -> bool:
    if label.isascii():
        return label.lower() in _top_level()
    try:
        return label.encode("idna").decode("ascii").lower() in _top_level()
    except UnicodeError:
        return False


@cache
def _top_level() -> frozenset[str]:
    lines = files("apps.marketing.channels").joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def _count_plain(text: str) -> int:
    total, at = 0, 0
    for start, end in [*emoji_spans(text), (len(text), len(text))]:
        total += sum(_weight(character) for character in text[at:start]) + (2 if end > start else 0)
        at = end
    return total


def _weight(character: str) -> int:
    return 1 if any(first <= ord(character) <= last for first, last in _LIGHT) else 2
