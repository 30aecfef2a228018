"""Compose: what is to be written, and the piece with its score, roll and sound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from apps.audio.page.forms import choose_file, fill, given_file, is_hub, last, show_licence
from apps.audio.page.listening import extent, file_url
from apps.audio.requests import Voice
from apps.audio.tasks import ComposeResult
from shared.errors import BadInput
from shared.ui.choice import choose_example
from shared.ui.form import Form
from shared.ui.page import heading, switch
from shared.ui.results import table
from shared.ui.score import Piece, score
from shared.ui.score import Voice as ShownVoice
from shared.ui.sound import Track, sound
from shared.ui.text import escape

if TYPE_CHECKING:
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "files_of", "fill_own", "show", "show_side"]

VOICES: tuple[str, ...] = get_args(Voice)
VIEWS = {"pages": "Pages", "line": "One line", "roll": "Piano roll"}
INSTRUMENTS = {"organ": "Organ", "strings": "Strings", "choir": "Choir"}
NAMES = {voice: voice.capitalize() for voice in VOICES}
KEYS = (
    *("C major", "G major", "D major", "A major", "E major", "F major", "Bb major", "Eb major", "Ab major"),
    *("A minor", "E minor", "B minor", "F# minor", "D minor", "G minor", "C minor", "F minor"),
)
MUTED_BYTES = 160 << 20
"""Voices of longer pieces (some three and a half minutes) are not sent to the browser: they can be downloaded, not muted."""
OWN = {"stems": True}
"""A new form asks for the voices one by one: only then can they be muted."""


def fill_own(form: Form, fields: Mapping[str, Any]) -> None:
    """The widgets that are this page's own."""
    given_file(form, "melody", fields)
    given_file(form, "soundfont", fields)
    st.session_state[form.key("bars-anew")] = ", ".join(map(str, fields.get("fill_bars") or []))
    st.session_state[form.key("key")] = str(fields.get("key") or "") or None


def draw_inputs(form: Form) -> None:
    """A melody or none, key, length, instrument and seed in sight; how it is written and played in the expanders."""
    if is_hub(form):
        _hub_inputs(form)
        return
    choose_example(form, fill, OWN)
    melody = choose_file(form, "melody", "Melody to harmonise (optional)")
    with st.container(horizontal=True, key="aud-key"):
        _choose_key(form, "G major" if melody is None else "as given")
        if melody is None:
            form.field("bars", label="Bars", look="number")
    form.field("instrument", label="Instrument", names=INSTRUMENTS, look="buttons")
    with st.container(horizontal=True, key="aud-tempo"):
        form.field("tempo_bpm", label="Tempo (bpm)", placeholder="72" if melody is None else "given")
        form.field("seed", label="Seed")
    with st.expander("More settings"):
        if melody is not None:
            form.field("voice", label="Voice of a melody of one part", names=NAMES, look="menu")
            form.field("keep", label="Voices to keep", names=NAMES)
            _choose_bars(form)
        else:
            form.field("metre", label="Metre", look="buttons")
        form.field("temperature", label="Temperature")
        form.field("takes", label="Attempts, of which the best is kept")
        form.field("cadence", label="End on the tonic")
        form.field("guide", label="Forbid parallels and crossed voices")
        form.field("stems", label="One file for each voice, too")
        form.field("title", label="Title")
        choose_file(form, "soundfont", "SoundFont of your own")
        form.leave_out("duration_s", "style", "voice", "keep", "fill_bars", "metre", "bars")
        last(form, "format")


def _hub_inputs(form: Form) -> None:
    form.field("style", label="Music in words")
    form.field("duration_s", label="Length (s)", look="number")
    _choose_key(form, "as it comes")
    with st.container(horizontal=True, key="aud-tempo"):
        form.field("tempo_bpm", label="Tempo (bpm)", placeholder="free")
        form.field("seed", label="Seed")
    with st.expander("More settings", expanded=True):
        form.field("title", label="Title")
        last(form, "format")
    show_licence(form)


