"""Claims that plain words make by where they stand: perfect for the office, more comfortable, every device, comes with a bag."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.inclusion import judge_inclusion
from apps.marketing.claims.lists import listed
from apps.marketing.claims.positions import denies, doubted
from apps.marketing.claims.reading import Reading, Unit, known
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_contexts", "judge_openers"]

FITTING = frozenset(listed("fitting"))
ENDS = frozenset(listed("ends"))
EVERY = frozenset(listed("every"))
WHOLES = frozenset(listed("wholes"))
DEGREES = frozenset(listed("degrees"))
DESCRIBING = ("able", "ible", "ful", "ive", "ous", "ent", "ant", "al", "ic", "ly", "ed")
NO_VERBS = frozenset(listed("no verbs"))
NOMINAL = frozenset(
    ("off", "out", "have", "are", "were", "who", "that", "need", "and", "or", "come", ",", "like", "do", "can", "will", "left", "right")
)
"""After a word in -s, what makes a plural of it."""
MILD = frozenset(("more", "less", "fewer")) | frozenset(
    (
        "shy",
        "mind",
        "fear",
        "alone",
        "far",
        "late",
        "too",
        "knew",
        "know",
        "say",
        "met",
        "seen",
        "heard",
        "tried",
        "boring",
        "dull",
        "fails",
    )
)
LEVELS = frozenset(listed("levels"))
OTHERWISE = frozenset(listed("otherwise"))


def judge_contexts(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> the claims of its contexts."""
    counted = {index for quantity in reading.quantities for index in range(quantity.first, quantity.last)}
    counted |= {index for first, last, _ in reading.phrases for index in range(first, last)}
    return [
        *_uses(reading, found, counted),
        *_degrees(reading, found, counted),
        *judge_inclusion(reading, found),
        *_wholes(reading, found),
        *_absolutes(reading, found, counted),
        *_grades(reading, found),
    ]


def _uses(reading: Reading, found: Evidence, counted: set[int]) -> list[Finding]:
    result = []
    words = vocabulary()
    for at, token in enumerate(reading.tokens):
        if token.text != "for" or at in counted or not any(_is_fitting(before.text) for before in reading.tokens[max(0, at - 3) : at]):
            continue
        for unit in reading.units:
            if denies(reading, at):
                break
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


def _degrees(reading: Reading, found: Evidence, counted: set[int]) -> list[Finding]:
    """more durable, the most comfortable; anything than anything."""
    result = []
    starts = {unit.first: unit for unit in reading.units}
    for at, token in enumerate(reading.tokens):
        if at in counted or token.text in found.entries:
            continue
        if token.text == "than" and not _is_rather(reading, at, found):
            result.append(Finding(at, at + 1, "comparison", "unsupported", (), "the sheet compares nothing"))
        follower = starts.get(at + 1)
        after = reading.tokens[at + 1].text if at + 1 < len(reading.tokens) else ""
        if token.text == "most" and at and reading.tokens[at - 1].text == "the" and after not in ("of", "out", "from"):
            result.append(Finding(at, at + 1, "comparison", "unsupported", (), "the sheet compares nothing"))
        if token.text in DEGREES and follower and follower.kind not in ("puffery", "use") and _describes(follower):
            result.append(Finding(at, follower.last, "comparison", "unsupported", (), "the sheet compares nothing"))
    return result


def _is_rather(reading: Reading, at: int, found: Evidence) -> bool:
    """Than after rather or other, before a quantity, or between two things of the sheet: more wool than nylon."""
    earlier = [token.text for token in reading.tokens[max(0, at - 12) : at]]
    if (earlier and earlier[-1] in OTHERWISE) or "rather" in earlier or "sooner" in earlier:
        return True
    following = [token.text for token in reading.tokens[at + 1 : at + 3]]
    if any(at < quantity.first <= at + 3 for quantity in reading.quantities) or {"half", "twice", "enough", "ever"} & set(following):
        return "ever" not in following
    near = [unit for unit in reading.units if abs(unit.first - at) <= 2 and unit.name not in EMPTY]
    both = {unit.first < at for unit in near if unit.name in found.entries}
    return len(both) == 2 and "more" in earlier[-3:]


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
        if (fitted := _fitted(at, near, reading, found)) is not None:
            result.append(fitted)
            continue
        named = [unit for unit in near if unit.word in WHOLES and unit.clause == reading.clauses[at]]
        numbered = any(reading.sentences[quantity.first] == reading.sentences[at] for quantity in reading.quantities)
        if not named or (token.text == "each" and numbered and named[0].name in found.head):
            continue
        facts = {entry.fact for unit in named for entry in found.of(unit.name, False)}
        general = facts & found.universal
        status, why = ("supported", "") if general else ("unsupported", "the sheet does not say so of all")
        result.append(Finding(at, named[-1].last, "comparison", status, tuple(sorted(general)), why))
    return result


def _fitted(at: int, near: list[Unit], reading: Reading, found: Evidence) -> Finding | None:
    """Fits every cup holder, pairs with any phone: where the sheet names nothing of what follows."""
    before = {token.text for token in reading.tokens[max(0, at - 3) : at]}
    named = [unit for unit in near if unit.clause == reading.clauses[at]]
    if not before & SUITING or not named or any(unit.name in found.entries for unit in named):
        return None
    return Finding(at, named[-1].last, "comparison", "unsupported", (), "the sheet does not say so of all")


SUITING = frozenset(("fits", "fit", "suits", "works", "compatible", "pairs", "matches", "clips", "connects", "slots", "attaches"))


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
            named = noun.stem in {token.stem for token in known(f"{key} {value}").tokens}
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
        if any(other.text == "if" for other in reading.tokens[max(0, at - 6) : at]) or doubted(reading, at):
            continue
        if following in MILD:
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
        follower = reading.tokens[at + 1].text if at + 1 < len(reading.tokens) else ""
        noun = vocabulary().is_scenery(token.text) or follower in NOMINAL or reading.tokens[at].stem in found.head
        if opens and verb and not noun and not doubted(reading, at) and token.text not in NO_VERBS and reading.sentences[at] not in settled:
            result.append(Finding(at, at + 1, "effect", "unsupported", (), "the sheet names no such effect"))
    return result
