"""The product as a grammatical subject: name, noun, pronoun, and its verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.marketing.composer.english import is_plural, subject_noun, thing
from apps.marketing.sheet import Sheet

__all__ = ["Subject"]

_IRREGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes"}


@dataclass(frozen=True)
class Subject:
    """name: as a subject of a sentence (`the Nordholm Alva Desk`, `the Auralin Drift 2 headphones`, `Quillstack Invoices`)."""

    name: str
    noun: str
    thing: str
    plural: bool

    @classmethod
    def of(cls, sheet: Sheet) -> Subject:
        category = " ".join(sheet.category.split())
        noun = subject_noun(category)
        words = sheet.name.casefold().split()
        plural = is_plural(noun)
        ends_so = bool(noun) and words[-1] in (noun.casefold(), noun.casefold() + "s", noun.casefold().removesuffix("s"))
        if plural and not ends_so:
            name = f"the {sheet.name} {noun}"
        elif ends_so and not re.match(r"the\b", sheet.name, re.IGNORECASE):
            name = f"the {sheet.name}"
        else:
            name = sheet.name
        return cls(name, noun, thing(category) if category else "", plural)

    @property
    def pronoun(self) -> str:
        return "they" if self.plural else "it"

    @property
    def object(self) -> str:
        return "them" if self.plural else "it"

    @property
    def possessive(self) -> str:
        return "their" if self.plural else "its"

    def verb(self, base: str) -> str:
        """In the third person: `weigh` -> weighs, or weigh for headphones."""
        if self.plural:
            return {"be": "are"}.get(base, base)
        return third(base)

    def subjects(self) -> list[str]:
        """The ways to begin a sentence about it, the fullest first."""
        called = [f"the {self.noun}"] if self.noun else []
        return [self.name, *called, self.pronoun]


def third(base: str) -> str:
    """`carry` -> carries, `reach` -> reaches, `weigh` -> weighs."""
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    if re.search(r"[^aeiou]y$", base):
        return f"{base[:-1]}ies"
    return f"{base}es" if re.search(r"(?:s|x|z|ch|sh)$", base) else f"{base}s"
