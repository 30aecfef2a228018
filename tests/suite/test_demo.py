from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.app import App, Artifact, Context, Example, Request, Result
from shared.errors import Unavailable
from tests.suite.conftest import Sextant


def test_every_example_runs_and_stands_on_one_page(sextant: Sextant, tmp_path: Path) -> None:
    done = sextant("demo", "--out", "shown")
    assert done.status == 0 and "3 of 3 examples done" in done.out and "echo/join: declares no example" in done.err
    page = (tmp_path / "shown" / "index.html").read_text()
    for part in ("Echo", "A greeting", "Lines", "as asked", "For tests only.", "CC0-1.0", "shout", "Seed</b> 3", "made up"):
        assert part in page
    links = re.findall(r'href="([^"]+)"', page)
    assert links and all((tmp_path / "shown" / link).is_file() for link in links)


def test_the_page_asks_nothing_of_the_outside(sextant: Sextant, tmp_path: Path) -> None:
    sextant("demo", "--out", "shown")
    page = (tmp_path / "shown" / "index.html").read_text()
    assert not re.search(r"https?://|<script|@import|url\(", page)


def test_a_short_demo_leaves_out_what_is_long(sextant: Sextant) -> None:
    assert "2 of 2 examples done" in sextant("demo", "--short").out


def test_an_example_that_fails_is_shown_and_fails_the_demo(sextant: Sextant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = App("broken", "Broken <b>", "Its weights are gone.")

    @app.task(source_type=None, examples=[Example("One <script>", {})])
    def fail(request: Request, context: Context) -> Result:
        """Fail."""
        raise OSError("weights.safetensors is gone")

    monkeypatch.setattr("suite.demo.load_apps", lambda: ([app], []))
    done = sextant("demo", "--out", "shown")
    page = (tmp_path / "shown" / "index.html").read_text()
    assert done.status == 1 and "0 of 1 examples done" in done.out
    assert "weights.safetensors is gone" in page and "<script>" not in page


def test_only_an_installed_studio_can_be_shown(sextant: Sextant) -> None:
    assert sextant("demo", "--only", "gone").status == 2


def test_sounds_are_played_from_beside_the_page(sextant: Sextant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = App("loud", "Loud", "It rings.")

    class Rings(Result):
        sound: Artifact
        notes: Artifact

    @app.task(source_type=None, examples=[Example("A bell", {})])
    def ring(request: Request, context: Context) -> Rings:
        """Ring."""
        return Rings(sound=context.artifact("bell.wav", b"RIFF", "audio/wav"), notes=context.artifact("bell.mid", b"MThd", "audio/midi"))

    monkeypatch.setattr("suite.demo.load_apps", lambda: ([app], []))
    sextant("demo", "--out", "shown")
    page = (tmp_path / "shown" / "index.html").read_text()
    (source,) = re.findall(r'<audio [^>]*src="([^"]+)"', page)
    assert (tmp_path / "shown" / source).read_bytes() == b"RIFF"


def test_a_light_model_that_cannot_be_fetched_is_said_and_stops_nothing(sextant: Sextant, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.marketing.language import QWEN_0_5B

    def unreachable(*given: object) -> Path:
        raise Unavailable("No origin answers.")

    app = App("light", "Light", "Wants a model.", light=lambda: QWEN_0_5B)

    @app.task(source_type=None, examples=[Example("One", {})])
    def go(request: Request, context: Context) -> Result:
        """Go."""
        return Result()

    monkeypatch.setattr("suite.demo.load_apps", lambda: ([app], []))
    monkeypatch.setattr("shared.serving.mirror.pull", unreachable)
    done = sextant("demo", "--out", "shown")
    assert done.status == 0 and "1 of 1 examples done" in done.out
    assert "fetching qwen2.5-coder-0.5b, 469 MiB" in done.out and "the next best writes: No origin answers." in done.out
