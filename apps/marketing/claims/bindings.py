"""What belongs together in the sheet and is parted in the text: the lavender is French, the chamomile Croatian; a fourth of three modes."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import listed
from apps.marketing.claims.positions import denied_afar
from apps.marketing.claims.reading import Reading, Unit, known
from apps.marketing.claims.stems import stem
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_lists", "judge_origins", "judge_parts", "judge_swaps"]

JOINING = frozenset((",", "and", "or", "&", "/", "plus", "to"))
LEADING = frozenset(listed("list leaders"))
"""Words that may open an item of a list without being of it: a rather charming sage."""
ENOUGH = 2
LONGEST = 4


def judge_lists(reading: Reading, found: Evidence) -> list[Finding]:
    """An enumeration of which two members are of one fact and one is of nothing: daily, gentle, gum and night."""
    result = []
    for items in _enumerations(reading):
        facts = [_facts(item, found) for item in items]
        known = [each for each in facts if each]
        for fact in set().union(*known) if known else ():
            hits = sum(fact in each for each in facts)
            strange = [item for item, each in zip(items, facts, strict=True) if not each]
            if hits >= ENOUGH and len(strange) == 1 and len(items) - hits == 1 and _is_list(found.values.get(fact, "")):
                unit = strange[0][-1]
                closed = CLOSED.search(fact) or all(
                    vocabulary().classes.get(one.name) for item in items if fact in _facts(item, found) for one in item
                )
                if (closed or _is_thing(unit)) and _tells(strange[0], found) and not unit.negated and not denied_afar(unit, reading):
                    why = f"the sheet lists {fact}: {found.values[fact]}"
                    result.append(Finding(strange[0][0].first, unit.last, "attribute", "contradicted", (fact,), why))
                break
    return result


CLOSED = re.compile(
    r"colou?r|shade|mode|flavou?r|scent|fragrance|size|language|platform|view|format|export|import|integration|extension|port|material|plan|"
    r"program|level|setting|browser|ingredient|finish|variety|varieties|app",
    re.IGNORECASE,
)
"""Keys of lists that are complete, whatever their members are."""


def _is_thing(unit: Unit) -> bool:
    words = vocabulary()
    return unit.kind not in ("word", "thing") or unit.name in words.features or words.is_thing(unit.word) or words.is_food(unit.word)


def _is_list(value: str) -> bool:
    return len(re.split(r",|/|\band\b|;|&", value)) >= ENOUGH


def _enumerations(reading: Reading) -> list[list[list[Unit]]]:
    """The runs of short items between commas and `and`, at least three, of a sentence. What has a pronoun or a verb is no item."""
    starts = {unit.first: unit for unit in reading.units}
    runs: list[list[list[Unit]]] = []
    items: list[list[Unit]] = []
    current: list[Unit] = []
    cut = broken = False

    def close(end: bool) -> None:
        nonlocal items, current, cut, broken
        if broken or not current:
            runs.append(items)
            items = []
        if current and not broken:
            items.append(current)
        if end:
            runs.append(items)
            items = []
        current, cut, broken = [], False, False

    for at, token in enumerate(reading.tokens):
        if token.kind == "stop" or (token.kind == "clause" and token.text != ","):
            close(end=True)
        elif token.text in JOINING:
            if not (token.text == "and" and at and reading.tokens[at - 1].text == ","):
                close(end=False)
        elif token.text in VERBAL:
            broken = bool(items)
            current, cut = [], False
        elif token.text == "of":
            current = []
        elif token.text in CUTTING:
            cut = (bool(items) or token.text in ("for", "on", "by")) and (bool(current) or cut)
            current = current if cut else []
        elif at in starts and not cut and starts[at].name not in EMPTY and starts[at].word not in LEADING:
            current.append(starts[at])
    close(end=True)
    return [[run[0][-ENOUGH:], *run[1:]] for run in runs if len(run) > ENOUGH]


def _facts(item: list[Unit], found: Evidence) -> set[str]:
    return {entry.fact for unit in item for entry in found.entries.get(unit.name, ()) if not entry.negated}


def _tells(item: list[Unit], found: Evidence) -> bool:
    """Whether the item is a thing, short, and nothing that the sheet's keywords name."""
    words = vocabulary()
    thing = len(item) <= ENOUGH and all(unit.name not in found.own and unit.name not in found.head for unit in item)
    return thing and not any(
        unit.word.endswith(("ed", "ing", "ly", "er")) or unit.kind == "puffery" or words.is_puffery(unit.word) for unit in item
    )


@lru_cache(maxsize=256)
def _segments(value: str) -> tuple[frozenset[str], ...]:
    """The concepts of each segment of a value with what they entail; a lone country belongs to the segment before it."""
    words = vocabulary()
    result: list[frozenset[str]] = []
    for part in _pieces(value):
        units = [unit for unit in known(part).units if unit.name not in EMPTY and unit.kind != "puffery"]
        names = {unit.name for unit in units}
        names |= {target for name in tuple(names) for target in words.entails.get(name, ()) if not target.startswith("!")}
        if len(units) == 1 and result and "country" in words.classes.get(units[0].name, ()):
            result[-1] |= names
        else:
            result.append(frozenset(names))
    return tuple(result)


def _pieces(value: str) -> list[str]:
    """The segments of a value; `and` parts only what has two words on either side."""
    pieces: list[str] = []
    for part in re.split(r"[;,]", value):
        halves = re.split(r"\band\b", part)
        pieces += halves if all(len(half.split()) > 1 for half in halves) else [part]
    return [piece for piece in pieces if piece.strip()]


