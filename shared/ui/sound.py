"""Sounds to be heard and seen: one recording in several states, or several takes beside one another.

Waveforms and spectrograms are made in the browser, of the file that is played.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.web import read_text

__all__ = ["Take", "Track", "sound", "takes"]


@dataclass(frozen=True)
class Track:
    """A state of the recording. url: within the page's server (`media.media_url`). key: the letter that chooses it."""

    id: str
    name: str
    url: str
    key: str


@dataclass(frozen=True)
class Take:
    """One of several sounds. figure: beside the title; lines: below, each (name, value). loop: first and last sample of what repeats."""

    id: str
    title: str
    url: str
    figure: str = ""
    lines: Sequence[tuple[str, str]] = ()
    loop: tuple[int, int] | None = None


def bundle(*names: str) -> str:
    """Scripts or styles one behind the other: a component is sent as one text."""
    return "\n".join(read_text(name) for name in names)


@cache
def _sound() -> Callable[..., Any]:
    css, js = bundle("listen.css", "sound.css"), bundle("listen.js", "spectrum.js", "sound.js")
    return st.components.v2.component("sextant.sound", css=css, js=js)


@cache
def _takes() -> Callable[..., Any]:
    css, js = bundle("listen.css", "takes.css"), bundle("listen.js", "spectrum.js", "takes.js")
    return st.components.v2.component("sextant.takes", css=css, js=js)


def sound(tracks: Sequence[Track], *, label: str, rate_hz: int, key: str, axis: Literal["linear", "log"] = "log") -> None:
    """Draw waveform and spectrogram of one of the tracks, all of the same length: another one is heard at once, from the same place.

    label: what can be heard, for who cannot see it. rate_hz: of the files; the frequency axis ends at half of it.
    """
    _sound()(data={"id": key, "tracks": [asdict(track) for track in tracks], "label": label, "rate": rate_hz, "axis": axis}, key=key)


def takes(shown: Sequence[Take], *, label: str, rate_hz: int, key: str, current: str = "", on_open: Callable[[str], None]) -> None:
    """Draw them as cards on one scale. on_open: called with the id of a card that was pressed, before the page is drawn anew."""

    def take() -> None:
        event = st.session_state[key].get("event")
        known = {one.id for one in shown}
        if isinstance(event, dict) and event.get("kind") == "open" and event.get("id") in known:
            on_open(event["id"])

    data = {"id": key, "label": label, "takes": [asdict(one) for one in shown], "rate": rate_hz, "current": current}
    _takes()(data=data, key=key, on_event_change=take)
