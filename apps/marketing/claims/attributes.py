"""Whether a word or phrase of a text is stated by the sheet, denied by it, or beyond it."""

from __future__ import annotations

from apps.marketing.claims.evidence import EMPTY, Entry, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.idle import is_any, is_idle
from apps.marketing.claims.lists import listed
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.stems import stem
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_unit"]

ENDINGS = frozenset(
    ("", "er", "or", "at", "ation", "iv", "al", "i", "ent", "anc", "enc", "ant", "ion", "r", "in", "ur", "ist", "ian", "abl", "ic")
)
COPULAS = frozenset(listed("copulas"))
DATED = frozenset(listed("dated"))
LINKS = frozenset(("designed by", "seen", "compatible"))
"""Concepts that say no more than the name after them."""
SPELLS = {"all day": 12.0, "overnight": 8.0, "all week": 168.0}
CONTAINERS = frozenset(stem(word) for word in listed("containers"))
BOUND = frozenset(("material", "color", "finish"))
STOPPING = frozenset(listed("stopping"))
EFFECTS = frozenset(listed("effects"))
"""Third persons that promise an effect, where the bare verb is a call: stop by, beat the queue."""
ENDURING = frozenset(listed("enduring"))
"""Verbs that only lead to a number: withstands 230 °C."""
SUFFIXES = {
    "able": "attribute",
    "ible": "attribute",
    "proof": "attribute",
    "resistant": "attribute",
    "friendly": "attribute",
    "grade": "attribute",
    "tested": "certification",
    "certified": "certification",
    "ful": "attribute",
    "less": "attribute",
    "ous": "attribute",
    "ive": "attribute",
    "est": "comparison",
    "ic": "attribute",
    "ly": "effect",
    "ing": "effect",
    "ed": "attribute",
    "s": "effect",
}


def judge_unit(unit: Unit, at: int, reading: Reading, found: Evidence) -> Finding | None:  # noqa: PLR0911 (one return a verdict)
    """The unit reading.units[at] -> what to say of it; none where it claims nothing."""
    words = vocabulary()
    if unit.word == "stops" and unit.last < len(reading.tokens) and reading.tokens[unit.last].text in STOPPING:
        return None
    if unit.word in EFFECTS and unit.name not in found.entries and unit.word not in found.topic:
        return Finding(unit.first, unit.last, "effect", "unsupported", (), "the sheet names no such effect")
    if unit.word in ENDURING and any(unit.last <= quantity.first <= unit.last + 3 for quantity in reading.quantities):
        return None
    if (
        unit.name in EMPTY
        or unit.name == "included"
        or (unit.kind == "word" and unit.name not in found.entries and words.is_plain(unit.word) and unit.last - 1 not in reading.suffixes)
    ):
        return None
    if unit.kind == "puffery" and unit.name not in found.entries:
        return Finding(unit.first, unit.last, "puffery", "no-claim", (), "an opinion")
    entries = _entries(unit, found)
    if entries:
        if unit.kind == "word" and words.is_plain(unit.word) and unit.last - 1 not in reading.suffixes:
            return None
        return _weighed(unit, at, reading, found, entries)
    return _absent(unit, reading, found)


def _entries(unit: Unit, found: Evidence) -> list[Entry]:
    entries = found.entries.get(unit.name, [])
    if entries or unit.kind != "word" or len(unit.name) < 4:
        return entries
    return next((known for name, known in found.entries.items() if _related(unit.name, name)), [])


