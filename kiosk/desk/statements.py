"""The agent's pages of a finance statement: upload a sheet, correct its entries in place, send it when it balances."""

from dataclasses import replace
from typing import Any

import msgspec
from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import account_charts, drafting, finances, publishing, statements, vote_limits
from content.drafts import Draft
from content.errors import IntakeError, RuleError, XiangtingError
from content.intake import excel_wire
from content.intake.findings import Problem
from content.intake.statement import CashTable
from content.intake.statement import Statement as ReadStatement
from kiosk.desk import (
    account_mapping,
    drafts,
    entry_photos,
    ledgers,
    row_doubts,
    statement_forms,
    words,
    work,
)
from kiosk.desk.blueprint import blueprint
from kiosk.pages import page_number, services, show

ROWS_A_PAGE = 40
_KEPT_WITH_ANOTHER_TABLE: tuple[str, ...] = ("tables", "sheet_rows", "problems", "replaces", "reason")


@blueprint.get("/statements/new")
def statement_new() -> Response:
    """The form for the sheet. replaces: a published statement that the new one corrects."""
    return _new_page()


@blueprint.post("/statements/new")
def statement_start() -> ResponseReturnValue:
    """Read the sheet and open it as a draft, or as several; what cannot be read is said beside the form."""
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise IntakeError(_("请选择表格文件。"), code="empty")
        work.tell(1, 3, _("正在读表格……"))
        read = excel_wire.statement(file.stream.read(), file.filename)
        work.tell(2, 3, _("正在核对数字……"))
        made = _made_of(read)
        if not made:
            raise IntakeError(_("表里只有表头，没有内容。请看看是不是选错了文件。"), code="empty")
    except XiangtingError as exc:
        return _new_page(problem=str(exc), status=422)
    return drafts.start_all(made)


@blueprint.get("/statements/<draft_id>")
def statement(draft_id: str) -> ResponseReturnValue:
    """The entries as they were understood, beside the sheet, with everything that is wrong or doubtful."""
    draft = drafts.own(draft_id)
    if not drafts.may_change(draft):
        return redirect(url_for("desk.review", draft_id=draft_id), code=303)
    return _edit_page(draft)


@blueprint.post("/statements/<draft_id>")
def statement_save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed; `action` says what else is wanted."""
    draft = drafts.own(draft_id)
    action = request.form.get("action", "")
    try:
        draft = services().drafts.change(
            draft.id,
            lambda data: statement_forms.with_typed(data, request.form),
            overrides=drafts.overrides_of(request.form),
        )
    except ValueError as exc:
        raise RuleError(
            _("这份账在另一个窗口里加减过行，这一页旧了。请打开新的一页再改。"), code="changed_elsewhere"
        ) from exc
    if not action:
        return _edit_page(draft)  # htmx saves as one types
    try:
        draft = _act(draft, action)
        if action == "submit":
            _refuse_unreadable(draft)
            _refuse_repeated(draft, is_checked="vouchers_checked" in request.form)
            entry_photos.refuse_unlooked(draft, is_checked="photos_checked" in request.form)
            return drafts.send(draft)
    except XiangtingError as exc:
        return _edit_page(draft, problem=str(exc), status=422)
    return redirect(_address_after(draft, action), code=303)


def shown(draft: Draft) -> dict[str, Any]:
    """What templates need to show a statement as villagers will see it."""
    data = publishing.preview(draft, drafts.office_phones())
    return {"data": data, "title": data["title"]}


def problems_of(draft: Draft) -> list[Problem]:
    """Everything wrong or doubtful in the figures as they are now typed, errors first."""
    db, village = services().node.views.read(), services().node.config.code
    figures, entries = publishing.build_statement(draft.data, draft.author)
    limit = vote_limits.in_force(db, figures.period_end)
    previous = finances.latest(db, village, ledger=figures.ledger, before=figures.period_start)
    found = [
        *statement_forms.unreadable(draft.data["typed"]),
        *statements.check(
            figures,
            entries,
            previous=previous.statement if previous else None,
            accounts=account_charts.known_accounts(db, figures.period_end),
            vote_limit_fen=limit.amount_fen if limit else None,
        ),
    ]
    return sorted(found, key=lambda problem: problem.severity != "error")


def _new_page(problem: str = "", status: int = 200) -> Response:
    return show("desk/statement_new.html", status=status, back=url_for("desk.new"), problem=problem)


def _edit_page(draft: Draft, problem: str = "", status: int = 200) -> Response:
    rows = draft.data["typed"]["rows"]
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(page_number(), pages)
    first = (page - 1) * ROWS_A_PAGE
    problems, doubts = problems_of(draft), publishing.screen(draft, drafts.office_phones())
    computed = draft.data["opening_fen"] + draft.data["income_fen"] - draft.data["expense_fen"]
    return show(
        "desk/statement.html",
        fragment="desk/_statement_checks.html",
        status=status,
        back=url_for("desk.home"),
        draft=draft,
        typed=draft.data["typed"],
        rows=list(enumerate(rows))[first : first + ROWS_A_PAGE],
        sheet=draft.data.get("sheet_rows", []),
        page=page,
        pages=pages,
        computed_fen=computed,
        difference_fen=draft.data["closing_fen"] - computed,
        problems=problems,
        has_repeated=any(one.code == "duplicate_voucher" for one in problems),
        photos=entry_photos.count(draft),
        table_names=_table_names(draft),
        doubts=doubts,
        row_doubts=row_doubts.by_row(problems, doubts),
        row_page=lambda number: row_doubts.page_of(number, ROWS_A_PAGE),
        rows_named=row_doubts.rows_named,
        mapping=account_mapping.offered(draft.data),
        problem=problem,
        words=words,
    )


def with_form(data: dict[str, Any]) -> dict[str, Any]:
    """The data of an imported statement with the texts of its form, the village's issuer and the names it knows."""
    data = {**data, "issuer": data["issuer"] or drafts.cooperative_name()}
    typed = statement_forms.typed_of(data)
    typed["rows"] = account_mapping.with_known(typed["rows"], data["period_end"])
    return statement_forms.with_figures({**data, "typed": typed})


