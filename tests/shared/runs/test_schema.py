from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from shared.errors import StorageFailed
from shared.runs import History
from shared.runs.schema import METADATA, RUNS


def test_a_history_of_another_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/runs.sqlite3"
    History(url).close()
    History(url).close()
    with sqlite3.connect(tmp_path / "runs.sqlite3") as connection:
        connection.execute("UPDATE sextant_meta SET value = '99'")
    connection.close()
    with pytest.raises(StorageFailed, match="version 99"):
        History(url)


def test_postgresql_understands_every_table_and_index() -> None:
    """Text, times as doubles, a boolean that is one: nothing here is SQLite's own."""
    dialect = postgresql.dialect()
    made = [str(sa.schema.CreateTable(table).compile(dialect=dialect)) for table in METADATA.sorted_tables]
    made += [str(sa.schema.CreateIndex(index).compile(dialect=dialect)) for index in RUNS.indexes]
    assert "DOUBLE PRECISION" in "".join(made)
    assert "cancel_requested BOOLEAN NOT NULL" in "".join(made)
