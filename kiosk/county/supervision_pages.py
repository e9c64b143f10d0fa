"""Supervision (电子监察) at the console: what is late now, the cards with their stories, and what was found in the record."""

from datetime import date
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlite_utils import Database

from content import departments, supervision, supervision_board, supervision_findings, supervision_rules
from content.clock import local_date
from content.codes import grouped
from content.errors import RuleError
from content.supervision import Card
from content.supervision_board import Filter
from content.supervision_cards import COLOURS, STATES, Appealed, Decided, Withdrawn
from content.supervision_findings import KINDS, VERDICTS, Finding
from kiosk import supervision_words
from kiosk.access import HANDLERS
from kiosk.county import clocks, finding_words, lists
from kiosk.county.area import area, covers, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.pages import page_number, services, show

AUDITOR = "auditor"
# What may be done with a card: its name in the address -> who may.
_MAY = {"appeal": HANDLERS, "decide": frozenset({AUDITOR}), "withdraw": frozenset({AUDITOR})}
_SAMPLES = {"appeal": Appealed("x"), "decide": Decided("upheld", "x"), "withdraw": Withdrawn("x")}


@blueprint.get("/county/supervision", endpoint="supervision")
def board() -> Response:
    """What is late now in the account's area, this month's cards by village and department, and what waits for a word."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    month = today.replace(day=1).isoformat()
    now = supervision_board.late_now(db, area(), today, clocks.heat(area()))
    this_month = Filter(area=area(), since=month)
    counts = supervision_board.count_cards(db, this_month)
    return show(
        "county/supervision.html",
        fragment="county/_late_table.html",
        now=now,
        **_late_list(db, today, now.cases),
        colours={colour: _standing(counts, colour) for colour in COLOURS},
        appeals=supervision_board.list_cards(db, Filter(area=area(), state="appealed"), size=1).total,
        told=supervision_board.list_cards(
            db, Filter(area=area(), told=_told(), state="issued", since=month), size=1
        ).total,
        findings=supervision_findings.list_for(db, area=area(), size=1)[1],
        by_village=supervision_board.tally_villages(db, this_month),
        by_department=supervision_board.tally_departments(db, this_month),
        rule_set=supervision_rules.in_force(db, today),
        month=month,
        today=today,
        words=supervision_words,
    )


def _late_list(db: Database, today: date, whole: int) -> dict[str, Any]:
    """The late cases as the query wants them. whole: how many the account's area has in all, counted already."""
    mine, every = my_villages(db), departments.all_departments(db)
    place = lists.chosen("village", {village.code for village in mine}) or area()
    kept = {
        "basis": lists.chosen("basis", supervision_board.LATE_BASES),
        "department": lists.chosen("department", {one.code for one in every}),
    }
    is_whole = place == area() and not any(kept.values())
    total = whole if is_whole else supervision_board.count_late(db, place, today, **kept)
    order = lists.chosen("sort", supervision_board.LATE_ORDERS, "due")
    late = supervision_board.late_cases(
        db, place, today, **kept, order=order, number=page_number(), size=lists.SIZE
    )
    return {
        "late": late,
        "total": total,
        "pages": lists.pages_of(total),
        "here": lists.here,
        "order": order,
        "villages": mine,
        "bases": [(basis, supervision_words.CLOCKS[basis]) for basis in supervision_board.LATE_BASES],
        "department_pairs": [(one.code, one.name) for one in every],
    }


@blueprint.get("/county/supervision/cards", endpoint="supervision_cards")
def card_list() -> Response:
    """The reminders and cards of the account's area, filtered and sorted by the query."""
    node = services().node
    db = node.views.read()
    mine, every = my_villages(db), departments.all_departments(db)
    order = lists.chosen("sort", supervision_board.ORDERS, "newest")
    chosen = Filter(
        area=area(),
        colour=lists.chosen("colour", (*COLOURS, "all"), "cards").replace("all", ""),
        state=lists.chosen("state", STATES),
        basis=lists.chosen("basis", supervision_words.CLOCKS),
        village=lists.chosen("village", {village.code for village in mine}),
        department=lists.chosen("department", {one.code for one in every}),
        told=_told() if request.args.get("mine") == "1" else (),
        since=request.args.get("since", "")[:10],
    )
    found = supervision_board.list_cards(db, chosen, order=order, number=page_number(), size=lists.SIZE)
    return show(
        "county/supervision_cards.html",
        fragment="county/_card_table.html",
        back=url_for("county.supervision"),
        found=found,
        pages=lists.pages_of(found.total),
        villages=mine,
        departments=every,
        department_pairs=[(one.code, one.name) for one in every],
        here=lists.here,
        order=order,
        words=supervision_words,
        today=local_date(node.clock()),
    )


@blueprint.get("/county/supervision/cards/<card>")
def supervision_card(card: str) -> Response:
    """One card: why it was given, its story, and what may be done now."""
    return _show_card(_find_card(card))


