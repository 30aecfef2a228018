"""How often: every three months, twice a day, weekly, four times a year; as times a year, in the text and in the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.findings import Finding
from apps.marketing.claims.reading import Reading
from apps.marketing.claims.units import NUMBERS

__all__ = ["judge_rates", "rates"]

YEARLY = {
    "hour": 8766.0,
    "day": 365.25,
    "night": 365.25,
    "morning": 365.25,
    "evening": 365.25,
    "week": 52.18,
    "fortnight": 26.09,
    "month": 12.0,
    "quarter": 4.0,
}
YEARLY |= {"season": 4.0, "year": 1.0, "minute": 525960.0, "second": 31557600.0, "spring": 1.0, "autumn": 1.0, "summer": 1.0, "winter": 1.0}
ADVERBS = {"hourly": "hour", "daily": "day", "nightly": "day", "weekly": "week", "fortnightly": "fortnight", "monthly": "month"}
ADVERBS |= {"quarterly": "quarter", "yearly": "year", "annually": "year", "annual": "year"}
UNIT = "|".join(YEARLY)
NUMBER = r"\d+(?:[.,]\d+)?|" + "|".join(word for word in NUMBERS if word not in ("half", "quarter", "third", "single", "dual", "twin"))
RATE = re.compile(
    rf"\b(?:(?:every|each) (?:(?P<many>{NUMBER}) )?(?P<other>other |second )?(?P<every>{UNIT})s?"
    rf"|(?P<times>once|twice|(?:{NUMBER}) times?) (?:a|an|per|every|each) (?P<per>{UNIT})"
    rf"|(?P<adverb>{'|'.join(ADVERBS)}))\b"
)
COUNTED = re.compile(rf"\b(?P<many>{NUMBER}) [a-z]+ (?:a|an|per|every|each) (?P<per>{UNIT})\b")
"""In a sheet also two brushings a day, 250 runs per month."""
PRICED = re.compile(
    rf"(?:[€$£] ?\d[\d.,]*|\d ?(?:[€$£]|euros?|dollars?|pounds?|eur|usd|gbp)) ?(?:a|an|per|each|every|/) ?(?P<per>{UNIT})\b"
)
"""In a sheet 9 euros a month, which a text may call monthly; it says nothing of what happens every month."""
CLOSE = 0.12


@dataclass(frozen=True)
class Rate:
    """start, end: in the plain text; yearly: times a year."""

    start: int
    end: int
    yearly: float


def rates(text: str) -> list[Rate]:
    """Every rate of a plain text in lower case."""
    found = []
    for match in RATE.finditer(text):
        if match["adverb"]:
            yearly = YEARLY[ADVERBS[match["adverb"]]]
        elif match["per"]:
            often = match["times"].removesuffix("times").removesuffix("time").strip()
            yearly = {"once": 1.0, "twice": 2.0}.get(often) or _value(often)
            yearly *= YEARLY[match["per"]]
        else:
            yearly = YEARLY[match["every"]] / ((_value(match["many"]) if match["many"] else 1.0) * (2.0 if match["other"] else 1.0))
        found.append(Rate(match.start(), match.end(), yearly))
    return found


def _stated(text: str) -> list[Rate]:
    counted = [Rate(match.start(), match.end(), _value(match["many"]) * YEARLY[match["per"]]) for match in COUNTED.finditer(text)]
    return rates(text) + counted


def _value(text: str) -> float:
    return NUMBERS.get(text) or float(text.replace(",", ".") if text[:1].isdigit() else 1.0) or 1.0


def judge_rates(reading: Reading, found: Evidence) -> list[Finding]:
    """A reading -> its rates: borne by a fact, or another than the one of the fact that the clause speaks of."""
    result = []
    lines = {key: f"{key} {value}".lower() for key, value in found.values.items()}
    stated = {key: each for key, line in lines.items() if (each := _stated(PRICED.sub(" ", line)))}
    bearers = [(key, rate.yearly) for key, each in stated.items() for rate in each]
    bearers += [(key, YEARLY[match["per"]]) for key, line in lines.items() for match in PRICED.finditer(line)]
    said = reading.plain.text.lower()
    spoken = [
        one
        for one in _stated(said)[len(rates(said)) :]
        if any(abs(one.yearly - other.yearly) <= CLOSE * other.yearly for each in stated.values() for other in each)
    ]
    for rate in [*rates(said), *spoken]:
        places = [at for at, token in enumerate(reading.tokens) if rate.start <= token.start < rate.end]
        if not places:
            continue
        first, last = places[0], places[-1] + 1
        bearing = [key for key, yearly in bearers if abs(yearly - rate.yearly) <= CLOSE * yearly]
        if bearing:
            result.append(Finding(first, last, "number", "supported", (bearing[0],), ""))
            continue
        near = [unit for unit in reading.units if unit.sentence == reading.sentences[first] and not first <= unit.first < last]
        facts = {entry.fact for unit in near if unit.name not in EMPTY | found.head for entry in found.of(unit.name, False)}
        linked = next((key for key in stated if key in facts and key not in ("offer", "price")), "")
        if linked:
            why = f"the sheet says {linked}: {found.values[linked]}"
            result.append(Finding(first, last, "number", "contradicted", (linked,), why))
    return result
