"""Cases at the console: the list, one case, and the moves that staff make in it."""

import logging
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import case_deadlines, case_photos, casework, departments, guides, villages
from content.calendar import get_calendar
from content.case_states import FILED
from content.cases import Case
from content.clock import local_date
from content.codes import grouped
from content.errors import RuleError
from kiosk.access import HANDLERS
from kiosk.county import case_moves, case_story, lists, words
from kiosk.county.area import area, find_case, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.county.certificate_pages import of_case
from kiosk.county.forms import filled
from kiosk.files import SHOWN
from kiosk.pages import page_number, services, show
from kiosk.public import certificates

log = logging.getLogger(__name__)


@blueprint.get("/county/cases")
def cases() -> Response:
    """The cases of the account's area, filtered and sorted by the query."""
    node = services().node
    db = node.views.read()
    mine, places = my_villages(db), departments.names(db)
    found = casework.list_for(
        db,
        area=area(),
        today=local_date(node.clock()),
        village=lists.chosen("village", {village.code for village in mine}),
        state=lists.chosen("state", words.STATES),
        due=lists.chosen("due", words.DUES),
        department=lists.whose(places),
        order=lists.chosen("sort", casework.ORDERS, "due"),
        number=page_number(),
        size=lists.SIZE,
    )
    return show(
        "county/cases.html",
        fragment="county/_case_table.html",
        found=found,
        pages=lists.pages_of(found.total),
        villages=mine,
        places=places,
        words=words,
        grouped=grouped,
        here=lists.here,
        order=lists.chosen("sort", casework.ORDERS, "due"),
        today=local_date(node.clock()).isoformat(),
    )


@blueprint.get("/county/cases/<case_no>")
def case(case_no: str) -> Response:
    """One case: the applicant, the story, and what may be done now."""
    return _show(find_case(services().node.views.read(), case_no))


@blueprint.get("/county/cases/<case_no>/photos/<sha256>")
def case_photo(case_no: str, sha256: str) -> Response:
    """A photo of the form, opened for whoever handles the case; it is kept sealed and stored by nobody on the way."""
    node = services().node
    found = find_case(node.views.read(), case_no)
    file = next((one for one in found.all_photos if one.sha256 == sha256), None)
    if file is None:
        abort(404)
    photo = case_photos.open_photo(node.blobs, file, node.keys)
    log.info("photo of case %s opened by %s", found.case_no, g.account.name)
    shown = photo.media_type if photo.media_type in SHOWN else "application/octet-stream"
    return Response(photo.data, mimetype=shown, headers={"Cache-Control": "no-store"})


@blueprint.post("/county/cases/<case_no>/<move>")
def case_move(case_no: str, move: str) -> ResponseReturnValue:
    """Make a move; when it may not be made, the case again with the reason beside the form."""
    wired = services()
    db = wired.node.views.read()
    found = find_case(db, case_no)
    if not case_moves.is_move(move):
        abort(404)
    try:
        case_moves.make(wired.node.record, db, found.case_no, move, request.form, g.account.name)
    except RuleError as exc:
        return _show(found, wrong=move, problem=str(exc), status=422)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已记下，会通知申请人。"), "success")
    return redirect(url_for("county.case", case_no=found.case_no), code=303)


def _answer_by(found: Case) -> str:
    """The last day to accept, refuse or ask for more; "" once somebody has."""
    if found.state != FILED:
        return ""
    since = case_deadlines.waits_since(found.filed_on, found.status)
    return case_deadlines.answer_by(since, get_calendar(services().node.views.read())).day.isoformat()


def _show(found: Case, *, wrong: str = "", problem: str = "", status: int = 200) -> Response:
    """wrong: the move that was refused, whose form keeps what was typed."""
    node = services().node
    guide = guides.get(node.views.read(), found.guide_id, version=found.guide_version)
    forms: list[Any] = []
    if HANDLERS & set(g.account.roles):
        forms = case_moves.forms_for(node.record, node.views.read(), found, guide, words.MOVES)
    return show(
        "county/case.html",
        status=status,
        back=url_for("county.cases"),
        case=found,
        number=grouped(found.case_no),
        grouped=grouped,
        village=villages.get(node.views.read(), found.village),
        guide=guide,
        opened=case_story.open_sealed(found, node.blobs, node.keys, g.account),
        moments=case_story.moments(found),
        irregular=case_story.irregular(found),
        answer_by=_answer_by(found),
        awaited=case_story.awaited(found),
        forms=forms,
        wrong=wrong,
        problem=problem,
        issued=of_case(found),
        revoke_reasons=certificates.REASONS,
        refill=lambda inputs: filled(inputs, request.form),
        places=departments.names(node.views.read()),
        is_shown_beside=any(form.name == wrong for form in forms),
        words=words,
        today=local_date(node.clock()).isoformat(),
    )
