"""Effect: a sound in words, its class found while one types, and the variations beside one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.audio.effects.describing import Description, describe
from apps.audio.page.forms import choose_file, fill, given_file, last
from apps.audio.page.knobs import more_like, show_knobs
from apps.audio.page.listening import extent, file_url
from apps.audio.tasks import Effect, EffectResult
from shared.errors import BadInput
from shared.ui.choice import choose_example
from shared.ui.form import Form
from shared.ui.page import heading, note
from shared.ui.results import table
from shared.ui.sound import Take, takes
from shared.ui.text import escape, figure, plain, plural

if TYPE_CHECKING:
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["chosen", "describe_run", "draw_inputs", "files_of", "fill_own", "show", "show_side"]

DISTANCES_M = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 80, 100, 150, 200, 300, 500)
CARD_LINES = 4


@dataclass(frozen=True)
class Control:
    """A slider that follows the words until it is moved."""

    name: str
    label: str
    low: float
    high: float
    step: float
    help: str


CONTROLS = (
    Control("intensity", "Intensity", -1, 1, 0.05, "-1 is soft, 1 is hard."),
    Control("brightness_db", "Brightness (dB an octave)", -6, 6, 0.5, "Above 0 brighter, below 0 duller."),
)


def fill_own(form: Form, fields: Mapping[str, Any]) -> None:
    """The widgets that are this page's own."""
    for name in ("intensity", "brightness_db", "distance_m"):
        value = fields.get(name)
        st.session_state[touched(form, name)] = value is not None
        if value is not None:
            st.session_state[form.key(name)] = _nearest(value) if name == "distance_m" else float(value)
        else:
            st.session_state.pop(form.key(name), None)
    given_file(form, "library", fields)
    st.session_state[form.key("class")] = str(fields.get("kind") or "") or None
    st.session_state[form.key("knobs")] = dict(fields.get("parameters") or {})
    st.session_state[form.key("knobs-of")] = str(fields.get("kind") or "") or describe(str(fields.get("description") or "")).kind


def draw_inputs(form: Form) -> None:
    """The words and what they were taken for, number, duration and loop in sight; the sound's shape in an expander."""
    choose_example(form, fill)
    text = st.text_input(
        "Sound in words, in English",
        key=form.key("description"),
        placeholder="such as rain on a tin roof",
        live=True,
        on_change=lambda: st.session_state.update({form.key("class"): None}),
        persist_state="session",
    )
    form.set("description", text or None)
    words = describe(text or "")
    kind = _choose_class(form, words, text or "")
    with st.container(horizontal=True, key="aud-amount"):
        form.field("variations", label="Variations", look="number")
        form.field("duration_s", label="Duration (s)", placeholder="as suits it")
    _choose_loop(form, kind)
    with st.expander("Shape of the sound"):
        _shape(form, words)
        form.field("width", label="Stereo width")
        form.field("spread", label="Spread of the variations")
        _tell_knobs(form, kind)
    with st.expander("More settings"):
        form.field("name", label="Name of the files", placeholder=kind or "the class")
        clips = choose_file(form, "library", "Vary clips of your own instead")
        form.set("mode", "library" if clips else "procedural")
        form.set("library", clips or [])
        form.field("seed", label="Seed")
        last(form, "format")


def _choose_class(form: Form, words: Description, text: str) -> str:
    """The class: of the words, or as chosen; where the words leave it open, a question."""
    from apps.audio.effects.synthesis import classes

    by_hand = st.session_state.get(form.key("class"))
    kind = by_hand or words.kind or ""
    form.set("kind", by_hand or "")
    if _refused(form, text):
        return ""
    if kind:
        told = "chosen by you" if by_hand else f"from: {', '.join(words.understood)}"
        title = classes()[kind].title
        st.html(f'<p class="aud-class" role="status"><b>{escape(title)}</b> <span class="sx-sub">({escape(told)})</span></p>')
    elif text.strip():
        st.html('<p class="aud-class" role="status"><b>Which one?</b> <span class="sx-sub">The words leave it open.</span></p>')
        with st.container(horizontal=True, key="aud-which"):
            for near in words.nearest:
                st.button(
                    plain(classes()[near.kind].title),
                    key=f"aud-which-{near.kind}",
                    on_click=lambda chosen: st.session_state.update({form.key("class"): chosen}),
                    args=(near.kind,),
                )
        form.refuse(BadInput("Choose which sound is meant", field="kind"))
    if st.session_state.get(form.key("knobs-of")) != kind:
        st.session_state[form.key("knobs")] = {}
    return kind


def _refused(form: Form, text: str) -> bool:
    """Whether the words ask for something that is not made; says why."""
    from apps.audio.imitation import check_style

    try:
        check_style(text)
    except ValueError as error:
        why = str(error)
        note("Not possible", f"{why[:1].upper()}{why[1:]}.", "bad")
        form.refuse(BadInput("These words cannot be used", field="description"))
        return True
    return False


def _choose_loop(form: Form, kind: str) -> None:
    from apps.audio.effects.synthesis import classes

    once = kind in classes() and not classes()[kind].sustained
    if once:
        st.session_state[form.key("loop")] = False
        st.checkbox(
            "Loop without a seam", disabled=True, key=form.key("no-loop"), help=f"{classes()[kind].title} happens once: it cannot loop."
        )
        form.set("loop", False)
    else:
        form.field("loop", label="Loop without a seam")


