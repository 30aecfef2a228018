"""The deepfake page in Streamlit's own harness, on results without weights; signing and verifying are real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from apps.deepfake.page.words import safe, short
from apps.deepfake.tasks import app
from apps.deepfake.verdict import NOT_SAID
from shared.runs import default_executor
from tests import pages
from tests.apps.deepfake.made import MARKUP, clip, fake_pipeline, photo
from tests.pages import again, component, finished, html, press, widget

pytestmark = pytest.mark.filterwarnings("ignore")

HOSTILE = f"composite {MARKUP} **bold** [link](javascript:alert(1)) $x$ :red[y].jpg"


@pytest.fixture(autouse=True)
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEXTANT_APPS", "deepfake")
    fake_pipeline(monkeypatch)
    yield
    default_executor().close()


def script() -> None:
    from apps.deepfake.dashboard import page

    page()


def opened(task: str = "inspect", **query: str) -> Any:
    return pages.opened(script, {"deepfake:task": task}, **query)


def made(name: str, **fields: Any) -> Any:
    task = app.find_task(name)
    run = default_executor().run(task, task.parse(fields))
    assert run.status == "done", run.error
    return run


def inspected(*files: tuple[str, bytes], **fields: Any) -> Any:
    run = made("inspect", files=list(files), **fields)
    return run, opened(run=run.id)


def texts(at: Any) -> str:
    """What was drawn, as a person reads it."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html(at), flags=re.DOTALL))


@pytest.mark.parametrize(
    ("task", "words"), [("inspect", "No file inspected yet."), ("sign", "Nothing signed yet."), ("verify", "Nothing verified yet.")]
)
def test_an_empty_page_says_what_to_press(task: str, words: str) -> None:
    shown = html(opened(task))
    assert words in shown and "press “" in shown and "Evidence, not proof" in shown


def test_without_a_file_nothing_can_be_started() -> None:
    at = opened("verify")
    assert "Choose a file first." in html(at) and widget(at.button, "Verify file").disabled


def test_one_file_is_shown_with_its_verdict_its_places_and_its_score() -> None:
    run, at = inspected(("composite.jpg", photo()))
    shown = texts(at)
    assert "Likely manipulated" in shown and "The evidence speaks for synthesis, for manipulation or for a change after signing." in shown
    data = component(at, "marked")
    assert [view["name"] for view in data["views"]] == ["Image", "Heatmap"] and data["scales"][0]["high"] == "1"
    assert [mark["tag"] for mark in data["marks"]] == ["1", "2"]
    assert all(0 <= share <= 1 for mark in data["marks"] for share in mark["box"])
    assert re.search(r"0\.\d\d\s+interval 0\.\d\d to 0\.\d\d", shown) and "1.2 % of 412 captured calibration files" in shown
    assert "false alarms, were the line drawn here" in shown and "misses, were the line drawn here" in shown
    assert all(safe(one) in html(at) for one in NOT_SAID)
    for title in ("Traces", "Learned", "What limits this"):
        assert f"<h3>{title}</h3>" in html(at)
    assert [one.label for one in at.expander if "nothing found" in one.label] == ["Looked at, nothing found (4)"]
    assert [one.label for one in at.get("download_button")] == ["Download report", "JSON"]
    assert run.id[:12] in shown and at.code[0].value == run.result["files"][0]["sha256"]


def test_no_verdict_says_genuine_and_no_score_stands_alone() -> None:
    _, at = inspected(("photo.jpg", photo()))
    shown = texts(at).replace(app.notice, "")
    assert "No evidence found" in shown and "That is not the same as genuine." in shown
    assert not re.search(r"\b(is|looks|appears) (real|genuine|authentic)\b", shown)
    assert not re.search(r"\d\s?%(?! of )", shown)  # every share says of what


def test_several_files_are_chosen_from_a_list_and_the_weightiest_is_shown_first() -> None:
    run, at = inspected(("photo.jpg", photo()), ("composite.jpg", photo(seed=2)), ("broken.pdf", b"%PDF-1.7"))
    data = component(at, "roster")
    assert [entry["word"] for entry in data["entries"]] == ["No evidence found", "Likely manipulated", "Unsupported"]
    assert data["current"] == "1"
    at.session_state[f"deepfake:file:{run.id}"] = 2
    shown = texts(again(at))
    assert "It could not be examined." in shown and "Take the pictures out of it" in shown and "Nothing to look at." in shown
    assert component(at, "roster")["current"] == "2"


