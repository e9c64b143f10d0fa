"""views.db: tables folded from the record for reading, thrown away and rebuilt at will.

A noun module gives SCHEMA (its tables) and FOLDS (event kind -> function (db, event)). Folds are pure: the same events
in any order of streams give the same rows. An event that cannot be folded is set aside and never blocks a stream.
"""

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from content import (
    account_charts,
    accounts,
    calendar,
    cases,
    certificates,
    departments,
    disclosure,
    event_log,
    feedback,
    feedback_limits,
    feedback_routes,
    files,
    finances,
    guides,
    leads,
    ledgers,
    notices,
    own_payments,
    parts,
    publications,
    ratings,
    rolls,
    search,
    subscriptions,
    subsidies,
    supervision_cards,
    supervision_findings,
    supervision_rules,
    usage,
    villages,
    vote_limits,
)
from content.record.events import Event
from content.record.store import Record, Stream

NOUNS: tuple[ModuleType, ...] = (
    villages,
    accounts,
    calendar,
    disclosure,
    parts,
    publications,
    notices,
    account_charts,
    vote_limits,
    finances,
    ledgers,
    subsidies,
    rolls,
    own_payments,
    guides,
    departments,
    cases,
    ratings,
    certificates,
    feedback,
    feedback_limits,
    feedback_routes,
    subscriptions,
    leads,
    supervision_rules,
    supervision_cards,
    supervision_findings,
    usage,
)
FOLDS = {kind: fold for noun in NOUNS for kind, fold in noun.FOLDS.items()}
SCHEMA = "\n".join(
    [
        "CREATE TABLE folded (stream TEXT PRIMARY KEY, size INTEGER NOT NULL);",
        "CREATE TABLE set_aside (event TEXT PRIMARY KEY, kind TEXT NOT NULL, reason TEXT NOT NULL);",
        search.SCHEMA,
        files.SCHEMA,
        event_log.SCHEMA,
        *(noun.SCHEMA for noun in NOUNS),
    ]
)
# Raised when a fold changes its meaning without changing a table; a changed table is noticed by itself.
FOLD_VERSION = 4
VERSION = hashlib.sha256(f"{FOLD_VERSION}\n{SCHEMA}".encode()).hexdigest()[:16]
BATCH = 1000
COUNTY_DIGITS = 6
# A folding connection lives for a moment; with SQLite's usual 2 MB a first sync reads its pages three times. A reading
# one lives as long as its thread, and the system keeps the file's pages anyway.
WRITER_CACHE_KIB, READER_CACHE_KIB = 32_000, 512


