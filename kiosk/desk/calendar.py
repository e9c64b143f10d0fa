"""The desk's calendar of what is due under the catalogue: what is missing, by when, and a start from last time's."""

from dataclasses import replace
from typing import Any

import msgspec
from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue

from content import disclosure_clock, notices, periods
from content.clock import local_date
from content.disclosure_clock import ItemClock
from content.intake import document as documents
from content.notices import PublishedNotice
from kiosk import clock_words
from kiosk.desk import drafts, home, words
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
    """A new draft with last time's text and pictures and the period that is missing; 404 where there is nothing to start from."""
    clock = next((one for one in _clocks() if one.item.code == code), None)
    noun, _colon, public_id = (clock.last if clock else "").partition(":")
    last = notices.get(services().node.views.read(), public_id) if noun == "notice" else None
    if clock is None or last is None:
        abort(404)
    return drafts.start("notice", last.notice.title, _continued(last, clock.period))


def _clocks() -> list[ItemClock]:
    node = services().node
    return disclosure_clock.clock_of(node.views.read(), node.config.code, local_date(node.clock()))


def _continued(last: PublishedNotice, period: str) -> dict[str, Any]:
    """The data of a draft that says for another period what this notice said for the last."""
    notice, named = last.notice, periods.read(period)
    document = replace(documents.from_dict(notice.document), hidden_text=(), problems=())
    return {
        "item": notice.item,
        "document": document.as_dict(with_hidden=True),
        "issuer": notice.issuer,
        "period": named.words if named else "",
        "legal_basis": notice.legal_basis,
        "objection_days": notice.objection_days,
        "images": msgspec.to_builtins(notice.images),
        "is_looked_at": False,
    }


def _last_address(clock: ItemClock) -> str:
    """Where the newest publication of an item stands at the desk, "" for none."""
    kind, _colon, public_id = clock.last.partition(":")
    return url_for("desk.published_one", kind=kind, public_id=public_id) if public_id else ""
