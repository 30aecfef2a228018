"""Claims that plain words make by where they stand: perfect for the office, more comfortable, every device, comes with a bag."""

from __future__ import annotations

import re

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import listed
from apps.marketing.claims.reading import Reading, Unit, read
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_contexts", "judge_openers"]

FITTING = frozenset(listed("fitting"))
ENDS = frozenset(listed("ends"))
INCLUDING = (
    "comes with",
    "come with",
    "includes",
    "include",
    "including",
    "ships with",
    "supplied with",
    "complete with",
    "bundled with",
    "in the box",
)
EVERY = frozenset(listed("every"))
WHOLES = frozenset(listed("wholes"))
OBJECTS = frozenset(listed("objects"))
DEGREES = frozenset(listed("degrees"))
DESCRIBING = ("able", "ible", "ful", "ive", "ous", "ent", "ant", "al", "ic", "ly", "ed")
NO_VERBS = frozenset(listed("no verbs"))
FREQUENCY = re.compile(
    r"\b(?:(?P<ly>hour|dai|night|week|month|year|annual)ly|every (?P<unit>hour|day|night|week|month|year)|"
    r"(?P<times>once|twice|\w+ times) (?:a|per) (?P<per>day|week|month|year))\b"
)
"""How often. Two facts of one thing that differ in it contradict each other."""
LEVELS = frozenset(listed("levels"))
OTHERWISE = frozenset(listed("otherwise"))


