"""What folds share: who may say a thing, and rows that come out the same whatever order the streams arrive in."""

from collections.abc import Callable
from typing import Any

from sqlite_utils import Database

from content.record.events import Event

Fold = Callable[[Database, Event], None]


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
