"""Whether a word or phrase of a text is stated by the sheet, denied by it, or beyond it."""

from __future__ import annotations

import re

from apps.marketing.claims.bearing import compounded, lasting, rival_of, tested, worded
from apps.marketing.claims.evidence import EMPTY, Entry, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.idle import is_any, is_aside, is_idle
from apps.marketing.claims.lists import listed
from apps.marketing.claims.parts import fits, part_of, same_class
from apps.marketing.claims.positions import ascribed, denied_afar, does, doubted
from apps.marketing.claims.reading import Reading, Unit
from apps.marketing.claims.scenes import in_scene, is_others
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["judge_unit"]

ENDINGS = frozenset(
    ("", "er", "or", "at", "ation", "iv", "al", "i", "ent", "anc", "enc", "ant", "ion", "r", "in", "ur", "ist", "ian", "abl", "ic")
)
DATED = frozenset(listed("dated"))
LINKS = frozenset(("designed by", "seen", "compatible"))
"""Concepts that say no more than the name after them."""
STOPPING = frozenset(listed("stopping"))
EFFECTS = frozenset(listed("effects"))
"""Third persons that promise an effect, where the bare verb is a call: stop by, beat the queue."""
ENDURING = frozenset(listed("enduring"))
"""Verbs that only lead to a number: withstands 230 °C."""
DOUBTLESS = frozenset(("offer", "urgency", "price"))
UNREFUSED = frozenset((*listed("unrefused"), *listed("functions")))
"""Words too general to be what a sheet denies."""
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
    if does(unit, reading, found):
        return Finding(unit.first, unit.last, "effect", "unsupported", (), "the sheet names no such effect")
    if unit.kind == "word" and (refused := _refused(unit, reading, found)):
        return refused
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
    if entries and unit.name == "dry" and is_others(unit, reading, found):
        return None
    if entries:
        if unit.kind == "word" and words.is_plain(unit.word) and unit.last - 1 not in reading.suffixes:
            return None
        return _weighed(unit, at, reading, found, entries)
    return _absent(unit, reading, found)


def _refused(unit: Unit, reading: Reading, found: Evidence) -> Finding | None:
    """What the sheet only denies, said all the same, be the word ever so plain: keep it in the fridge."""
    entries = found.entries.get(unit.name, ())
    if not entries or unit.negated or unit.name in EMPTY or unit.word in UNREFUSED:
        return None
    if unit.word.endswith(("ing", "ed")) and not any(unit.word in value.lower() for value in found.values.values()):
        return None
    stated = unit.name in found.head
    if stated or not all(entry.negated for entry in entries):
        return None
    fact = entries[0].fact
    if denied_afar(unit, reading) or doubted(reading, unit.first):
        return Finding(unit.first, unit.last, "negation", "supported", (fact,), "")
    return Finding(unit.first, unit.last, "mention", "contradicted", (fact,), f"the sheet says {_quoted(found, fact)}")


def _entries(unit: Unit, found: Evidence) -> list[Entry]:
    entries = found.entries.get(unit.name, [])
    if unit.name == "handmade" and not entries:
        washed = {entry.fact for entry in found.entries.get("hand wash", ())}
        return [entry for entry in found.entries.get("by hand", ()) if entry.fact not in washed]
    if entries or unit.kind != "word" or len(unit.name) < 4:
        return entries
    return next((known for name, known in found.entries.items() if _related(unit.name, name)), [])


