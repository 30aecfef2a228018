"""Where a sheet says two things: nothing true can be written from it until a person has chosen."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations

from apps.marketing.numerals import number_style
from apps.marketing.sheet import Fact, Sheet, banned_in
from apps.marketing.units import Quantity, quantities

__all__ = ["contradictions"]

_SYNONYMS = (
    "battery life|battery|runtime|run time|playtime|play time",
    "color|colour|colours|colors",
    "warranty|guarantee",
    "weight|mass|product weight|item weight",
    "capacity|volume",
)
_SAME_KEY = {other: group.split("|")[0] for group in _SYNONYMS for other in group.split("|")[1:]}
_LISTS = re.compile(
    r"\b(?:features?|benefits?|includes?|included|in the box|materials?|colou?rs?|certifications?|certified|ingredients?|awards?|"
    r"uses?|notes?|facts?|claims?|options?|sizes?|variants?|compatib\w+|integrations?|flavou?rs?|contents?|care)\b"
)
_TOLERANCE = Decimal("0.02")
"""Two units round differently: 300 g and 10.6 oz are the same weight."""
_NEGATED = re.compile(r"\b(?:not|never|isn['\u2019]?t|aren['\u2019]?t|non)[\s-]+((?:[a-z]+[\s-]?){1,3})", re.IGNORECASE)
_PREPOSITIONS = frozenset({
    "when", "if", "without", "in", "on", "for", "with", "under", "after", "before", "at", "by", "to", "of", "unless", "until",
    "while", "as", "from", "during",
})  # fmt: skip
_OF_ITS_KEY = frozenset({
    "included", "required", "needed", "necessary", "supported", "available", "provided", "supplied", "compatible", "removable",
    "replaceable", "adjustable", "washable", "rechargeable", "recommended", "applicable",
    "suitable", "intended", "specified", "tested",
    "sold",
})  # fmt: skip
"""Said of what the key names: `battery: not included` denies nothing of the charger."""
_BOX = re.compile(r"\b(?:in the box|includes|included|contents|scope of delivery)\b")
_ENDS = frozenset(["but", "and", "or"])
_YES, _NO = frozenset({"yes", "true", "y"}), frozenset({"no", "false", "n", "none"})


def contradictions(sheet: Sheet) -> list[str]:
    """A sentence for each pair of statements that cannot both hold, with both as they are written.

    Two values of one attribute (units converted, 2 % apart at most), a property and its negation, a word that is asked for and banned.
    """
    return [*_two_values(sheet), *_negations(sheet), *_banned_yet_wanted(sheet)]


def _two_values(sheet: Sheet) -> list[str]:
    tag = number_style(fact.value for fact in sheet.facts)
    of_attribute: dict[str, list[tuple[Fact, list[Quantity]]]] = {}
    for fact in sheet.facts:
        of_attribute.setdefault(_attribute(fact.key), []).append((fact, quantities(fact.value, tag)))
    return [
        f"Two values for `{one.key}`: `{one.value}` and `{other.value}`" + _shown_key(one, other)
        for facts in of_attribute.values()
        for (one, ours), (other, theirs) in combinations(facts, 2)
        if not _agree(one, other, ours, theirs)
    ]


def _shown_key(one: Fact, other: Fact) -> str:
    return "." if one.key == other.key else f" (under `{other.key}`)."


def _attribute(key: str) -> str:
    plain = " ".join(re.sub(r"\([^)]*\)|[^\w\s]", " ", key.casefold()).split())
    return _SAME_KEY.get(plain, plain) or key.casefold()


def _agree(one: Fact, other: Fact, ours: list[Quantity], theirs: list[Quantity]) -> bool:
    left, right = _plain(one.value), _plain(other.value)
    if left == right or left in right or right in left:
        if _affirms_denial(one.value) != _affirms_denial(other.value):
            return False
        return _numbers(one.value) == _numbers(other.value) or left == right
    shared = {each.unit.dimension for each in ours} & {each.unit.dimension for each in theirs}
    if shared:
        return all(_same_measure(ours, theirs, dimension) for dimension in shared)
    return bool(_LISTS.search(one.key.casefold())) and not (ours and theirs)


def _same_measure(ours: list[Quantity], theirs: list[Quantity], dimension: str) -> bool:
    """One of ours equals one of theirs; a statement in two units at once (`300 g (10.6 oz)`) agrees by either."""
    pairs = [(one, other) for one in ours for other in theirs if one.unit.dimension == other.unit.dimension == dimension]
    return any(_close(one, other) for one, other in pairs)


def _close(one: Quantity, other: Quantity) -> bool:
    if one.base is None or other.base is None:
        return True  # `ambiguous_numbers` asks about it
    if one.unit == other.unit:
        return one.base == other.base
    return abs(one.base - other.base) <= _TOLERANCE * max(abs(one.base), abs(other.base))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s.,%]", " ", text.casefold()).split()).strip(" .,")


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def _negations(sheet: Sheet) -> list[str]:
    """A term that one fact denies without a condition, and another fact, or the sheet's own words, state."""
    found: list[tuple[Fact, str, str]] = []
    for denied in sheet.facts:
        for term in _denied_terms(denied):
            others = [other for other in sheet.facts if other is not denied and _states(other, term)]
            found += [(denied, f"`{other.key}: {other.value}`", term) for other in others]
            words = (("name", sheet.name), ("category", sheet.category), ("offer", sheet.offer))
            found += [(denied, f"the {place} `{text}`", term) for place, text in words if _affirms(text, term)]
        if re.match(r"(?:not|isn['\u2019]t) included\b", denied.value.casefold()):
            boxes = [other for other in sheet.facts if _BOX.search(other.key.casefold()) and _affirms(other.value, _attribute(denied.key))]
            found += [(denied, f"`{other.key}: {other.value}`", denied.key) for other in boxes]
    return [f"`{denied.key}: {denied.value}` denies what {stated} states: {term}." for denied, stated, term in found]


