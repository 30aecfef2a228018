"""Whose files are whose. Content is stored once by its sha256; who may read it over HTTP is written here."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.errors import NotFound, StorageFailed
from shared.files import Artifact
from shared.runs.database import Database
from shared.runs.schema import FILES

__all__ = ["Held", "Holdings"]

_HASHES_A_QUERY = 500


class Held(NamedTuple):
    """A file as its owner knows it: the name and type it was given last."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int


class Holdings:
    """The table of files by owner; an owner holds what they uploaded and what their runs made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, owner: str, files: Sequence[Held | Artifact]) -> None:
        """Note that `owner` has these; a file held already takes the new name. Raises `StorageFailed`."""
        for file in files:
            try:
                self._put_down(owner, file)
            except StorageFailed as error:  # PostgreSQL lets two processes insert at once, and the second one fails
                if not isinstance(error.__cause__, IntegrityError):
                    raise
                self._put_down(owner, file)

    def find(self, owner: str, sha256: str) -> Held:
        """Raises `NotFound`, alike for a file that nobody has and for one of somebody else."""
        wanted = sa.select(FILES.c.sha256, FILES.c.name, FILES.c.media_type, FILES.c.size_bytes)
        with self._database.read() as connection:
            row = connection.execute(wanted.where(FILES.c.owner == owner, FILES.c.sha256 == sha256)).first()
        if row is None:
            raise NotFound(f"You have no file with sha256 {sha256[:12]}….", remedy="Upload it: POST /v1/files.")
        return Held(*row)

    def held(self, owner: str, hashes: Collection[str]) -> set[str]:
        """Which of these `owner` has."""
        asked, found = sorted(hashes), set[str]()
        with self._database.read() as connection:
            for start in range(0, len(asked), _HASHES_A_QUERY):
                some = FILES.c.sha256.in_(asked[start : start + _HASHES_A_QUERY])
                found.update(connection.execute(sa.select(FILES.c.sha256).where(FILES.c.owner == owner, some)).scalars())
        return found

    def _put_down(self, owner: str, file: Held | Artifact) -> None:
        named = {"name": file.name, "media_type": file.media_type}
        with self._database.write() as connection:
            known = FILES.update().where(FILES.c.owner == owner, FILES.c.sha256 == file.sha256).values(named)
            if connection.execute(known).rowcount == 0:
                new = {"owner": owner, "sha256": file.sha256, "size_bytes": file.size_bytes, "created_at": time.time(), **named}
                connection.execute(FILES.insert(), new)