def _related(one: str, other: str) -> bool:
    """Whether two stems are of one family: ventilat, ventil."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length >= 4 and " " not in other and one[length:] in ENDINGS - {"abl"} and other[length:] in ENDINGS


def _weighed(unit: Unit, at: int, reading: Reading, found: Evidence, entries: list[Entry]) -> Finding | None:  # noqa: PLR0911 (one return a verdict)
    words = vocabulary()
    where = unit.first, unit.last
    kind = "negation" if unit.negated else "mention" if unit.kind == "word" else unit.kind
    agreeing = [entry for entry in entries if entry.negated == unit.negated]
    if unit.negated and not agreeing and unit.name in found.head and unit.kind in ("word", "thing"):
        agreeing = entries
    if not agreeing and unit.negated and _is_compound(unit, reading, found):
        return None
    if not agreeing:
        fact = entries[0].fact
        if not unit.negated and (denied_afar(unit, reading) or doubted(reading, unit.first)):
            return Finding(*where, "negation", "supported", (fact,), "")
        return Finding(*where, kind, "contradicted", (fact,), f"the sheet says {_quoted(found, fact)}")
    fact = _denied_beside(unit, reading, found, entries)
    if fact and not denied_afar(unit, reading) and not doubted(reading, unit.first):
        return Finding(*where, kind, "contradicted", (fact,), f"the sheet says {_quoted(found, fact)}")
    part = part_of(unit, at, reading, found)
    fitting = [entry for entry in agreeing if fits(unit, entry, part, found)]
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
        name for name, others in found.entries.items() if same_class(unit.name, name) and any(part in other.parts for other in others)
    ]
    status = "contradicted" if rivals or agreeing[0].parts else "unsupported"
    return Finding(*where, kind, status, (fact,), f"the sheet does not say that of the {part or 'whole product'}: {_quoted(found, fact)}")


def _denied_beside(unit: Unit, reading: Reading, found: Evidence, entries: list[Entry]) -> str:
    """The fact that denies the unit of what its clause names, where it grants it to others: the portafilter in the dishwasher."""
    denying = {(entry.fact, entry.group) for entry in entries if entry.negated and not unit.negated}
    granting = {(entry.fact, entry.group) for entry in entries if not entry.negated}
    if not denying or not granting or unit.kind == "included":
        return ""
    for other in reading.units:
        if other is unit or other.clause != unit.clause or other.name in EMPTY | found.head or other.word in UNREFUSED:
            continue
        places = {(entry.fact, entry.group) for entry in found.entries.get(other.name, ())}
        if shared := (places & denying) - granting:
            return min(shared)[0] if not places & granting else ""
    return ""


def _is_compound(unit: Unit, reading: Reading, found: Evidence) -> bool:
    """Whether the unit only names the kind of a thing of the scene: forget battery shopping."""
    follower = reading.tokens[unit.last] if unit.last < len(reading.tokens) else None
    return (
        follower is not None
        and follower.kind == "word"
        and vocabulary().is_plain(follower.text)
        and len(follower.text) > 4
        and follower.stem not in found.entries
    )


def _quoted(found: Evidence, fact: str) -> str:
    return f"{fact}: {found.values.get(fact, '')}"


def _absent(unit: Unit, reading: Reading, found: Evidence) -> Finding | None:  # noqa: PLR0911, PLR0912 (one return a verdict)
    """A unit that the sheet neither states nor denies."""
    words = vocabulary()
    where = unit.first, unit.last
    if all(is_any(word, found.topic) for word in unit.word.split()) or unit.name in found.own:
        return None
    if any(quantity.last == unit.first for quantity in reading.quantities) and unit.word.endswith("er"):
        return None
    ends = unit.last < len(reading.tokens) and reading.tokens[unit.last].kind in ("stop", "clause")
    if unit.word == "best" and ends and unit.first and reading.tokens[unit.first - 1].text not in ("the", "is", "are"):
        return None
    if unit.word in ("approve", "approves", "approving"):
        return None
    if is_others(unit, reading, found):
        return None
    if unit.word in ("next day", "same day") and not re.search(r"deliver|ship|dispatch|arriv", reading.plain.text, re.IGNORECASE):
        return None
    if (not unit.negated or {"neither", "nor", "too"} & {token.text for token in reading.tokens[max(0, unit.first - 2) : unit.first]}) and (
        in_scene(unit, reading, found) or (doubted(reading, unit.first) and unit.kind not in DOUBTLESS)
    ):
        return None
    if unit.kind == "word" and words.is_puffery(unit.word):
        return Finding(*where, "puffery", "no-claim", (), "an opinion")
    if (bearing := tested(unit, reading, found) or worded(unit, reading, found)) and not unit.negated:
        return Finding(*where, unit.kind, "supported", (bearing,), "")
    if not unit.negated:
        for name in words.opposites.get(unit.name, ()):
            if stated := found.of(name, False):
                return Finding(*where, unit.kind, "contradicted", (stated[0].fact,), f"the sheet says {_quoted(found, stated[0].fact)}")
        rival = rival_of(unit, found)
        if rival and denied_afar(unit, reading):
            return None
        if rival:
            return Finding(*where, unit.kind, "contradicted", (rival.fact,), f"the sheet says {_quoted(found, rival.fact)}")
    rival = (
        rival_of(unit, found) if unit.negated and words.classes.get(unit.name, set()) & {"material", "finish", "power", "color"} else None
    )
    if rival:
        return Finding(*where, "negation", "supported", (rival.fact,), "")
    if unit.negated and unit.word.startswith("built"):
        return None
    if not unit.negated and (whole := compounded(unit, reading, found)):
        return Finding(*where, unit.kind, "supported", (whole,), "")
    if not unit.negated and (borne := lasting(unit, found)):
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
    if is_idle(unit, reading, found.topic) or (
        unit.kind in ("word", "thing") and is_aside(unit, reading) and not ascribed(unit, reading, found)
    ):
        return None
    if kind == "word" and len(unit.word) < 3 and unit.word.isascii() and reading.tokens[unit.first].kind != "code":
        return None
    return Finding(*where, kind, "unsupported", (), "not in the sheet")


def _kind(unit: Unit) -> str:
    if unit.kind != "word":
        return unit.kind
    return next((kind for suffix, kind in SUFFIXES.items() if unit.word.endswith(suffix)), "word")