def touched(form: Form, name: str) -> str:
    """Where the session keeps whether a control was moved by hand."""
    return form.key(f"touched:{name}")


def _shape(form: Form, words: Description) -> None:
    said = {"intensity": words.intensity, "brightness_db": words.brightness, "distance_m": words.distance_m}
    for control in CONTROLS:
        label = _follow(form, control.name, control.label, round(said[control.name] / control.step) * control.step)
        key = form.key(control.name)
        value = st.slider(
            plain(label),
            float(control.low),
            float(control.high),
            step=control.step,
            key=key,
            help=control.help,
            on_change=_touch,
            args=(form, control.name),
        )
        form.set(control.name, value if st.session_state.get(touched(form, control.name)) else None)
    label = _follow(form, "distance_m", "Distance (m)", _nearest(said["distance_m"]))
    distance = st.select_slider(
        plain(label),
        DISTANCES_M,
        key=form.key("distance_m"),
        help="From the microphone: farther is quieter, duller and wetter.",
        on_change=_touch,
        args=(form, "distance_m"),
    )
    form.set("distance_m", float(distance) if st.session_state.get(touched(form, "distance_m")) else None)


def _follow(form: Form, name: str, label: str, said: float) -> str:
    """Let a control that nobody moved show what the words say; returns its label."""
    if st.session_state.get(touched(form, name)):
        return label
    st.session_state[form.key(name)] = said
    return f"{label}, from the words"


def _touch(form: Form, name: str) -> None:
    st.session_state[touched(form, name)] = True


def _nearest(distance_m: float) -> int:
    return min(DISTANCES_M, key=lambda one: abs(one - distance_m))


def _tell_knobs(form: Form, kind: str) -> None:
    """Parameters that are set: they come from an earlier variation, and can be let go."""
    knobs = st.session_state.get(form.key("knobs")) or {}
    form.set("parameters", knobs)
    if not knobs:
        return
    st.html(f'<p class="sx-sub">{plural(len(knobs), "parameter")} of the class are set by hand; the others are drawn.</p>')
    st.button("Draw all anew", key="aud-forget", on_click=lambda: st.session_state.update({form.key("knobs"): {}}))


def show(run: Run, result: EffectResult) -> None:
    """The variations on the stage."""
    told = ", ".join(result.understood)
    heading(result.title, f"from: {told}" if told else "")
    rate_hz = extent(result.effects[0].file.sha256).rate_hz
    shown = [
        Take(
            id=str(number),
            title=f"Variation {number + 1}",
            url=file_url(one.file, f"take-{number}"),
            figure=f"{figure(one.duration_s)} s",
            lines=_lines(result.kind, one),
            loop=one.loop,
        )
        for number, one in enumerate(result.effects)
    ]
    takes(
        shown,
        label=f"{plural(len(shown), 'variation')} of {result.title}",
        rate_hz=rate_hz,
        key="aud-takes",
        current=str(chosen(run, result)),
        on_open=lambda one: st.session_state.update({_chosen_key(run): int(one)}),
    )


def _lines(kind: str, one: Effect) -> list[tuple[str, str]]:
    """The parameters that say most, with their units; of a library's variation its sources."""
    from apps.audio.effects.synthesis import classes
    from apps.audio.page.knobs import named, with_unit

    if one.sources:
        return [(source.name, f"{100 * source.share:.0f} %") for source in one.sources[:CARD_LINES]]
    if kind not in classes():
        return []
    knobs = classes()[kind].parameters
    known = [knob for knob in knobs if knob.name in one.parameters]
    return [(named(knob, knobs), with_unit(knob, one.parameters[knob.name])) for knob in known[:CARD_LINES]]


def _chosen_key(run: Run) -> str:
    return f"audio:take:{run.id}"


def chosen(run: Run, result: EffectResult) -> int:
    """The number of the variation that is open."""
    return min(int(st.session_state.get(_chosen_key(run), 0)), len(result.effects) - 1)


def files_of(run: Run, result: EffectResult) -> tuple[list[tuple[str, Artifact]], list[tuple[str, list[Artifact]]]]:
    """The pack, and the variation that is open."""
    number = chosen(run, result)
    return [("Download pack", result.pack), (f"Variation {number + 1}", result.effects[number].file)], []


def show_side(form: Form, run: Run, result: EffectResult) -> None:
    """The open variation's parameters, to be changed and taken on."""
    number = chosen(run, result)
    one = result.effects[number]
    heading(f"Variation {number + 1}", f"{figure(one.duration_s)} s{', loops' if one.loop else ''}")
    if one.parameters:
        values = show_knobs(run, result.kind, number, one)
        st.button(
            "Make 4 more like this",
            key="aud-more",
            width="stretch",
            on_click=more_like,
            args=(form, run, result.kind, values, one),
            help="Starts a run with these values, its spread at 0.3.",
        )
    elif one.sources:
        heading("Made of your clips")
        table([(source.name, f"{100 * source.share:.0f} % of its grains") for source in one.sources], "Sources of the variation")


def describe_run(run: Run) -> tuple[str, str]:
    """A run by its words."""
    request = run.request
    details = [plural(int(request.get("variations") or 1), "variation"), "loop" if request.get("loop") else "", f"seed {run.seed}"]
    return str(request.get("description", "")), ", ".join(filter(None, details))