def test_a_hundred_files_can_be_narrowed_to_a_verdict() -> None:
    one = photo(48)
    run, at = inspected(*((f"{'composite' if n % 10 == 0 else 'photo'}-{n}.jpg", one) for n in range(100)), case="folder 12")
    assert len(component(at, "roster")["entries"]) == 100
    at.session_state[f"deepfake:filter:{run.id}"] = "likely-manipulated"
    assert len(component(again(at), "roster")["entries"]) == 10
    assert "and 97 more" in texts(at)


def test_a_voice_is_heard_and_its_spans_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.deepfake.page import files

    monkeypatch.setattr(files, "_decoded", lambda _: (b"RIFF", 1.0))
    _, at = inspected(("synthetic.flac", clip()))
    data = component(at, "marked")
    assert data["heard"]["url"].endswith(".wav") and data["heard"]["seconds"] == 1.0
    assert [mark["start_s"] is not None for mark in data["marks"]] == [True, True]
    assert [scale["low"] for scale in data["scales"]] == ["\N{MINUS SIGN}80 dB", "0"]


def test_a_long_recording_is_decoded_when_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.deepfake.page import files

    decoded: list[str] = []
    monkeypatch.setattr(files, "NOW_BYTES", 1)
    monkeypatch.setattr(files, "_decoded", lambda sha256: decoded.append(sha256) or (b"RIFF", 1.0))
    _, at = inspected(("synthetic.flac", clip()))
    assert not decoded and component(at, "marked")["heard"]["url"] == ""
    press(at, "Prepare sound")
    assert decoded and component(at, "marked")["heard"]["url"]


def test_a_score_that_may_not_be_used_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.deepfake.page import files

    monkeypatch.setattr(files, "_decoded", lambda _: (b"RIFF", 1.0))
    _, at = inspected(("short.flac", clip()))
    assert "Inconclusive" in texts(at) and "Not used for the verdict" in texts(at)


def test_the_lines_are_those_of_the_calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    """A score of another revision has none: the lines that it was judged by are not known any more."""
    import sys
    from types import ModuleType, SimpleNamespace

    import numpy as np

    from apps.deepfake import calibration
    from apps.deepfake.page import score
    from apps.deepfake.results import Score

    head = SimpleNamespace(name="deepfake-image", revision="1.0")
    models = ModuleType("apps.deepfake.models")
    models.IMAGE_HEAD = models.VOICE_HEAD = head  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apps.deepfake.models", models)
    known = calibration.Calibration(np.linspace(-4, 1, 200), np.linspace(-1, 4, 100), 0.05, 0.05)
    monkeypatch.setattr(calibration, "calibration_of", lambda _: known)
    score._lines.clear()
    lines = score._lines("deepfake-image", "1.0")
    assert lines is not None and 0 < lines.low < lines.high < 1 and (lines.captured, lines.made) == (200, 100)
    assert score._lines("deepfake-image", "0.9") is None
    monkeypatch.setattr(score, "lines_of", lambda _: None)
    bare = Score(model="m", revision="1", probability=0.5, low=0.4, high=0.6, p_captured=0.0004, p_made=0.4)
    shown = score.score_html(bare, "image")
    assert "less than 0.1 % of captured calibration files" in shown and 'class="line"' not in shown
    assert "close to it the head cannot tell" in score._told(score.Lines(0.5, 0.5, 9, 9))
    score._lines.clear()


def test_without_learned_heads_the_page_says_so() -> None:
    _, at = inspected(("photo.jpg", photo()), learned=False)
    shown = texts(at)
    assert "Inconclusive" in shown and "The learned heads were not asked." in shown and "Learned image head" not in shown


def test_credentials_are_put_into_words_code_by_code() -> None:
    _, at = inspected(("changed.jpg", photo()))
    shown = texts(at)
    assert "Content changed since it was signed" in shown and "Example Press Agency, Example CA" in shown
    assert "An expired certificate, or a signer that this machine does not know, is not tampering" in shown
    assert "signingCredential.expired" in shown and "not passed" in shown and "for information" in shown
    assert "IMG_2031.jpg (parentOf, valid)" in shown
    assert any(one.label == "Status codes in words (8)" for one in at.expander)


