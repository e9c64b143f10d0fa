"""What villagers asked and objected to, at the desk: the clocks of their answers, and the form to answer; complaints never come here."""

from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import codes, feedback, feedback_handing, feedback_routes
from content.clock import local_date
from content.errors import RecordError, XiangtingError
from content.feedback import Feedback
from kiosk import feedback_words
from kiosk.desk import drafts
from kiosk.desk.blueprint import blueprint
from kiosk.pages import page_number, services, show

LINES_A_PAGE = 20


@blueprint.get("/feedback", endpoint="feedback")
def feedback_list() -> Response:
    """What waits, the first due first, and below it what was answered."""
    node, number = services().node, page_number()
    db, here = node.views.read(), node.config.code
    answered, total = feedback.list_answered(db, area=here, who="village", number=number, size=LINES_A_PAGE)
    return show(
        "desk/feedback.html",
        back=url_for("desk.home"),
        waiting=feedback.list_open(db, area=here, who="village"),
        answered=answered,
        number=number,
        pages=-(-total // LINES_A_PAGE),
        today=local_date(node.clock()),
        grouped=codes.grouped,
        words=feedback_words,
    )


@blueprint.get("/feedback/<no>")
def feedback_one(no: str) -> Response:
    """One of them with what was said and the form to answer it."""
    return _page(_find(no))


@blueprint.post("/feedback/<no>/accept")
def feedback_accept(no: str) -> ResponseReturnValue:
    """Say that it was read and will be answered."""
    node, found = services().node, _find(no)
    try:
        feedback.accept(node.record, node.views.read(), found.village, found.no, by=g.account.name)
    except XiangtingError as exc:
        return _page(found, problem=str(exc), status=422)
    return _done(found, _("已受理。请在期限前答复。"))


@blueprint.post("/feedback/<no>/answer")
def feedback_answer(no: str) -> ResponseReturnValue:
    """Answer it, and publish the answer if that was ticked; what must not go out is named beside the form."""
    node, found, form = services().node, _find(no), request.form
    is_public = form.get("is_public") == "1"
    try:
        if is_public:
            feedback_words.require_publishable(form)
        feedback.answer(
            node.record,
            node.views.read(),
            found.village,
            found.no,
            answer=form.get("answer", ""),
            question=form.get("question", "") if is_public else "",
            by=g.account.name,
            office_phones=drafts.office_phones(),
        )
    except XiangtingError as exc:
        return _page(found, problem=str(exc), status=422)
    return _done(found, _("已答复。本人凭编号可以看到。"))


@blueprint.post("/feedback/<no>/hand-on")
def feedback_hand_on(no: str) -> ResponseReturnValue:
    """Say, with a reason, that the township or a department of the county must answer it."""
    node, found, form = services().node, _find(no), request.form
    try:
        feedback_handing.hand_on(
            node.record,
            node.views.read(),
            found.village,
            found.no,
            to=form.get("to", ""),
            reason=form.get("handing_reason", ""),
            by=g.account.name,
        )
    except XiangtingError as exc:
        return _page(found, problem=str(exc), status=422)
    return _done(found, _("已转办，期限照旧算。"))


def _find(no: str) -> Feedback:
    """One that is or was the village's to answer; a complaint is not found, whatever is typed."""
    node = services().node
    found = feedback.get(node.views.read(), node.config.code, no)
    if found is None or not (found.is_villages or found.is_known_to_village):
        abort(404)
    return found


def _done(found: Feedback, words: str) -> ResponseReturnValue:
    services().node.views.catch_up()
    services().nudge()
    flash(words, "success")
    return redirect(url_for("desk.feedback_one", no=found.no), code=303)


def _page(found: Feedback, *, problem: str = "", status: int = 200) -> Response:
    node = services().node
    try:
        said: Any = feedback.open_form(found, node.keys)
    except RecordError:
        said = None
    return show(
        "desk/feedback_one.html",
        status=status,
        back=url_for("desk.feedback"),
        found=found,
        number=codes.grouped(found.no),
        said=said,
        about=feedback_words.about_of(node.views.read(), found.village, found.about),
        answer=feedback.answer_text(found, node.keys),
        due_on=feedback_words.due_on(found, node.views.read()),
        today=local_date(node.clock()).isoformat(),
        typed=request.form,
        problem=problem,
        receivers=feedback_words.receiver_options(
            feedback_routes.receivers(node.views.read(), found.village),
            found.status.answerer,
            is_secret=False,
        ),
        words=feedback_words,
    )