def _related(one: str, other: str) -> bool:
    """Whether two stems are of one family: ventilat, ventil."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length >= 4 and " " not in other and one[length:] in ENDINGS - {"abl"} and other[length:] in ENDINGS


def _weighed(unit: Unit, at: int, reading: Reading, found: Evidence, entries: list[Entry]) -> Finding:
    words = vocabulary()
    where = unit.first, unit.last
    kind = "negation" if unit.negated else "mention" if unit.kind == "word" else unit.kind
    agreeing = [entry for entry in entries if entry.negated == unit.negated]
    if not agreeing:
        fact = entries[0].fact
        return Finding(*where, kind, "contradicted", (fact,), f"the sheet says {_quoted(found, fact)}")
    part = _part_of(unit, at, reading, found)
    fitting = [entry for entry in agreeing if _fits(unit, entry, part, found)]
    opposed = words.opposites.get(unit.name, set())
    against = {fact for fact, names in found.direct.items() if names & opposed and unit.name not in names}
    if fitting and all(entry.fact in against for entry in fitting) and not unit.negated:
        fact = fitting[0].fact
        return Finding(*where, kind, "contradicted", (fact,), f"the sheet says {_quoted(found, fact)}")
    if fitting:
        facts = tuple(dict.fromkeys(entry.fact for entry in fitting))
        return Finding(*where, kind, "supported", facts, "")
    fact = agreeing[0].fact
    rivals = part and [
        name for name, others in found.entries.items() if _same_class(unit.name, name) and any(part in other.parts for other in others)
    ]
    status = "contradicted" if rivals or agreeing[0].parts else "unsupported"
    return Finding(*where, kind, status, (fact,), f"the sheet does not say that of the {part or 'whole product'}: {_quoted(found, fact)}")


def _quoted(found: Evidence, fact: str) -> str:
    return f"{fact}: {found.values.get(fact, '')}"


def _fits(unit: Unit, entry: Entry, part: str, found: Evidence) -> bool:
    """Whether what the sheet says of something may be said of this part (empty: of the product)."""
    words = vocabulary()
    closed = bool(words.classes.get(unit.name, set()) & BOUND)
    if not part or part in entry.parts or (part in CONTAINERS and entry.parts & CONTAINERS):
        return True
    if part == "*":
        return not (closed and entry.parts and not entry.parts & words.body and not entry.parts & found.head)
    if part in words.body:
        return not entry.parts or bool(entry.parts & words.body) or bool(entry.parts & found.head)
    if entry.parts:
        return False
    return not closed


def _part_of(unit: Unit, at: int, reading: Reading, found: Evidence) -> str:
    """The part of which the text says it; * where it says it of the product; empty where it is not of the kind that binds."""
    words = vocabulary()
    if unit.kind == "word" and unit.name not in found.parts | words.parts:
        follower = next((other for other in reading.units[at + 1 : at + 2] if other.first == unit.last), None)
        return follower.name if follower and follower.name in found.parts - found.head else ""
    if (
        unit.kind == "word"
        or unit.name in words.parts
        or not (words.classes.get(unit.name, set()) & BOUND or (unit.kind == "attribute" and not words.classes.get(unit.name)))
    ):
        return ""
    known = (words.parts | words.body | (found.parts if words.classes.get(unit.name, set()) & BOUND else set())) - found.head
    last = unit.last
    for follower in reading.units[at + 1 : at + 4]:
        if follower.first != last or follower.name in EMPTY:
            break
        if follower.name in found.head and follower.name not in found.entries.get("*", ()):
            return "*"
        tail = reading.tokens[follower.last - 1].stem
        if follower.name in known or tail in known:
            return follower.name if follower.name in known else tail
        last = follower.last
    return _part_before(at, reading, known)


def _part_before(at: int, reading: Reading, known: frozenset[str] | set[str]) -> str:
    """The lid is made of steel; a lid in steel."""
    linked = False
    for earlier in reversed(reading.units[max(0, at - 7) : at]):
        if earlier.sentence != reading.units[at].sentence:
            break
        if earlier.name in known and linked:
            return earlier.name
        if earlier.word in COPULAS or vocabulary().is_puffery(earlier.word) or earlier.kind in ("material", "color", "finish"):
            linked = linked or earlier.word in ("is", "are", "of", "in", "from")
            continue
        break
    return ""


def _same_class(one: str, other: str) -> bool:
    words = vocabulary()
    return bool(words.classes.get(one, set()) & words.classes.get(other, set()))


def _absent(unit: Unit, reading: Reading, found: Evidence) -> Finding | None:  # noqa: PLR0911, PLR0912 (one return a verdict)
    """A unit that the sheet neither states nor denies."""
    words = vocabulary()
    where = unit.first, unit.last
    if all(is_any(word, found.topic) for word in unit.word.split()) or unit.name in found.own:
        return None
    if unit.kind == "word" and words.is_puffery(unit.word):
        return Finding(*where, "puffery", "no-claim", (), "an opinion")
    if not unit.negated:
        for name in words.opposites.get(unit.name, ()):
            if stated := found.of(name, False):
                return Finding(*where, unit.kind, "contradicted", (stated[0].fact,), f"the sheet says {_quoted(found, stated[0].fact)}")
        rival = _rival(unit, found)
        if rival:
            return Finding(*where, unit.kind, "contradicted", (rival.fact,), f"the sheet says {_quoted(found, rival.fact)}")
    rival = _rival(unit, found) if unit.negated and words.classes.get(unit.name, set()) & {"material", "finish", "power", "color"} else None
    if rival:
        return Finding(*where, "negation", "supported", (rival.fact,), "")
    if unit.negated and unit.word.startswith("built"):
        return None
    if not unit.negated and (whole := _compounded(unit, reading, found)):
        return Finding(*where, unit.kind, "supported", (whole,), "")
    if not unit.negated and (borne := _lasting(unit, found)):
        return Finding(*where, unit.kind, "supported", (borne,), "")
    if unit.kind == "urgency" and any(
        found.of(token.stem, False) for token in reading.tokens[unit.first : unit.last] if token.text in DATED
    ):
        return Finding(*where, unit.kind, "supported", ("offer",), "")
    if unit.name in LINKS and any(
        0 <= other.first - unit.last <= 2 and other.name not in EMPTY and found.of(other.name, False) for other in reading.units
    ):
        return None
    if unit.word.startswith("un") and (denied := found.of(words.concept(unit.word[2:]), not unit.negated)):
        return Finding(*where, "negation", "supported", (denied[0].fact,), "")
    kind = "negation" if unit.negated else _kind(unit)
    if is_idle(unit, reading, found.topic):
        return None
    if kind == "word" and len(unit.word) < 3 and unit.word.isascii() and reading.tokens[unit.first].kind != "code":
        return None
    return Finding(*where, kind, "unsupported", (), "not in the sheet")


def _compounded(unit: Unit, reading: Reading, found: Evidence) -> str:
    """The fact that has every word of a compound apart: oils: olive, coconut bears `olive oil`."""
    words = vocabulary()
    if unit.last - unit.first < 2 or not words.classes.get(unit.name):
        return ""
    facts = [{entry.fact for entry in found.of(words.concept(token.text), False)} for token in reading.tokens[unit.first : unit.last]]
    return min(set.intersection(*facts), default="")


def _lasting(unit: Unit, found: Evidence) -> str:
    """The fact that bears `all day`: what it says lasts so long, and is no warranty or delivery."""
    hours = SPELLS.get(unit.name)
    for measure in found.measures if hours else ():
        fitting = not measure.roles or measure.roles & {"cold", "hot", "battery", "protect"}
        if fitting and measure.quantity.dimension == "time" and (hours or 0) <= measure.quantity.high <= 1000:
            return measure.fact
    return ""


def _rival(unit: Unit, found: Evidence) -> Entry | None:
    """What the sheet names of the same closed class instead."""
    words = vocabulary()
    if unit.name.startswith("ip") and unit.name[-1:].isdigit():
        return next((entries[0] for name, entries in found.entries.items() if name.startswith("ip") and name[-1:].isdigit()), None)
    for group in sorted(words.classes.get(unit.name, set()) - {"ingredient", "certification", "allergen"}):
        for name, entries in found.entries.items():
            if group in words.classes.get(name, set()) and not entries[0].negated:
                return entries[0]
    return None


def _kind(unit: Unit) -> str:
    if unit.kind != "word":
        return unit.kind
    return next((kind for suffix, kind in SUFFIXES.items() if unit.word.endswith(suffix)), "word")
