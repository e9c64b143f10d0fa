"""Opens the record's database so that a commit survives a power cut, on SQLite or PostgreSQL."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlite_utils.utils import (
    sqlite3,
)  # pysqlite3 where it has a wheel: its SQLite is newer than the WAL-reset bug

from content.errors import RecordError

CACHE_KIB = 512  # of each connection, for as long as its thread; the system keeps the file's pages anyway
_OPENINGS = 0x5854  # "XT": any number that nothing else in the database locks
BUSY_TIMEOUT_MS = 10_000
SAFE_SQLITE = (3, 51, 3)  # older ones can lose a commit when the WAL is reset at the wrong moment


def connect(url: str) -> sa.Engine:
    """An engine for a file path, `sqlite:///…` or `postgresql://…`.

    Raises RecordError when the database cannot be opened, or SQLite will not run as WAL with synchronous=FULL.
    """
    try:
        if url.startswith("postgresql"):
            return sa.create_engine(
                url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True
            )
        engine = _sqlite_engine(Path(url.removeprefix("sqlite:///")))
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        return engine
    except sa.exc.DBAPIError as exc:
        raise RecordError(
            f"打不开数据库：{exc.orig}。请检查文件夹权限和磁盘空间。", code="cannot_open"
        ) from exc


def sqlite_version() -> tuple[int, ...]:
    """The SQLite that this process really runs on."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def _sqlite_engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", module=sqlite3)

    @sa.event.listens_for(engine, "connect")
    def _make_durable(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        journal = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.close()
        if journal != "wal" or synchronous != 2:
            raise RecordError(
                f"数据库不能以 WAL + FULL 方式运行（现在是 {journal}/{synchronous}），断电会丢数据。请换到本地磁盘。",
                code="not_durable",
            )

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A deferred write that first reads fails at once under a second writer, whatever the busy timeout.
        is_read = connection.get_execution_options().get("is_read")
        connection.exec_driver_sql("BEGIN" if is_read else "BEGIN IMMEDIATE")

    return engine


def lock_openings(connection: sa.Connection) -> None:
    """One process at a time looks for its stream and opens it, until its transaction ends.

    SQLite's writers take turns anyway; PostgreSQL is asked to let them.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_OPENINGS)))