def _made_of(read: ReadStatement) -> list[tuple[str, dict[str, Any]]]:
    """The drafts in a file, each as (kind, data): the cash account, and every ledger that stands beside it."""
    made = [
        ("ledger", data) for data in ledgers.data_from(read, drafts.village_name(), drafts.cooperative_name())
    ]
    if not read.tables:
        return made
    data = _data_of(read)
    if len(read.tables) > 1:
        data["tables"] = msgspec.to_builtins(read.tables)
    return [("statement", data), *made]


def _data_of(read: ReadStatement) -> dict[str, Any]:
    """The data of a draft from a file, with the texts of its form and the sheet beside it."""
    data = drafting.statement_data(
        read, title=_title(drafts.village_name(), read), issuer=drafts.cooperative_name()
    )
    typed = statement_forms.typed_of(data, [entry.row for entry in read.entries])
    typed["rows"] = account_mapping.with_known(typed["rows"], data["period_end"])
    sheet_rows = statement_forms.sheet_of(read.sheet_rows)
    return statement_forms.with_figures({**data, "typed": typed, "sheet_rows": sheet_rows})


def _title(village: str, read: ReadStatement) -> str:
    if read.period is None:
        return f"{village}财务收支公开"
    start, end = read.period.start, read.period.end
    same_month = (start.year, start.month) == (end.year, end.month)
    span = f"{start.month}月" if same_month else f"{start.month}至{end.month}月"
    return f"{village}{start.year}年{span}财务收支公开"


def _table_names(draft: Draft) -> list[str]:
    tables = msgspec.convert(draft.data.get("tables", []), list[CashTable])
    return [statement_forms.table_name(table) for table in tables]


def _act(draft: Draft, action: str) -> Draft:
    """The draft after a button was pressed."""
    change, (name, _dash, number) = services().drafts.change, action.partition("-")
    if action == "add_row":
        return change(draft.id, statement_forms.with_row)
    if name == "remove" and number.isdecimal():
        return change(draft.id, lambda data: statement_forms.without_row(data, int(number)))
    if action == "map_accounts":
        return account_mapping.learn(draft.id, request.form)
    if name == "table" and number.isdecimal():
        return change(draft.id, lambda data: _with_table(data, int(number)))
    return draft


def _with_table(data: dict[str, Any], number: int) -> dict[str, Any]:
    """The data with one table of the file instead of all of them."""
    tables = msgspec.convert(data.get("tables", []), tuple[CashTable, ...])
    if number >= len(tables):
        return data
    chosen = tables[number]
    read = ReadStatement(
        file="",
        kind="cashbook",
        village=None,
        period=chosen.period,
        unit_in_file="元",
        problems=(),
        tables=(chosen,),
    )
    kept = {name: data[name] for name in _KEPT_WITH_ANOTHER_TABLE if name in data}
    return {**_data_of(replace(read, sheet_rows=data.get("sheet_rows", []))), **kept}


def _refuse_unreadable(draft: Draft) -> None:
    for problem in statement_forms.unreadable(draft.data["typed"]):
        raise RuleError(f"{problem.where}：{problem.detail}", code=problem.code)


def _refuse_repeated(draft: Draft, *, is_checked: bool) -> None:
    """One voucher may stand for several entries, or be a number written twice: somebody has to look and say."""
    repeated = [problem for problem in problems_of(draft) if problem.code == "duplicate_voucher"]
    if repeated and not is_checked:
        details = "；".join(f"{problem.where}：{problem.detail}" for problem in repeated)
        raise RuleError(
            _("%(details)s 写错了请改；确实是同一张凭证，请勾选“凭证号核对过了”再送。", details=details),
            code="duplicate_voucher",
        )


def _address_after(draft: Draft, action: str) -> str:
    page = page_number()
    anchor = ""
    if action == "add_row":
        page, anchor = -(-len(draft.data["typed"]["rows"]) // ROWS_A_PAGE), "rows-end"
    elif action.startswith("page-") and action[5:].isdecimal():
        page = int(action[5:])
    return url_for("desk.statement", draft_id=draft.id, page=page, _anchor=anchor or None)
