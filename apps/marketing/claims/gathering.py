"""A sheet read into evidence: what each fact states and denies, of which part, and its quantities."""

from __future__ import annotations

import re
from dataclasses import replace

from apps.marketing.claims.evidence import AGREEING, EMPTY, Entry, Evidence, Measure
from apps.marketing.claims.lists import listed
from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading, read
from apps.marketing.claims.roles import role_places, roles_near, segment, settled
from apps.marketing.claims.units import PREFIXED, UNITS
from apps.marketing.claims.vocabulary import vocabulary
from apps.marketing.sheet import Sheet

__all__ = ["evidence"]

REFUSING = re.compile(
    r"(?:(?:sold|available) separately|(?:not|none) (?:required|needed)|unnecessary|not (?:necessary|supported|available)|unavailable|"
    r"no|none|false|without|n/?a|not|0|nil|never|not included|not applicable|✗|✘|❌)[.!]?",
    re.IGNORECASE,
)
DENYING = re.compile(r"(?:not|no|without|free (?:of|from)|excludes?|excluding|unsuitable|avoid|never)\b", re.IGNORECASE)
"""A key that denies what its value names: not suitable for."""
SELF_DENYING = re.compile(r"^(?:no|non|not|without|zero|never)\b|\bfree$")  # a denying key leaves such phrases as they are
SHARED = re.compile(r"\b(\w+) and \w+[ -](safe|proof|resistant|washable|friendly|free)\b", re.IGNORECASE)
BULK = re.compile(r"^(?:buy )?(?:\d+|two|three|four|five|six)\b.*\bfor\b", re.IGNORECASE)
AXES = re.compile(r"\b[WDHLT]\s*[x\u00d7*/]\s*[WDHLT](?:\s*[x\u00d7*/]\s*[WDHLT])?\b", re.IGNORECASE)
SIDES = {"w": "width", "d": "depth", "h": "height", "l": "length", "t": "thickness"}
COSTING = re.compile(
    r"ship|deliver|return|trial|sharpen|repair|price|exchange|setup|sampl|support|plan|cost|postage|install|assembl|access|entry",
    re.IGNORECASE,
)
"""Keys whose "free" means without payment; under any other it denies the key: parabens: free."""
ABSTRACT = frozenset(listed("abstract"))
COMPOUND = frozenset(("ingredient", "platform", "allergen", "skin"))
"""Classes of which a text may name a member by one of its words: maple for maple syrup."""


def evidence(sheet: Sheet) -> Evidence:
    """A sheet -> its evidence. Name, brand, category, audience and offer count as facts of these keys."""
    found = Evidence()
    given = [(fact.key, fact.value) for fact in sheet.facts]
    given += [(key, value) for key in ("category", "audience", "offer", "name", "brand") if (value := getattr(sheet, key))]
    _add_parts(found, sheet)
    for group, (key, value) in enumerate(given):
        found.values.setdefault(key, value)
        _add_fact(found, key, value, group * 100, named=group < len(sheet.facts))
    words = vocabulary()
    for keyword in sheet.keywords:
        reading = read(keyword)
        found.own.update(unit.name for unit in reading.units if unit.kind == "word")
    naming = {unit.name for text in (sheet.category, sheet.name) for unit in read(text).units}
    found.head = frozenset(naming)
    found.naming = frozenset(
        token.text for text in (sheet.name, sheet.brand) for token in read(text).tokens if token.kind in ("word", "code")
    )
    stated = naming | {unit.name for fact in sheet.facts for unit in read(fact.key).units}
    found.topic = frozenset(word for triggers, plain in words.topics if triggers & stated for word in plain)
    _close(found)
    return found


def _add_parts(found: Evidence, sheet: Sheet) -> None:
    """The things that have a fact of their own, and the facts that say what is in the box."""
    words = vocabulary()
    for fact in sheet.facts:
        named = read(fact.key).units
        if re.search(r"\b(?:in the box|includ|contents|package|supplied|kit\b|comes with)", fact.key, re.IGNORECASE):
            found.boxes.add(fact.key)
        heads = [
            unit
            for unit in named
            if unit.kind == "word"
            and unit.name not in EMPTY
            and ((len(named) == 1 and unit.word not in ABSTRACT) or not words.is_plain(unit.word))
        ]
        found.parts.update(unit.name for unit in heads if not words.classes.get(unit.name))


