"""Checks and other tables: a finding against its bound, its state as a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from shared.ui.text import escape, figure

if TYPE_CHECKING:
    from apps.design.tasks import Check

__all__ = ["margin", "show_checks", "show_groups", "show_table", "value_words"]

UNITS = {"deg": "°"}
YES_NO = ("finite", "volume")
SHARES = ("fit", "mass")


def value_words(check: Check, value: float) -> str:
    """With its unit: a share as percent, a state as a word."""
    if check.key in YES_NO and check.unit == "":
        return "yes" if value >= 1 else "no"
    if check.key in SHARES and check.unit == "":
        return f"{figure(100 * value)} %"
    unit = UNITS.get(check.unit, f" {check.unit}" if check.unit else "")
    return f"{figure(value)}{unit}"


def bound_words(check: Check) -> str:
    if check.key in YES_NO and check.unit == "":
        return value_words(check, check.bound)
    return f"at {'least' if check.at_least else 'most'} {value_words(check, check.bound)}"


def margin(check: Check) -> float:
    """How far from its bound, as a share of it; the least is the tightest."""
    if not check.bound:
        return abs(check.value)
    return (check.value / check.bound - 1) if check.at_least else (1 - check.value / check.bound)


def show_checks(checks: Sequence[Check], label: str) -> None:
    """All of them; those that failed first."""
    rows = []
    for check in sorted(checks, key=lambda one: one.passed):
        state = '<span class="sx-badge done">passed</span>' if check.passed else '<span class="sx-badge failed">failed</span>'
        rows.append(
            f'<tr><th scope="row">{escape(check.title[:1].upper() + check.title[1:])}</th>'
            f"<td>{escape(value_words(check, check.value))}</td>"
            f"<td>{escape(bound_words(check))}</td><td>{state}</td><td>{escape(check.source)}</td></tr>"
        )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Check", "Value", "Bound", "State", "Source"))
    _put(head, rows, label, "dsg-checks")


def show_groups(checks: Sequence[Check], label: str) -> None:
    """Checks of one title in one row: the worst of them, how many passed, and where they were made."""
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.title, []).append(check)
    rows = []
    for title, found in sorted(groups.items(), key=lambda group: all(one.passed for one in group[1])):
        worst, passed = max(found, key=lambda one: one.value), sum(one.passed for one in found)
        unit = "\N{DEGREE SIGN}" if "(degrees)" in title else " mm"  # what is counted in degrees says so in its name
        counted = worst.bound < 0.001
        bound = "none allowed" if counted else f"at most {figure(worst.bound)}{unit}"
        words = title.removesuffix("(degrees)").strip()
        failed = [one.source for one in found if not one.passed]
        rows.append(
            f'<tr><th scope="row">{escape(words[:1].upper() + words[1:])}</th><td>{figure(worst.value)}{"" if counted else unit}</td>'
            f'<td>{bound}</td><td><span class="sx-badge {"failed" if failed else "done"}">{passed} of {len(found)} passed</span></td>'
            f"<td>{escape(', '.join(failed or [one.source for one in found]).lower())}</td></tr>"
        )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Check", "Worst", "Bound", "State", "Where"))
    _put(head, rows, label, "dsg-checks")


def show_table(head: Sequence[str], rows: Iterable[Sequence[str]], label: str, *, numbers: Sequence[int] = (), total: bool = False) -> None:
    """numbers: columns set right; total: the last row is one."""
    columns = "".join(f'<th scope="col"{_right(place, numbers)}>{escape(name)}</th>' for place, name in enumerate(head))
    drawn = []
    for row in rows:
        first, *others = row
        cells = "".join(f"<td{_right(place, numbers)}>{escape(cell)}</td>" for place, cell in enumerate(others, start=1))
        drawn.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    if total and drawn:
        drawn[-1] = drawn[-1].replace("<tr>", '<tr class="total">')
    _put(columns, drawn, label, "dsg-list")


def _right(place: int, numbers: Sequence[int]) -> str:
    return ' class="number"' if place in numbers else ""


def _put(head: str, rows: Sequence[str], label: str, name: str) -> None:
    inner = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    box = f'<div class="sx-scroll {name}" tabindex="0" role="region" aria-label="{escape(label)}">'
    st.html(f'{box}<table class="sx-table">{inner}</table></div>')