def _denied_terms(fact: Fact) -> list[str]:
    if fact.value.casefold().strip(" .") in _NO:
        return [_attribute(fact.key)]
    terms = []
    for match in _NEGATED.finditer(fact.value):
        kept: list[str] = []
        for word in re.split(r"[\s-]+", match.group(1).casefold().strip(" -")):
            if word in _PREPOSITIONS:
                kept = []
                break
            if word in _ENDS:
                break
            kept.append(word)
        rest = fact.value[match.end() :].lstrip()
        qualified = rest and rest.split()[0].casefold() in _PREPOSITIONS and not match.group().rstrip().endswith(tuple(".,;"))
        if kept and kept[0] not in _OF_ITS_KEY and not qualified:
            terms.append(" ".join(kept))
    return list(dict.fromkeys(terms))


def _states(fact: Fact, term: str) -> bool:
    value = fact.value.casefold().strip(" .")
    if value in _YES:
        return _attribute(fact.key) == term
    return value not in _NO and (_affirms(fact.value, term) or (_attribute(fact.key) == term and not _affirms_denial(fact.value)))


def _affirms_denial(value: str) -> bool:
    return bool(_NEGATED.search(value) or re.match(r"(?:no|none|never|without)\b", value.casefold()))


def _affirms(text: str, term: str) -> bool:
    folded = text.casefold()
    if term.split(maxsplit=1)[0] not in folded:
        return False
    pattern = r"[\s-]?".join(map(re.escape, term.split()))
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", folded):
        before = re.split(r"[.,;:]", folded[max(0, match.start() - 60) : match.start()])[-1].split()[-3:]
        after = folded[match.end() : match.end() + 20]
        denied = any(re.fullmatch(r"not|never|no|non-?|without|isn['\u2019]?t|aren['\u2019]?t|than", word) for word in before)
        if not denied and not folded[: match.start()].endswith("non-") and not re.match(r"-|\s(?:free|resistant|proof)\b", after):
            return True
    return False


def _banned_yet_wanted(sheet: Sheet) -> list[str]:
    found = [
        f"The keyword `{keyword}` is wanted and has the banned word `{word}`."
        for keyword in sheet.keywords
        for word in banned_in(keyword, sheet.banned)
    ]
    found += [
        f"The fact `{fact.key}` must appear and its value `{fact.value}` has the banned word `{word}`."
        for fact in sheet.facts
        if fact.must
        for word in banned_in(fact.value, sheet.banned)
    ]
    found += [f"The offer `{sheet.offer}` has the banned word `{word}`." for word in banned_in(sheet.offer, sheet.banned)]
    return found
