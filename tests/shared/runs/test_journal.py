from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from shared.errors import StorageFailed
from shared.runs import journal
from shared.runs.journal import Change, Journal
from tests.shared.runs.conftest import wait_until


class Table:
    """Takes what the journal writes; fails while told to."""

    def __init__(self) -> None:
        self.batches: list[list[Change]] = []
        self.fails = False

    def write(self, batch: Sequence[Change]) -> None:
        if self.fails:
            raise StorageFailed("The disk is full.")
        self.batches.append(list(batch))


@pytest.fixture
def table() -> Table:
    return Table()


def test_a_short_run_is_written_once_as_it_ended(table: Table) -> None:
    noted = Journal(table.write)
    noted.insert({"id": "a", "status": "running", "seed": 1})
    noted.update("a", {"status": "done"})
    noted.flush()
    noted.update("a", {"owner": "ada"})
    noted.close()
    assert table.batches == [[(True, {"id": "a", "status": "done", "seed": 1})], [(False, {"id": "a", "owner": "ada"})]]


def test_what_is_noted_is_written_soon_and_together(table: Table) -> None:
    noted = Journal(table.write)
    begun = time.monotonic()
    for number in range(100):
        noted.insert({"id": str(number)})
    wait_until(lambda: table.batches)
    assert time.monotonic() - begun < 1.0
    assert sum(len(batch) for batch in table.batches) == 100
    assert len(table.batches) < 20
    noted.close()


def test_the_thread_goes_when_nothing_is_noted_and_comes_back(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_LINGER_S", 0.05)
    noted = Journal(table.write)
    for number in range(2):
        noted.insert({"id": str(number)})
        wait_until(lambda number=number: len(table.batches) == number + 1)
        wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "sextant-history"])
    noted.close()


def test_what_could_not_be_written_is_kept_and_told(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_RETRY_S", 0.01)
    table.fails = True
    noted = Journal(table.write)
    noted.insert({"id": "a", "status": "running"})
    with pytest.raises(StorageFailed):
        noted.flush()
    noted.update("a", {"status": "done"})
    time.sleep(0.1)
    table.fails = False
    wait_until(lambda: table.batches)
    assert table.batches == [[(True, {"id": "a", "status": "done"})]]
    noted.close()


def test_callers_wait_for_a_database_that_fails(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is no place for a history."""
    monkeypatch.setattr(journal, "_PENDING_LIMIT", 10)
    table.fails = True
    noted = Journal(table.write)
    for number in range(10):
        noted.insert({"id": str(number)})
    with pytest.raises(StorageFailed):
        noted.insert({"id": "10"})
    noted.update("3", {"status": "done"})
    table.fails = False
    noted.close()
    assert len(table.batches[0]) == 10


def test_many_threads_lose_nothing(table: Table) -> None:
    noted = Journal(table.write)

    def note(start: int) -> None:
        for number in range(start, start + 200):
            noted.insert({"id": str(number)})
            noted.update(str(number), {"status": "done"})
            if number % 20 == 0:
                noted.flush()

    threads = [threading.Thread(target=note, args=(1000 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    noted.close()
    rows: dict[str, dict[str, object]] = {}
    for batch in table.batches:
        for is_new, row in batch:
            assert is_new == (row["id"] not in rows), "inserted once, before it is updated"
            rows.setdefault(row["id"], {}).update(row)
    assert len(rows) == 800
    assert all(row["status"] == "done" for row in rows.values())
