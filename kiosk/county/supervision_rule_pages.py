"""The rules of supervision at the console: what is in force, the two practices that ship, an editor with a preview; answer limits."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import feedback_limits, supervision, supervision_rules, villages
from content.clock import local_date
from content.errors import RuleError
from content.feedback_limits import MATTERS, MatterLimits
from content.supervision_cards import COLOURS
from content.supervision_rules import CLOCKS, WHO, RuleSet
from kiosk import supervision_words
from kiosk.access import EDITORS
from kiosk.county import forms
from kiosk.county import supervision_rule_form as rule_form
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show

PREVIEW_ROWS = 12
MATTER_WORDS = {
    "consultation": lazy_gettext("咨询"),
    "complaint": lazy_gettext("投诉"),
    "suggestion": lazy_gettext("建议"),
    "objection": lazy_gettext("异议"),
    "finance_objection": lazy_gettext("对账目的异议"),
}
SUSPICION_WORDS = {
    "back_minutes": lazy_gettext("比前一条早多少分钟算时间倒退"),
    "burst_moves": lazy_gettext("连着办多少步"),
    "burst_seconds": lazy_gettext("在多少秒之内，算一口气办完"),
    "rush_minutes": lazy_gettext("提交到决定少于多少分钟"),
    "staff_moves": lazy_gettext("一个账号一分钟录入多少条算太多"),
    "night_from": lazy_gettext("休息日深夜从几点起"),
    "night_to": lazy_gettext("休息日深夜到几点止"),
    "future_minutes": lazy_gettext("比县里的时间晚多少分钟算在将来"),
}


@blueprint.get("/county/supervision/rules", endpoint="supervision_rules")
def rule_sets() -> Response:
    """The set in force, those that are to come and those that were, what ships with the program, and the answer limits."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    return show(
        "county/supervision_rules.html",
        back=url_for("county.supervision"),
        current=supervision_rules.in_force(db, today),
        sets=supervision_rules.all_sets(db),
        shipped=supervision_rules.shipped(),
        limits=feedback_limits.get_limits(db).in_force(today),
        matters=MATTER_WORDS,
        may_edit=bool(EDITORS & set(g.account.roles)),
        words=supervision_words,
        today=today,
    )


@blueprint.get("/county/supervision/rules/edit")
def supervision_rules_edit() -> Response:
    """The editor, begun from a set: `from` is the day of one of the county's own, or the id of one that ships."""
    begun = _begun_from(request.args.get("from", ""))
    typed = Form({"name": begun.name, "source": begun.source, "in_force_from": _today().isoformat()})
    typed.update({f"suspicion_{name}": str(value) for name, value in asdict(begun.suspicion).items()})
    return _show_editor(begun, typed, rule_form.rows_of(begun.rules))


@blueprint.post("/county/supervision/rules/edit")
def supervision_rules_save() -> ResponseReturnValue:
    """Show what the set would give now (`preview`), or take it up."""
    wired, form = services(), request.form
    begun, rows = _begun_from(request.args.get("from", "")), rule_form.rows_typed(form)
    try:
        rule_set = rule_form.set_typed(form, rows, begun.id)
        if form.get("action") == "preview":
            return _show_editor(begun, form, rows, preview=_preview(rule_set))
        supervision_rules.set_rules(wired.node.record, rule_set, by=g.account.name)
    except RuleError as exc:
        return _show_editor(begun, form, rows, problem=exc)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("规则已记下，从 %(day)s 起执行。", day=rule_set.in_force_from), "success")
    return redirect(url_for("county.supervision_rules"), code=303)


@blueprint.get("/county/supervision/answer-limits")
def supervision_limits() -> Response:
    """The form for the days in which villagers are answered."""
    held = feedback_limits.get_limits(services().node.views.read()).in_force(_today())
    typed = Form({"in_force_from": _today().isoformat()})
    for line in held:
        typed[f"accept_{line.matter}"], typed[f"answer_{line.matter}"] = str(line.accept), str(line.answer)
        typed[f"from_{line.matter}"] = "1" if line.is_from_acceptance else ""
        typed[f"source_{line.matter}"] = line.source
    return _show_limits(typed)


