"""The tables: runs, whose files are whose, which files were made before, and the version of all."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from shared.errors import StorageFailed
from shared.runs.database import Database
from shared.runs.run import ID_LENGTH

__all__ = ["FILES", "MADE", "META", "RUNS", "SCHEMA_VERSION", "prepare"]

SCHEMA_VERSION = 1

METADATA = sa.MetaData()

META = sa.Table(
    "sextant_meta",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# JSON is kept as text: it is written and read whole, and every database has text. Times are seconds since 1970, UTC.
RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.String(ID_LENGTH), primary_key=True),
    sa.Column("app", sa.Text, nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("parent", sa.String(ID_LENGTH)),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("models", sa.Text, nullable=False),
    sa.Column("artifacts", sa.Text, nullable=False),
    sa.Column("progress", sa.Text, nullable=False),
    sa.Column("work_units", sa.Double),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer),  # of the process that runs it or has it in its queue; none = whoever claims it
    sa.Column("process_started_at", sa.Double, nullable=False),
    sa.Column("heartbeat_at", sa.Double, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
)
sa.Index("ix_runs_created", RUNS.c.created_at)
sa.Index("ix_runs_status", RUNS.c.status, RUNS.c.created_at)
sa.Index("ix_runs_task", RUNS.c.app, RUNS.c.task, RUNS.c.status, RUNS.c.created_at)

# Whose files are whose: a sha256 is no secret, so that knowing one opens nothing over HTTP.
FILES = sa.Table(
    "files",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)

# Files that carry a time and a signature, by what they were made of: the same content is the same file again.
MADE = sa.Table(
    "made",
    METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)


def prepare(database: Database) -> None:
    """Make the tables where there are none. Raises `StorageFailed` for a history of another version."""
    if not _has_tables(database):
        _create(database)
    with database.read() as connection:
        found = connection.execute(sa.select(META.c.value).where(META.c.name == "schema_version")).scalar_one_or_none()
    if found != str(SCHEMA_VERSION):
        raise StorageFailed(
            f"The run history {database.name} is of version {found}, this Sextant reads version {SCHEMA_VERSION}.",
            remedy="Install the Sextant that wrote it, or set SEXTANT_DATABASE_URL to another one.",
        )


def _has_tables(database: Database) -> bool:
    with database.read() as connection:
        inspector = sa.inspect(connection)
        return all(inspector.has_table(table.name) for table in METADATA.tables.values())


def _create(database: Database) -> None:
    """All or nothing, in one transaction; when another process was faster, its tables are taken."""
    try:
        with database.write() as connection:
            is_new = not sa.inspect(connection).has_table(META.name)
            METADATA.create_all(connection)
            if is_new:
                connection.execute(META.insert().values(name="schema_version", value=str(SCHEMA_VERSION)))
    except StorageFailed as error:
        if not (isinstance(error.__cause__, SQLAlchemyError) and _has_tables(database)):
            raise
