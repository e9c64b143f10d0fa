"""The county's catalogue of what must be published (公开目录) and, per village and item, when it is due."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlite_utils import Database

from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE catalogue (
    code TEXT PRIMARY KEY, section TEXT NOT NULL, name TEXT NOT NULL, item JSON NOT NULL, event_order TEXT NOT NULL
);
"""

SECTIONS = {"党务": "party", "村务": "village", "财务": "finance", "惠农": "subsidy"}


@dataclass(frozen=True)
class CatalogueItem:
    """One item of the catalogue (公开事项), dated data that the county edits.

    section: "party" | "village" | "finance" | "subsidy"; frequency and also: long-term, yearly, quarterly, monthly,
    on-event, on-change, per-batch; due_kind: "day_of_month" (due_value of due_anchor), "days" or "working_days" after
    due_anchor; publicity_days: objection window (公示期), 0 for none; audience: the words of the rule.
    """

    code: str
    section: str
    name: str
    frequency: str
    due_kind: str
    due_value: int
    due_anchor: str
    legal_basis: str
    audience: str
    source_url: str
    also: str = ""
    publicity_days: int = 0
    is_sensitive: bool = False
    privacy_note: str = ""
    required_fields: tuple[str, ...] = ()


def set_item(record: Record, items: Iterable[CatalogueItem], *, by: str) -> list[str]:
    """Add items to the catalogue, or change them; the event ids."""
    return record.append(
        "all", *[NewEvent("catalogue_item_set", msgspec.to_builtins(item), by) for item in items]
    )


def read_catalogue(path: Path) -> list[CatalogueItem]:
    """The items in a CSV file with the columns of content/data/catalogue.csv. ValueError names a bad row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_item(row) for row in csv.DictReader(file)]


def get_item(db: Database, code: str) -> CatalogueItem | None:
    """One item by its code ("F2"), or None."""
    row = db.execute("SELECT item FROM catalogue WHERE code = ?", [code]).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=CatalogueItem)


def list_items(db: Database, section: str | None = None) -> list[CatalogueItem]:
    """The catalogue in its order, all of it or one section."""
    rows = db.execute(
        "SELECT item FROM catalogue WHERE :section IS NULL OR section = :section"
        " ORDER BY instr('PVFS', substr(code, 1, 1)), CAST(substr(code, 2) AS INTEGER)",
        {"section": section},
    )
    return [msgspec.json.decode(row[0], type=CatalogueItem) for row in rows]


def _item(row: dict[str, str]) -> CatalogueItem:
    try:
        return CatalogueItem(
            code=row["code"],
            section=SECTIONS[row["section"]],
            name=row["name"],
            frequency=row["frequency"],
            due_kind=row["due_kind"],
            due_value=int(row["due_value"]),
            due_anchor=row["due_anchor"],
            legal_basis=row["legal_basis"],
            audience=row["audience"],
            source_url=row["source_url"],
            also=row["also"],
            publicity_days=int(row["publicity_days"] or 0),
            is_sensitive=row["sensitive"] == "yes",
            privacy_note=row["privacy_note"],
            required_fields=tuple(row["required_fields"].split("|")),
        )
    except (KeyError, ValueError) as exc:
        raise ValueError(f"公开目录的这一行读不懂：{row.get('code') or row}") from exc


def _fold_item(db: Database, event: Event) -> None:
    item = msgspec.convert(event.body, CatalogueItem)
    row = {
        "code": item.code,
        "section": item.section,
        "name": item.name,
        "item": msgspec.json.encode(item).decode(),
        "event_order": event.order,
    }
    keep_newest(db, "catalogue", row)


FOLDS = {"catalogue_item_set": from_county(_fold_item)}
