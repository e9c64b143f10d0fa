"""Ratings at the console: the whole distribution, the bad ones with their clocks, and what may be done about each."""

from datetime import date, timedelta
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import calendar, cases, codes, rating_states, ratings, villages
from content.clock import local_date
from content.errors import RuleError, XiangtingError
from content.rating_states import Rules
from content.ratings import Tally, Task
from content.scopes import Scope
from kiosk.access import HANDLERS
from kiosk.charts import Bar, bar_chart, counted
from kiosk.county import forms, lists, rating_forms
from kiosk.county.area import area, covers, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import page_number, services, show
from kiosk.public.words import SCORES as SCORE_WORDS

STATES = {
    "open": lazy_gettext("等待回访"),
    "contacted": lazy_gettext("已回访，等待整改"),
    "appealed": lazy_gettext("申诉中"),
    "upheld": lazy_gettext("申诉不成立，继续整改"),
    "fixed": lazy_gettext("已整改"),
    "excluded": lazy_gettext("不计入评价"),
}
LOOKS = {
    "open": "alarm",
    "contacted": "warn",
    "appealed": "wait",
    "upheld": "warn",
    "fixed": "ok",
    "excluded": "",
}
SCORE_LOOKS = {5: "village", 4: "village", 3: "finance", 2: "subsidy", 1: "alarm"}
DAYS_SHOWN = 92
LATE = "late"  # beside the states: what is past its day