def _add_fact(found: Evidence, key: str, value: str, group: int, named: bool) -> None:
    """named: the key says something itself, as a person's keys do and `name`, `offer` do not."""
    said, label = read(value), read(key) if named else read("")
    opening = re.split(r"[,;(\u2013]", value)[0].strip()
    refused = bool(REFUSING.fullmatch(opening)) or (value.strip().lower() == "free" and not COSTING.search(key))
    found.direct[key] = {unit.name for reading in (said, *([] if refused else [label])) for unit in reading.units if not unit.negated}
    hollow = _is_hollow(said, value)
    parts_of_key = _parts(found, label, 0, len(label.tokens))
    negated = {unit.name for unit in said.units if unit.negated}
    apart = re.search(r"(?:sold|available|bought) separately", value, re.IGNORECASE)
    for unit in label.units:
        if apart and unit.name not in EMPTY:
            found.add(Entry("included", key, True, frozenset(), group))
        if hollow and unit.name in negated and unit.name not in {other.name for other in said.units if not other.negated}:
            continue
        if unit.name not in EMPTY:
            said_of = parts_of_key or (_parts(found, said, 0, len(said.tokens)) if unit.kind == "attribute" else frozenset())
            denied = refused or (hollow and unit.kind == "attribute")
            found.add(Entry(unit.name, key, denied != unit.negated, said_of - {unit.name}, group))
    if named and (refused or AGREEING.fullmatch(opening)):
        for unit in read(f"no {key}" if refused else key).units:
            found.add(Entry(unit.name, key, unit.negated, frozenset(), group))
        if value.lower().strip(".! ") not in ("included", "not included") and opening == value.strip():
            return
    _add_value(found, key, said, parts_of_key, group)
    for shared in SHARED.finditer(value):  # dishwasher and steriliser safe
        for unit in read(f"{shared[1]} {shared[2]}").units:
            found.add(Entry(unit.name, key, unit.negated, parts_of_key, group))
    if key == "offer" and BULK.search(value):
        found.add(Entry("discount", key, False, frozenset(), group))
    combined = read(f"{key} {opening}") if named and len(opening.split()) <= 3 else read("")
    for unit in combined.units:
        if len(unit.word.split()) > 1 and unit.name not in EMPTY:
            found.add(Entry(unit.name, key, unit.negated or refused or hollow, parts_of_key - {unit.name}, group))
    _add_measures(found, key, value, said, label)


def _is_hollow(said: Reading, value: str) -> bool:
    """A value that only denies, so that its key is a mere topic: water resistance: not waterproof."""
    content = [unit for unit in said.units if unit.name not in EMPTY]
    denying = value.lower().startswith(("not ", "no ", "never ", "without ")) and not said.quantities
    return denying and bool(content) and all(unit.negated for unit in content)


def _add_value(found: Evidence, key: str, said: Reading, parts_of_key: frozenset[str], group: int) -> None:
    words = vocabulary()
    denying = DENYING.match(key) is not None
    for unit in said.units:
        if unit.name in EMPTY or (unit.kind == "puffery" and unit.last - unit.first > 1):
            continue
        if COMPOUND & words.classes.get(unit.name, set()) and not unit.negated:
            for token in said.tokens[unit.first : unit.last]:
                found.add(Entry(words.concept(token.text), key, denying, parts_of_key, group))
        parts = _parts(found, said, *_span(said, unit.clause)) - {unit.name} or parts_of_key
        if parts_of_key and _placed(said, unit.clause):
            parts |= parts_of_key
        found.add(
            Entry(
                unit.name,
                key,
                unit.negated or (denying and not SELF_DENYING.search(unit.word)),
                parts,
                group + said.clauses[unit.first] % 100,
            )
        )
        if unit.word in ("all", "any", "every", "universal"):
            found.universal.add(key)


def _placed(reading: Reading, clause: int) -> bool:
    """Whether the part of a clause only says where: activated carbon in the hood."""
    first, last = _span(reading, clause)
    return any(token.text in ("in", "on", "at", "inside", "under") for token in reading.tokens[first:last])


def _span(reading: Reading, clause: int) -> tuple[int, int]:
    members = [at for at, number in enumerate(reading.clauses) if number == clause]
    return members[0], members[-1] + 1


def _parts(found: Evidence, reading: Reading, first: int, last: int) -> frozenset[str]:
    words = vocabulary()
    return frozenset(
        unit.name for unit in reading.units if first <= unit.first < last and unit.name in words.parts | words.body | found.parts
    )