def judge_swaps(reading: Reading, found: Evidence) -> list[Finding]:
    """Two concepts of one fact side by side in a clause of the text, each of which the sheet joins with another of the kind."""
    result = []
    for key, value in found.values.items():
        segments = _segments(value) if key not in NAMING else ()
        if len(segments) < ENOUGH:
            continue
        common = {unit.name for unit in known(key).units}
        clauses: dict[int, list[Unit]] = {}
        for unit in reading.units:
            if unit.name not in common and unit.name not in EMPTY and any(unit.name in segment for segment in segments):
                clauses.setdefault(unit.clause, []).append(unit)
        for units in clauses.values():
            for one, other in pairwise(units):
                near = other.first - one.last <= LONGEST and not one.negated | other.negated and one.name != other.name
                if near and _swapped(one.name, other.name, segments):
                    why = f"the sheet says {key}: {value}"
                    result.append(Finding(one.first, other.last, "attribute", "contradicted", (key,), why))
    return result


def _swapped(one: str, other: str, segments: tuple[frozenset[str], ...]) -> bool:
    if any(one in segment and other in segment for segment in segments):
        return False
    return _rivalled(one, other, segments) or _rivalled(other, one, segments)


def _rivalled(one: str, other: str, segments: tuple[frozenset[str], ...]) -> bool:
    """Whether where the sheet has `other`, something else of the class of `one` stands."""
    classes = vocabulary().classes
    kind = classes.get(one, set()) & PAIRED
    return bool(kind) and any(
        kind & classes.get(name, set()) for segment in segments if other in segment for name in segment - {one, other}
    )


NAMING = frozenset(("name", "brand", "offer", "audience", "category"))
PAIRED = frozenset(("material", "color", "country", "finish", "ingredient", "platform", "age", "animal"))
VERBAL = frozenset(listed("functions")) - frozenset(
    ("a", "an", "the", "and", "or", "of", "in", "for", "with", "on", "by", "to", "at", "your", "our", "now", "from")
)
CUTTING = frozenset(
    (
        "for",
        "on",
        "by",
        "with",
        "from",
        "in",
        "at",
        "wherever",
        "whenever",
        "next",
        "like",
        "as",
        "if",
        "over",
        "to",
        "around",
        "under",
        "near",
        "behind",
    )
)


def judge_parts(reading: Reading, found: Evidence) -> list[Finding]:
    """A part with the material or colour that the sheet gives to another: the handle is of bioplastic."""
    words = vocabulary()
    result = []
    keys = {
        key: [unit.name for unit in known(key).units if unit.kind in ("word", "thing") and unit.name not in EMPTY] for key in found.values
    }
    heads = {names[-1]: key for key, names in keys.items() if names and key not in NAMING}
    clauses: dict[int, list[Unit]] = {}
    for unit in reading.units:
        clauses.setdefault(unit.clause, []).append(unit)
    for units in clauses.values():
        parts = [unit for unit in units if unit.name in heads and unit.name not in found.head]
        if len({unit.name for unit in parts}) != 1:
            continue
        key = heads[parts[0].name]
        for unit in units:
            kinds = words.classes.get(unit.name, set()) & BINDING
            entries = found.of(unit.name, False)
            if not kinds or unit.negated or not entries or any(entry.fact == key or parts[0].name in entry.parts for entry in entries):
                continue
            own = [
                name
                for name, each in found.entries.items()
                if kinds & words.classes.get(name, set()) and any(e.fact == key and not e.negated for e in each)
            ]
            if own and abs(unit.first - parts[0].first) <= APART:
                why = f"the sheet says {key}: {found.values[key]}"
                result.append(Finding(unit.first, unit.last, unit.kind, "contradicted", (key,), why))
    return result


BINDING = frozenset(("material", "color"))
APART = 7


def judge_origins(reading: Reading, found: Evidence) -> list[Finding]:
    """Made in the country where the beans grew: a country beside a verb of making that the sheet joins with another."""
    words = vocabulary()
    result = []
    for unit in reading.units:
        if "country" not in words.classes.get(unit.name, ()) or unit.negated or unit.name not in found.entries:
            continue
        verbs = {
            reading.tokens[at].stem
            for at in range(max(0, unit.first - REACH), unit.first)
            if reading.tokens[at].stem in MAKING and reading.sentences[at] == unit.sentence
        }
        for key, value in found.values.items() if verbs else ():
            for piece in _pieces(value):
                names = {other.name for other in known(f"{key} {piece}" if len(_pieces(value)) == 1 else piece).units}
                lands = {name for name in names if "country" in words.classes.get(name, ())}
                same = {target for name in lands for target in words.entails.get(name, ())} | lands
                if lands and verbs & names and unit.name not in same and not _joined(unit.name, verbs, found):
                    why = f"the sheet says {key}: {value}"
                    result.append(Finding(unit.first, unit.last, unit.kind, "contradicted", (key,), why))
    return result


def _joined(name: str, verbs: set[str], found: Evidence) -> bool:
    """Whether some segment of the sheet has the verb and the country."""
    words = vocabulary()
    for key, value in found.values.items():
        for piece in _pieces(value):
            names = {other.name for other in known(f"{key} {piece}").units}
            if verbs & names and (name in names or any(name in words.entails.get(other, ()) for other in names)):
                return True
    return False


REACH = 5
MAKING = frozenset(stem(word) for word in listed("making"))
