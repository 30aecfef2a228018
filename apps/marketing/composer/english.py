"""The little English that the composer needs: articles, number, lists, compounds, capitals."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["article", "capital", "compound", "is_mass", "is_plural", "joined", "listing", "small", "subject_noun", "thing"]

_MASS = frozenset({
    "software", "granola", "muesli", "coffee", "tea", "chocolate", "bread", "pasta", "rice", "honey", "furniture", "jewellery",
    "jewelry", "clothing", "luggage", "yarn", "paint", "detergent", "hosting", "insurance", "storage", "milk", "juice", "butter",
    "cheese", "flour", "sugar", "salt", "food", "cereal", "equipment", "wine", "beer", "gin", "whisky", "water", "oil",
    "porridge", "cookware", "bedding", "knitwear", "sportswear", "swimwear", "underwear", "footwear", "crm",
})  # fmt: skip
_NO_PLURAL = frozenset({
    "lens", "canvas", "gas", "bus", "atlas", "series", "news", "chess", "iris", "cactus", "virus", "bonus", "focus", "status",
    "plus", "tennis",
})  # fmt: skip
_VOWEL_SOUND = re.compile(r"[aeiou]|8|11(?!\d)|18(?!\d)|hour|honest|heir", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(r"one\b|once|uni(?!n)|use|usa|usb|eu|ewe|u-", re.IGNORECASE)
_SPELLED = re.compile(r"[FHLMNRSX](?:[A-Z0-9]|\b)")
_PRONOUNCED = re.compile(r"(?:REST|RAM|ROM|LAN|HEPA|LED|SIM|SUV|NASA|LASER)\b")
_SPAN = re.compile(r"(?P<number>\d[\d.,]*) (?P<unit>year|month|week|day|hour|minute|second|litre|liter|watt|inch|metre|meter)(?:e?s)?")
_MARKS = re.compile(r"\s*[,;]\s+")


def article(phrase: str) -> str:
    """`a` or `an`, by sound: an hour, a USB cable, an FSC label, a REST interface, an 8-hour day."""
    bare = phrase.lstrip("\"'(")
    if _SPELLED.match(bare) and not _PRONOUNCED.match(bare):
        return "an"
    return "an" if _VOWEL_SOUND.match(bare) and not _CONSONANT_SOUND.match(bare) else "a"


def subject_noun(category: str) -> str:
    """What to call the thing after its name was said: `height-adjustable desk` -> desk, `software as a service` -> software."""
    before = re.split(r"\s(?:as|for|of|with|in|to|from|set)\s", f"{category} ", maxsplit=1)[0]
    return before.strip().rsplit(" ", 1)[-1] if before.strip() else ""


def is_plural(noun: str) -> bool:
    word = noun.casefold()
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")) and word not in _NO_PLURAL


def is_mass(noun: str) -> bool:
    return noun.casefold() in _MASS


def thing(category: str) -> str:
    """With its article where it takes one: `a height-adjustable desk`, `breakfast granola`, `headphones`."""
    noun = subject_noun(category)
    return category if is_plural(noun) or is_mass(noun) else f"{article(category)} {category}"


def joined(items: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def listing(value: str) -> str:
    """`black, white, sage` -> `black, white and sage`; anything that is no plain list stays as it is."""
    parts = value.split(", ")
    plain = len(parts) > 1 and not re.search(r"[;:()/]|\b(?:and|or|with|not|no|without|each|among|per)\b", value)
    return joined(parts) if plain else value


def capital(text: str) -> str:
    """The first letter large, except of words that are written small with a capital inside (iOS)."""
    return text if re.match(r"[a-z]+[A-Z]", text) else text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The first letter small, where it was only large because it stood first (`Active`, but `USB`, `Bluetooth 5.3` stay)."""
    first = re.match(r"[A-Z][a-z]+(?=[\s,-]|$)", text)
    common = re.compile(r"(?:Active|Adjustable|Automatic|Free|Full|Included|Removable|Two|Three|Four|With|Up|About|From|For|On|The|A|An)$")
    return text[:1].lower() + text[1:] if first and common.match(first.group()) else text


def compound(value: str) -> str:
    """As an adjective before a noun: `2 years` -> `2-year`; a unit in letters stays apart (`450 g`); empty where that reads badly."""
    if match := _SPAN.fullmatch(value):
        return f"{match['number']}-{match['unit']}"
    return value if re.fullmatch(r"\d[\d.,]* ?(?:[a-zA-Z%\u00b0\u00b5]{1,4}|m2|m\u00b2)", value) else ""