def _add_measures(found: Evidence, key: str, value: str, said: Reading, label: Reading) -> None:
    key_stems = {token.stem for token in label.tokens} | {unit.name for unit in label.units}
    key_parts = _parts(found, label, 0, len(label.tokens))
    axes = AXES.search(f"{key} {value}")
    sides = [SIDES[letter] for letter in re.findall(r"[a-z]", axes[0].lower()) if letter in SIDES] if axes else []
    parallel = re.split(r"\s*(?:/|&|,|\+|\band\b)\s*", key)
    listed = [quantity for quantity in said.quantities if quantity.dimension != "count"]
    for quantity in said.quantities:
        first, last = _wide_segment(said, quantity)
        near = {token.stem for token in said.tokens[first:last]} | {unit.name for unit in said.units if first <= unit.first < last}
        roles = set(roles_near(said, quantity)) or {role for _, role in role_places(said.tokens, quantity.last, last, quantity.dimension)}
        of_key = {role for _, role in role_places(label.tokens, 0, len(label.tokens), quantity.dimension)}
        if sides and len(sides) == len(listed) and quantity in listed:
            roles = {sides[listed.index(quantity)]}
        elif len(parallel) == len(listed) > 1 and quantity in listed:
            side = read(parallel[listed.index(quantity)])
            roles |= {role for _, role in role_places(side.tokens, 0, len(side.tokens), quantity.dimension)}
        else:
            roles |= of_key - ({"charge"} if "battery" in roles else set())
        parts = _parts(found, said, first, last) or key_parts
        measured = _dimensioned(quantity, label)
        spoken = {token.text for token in said.tokens[first:last]}
        denied = quantity.qualifier == "exact" and bool(spoken & {"not", "no", "never", "without"}) and len(said.quantities) > 1
        found.measures.append(Measure(measured, key, value, settled(roles), parts, frozenset(near | key_stems), denied))
    if re.search(r"\bhalf[ -](?:price|off)\b", value, re.IGNORECASE):
        half = Quantity(50, 50, "percent", "exact", 0, 0)
        found.measures.append(
            Measure(half, key, value, frozenset(("discount",)), frozenset(), frozenset({token.stem for token in said.tokens}))
        )
    items = [item for item in re.split(r"\s*[,;/]\s*|\s+(?:and|or|&)\s+", value) if item.strip()]
    many = len(items) if key.rstrip(" :").endswith("s") and not said.quantities and all(len(item.split()) <= 3 for item in items) else 0
    classes = vocabulary().classes
    listed_numbers = len(said.quantities) if key.endswith("s") and len(said.quantities) > 2 and "," in value else 0
    many = (
        many
        or listed_numbers
        or max((sum(group in classes.get(unit.name, ()) for unit in said.units) for group in ("country", "color")), default=0)
    )
    if many > 1:
        length = Quantity(many, many, "count", "exact", 0, 0)
        stems = key_stems | ({token.stem for token in said.tokens if token.kind == "word"} if not said.quantities else set())
        found.measures.append(Measure(length, key, value, frozenset(), frozenset(), frozenset(stems)))


def _dimensioned(quantity: Quantity, label: Reading) -> Quantity:
    """A bare number under a key that names its unit: SPF: 20, weight (g): 250."""
    if quantity.dimension != "count":
        return quantity
    for at, token in enumerate(label.tokens):
        if token.text in PREFIXED:
            return replace(quantity, dimension=token.text)
        if token.text in UNITS and at and label.tokens[at - 1].text in ("(", "in", "[", ","):
            dimension, factor = UNITS[token.text]
            low, high, step = quantity.low * factor, quantity.high * factor, quantity.step * factor
            return replace(quantity, dimension=dimension, factor=factor, low=low, high=high, step=step)
    return quantity


def _wide_segment(reading: Reading, quantity: Quantity) -> tuple[int, int]:
    """A clause of a fact: a bracket after a number belongs to it: 8 h (earbuds)."""
    first, last = segment(reading, quantity)
    if last + 1 < len(reading.tokens) and reading.tokens[last].text == "(":
        while last < len(reading.tokens) and reading.tokens[last].text != ")":
            last += 1
    if last < len(reading.tokens) and reading.tokens[last].text == "with":
        clause = reading.clauses[last]
        while last < len(reading.tokens) and reading.clauses[last] == clause:
            last += 1
    return first, last


def _close(found: Evidence) -> None:
    """Adds what the entries entail, until nothing new comes."""
    words = vocabulary()
    contrary = [(target, name) for name, targets in words.entails.items() for target in targets if not target.startswith("!")]
    queue = [entry for entries in found.entries.values() for entry in entries]
    while queue:
        entry = queue.pop()
        if entry.negated:
            names = [("", name) for target, name in contrary if target == entry.name]
            targets = tuple("!" + name for _, name in names) + words.entails.get("!" + entry.name, ())
        else:
            targets = words.entails.get(entry.name, ()) + _root(entry.name)
        for target in targets:
            implied = Entry(target.strip("!"), entry.fact, target.startswith("!"), entry.parts, entry.group)
            if implied not in found.entries.get(implied.name, ()):
                found.add(implied)
                queue.append(implied)


def _root(name: str) -> tuple[str, ...]:
    """washable -> wash: what can be done, may be asked for."""
    return (name[:-3],) if name.endswith("abl") and len(name) > 6 and name != "recyclabl" else ()