def judge_contexts(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> the claims of its contexts."""
    counted = {index for quantity in reading.quantities for index in range(quantity.first, quantity.last)}
    counted |= {index for first, last, _ in reading.phrases for index in range(first, last)}
    return [
        *_uses(reading, found, counted),
        *_contents(reading, found),
        *_degrees(reading, found, counted),
        *_wholes(reading, found),
        *_included(reading, found),
        *_absolutes(reading, found, counted),
        *_frequencies(reading, found),
        *_grades(reading, found),
    ]


def _uses(reading: Reading, found: Evidence, counted: set[int]) -> list[Finding]:
    result = []
    words = vocabulary()
    for at, token in enumerate(reading.tokens):
        if token.text != "for" or at in counted or not any(_is_fitting(before.text) for before in reading.tokens[max(0, at - 3) : at]):
            continue
        for unit in reading.units:
            inside = at < unit.first <= at + 9 and unit.sentence == reading.sentences[at]
            if inside and any(between.text in ENDS for between in reading.tokens[at : unit.first]):
                break
            if inside and unit.kind == "word" and words.is_scene(unit.word) and unit.word not in found.topic and not _stated(unit, found):
                result.append(Finding(unit.first, unit.last, "use", "unsupported", (), "the sheet names no such use"))
    return result


def _is_fitting(word: str) -> bool:
    return word in FITTING or word.removesuffix("ly") in FITTING


def _stated(unit: Unit, found: Evidence) -> bool:
    return unit.name in found.entries or unit.word in found.own


def _contents(reading: Reading, found: Evidence) -> list[Finding]:
    text = [token.text for token in reading.tokens]
    result = []
    for at in range(len(text)):
        if not any(" ".join(text[at : at + len(phrase.split())]) == phrase for phrase in INCLUDING):
            continue
        for unit in reading.units:
            near = at < unit.first <= at + 10 and unit.sentence == reading.sentences[at]
            if near and not unit.negated and (excluded := _excluded(unit, found)):
                result.append(
                    Finding(unit.first, unit.last, "included", "contradicted", (excluded,), "the sheet says that it is not included")
                )
            elif near and unit.kind == "word" and (unit.word in OBJECTS or unit.name in vocabulary().parts) and not _stated(unit, found):
                result.append(Finding(unit.first, unit.last, "included", "unsupported", (), "the sheet does not include it"))
    return result


def _excluded(unit: Unit, found: Evidence) -> str:
    """The fact that names the unit and says `not included`."""
    if unit.name in EMPTY or unit.name == "included" or vocabulary().is_plain(unit.word):
        return ""
    denying = {entry.fact for entry in found.of("included", True)}
    return next((entry.fact for entry in found.of(unit.name, False) if entry.fact in denying), "")


def _degrees(reading: Reading, found: Evidence, counted: set[int]) -> list[Finding]:
    """more durable, the most comfortable; anything than anything."""
    result = []
    starts = {unit.first: unit for unit in reading.units}
    for at, token in enumerate(reading.tokens):
        if at in counted or token.text in found.entries:
            continue
        if token.text == "than" and not (at and reading.tokens[at - 1].text in OTHERWISE):
            result.append(Finding(at, at + 1, "comparison", "unsupported", (), "the sheet compares nothing"))
        follower = starts.get(at + 1)
        after = reading.tokens[at + 1].text if at + 1 < len(reading.tokens) else ""
        if token.text == "most" and at and reading.tokens[at - 1].text == "the" and after not in ("of", "out", "from"):
            result.append(Finding(at, at + 1, "comparison", "unsupported", (), "the sheet compares nothing"))
        if token.text in DEGREES and follower and follower.kind not in ("puffery", "use") and _describes(follower):
            result.append(Finding(at, follower.last, "comparison", "unsupported", (), "the sheet compares nothing"))
    return result


def _describes(unit: Unit) -> bool:
    if unit.kind != "word":
        return True
    return unit.word.endswith(DESCRIBING) and not vocabulary().is_plain(unit.word) and not vocabulary().is_puffery(unit.word)


def _wholes(reading: Reading, found: Evidence) -> list[Finding]:
    """all skin types, any device: where the sheet names some."""
    result = []
    for at, token in enumerate(reading.tokens):
        if token.text not in EVERY:
            continue
        near = [unit for unit in reading.units if at < unit.first <= at + 5 and unit.name not in EMPTY]
        named = [unit for unit in near if unit.word in WHOLES and unit.clause == reading.clauses[at]]
        if not named:
            continue
        facts = {entry.fact for unit in named for entry in found.of(unit.name, False)}
        general = facts & found.universal
        status, why = ("supported", "") if general else ("unsupported", "the sheet does not say so of all")
        result.append(Finding(at, named[-1].last, "comparison", status, tuple(sorted(general)), why))
    return result


def _included(reading: Reading, found: Evidence) -> list[Finding]:
    """Bits included: what stands before `included` has to be in a fact that includes it."""
    result = []
    for unit in reading.units:
        if unit.name != "included" or unit.word not in (
            "included",
            "comes included",
            "in the box",
            "inside the box",
            "supplied",
            "bundled",
        ):
            continue
        before = [other for other in reading.units if other.clause == unit.clause and other.first < unit.first and other.name not in EMPTY]
        things = [other for other in before if other.word not in ("always", "come", "comes", "even", "also", "already", "there")]
        if not things:
            continue
        agreeing = {entry.fact for entry in found.of("included", False)} | set(found.boxes)
        denying = {entry.fact for entry in found.of("included", True)}
        stated = {entry.fact for other in things for entry in found.entries.get(other.name, ())}
        if unit.negated and not stated & agreeing:
            continue
        if not unit.negated and stated and (stated & agreeing or not stated & denying):
            result.append(Finding(unit.first, unit.last, "included", "supported", tuple(sorted(stated & agreeing or stated)), ""))
        else:
            facts = tuple(sorted(stated & (denying | agreeing)))
            status = "contradicted" if facts else "unsupported"
            result.append(Finding(unit.first, unit.last, "included", status, facts, "the sheet does not include it"))
    return result


def _grades(reading: Reading, found: Evidence) -> list[Finding]:
    """Energy class A; maximum cushioning: a letter or a degree other than the sheet's."""
    result = []
    for at in range(len(reading.tokens) - 1):
        here, after = reading.tokens[at], reading.tokens[at + 1]
        letter = here.text in ("class", "grade") and len(after.text) == 1 and after.text.isalpha()
        degree = here.text in LEVELS and after.kind == "word"
        if not (letter or degree):
            continue
        noun, level = (here, after) if letter else (after, here)
        for key, value in found.values.items():
            named = noun.stem in {token.stem for token in read(f"{key} {value}").tokens}
            levels = {word for word in value.lower().split() if (len(word) == 1 if letter else word in LEVELS)}
            if named and levels and level.text not in levels:
                result.append(Finding(at, at + 2, "attribute", "contradicted", (key,), f"the sheet says {key}: {value}"))
    return result


def _absolutes(reading: Reading, found: Evidence, counted: set[int]) -> list[Finding]:
    """never: a promise, unless the sheet denies something that the sentence denies."""
    result = []
    for at, token in enumerate(reading.tokens):
        following = reading.tokens[at + 1].text if at + 1 < len(reading.tokens) else ""
        if token.text == "for" and following in ("years", "decades", "ages") and at not in counted:
            result.append(Finding(at, at + 2, "attribute", "unsupported", (), "the sheet names no such time"))
        if token.text != "never" or at in counted:
            continue
        denied = [unit for unit in reading.units if unit.negated and unit.first > at and unit.sentence == reading.sentences[at]]
        if not any(found.of(unit.name, True) for unit in denied):
            result.append(Finding(at, at + 1, "comparison", "unsupported", (), "the sheet promises nothing of the kind"))
    return result


def judge_openers(reading: Reading, found: Evidence, findings: list[Finding]) -> list[Finding]:
    """Floats. Files the forms: a sentence that opens with what the product does, and in which nothing is of the sheet."""
    settled = {reading.sentences[finding.first] for finding in findings if finding.kind != "puffery"}
    settled |= {unit.sentence for unit in reading.units if unit.name in found.entries and unit.name not in EMPTY}
    result = []
    for at, token in enumerate(reading.tokens):
        opens = at == 0 or reading.sentences[at - 1] != reading.sentences[at] or reading.tokens[at - 1].kind == "stop"
        verb = token.kind == "word" and token.text.endswith("s") and not token.text.endswith(("ss", "us", "'s")) and len(token.text) > 3
        if opens and verb and token.text not in NO_VERBS and reading.sentences[at] not in settled:
            result.append(Finding(at, at + 1, "effect", "unsupported", (), "the sheet names no such effect"))
    return result


def _frequencies(reading: Reading, found: Evidence) -> list[Finding]:
    """Baked every day, where the sheet says twice a week."""
    result = []
    for match in FREQUENCY.finditer(reading.plain.text.lower()):
        at = next((index for index, token in enumerate(reading.tokens) if token.start == match.start()), None)
        if at is None:
            continue
        last = max(index for index, token in enumerate(reading.tokens) if token.start < match.end()) + 1
        near = [unit for unit in reading.units if unit.clause == reading.clauses[at] and not at <= unit.first < last]
        facts = [entry.fact for unit in near if unit.name not in EMPTY | found.head for entry in found.of(unit.name, False)]
        for fact in facts:
            stated = {_rate(other) for other in FREQUENCY.finditer(found.values.get(fact, "").lower())}
            if stated and _rate(match) not in stated:
                why = f"the sheet says {fact}: {found.values[fact]}"
                result.append(Finding(at, last, "number", "contradicted", (fact,), why))
                break
    return result


def _rate(match: re.Match[str]) -> str:
    unit = match["ly"] or match["unit"] or match["per"]
    often = {"once": "", None: "", "two times": "twice "}.get(match["times"], f"{match['times']} ")
    return often + {"dai": "day", "night": "day", "annual": "year"}.get(unit, unit)
