"""The record as an auditor reads it: who said what kind of thing when, by village, kind, account, word and day."""

from datetime import date

from flask import Response, request

from content import event_log
from kiosk.county import lists, words
from kiosk.county.area import area, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.pages import local_time, page_number, services, show

SIZE = 30


@blueprint.get("/county/audit")
def audit() -> Response:
    """The events of the account's area, newest first or oldest first, without what they say."""
    node = services().node
    mine = my_villages(node.views.read())
    names = {village.code: village.name for village in mine} | {node.config.code: node.config.name}
    since, since_typed = _day("since")
    until, until_typed = _day("until")
    order = lists.chosen("sort", ("oldest",), "newest")
    by, asked = request.args.get("by", "").strip(), request.args.get("q", "").strip()
    found = event_log.find(
        node.views.read(),
        area=area(),
        by=by,
        text=asked,
        place=lists.chosen("village", {village.code for village in mine}),
        kind=lists.chosen("kind", words.KINDS),
        since=since,
        until=until,
        is_oldest_first=order == "oldest",
        number=page_number(),
        size=SIZE,
    )
    pages = lists.pages_on(is_empty=not found.lines, has_more=found.has_more)
    return show(
        "county/audit.html",
        fragment="county/_audit_table.html",
        lines=[(line, _when(line.at)) for line in found.lines],
        pages=pages,
        here=lists.here,
        order=order,
        villages=mine,
        by=by,
        asked=asked,
        names=names,
        since=since_typed,
        until=until_typed,
        is_date_wrong=(since is None and since_typed != "") or (until is None and until_typed != ""),
        words=words,
    )


def _day(name: str) -> tuple[date | None, str]:
    """A day of the query, None for none or nonsense, with what was typed."""
    typed = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(typed), typed
    except ValueError:
        return None, typed


def _when(at: str) -> str:
    """The claimed time in words; one that cannot be read as it stands, for that is what an auditor looks for."""
    try:
        return local_time(at)
    except ValueError:
        return at
