"""A template and its slots become a line of English, or nothing where a slot has nothing to say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.marketing.composer.english import article, capital, compound, is_mass, is_plural, joined, listing, small
from apps.marketing.composer.subject import Subject, third

__all__ = ["abbreviated", "filled"]

_SLOT = re.compile(r"\{([^{}]+)\}")
_UNCOUNTED = re.compile(r"(?:(?<!coat)(?<!lin)ing|ness|ity|tion|paper|plastic|protection|support|access|noise|storage|wood|steel|glass)$")
_SHORT = (
    (r"hours?", "h"), (r"minutes?", "min"), (r"kilograms?|kilos", "kg"), (r"grams?", "g"), (r"litres?|liters?", "l"),
    (r"millimet(?:re|er)s?", "mm"), (r"centimet(?:re|er)s?", "cm"), (r"watts?", "W"),
)  # fmt: skip


def abbreviated(value: str) -> str:
    """`38 hours` -> `38 h`; the same text where nothing can be said shorter."""
    for word, short in _SHORT:
        value = re.sub(rf"(?<=\d)[ -]{word}\b", f" {short}", value)
    return value


def filled(template: str, slots: Mapping[str, str], subject: Subject, begin: str = "") -> str:
    """begin: what stands for `{It}`. Empty where a slot is empty, or where a form does not exist (a compound of a whole sentence)."""
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        text = _slot(match.group(1), slots, subject, begin or subject.pronoun)
        missing = missing or text is None
        return text or ""

    spoken = re.sub(r"\{it\} (?=\{(?:s:|is\}|has\}))|\{it\} (?=\{(?:v|rest)\})", f"{subject.pronoun} ", template)
    text = " ".join(_SLOT.sub(put, spoken).split())
    text = re.sub(r" ([.,;:?!])", r"\1", text)
    return "" if missing else text


def _slot(slot: str, slots: Mapping[str, str], subject: Subject, begin: str) -> str | None:  # noqa: PLR0911 (one return a form)
    name = slot.strip()
    if name in ("It", "it", "its"):
        return {"It": capital(begin), "it": subject.object, "its": subject.possessive}[name]
    if name == "it^":
        return capital(subject.pronoun)
    if name == "al":
        items = re.split(r", | and ", slots["v"])
        return joined([_with_article(item, large=False) for item in items])
    if name in ("is", "has"):
        return subject.verb({"is": "be", "has": "have"}[name])
    if name == "kis":
        return "are" if is_plural(slots["k"].split(" of ")[0]) else "is"
    if name.startswith("s1:"):
        return third(name[3:])
    if name.startswith("s:"):
        return subject.verb(name[2:].split("|")[-1])
    if name == "thing":
        return subject.thing or None
    if name.endswith("?"):
        return _rest(name[:-1], slots)
    if name in ("ak", "a k", "A k"):
        return _with_article(slots["k"], large=name == "A k")
    if name[:2] in ("a ", "A "):
        wanted = name[2:]
        inner = compound(slots.get(wanted[1:], "")) if wanted.startswith("-") else slots.get(wanted, "")
        return _with_article(inner, large=name[0] == "A", always=wanted.startswith("-")) if inner else None
    return _plain(name, slots)


def _plain(name: str, slots: Mapping[str, str]) -> str | None:
    name, _, form = name.partition("|")
    bare = name.removeprefix("-")
    value = slots.get(bare) or slots.get(bare[:1].lower() + bare[1:], "")
    if not value:
        return None
    if name.startswith("-"):
        value = compound(value)
    if form == "abbr":
        value = abbreviated(value) if abbreviated(value) != value else ""
    elif form == "or":
        parts = re.split(r", | and ", value)
        value = joined(parts, "or") if len(parts) > 1 else ""
    elif form == "not":
        value = re.sub(r"^not ", "", value)
    return (capital(value) if bare[:1].isupper() else value) or None


def _rest(name: str, slots: Mapping[str, str]) -> str:
    """`{rest?}`, `{, rest?}`, `{; rest?}`, `{verb rest?}`: nothing where there is nothing."""
    lead, _, bare = name.rpartition(" ")
    value = slots.get(bare or name, "")
    if not value:
        return ""
    if lead == "verb":
        return f" and {value}" if re.match(r"\w+s\b", value) else f", {value}"
    if lead == ";":
        return f"; it {value}" if re.match(r"\w+s\b", value) else f", {value}"
    return f"{lead} {value}" if lead else value


def _with_article(text: str, *, large: bool, always: bool = False) -> str:
    """No article before a plural, a mass noun, a number or a list; `a` or `an` before anything else."""
    head = re.split(r" (?:of|with|from|in|without|for|on|and|to)\b", text)[0].split(" ")[-1]
    bare = not always and (is_plural(head) or is_mass(head) or bool(re.match(r"(?:two|three|four) ", text)) or _uncounted(head))
    full = text if bare else f"{article(text)} {text}"
    return capital(full) if large else full


def _uncounted(head: str) -> bool:
    return bool(_UNCOUNTED.search(head.casefold()))


def slots_of(key: str, value: str, groups: Mapping[str, str]) -> dict[str, str]:
    """k, v, l and the groups. A capital that only began the value is made small, so that it can stand inside a sentence."""
    shown = small(value)
    plain_key = key if re.match(r"[A-Z]{2}|[a-z]+[A-Z]", key) else key[:1].lower() + key[1:]
    return {"k": plain_key, "v": shown, "l": listing(shown)} | {name: small(text.strip()) for name, text in groups.items()}
