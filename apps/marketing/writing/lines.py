"""A line from a model: several are asked for, each is held against the sheet, the best that is left is taken.

A line is turned down that runs into its limit, that the sheet does not bear, that says nothing of the facts it was given, that repeats a
line of the same piece, or that the model itself finds unlikely: at 1.5 B, sentences below -0.75 a token were mostly those that misread
the fact ("Charge the headphones for 10-minute sessions").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from apps.marketing.claims import check_claims, coverage
from apps.marketing.composer.english import is_plural, subject_noun
from apps.marketing.language import Completion, Prompt, fits
from apps.marketing.sheet import Fact, Sheet, banned_in
from apps.marketing.verifying import Check
from apps.marketing.writing.brief import SENTENCES, Brief, basis, prompt
from apps.marketing.writing.shots import shown_words

__all__ = ["Lines"]

TEMPERATURES = (0.5, 0.7, 0.6)
"""Of the tries for one line."""
ENOUGH = 2
"""Lines that are good before the best is taken; one, where it is as likely as `SURE`."""
SURE = -0.5
UNLIKELY = {"headline": -0.9, "subject": -0.9, "bullet": -0.8, "opener": -0.75, "sentence": -0.75}
"""Short lines are less likely for what they leave out."""
SAME_START, LEFT_OUT = 0.5, 0.3
"""What a line loses that begins as the one before it, and for each fact it leaves out; in log-probability a token."""
REPEATED = 0.7
STARTS = ("With", "Its", "The", "Your", "You", "And")
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_UNMEASURED = re.compile(r"\d ?(?:kg|g|ml|dB|%|W) (?:tall|long|wide|high|deep|thick|old)\b")
"""`100 kg tall`: a number beside the wrong adjective."""
_FLUFF = re.compile(
    r"\b(?:perfect|ideal|great|good|excellent) (?:choice|option|fit|addition|way|for|mix|start|option)\b|\brest assured\b|\byour needs\b"
    r"|\b(?:balanced|wholesome|nourishing|nutritious|powerhouse|versatile|seamless\w*|effortless\w*|elevate|boost|treats?|treated)\b",
    re.IGNORECASE,
)
"""What models fill a line with; the last ones promise what food and care products may not."""
_CONCLUDES = re.compile(
    r"[,;:\u2013\u2014-] ?so\b|\bso (?:that|you|your|it|they|there|no)\b|\b(?:which means|making|ensuring|meaning|allowing|helping)\b",
    re.IGNORECASE,
)
"""`..., so privacy is a concern`: what a model concludes from a fact is mostly no fact."""
_DENIES = re.compile(r"\b(?:not|no|none|never|without)\b|n['\u2019]t\b", re.IGNORECASE)
"""A line denies only what its facts deny: what a model denies of itself it made up."""
_NUMBER = re.compile(r"\d+")
_SMALL_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "in", "is", "it", "its", "of", "on", "or", "that", "the",
    "their", "they", "this", "to", "with", "you", "your",
})  # fmt: skip

Accept = Callable[[str], bool]


@dataclass
class Lines:
    """The lines of one piece.

    ask: has a prompt answered, given the lines so far. written: these; taken: lines of other pieces, not wanted again; avoid: sentences
    that a check turned down. check: has the last word on a line that the rules let pass. asked: how many lines a model was asked for.
    """

    sheet: Sheet
    voice: str
    ask: Callable[[Prompt, Sequence[str]], Completion]
    seed: int
    check: Check = check_claims
    taken: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    written: list[str] = field(default_factory=list)
    asked: int = 0

    def write(self, brief: Brief, accept: Accept = lambda text: True) -> str:
        """The best line for the brief, "" where every try was turned down. accept: what its field says of it."""
        if brief.high < max(brief.low, 8):
            return ""
        good: list[tuple[float, str]] = []
        tight = 0
        for attempt, temperature in enumerate(TEMPERATURES[: 2 if brief.kind == "headline" else None]):
            self.asked += 1
            asked = self._begun(brief, attempt)
            seed = (self.seed * 1009 + self.asked) % (2**32 - 1)
            answer = self.ask(prompt(self.sheet, asked, self.voice, seed, temperature, tight=tight), self.written)
            text = self._tidied(answer.text, brief)
            tight += not fits(text, brief.high)
            worth = self._worth(text, answer, brief)
            if worth is not None and (brief.kind != "opener" or self._names(text)) and accept(text):
                good.append((worth, text))
                if worth > SURE or len(good) == ENOUGH or brief.kind == "headline":
                    break
        if not good:
            return ""
        best = max(good)[1]
        self.written.append(best)
        return best

    def covered(self, texts: Iterable[str]) -> set[Fact]:
        """The facts that the texts state."""
        return {fact for fact, said in coverage("\n".join(texts), self.sheet).items() if said}

    def _begun(self, brief: Brief, attempt: int) -> Brief:
        """The second try begins otherwise than the sentence before; that of a first sentence begins with the product."""
        if brief.kind == "opener" and attempt:
            return replace(brief, starts=(self.sheet.name,))
        if brief.kind != "sentence" or attempt != 1 or not self.written:
            return brief
        return replace(brief, starts=tuple(start for start in STARTS if start.casefold() != _start(self.written[-1])))

    def _tidied(self, text: str, brief: Brief) -> str:
        """With a capital at its start, and the product's name as the sheet writes it."""
        text = " ".join(text.split()).rstrip(" ,;:-")
        if brief.kind not in SENTENCES:
            text = text.rstrip(".")
        for name in (self.sheet.name, self.sheet.brand):
            if name and name.casefold() not in _SMALL_WORDS:  # of the brand On, `on` is mostly no name
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", name.replace("\\", r"\\"), text, flags=re.IGNORECASE)
        if self._plural:
            text = re.sub(rf"\bis an? {self._plural}", r"are \1", text)
        return text[:1].upper() + text[1:]

    def _worth(self, text: str, answer: Completion, brief: Brief) -> float | None:
        """How good, None for a line that is turned down."""
        likely = 0.0 if answer.logprob is None else answer.logprob
        if answer.finish == "length" or likely < UNLIKELY[brief.kind] or self._is_wrong(text, brief):
            return None
        said = coverage(text, self.sheet)
        missing = [fact for fact in brief.facts if not said.get(fact, fact.key == "offer")]
        if len(missing) == len(brief.facts) or (brief.facts[0] in missing and brief.facts[0].must):
            return None
        same = bool(self.written) and brief.kind in SENTENCES and _start(text) == _start(self.written[-1])
        return likely - LEFT_OUT * len(missing) - SAME_START * same

    def _is_wrong(self, text: str, brief: Brief) -> bool:
        """Whether its length, its words or its claims are not as they should be; what costs least is asked first."""
        return (
            not fits(text, brief.high)
            or len(text) < brief.low
            or text in self.avoid
            or text in self.taken
            or bool(_UNMEASURED.search(text) or _FLUFF.search(text))
            or bool(banned_in(text, self.sheet.banned))
            or self._leaks(text)
            or self._repeats(text)
            or self._miscounts(text)
            or any(_is_halved(fact, text) for fact in brief.facts)
            or any(
                pattern.search(text) and not any(pattern.search(fact.value) for fact in brief.facts) for pattern in (_CONCLUDES, _DENIES)
            )
            or not check_claims(text, self.sheet).ok
            or not self.check(text, self.sheet).ok
        )

    def _miscounts(self, text: str) -> bool:
        """`a wireless headphones`: models mind the brand and not the noun."""
        return bool(self._plural and re.search(rf"\ban? {self._plural}", text, re.IGNORECASE))

    @property
    def _plural(self) -> str:
        """A pattern of the kind of product where that is plural, with up to four words before it, none of them `of` (a pair of ...); else
        empty."""
        noun = subject_noun(self.sheet.category)
        return rf"((?:(?!of )[\w-]+ ){{0,4}}{re.escape(noun)})\b" if is_plural(noun) else ""

    def _names(self, text: str) -> bool:
        """Whether it names the product, or the words of its name but the brand's."""
        return self._short.casefold() in text.casefold()

    @property
    def _short(self) -> str:
        return self.sheet.name.removeprefix(self.sheet.brand).strip() or self.sheet.name

    def _leaks(self, text: str) -> bool:
        """Whether it says something of a product that was shown before."""
        own = set(re.findall(r"[a-z]{4,}", self.sheet.model_dump_json().casefold()))
        return bool(set(re.findall(r"[a-z]{4,}", text.casefold())) & shown_words() - own)

    def _repeats(self, text: str) -> bool:
        return any(_alike(_content(text), _content(other)) >= REPEATED for other in self.written)


def _alike(one: set[str], other: set[str]) -> float:
    """Share of words that two lines have in common; of a headline and a sentence there is none, since one may say the other at length."""
    few, many = sorted((len(one), len(other)))
    return len(one & other) / few if few and 2 * few >= many else 0.0


def _is_halved(fact: Fact, text: str) -> bool:
    """Whether a fact lost what it cannot be said without: an offer one of its numbers, an amount what it is of and on which basis."""
    numbers, said = set(_NUMBER.findall(fact.value)), set(_NUMBER.findall(text))
    if fact.key == "offer":
        return not numbers <= said
    if not basis(fact) or not numbers & said:
        return False
    return basis(fact) not in text or not (fact.key.split()[-1].casefold() in text.casefold() or re.search(r"kJ|kcal", text))


def _start(text: str) -> str:
    return text.split(" ", 1)[0].casefold()


def _content(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)} - _SMALL_WORDS
