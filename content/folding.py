"""What folds share: who may say a thing, and rows that come out the same whatever order the streams arrive in."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from sqlite_utils import Database

from content.record.events import Event

Fold = Callable[[Database, Event], None]


def insert(db: Database, table: str, row: dict[str, Any]) -> None:
    """Insert one row. sqlite-utils' own insert asks the schema and opens a savepoint for each row: ten times the cost,
    which is most of the time a first sync takes."""
    db.conn.execute(_insert_sql(table, tuple(row)), tuple(row.values()))


def insert_many(db: Database, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """The same for many rows, which all have the columns of the first in its order."""
    listed = list(rows)
    if listed:
        db.conn.executemany(_insert_sql(table, tuple(listed[0])), [tuple(row.values()) for row in listed])


@functools.cache
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"


def from_county(fold: Fold) -> Fold:
    """Only the county may say this; from a village's stream it is set aside."""

    def checked(db: Database, event: Event) -> None:
        if not event.is_from_county:
            raise PermissionError(f"{event.kind} is the county's to say, not {event.origin}'s")
        fold(db, event)

    return checked


def from_village(fold: Fold) -> Fold:
    """Only a village may say this (of itself: the event's origin is the village)."""

    def checked(db: Database, event: Event) -> None:
        if event.is_from_county:
            raise PermissionError(f"{event.kind} is a village's to say, not the county's")
        fold(db, event)

    return checked


def keep_newest(db: Database, table: str, row: dict[str, Any], *, key: str = "code") -> bool:
    """Insert or replace `row` unless a row from a later place in its writer's order stands there; whether it went in.

    The table has a primary key `key` and a column `event_order` (Event.order).
    """
    held = db.execute(f"SELECT event_order FROM {table} WHERE {key} = ?", [row[key]]).fetchone()
    if held is not None and held[0] >= row["event_order"]:
        return False
    db.table(table).insert(row, pk=key, replace=True)
    return True