@blueprint.post("/county/supervision/answer-limits")
def supervision_limits_save() -> ResponseReturnValue:
    """Take up the limits from a day on."""
    wired, form = services(), request.form
    try:
        forms.require(_limit_inputs(), form)
        limits = [
            MatterLimits(
                matter,
                forms.number(form, f"accept_{matter}"),
                forms.number(form, f"answer_{matter}"),
                form.get(f"from_{matter}") == "1",
                forms.text(form, f"source_{matter}"),
            )
            for matter in MATTERS
        ]
        day = _day(form)
        feedback_limits.set_limits(wired.node.record, day, limits, by=g.account.name)
    except RuleError as exc:
        return _show_limits(form, exc)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("答复期限已记下，从 %(day)s 起执行。", day=day.isoformat()), "success")
    return redirect(url_for("county.supervision_rules"), code=303)


def _today() -> date:
    return local_date(services().node.clock())


def _begun_from(named: str) -> RuleSet:
    """The set with this day or id; without a name the one in force, else the first that ships."""
    db = services().node.views.read()
    shipped = supervision_rules.shipped()
    if not named:
        return supervision_rules.in_force(db, _today()) or shipped[0]
    for rule_set in (*supervision_rules.all_sets(db), *shipped):
        if named in (rule_set.in_force_from, rule_set.id):
            return rule_set
    abort(404)


def _preview(rule_set: RuleSet) -> dict[str, Any]:
    """What would be given in the whole county at this moment if the set were in force: counts, and the first few."""
    node = services().node
    db, now = node.views.read(), node.clock()
    begun_on = supervision_rules.begun_on(db) or local_date(now)
    due = supervision.due_now(db, rule_set, min(begun_on, local_date(now)), now)
    given = [one.event.body for one in due if one.event.kind == "card_issued"]
    counts = Counter(body["colour"] for body in given)
    names = {village.code: village.name for village in villages.all_villages(db)}
    return {
        "counts": [(colour, counts[colour]) for colour in COLOURS],
        "rows": sorted(given, key=lambda body: body["due_on"])[:PREVIEW_ROWS],
        "total": len(given),
        "names": names,
    }


def _show_editor(
    begun: RuleSet,
    typed: Form,
    rows: list[rule_form.Row],
    *,
    preview: dict[str, Any] | None = None,
    problem: RuleError | None = None,
) -> Response:
    names = {row.id: row.name for row in rows if not row.is_blank}
    return show(
        "county/supervision_rules_edit.html",
        status=422 if problem else 200,
        back=url_for("county.supervision_rules"),
        begun=begun,
        typed=typed,
        rows=rows,
        names=names,
        clocks=CLOCKS,
        who=WHO,
        suspicion=[
            (name, word, typed.get(f"suspicion_{name}", "")) for name, word in SUSPICION_WORDS.items()
        ],
        preview=preview,
        problem=str(problem) if problem else "",
        words=supervision_words,
    )


def _limit_inputs() -> tuple[Input, ...]:
    fields: list[Input] = []
    for matter, word in MATTER_WORDS.items():
        fields += [
            Input(f"accept_{matter}", _("%(matter)s：几个工作日内受理", matter=word), type="number"),
            Input(f"answer_{matter}", _("%(matter)s：几天内答复", matter=word), type="number"),
            Input(f"source_{matter}", _("%(matter)s：依据", matter=word)),
            Input(
                f"from_{matter}",
                _("%(matter)s的答复从受理起按工作日算（不勾：从提出之日起按自然日算）", matter=word),
                type="check",
                is_required=False,
            ),
        ]
    return (*fields, Input("in_force_from", _("从哪一天起执行"), type="date"))


def _show_limits(typed: Form, problem: RuleError | None = None) -> Response:
    return show(
        "county/form.html",
        status=422 if problem else 200,
        back=url_for("county.supervision_rules"),
        heading=_("答复期限"),
        inputs=forms.filled(_limit_inputs(), typed),
        problem=problem,
        submit=_("从这天起执行"),
    )


def _day(form: Form) -> date:
    try:
        return date.fromisoformat(forms.text(form, "in_force_from"))
    except ValueError as exc:
        raise forms.wrong("in_force_from", _("日期请写成 2026-11-20 这样。")) from exc
