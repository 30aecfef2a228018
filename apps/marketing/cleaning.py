"""Fields of a sheet that would talk to the model instead of describing a product: found, named, and made harmless for a prompt."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from apps.marketing.sheet import Sheet

__all__ = ["clean_field", "clean_url", "clean_value", "speaks_as_a_prompt", "suspicious"]

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb]"
)
_BIDI = re.compile("[\u061c\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TAGS = re.compile("(?<!\U0001f3f4)(?<![\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+")
_JOINER = re.compile("[\u200c\u200d]")
_ROLES = re.compile(
    r"<\|[^|<>\n]{0,40}\|?>|\[/?(?:INST|SYS(?:TEM)?)\]|<</?SYS>>|</?(?:s|system|assistant|user|human|instructions?|"
    r"prompt|tool_call|think)>"
    r"|(?:^|[\n.;!?]\s*|#{2,}\s*)(?:#+\s*)?(?:system|assistant|user|human|ai|developer|instructions?|response|"
    r"prompt)(?:\s+(?:prompt|message|note))?\s*:"
    r"|<\||\|>|`{3,}|~{3,}|\{\{|\}\}|\{%|%\}|<!--|-->|^\s*#{2,}",
    re.IGNORECASE | re.MULTILINE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|neglect)\b[^.!?\n]{0,60}"
    r"\b(?:instructions?|prompts?|rules?|guidelines?|polic(?:y|ies)|"
    r"(?:everything|anything|all|text)\s+(?:\w+\s+)?(?:above|before|previous|prior|so far))\b"
    r"|\b(?:you are|act as|pretend to be|roleplay as|behave as)\s+(?:now\s+|a\s+|an\s+|the\s+)*(?:\w+\s+){0,3}?"
    r"(?:assistant|ai|model|chatbot|dan|developer|hacker|expert|bot|copywriter)\b"
    r"|\b(?:reveal|print|repeat|show|output|leak|expose)\b[^.!?\n]{0,40}"
    r"\b(?:system prompt|prompt|instructions|secrets?|api key|password)\b"
    r"|\b(?:new|updated|real|actual|following)\s+(?:instructions?|system prompt|task)\b\s*:?"
    r"|\b(?:do not|don['\u2019]?t|never)\s+(?:follow|obey|check|verify|trace|mention)\b[^.!?\n]{0,40}"
    r"\b(?:rules?|instructions?|facts?|claims?|sheet|limits?)\b"
    r"|\byou are now\b|\b(?:please|always|never)\s+(?:always\s+|never\s+)?(?:mention|say|write|claim|state|pretend)\b"
    r"|\b(?:jailbreak|developer mode|prompt injection|dan mode)\b"
    r"|\b(?:ignorier\w*|vergiss|missachte)\b[^.!?\n]{0,50}\b(?:anweisung|regel|vorherig|obig)\w*"
    r"|\b(?:ignore[zr]?|oublie[zr]?)\b[^.!?\n]{0,50}\b(?:instructions|consignes|r\u00e8gles)\b"
    r"|\b(?:ignora|olvida)\b[^.!?\n]{0,50}\b(?:instrucciones|reglas)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    (
        r"\b(?:https?|ftp|file|javascript|data|mailto)\s?:\s?(?://)?[^\s<>\"]+|\bwww\.[^\s<>\"]+|"
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|!?\[[^\]]{0,80}\]\([^)]{0,200}\)"
    ),
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"'`{}\[\]|\\^\x00-\x20\x7f-\x9f]+")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_FORMULA = re.compile(r"^\s*[=@\uff1d\uff20]\s*\w|^\s*[+\-]\s*[A-Za-z]+\w*\(")
_LOOKALIKES = str.maketrans(
    (
        ""
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u03bf\u03b1\u03b5\u03b9\u03c1\u03bd\u039f\u0391\u0395\u0399\u0131"
    ),
    "aeopcyxijshdABEKMHOPCTXIoaeipvOAEIi",
)
_JOINED_SCRIPTS = (
    "ARABIC",
    "DEVANAGARI",
    "BENGALI",
    "GUJARATI",
    "GURMUKHI",
    "KANNADA",
    "MALAYALAM",
    "ORIYA",
    "SINHALA",
    "TAMIL",
    "TELUGU",
    "SYRIAC",
    "MONGOLIAN",
    "KHMER",
    "MYANMAR",
)
_LONGEST = 2_000
ROOM = 500
"""Characters of a fact's value."""


def clean_field(text: str) -> str:
    """One line of what a reader sees, for a prompt: no hidden characters, no role markers, no orders to the model, no addresses.

    Text that is only about a product comes back as it was, in normalisation form C with single spaces. Idempotent. May be empty.
    """
    cleaned = text[:_LONGEST]
    for _ in range(8):
        before, cleaned = cleaned, _clean_once(cleaned)
        if cleaned == before:
            return cleaned
    return re.sub(r"[^\w\s.,%-]", "", cleaned).strip() if _orders(cleaned) or _ROLES.search(cleaned) else cleaned


