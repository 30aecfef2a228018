"""A program and the command line against a real server: one task of each kind, as if they ran here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.api import Client
from shared.api.client import default_client
from shared.api.keys import hash_of
from shared.cancel import CancelToken
from shared.errors import BadInput, Cancelled, NotFound, RunFailed, TooLarge, Unauthorized, Unavailable
from shared.runs import default_executor
from shared.settings import settings
from tests.checkout import ROOT
from tests.shared.api.conftest import Server, wait_until
from tests.shared.api.studio import deliver, dictate, lose, sort, stamp, weigh


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.url) as opened:
        yield opened


@pytest.fixture
def there(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process told to let that server do its work."""
    monkeypatch.setenv("SEXTANT_SERVER", server.url)
    settings.cache_clear()
    yield
    default_client().close()


@pytest.mark.usefixtures("there")
def test_a_task_is_called_as_if_it_ran_here(tmp_path: Path) -> None:
    """Sync, long, a file in, many files out."""
    assert stamp(text="ahoy", seed=3).text == "ahoy"
    assert deliver(steps=3, wait_s=0.1).steps == 3
    letter = tmp_path / "a letter.txt"
    letter.write_bytes(b"x" * 100_000)
    assert weigh(letter=letter, enclosures=[("b", b"22"), b"1"]).names == ["a letter.txt", "b", "file"]
    letters = sort(count=4, prefix="page").letters
    assert [artifact.read() for artifact in letters] == [b"page 0", b"page 1", b"page 2", b"page 3"]
    assert default_executor().history.list(limit=1)[0].task == "sort"
    with pytest.raises(BadInput, match="The letter is lost") as caught:
        lose()
    assert (caught.value.field, caught.value.remedy) == ("how", "Write another one.")
    with pytest.raises(RunFailed, match="ZeroDivisionError"):
        lose(how="bug")


def test_an_executors_interface(client: Client) -> None:
    told: list[tuple[float, float, str]] = []
    run = client.run(deliver, deliver.parse({"steps": 6, "wait_s": 0.15}), on_progress=lambda *now: told.append(now))
    assert run.result_of(deliver).steps == 6 and run.status == "done" and run.seconds is not None
    assert told and told == sorted(told) and told[-1][1] == 6

    handle = client.submit(sort, sort.parse({"count": 2}))
    assert handle.wait(10).artifacts[1].read() == b"letter 1"
    assert (handle.done, handle.position) == (True, 0)
    again = client.repeat(handle.run_id)
    assert (again.parent, again.artifacts) == (handle.run_id, handle.wait().artifacts)
    assert client.repeat(handle.run_id[:8], on_progress=lambda *now: None).parent == handle.run_id

    history = client.history
    assert [found.id for found in history.list(app="post", task="sort", status="done", limit=2)][1] == again.id
    assert history.list(task="sort", limit=1)[0].result is not None, "fetched when asked for"
    assert history.get(again.id).as_dict() == again.as_dict()
    client.run(stamp, stamp.parse({}))
    assert history.seconds_a_unit("post", "stamp", "stamper", 1.0) is not None
    assert stamp.estimate(text="a", history=history).basis == "earlier runs here"  # type: ignore[arg-type]


def test_a_text_comes_as_it_is_written(client: Client) -> None:
    """Asked for, and to whoever follows: then without a question more."""
    text = "Dear Ada, all is well here, the ship is sound."
    handle = client.submit(dictate, dictate.parse({"text": text, "wait_s": 0.2}))
    asked = wait_until(lambda: handle.progress.text)
    assert text.startswith(asked) and client.live(handle.run_id) is None
    seen: list[str] = []
    run = handle.follow(lambda *now: seen.append(handle._run.progress.text))
    assert len(set(seen)) > 1 and all(text.startswith(part) for part in seen)
    assert (run.status, run.progress.text) == ("done", "")


def test_a_run_that_fails_is_a_run(client: Client) -> None:
    run = client.run(lose, lose.parse({}))
    assert (run.status, run.error and run.error["code"]) == ("failed", "bad_input")
    assert client.run(lose, lose.parse({}), on_progress=lambda *now: None).status == "failed"


def test_a_token_cancels_there(client: Client) -> None:
    cancel = CancelToken()
    threading.Timer(0.4, cancel.cancel).start()
    run = client.run(deliver, deliver.parse({"steps": 500, "wait_s": 0.05}), cancel=cancel)
    with pytest.raises(Cancelled):
        run.raise_error()
    handle = client.submit(deliver, deliver.parse({"steps": 500, "wait_s": 0.05}))
    with pytest.raises(TimeoutError):
        handle.wait(0.2)
    handle.cancel()
    assert handle.wait(10).status == "cancelled"