class Views:
    """The views of one node. Readers each use their own connection; one thread at a time folds."""

    def __init__(self, path: Path, record: Record) -> None:
        self._path, self._record = path, record
        self._is_county = len(record.origin) == COUNTY_DIGITS
        self._lock = threading.Lock()
        self._threads = threading.local()
        self.generation = 0  # goes up whenever a page may look different
        self.changed: dict[
            str, int
        ] = {}  # "all", "county" or a village -> the last generation with events for it
        if not self._is_current():
            self.rebuild()

    def read(self) -> Database:
        """This thread's connection, for queries only."""
        database: Database | None = getattr(self._threads, "database", None)
        if database is None:
            connection = sqlite3.connect(self._path)
            connection.execute("PRAGMA query_only=ON")
            connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KIB}")
            database = self._threads.database = Database(connection)
        return database

    def catch_up(self) -> int:
        """Fold what the record has and the views have not; how many events that was."""
        with self._lock, self._writer() as db:
            counts = {stream: self._fold_stream(db, stream) for stream in self._record.streams()}
        if any(counts.values()):
            self.touch()
            self.changed |= {_concerns(stream): self.generation for stream, count in counts.items() if count}
        return sum(counts.values())

    def touch(self) -> None:
        """Say that pages may look different though no event was folded (a cosignature, a sync)."""
        self.generation += 1

    def rebuild(self) -> int:
        """Throw every table away and fold the record again, in one transaction; how many events."""
        with self._lock, self._writer() as db:
            db.conn.execute("BEGIN IMMEDIATE")
            _drop_all(db)
            for statement in _statements(SCHEMA):
                db.conn.execute(statement)
            db.conn.execute("CREATE TABLE view_version (version TEXT NOT NULL)")
            db.conn.execute("INSERT INTO view_version VALUES (?)", [VERSION])
            count = sum(self._fold_stream(db, stream) for stream in self._record.streams())
            db.conn.commit()
        self.touch()
        self.changed = {"all": self.generation}
        return count

    def set_aside(self) -> list[dict[str, str]]:
        """The events that could not be folded, with the reason."""
        return list(self.read().query("SELECT event, kind, reason FROM set_aside ORDER BY event"))

    def digest(self) -> str:
        """A hash over every row of every table, whatever order the rows came in."""
        return digest(self.read())

    def _is_current(self) -> bool:
        if not self._path.exists():
            return False
        with contextlib.suppress(sqlite3.DatabaseError), self._writer() as db:
            return db.conn.execute("SELECT version FROM view_version").fetchone() == (VERSION,)
        return False

    @contextlib.contextmanager
    def _writer(self) -> Iterator[Database]:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute("PRAGMA busy_timeout=10000")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KIB}")
            yield Database(connection)
        finally:
            connection.close()

    def _fold_stream(self, db: Database, stream: Stream) -> int:
        """Fold a stream's new events; each batch and its cursor are one transaction."""
        row = db.conn.execute("SELECT size FROM folded WHERE stream = ?", [stream.id]).fetchone()
        start = done = row[0] if row else 0
        while done < stream.size:
            stop = min(done + BATCH, stream.size)
            with write(db):
                events = list(self._record.events(stream, done, stop))
                _fold_batch(db, events)
                if self._is_county:
                    event_log.note(db, events)
                db.conn.execute("INSERT OR REPLACE INTO folded VALUES (?, ?)", [stream.id, stop])
            done = stop
        return done - start


def _concerns(stream: Stream) -> str:
    """The village that a stream is of, whoever writes it; "all" or "county" for the rest of what the county writes."""
    return stream.origin if len(stream.origin) > COUNTY_DIGITS else stream.audience


@contextlib.contextmanager
def write(db: Database) -> Iterator[Database]:
    """BEGIN IMMEDIATE, unless a transaction is open already; commit, or roll back on an exception."""
    if db.conn.in_transaction:
        yield db
        return
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()


def digest(db: Database) -> str:
    """A hash over every row of every table but the search index's inner ones."""
    total = hashlib.sha256()
    tables = db.query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_%' ORDER BY name"
    )
    for table in [row["name"] for row in tables]:
        total.update(table.encode())
        for row in sorted(repr(tuple(row)) for row in db.conn.execute(f'SELECT * FROM "{table}"')):
            total.update(row.encode())
    for document in search.dump(db):
        total.update(repr(document).encode())
    return total.hexdigest()


def _fold_batch(db: Database, events: list[Event]) -> None:
    """Fold events of one stream; once one of them fails, all again, each under a savepoint of its own.

    A savepoint makes FTS5 write out what it holds: one for every event took half the time of a first sync.
    """
    db.conn.execute("SAVEPOINT batch")
    try:
        for event in events:
            _fold(db, event)
    except Exception:  # noqa: BLE001  whatever one bad event does, the stream behind it must go on
        db.conn.execute("ROLLBACK TO batch")
        for event in events:
            _fold_or_set_aside(db, event)
    db.conn.execute("RELEASE batch")


def _fold(db: Database, event: Event) -> None:
    if fold := FOLDS.get(event.kind):
        fold(db, event)


def _fold_or_set_aside(db: Database, event: Event) -> None:
    db.conn.execute("SAVEPOINT fold")
    try:
        _fold(db, event)
    except Exception as exc:  # noqa: BLE001  as above, and now it is known which one it is
        db.conn.execute("ROLLBACK TO fold")
        reason = f"{type(exc).__name__}: {exc}"
        db.conn.execute("INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?)", [event.id, event.kind, reason])
    db.conn.execute("RELEASE fold")


def _drop_all(db: Database) -> None:
    """Virtual tables first: dropping one takes its shadow tables along."""
    rows = list(
        db.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
        )
    )
    for row in rows:
        db.conn.execute(f'DROP TABLE IF EXISTS "{row["name"]}"')


def _statements(script: str) -> Iterator[str]:
    """executescript would commit the open transaction, so the script is run piece by piece."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
