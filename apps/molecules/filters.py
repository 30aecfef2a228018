"""Which molecules are rejected, and why, in words. No rdkit here: conditions are checked while a form is filled in."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from apps.molecules.admet import ENDPOINTS
from apps.molecules.alerts import ALERTS
from apps.molecules.properties import PROPERTIES

__all__ = ["FILTERS", "Condition", "Rule", "needed_alerts", "why_rejected"]

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
OPPOSITES = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "==": "!="}
MAX_CONDITION = 80
FORM = "such as QED>=0.6 or logP<=4"
CONDITION = re.compile(r"\s*(?P<name>[^\s<>=!][^<>=!]*?)\s*(?P<op>[<>=!]+)\s*(?P<value>.*?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """A bound on one property or ADMET endpoint. `str` writes it as `parse` reads it."""

    name: str
    op: str
    value: float

    @property
    def predicted(self) -> bool:
        """Whether it needs a prediction: an ADMET endpoint, not a property."""
        return self.name not in PROPERTIES

    @classmethod
    def parse(cls, text: str) -> Condition:
        """ "QED >= 0.6" -> Condition("QED", ">=", 0.6); capitals do not matter. Raises ValueError that says what is expected."""
        match = CONDITION.fullmatch(text) if len(text) <= MAX_CONDITION else None
        text = text[:MAX_CONDITION]
        if match is None:
            raise ValueError(f"{text!r} is no condition: a property, one of {', '.join(OPERATORS)}, and a number are expected, {FORM}")
        name = _property(match["name"], text)
        op = match["op"]
        if op not in OPERATORS:
            meant = {"=": "==", "=>": ">=", "=<": "<="}.get(op)
            hint = f"did you mean {name}{meant}{match['value']}?" if meant else f"one of {', '.join(OPERATORS)} is expected, {FORM}"
            raise ValueError(f"{text!r}: {op!r} is no comparison; {hint}")
        try:
            value = float(match["value"])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            hint = ", with a point and not a comma" if "," in match["value"] else ""
            given = f"{match['value']!r} is no number" if match["value"] else "the number is missing"
            raise ValueError(f"{text!r}: {given}; one is expected{hint}, {FORM}")
        return cls(name, op, value + 0.0)

    def __str__(self) -> str:
        return f"{self.name}{self.op}{_number(self.value)}"

    def holds(self, properties: Mapping[str, float]) -> bool:
        """Whether the molecule with these properties meets it."""
        return OPERATORS[self.op](properties[self.name], self.value)

    def text(self, properties: Mapping[str, float]) -> str:
        """What is the case instead: "logP 5.81 > 5", with as many decimals as show it."""
        return f"{self.found(properties)} {OPPOSITES[self.op]} {_number(self.value)}"

    def found(self, properties: Mapping[str, float]) -> str:
        """The property as it is: "logP 5.81"."""
        value = properties[self.name]
        fewest = 2 if self.predicted else min(PROPERTIES[self.name].decimals, 2)
        for decimals in range(fewest, 7):
            shown = f"{round(value, decimals) + 0.0:.{decimals}f}"
            if OPERATORS[self.op](float(shown), self.value) == OPERATORS[self.op](value, self.value):
                return f"{self.name} {shown}"
        return f"{self.name} {value!r}"


@dataclass(frozen=True)
class Rule:
    """Bounds of which a molecule may break `allowed`. source: where they come from."""

    label: str
    bounds: tuple[Condition, ...]
    source: str
    allowed: int = 0

    def failure(self, properties: Mapping[str, float]) -> str:
        """ "MW 612.3 > 500, logP 5.81 > 5 (Lipinski, 2 violations)"; "" where it passes."""
        broken = [bound.text(properties) for bound in self.bounds if not bound.holds(properties)]
        if len(broken) <= self.allowed:
            return ""
        count = f", {len(broken)} violations" if self.allowed else ""
        return f"{', '.join(broken)} ({self.label}{count})"


def _bounds(*texts: str) -> tuple[Condition, ...]:
    return tuple(Condition.parse(text) for text in texts)


def _property(name: str, text: str) -> str:
    plain = {re.sub(r"[\s_-]", "", key).lower(): key for key in (*PROPERTIES, *ENDPOINTS)}
    asked = re.sub(r"[\s_-]", "", name).lower()
    if asked in plain:
        return plain[asked]
    close = get_close_matches(asked, plain, n=1, cutoff=0.65)
    hint = f"did you mean {plain[close[0]]}? " if close else ""
    known = f"Known: {', '.join(PROPERTIES)}, and the ADMET endpoints, such as {', '.join(list(ENDPOINTS)[:3])}"
    raise ValueError(f"{text!r}: no property is named {name!r}; {hint}{known}. Expected is a condition {FORM}")


def _number(value: float) -> str:
    """The shortest text that is read back as `value`."""
    return repr(value).removesuffix(".0")


RULES: dict[str, Rule] = {
    "lipinski": Rule(
        "Lipinski",
        _bounds("MW<=500", "logP<=5", "HBD<=5", "HBA<=10"),
        "Lipinski et al. 1997, doi:10.1016/S0169-409X(96)00423-1: poor absorption is likely where more than one is broken",
        allowed=1,
    ),
    "veber": Rule(
        "Veber",
        _bounds("rotatable_bonds<=10", "TPSA<=140"),
        "Veber et al. 2002, doi:10.1021/jm020017n: oral bioavailability in rats",
    ),
    # Teague et al. 1999 (doi:10.1002/(SICI)1521-3773(19991216)38:24<3743::AID-ANIE3743>3.0.CO;2-U) said what a lead is; ZINC made
    # numbers of it, and MOSES, on which the prior was trained, is cut from that subset. Their logP is XlogP, ours is Crippen's.
    "lead-like": Rule(
        "lead-like",
        _bounds("MW>=250", "MW<=350", "logP<=3.5", "rotatable_bonds<=7"),
        "Clean leads of ZINC (Irwin et al. 2012, doi:10.1021/ci3001277; MOSES, doi:10.3389/fphar.2020.565644)",
    ),
}
FILTERS: dict[str, str] = {
    **{key: f"{', '.join(map(str, rule.bounds))}. {rule.source}" for key, rule in RULES.items()},
    **{key: catalogue.source for key, catalogue in ALERTS.items()},
}
"""Every filter with its bounds and its source."""


def needed_alerts(filters: Iterable[str]) -> tuple[str, ...]:
    """The catalogues of alerts that these filters ask for."""
    return tuple(key for key in filters if key in ALERTS)


def why_rejected(
    properties: Mapping[str, float],
    alerts: Mapping[str, Sequence[str]],
    filters: Iterable[str],
    conditions: Iterable[Condition],
) -> list[str]:
    """One sentence for each filter and condition that fails, in the order they were given; empty for a molecule that is kept.

    properties: of `describe`; alerts: by catalogue, at least those of `needed_alerts(filters)`. Raises KeyError for an unknown filter.
    """
    found = []
    for key in filters:
        if key in ALERTS:
            found.append(f"{ALERTS[key].label}: {', '.join(alerts[key])}" if alerts[key] else "")
        else:
            found.append(RULES[key].failure(properties))
    found += [f"{each.found(properties)} fails {each}" for each in conditions if not each.holds(properties)]
    return [reason for reason in found if reason]