@blueprint.get("/county/ratings", endpoint="ratings")
def rating_list() -> Response:
    """Three months of ratings at every level with the unrated, and the bad ones of the account's area."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    scope = Scope(today - timedelta(days=DAYS_SHOWN), today, area())
    mine, state = my_villages(db), lists.chosen("state", (*STATES, LATE))
    found = ratings.list_tasks(
        db,
        area=lists.chosen("village", {village.code for village in mine}) or area(),
        today=today,
        state=state.replace(LATE, ""),
        is_late=state == LATE,
        order=lists.chosen("sort", ratings.ORDERS, "due"),
        number=page_number(),
        size=lists.SIZE,
    )
    whole = ratings.tally(db, scope)
    return show(
        "county/ratings.html",
        fragment="county/_rating_table.html",
        found=found,
        pages=lists.pages_of(found.total),
        here=lists.here,
        order=lists.chosen("sort", ratings.ORDERS, "due"),
        villages=mine,
        states=STATES,
        looks=LOOKS,
        counts=ratings.count_by_state(db, area=area(), today=today),
        late=ratings.count_late(db, area=area(), today=today),
        whole=whole,
        chart=distribution(whole),
        good=ratings.tags(db, scope, is_bad=False),
        bad=ratings.tags(db, scope, is_bad=True),
        score_words=SCORE_WORDS,
        grouped=codes.grouped,
        today=today,
    )


def distribution(whole: Tally) -> Any:
    """All five levels, and those who did not rate: six bars, never a percentage."""
    bars = [Bar(str(SCORE_WORDS[s]), whole.counts.get(s, 0), SCORE_LOOKS[s]) for s in ratings.SCORES]
    bars.append(Bar(_("没有评价"), whole.unrated))
    return bar_chart(bars, chart_id="ratings", title=_("好差评"), unit=_("件"), written=counted)


@blueprint.get("/county/ratings/<village>/<case_no>", endpoint="rating")
def rating_one(village: str, case_no: str) -> Response:
    """One bad rating: what was said, what was done about it by whom, and what may be done now."""
    return _page(_find(village, case_no))


@blueprint.post("/county/ratings/<village>/<case_no>/<move>", endpoint="rating_move")
def rating_move(village: str, case_no: str, move: str) -> ResponseReturnValue:
    """Contact, fix, appeal or decide; what may not be done comes back with the reason beside the form."""
    node, found = services().node, _find(village, case_no)
    if move not in rating_forms.MOVES:
        abort(404)
    try:
        rating_forms.make(node.record, node.views.read(), found, move, request.form, by=g.account.name)
    except XiangtingError as exc:
        return _page(found, wrong=move, problem=str(exc), status=422)
    node.views.catch_up()
    services().nudge()
    flash(_("已记下。"), "success")
    return redirect(url_for("county.rating", village=village, case_no=case_no), code=303)


@blueprint.get("/county/ratings/rules", endpoint="rating_rules")
def rules_form() -> Response:
    """The days that run now, to be changed from a day on."""
    node = services().node
    now = ratings.rules_on(node.views.read(), local_date(node.clock()))
    return _rules_page(_rule_inputs(now, local_date(node.clock())))


@blueprint.post("/county/ratings/rules", endpoint="rating_rules_save")
def rules_save() -> ResponseReturnValue:
    """Set them from a day on."""
    node, form = services().node, request.form
    inputs = _rule_inputs(rating_states.PROPOSED, local_date(node.clock()))
    try:
        forms.require(inputs, form)
        ratings.set_rules(node.record, _rules_of(form), by=g.account.name)
    except RuleError as exc:
        return _rules_page(forms.filled(inputs, form), problem=exc)
    node.views.catch_up()
    services().nudge()
    flash(_("已保存，从 %(day)s 起照新的天数算。", day=form["valid_from"]), "success")
    return redirect(url_for("county.ratings"), code=303)


def _rules_page(inputs: list[Input], *, problem: RuleError | None = None) -> Response:
    return show(
        "county/form.html",
        back=url_for("county.ratings"),
        heading=_("差评办理的天数"),
        inputs=inputs,
        submit=_("保存"),
        problem=problem,
        status=422 if problem else 200,
    )


def _rule_inputs(now: Rules, today: date) -> list[Input]:
    return [
        Input("valid_from", _("从哪天起"), type="date", value=(today + timedelta(days=1)).isoformat()),
        Input("contact_days", _("几个工作日内回访"), _("从评价的第二天算起。"), value=str(now.contact_days)),
        Input("fix_days", _("几个工作日内整改"), _("从评价的第二天算起。"), value=str(now.fix_days)),
        Input(
            "invite_after_days",
            _("办结几天后没评的发短信请评"),
            _("一到六天；每件只请一次。"),
            value=str(now.invite_after_days),
        ),
        Input("basis", _("依据"), _("哪个文件定的。"), value=now.basis),
    ]


def _rules_of(form: Form) -> Rules:
    return Rules(
        valid_from=forms.text(form, "valid_from"),
        contact_days=forms.number(form, "contact_days"),
        fix_days=forms.number(form, "fix_days"),
        invite_after_days=forms.number(form, "invite_after_days"),
        basis=forms.text(form, "basis"),
    )


def _find(village: str, case_no: str) -> Task:
    """A bad rating of a village that this account sees; 404 for an unknown one and for one outside its area."""
    node = services().node
    if not covers(village):
        abort(404)
    found = ratings.get(node.views.read(), village, case_no, today=local_date(node.clock()))
    if found is None:
        abort(404)
    return found


def _page(found: Task, *, wrong: str = "", problem: str = "", status: int = 200) -> Response:
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    case = cases.get(db, found.case_no)
    task = ratings.status_of(db, found.village, found.case_no)
    is_handler = bool(HANDLERS & set(g.account.roles))
    rules = ratings.rules_on(db, today)
    return show(
        "county/rating.html",
        status=status,
        back=url_for("county.ratings"),
        found=found,
        number=codes.grouped(found.case_no),
        village=villages.get(db, found.village),
        said=case.status.rating if case else None,
        task=task,
        moments=rating_forms.moments(task),
        forms=rating_forms.forms_for(task, g.account.name) if is_handler else [],
        wrong=wrong,
        problem=problem,
        typed=request.form,
        score_words=SCORE_WORDS,
        states=STATES,
        looks=LOOKS,
        rules=rules,
        fix_by=rating_states.due_on(
            rating_states.Status("contacted", "x"),
            date.fromisoformat(found.rated_on),
            rules,
            calendar.get_calendar(db),
        ),
        today=today,
    )
