"""The desk's calendar of what is due under the catalogue: what is missing, by when, and a start from last time's."""

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue

from content import disclosure_clock, finances, ledgers, notices
from content.clock import local_date
from content.disclosure_clock import ItemClock
from kiosk import clock_words
from kiosk.desk import continuing, drafts, home, words
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show

# What presses comes first; within one state, what is due first.
ORDER = ("overdue", "due", "published", "waiting_event")


@blueprint.get("/calendar")
def calendar() -> Response:
    """Every item of the catalogue, the most pressing first."""
    clocks = sorted(
        _clocks(), key=lambda one: (ORDER.index(one.state), one.due_on.isoformat() if one.due_on else "~")
    )
    return show(
        "desk/calendar.html",
        back=url_for("desk.home"),
        lines=[(one, clock_words.told(one)) for one in clocks],
        counts={state: sum(one.state == state for one in clocks) for state in ORDER},
        start_address=home.start_address,
        last_address=_last_address,
        words=words,
    )


@blueprint.post("/calendar/<code>/start")
def calendar_start(code: str) -> ResponseReturnValue:
    """A new draft that goes on where the last publication of this item ended; 404 where there is nothing to start from."""
    db, clock = services().node.views.read(), next((one for one in _clocks() if one.item.code == code), None)
    noun, _colon, public_id = (clock.last if clock else "").partition(":")
    if clock and noun == "notice" and (notice := notices.get(db, public_id)):
        return drafts.start("notice", notice.notice.title, continuing.notice(notice, clock.period))
    if noun == "statement" and (statement := finances.get(db, public_id)):
        data = continuing.statement(statement)
        return drafts.start("statement", data["title"], data)
    if noun == "ledger" and (ledger := ledgers.get(db, public_id)):
        data = continuing.ledger(ledger)
        return drafts.start("ledger", data["title"], data)
    abort(404)


def _clocks() -> list[ItemClock]:
    node = services().node
    return disclosure_clock.clock_of(node.views.read(), node.config.code, local_date(node.clock()))


def _last_address(clock: ItemClock) -> str:
    """Where the newest publication of an item stands at the desk, "" for none."""
    kind, _colon, public_id = clock.last.partition(":")
    return url_for("desk.published_one", kind=kind, public_id=public_id) if public_id else ""
