"""The parameters of a class of sounds as sliders, beginning where a variation is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from apps.audio.tasks import Effect, effect
from shared.errors import SextantError
from shared.ui.form import Form
from shared.ui.host import executor, open_run
from shared.ui.run_panel import refusal_key
from shared.ui.text import figure, plain

if TYPE_CHECKING:
    from apps.audio.effects.blocks import Parameter
    from shared.runs import Run

__all__ = ["more_like", "named", "show_knobs", "with_unit"]

STEPS = 100
MORE = 4
SPREAD = 0.3
UNITS = {"1": "", "x": "\N{MULTIPLICATION SIGN}", "1/s": "a second", "ratio": ""}
ENDINGS = {"_hz": "frequency", "_db": "level", "_s": "length"}
"""Endings of names that say the unit, which stands beside the value; and what is said where they are all that tells two apart."""


def named(knob: Parameter, knobs: Sequence[Parameter]) -> str:
    """`drop_hz` -> "Drop", `gust_rate` -> "Gust rate"; "Hiss frequency" where "Hiss" is another one's name."""
    name = knob.name
    for ending, words in ENDINGS.items():
        if name.endswith(ending):
            short = name.removesuffix(ending)
            name = f"{short} {words}" if any(other.name == short for other in knobs) else short
    return name.replace("_", " ").capitalize()


def with_unit(knob: Parameter, value: float) -> str:
    return f"{figure(value)} {UNITS.get(knob.unit, knob.unit)}".strip()


def _shown(knob: Parameter, step: int) -> str:
    return figure(knob.value(step / STEPS))


def labelled(knob: Parameter, knobs: Sequence[Parameter]) -> str:
    unit = UNITS.get(knob.unit, knob.unit)
    return f"{named(knob, knobs)} ({unit})" if unit else named(knob, knobs)


def show_knobs(run: Run, kind: str, number: int, one: Effect) -> dict[str, float]:
    """Draw them; returns the values: as they were where nothing was moved."""
    from apps.audio.effects.synthesis import find_class

    values = dict(one.parameters)
    with st.container(key="aud-knobs"):
        knobs = find_class(kind).parameters
        for knob in knobs:
            if knob.name not in values:
                continue
            key = f"audio:knob:{run.id}:{number}:{knob.name}"
            start = round(STEPS * knob.fraction(values[knob.name]))
            st.session_state.setdefault(key, start)
            place = st.select_slider(
                plain(labelled(knob, knobs)),
                range(STEPS + 1),
                key=key,
                format_func=partial(_shown, knob),
                help=plain(f"{knob.meaning[:1].upper()}{knob.meaning[1:]}. {figure(knob.low)} to {with_unit(knob, knob.high)}."),
                persist_state="session",
            )
            if place != start:
                values[knob.name] = knob.value(place / STEPS)
    return values


def more_like(form: Form, run: Run, kind: str, values: Mapping[str, float], one: Effect) -> None:
    """A callback: make four with these values at once, and put them into the form."""
    from apps.audio.page.forms import fill

    fields = {
        **{name: value for name, value in run.request.items() if value is not None},
        "kind": kind,
        "parameters": dict(values),
        "variations": MORE,
        "spread": SPREAD,
        "duration_s": round(one.duration_s, 3),
        "seed": run.seed + 1,
    }
    fill(form, fields)
    try:
        handle = executor().submit(effect, effect.parse(fields, files=executor().store))
    except SextantError as error:
        st.session_state[refusal_key(effect)] = error.as_dict()
        return
    st.session_state.pop(refusal_key(effect), None)
    open_run(handle.run_id)
