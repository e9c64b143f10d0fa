"""What villagers said, at the console: everything that waits with its clock, complaints to answer, villages to remind."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import (
    codes,
    departments,
    disclosure,
    feedback,
    feedback_handing,
    feedback_routes,
    feedback_states,
    villages,
)
from content.clock import local_date
from content.errors import RecordError, XiangtingError
from content.feedback import Feedback, FeedbackLine
from kiosk import feedback_words
from kiosk.access import HANDLERS
from kiosk.county import lists
from kiosk.county.area import area, covers, may_edit_rules, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.pages import page_number, services, show

log = logging.getLogger(__name__)


@blueprint.get("/county/feedback", endpoint="feedback")
def feedback_list() -> Response:
    """What waits in the account's area, the first due first; with `state=answered` what was answered."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    mine, places = my_villages(db), departments.names(db)
    kept = {
        "area": lists.chosen("village", {village.code for village in mine}) or area(),
        "kind": lists.chosen("kind", feedback_words.KINDS),
        "who": lists.whose((*feedback_words.RECEIVERS, *places)),
        "order": lists.chosen("sort", feedback.ORDERS, "due"),
    }
    waiting = feedback.list_open(db, **kept)
    late = [line for line in waiting if feedback_words.days_late(line, today)]
    state = lists.chosen("state", ("late", "answered"))
    lines: Sequence[FeedbackLine]
    if state == "answered":
        lines, total = feedback.list_answered(db, **kept, number=page_number(), size=lists.SIZE)
        pages = lists.pages_of(total)
    else:
        chosen = late if state == "late" else waiting
        total, (lines, pages) = len(chosen), lists.cut(chosen)
    return show(
        "county/feedback.html",
        fragment="county/_feedback_list.html",
        lines=lines,
        total=total,
        waiting=len(waiting),
        late=len(late),
        state=state,
        pages=pages,
        here=lists.here,
        order=kept["order"],
        today=today,
        grouped=codes.grouped,
        villages=mine,
        places=places,
        may_edit=may_edit_rules(),
        words=feedback_words,
    )


@blueprint.get("/county/feedback/<village>/<no>")
def feedback_one(village: str, no: str) -> Response:
    """One of them: what was said, for those who handle it, and what may be done now."""
    return _page(_find(village, no))


@blueprint.post("/county/feedback/<village>/<no>/<move>")
def feedback_move(village: str, no: str, move: str) -> ResponseReturnValue:
    """Accept it, answer it (the county may for the village too), hand it on, or remind the village."""
    node, found = services().node, _find(village, no)
    if not _is_handler(found):
        abort(403)
    db, by, form = node.views.read(), g.account.name, request.form
    try:
        if move == "accept":
            feedback.accept(node.record, db, village, found.no, by=by)
        elif move == "urge":
            feedback.urge(node.record, db, village, found.no, words=form.get("urge_words", ""), by=by)
        elif move == "hand_on":
            feedback_handing.hand_on(
                node.record,
                db,
                village,
                found.no,
                to=form.get("to", ""),
                reason=form.get("handing_reason", ""),
                by=by,
                village_seal_key=services().seal_key_of(village),
            )
        elif move == "answer":
            _answer(found)
        else:
            abort(404)
    except XiangtingError as exc:
        return _page(found, problem=str(exc), status=422)
    node.views.catch_up()
    services().nudge()
    flash(_("已记下。"), "success")
    return redirect(url_for("county.feedback_one", village=village, no=found.no), code=303)


def _answer(found: Feedback) -> None:
    node, form = services().node, request.form
    is_public = form.get("is_public") == "1"
    if is_public:
        feedback_words.require_publishable(form)
    feedback.answer(
        node.record,
        node.views.read(),
        found.village,
        found.no,
        answer=form.get("answer", ""),
        question=form.get("question", "") if is_public else "",
        category=form.get("category", ""),
        by=g.account.name,
        office_phones=_office_phones(found.village),
    )


def _find(village: str, no: str) -> Feedback:
    """One of a village that this account sees; 404 for an unknown one and for one outside its area."""
    found = feedback.get(services().node.views.read(), village, no) if covers(village) else None
    if found is None:
        abort(404)
    return found


def _is_handler(found: Feedback) -> bool:
    """Whether the account handles this one: what the county answers is read and answered in the county alone, for it may
    be about the township itself."""
    is_countys = found.status.answerer.level == "county"
    return bool(HANDLERS & set(g.account.roles)) and (not is_countys or covers(services().node.config.code))


def _office_phones(code: str) -> frozenset[str]:
    """The village's own public telephones, which an answer may name."""
    village = villages.get(services().node.views.read(), code)
    duty = [person.get("phone", "") for person in village.duty] if village else []
    return frozenset(filter(None, [village.office_phone if village else "", *duty]))


def _opened(found: Feedback) -> Any:
    """What was said, for those who handle it; None for others (an auditor sees dates, not words)."""
    if not _is_handler(found):
        return None
    log.info("feedback %s opened by %s", found.no, g.account.name)
    try:
        return feedback.open_form(found, services().node.keys)
    except RecordError:
        return None


def _page(found: Feedback, *, problem: str = "", status: int = 200) -> Response:
    node = services().node
    db, said = node.views.read(), _opened(found)
    about = found.about or (said.about if said else "")
    is_handler = _is_handler(found)
    is_answered = found.status.state == feedback_states.ANSWERED
    return show(
        "county/feedback_one.html",
        status=status,
        back=url_for("county.feedback"),
        found=found,
        number=codes.grouped(found.no),
        village=villages.get(db, found.village),
        said=said,
        category=found.category or (said.category if said else ""),
        categories=[("", _("不写")), *feedback_words.CATEGORIES[found.kind].items()],
        about=feedback_words.about_of(db, found.village, about),
        answer=feedback.answer_text(found, node.keys) if is_handler or found.is_villages else "",
        may_act=is_handler and not is_answered,
        due_on=feedback_words.due_on(found, db),
        today=local_date(node.clock()).isoformat(),
        item=disclosure.get_item(db, found.item) if found.item else None,
        receivers=feedback_words.receiver_options(
            feedback_routes.receivers(db, found.village),
            found.status.answerer,
            is_secret=found.kind == feedback_states.COMPLAINT,
        ),
        typed=request.form,
        problem=problem,
        words=feedback_words,
    )
