"""The agent's pages of a subsidy roll: upload a sheet, see what is dropped of it, correct figures, send it to be signed.

The ID numbers become fingerprints while the file is read; neither they nor any other personal column reach the draft.
"""

import re
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import disclosure, drafting, own_payments, publishing, roll_checks, rolls, subsidies
from content.drafts import Draft
from content.errors import IntakeError, RuleError, XiangtingError
from content.intake import excel_wire
from content.intake.findings import Problem
from content.intake.roll import Roll as ReadRoll
from kiosk.desk import drafts, roll_forms, row_doubts, words, work
from kiosk.desk.blueprint import blueprint
from kiosk.pages import page_number, services, show
from kiosk.shipped_names import in_language

ROWS_A_PAGE = 50
SECTION = "subsidy"


@blueprint.get("/rolls/new")
def roll_new() -> Response:
    """The form for the sheet. replaces: a published roll that the new one corrects."""
    return _new_page(request.args)


@blueprint.post("/rolls/new")
def roll_start() -> ResponseReturnValue:
    """Read the sheet and open it as a draft; what cannot be read is said beside the form."""
    form = request.form
    try:
        item = disclosure.get_item(services().node.views.read(), form.get("item", ""))
        if item is None or item.section != SECTION:
            raise RuleError(_("请选择公开事项。"), code="no_item")
        file = request.files.get("file")
        if file is None or not file.filename:
            raise IntakeError(_("请选择表格文件。"), code="empty")
        replaces = _replaced_event(form.get("replaces", ""), form.get("reason", ""))
        work.tell(1, 3, _("正在读表格……"))
        read = excel_wire.roll(file.stream.read(), file.filename)
        work.tell(2, 3, _("正在去掉个人信息、核对数字……"))
    except XiangtingError as exc:
        return _new_page(form, problem=str(exc), status=422)
    data = _data_of(read, item.code, item.publicity_days) | replaces
    return drafts.start("roll", data["title"], data)


@blueprint.get("/rolls/<draft_id>")
def roll(draft_id: str) -> ResponseReturnValue:
    """What was kept of the sheet and what was dropped, with everything that is wrong or doubtful."""
    draft = drafts.own(draft_id)
    if not drafts.may_change(draft):
        return redirect(url_for("desk.review", draft_id=draft_id), code=303)
    return _edit_page(draft)


@blueprint.post("/rolls/<draft_id>")
def roll_save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed; `action` says what else is wanted."""
    draft = drafts.own(draft_id)
    action = request.form.get("action", "")
    data = roll_forms.with_typed(draft.data, request.form)
    overrides = drafts.overrides_of(request.form)
    draft = services().drafts.save(draft.id, title=data["title"], data=data, overrides=overrides)
    if not action:
        return _edit_page(draft)  # htmx saves as one types
    if action == "submit":
        try:
            _refuse_unreadable(draft)
            return drafts.send(draft)
        except XiangtingError as exc:
            return _edit_page(draft, problem=str(exc), status=422)
    page = int(action[5:]) if re.fullmatch(r"page-\d{1,4}", action) else page_number()
    return redirect(url_for("desk.roll", draft_id=draft_id, page=page), code=303)


def shown(draft: Draft) -> dict[str, Any]:
    """What templates need to show a roll as villagers will see it."""
    data = publishing.preview(draft, drafts.office_phones())
    db = services().node.views.read()
    figures, rows = publishing.build_roll(data, draft.author)
    is_totals_only = rolls.hides_people(db, figures)
    return {"data": data, "title": figures.title, "rows": rows, "is_totals_only": is_totals_only}


def problems_of(draft: Draft) -> list[Problem]:
    """Everything wrong or doubtful in the figures as they are now typed, errors first."""
    figures, rows = publishing.build_roll(draft.data, draft.author)
    held = [own_payments.Held(one["seq"], tuple(one["fingerprints"])) for one in draft.data["held"]]
    found = [*roll_forms.unreadable(draft.data["typed"]), *roll_checks.check(figures, rows, held)]
    return sorted(found, key=lambda problem: problem.severity != "error")


def _new_page(given: Any, problem: str = "", status: int = 200) -> Response:
    items = disclosure.list_items(services().node.views.read(), SECTION)
    return show(
        "desk/roll_new.html",
        status=status,
        back=url_for("desk.new"),
        items=[("", _("请选择")), *((item.code, f"{item.code} {in_language(item.name)}") for item in items)],
        item=given.get("item", ""),
        replaces=given.get("replaces", ""),
        reason=given.get("reason", ""),
        problem=problem,
    )


def _edit_page(draft: Draft, problem: str = "", status: int = 200) -> Response:
    typed = draft.data["typed"]
    pages = max(1, -(-len(typed["rows"]) // ROWS_A_PAGE))
    page = min(page_number(), pages)
    first = (page - 1) * ROWS_A_PAGE
    rows = [(number, draft.data["rows"][number], cells) for number, cells in enumerate(typed["rows"])]
    db = services().node.views.read()
    items = disclosure.list_items(db, SECTION)
    problems, doubts = problems_of(draft), publishing.screen(draft, drafts.office_phones())
    return show(
        "desk/roll.html",
        fragment="desk/_roll_checks.html",
        status=status,
        back=url_for("desk.home"),
        draft=draft,
        typed=typed,
        rows=rows[first : first + ROWS_A_PAGE],
        page=page,
        pages=pages,
        items=[(item.code, f"{item.code} {in_language(item.name)}") for item in items],
        programmes=[programme.name for programme in subsidies.list_programmes(db)],
        sum_fen=sum(row["amount_fen"] for row in draft.data["rows"]),
        shown=shown(draft),
        problems=problems,
        doubts=doubts,
        row_doubts=row_doubts.by_row(problems, doubts),
        row_page=lambda number: row_doubts.page_of(number, ROWS_A_PAGE),
        rows_named=row_doubts.rows_named,
        problem=problem,
        words=words,
    )


def with_form(data: dict[str, Any]) -> dict[str, Any]:
    """The data of an imported roll with the texts of its form and the village's issuer."""
    data = {**data, "issuer": data["issuer"] or drafts.committee_name()}
    return {**data, "typed": roll_forms.typed_of(data)}


def _data_of(read: ReadRoll, item: str, objection_days: int) -> dict[str, Any]:
    """The data of a draft from a file; of the personal numbers only fingerprints are in it."""
    node, name = services().node, drafts.village_name()
    title = (
        f"{name}{read.programme or '补贴'}发放公示（{read.batch}）"
        if read.batch
        else f"{name}{read.programme or '补贴'}发放公示"
    )
    data = drafting.roll_data(
        read, node.keys, item=item, title=title, issuer=drafts.committee_name(), objection_days=objection_days
    )
    columns = [column.as_dict() for column in read.columns]
    return {**data, "columns": columns, "typed": roll_forms.typed_of(data)}


def _replaced_event(roll_id: str, reason: str) -> dict[str, str]:
    """ "replaces" and "reason" of a correction, nothing for a first version."""
    if not roll_id:
        return {}
    published = rolls.get_roll(services().node.views.read(), roll_id)
    if published is None or published.village != services().node.config.code:
        raise RuleError(_("没有找到要更正的名册。"), code="not_found")
    if not reason.strip():
        raise RuleError(_("更正要写明原因。"), code="no_reason")
    return {"replaces": published.event, "reason": reason.strip()}


def _refuse_unreadable(draft: Draft) -> None:
    for problem in roll_forms.unreadable(draft.data["typed"]):
        raise RuleError(f"{problem.where}：{problem.detail}", code=problem.code)
