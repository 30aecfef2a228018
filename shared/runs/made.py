"""Which file was made of a content and its origin: both carry a time and a signature, and a repeat gives the same bytes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from shared.errors import NotFound, StorageFailed
from shared.runs.database import Database
from shared.runs.schema import MADE

if TYPE_CHECKING:
    from shared.files import Store

__all__ = ["MadeBefore"]


class MadeBefore:
    """A `shared.provenance.stamp.Made` in the database of the run history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self, key: str, store: Store) -> tuple[str, int] | None:
        with self._database.read() as connection:
            sha256 = connection.execute(sa.select(MADE.c.sha256).where(MADE.c.key == key)).scalar_one_or_none()
        if sha256 is None:
            return None
        try:
            return sha256, store.size(sha256)
        except NotFound:  # the run was deleted with its files
            return None

    def remember(self, key: str, kept: tuple[str, int], data: bytes, store: Store) -> tuple[str, int]:
        row = {"sha256": kept[0], "created_at": time.time()}
        if self._insert(key, row):
            return kept
        earlier = self.recall(key, store)  # another thread or process was faster
        if earlier is None:
            with self._database.write() as connection:
                connection.execute(MADE.update().where(MADE.c.key == key).values(row))
        return earlier or kept

    def _insert(self, key: str, row: dict[str, Any]) -> bool:
        """Whether there was none for `key`."""
        try:
            with self._database.write() as connection:
                connection.execute(MADE.insert().values(key=key, **row))
        except StorageFailed as error:
            if not isinstance(error.__cause__, sa.exc.IntegrityError):
                raise
            return False
        return True
