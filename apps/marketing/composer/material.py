"""A sheet made ready for one voice: its lines, fragments and nouns, and what can be said of the product as a whole."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from apps.marketing.composer.english import article, capital, is_mass, is_plural, joined
from apps.marketing.composer.packing import Line, lines_of
from apps.marketing.composer.patterns import VOICE_LETTERS
from apps.marketing.composer.phrases import Phrase, Said, phrases, refusal
from apps.marketing.composer.slots import filled
from apps.marketing.composer.subject import Subject
from apps.marketing.sheet import Sheet

__all__ = ["Material", "material"]

_PRICE = re.compile(r"(?:[$\u20ac\u00a3\u00a5]|US\$)\s?\d|\d[\d.,]* (?:euros?|dollars?|pounds?|USD|EUR|GBP)\b", re.IGNORECASE)
_GETTABLE = re.compile(r"\d[\d.,]* ?% off|\d+ \w+ for |free (?:shipping|delivery|trial|sample)|a free ", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^]+")
_LISTED = 70
"""A noun phrase longer than this, or with a comma, is a sentence of its own, not an item of a list."""


@cache
def _frames() -> tuple[tuple[str, frozenset[str], str], ...]:
    text = files("apps.marketing.composer").joinpath("frames.txt").read_text("utf-8")
    found = []
    for line in text.split("\n"):
        if line and not line.startswith("#"):
            head, template = line.split(" = ", 1)
            kind, letters = head.split()
            found.append((kind, frozenset(VOICE_LETTERS[letter] for letter in letters), template))
    return tuple(found)


@dataclass(frozen=True)
class Material:
    """Everything here was checked against the sheet; avoid: texts that a later check turned down."""

    sheet: Sheet
    voice: str
    subject: Subject
    said: Said
    avoid: frozenset[str] = frozenset()

    @cached_property
    def _judged(self) -> dict[str, bool]:
        return {}

    def bears(self, text: str) -> bool:
        """Whether the sheet bears the line and nothing turned it down; asked once for each."""
        if text not in self._judged:
            self._judged[text] = text not in self.avoid and not refusal(text, self.sheet)
        return self._judged[text]

    @cached_property
    def lines(self) -> list[Line]:
        """Sentences of the voice; where a fact has none in it, the plainest that there is."""
        spoken = [phrase for phrase in self.said.of("sentence", self.voice) if phrase.text not in self.avoid]
        known = {fact for phrase in spoken for fact in phrase.facts}
        rest = [phrase for phrase in self.said.of("sentence") if not set(phrase.facts) & known and phrase.text not in self.avoid]
        return lines_of([*spoken, *_one_each(rest)])

    @cached_property
    def full_lines(self) -> list[Line]:
        """The voice's lines and the plain ones: for a text that is long, where labels alone would not read as one."""
        plain = [phrase for phrase in self.said.of("sentence", "plain") if phrase.text not in self.avoid]
        return [*self.lines, *lines_of(plain)] if self.voice != "plain" else self.lines

    @cached_property
    def nouns(self) -> list[Phrase]:
        found = [each for each in self.said.of("noun") if "," not in each.text and len(each.text) <= _LISTED and ":" not in each.text]
        return [each for each in found if each.text not in self.avoid]

    @cached_property
    def fragments(self) -> list[Phrase]:
        return [phrase for phrase in self.said.of("fragment") if phrase.text not in self.avoid]

    @cached_property
    def bullets(self) -> list[Phrase]:
        return [phrase for phrase in self.said.of("bullet") if phrase.text not in self.avoid]

    def frames(self, kind: str) -> list[Phrase]:
        """Lines of the kind in this voice that the sheet bears; the empty list where none can be filled."""
        return list(self._frames_by_kind.get(kind, ()))

    @cached_property
    def _frames_by_kind(self) -> dict[str, list[Phrase]]:
        return {kind: self._all_frames(kind) for kind in dict.fromkeys(kind for kind, _, _ in _frames())}

    def _all_frames(self, kind: str) -> list[Phrase]:
        found = []
        for one, voices, template in _frames():
            if one != kind or self.voice not in voices:
                continue
            for keyword in self._nouns_of_keywords() if "{akeyword}" in template else [""]:
                text = self._framed(template, keyword)
                if text and self.bears(text):
                    facts = ("offer",) if "offer}" in template.lower() else ()
                    found.append(Phrase(text, kind, facts, False, 70 if facts else 0, 2.0, f"{kind} {template}", frozenset([self.voice])))
        return found

    @cached_property
    def keyword_fragments(self) -> list[Phrase]:
        texts = [capital(keyword) for keyword in self._borne_keywords]
        return [Phrase(text, "fragment", (), False, 1, 2.0, f"keyword {text}") for text in texts if self.bears(text)]

    def listed(self, rng: random.Random, used: Collection[str] = (), most: int = 3) -> list[Line]:
        """A line that names two or three facts as a list; none where the sheet has too few that can be listed."""
        free = [noun for noun in self.nouns if not set(noun.facts) & set(used)]
        rng.shuffle(free)
        picked: list[Phrase] = []
        for noun in sorted(free, key=lambda each: -each.interest * rng.random()):
            if len(picked) < most and not any(set(noun.facts) & set(other.facts) for other in picked):
                picked.append(noun)
        if len(picked) < 2:
            return []
        frames = [template for kind, voices, template in _frames() if kind == "list" and self.voice in voices]
        template = rng.choice(frames)
        slots = {"list": joined([noun.text for noun in sorted(picked, key=lambda each: (" and " in each.text, each.order))])}
        facts = tuple(fact for noun in picked for fact in noun.facts)
        must, order = any(noun.must for noun in picked), min(noun.order for noun in picked)
        found = []
        for begin in self.subject.subjects() if template.startswith("{It}") else [""]:
            text = capital(filled(template, slots, self.subject, begin))
            if self.bears(text):
                found.append(Phrase(text, "sentence", facts, must, order, 2.5, f"list {template}", frozenset([self.voice]), begin))
        return [Line(tuple(found))] if found else []

    @cached_property
    def _borne_keywords(self) -> list[str]:
        """A keyword is a wish, no fact: `lightweight tent` is only said where a fact says that it is light."""
        bare = self.sheet.model_copy(update={"keywords": []})
        return [keyword for keyword in self.sheet.keywords if not refusal(keyword, bare)]

    def _nouns_of_keywords(self) -> list[str]:
        noun = self.subject.noun.casefold()
        return [keyword for keyword in self._borne_keywords if noun and keyword.casefold().rsplit(None, 1)[-1] == noun]

    def _framed(self, template: str, keyword: str) -> str:
        sheet, subject = self.sheet, self.subject
        called = f"{sheet.name} {subject.name}".casefold()
        says_kind = re.search(r"\{(?:thing|category)\}", template) and "{audience}" not in template
        if says_kind and sheet.category.casefold() in called:
            return ""  # `The Tarn Mug is a mug.`
        bare = bool(keyword) and (is_plural(subject.noun) or is_mass(subject.noun))
        host = sheet.url.removeprefix("https://").removeprefix("http://").rstrip("/")
        slots = {
            "n": sheet.name, "name": subject.name, "category": sheet.category, "audience": sheet.audience, "offer": sheet.offer.rstrip("."),
            "brand": "" if sheet.brand.casefold() in sheet.name.casefold() else sheet.brand,
            "host": host if _ADDRESS.fullmatch(sheet.url) else "",
            "keyword": keyword, "akeyword": (keyword if bare else f"{article(keyword)} {keyword}") if keyword else "",
            "priceoffer": sheet.offer.rstrip(".") if _PRICE.match(sheet.offer) else "",
            "getoffer": sheet.offer.rstrip(".") if _GETTABLE.match(sheet.offer) else "",
        }  # fmt: skip
        return capital(filled(template, slots, subject))


def _one_each(found: Sequence[Phrase]) -> list[Phrase]:
    """One template a fact: the first, in all its renderings."""
    family = {fact: phrase.family for phrase in reversed(found) for fact in phrase.facts}
    return [phrase for phrase in found if any(family[fact] == phrase.family for fact in phrase.facts)]


def material(sheet: Sheet, voice: str, avoid: frozenset[str] = frozenset()) -> Material:
    """Kept for the sheets seen last: every variant draws from the same one."""
    return _material(sheet.model_dump_json(), voice, avoid)


@lru_cache(maxsize=32)
def _material(dumped: str, voice: str, avoid: frozenset[str]) -> Material:
    sheet = Sheet.model_validate_json(dumped)
    return Material(sheet, voice, Subject.of(sheet), phrases(sheet), avoid)
