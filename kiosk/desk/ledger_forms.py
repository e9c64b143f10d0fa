"""What is typed at a ledger's form, as typed and as figures; a figure that cannot be read is kept as it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from flask_babel import lazy_gettext as _

from content import money
from content.intake.findings import Problem
from content.intake.ledgers import is_sum_line
from content.intake.wording import tidy
from content.ledger_rows import ASSET_SIDE, LIABILITY_SIDE, PAYABLE, RECEIVABLE, ROWS
from kiosk import ledger_words

Data = dict[str, Any]
Form = Mapping[str, str]

HEAD = ("title", "issuer", "period_start", "as_of")
MAX_ROWS = 2000
LABELS = {
    "name": _("名称"),
    "no": _("编号"),
    "bought_on": _("购建时间"),
    "original_fen": _("原值"),
    "net_fen": _("净值"),
    "user": _("使用人"),
    "location": _("位置"),
    "item": _("项目"),
    "book_fen": _("账面数"),
    "actual_fen": _("实有数"),
    "reason": _("说明"),
    "area_mu": _("面积（亩）"),
    "status": _("现状"),
    "lessee": _("承租人"),
    "object": _("租的什么"),
    "rent_due_fen": _("应收租金"),
    "rent_paid_fen": _("实收租金"),
    "boundaries": _("四至"),
    "start_on": _("从哪天"),
    "end_on": _("到哪天"),
    "memo": _("备注"),
    "side": _("哪一边"),
    "party": _("对方"),
    "opening_fen": _("期初"),
    "increase_fen": _("增加"),
    "decrease_fen": _("减少"),
    "closing_fen": _("期末"),
    "year_start_fen": _("年初数"),
}
SIDES = {"debts": (RECEIVABLE, PAYABLE), "balance_sheet": (ASSET_SIDE, LIABILITY_SIDE)}
_FIRST = (
    "side",
    "no",
    "name",
    "lessee",
    "party",
    "item",
    "object",
)  # the rest in the order of the row's fields
_NAME = ("name", "lessee", "party", "item")


@dataclass(frozen=True)
class Column:
    """One field of a row at the form. type: "text", "amount" or "side"; options: of a side, as (value, word)."""

    name: str
    label: str
    type: str
    options: tuple[tuple[str, str], ...] = ()


def columns(kind: str) -> list[Column]:
    """The fields of a kind's rows that are typed, in reading order."""
    names = [field.name for field in fields(ROWS[kind]) if field.name != "is_total"]
    ordered = sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    options = tuple((side, str(ledger_words.SIDES[side])) for side in SIDES.get(kind, ()))
    return [Column(name, str(LABELS[name]), _type(name), options) for name in ordered]


def typed_of(data: Data, sheet: Sequence[Sequence[str]] = ()) -> Data:
    """The form's texts for ledger data; sheet: the file's rows, where each row of the ledger looks for its own."""
    names = [column.name for column in columns(data["kind"])]
    rows = [
        {name: _text(name, row.get(name)) for name in names} | {"place": _place(row, sheet)}
        for row in data["rows"]
    ]
    return {name: str(data.get(name, "")) for name in HEAD} | {"rows": rows}


def with_typed(data: Data, form: Form) -> Data:
    """The data with what was typed on this page of the form; rows on its other pages stay. ValueError for a stale page."""
    typed = data["typed"]
    if form.get("rows") != str(len(typed["rows"])):
        raise ValueError("the form has other rows than the draft")
    head = {name: tidy(form.get(name, typed[name])) for name in HEAD}
    names = [column.name for column in columns(data["kind"])]
    rows = [
        {**row, **{name: tidy(form.get(f"{name}-{number}", row[name])) for name in names}}
        for number, row in enumerate(typed["rows"])
    ]
    changed = {**data, "typed": {**head, "rows": rows}}
    if data.get("replaces"):
        changed["reason"] = tidy(form.get("reason", data.get("reason", "")))
    return with_figures(changed)


def with_row(data: Data) -> Data:
    """With one more empty row; its side is the last row's."""
    rows = data["typed"]["rows"]
    empty = {column.name: "" for column in columns(data["kind"])} | {"place": 0}
    if "side" in empty and rows:
        empty["side"] = rows[-1]["side"]
    added = [*rows, empty] if len(rows) < MAX_ROWS else rows
    return with_figures({**data, "typed": {**data["typed"], "rows": added}})


def without_row(data: Data, number: int) -> Data:
    """Without row `number` (from 0); a number that is not there changes nothing."""
    rows = [row for place, row in enumerate(data["typed"]["rows"]) if place != number]
    return with_figures({**data, "typed": {**data["typed"], "rows": rows}})


def with_figures(data: Data) -> Data:
    """The data with the figures of what is typed; an amount that cannot be read is None and keeps it from publication."""
    head = {name: data["typed"][name] for name in HEAD}
    return {**data, **head, "rows": [_row(data["kind"], row) for row in data["typed"]["rows"]]}


def unreadable(data: Data) -> list[Problem]:
    """Every amount that cannot be read, with its place. A blank is none: what is nothing is written as 0."""
    found = []
    for number, row in enumerate(data["typed"]["rows"], start=1):
        for column in columns(data["kind"]):
            if column.type == "amount" and _fen(row[column.name]) is None:
                typed = f"“{row[column.name]}”不是金额" if row[column.name] else "没有金额"
                detail = f"{typed}，请只写数字，例如 1200.50；没有就写 0。"
                found.append(Problem("bad_amount", f"第{number}行{LABELS[column.name]}", detail, "error"))
    return found


def _type(name: str) -> str:
    return "side" if name == "side" else "amount" if name.endswith("_fen") else "text"


def _text(name: str, value: object) -> str:
    if name.endswith("_fen"):
        return money.yuan(value) if isinstance(value, int) else ""
    return str(value or "")


def _row(kind: str, typed: Data) -> Data:
    row: Data = {
        column.name: _fen(typed[column.name]) if column.type == "amount" else typed[column.name]
        for column in columns(kind)
    }
    if kind == "balance_sheet":
        row["is_total"] = is_sum_line(row["name"])
    return row


def _place(row: Data, sheet: Sequence[Sequence[str]]) -> int:
    """The row of the sheet, from 1, that holds this row's number or name; 0 for none."""
    wanted = row.get("no") or next((row[name] for name in _NAME if row.get(name)), "")
    return next((place for place, cells in enumerate(sheet, start=1) if wanted in map(tidy, cells)), 0)


def _fen(typed: str) -> int | None:
    try:
        return money.parse(typed)
    except ValueError:
        return None
