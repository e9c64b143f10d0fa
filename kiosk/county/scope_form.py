"""Which figures a page is asked for: place, department, item and months out of the query, never more than may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import request
from flask_babel import gettext as _
from sqlite_utils import Database

from content import departments, statistics
from content.scopes import Scope
from content.villages import Village
from kiosk.county import lists
from kiosk.pages import asked_here

MAX_MONTHS = 24
USUAL_MONTHS = 12


@dataclass(frozen=True)
class Asked:
    """What the query asks for, and what it may choose from. since, until: months "2026-10"; place_name: of the scope."""

    scope: Scope
    since: str
    until: str
    place_name: str
    villages: Sequence[Village]
    towns: Sequence[tuple[str, str]]
    departments: Sequence[tuple[str, str]]
    items: Sequence[tuple[str, str]]
    months: Sequence[tuple[str, str]]

    @property
    def level(self) -> str:
        """ "village", "town" or "county": how large the place is."""
        return {12: "village", 9: "town"}.get(len(self.scope.area), "county")


def read(db: Database, seen: Sequence[Village], *, area: str, whole_name: str, today: date) -> Asked:
    """The query of this request. seen: the villages that may be seen, by town; area: the digits they share ("-": none);
    whole_name: what all of them together are called."""
    towns = [town for town, _members in groupby(seen, key=lambda one: (one.town_code, one.town))]
    village = lists.chosen("village", {one.code for one in seen})
    town = lists.chosen("town", {code for code, _name in towns})
    first, last, since, until = _span(today)
    named = departments.names(db)
    items = sorted(statistics.names_of(db, "item").items(), key=lambda pair: pair[1])
    scope = Scope(
        first,
        last,
        area=village or town or area,
        department=lists.chosen("department", named),
        item=lists.chosen("item", {item for item, _name in items}),
    )
    names = {one.code: f"{one.town} {one.name}" for one in seen} | dict(towns)
    return Asked(
        scope=scope,
        since=since,
        until=until,
        place_name=names.get(scope.area, whole_name),
        villages=[one for one in seen if town in ("", one.town_code)],
        towns=towns,
        departments=sorted(named.items(), key=lambda pair: pair[1]),
        items=items,
        months=[(month, month_name(month)) for month in _offered(today)],
    )


def month_name(month: str) -> str:
    """ "2026-10" as "2026年10月"."""
    year, number = month.split("-")
    return _("%(year)s年%(month)s月", year=year, month=int(number))


def span_name(asked: Asked) -> str:
    """The months of a table in words."""
    if asked.since == asked.until:
        return month_name(asked.since)
    return _("%(since)s至%(until)s", since=month_name(asked.since), until=month_name(asked.until))


def query_of() -> dict[str, str]:
    """The same question as the query of another address."""
    return asked_here("page", "kind", "table")


def _offered(today: date) -> list[str]:
    """The months that can be chosen, the newest first."""
    now = today.year * 12 + today.month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(now, now - MAX_MONTHS, -1)]


def _span(today: date) -> tuple[date, date, str, str]:
    """First and last day, first and last month: what was asked for, put in order and cut to MAX_MONTHS."""
    offered = _offered(today)
    until = _month("until", offered[0], offered)
    since = _month("since", offered[min(offered.index(until) + USUAL_MONTHS, MAX_MONTHS) - 1], offered)
    since, until = min(since, until), max(since, until)
    end = date.fromisoformat(f"{until}-28") + timedelta(days=4)
    return date.fromisoformat(f"{since}-01"), min(end.replace(day=1) - timedelta(days=1), today), since, until


def _month(name: str, otherwise: str, offered: Sequence[str]) -> str:
    asked = request.args.get(name, "")
    return asked if asked in offered else otherwise