def test_bytes_are_sent_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    request = weigh.parse({"letter": b"said once"})
    assert client.run(weigh, request).result_of(weigh).size_bytes == 9
    monkeypatch.setattr(client.connection, "upload", None)
    assert client.run(weigh, request).result_of(weigh).size_bytes == 9


def test_errors_come_through_typed(client: Client) -> None:
    with pytest.raises(NotFound):
        client.history.get("a" * 24)
    with pytest.raises(NotFound):
        client.history.get("../models")
    with pytest.raises(NotFound):
        client.store.open("0" * 64)
    with pytest.raises(NotFound):
        client.store.size("0" * 64)
    with pytest.raises(BadInput, match="URL"):
        Client("localhost:8501")
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(Unavailable, match="SEXTANT_SERVER"):
        nobody.history.list()


def test_a_key_and_a_limit(start: Callable[..., Server]) -> None:
    server = start(SEXTANT_API_KEYS=f"anna={hash_of('sx_secret')}", SEXTANT_MAX_UPLOAD_BYTES="1000")
    with Client(server.url, "sx_secret") as anna:
        assert anna.run(stamp, stamp.parse({})).owner == "anna"
        with pytest.raises(TooLarge):
            anna.run(weigh, weigh.parse({"letter": b"x" * 1_001}))
    for key in (None, "sx_other"):
        with Client(server.url, key) as nobody, pytest.raises(Unauthorized):
            nobody.history.list()
    for path in ("/v1/apps", "/v1/models", "/v1/runs", "/metrics", "/v1/artifacts/" + "0" * 64):
        assert server.http.get(path).status_code == 401, path
    for path in ("/v1/post/stamp", "/v1/files", "/v1/post/stamp/estimate", "/v1/runs/x/repeat"):
        assert server.http.post(path, json={}).status_code == 401, path
    assert server.http.get("/healthz").status_code == 200


def test_a_server_that_is_started_anew_is_waited_for(start: Callable[..., Server]) -> None:
    server = start()
    with Client(server.url) as client:
        client.submit(deliver, deliver.parse({"steps": 30, "wait_s": 0.1}))
        waiting = client.submit(sort, sort.parse({"count": 1}))
        outcome: list[str] = []
        thread = threading.Thread(target=lambda: outcome.append(waiting.wait().status))
        thread.start()
        server.stop(signal.SIGKILL)
        server.start(int(server.url.rpartition(":")[2]))
        thread.join(30)
        assert outcome == ["done"]


def sextant(server: Server, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SEXTANT_SERVER": server.url, "SEXTANT_APPS": "post=tests.shared.api.studio:app"}
    command = [sys.executable, "-m", "suite", *words]
    return subprocess.run(command, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, **options)  # type: ignore[call-overload, no-any-return]


def test_the_command_line_runs_unchanged(server: Server, tmp_path: Path) -> None:
    made = sextant(server, "post", "sort", "--count", "2", "--out", "letters", "--json", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    shape = json.loads(made.stdout)
    assert [Path(file).read_text() for file in map(tmp_path.joinpath, shape["files"])] == ["letter 0", "letter 1"]
    there = server.http.get(f"/v1/runs/{shape['id']}").json()
    assert {**there, "files": shape["files"]} == {**shape, "position": 0}
    listed = sextant(server, "runs", "list", "--json", "--limit", "1", cwd=tmp_path)
    assert json.loads(listed.stdout)[0]["id"] == shape["id"]
    lost = sextant(server, "post", "lose", cwd=tmp_path)
    assert (lost.returncode, lost.stderr.splitlines()[-1].startswith("sextant: The letter is lost.")) == (2, True)


def test_an_interrupt_cancels_there(server: Server, tmp_path: Path) -> None:
    environment = {**os.environ, "SEXTANT_SERVER": server.url, "SEXTANT_APPS": "post=tests.shared.api.studio:app", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "suite", "post", "deliver", "--steps", "600", "--wait-s", "0.1"]
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE) as process:
        wanted = {"status": "running", "task": "deliver"}
        (run,) = wait_until(lambda: server.http.get("/v1/runs", params=wanted).json()["runs"])
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    wait_until(lambda: server.http.get(f"/v1/runs/{run['id']}").json()["status"] == "cancelled")
