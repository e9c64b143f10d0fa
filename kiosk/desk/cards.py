"""The village's own reminders and cards, at the desk: what each is about, its story, and the form to appeal."""

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import supervision, supervision_board
from content.clock import local_date
from content.errors import XiangtingError
from content.supervision import Card
from content.supervision_board import Filter
from content.supervision_cards import Appealed
from kiosk import supervision_words
from kiosk.access import AGENT
from kiosk.desk.blueprint import blueprint
from kiosk.pages import page_number, services, show

LINES_A_PAGE = 20


@blueprint.get("/cards", endpoint="cards")
def card_list() -> Response:
    """Everything that was given to the village, the newest first."""
    node, number = services().node, page_number()
    found = supervision_board.list_cards(node.views.read(), _own(), number=number, size=LINES_A_PAGE)
    return show(
        "desk/cards.html",
        back=url_for("desk.home"),
        found=found,
        number=number,
        pages=-(-found.total // LINES_A_PAGE),
        words=supervision_words,
        today=local_date(node.clock()),
    )


@blueprint.get("/cards/<card>")
def card_one(card: str) -> Response:
    """One of them with its story."""
    return _page(_find(card))


@blueprint.post("/cards/<card>/appeal")
def card_appeal(card: str) -> ResponseReturnValue:
    """Say why the card is not right; the county's auditor decides."""
    node, found = services().node, _find(card)
    reason = request.form.get("reason", "")
    try:
        supervision.appeal(node.record, node.views.read(), found.card, reason=reason, by=g.account.name)
    except XiangtingError as exc:
        return _page(found, problem=str(exc), status=422)
    node.views.catch_up()
    services().nudge()
    flash(_("申诉已提交，下次同步时送到县里，由监察决定。"), "success")
    return redirect(url_for("desk.card_one", card=found.card), code=303)


def _own(*, subject: str = "", case_no: str = "") -> Filter:
    code = services().node.config.code
    return Filter(area=code, is_villages_only=True, subject=subject, case_no=case_no)


def _find(card: str) -> Card:
    """One that was given to this village; a department's is not found."""
    node = services().node
    found = supervision.get(node.views.read(), card)
    if found is None or not found.is_villages or found.village != node.config.code:
        abort(404)
    return found


def _page(found: Card, *, problem: str = "", status: int = 200) -> Response:
    node = services().node
    rows = supervision_board.list_cards(
        node.views.read(), _own(subject=found.subject, case_no=found.case_no), size=100
    ).rows
    may_appeal = bool(AGENT & set(g.account.roles)) and not supervision.why_not(
        node.record, found, Appealed("x")
    )
    return show(
        "desk/card.html",
        status=status,
        back=url_for("desk.cards"),
        found=found,
        line=next(one for one in rows if one.card == found.card),
        may_appeal=may_appeal,
        problem=problem,
        typed=request.form,
        words=supervision_words,
    )
