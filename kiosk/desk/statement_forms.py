"""What is typed at a statement's form, as typed and as figures; an amount that cannot be read is kept as it stands."""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from content import money
from content.intake.findings import Problem
from content.intake.statement import CashTable
from content.intake.wording import tidy

Data = dict[str, Any]
Form = Mapping[str, str]

FIGURES = ("opening", "closing")
HEAD = ("title", "issuer", "period_start", "period_end", *FIGURES)
AMOUNTS = ("income", "expense")
CELLS = ("date", "voucher", "account", "summary", "payee", "handler", "approver", *AMOUNTS)
NAMES = {"income": "收入", "expense": "支出", "opening": "期初余额", "closing": "期末余额"}
UNREAD = "读不清"  # stands in a cell of the form until somebody types the amount
MAX_ROWS = 2000
# What is kept of the sheet to look at beside the entries.
MAX_SHEET_ROWS, MAX_SHEET_COLUMNS = 300, 16


def typed_of(data: Data, sheet_places: list[int] | None = None) -> Data:
    """The form's texts for statement data with its figures; sheet_places: the row of the sheet behind each entry."""
    places = sheet_places or [0] * len(data["entries"])
    rows = [_typed_row(entry, place) for entry, place in zip(data["entries"], places, strict=True)]
    head = {name: str(data.get(name, "")) for name in HEAD if name not in FIGURES}
    unread = data.get("unread", ())
    figures = {name: "" if name in unread else money.yuan(data[f"{name}_fen"]) for name in FIGURES}
    return head | figures | {"rows": rows}


def with_typed(data: Data, form: Form) -> Data:
    """The data with what was typed on this page of the form; rows on its other pages stay. ValueError for a stale page."""
    typed = data["typed"]
    if form.get("rows") != str(len(typed["rows"])):
        raise ValueError("the form has other rows than the draft")
    head = {name: tidy(form.get(name, typed[name])) for name in HEAD}
    rows = [
        {**_named(row), **{cell: tidy(form.get(f"{cell}-{number}", row[cell])) for cell in CELLS}}
        for number, row in enumerate(typed["rows"])
    ]
    changed = {**data, "typed": {**head, "rows": rows}}
    if data.get("replaces"):
        changed["reason"] = tidy(form.get("reason", data.get("reason", "")))
    return with_figures(changed)


def with_row(data: Data) -> Data:
    """With one more empty row."""
    rows = data["typed"]["rows"]
    added = [*rows, _named(dict.fromkeys(CELLS, "") | {"place": 0})] if len(rows) < MAX_ROWS else rows
    return with_figures({**data, "typed": {**data["typed"], "rows": added}})


def without_row(data: Data, number: int) -> Data:
    """Without row `number` (from 0); a number that is not there changes nothing."""
    rows = [row for place, row in enumerate(data["typed"]["rows"]) if place != number]
    return with_figures({**data, "typed": {**data["typed"], "rows": rows}})


def with_figures(data: Data) -> Data:
    """The data with the figures of what is typed: the totals are added up, what cannot be read counts as 0."""
    typed = data["typed"]
    entries = [_entry(row) for row in typed["rows"] if any(row[cell] for cell in CELLS)]
    figures: Data = {f"{name}_fen": _fen(typed[name]) or 0 for name in FIGURES}
    figures |= {f"{name}_fen": sum(entry[f"{name}_fen"] for entry in entries) for name in AMOUNTS}
    head = {name: typed[name] for name in HEAD if name not in FIGURES}
    return {**data, **head, **figures, "entries": entries}


def unreadable(typed: Data) -> list[Problem]:
    """Every amount and day that cannot be read or is missing, with its place: nothing left open counts as 0."""
    found = [_bad_amount(NAMES[name], typed[name]) for name in FIGURES if _fen(typed[name]) is None]
    found += [_no_balance(NAMES[name]) for name in FIGURES if not typed[name].strip()]
    for number, row in enumerate(typed["rows"], start=1):
        found += [_bad_amount(f"第{number}笔{NAMES[n]}", row[n]) for n in AMOUNTS if _fen(row[n]) is None]
        if any(row[cell] for cell in CELLS) and not any(row[name] for name in AMOUNTS):
            found.append(_no_amount(f"第{number}笔"))
        if row["date"] and not _is_day(row["date"]):
            detail = f"“{row['date']}”不是日期，请写成 2026-10-05 这样。"
            found.append(Problem("bad_date", f"第{number}笔日期", detail, "error"))
    return found


def sheet_of(rows: list[list[str]]) -> list[list[str]]:
    """The part of a sheet that is shown beside its entries."""
    return [row[:MAX_SHEET_COLUMNS] for row in rows[:MAX_SHEET_ROWS]]


def table_name(table: CashTable) -> str:
    """A table of several in one file, by its period: "2026-06-01 至 2026-06-30"."""
    if table.period is None:
        return f"{len(table.entries)} 笔"
    return f"{table.period.start} 至 {table.period.end}"


def _typed_row(entry: Data, place: int) -> Data:
    amounts = {name: money.yuan(entry[f"{name}_fen"]) if entry[f"{name}_fen"] else "" for name in AMOUNTS}
    if any(amounts.values()):  # beside a figure an empty cell would pass for 0
        amounts |= dict.fromkeys(entry.get("unread", ()), UNREAD)
    texts = {cell: entry.get(cell, "") for cell in CELLS if cell not in AMOUNTS}
    return _named(texts | amounts | {"place": place, "images": entry.get("images", [])})


def _named(row: Data) -> Data:
    """With a key that stays the row's own when rows before it come and go: its photos are added by it."""
    return row if "key" in row else row | {"key": secrets.token_hex(4)}


def _entry(row: Data) -> Data:
    amounts = {f"{name}_fen": _fen(row[name]) or 0 for name in AMOUNTS}
    texts = {cell: row[cell] for cell in CELLS if cell not in AMOUNTS}
    return texts | amounts | {"images": row.get("images", [])}


def _fen(typed: str) -> int | None:
    """The amount; 0 for a blank, None for what is no amount."""
    try:
        return money.parse(typed) if typed.strip() else 0
    except ValueError:
        return None


def _bad_amount(where: str, typed: str) -> Problem:
    detail = f"“{typed}”不是金额，请只写数字，例如 1200.50。"
    return Problem("bad_amount", where, detail, "error")


def _no_balance(where: str) -> Problem:
    return Problem("no_balance", where, "文件里没有读到，请照账本补上；确实没有的写 0。", "error")


def _no_amount(where: str) -> Problem:
    detail = "没有读到金额，请照原表补上收入或支出；没有收付的写 0，不是一笔账的删去这一行。"
    return Problem("no_amount", where, detail, "error")


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
