"""The rule: a tick scale in real units (tiles, GiB, seconds), for progress and for memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.web import read_text

__all__ = ["Segment", "rule", "ticks_for"]

MAX_TICKS = 60

Tone = Literal["progress", "done", "stopped", "memory", "free"]


@dataclass(frozen=True)
class Segment:
    """A part of the rule. share: of its length, 0 to 1; name: written beneath."""

    share: float
    tone: Tone
    name: str = ""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("sextant.rule", css=read_text("rule.css"), js=read_text("rule.js"))


def rule(label: str, *, ticks: float, segments: Sequence[Segment] = (), progress: float | None = None, key: str) -> None:
    """Draw it. label: all it says, in words; ticks: units on the whole length; progress: 0 to 1 of a run, for assistive software."""
    data = {"label": label, "ticks": ticks_for(ticks), "segments": [asdict(segment) for segment in segments], "progress": progress}
    _component()(data=data, key=key)


def ticks_for(units: float) -> int:
    """One tick a unit, as long as they can be told apart; else one for 2, 5, 10, ... units."""
    if not units >= 1:
        return 10
    step = 1
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000):
        if units / step <= MAX_TICKS:
            break
    return max(round(units / step), 1)
