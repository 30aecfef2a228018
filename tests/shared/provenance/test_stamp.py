"""Every file that a task makes carries its origin; a repeat gives the same bytes although times and signatures differ."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from shared.app import App, Artifact, Context, Request, Result
from shared.files import MemoryStore
from shared.provenance import read
from shared.provenance.stamp import LocalMade, stamp_for
from shared.runs import ArtifactStore, Executor, History
from shared.serving import Engine

app = App(key="painter", title="Painter", summary="Paints.")


class PaintRequest(Request):
    colour: int = 7


class PaintResult(Result):
    picture: Artifact
    table: Artifact


@app.task
def paint(request: PaintRequest, context: Context) -> PaintResult:
    """Paint a square."""
    out = io.BytesIO()
    Image.new("RGB", (32, 32), (request.colour, request.seed, 90)).save(out, "PNG")
    table = context.artifact("table.csv", b"colour\n7\n", "text/csv")
    return PaintResult(picture=context.artifact("square.png", out.getvalue(), "image/png"), table=table)


@app.task(source_type=None)
def count(request: PaintRequest, context: Context) -> PaintResult:
    """Count, which makes no media."""
    return PaintResult(picture=context.artifact("a.png", b"a", "image/png"), table=context.artifact("b.csv", b"b", "text/csv"))


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[Executor]:
    history = History(f"sqlite:///{tmp_path}/runs.sqlite3")
    with Engine(device="cpu") as engine, Executor(history, ArtifactStore(str(tmp_path / "files")), engine=engine) as one:
        yield one


def test_a_picture_says_how_it_was_made_and_is_signed() -> None:
    found = read(paint(seed=3).picture.read())
    assert found.origin is not None and found.credentials is not None
    assert (found.origin.task, found.origin.seed, found.origin.source_type) == ("painter/paint", 3, "trainedAlgorithmicMedia")
    assert found.credentials.state == "trusted" and found.credentials.content_intact
    assert found.credentials.origin["request_sha256"] == found.origin.request_sha256


def test_what_stood_in_for_a_model_is_stamped_as_what_it_is() -> None:
    request = paint.parse({})
    store = MemoryStore()
    with Engine(device="cpu") as engine:
        context = Context(engine, store=store, stamp=stamp_for(paint, request))
        context.made_as("algorithmicMedia")
        paint.function(request, context)
        context.finish()
    square, sidecar = (next(one for one in context.artifacts if one.name == name) for name in ("square.png", "table.origin.json"))
    found = read(square.read()).origin
    assert found is not None and found.source_type == "algorithmicMedia"
    assert json.loads(sidecar.read())["origin"]["source_type"] == "algorithmicMedia"


def test_a_file_without_a_place_for_it_is_named_beside_it(executor: Executor) -> None:
    run = executor.run(paint, paint.parse({}))
    sidecar = next(one for one in run.artifacts if one.name == "table.origin.json")
    body = json.loads(sidecar.read())
    table = next(one for one in run.artifacts if one.name == "table.csv")
    assert body["files"] == {table.sha256: "table.csv"} and body["origin"]["task"] == "painter/paint"
    assert table.read() == b"colour\n7\n"


def test_a_repeat_gives_the_same_bytes_and_so_does_the_same_request_again(executor: Executor) -> None:
    first = executor.run(paint, paint.parse({"seed": 5}))
    assert {one.sha256 for one in executor.repeat(first.id, task=paint).artifacts} == {one.sha256 for one in first.artifacts}
    assert executor.run(paint, paint.parse({"seed": 5})).artifacts == first.artifacts
    assert executor.run(paint, paint.parse({"seed": 6})).artifacts != first.artifacts


def test_other_owners_do_not_learn_when_a_file_was_first_made(executor: Executor) -> None:
    first = executor.run(paint, paint.parse({}), owner="ada")
    assert executor.run(paint, paint.parse({}), owner="bob").artifacts[1].sha256 != first.artifacts[1].sha256


def test_calls_that_leave_no_record_give_the_same_bytes_too() -> None:
    assert paint(seed=8).picture == paint(seed=8).picture


@pytest.mark.parametrize("kind", ["local", "history"])
def test_of_two_that_make_the_same_file_at_once_the_first_stays(kind: str, tmp_path: Path) -> None:
    made = LocalMade() if kind == "local" else History(f"sqlite:///{tmp_path}/runs.sqlite3").made
    store = MemoryStore()
    first, second = store.put(b"first"), store.put(b"second")
    assert made.recall("key", store) is None
    assert made.remember("key", first, b"first", store) == first
    assert made.remember("key", second, b"second", store) == first
    assert made.recall("key", store) == first


def test_another_certificate_makes_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = paint(seed=21).picture
    monkeypatch.setattr("shared.provenance.certificate.FOLDER", "another")
    after = paint(seed=21).picture
    assert after != before and paint(seed=21).picture == after


def test_a_file_whose_bytes_are_gone_is_made_again() -> None:
    made, request = LocalMade(limit_bytes=1), paint.parse({})
    stamp = stamp_for(paint, request, made)
    assert stamp is not None
    kept = stamp.keep("table.csv", b"x", "text/csv", MemoryStore())
    assert kept.read() == b"x"


def test_a_task_whose_files_are_no_media_leaves_them_as_they_are() -> None:
    assert count().picture.read() == b"a" and stamp_for(count, count.parse({})) is None


def test_nothing_is_signed_where_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.settings import settings

    monkeypatch.setenv("SEXTANT_SIGN", "false")
    settings.cache_clear()
    try:
        found = read(paint(seed=11).picture.read())
    finally:
        settings.cache_clear()
    assert found.origin is not None and found.credentials is None