@blueprint.post("/county/supervision/cards/<card>/<move>")
def supervision_card_move(card: str, move: str) -> ResponseReturnValue:
    """Appeal for the one who was carded; as the auditor decide on an appeal, or take the card back."""
    wired, found = services(), _find_card(card)
    if not _MAY.get(move, frozenset()) & set(g.account.roles):
        abort(403)
    record, db, by = wired.node.record, wired.node.views.read(), g.account.name
    reason = request.form.get("reason", "")
    try:
        if move == "appeal":
            supervision.appeal(record, db, found.card, reason=reason, by=by)
        elif move == "withdraw":
            supervision.withdraw(record, db, found.card, reason=reason, by=by)
        else:
            _decide(found, reason)
    except RuleError as exc:
        return _show_card(found, wrong=move, problem=str(exc), status=422)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已记下。"), "success")
    return redirect(url_for("county.supervision_card", card=found.card), code=303)


@blueprint.get("/county/supervision/findings", endpoint="supervision_findings")
def finding_list() -> Response:
    """What looks odd in the record; with `state=reviewed` what somebody has looked at."""
    return _show_findings()


@blueprint.post("/county/supervision/findings/<finding>")
def supervision_finding_review(finding: str) -> ResponseReturnValue:
    """Say in a word what a finding is."""
    wired = services()
    db = wired.node.views.read()
    found = supervision_findings.get(db, finding)
    if found is None or not covers(found.village):
        abort(404)
    verdict = next((one for one in VERDICTS if one == request.form.get("verdict")), None)
    said = request.form.get("words", "").strip()
    if verdict is None or not said:
        return _show_findings(wrong=found, problem=_("请选一个结论，并写一句是怎么核对的。"), status=422)
    supervision_findings.review(
        wired.node.record, db, finding, verdict=verdict, words=said[:500], by=g.account.name
    )
    wired.node.views.catch_up()
    flash(_("已记下核对结果。"), "success")
    return redirect(url_for("county.supervision_findings"), code=303)


def _standing(counts: dict[tuple[str, str], int], colour: str) -> int:
    """How many of a colour were given and not taken back."""
    return sum(count for (one, state), count in counts.items() if one == colour and state != "withdrawn")


def _told() -> tuple[str, ...]:
    """As whom the rules tell this account: a handler also stands for the department that was carded."""
    roles = set(g.account.roles)
    return tuple(roles & set(supervision_rules.WHO)) + (("holder",) if roles & HANDLERS else ())


def _find_card(card: str) -> Card:
    """A card of a village that this account sees; 404 for an unknown one and for one outside its area."""
    found = supervision.get(services().node.views.read(), card)
    if found is None or not covers(found.village):
        abort(404)
    return found


def _decide(found: Card, reason: str) -> None:
    outcome = request.form.get("outcome", "")
    if outcome not in ("upheld", "withdrawn"):
        raise RuleError(_("请选维持还是撤销。"), code="no_outcome")
    node = services().node
    supervision.decide(
        node.record,
        node.views.read(),
        found.card,
        outcome="withdrawn" if outcome == "withdrawn" else "upheld",
        reason=reason,
        by=g.account.name,
    )


def _show_card(found: Card, *, wrong: str = "", problem: str = "", status: int = 200) -> Response:
    node = services().node
    db = node.views.read()
    row = supervision_board.list_cards(
        db, Filter(area=found.village, subject=found.subject, case_no=found.case_no), size=100
    ).rows
    moves = [
        move
        for move, roles in _MAY.items()
        if roles & set(g.account.roles) and not supervision.why_not(node.record, found, _SAMPLES[move])
    ]
    return show(
        "county/supervision_card.html",
        status=status,
        back=url_for("county.supervision_cards"),
        found=found,
        line=next(one for one in row if one.card == found.card),
        others=[one for one in row if one.card != found.card],
        moves=moves,
        wrong=wrong,
        problem=problem,
        typed=request.form,
        words=supervision_words,
        today=local_date(node.clock()),
    )


def _show_findings(*, wrong: Finding | None = None, problem: str = "", status: int = 200) -> Response:
    db = services().node.views.read()
    is_open, mine = lists.chosen("state", ("reviewed",)) == "", my_villages(db)
    found, total = supervision_findings.list_for(
        db,
        area=lists.chosen("village", {village.code for village in mine}) or area(),
        kind=lists.chosen("kind", KINDS),
        is_open=is_open,
        order=lists.chosen("sort", finding_words.SORTS, "newest"),
        number=page_number(),
        size=lists.SIZE,
    )
    values: dict[str, Any] = {"wrong": wrong.finding if wrong else "", "problem": problem}
    return show(
        "county/supervision_findings.html",
        fragment="county/_finding_table.html",
        status=status,
        back=url_for("county.supervision"),
        found=found,
        total=total,
        is_open=is_open,
        pages=lists.pages_of(total),
        villages=mine,
        may_review=AUDITOR in g.account.roles,
        typed=request.form,
        words=finding_words,
        grouped=grouped,
        **values,
    )
