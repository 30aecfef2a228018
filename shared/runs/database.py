"""Connections to the database of the run history: the only module that knows one database from another.

SQLite needs two engines (`facts/contract.md`): every write transaction begins IMMEDIATE, since one that reads first and then
writes meets "database is locked" in spite of any timeout; reads run in autocommit and wait for nobody (WAL).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from shared.errors import StorageFailed, Unavailable

__all__ = ["Database"]

_BUSY_TIMEOUT_S = 30.0
_WAL_RETRY_S = 0.02
_REMEDIES = (
    ("locked", "Another process holds it: stop that one, or try again."),
    ("full", "Free some space on that disk, or set SEXTANT_HOME to another one."),
    ("readonly", "Make it writable for you, or set SEXTANT_HOME to a folder that is."),
    ("unable to open", "Check that its folder exists and is writable, or set SEXTANT_HOME to one that is."),
    ("not a database", "Move that file away, or set SEXTANT_DATABASE_URL to another one."),
    ("malformed", "Move that file away: a new history begins empty, the artifacts stay."),
)
_DEFAULT_REMEDY = "Check SEXTANT_DATABASE_URL and that the database can be reached."


class Database:
    """One database by its SQLAlchemy URL. Every error that leaves is a `StorageFailed` or `Unavailable` with a remedy."""

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self.name = self._url.render_as_string(hide_password=True)
        self._pid = os.getpid()
        # In memory SQLite gives each connection its own database: there is one, and whoever uses it waits for the others.
        self._alone: AbstractContextManager[Any] = threading.RLock() if self._in_memory else nullcontext()
        if self._is_sqlite:
            self._make_folder()
        with self._errors():
            self._writer = self._make_engine(autocommit=False)
            self._reader = self._writer if self._in_memory else self._make_engine(autocommit=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back on an error."""
        self._refuse_fork()
        with self._errors(), self._alone, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees what is committed and locks nothing."""
        self._refuse_fork()
        with self._errors(), self._alone, self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @property
    def _in_memory(self) -> bool:
        return self._is_sqlite and self._url.database in (None, "", ":memory:")

    def _make_folder(self) -> None:
        if self._in_memory:
            return
        folder = Path(str(self._url.database)).parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"The folder of the run history cannot be made: {folder} ({error.strerror})."
            raise StorageFailed(message, remedy="Set SEXTANT_HOME to a folder that you can write to.") from None

    def _make_engine(self, *, autocommit: bool) -> Engine:
        if not self._is_sqlite:
            return sa.create_engine(self._url, pool_pre_ping=True, **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}))
        if self._in_memory:
            engine = sa.create_engine(self._url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        else:
            engine = sa.create_engine(self._url, connect_args={"timeout": _BUSY_TIMEOUT_S})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        if not autocommit:
            sa.event.listen(engine, "begin", _begin_immediate)
        return engine

    def _refuse_fork(self) -> None:
        """A connection that two processes share corrupts what it writes."""
        if os.getpid() != self._pid:
            raise StorageFailed("The run history was opened before a fork.", remedy="Open one of its own in the child process.")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except ModuleNotFoundError as error:
            message = f"The database {self.name} needs the package {error.name}, which is not installed."
            raise Unavailable(message, remedy=f"pip install {error.name}") from None
        except SQLAlchemyError as error:
            reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
            reason = reason.strip().splitlines()[0] if reason.strip() else type(error).__name__
            remedy = next((remedy for word, remedy in _REMEDIES if word in reason.lower()), _DEFAULT_REMEDY)
            raise StorageFailed(f"The run history ({self.name}) failed: {reason}.", remedy=remedy) from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):  # ValueError: a port that is no number
        shown = url.rsplit("@", maxsplit=1)[-1]  # what stands before the @ may be a password
        message = f"{shown!r} is no database URL that is known here."
        remedy = "Write it as sqlite:////path/runs.sqlite3 or postgresql+psycopg://user@host/name in SEXTANT_DATABASE_URL."
        raise StorageFailed(message, remedy=remedy) from None
    return parsed


def _prepare_sqlite(connection: Any, record: Any) -> None:
    """Transactions begin where `_begin_immediate` says; readers and the writer do not block each other."""
    connection.isolation_level = None
    _use_wal(connection)
    # NORMAL: a power cut may take back the last transactions and never corrupts; a killed process loses nothing.
    connection.execute("PRAGMA synchronous=NORMAL")


def _use_wal(connection: Any) -> None:
    """Switch to WAL. SQLite's busy timeout does not cover the switch itself, which two processes may try at once."""
    until = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except connection.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(_WAL_RETRY_S)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
