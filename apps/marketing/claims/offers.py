"""Offers with their conditions: what is stated of an offer without its code, minimum, deadline or circle is not the sheet's offer."""

from __future__ import annotations

import re

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.lists import lines_of
from apps.marketing.claims.reading import Reading, Unit, known
from apps.marketing.claims.stems import stem
from apps.marketing.claims.units import MONTHS

__all__ = ["judge_offer"]

TURN = re.compile(
    r"\b(?:with code|using code|with|when|if|until|till|through|by|before|for|on|over|above|from|within|in|not|excluding|except|after|to|"
    r"and get|and save|once|via|during|this|only|per|starting|at checkout)\b|[,;(]",
    re.IGNORECASE,
)
"""Where a condition begins."""
BENEFITS = frozenset(
    (
        "free",
        "discount",
        "discountoff",
        "half",
        "off",
        "gift",
        "voucher",
        "cashback",
        "save",
        "free shipping",
        "free trial",
        "buy one get one",
    )
)
SYNONYMS = [frozenset(stem(word) for word in line.split()) for line in lines_of("conditions")]


def judge_offer(reading: Reading, found: Evidence, findings: list[Finding]) -> list[Finding]:
    """findings: of the same reading. A benefit of the offer that the text names while it leaves a condition out is flagged."""
    offer = found.values.get("offer", "")
    if not offer:
        return []
    benefit, conditions = _split(offer)
    stated = _stated(reading, found, findings, known(benefit))
    if not stated:
        return []
    missing = [condition for condition in conditions if not _echoed(condition, reading)]
    if not missing:
        return []
    why = f"the offer is: {offer}"
    return [Finding(stated.first, stated.last, stated.kind, "contradicted", ("offer",), why)]


def _split(offer: str) -> tuple[str, list[str]]:
    """The benefit and each condition with the word that opens it. A condition may open the offer: buy 3, get 1."""
    pieces: list[str] = []
    last = 0
    for match in TURN.finditer(offer):
        if offer[last : match.start()].strip():
            pieces.append(offer[last : match.start()].strip(" ,;("))
            last = match.start()
    pieces.append(offer[last:].strip(" ,;()"))
    pieces = _merged([piece for piece in pieces if re.search(r"\w", piece)])
    at = next((index for index, piece in enumerate(pieces) if _is_benefit(piece)), 0)
    return pieces[at], [piece for index, piece in enumerate(pieces) if index != at and _content(piece)]


def _merged(pieces: list[str]) -> list[str]:
    """`not valid` and `on sale items` as one condition."""
    result: list[str] = []
    for piece in pieces:
        if (
            result
            and re.match(r"(?:not|except|excluding)\b", result[-1], re.IGNORECASE)
            and re.match(r"(?:on|for|in|with)\b", piece, re.IGNORECASE)
        ):
            result[-1] += f" {piece}"
        else:
            result.append(piece)
    return result


def _is_benefit(piece: str) -> bool:
    reading = known(piece)
    priced = any(quantity.dimension == "percent" or quantity.dimension.startswith("price") for quantity in reading.quantities)
    return (priced and not re.match(r"(?:over|above|from|when|if|on)\b", piece, re.IGNORECASE)) or any(
        unit.name in BENEFITS or unit.kind == "offer" for unit in reading.units
    )


def _content(piece: str) -> set[str]:
    reading = known(piece)
    names = {unit.name for unit in reading.units if unit.name not in EMPTY and unit.word not in IDLE}
    return names | {str(quantity.low) for quantity in reading.quantities}


IDLE = frozenset(
    [
        "with",
        "when",
        "if",
        "until",
        "till",
        "through",
        "by",
        "before",
        "for",
        "on",
        "over",
        "above",
        "from",
        "within",
        "in",
        "not",
        "after",
        "to",
        "once",
        "via",
        "during",
        "this",
        "only",
        "per",
        "order",
        "orders",
        "your",
        "you",
        "every",
        "each",
        "any",
        "purchase",
        "get",
        "old",
        "the",
        "price",
        "back",
        "all",
        "one",
        "ones",
        "and",
        "a",
        "an",
        "of",
        "our",
        "we",
        "us",
        "at",
    ]
)


def _stated(reading: Reading, found: Evidence, findings: list[Finding], benefit: Reading) -> Finding | None:
    """The finding that names the benefit: its number, or its kind of offer."""
    names = {unit.name for unit in benefit.units if unit.kind == "offer" or unit.name in BENEFITS}
    said = {unit.first: unit for unit in reading.units}
    for finding in findings:
        if finding.status != "supported" or set(finding.facts) != {"offer"}:
            continue
        unit: Unit | None = said.get(finding.first)
        if finding.kind == "number":
            quantity = next((one for one in reading.quantities if one.first == finding.first), None)
            if quantity and any(one.dimension == quantity.dimension != "count" and one.low == quantity.low for one in benefit.quantities):
                return finding
        elif unit is not None and not unit.negated and unit.name in names:
            return finding
    return None


def _echoed(condition: str, reading: Reading) -> bool:
    """Whether the text names the condition, in its words or in others."""
    wanted = known(condition)
    said = {token.stem for token in reading.tokens} | {unit.name for unit in reading.units}
    if re.search(r"\bcode\b", condition, re.IGNORECASE):
        codes = {token.text for token in wanted.tokens if token.text not in ("with", "using", "code", "the", "at", "checkout")}
        return bool(codes & {token.text for token in reading.tokens})
    if wanted.quantities:
        return all(_numbered(quantity.low, quantity.dimension, reading) for quantity in wanted.quantities)
    names = {token.stem for token in wanted.tokens if token.kind in ("word", "code") and token.text not in IDLE and token.stem not in EMPTY}
    if not names:
        return True
    if re.match(r"(?:not|excluding|except)\b", condition, re.IGNORECASE):
        return not names & said or any(token.text in ("not", "except", "excepted", "excluding", "no", "out") for token in reading.tokens)
    echoes = set(names).union(*(group for group in SYNONYMS if group & names))
    return bool(echoes & said)


def _numbered(value: float, dimension: str, reading: Reading) -> bool:
    for quantity in reading.quantities:
        if abs(quantity.low - value) <= 1e-6 * max(1.0, abs(value)) and (
            quantity.dimension == dimension or "count" in (dimension, quantity.dimension)
        ):
            return True
    words = {token.text for token in reading.tokens}
    if dimension == "date" and any(value == day and holiday in words for holiday, day in HOLIDAYS.items()):
        return True
    if dimension == "date":
        month = int(value // 100)
        spoken = {name for name, number in MONTHS.items() if number == month}
        return bool(spoken & words)
    if dimension == "count" and value <= len(COUNTS) - 1:
        return bool(COUNTS[int(value)] & words)
    return False


HOLIDAYS = {
    "valentine's": 214.0,
    "valentines": 214.0,
    "christmas": 1225.0,
    "xmas": 1225.0,
    "halloween": 1031.0,
    "year's": 1231.0,
    "year": 1231.0,
}
COUNTS = [
    frozenset(),
    frozenset(("one", "first", "once", "a", "single")),
    frozenset(("two", "pair", "both", "second", "couple", "twice", "another")),
    frozenset(("three", "third", "trio")),
]
COUNTS.append(frozenset(("four", "fourth", "quartet")))
