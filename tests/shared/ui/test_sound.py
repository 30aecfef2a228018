"""Sounds and scores: what goes to the browser, and what is believed of its answer."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from shared.ui import score as score_module
from shared.ui import sound as module
from shared.ui.media import media_url
from shared.ui.score import Piece, Voice, score
from shared.ui.sound import Take, Track, sound, takes
from shared.ui.web import FOLDER, read_text

TRACKS = [Track("before", "Before", "/a.wav", "A"), Track("after", "After", "/b.wav", "B")]
TAKES = [Take("0", "Variation 1", "/0.wav", "2 s", [("Drops", "70 a second")], (0, 95_999)), Take("1", "Variation 2", "/1.wav")]


def test_a_file_without_a_server_is_a_data_url() -> None:
    assert media_url(b"RIFF", "audio/wav", "one") == f"data:audio/wav;base64,{base64.b64encode(b'RIFF').decode()}"


def test_tracks_go_to_the_browser_with_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(module, "_sound", lambda: lambda **fields: given.update(fields))
    sound(TRACKS, label="street.flac", rate_hz=16_000, key="states", axis="linear")
    assert given["data"]["tracks"][1] == {"id": "after", "name": "After", "url": "/b.wav", "key": "B"}
    assert (given["data"]["rate"], given["data"]["axis"], given["data"]["id"]) == (16_000, "linear", "states")


@pytest.mark.parametrize(
    ("event", "heard"),
    [({"kind": "open", "id": "1"}, ["1"]), ({"kind": "open", "id": "7"}, []), ({"kind": "pick", "id": "1"}, []), ("1", []), (None, [])],
)
def test_an_answer_is_taken_for_a_card_that_is_there(monkeypatch: pytest.MonkeyPatch, event: Any, heard: list[str]) -> None:
    given: dict[str, Any] = {}
    opened: list[str] = []
    monkeypatch.setattr(module, "_takes", lambda: lambda **fields: given.update(fields))
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state={"takes": {"event": event}}))
    takes(TAKES, label="Two", rate_hz=48_000, key="takes", current="0", on_open=opened.append)
    assert given["data"]["takes"][0]["loop"] == (0, 95_999) and given["data"]["current"] == "0"
    given["on_event_change"]()
    assert opened == heard


@pytest.mark.parametrize("with_voices", [True, False])
def test_voices_can_be_muted_where_all_have_a_sound(monkeypatch: pytest.MonkeyPatch, with_voices: bool) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(score_module, "_component", lambda: lambda **fields: given.update(fields))
    voices = [Voice("soprano", "Soprano", "/s.wav"), Voice("bass", "Bass", "/b.wav" if with_voices else "")]
    score(Piece("/mix.wav", "/notes.json", ["/1.svg"], voices), label="A piece", rate_hz=48_000, key="score", view="line")
    assert bool(given["data"]["stems"]) is with_voices
    assert given["data"]["pages"] == ["/1.svg"] and given["data"]["view"] == "line"


@pytest.mark.parametrize("name", ["listen", "spectrum", "sound", "takes", "roll", "score"])
def test_scripts_fetch_and_evaluate_nothing_of_their_own(name: str) -> None:
    """Their licences are ours: no library is part of them."""
    text = read_text(f"{name}.js")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "eval(" not in text and "import(" not in text and "new Function" not in text
    assert not (FOLDER / f"{name}.min.js").exists()


def test_every_voice_has_a_colour_and_a_legend() -> None:
    styles = read_text("score.css")
    assert all(f".note.{voice}, .swatch.{voice}" in styles for voice in ("soprano", "alto", "tenor", "bass"))
