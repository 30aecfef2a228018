"""Denoise: a recording before, after, and what was taken out of it, at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from apps.audio.page.forms import last
from apps.audio.page.listening import PART_S, extent, part_url
from apps.audio.tasks import DenoiseResult
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.page import heading
from shared.ui.results import table
from shared.ui.sound import Track, sound
from shared.ui.source import choose_files
from shared.ui.text import figure

if TYPE_CHECKING:
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "files_of", "show", "show_side"]

MATERIALS = {"auto": "Find out", "speech": "Speech", "music": "Music", "effects": "Sounds"}
HUMS = {"auto": "If found", "remove": "Remove", "off": "Leave"}
STATES = (("before", "Before", "A"), ("after", "After", "B"), ("removed", "Removed", "R"))


def draw_inputs(form: Form) -> None:
    """Recording, material, strength and hum."""
    choose_files(form, executor().store, labels={"recording": "WAV, FLAC, MP3, OGG, Opus or AIFF"})
    form.field("material", label="What is to be kept", names=MATERIALS, look="menu")
    form.field("strength", label="Strength")
    form.field("hum", label="Mains hum", names=HUMS, look="buttons")
    with st.expander("More settings"):
        form.field("seed")
        last(form, "format")


def show(run: Run, result: DenoiseResult) -> None:
    """The three states on the stage, of a long recording two minutes at a time."""
    recording = str(run.request["recording"]["sha256"])
    found = extent(result.cleaned.sha256)
    start_s = 0.0
    if found.seconds > PART_S:
        parts = [float(start) for start in range(0, int(found.seconds), PART_S)]
        start_s = st.selectbox(
            "Part",
            parts,
            format_func=lambda start: f"{_clock(start)} to {_clock(min(start + PART_S, found.seconds))} of {_clock(found.seconds)} min",
            key=f"audio:part:{run.id}",
            width=230,
            label_visibility="collapsed",
            persist_state="session",
        )
    files = {"before": recording, "after": result.cleaned.sha256, "removed": result.removed.sha256}
    tracks = [Track(state, name, part_url(files[state], start_s, f"track-{state}"), key) for state, name, key in STATES]
    sound(tracks, label=f"{run.request['recording']['name']}, before and after", rate_hz=found.rate_hz, key="aud-states")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def files_of(result: DenoiseResult) -> tuple[list[tuple[str, Artifact]], list[tuple[str, list[Artifact]]]]:
    return [("Download cleaned", result.cleaned), ("What was removed", result.removed)], []


def show_side(run: Run, result: DenoiseResult) -> None:
    """What was found in it, and how it was cleaned."""
    heading("Found")
    hum = "none" if result.hum_hz is None else f"{figure(result.hum_hz)} Hz and its multiples, removed"
    facts = {name: value for name, value in result.metadata.items() if name != "hum"}
    chosen = "found" if run.request.get("material", "auto") == "auto" else "as chosen"
    table(
        [
            ("Material", f"{result.material}, {chosen}"),
            ("Mains hum", hum),
            *((name[:1].upper() + name[1:], value) for name, value in facts.items()),
        ],
        "What was found in the recording",
    )


def describe(run: Run) -> tuple[str, str]:
    """A run by its recording."""
    request = run.request
    material = {"auto": "", **MATERIALS, "Find out": ""}.get(str(request.get("material")), "")
    words = [material.lower() if material != "Find out" else "", f"strength {request.get('strength', 1):g}"]
    return str((request.get("recording") or {}).get("name", "recording")), ", ".join(filter(None, words))
