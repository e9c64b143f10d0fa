"""Cases (办件) at the desk: filed for someone from a guide, followed, completed and handed out; handled by the county."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import case_lists, case_states, cases, codes, departments, guides, leads, villages
from content.cases import Case
from content.clock import local_date
from content.errors import RuleError, XiangtingError
from content.guide_fields import Guide
from kiosk import filing, qr
from kiosk.county import case_moves
from kiosk.county.forms import filled
from kiosk.county.words import MOVES
from kiosk.desk import words
from kiosk.desk.blueprint import blueprint
from kiosk.filing import Answers
from kiosk.pages import page_number, services, show
from kiosk.public import printing

LINES_A_PAGE = 20
VILLAGE_MOVES = ("step", "handover", "answer")


@blueprint.get("/cases", endpoint="cases")
def cases_list() -> Response:
    """The village's cases, what somebody has to act on first."""
    node, state, number = services().node, request.args.get("state", ""), page_number()
    page = case_lists.list_cases(
        node.views.read(), village=node.config.code, state=state, number=number, size=LINES_A_PAGE
    )
    return show(
        "desk/cases.html",
        back=url_for("desk.home"),
        leads=len(leads.open_leads(node.views.read(), node.keys, node.config.code)),
        lines=page.lines,
        number=number,
        pages=-(-page.total // LINES_A_PAGE),
        state=state,
        states=[("", _("全部")), *((name, state_words(name)) for name in case_states.STATES)],
        state_words=state_words,
        today=local_date(node.clock()).isoformat(),
        grouped=codes.grouped,
        words=words,
    )


@blueprint.get("/cases/new")
def case_guides() -> Response:
    """The guides to choose from, found by a word."""
    db, asked = services().node.views.read(), request.args.get("words", "").strip()
    today = local_date(services().node.clock())
    found = guides.find_by_topic(db, asked, on=today) if asked else guides.list_guides(db, on=today)
    return show("desk/case_guides.html", back=url_for("desk.cases"), lines=found, asked=asked)


@blueprint.get("/cases/new/<guide_id>")
def case_new(guide_id: str) -> Response:
    """The form for somebody's case."""
    return _form(_guide(guide_id), {}, Answers())


@blueprint.post("/cases/new/<guide_id>")
def case_file(guide_id: str) -> ResponseReturnValue:
    """File it, sealed to the county, and show its number."""
    guide, form = _guide(guide_id), request.form
    read = filing.read_fields(guide, form, request.files)
    read = replace(read, problems=filing.person_problems(guide, form) | read.problems)
    try:
        more = filing.read_materials(guide, form.getlist("materials"), form.get("note", "").strip())
        if read.problems:
            raise RuleError(_("有几处要改，都标在下面了。"), code="fields")
        case_no = filing.file(guide, form, read, channel="desk", by=g.account.name, more=more)
    except XiangtingError as exc:
        return _form(guide, form, read, problem=str(exc), status=422)
    return redirect(url_for("desk.case_receipt", case_no=case_no), code=303)


@blueprint.get("/cases/<case_no>")
def case(case_no: str) -> Response:
    """One case of the village: its state, its story, and what can be done now."""
    return _page(_find(case_no))


@blueprint.get("/cases/<case_no>/receipt")
def case_receipt(case_no: str) -> Response:
    """The number, big and in groups, to be printed and taken home; nothing of the applicant stands on it."""
    found = _find(case_no)
    db = services().node.views.read()
    county = villages.get_county(db)
    number = services().sms_number or (county.sms_number if county else "")
    return show(
        "desk/case_receipt.html",
        back=url_for("desk.case", case_no=found.case_no),
        case=found,
        number=codes.grouped(found.case_no),
        guide=guides.get(db, found.guide_id, version=found.guide_version),
        sms_number=number,
        sms_code=qr.sms_code(number, f"CX {found.case_no}") if number else None,
        slip_token=printing.case_token(found.case_no),
        village=villages.get(db, found.village),
    )


@blueprint.post("/cases/<case_no>/supplement")
def case_supplement(case_no: str) -> ResponseReturnValue:
    """Hand in what the county has asked for, item by item: in words, as a photo, or both."""
    found, node = _find(case_no), services().node
    items = found.status.asked_for
    answers = {item: _handed_in(number) for number, item in enumerate(items)}
    try:
        if not items or not all(answers.values()):
            raise RuleError(
                _("每一项都要写明交了什么，或拍一张照片。补正只能交一次，请一次交齐。"), code="incomplete"
            )
        cases.supplement(
            node.record,
            node.views.read(),
            found.case_no,
            answers,
            county_seal_key=filing.seal_key(),
            by=g.account.name,
            photos=filing.read_photos(items, request.files),
        )
    except XiangtingError as exc:
        typed = {item: request.form.get(f"item-{number}", "") for number, item in enumerate(items)}
        return _page(found, typed=typed, problem=str(exc), status=422)
    _settle()
    flash(_("补正材料已经交给县里。"), "success")
    return redirect(url_for("desk.case", case_no=found.case_no), code=303)


def _handed_in(number: int) -> str:
    """What is said of the item with this number; a photo alone speaks for itself."""
    photo = request.files.get(f"photo-{number}")
    return request.form.get(f"item-{number}", "").strip() or (_("见照片") if photo and photo.filename else "")


@blueprint.post("/cases/<case_no>/move/<move>")
def case_move(case_no: str, move: str) -> ResponseReturnValue:
    """What a village-level department does in a case that is with it, or is asked about."""
    found, node = _find(case_no), services().node
    if move not in VILLAGE_MOVES:
        abort(404)
    try:
        case_moves.make(node.record, node.views.read(), found.case_no, move, request.form, g.account.name)
    except XiangtingError as exc:
        return _page(found, wrong=move, problem=str(exc), status=422)
    _settle()
    flash(_("已记下，县里下次同步时看到。"), "success")
    return redirect(url_for("desk.case", case_no=found.case_no), code=303)


@blueprint.post("/cases/<case_no>/collect")
def case_collect(case_no: str) -> ResponseReturnValue:
    """Note that the applicant has the result in hand."""
    found, node = _find(case_no), services().node
    try:
        cases.collect(node.record, node.views.read(), found.case_no, by=g.account.name)
    except XiangtingError as exc:
        return _page(found, problem=str(exc), status=422)
    _settle()
    flash(_("已登记领取。"), "success")
    return redirect(url_for("desk.case", case_no=found.case_no), code=303)


def state_words(state: str) -> str:
    """What a state of a case is called, in the reader's language; the words are message ids of case_states."""
    return _(case_states.public_words(state))


def _settle() -> None:
    services().node.views.catch_up()
    services().nudge()


def _guide(guide_id: str) -> Guide:
    node = services().node
    guide = guides.in_force(node.views.read(), guide_id, on=local_date(node.clock()))
    if guide is None:
        abort(404)
    return guide


def _find(case_no: str) -> Case:
    node = services().node
    found = cases.get(node.views.read(), case_no)
    if found is None or found.village != node.config.code:
        abort(404)
    return found


def _form(guide: Guide, typed: Any, read: Answers, problem: str = "", status: int = 200) -> Response:
    county = villages.get_county(services().node.views.read())
    return show(
        "desk/case_new.html",
        status=status,
        back=url_for("desk.case_guides"),
        guide=guide,
        needs_id=filing.needs_id(guide),
        typed=typed,
        read=read,
        brought=request.form.getlist("materials"),
        has_county=county is not None,
        no_county=str(filing.NO_COUNTY),
        problem=problem,
    )


def _page(
    found: Case,
    *,
    typed: dict[str, str] | None = None,
    wrong: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    """wrong: the move that was refused, whose form keeps what was typed."""
    node = services().node
    db = node.views.read()
    guide = guides.get(db, found.guide_id, version=found.guide_version)
    is_agent = "agent" in g.account.roles
    return show(
        "desk/case.html",
        status=status,
        back=url_for("desk.cases"),
        case=found,
        number=codes.grouped(found.case_no),
        guide=guide,
        state=state_words(found.state),
        look=words.CASE_LOOKS.get(found.state, "wait"),
        story=_story(found),
        typed=typed or {},
        is_agent=is_agent,
        forms=case_moves.forms_for(node.record, db, found, guide, MOVES) if is_agent else [],
        refill=lambda inputs: filled(inputs, request.form),
        wrong=wrong,
        place=found.status.place.name
        if found.status.place
        else departments.names(db).get(found.department, ""),
        is_overdue=bool(found.status.due_on)
        and date.fromisoformat(found.status.due_on) < local_date(services().node.clock()),
        problem=problem,
    )


def _story(found: Case) -> list[tuple[str, str, str]]:
    """What was done, in order: (stored time, what, the reason given with it)."""
    told = [(found.filed_at, _("提交"), "")]
    for move in found.timeline:
        told.append((move.at, _(case_states.ACTIONS[move.kind].words), getattr(move.body, "reason", "")))
    return told
