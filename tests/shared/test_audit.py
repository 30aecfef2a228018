from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import audit
from shared.errors import StorageFailed
from shared.settings import settings
from tests.checkout import ROOT


def test_a_line_says_who_what_why_and_when_and_never_the_subject(sextant_home: Path) -> None:
    audit.record("molecules", "score", "refused", "a-rule", "CCO secret")
    (line,) = (sextant_home / "audit.jsonl").read_text().splitlines()
    row = json.loads(line)
    assert set(row) == {"time", "host", "pid", "owner", "app", "task", "decision", "reason", "subject"}
    assert (row["app"], row["task"], row["decision"], row["reason"], row["owner"]) == ("molecules", "score", "refused", "a-rule", "local")
    assert row["subject"] == hashlib.sha256(b"CCO secret").hexdigest() and "secret" not in line
    written = datetime.fromisoformat(row["time"])
    assert written.utcoffset() == timedelta(0) and abs(datetime.now(UTC) - written) < timedelta(minutes=1)


def test_only_its_owner_may_read_it(sextant_home: Path) -> None:
    audit.record("molecules", "score", "refused", "a-rule", "x")
    assert (sextant_home / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_owner_is_the_process_s_or_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_OWNER", "anna")
    settings.cache_clear()
    audit.record("molecules", "score", "refused", "a-rule", "x")
    audit.record("molecules", "score", "refused", "a-rule", "x", owner="ben")
    assert [entry.owner for entry in audit.entries()] == ["ben", "anna"]


def test_entries_are_the_newest_first_of_one_studio_or_all() -> None:
    assert audit.entries() == []
    for number in range(2000):  # more than a block of the file
        audit.record("even" if number % 2 == 0 else "odd", "t", "refused", str(number), "x")
    assert [entry.reason for entry in audit.entries(3)] == ["1999", "1998", "1997"]
    assert [entry.reason for entry in audit.entries(2, app="even")] == ["1998", "1996"]
    assert [entry.reason for entry in audit.entries(5000)] == [str(number) for number in reversed(range(2000))]


@pytest.mark.parametrize("text", ["two\nlines", 'a "quote"', "\udcff", "\x00", "ü", "x" * 10_000])
def test_any_text_is_one_line(text: str, sextant_home: Path) -> None:
    audit.record("molecules", text, "refused", text, text, owner=text)
    assert (sextant_home / "audit.jsonl").read_bytes().count(b"\n") == 1
    (entry,) = audit.entries()
    assert entry.reason == entry.task == entry.owner == text[: audit.MAX_TEXT]


def test_a_home_that_cannot_be_written_is_a_warning(
    sextant_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (sextant_home / "file").write_text("")
    monkeypatch.setenv("SEXTANT_HOME", str(sextant_home / "file" / "home"))
    settings.cache_clear()
    with caplog.at_level(logging.WARNING, "sextant.audit"):
        audit.record("molecules", "score", "refused", "a-rule", "CCO secret")
    assert "molecules/score refused (a-rule)" in caplog.text and "secret" not in caplog.text


def test_a_full_disk_is_a_warning(sextant_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    (sextant_home / "audit.jsonl").symlink_to("/dev/full")
    audit.record("molecules", "score", "refused", "a-rule", "x")
    assert "No space left" in caplog.text


def test_settings_that_cannot_be_read_are_a_warning(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("SEXTANT_WORKERS", "many")
    settings.cache_clear()
    audit.record("molecules", "score", "refused", "a-rule", "x")
    assert "SEXTANT_WORKERS" in caplog.text


# The file may grow to 300 bytes: the second line is cut off, as on a disk that fills up.
FILLING = """
import logging, resource
from shared import audit
logging.basicConfig()
resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
audit.record("a", "t", "refused", "first", "x")
audit.record("a", "t", "refused", "second", "x")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
audit.record("a", "t", "refused", "third", "x")
"""


def test_a_line_cut_off_takes_no_other_with_it(caplog: pytest.LogCaptureFixture) -> None:
    done = subprocess.run([sys.executable, "-c", FILLING], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "refused (second): the disk took" in done.stderr
    assert [entry.reason for entry in audit.entries()] == ["third", "first"]
    assert "damaged line" in caplog.text


@pytest.mark.parametrize("damage", [b"\n\n", b"[1]\n", b"{}\n", b"\xff\xfe\n", b'{"time": 1}\n', b"null\n"])
def test_what_is_no_entry_is_passed_over(damage: bytes, sextant_home: Path) -> None:
    audit.record("a", "t", "refused", "first", "x")
    with (sextant_home / "audit.jsonl").open("ab") as stream:
        stream.write(damage)
    audit.record("a", "t", "refused", "second", "x")
    assert [entry.reason for entry in audit.entries()] == ["second", "first"]


def test_a_log_that_cannot_be_read_is_an_error_with_a_remedy(sextant_home: Path) -> None:
    (sextant_home / "audit.jsonl").mkdir()
    with pytest.raises(StorageFailed, match=r"audit\.jsonl cannot be read.*SEXTANT_HOME"):
        audit.entries()


MANY = """
from shared import audit
import sys
for number in range(300):
    audit.record("a", "t", "refused", f"{sys.argv[1]}:{number}:" + "y" * 400, "x")
"""


def test_processes_do_not_write_into_each_other_s_lines(sextant_home: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", MANY, str(which)], cwd=ROOT) for which in range(4)]
    assert [process.wait(timeout=120) for process in running] == [0] * 4
    found = audit.entries(10_000)
    assert len(found) == 1200 == len((sextant_home / "audit.jsonl").read_bytes().splitlines())
    for which in range(4):
        numbers = [int(entry.reason.split(":")[1]) for entry in reversed(found) if entry.reason.startswith(f"{which}:")]
        assert numbers == list(range(300))
    assert len({entry.pid for entry in found}) == 4


def test_an_entry_can_be_written_as_json() -> None:
    audit.record("a", "t", "refused", "first", "x")
    assert json.loads(json.dumps(asdict(audit.entries()[0])))["reason"] == "first"
