"""Villages and their county: who is who, and how to reach them; enrolment of devices is sync's."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlite_utils import Database

from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE counties (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, portal_url TEXT NOT NULL, seal_key TEXT NOT NULL,
    sms_number TEXT NOT NULL, witness_key TEXT NOT NULL, event_order TEXT NOT NULL
);
CREATE TABLE villages (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, town TEXT NOT NULL, town_code TEXT NOT NULL,
    office_phone TEXT NOT NULL, address TEXT NOT NULL, hours TEXT NOT NULL, duty JSON NOT NULL,
    event_order TEXT NOT NULL
);
CREATE TABLE village_starts (village TEXT PRIMARY KEY, listed_at TEXT NOT NULL);
"""


@dataclass(frozen=True)
class County:
    """The county behind the hub. seal_key: X25519, hex; witness_key: Ed25519 of its cosignatures, hex."""

    code: str
    name: str
    portal_url: str
    seal_key: str
    sms_number: str
    witness_key: str


@dataclass(frozen=True)
class Village:
    """A village as its pages show it. code: 12 digits of the statistics bureau; duty: [{name, post, phone}]."""

    code: str
    name: str
    town: str
    town_code: str
    office_phone: str = ""
    address: str = ""
    hours: str = ""
    duty: list[dict[str, str]] = field(default_factory=list)


def introduce_county(record: Record, county: County, *, by: str) -> str:
    """Tell every village who the county is; the event's id."""
    return record.append("all", NewEvent("county_introduced", msgspec.to_builtins(county), by))[0]


def list_village(record: Record, village: Village, *, by: str) -> str:
    """Add a village to the county's list, or change what is said of it; the event's id."""
    return list_villages(record, [village], by=by)[0]


def list_villages(record: Record, listed: Iterable[Village], *, by: str) -> list[str]:
    """The same for many villages in one commit."""
    return record.append(
        "all", *[NewEvent("village_listed", msgspec.to_builtins(village), by) for village in listed]
    )


def get_county(db: Database) -> County | None:
    """The county, once its introduction has arrived."""
    for row in db.query(
        "SELECT code, name, portal_url, seal_key, sms_number, witness_key FROM counties ORDER BY code LIMIT 1"
    ):
        return County(**row)
    return None


def get(db: Database, code: str) -> Village | None:
    """One village, or None."""
    for row in db.query(f"{_SELECT} WHERE code = :code", {"code": code}):
        return _village(row)
    return None


def all_villages(db: Database) -> list[Village]:
    """Every village of the county, by town and code."""
    return [_village(row) for row in db.query(f"{_SELECT} ORDER BY town_code, code")]


_SELECT = "SELECT code, name, town, town_code, office_phone, address, hours, duty FROM villages"


def _village(row: dict[str, Any]) -> Village:
    return Village(**{**row, "duty": msgspec.json.decode(row["duty"])})


def _fold_county(db: Database, event: Event) -> None:
    county = msgspec.convert(event.body, County)
    if county.code == event.origin:
        keep_newest(db, "counties", {**msgspec.to_builtins(county), "event_order": event.order})


def _fold_village(db: Database, event: Event) -> None:
    village = msgspec.to_builtins(msgspec.convert(event.body, Village))
    village["duty"] = msgspec.json.encode(village["duty"]).decode()
    keep_newest(db, "villages", {**village, "event_order": event.order})
    db.execute(
        """
        INSERT INTO village_starts VALUES (:village, :at)
        ON CONFLICT (village) DO UPDATE SET listed_at = min(listed_at, excluded.listed_at)
        """,
        {"village": village["code"], "at": event.at},
    )


FOLDS = {"county_introduced": from_county(_fold_county), "village_listed": from_county(_fold_village)}