def test_a_signer_unknown_here_is_no_alarm() -> None:
    _, at = inspected(("declared.jpg", photo()))
    assert '<span class="dfk-word plain">Intact, signer unknown here</span>' in html(at)
    assert "says a model made it" in texts(at) and "Declared AI" in texts(at)


@pytest.mark.parametrize("name", [HOSTILE, f"declared {HOSTILE}"])
def test_nothing_from_a_file_becomes_markup(name: str) -> None:
    """Names, metadata and claims: escaped as HTML, plain where Streamlit reads Markdown, and no address of a file is linked."""
    _, at = inspected((name, photo()), ("b.jpg", photo()))
    drawn = html(at).replace('<img class="sx-thumb" src="data:image/jpeg;base64,', "")  # of the list of runs
    assert "<img" not in drawn and "<b>masterpiece" not in drawn and "href" not in drawn
    assert "&lt;img src=x" in drawn
    for kind in ("markdown", "caption"):
        assert all("javascript:" not in one.value and "<img" not in one.value for one in at.get(kind))
    labels = [one.label for one in (*at.button, *at.expander, *at.get("download_button"))]
    assert not any(re.search(r"(?<!\\)[<*$:\[]", label) for label in labels)


def test_names_that_turn_round_or_never_end_are_shown_as_they_are() -> None:
    turned = "invoice\u202egpj.exe\x07\u200b"
    assert safe(turned) == "invoice\N{WHITE SQUARE}gpj.exe\N{WHITE SQUARE}\N{WHITE SQUARE}"
    assert short("a" * 300 + ".jpeg").endswith("aaaa.jpeg") and len(short("a" * 300)) == 44
    _, at = inspected(("n" * 190 + ".jpg", photo()))
    assert "nnnn.jpg" in texts(at)


def test_a_file_is_signed_and_then_verified() -> None:
    at = opened("sign")
    run = made("sign", file=(f"mine {MARKUP}.jpg", photo()), statement="captured", title="Harbour", author="A. Person")
    at = opened("sign", run=run.id)
    shown = texts(at)
    assert "local test certificate" in shown and "Signed on this machine" in shown and "<img src=x" not in html(at)
    assert [one.label for one in at.get("download_button")] == ["Download signed file"]
    assert [one.value for one in at.code] == [run.result["original_sha256"], run.result["signed"]["sha256"]]
    assert widget(at.text_input, "Author").value == "A. Person" and widget(at.selectbox, "How it was made").value == "captured"
    with default_executor().store.open(run.result["signed"]["sha256"]) as stream:
        signed = stream.read()
    checked = made("verify", file=("signed.jpg", signed))
    at = opened("verify", run=checked.id)
    shown = texts(at)
    assert "Signed on this machine" in shown and "claimSignature.validated" in shown and "not tampering" in shown
    nothing = made("verify", file=("photo.jpg", photo()))
    assert "Says nothing of its origin" in texts(opened("verify", run=nothing.id))


def test_an_origin_beside_the_file_is_shown_as_a_table() -> None:
    """The sidecar is that of a run; it is found by the file's hash."""
    import hashlib
    import json

    data = b"solid nothing"
    origin = {
        "tool": "Sextant", "version": "1.0", "task": "design/repair", "seed": "3", "request_sha256": "0" * 64,
        "made_at": "2026-11-21T21:00:00Z", "source_type": "algorithmicMedia",
    }  # fmt: skip
    sidecar = json.dumps({"files": {hashlib.sha256(data).hexdigest(): "a.stl"}, "origin": origin}).encode()
    run = made("verify", file=("a.stl", data), sidecar=("a.origin.json", sidecar))
    shown = texts(opened("verify", run=run.id))
    assert "Has an origin" in shown and "design/repair" in shown and "the file beside it, by its hash" in shown


def test_a_run_is_started_from_the_page_and_comes_back_with_its_files() -> None:
    run = made("inspect", files=[("composite.jpg", photo())], case="2026-117")
    at = opened(run=run.id)
    assert widget(at.text_input, "Case reference").value == "2026-117"
    press(at, "Inspect files")
    anew = finished(at)
    assert anew.id != run.id and anew.request["case"] == "2026-117" and anew.request["files"] == run.request["files"]
