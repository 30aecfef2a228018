"""The audio page in Streamlit's own harness, on results without a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.errors import BadInput
from shared.runs import default_executor
from tests import pages
from tests.apps.audio.made import fake_pipeline, tone
from tests.pages import again, component, finished, html, press, widget

pytestmark = pytest.mark.filterwarnings("ignore")

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_APPS", "audio")
    fake_pipeline(monkeypatch)
    yield
    default_executor().close()


def script() -> None:
    from apps.audio.dashboard import page

    page()


def opened(task: str = "compose", **query: str) -> Any:
    return pages.opened(script, {"audio:task": task}, **query)


def made(name: str, **fields: Any) -> Any:
    from apps.audio.tasks import app

    task = app.find_task(name)
    return default_executor().run(task, task.parse(fields))


@pytest.mark.parametrize(
    ("task", "words"), [("compose", "No piece yet."), ("effect", "No sounds yet."), ("denoise", "Nothing cleaned yet.")]
)
def test_an_empty_page_says_what_to_press(task: str, words: str) -> None:
    assert words in html(opened(task)) and "Press “" in html(opened(task))


def test_a_piece_is_composed_and_shown_with_its_voices() -> None:
    at = opened()
    assert widget(at.number_input, "Bars").value == 8
    widget(at.number_input, "Bars").set_value(20)
    widget(at.text_input, "Title").set_value(MARKUP)
    press(again(at), "Compose piece")
    run = finished(at)
    assert run.request["stems"] and run.request["key"] == "G major"  # the page asks for voices, so that they can be muted
    shown = html(at)
    assert "Nothing: all four voices were written." in shown and "Bach: 0.5 in 100 beats" in shown and run.id[:12] in shown
    assert MARKUP not in shown
    data = component(at, "score")
    assert len(data["stems"]) == 4 and len(data["pages"]) == 2 and data["timeline"].endswith(".json")
    names = [one.label.replace("\\", "") for one in at.get("download_button")]
    assert names == ["Download WAV", "MIDI", "MusicXML", "PDF", "SVG pages (ZIP)", "Voices (ZIP)"]
    at.session_state["audio:piece-view"] = "roll"
    assert component(again(at), "score")["view"] == "roll"


def test_bars_to_write_anew_are_read_as_people_write_them() -> None:
    from apps.audio.page.compose import bars_of

    assert bars_of("3-4, 7") == [3, 4, 7] and bars_of("") == [] and bars_of("2\u20133,") == [2, 3]
    with pytest.raises(BadInput, match="'x' is no bar"):
        bars_of("1, x")


def test_the_class_of_a_sound_is_found_before_it_is_made() -> None:
    at = opened("effect")
    widget(at.text_input, "Sound in words").set_value("rain on a tin roof")
    again(at)
    assert "<b>Rain</b>" in html(at) and "from: rain" in html(at)
    widget(at.text_input, "Sound in words").set_value("flurbish zork")
    again(at)
    assert "Which one?" in html(at) and widget(at.button, "Make sounds").disabled
    near = [one for one in at.button if str(one.key).startswith("aud-which-")]
    assert len(near) == 3
    near[0].click()
    again(at)
    assert "chosen by you" in html(at) and not widget(at.button, "Make sounds").disabled


def test_a_living_artist_is_refused_before_the_run() -> None:
    at = opened("effect")
    widget(at.text_input, "Sound in words").set_value("rain in the style of Taylor Swift")
    again(at)
    assert "Not possible." in html(at) and widget(at.button, "Make sounds").disabled


def test_controls_follow_the_words_until_they_are_moved() -> None:
    at = opened("effect")
    widget(at.text_input, "Sound in words").set_value("a distant, heavy explosion")
    again(at)
    assert widget(at.select_slider, "Distance").value > 10 and "from the words" in widget(at.select_slider, "Distance").label
    assert widget(at.checkbox, "Loop").disabled  # it happens once
    press(at, "Make sounds")
    assert finished(at).request["distance_m"] is None
    widget(at.select_slider, "Distance").set_value(5)
    again(at)
    press(at, "Make sounds")
    assert finished(at).request["distance_m"] == 5


def test_a_variation_is_taken_further() -> None:
    run = made("effect", description="steady rain", variations=3, loop=True)
    at = opened("effect", run=run.id)
    data = component(at, "takes")
    assert [take["loop"] for take in data["takes"]] == [[0, 9_599]] * 3 and data["current"] == "0"
    at.session_state[f"audio:take:{run.id}"] = 2
    again(at)
    assert "Variation 3" in html(at) and component(at, "takes")["current"] == "2"
    widget(at.select_slider, "Drops").set_value(10)
    again(at)
    press(at, "Make 4 more like this")
    more = finished(at)
    before = run.result["effects"][2]["parameters"]
    assert more.request["variations"] == 4 and more.request["kind"] == "rain" and more.request["loop"]
    changed = {name for name, value in more.request["parameters"].items() if value != before[name]}
    assert changed == {"drops"}
    assert "9 parameters of the class are set by hand" in html(at)


def test_a_recording_is_heard_in_three_states() -> None:
    from apps.audio.wavfile import write_wav

    run = made("denoise", recording=("take 1.wav", write_wav(tone(0.3, rate_hz=16_000), sample_rate_hz=16_000)))
    at = opened("denoise", run=run.id)
    data = component(at, "sound")
    assert [(track["id"], track["key"]) for track in data["tracks"]] == [("before", "A"), ("after", "B"), ("removed", "R")]
    assert data["rate"] == 16_000 and all(track["url"].endswith(".wav") for track in data["tracks"])
    assert "50 Hz and its multiples" in html(at) and "take 1.wav" in html(at)


def test_a_run_in_the_address_brings_its_task() -> None:
    run = made("effect", description="a bell", variations=1)
    at = opened(run=run.id)
    assert at.session_state["audio:task"] == "effect" and "Variation 1" in html(at)
    assert widget(at.text_input, "Sound in words").value == "a bell"


def test_a_pulled_model_shows_its_licence_first() -> None:
    at = opened()
    at.session_state["audio/compose:model"] = "hub:facebook/musicgen-small"
    again(at)
    assert "Licence of the model." in html(at) and "NC" in html(at)
    assert widget(at.text_area, "Music in words")


def test_clips_of_ones_own_come_back_with_their_run() -> None:
    from apps.audio.wavfile import write_wav

    run = made("effect", description="rain", mode="library", library=[("one.wav", write_wav(tone())), ("two.wav", write_wav(tone(0.3)))])
    at = opened("effect", run=run.id)
    assert "one.wav, two.wav" in html(at)
    press(at, "Make sounds")
    again_made = finished(at)
    assert again_made.request["mode"] == "library" and len(again_made.request["library"]) == 2
    press(at, "Remove file")
    press(at, "Make sounds")
    assert finished(at).request["mode"] == "procedural"