def _choose_key(form: Form, placeholder: str) -> None:
    key = form.key("key")
    given = st.session_state.get(key)
    chosen = st.selectbox(
        "Key",
        list(dict.fromkeys([*([given] if given else []), *KEYS])),
        key=key,
        index=None,
        placeholder=placeholder,
        accept_new_options=True,
        persist_state="session",
        help="Such as G major or e minor; others than those listed can be typed.",
    )
    form.set("key", chosen or "")


def _choose_bars(form: Form) -> None:
    text = st.text_input(
        "Bars to write anew", key=form.key("bars-anew"), placeholder="such as 3-4, 7", help="Everything else of a file in four parts stays."
    )
    try:
        form.set("fill_bars", bars_of(text or ""))
    except BadInput as error:
        form.refuse(error)


def bars_of(text: str) -> list[int]:
    """ "3-4, 7" -> [3, 4, 7]; raises `BadInput`."""
    found: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d{1,3})(?:\s*[-\u2013]\s*(\d{1,3}))?", part)
        if match is None:
            raise BadInput(
                f"Bars to write anew: {part!r} is no bar.", remedy="Numbers and ranges are expected, such as 3-4, 7.", field="fill_bars"
            )
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return found


def show(run: Run, result: ComposeResult) -> None:
    """The piece on the stage."""
    with st.container(horizontal=True, key="sx-display"):
        if result.timeline is None:
            heading(result.title, result.summary)
        else:
            views = [view for view in VIEWS if view != "line" or result.strip is not None]
            view = switch("View", views, VIEWS, key="audio:piece-view")
            st.html(f'<p class="sx-sub aud-summary">{escape(result.summary)}</p>', width="content")
    rate_hz = extent(result.audio.sha256).rate_hz
    if result.timeline is None:
        sound([Track("piece", result.title, file_url(result.audio, "piece"), "M")], label=result.summary, rate_hz=rate_hz, key="aud-piece")
        return
    few = sum(stem.size_bytes for stem in result.stems) <= MUTED_BYTES
    stems = dict(zip(VOICES, result.stems if few else [], strict=False))
    pages = [result.strip] if view == "line" and result.strip is not None else result.score
    piece = Piece(
        audio=file_url(result.audio, "piece"),
        timeline=file_url(result.timeline, "timeline"),
        pages=[file_url(page, f"page-{number}") for number, page in enumerate(pages)],
        voices=[ShownVoice(voice, NAMES[voice], file_url(stems[voice], f"stem-{voice}") if voice in stems else "") for voice in VOICES],
    )
    score(piece, label=f"Score of {result.title}: {result.summary}", rate_hz=rate_hz, key="aud-score", view=view)


def files_of(result: ComposeResult) -> tuple[list[tuple[str, Artifact]], list[tuple[str, list[Artifact]]]]:
    """(single files, several in a ZIP), each with the words of its button."""
    kind = result.audio.name.rpartition(".")[2].upper()
    named = [(f"Download {kind}", result.audio), ("MIDI", result.midi), ("MusicXML", result.musicxml), ("PDF", result.pdf)]
    single = [(words, artifact) for words, artifact in named if artifact is not None]
    many: list[tuple[str, list[Artifact]]] = []
    if len(result.score) == 1:
        single.append(("SVG", result.score[0]))
    elif result.score:
        many.append(("SVG pages", list(result.score)))
    if result.stems:
        many.append(("Voices", list(result.stems)))
    return single, many


def show_side(result: ComposeResult) -> None:
    """What was given, and how it was made."""
    if result.timeline is not None:
        heading("Given")
        items = "".join(f"<li>{escape(one)}</li>" for one in result.given)
        st.html(f'<ul class="aud-list">{items}</ul>' if items else '<p class="sx-sub">Nothing: all four voices were written.</p>')
    heading("Made with")
    table([(name[:1].upper() + name[1:], value) for name, value in result.metadata.items()], "How it was made")


def describe(run: Run) -> tuple[str, str]:
    """A run by its title and key."""
    request = run.request
    melody = request.get("melody")
    title = str(
        request.get("title") or (melody or {}).get("name") or ("Chorale" if not str(run.model).startswith("hub:") else request.get("style"))
    )
    length = "" if melody else f"{request.get('bars')} bars"
    return title, ", ".join(filter(None, (str(request.get("key") or ""), length, str(request.get("instrument") or ""), f"seed {run.seed}")))
