from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.errors import StorageFailed, Unavailable
from shared.runs import History
from shared.runs.database import Database


def test_sqlite_is_used_as_measured(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    database.close()


def test_a_write_transaction_has_the_lock_from_its_beginning(tmp_path: Path) -> None:
    """One that reads first and writes later would meet "database is locked" in spite of the timeout."""
    path = tmp_path / "a.sqlite3"
    database = Database(f"sqlite:///{path}")
    other = sqlite3.connect(path, timeout=0)
    with database.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1, "who reads waits for nobody"
    other.close()
    database.close()


def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    other = sqlite3.connect(tmp_path / "a.sqlite3", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.rollback)
    release.start()
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
    release.join()
    other.close()
    database.close()


def test_an_error_rolls_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with pytest.raises(StorageFailed, match="no such table"), database.write() as connection:  # noqa: PT012
        connection.exec_driver_sql("CREATE TABLE t (a)")
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")
    with database.read() as connection:
        assert not sa.inspect(connection).has_table("t")
    database.close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFailed, match="Set SEXTANT_HOME to a folder that you can write to"):
        History(f"sqlite:///{tmp_path}/file/runs.sqlite3")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite3").write_bytes(b"a letter to my aunt, and then some more lines of it" * 100)
    with pytest.raises(StorageFailed, match=r"not a database.*Move that file away"):
        History(f"sqlite:///{tmp_path}/runs.sqlite3")


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="Check that its folder exists"):
        History(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("url", ["nonsense", "nosuchdatabase://user:secret@host/name", "postgresql://user:secret@host:port/name"])
def test_a_wrong_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StorageFailed, match="SEXTANT_DATABASE_URL") as caught:
        History(url)
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(Unavailable, match=r"pip install pg8000"):
        Database("postgresql+pg8000://user:secret@host/name")
