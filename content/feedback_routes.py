"""Which questions, complaints, suggestions and objections go to whom (意见分流): a county-edited list, read when one is filed.

What is about a guide goes to the department that the guide names. The rest goes the most exact way that the county has set:
by the item of the catalogue it is about, then by kind and subject, then as feedback_states.py has it. Handing one on later
is feedback_handing.py's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from sqlite_utils import Database

from content import departments, disclosure, feedback_items, guides
from content.errors import RuleError
from content.feedback_states import CATEGORIES, COMPLAINT, Answerer, default_answerer
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE feedback_routes (id TEXT PRIMARY KEY, routes JSON NOT NULL, event_order TEXT NOT NULL);
"""
LEVELS: tuple[str, ...] = ("village", "township", "county")
# A complaint's subject is sealed, so that there is one route for all of them.
SUBJECTS = tuple(
    f"{kind}/{category}"
    for kind, categories in CATEGORIES.items()
    for category in (("",) if kind == COMPLAINT else categories)
)
# One of SUBJECTS, or `of_item` of a kind and an item -> a level or a department's code.
Routes = dict[str, Annotated[str, msgspec.Meta(max_length=20)]]


def of_item(kind: str, item: str) -> str:
    """What a route for what is said of one item of the catalogue is called: "objection@F2"."""
    return f"{kind}@{item}"


def items_of(routes: Mapping[str, str]) -> list[tuple[str, str]]:
    """(kind, item) of the routes for one item each, by item."""
    pairs = [(kind, item) for kind, at, item in (name.partition("@") for name in routes) if at]
    return sorted(pairs, key=lambda pair: (pair[1], pair[0]))


def get_routes(db: Database) -> Routes:
    """The county's own routes; a subject that is not in it goes its usual way."""
    row = db.execute("SELECT routes FROM feedback_routes").fetchone()
    return msgspec.json.decode(row[0], type=Routes) if row else {}


def set_routes(record: Record, db: Database, routes: Mapping[str, str], *, by: str) -> str:
    """Say anew where each subject goes, for what is filed from now on; the event's id. "" is the usual way.

    RuleError, its code the subject, for a subject, an item or a receiver that does not exist, and for complaints to a
    village.
    """
    for subject, to in routes.items():
        if not _is_subject(db, subject) or (to and to not in LEVELS and departments.get(db, to) is None):
            raise RuleError("没有这一类意见，或没有这个部门。", code=subject)
        if _is_villages(db, to) and subject.startswith(f"{COMPLAINT}/"):
            raise RuleError("投诉不能转给村里，请转给乡镇或县里的部门。", code=subject)
    kept = {subject: to for subject, to in sorted(routes.items()) if to}
    return record.append("all", NewEvent("feedback_routes_set", {"routes": kept}, by))[0]


def answerer_of(
    db: Database, village: str, kind: str, category: str, about: str, *, on: date, item: str = ""
) -> Answerer:
    """Who is to answer something that is filed in this village on a day; a department only where it serves the village.

    item: of the catalogue that it is about (feedback_items.py), "" for none.
    """
    noun, _colon, code = about.partition(":")
    guide = guides.in_force(db, code, on=on) if noun == "guide" and kind != COMPLAINT else None
    if guide and (named := _department(db, guide.department, village)):
        return named
    routes = get_routes(db)
    for way in (of_item(kind, item), f"{kind}/{'' if kind == COMPLAINT else category}"):
        if found := _receiver(db, routes.get(way, ""), village):
            return found
    return default_answerer(kind)


def receivers(db: Database, village: str) -> dict[str, Answerer]:
    """Whom something of this village may be handed on to: each level, and the departments above the village, by code."""
    levels = {level: msgspec.convert({"level": level}, Answerer) for level in LEVELS}
    serving = (one for one in departments.serving(db, village) if one.level != "village")
    return {**levels, **{one.code: Answerer(one.level, one.code, one.name) for one in serving}}


def _receiver(db: Database, to: str, village: str) -> Answerer | None:
    """None for no route, and for a department that does not serve the village (any more): the next best way is taken."""
    return msgspec.convert({"level": to}, Answerer) if to in LEVELS else _department(db, to, village)


def _is_subject(db: Database, name: str) -> bool:
    kind, at, item = name.partition("@")
    if at:
        return kind in feedback_items.KINDS and disclosure.get_item(db, item) is not None
    return name in SUBJECTS


def _department(db: Database, code: str, village: str) -> Answerer | None:
    found = departments.get(db, code) if code else None
    if found is None or found.level == "village" or not found.serves(village):
        return None
    return Answerer(found.level, found.code, found.name)


def _is_villages(db: Database, to: str) -> bool:
    found = departments.get(db, to) if to not in LEVELS else None
    return to == "village" or bool(found and found.level == "village")


def _fold_set(db: Database, event: Event) -> None:
    routes = msgspec.convert(event.body["routes"], Routes)
    row = {"id": "all", "routes": msgspec.json.encode(routes).decode(), "event_order": event.order}
    keep_newest(db, "feedback_routes", row, key="id")


FOLDS = {"feedback_routes_set": from_county(_fold_set)}
