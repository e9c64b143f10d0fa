"""The agent's pages of a ledger: its rows beside the sheet they were read from, corrected in place, sent when sound."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import drafting, ledger_checks, ledger_rows, publishing
from content.clock import local_date
from content.drafts import Draft
from content.errors import RuleError, XiangtingError
from content.intake.findings import Problem
from content.intake.statement import Statement as ReadStatement
from kiosk import ledger_tables, ledger_words
from kiosk.desk import drafts, ledger_forms, row_doubts, statement_forms, words
from kiosk.desk.blueprint import blueprint
from kiosk.pages import page_number, services, show

ROWS_A_PAGE = 40


def data_from(read: ReadStatement, village: str, issuer: str) -> list[dict[str, Any]]:
    """The data of a draft for each ledger in a file, with the texts of its form and the sheet beside it."""
    today = local_date(services().node.clock())
    sheet = statement_forms.sheet_of(read.sheet_rows)
    made = []
    for kind in drafting.ledger_kinds(read):
        data = drafting.ledger_data(read, kind, title=_title(village, read, kind), issuer=issuer, today=today)
        made.append(with_form({**data, "sheet_rows": sheet}))
    return made


def with_form(data: dict[str, Any]) -> dict[str, Any]:
    """The data with the texts of its form; one that was imported gets the village's issuer."""
    data = {**data, "issuer": data["issuer"] or drafts.cooperative_name()}
    typed = ledger_forms.typed_of(data, data.get("sheet_rows", []))
    return ledger_forms.with_figures({**data, "typed": typed})


@blueprint.get("/ledgers/<draft_id>")
def ledger(draft_id: str) -> ResponseReturnValue:
    """The rows as they were understood, beside the sheet, with everything that is wrong or doubtful."""
    draft = drafts.own(draft_id)
    if not drafts.may_change(draft):
        return redirect(url_for("desk.review", draft_id=draft_id), code=303)
    return _edit_page(draft)


@blueprint.post("/ledgers/<draft_id>")
def ledger_save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed; `action` says what else is wanted."""
    draft = drafts.own(draft_id)
    action = request.form.get("action", "")
    try:
        data = ledger_forms.with_typed(draft.data, request.form)
    except ValueError as exc:
        raise RuleError(
            _("这份台账在另一个窗口里加减过行，这一页旧了。请打开新的一页再改。"), code="changed_elsewhere"
        ) from exc
    draft = _keep(draft, data, drafts.overrides_of(request.form))
    if not action:
        return _edit_page(draft)  # htmx saves as one types
    try:
        draft = _act(draft, action)
        if action == "submit":
            for problem in ledger_forms.unreadable(draft.data):
                raise RuleError(f"{problem.where}：{problem.detail}", code=problem.code)
            return drafts.send(draft)
    except XiangtingError as exc:
        return _edit_page(draft, problem=str(exc), status=422)
    return redirect(_address_after(draft, action), code=303)


def shown(draft: Draft) -> dict[str, Any]:
    """What templates need to show a ledger as villagers will see it."""
    data = publishing.preview(draft, drafts.office_phones())
    rows = ledger_rows.rows_from(data["kind"], data["rows"])
    today = local_date(services().node.clock())
    return {"data": data, "title": data["title"], "drawn": ledger_tables.draw(data["kind"], rows, today)}


def problems_of(draft: Draft) -> list[Problem]:
    """Everything wrong or doubtful as it is now typed, errors first; amounts that cannot be read before all else."""
    if unread := ledger_forms.unreadable(draft.data):
        return unread
    figures, rows = publishing.build_ledger(draft.data, draft.author)
    return ledger_checks.check(figures, rows, today=local_date(services().node.clock()))


def _edit_page(draft: Draft, problem: str = "", status: int = 200) -> Response:
    rows = draft.data["typed"]["rows"]
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(page_number(), pages)
    first = (page - 1) * ROWS_A_PAGE
    problems, doubts = problems_of(draft), publishing.screen(draft, drafts.office_phones())
    return show(
        "desk/ledger.html",
        fragment="desk/_ledger_checks.html",
        status=status,
        back=url_for("desk.home"),
        draft=draft,
        kind=ledger_words.KINDS[draft.data["kind"]],
        typed=draft.data["typed"],
        columns=ledger_forms.columns(draft.data["kind"]),
        rows=list(enumerate(rows))[first : first + ROWS_A_PAGE],
        sheet=draft.data.get("sheet_rows", []),
        page=page,
        pages=pages,
        problems=problems,
        has_errors=any(one.severity == "error" for one in problems),
        doubts=doubts,
        row_doubts=row_doubts.by_row(problems, doubts),
        row_page=lambda number: row_doubts.page_of(number, ROWS_A_PAGE),
        rows_named=row_doubts.rows_named,
        problem=problem,
        words=words,
    )


def _title(village: str, read: ReadStatement, kind: str) -> str:
    if read.period is None:
        return f"{village}{ledger_rows.TITLES[kind]}"
    start, end = read.period.start, read.period.end
    if read.period.months == 12:
        span = ""
    elif read.period.months == 1:
        span = f"{end.month}月"
    else:
        span = f"{start.month}至{end.month}月"
    return f"{village}{end.year}年{span}{ledger_rows.TITLES[kind]}"


def _keep(draft: Draft, data: dict[str, Any], overrides: dict[str, str] | None = None) -> Draft:
    return services().drafts.save(draft.id, title=data["title"], data=data, overrides=overrides)


def _act(draft: Draft, action: str) -> Draft:
    """The draft after a button was pressed."""
    name, _dash, number = action.partition("-")
    if action == "add_row":
        return _keep(draft, ledger_forms.with_row(draft.data))
    if name == "remove" and number.isdecimal():
        return _keep(draft, ledger_forms.without_row(draft.data, int(number)))
    return draft


def _address_after(draft: Draft, action: str) -> str:
    page = page_number()
    anchor = ""
    if action == "add_row":
        page, anchor = -(-len(draft.data["typed"]["rows"]) // ROWS_A_PAGE), "rows-end"
    elif action.startswith("page-") and action[5:].isdecimal():
        page = int(action[5:])
    return url_for("desk.ledger", draft_id=draft.id, page=page, _anchor=anchor or None)