def clean_value(text: str) -> str:
    """A field whose lines are items of their own, as one line of items: `waterproof; 2 kg`. Where a line ends a sentence, it does.

    Not where an order goes over several lines, or where the marks would make it longer than it was.
    """
    whole = clean_field(text)
    lines = [cleaned for line in text.splitlines() if (cleaned := clean_field(line).rstrip(" ;,"))]
    items = clean_field(re.sub(r"([.!?:]);", r"\1", "; ".join(lines)))
    same = re.findall(r"[^\s;,]+", items) == re.findall(r"[^\s;,]+", whole)
    return items if same and len(items) <= max(len(text), ROOM) else whole


def speaks_as_a_prompt(text: str) -> bool:
    """Whether it holds a marker of a prompt (`SYSTEM:`): what follows such a marker is no fact either."""
    return _ROLES.search(_skeleton(_visible(text))) is not None


def clean_url(url: str) -> str:
    """The address, "" for what is none: nobody can follow it, and it would stand in a text as it is."""
    if not _URL.fullmatch(url):
        return ""
    try:
        urlsplit(url)  # what looks like a host of IPv6, or turns into another host (U+2100), it refuses
    except ValueError:
        return ""
    return url


def suspicious(sheet: Sheet) -> list[str]:
    """A sentence for each thing in a field that is no product information; empty for an honest sheet."""
    found: list[str] = []
    for place, text in _fields(sheet):
        found += [f"The {place} has {what}. It is left out; delete it from the sheet." for what in _what_is_wrong(text)]
    if sheet.url and not clean_url(sheet.url):
        found.append(f"The url {sheet.url[:60]!r} is not a web address (https://...). It is left out.")
    return found


def _fields(sheet: Sheet) -> list[tuple[str, str]]:
    plain = [
        ("name", sheet.name),
        ("brand", sheet.brand),
        ("category", sheet.category),
        ("audience", sheet.audience),
        ("offer", sheet.offer),
    ]
    facts = [(f"fact `{fact.key[:40]}`", f"{fact.key}\n{fact.value}") for fact in sheet.facts]
    return [*plain, *facts, *((f"keyword {word[:40]!r}", word) for word in sheet.keywords)]


def _what_is_wrong(text: str) -> list[str]:
    bare = _visible(text)
    shown = _skeleton(bare)
    values = text.split("\n")
    found = []
    if match := _orders(shown):
        found.append(f"an order to the language model (`{bare[match.start() : match.end()][:60].strip()}`)")
    if match := _ROLES.search(shown):
        found.append(f"a marker of a prompt (`{match.group()[:30].strip()}`)")
    if match := _ADDRESS.search(shown):
        found.append(f"an address (`{match.group()[:60]}`)")
    if _MARKUP.search(shown):
        found.append("HTML markup")
    if _CONTROL.search(text):
        found.append("control characters")
    if _BIDI.search(text):
        found.append("characters that turn the direction of writing")
    if _INVISIBLE.search(text) or _TAGS.search(text) or _stray_joiners(text):
        found.append("characters that nobody sees")
    if any(_FORMULA.search(value) for value in values):
        found.append("a spreadsheet formula")
    return found


def _orders(shown: str) -> re.Match[str] | None:
    return _ORDERS.search(shown)


def _clean_once(text: str) -> str:
    bare = _visible(text)
    for pattern in (_ORDERS, _ROLES, _ADDRESS, _MARKUP):
        bare = _cut(bare, pattern)
    composed = unicodedata.normalize("NFC", bare)  # some letters it takes apart (U+0958), and a field has a limit
    return " ".join((composed if len(composed) <= len(bare) else bare).split())


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    """Without the matches, which are looked for in the skeleton; of an order the whole sentence goes."""
    kept, at = [], 0
    for match in pattern.finditer(_skeleton(text)):
        start, end = match.span()
        if pattern is _ORDERS:
            rest = re.compile(r"[.!?]+(?=\s|$)|\n").search(text, end)
            end = rest.end() if rest else len(text)
        if start >= at:
            kept.append(text[at:start])
        at = max(at, end)
    return " ".join([*kept, text[at:]])


def _visible(text: str) -> str:
    for pattern in (_INVISIBLE, _BIDI, _TAGS):
        text = pattern.sub("", text)
    stray = set(_stray_joiners(text))
    text = "".join(character for at, character in enumerate(text) if at not in stray)
    return re.sub(r"[\r\t\v\f]+", " ", _CONTROL.sub(" ", text))


def _stray_joiners(text: str) -> list[int]:
    """Joiners outside emoji and outside the scripts that spell with them."""
    return [
        match.start()
        for match in _JOINER.finditer(text)
        if not _belongs(text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])
    ]


def _belongs(before: str, after: str) -> bool:
    name = unicodedata.name(before, "") if before else ""
    if name.startswith(_JOINED_SCRIPTS):
        return True
    pictures = ("So", "Sk", "Mn")
    return bool(before and after) and unicodedata.category(before) in pictures and unicodedata.category(after) in ("So", "Sk")


def _skeleton(text: str) -> str:
    """The same number of characters, with full-width and look-alike letters written as the Latin ones they imitate."""
    wide = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(flat if len(flat) == 1 else character for flat, character in zip(wide, text, strict=True)).translate(_LOOKALIKES)
