"""A sentence of a model's answer: shown as the sheet bears it, or withheld with the reason.

That every claim has its fact (`check_claims`) is not enough in an answer. "Yes." and "You can swim with them." claim nothing by their words
and everything by the question before them. So a sentence also has to rest on a fact; it may not take up what only the question brought in;
and its yes or no stands only where the sheet bears, or denies, what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.marketing.claims import Checked, check_claims, coverage
from apps.marketing.quoting import SILENT, names_in, unknown_words
from apps.marketing.sheet import Sheet, banned_in
from apps.marketing.verifying import Check

__all__ = ["Grounds", "Screened", "greets"]

_SILENCE = re.compile(
    r"\b(?:sheet|information|details?|facts?|specifications?)\b[^.!?]*\b(?:not|n['\u2019]t|no)\b[^.!?]*"
    r"\b(?:say|mention|stat|specif|provid|list|includ|giv|contain|availab|indicat|tell|answer)"
    r"|\bnot? (?:\w+ )?(?:mentioned|stated|specified|listed|provided|indicated|information|details)\b"
    r"|\b(?:do not|don['\u2019]t|cannot|can['\u2019]t) (?:know|say|tell|answer)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?P<word>yes|yeah|yep|no|nope|not really|of course|absolutely|certainly|definitely|sure)\b[\s,;:.!\u2014-]*", re.IGNORECASE
)
_MARKUP = re.compile(r"\*\*|__|`|^[#>\s]+")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_COPY = re.compile(
    r"\b(?:write|draft|compose|rephrase|reword|slogan|tagline|headline|caption|tweet|post|advert|ad copy|e-?mail|paragraph|pitch)\b",
    re.IGNORECASE,
)
_NAMING = frozenset({"name", "brand", "category"})
_GREETING = re.compile(
    r"\b(?:(?:hello|hi|hey|welcome|goodbye|bye|thanks|thank you|you(?:['\u2019]re| are) welcome|good (?:morning|afternoon|evening|day))"
    r"(?: there| again)?"
    r"|how (?:can|may) i (?:help|assist)(?: you)?(?: today)?"
    r"|what (?:would|do) you (?:like|want|wish) to know(?: about (?:it|them))?"
    r"|(?:please )?let me know if you have any(?: other| more| further)? questions"
    r"|(?:please )?feel free to ask(?: me)?(?: anything)?"
    r"|i(?:['\u2019]m| am) (?:happy|glad|here) to (?:help|assist)(?: you)?)\b",
    re.IGNORECASE,
)
_MARKS = ".,;:!?'\"\u2019()-"
_LINKS = frozenset({"about", "and", "on", "or", "the"})


@dataclass(frozen=True)
class Screened:
    """text: as it may be shown, "" where nothing of it may; why: the reason then. checked: its claims."""

    text: str
    why: str
    checked: Checked

    @property
    def facts(self) -> list[str]:
        """Keys of the fewest facts that bear it: words that several have (battery) are of the one that is there for another reason."""
        bearing = [[key for key in span.facts if key not in _NAMING] for span in self.checked.spans if span.status == "supported"]
        found: list[str] = []
        for keys in sorted(bearing, key=len):
            found += keys if not set(keys) & set(found) else []
        return [key for key in dict.fromkeys(key for keys in bearing for key in keys) if key in found]


class Grounds:
    """What one answer may say. check: holds a sentence against the sheet. asked: the user's turns, the question last. known: whether the
    sheet has all that the question speaks of."""

    def __init__(self, sheet: Sheet, asked: Sequence[str], check: Check = check_claims) -> None:
        self.sheet, self._check = sheet, check
        self._question = asked[-1]
        self._unknown = unknown_words(asked, sheet)
        self._digits = set(_DIGITS.findall(sheet.model_dump_json()))
        self._head = names_in(f"{sheet.name} {sheet.brand} {sheet.category}")
        self.known = not unknown_words([self._question], sheet)
        self._wants_copy = bool(_COPY.search(self._question))

    def screen(self, sentence: str) -> Screened:
        """A complete sentence, as the model wrote it."""
        text = " ".join(_MARKUP.sub("", sentence).split())
        if _SILENCE.search(text):
            return self.quoted(SILENT)
        text = self._without_lead(text)
        if not text:
            return self._withheld("a yes or no that the sheet does not settle")
        checked = check_claims(text, self.sheet)
        if checked.ok and not self._wants_copy:  # the network doubts slogans, and waives nothing here
            checked = self._check(text, self.sheet)
        why = self._why_not(text, checked)
        return Screened("", why, checked) if why else Screened(text, "", checked)

    def quoted(self, text: str) -> Screened:
        """Words of the sheet itself, or that it has none."""
        return Screened(text, "", check_claims(text, self.sheet))

    def _why_not(self, text: str, checked: Checked) -> str:  # noqa: PLR0911 (one return a reason)
        if banned := banned_in(text, self.sheet.banned):
            return f"the sheet bans {banned[0]!r}"
        if invented := [digits for digits in _DIGITS.findall(text) if digits not in self._digits]:
            return f"{invented[0]} stands nowhere in the sheet"
        if text.lower().startswith("the sheet"):
            return "it speaks of the sheet and not of the product"
        if checked.flagged:
            return "; ".join(f"{span.text!r} is {span.status}: {span.why}" for span in checked.flagged)
        if greets(text, self._head):
            return ""
        if taken := sorted(self._unknown & names_in(text)):
            return f"{taken[0]!r} is a word of the question that the sheet does not have"
        if not self._wants_copy and not self._rests(checked):
            return "it rests on no fact of the sheet"
        return ""

    def _rests(self, checked: Checked) -> bool:
        """Whether a fact bears it, by a claim or word for word; that it names the product is none."""
        borne = any(
            span.status == "supported" and set(span.facts) - _NAMING and (span.kind == "number" or not names_in(span.text) <= self._head)
            for span in checked.spans
        )
        return borne or any(coverage(checked.text, self.sheet).values())

    def _without_lead(self, text: str) -> str:
        """Without a yes or no that the sheet does not bear."""
        lead = _LEAD.match(text)
        if lead is None or (lead["word"].lower() == "no" and not re.match(r"no\s*[,;:.!\u2014-]|no$", text, re.IGNORECASE)):
            return text
        if self._settles(agrees=not lead["word"].lower().startswith("no")):
            return text
        rest = text[lead.end() :]
        return rest[:1].upper() + rest[1:]

    def _settles(self, *, agrees: bool) -> bool:
        """Whether the sheet bears (or denies) all that the question puts."""
        stated = self._question.replace("?", ".")  # a question claims nothing by itself
        spans = [span for span in check_claims(stated, self.sheet).spans if span.status != "no-claim"]
        told = [span for span in spans if span.kind == "number" or not names_in(span.text) <= self._head]
        wanted = "supported" if agrees else "contradicted"
        return bool(told) and self.known and all(span.status == wanted for span in told)

    def _withheld(self, why: str) -> Screened:
        return Screened("", why, check_claims("", self.sheet))


def greets(text: str, naming: frozenset[str] = frozenset()) -> bool:
    """Whether it is a greeting and nothing else. naming: stems that may stand in it, of the product's name."""
    rest, count = _GREETING.subn(" ", text)
    words = re.findall(r"\w+", rest)
    pictures = [character for character in rest if not (character.isalnum() or character.isspace() or character in _MARKS)]
    return bool(count) and not pictures and all(word.lower() in _LINKS or names_in(word) <= naming for word in words)
