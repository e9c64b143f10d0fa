"""Which questions, complaints, suggestions and objections go to whom (意见分流): a county-edited list, read when one is filed.

What is about a guide goes to the department that the guide names; the rest by kind and subject. Handing one on later is
feedback_handing.py's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from sqlite_utils import Database

from content import departments, guides
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
Routes = dict[
    str, Annotated[str, msgspec.Meta(max_length=20)]
]  # one of SUBJECTS -> a level or a department's code


def get_routes(db: Database) -> Routes:
    """The county's own routes; a subject that is not in it goes its usual way."""
    row = db.execute("SELECT routes FROM feedback_routes").fetchone()
    return msgspec.json.decode(row[0], type=Routes) if row else {}


def set_routes(record: Record, db: Database, routes: Mapping[str, str], *, by: str) -> str:
    """Say anew where each subject goes, for what is filed from now on; the event's id. "" is the usual way.

    RuleError, its code the subject, for a subject or a receiver that does not exist, and for complaints to a village.
    """
    for subject, to in routes.items():
        if subject not in SUBJECTS or (to and to not in LEVELS and departments.get(db, to) is None):
            raise RuleError("没有这一类意见，或没有这个部门。", code=subject)
        if _is_villages(db, to) and subject.startswith(f"{COMPLAINT}/"):
            raise RuleError("投诉不能转给村里，请转给乡镇或县里的部门。", code=subject)
    kept = {subject: to for subject, to in sorted(routes.items()) if to}
    return record.append("all", NewEvent("feedback_routes_set", {"routes": kept}, by))[0]


def answerer_of(db: Database, village: str, kind: str, category: str, about: str, *, on: date) -> Answerer:
    """Who is to answer something that is filed in this village on a day; a department only where it serves the village."""
    noun, _colon, code = about.partition(":")
    guide = guides.in_force(db, code, on=on) if noun == "guide" and kind != COMPLAINT else None
    if guide and (named := _department(db, guide.department, village)):
        return named
    to = get_routes(db).get(f"{kind}/{'' if kind == COMPLAINT else category}", "")
    if to in LEVELS:
        return msgspec.convert({"level": to}, Answerer)
    return _department(db, to, village) or default_answerer(kind)


def receivers(db: Database, village: str) -> dict[str, Answerer]:
    """Whom something of this village may be handed on to: each level, and the departments above the village, by code."""
    levels = {level: msgspec.convert({"level": level}, Answerer) for level in LEVELS}
    serving = (one for one in departments.serving(db, village) if one.level != "village")
    return {**levels, **{one.code: Answerer(one.level, one.code, one.name) for one in serving}}


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
