"""The product sheet: what is known of a product, and so all that may be claimed of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

__all__ = ["Fact", "Sheet", "banned_in"]


class Fact(BaseModel):
    """One line of the sheet. key: as a person wrote it (`battery life`); value: with its unit (`30 hours`). must: has to appear in
    every text that has room for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=1, max_length=80)
    value: str = Field(min_length=1, max_length=500)
    must: bool = False

    @field_validator("key", "value")
    @classmethod
    def _says_something(cls, text: str) -> str:
        return _visible(text)


class Sheet(BaseModel):
    """A product. keywords: words that texts should contain; banned: words that no text may contain; offer: a price or discount that may
    be named, with its conditions; audience: for whom; category: what kind of thing it is (`water bottle`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    brand: str = Field(default="", max_length=80)
    category: str = Field(default="", max_length=80)
    audience: str = Field(default="", max_length=200)
    facts: list[Fact] = Field(min_length=1, max_length=60)
    offer: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=300)
    keywords: list[str] = Field(default=[], max_length=30)
    banned: list[str] = Field(default=[], max_length=100)

    @property
    def proper(self) -> tuple[str, ...]:
        """What no rule about capitals faults: the name, the brand, and the words that facts and offer have in capitals (DATEV), unless the
        sheet is typed in capitals throughout."""
        shouts = "".join(fact.key for fact in self.facts).isupper()
        capitals = [] if shouts else re.findall(r"\b[A-Z][A-Z&']+\b", " ".join([*(fact.value for fact in self.facts), self.offer]))
        return tuple(dict.fromkeys(word for word in (self.name, self.brand, *capitals) if word))

    @field_validator("name")
    @classmethod
    def _has_a_name(cls, text: str) -> str:
        return _visible(text)

    @field_validator("keywords", "banned")
    @classmethod
    def _words(cls, words: list[str]) -> list[str]:
        if any(len(word) > 80 for word in words):
            raise ValueError("a word or phrase has at most 80 characters")
        return list(dict.fromkeys(word.strip() for word in words if word.strip()))

    @model_validator(mode="after")
    def _name_can_be_written(self) -> Sheet:
        """A text names its product, so a name with a banned word would make every text a fault."""
        for place, text in (("name", self.name), ("brand", self.brand)):
            if found := banned_in(text, self.banned):
                raise ValueError(
                    f"the {place} {text!r} has the banned word {found[0]!r}, so no text could name the product: "
                    f"take it off `banned`, or ban a longer phrase."
                )
        return self


def banned_in(text: str, banned: Iterable[str]) -> list[str]:
    """Which banned words or phrases the text has: whole words, whatever the case, the width or the spacing."""
    folded = _folded(text)
    return [word for word in banned if _folded(word) and re.search(rf"(?<!\w){re.escape(_folded(word))}(?!\w)", folded)]


def _folded(text: str) -> str:
    plain = "".join(character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf")
    return " ".join(re.sub(r"[\s\u2010-\u2015-]+", " ", plain.casefold()).split())


def _visible(text: str) -> str:
    if not any(not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf", "Cs") for character in text):
        raise ValueError("there is nothing to read in it")
    return text
