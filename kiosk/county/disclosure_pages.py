"""The disclosure clock of the whole area: villages by catalogue item as a heat table, the worst first, each cell in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Response

from content import disclosure
from content.disclosure_clock import ItemClock
from content.villages import Village
from kiosk import clock_words
from kiosk.county import clocks, lists, words
from kiosk.county.area import area, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.county.catalogue_pages import SECTIONS
from kiosk.pages import services, show


@dataclass(frozen=True)
class Row:
    """A village with its items. overdue: how many are; worst: the most days that one is."""

    village: Village
    items: Sequence[ItemClock]
    overdue: int
    worst: int


@dataclass(frozen=True)
class TownSum:
    """A township: its villages, how many owe something, how many items in all, and the most days."""

    code: str
    name: str
    villages: int
    late_villages: int
    overdue: int
    worst: int


SORTS: dict[str, Callable[[Row], Any]] = {
    "overdue": lambda row: (-row.overdue, -row.worst, row.village.code),
    "worst": lambda row: (-row.worst, -row.overdue, row.village.code),
    "village": lambda row: row.village.code,
}


@blueprint.get("/county/disclosure", endpoint="disclosure")
def disclosure_heat() -> Response:
    """The towns at a glance, then the villages, of one town or one section if the query says so, the worst first."""
    db = services().node.views.read()
    section = lists.chosen("section", SECTIONS)
    items = disclosure.list_items(db, section or None)
    codes = {item.code for item in items}
    heat = clocks.heat(area())
    rows = [
        _row(village, [one for one in heat.get(village.code, ()) if one.item.code in codes])
        for village in my_villages(db)
    ]
    towns = sorted(_towns(rows), key=lambda town: (-town.overdue, town.code))
    town = lists.chosen("town", {one.code for one in towns})
    wanted = [row for row in rows if town in ("", row.village.town_code)]
    order = lists.chosen("sort", SORTS, "overdue")
    wanted.sort(key=SORTS[order])
    shown, pages = lists.cut(wanted)
    return show(
        "county/disclosure.html",
        fragment="county/_disclosure_table.html",
        items=items,
        rows=shown,
        towns=towns,
        town_pairs=[(one.code, one.name) for one in sorted(towns, key=lambda one: one.code)],
        total=len(wanted),
        late=sum(row.overdue > 0 for row in wanted),
        pages=pages,
        here=lists.here,
        order=order,
        told=clock_words.teller(),
        groups=[(SECTIONS[code], len(list(group))) for code, group in groupby(one.section for one in items)],
        looks=clock_words.LOOKS,
        sections=SECTIONS,
        words=words,
    )


def _row(village: Village, items: Sequence[ItemClock]) -> Row:
    days = [one.days_overdue for one in items if one.state == "overdue"]
    return Row(village, items, len(days), max(days, default=0))


def _towns(rows: Sequence[Row]) -> list[TownSum]:
    groups = groupby(rows, key=lambda row: (row.village.town_code, row.village.town))
    return [_town_sum(code, name, list(members)) for (code, name), members in groups]


def _town_sum(code: str, name: str, members: Sequence[Row]) -> TownSum:
    return TownSum(
        code=code,
        name=name,
        villages=len(members),
        late_villages=sum(row.overdue > 0 for row in members),
        overdue=sum(row.overdue for row in members),
        worst=max(row.worst for row in members),
    )
