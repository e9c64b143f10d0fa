"""What is typed at a roll's form, as typed and as figures; names and fingerprints come from the file and stay as they are."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from content import money
from content.intake.findings import Problem
from content.intake.wording import tidy

Data = dict[str, Any]
Form = Mapping[str, str]

HEAD = ("title", "programme", "item", "batch", "issuer")
CELLS = ("group", "quantity", "rate", "amount")
NAMES = {"quantity": "数量", "rate": "标准", "amount": "金额"}


def typed_of(data: Data) -> Data:
    """The form's texts for roll data with its figures."""
    unread = data.get("unread", ())
    rows = [
        {
            "group": row["group"],
            "quantity": row["quantity"] or "",
            "rate": "" if row["rate_fen"] is None else money.yuan(row["rate_fen"]),
            "amount": "" if number in unread else money.yuan(row["amount_fen"]),
        }
        for number, row in enumerate(data["rows"])
    ]
    days = str(data["objection_days"])
    return {name: data[name] for name in HEAD} | {
        "total": "" if unread else money.yuan(data["total_fen"]),
        "objection_days": days,
        "rows": rows,
    }


def with_typed(data: Data, form: Form) -> Data:
    """The data with what was typed on this page of the form; rows on its other pages stay."""
    typed = data["typed"]
    head = {name: tidy(form.get(name, typed[name])) for name in (*HEAD, "total", "objection_days")}
    rows = [
        {cell: tidy(form.get(f"{cell}-{number}", row[cell])) for cell in CELLS}
        for number, row in enumerate(typed["rows"])
    ]
    changed = {**data, "typed": {**head, "rows": rows}}
    if data.get("replaces"):
        changed["reason"] = tidy(form.get("reason", data.get("reason", "")))
    return with_figures(changed)


def with_figures(data: Data) -> Data:
    """The data with the figures of what is typed; what cannot be read counts as 0, a blank quantity or rate as none."""
    typed = data["typed"]
    rows = [
        {
            **row,
            "group": cells["group"],
            "quantity": _plain(_decimal(cells["quantity"])),
            "rate_fen": _fen(cells["rate"]) if cells["rate"] else None,
            "amount_fen": _fen(cells["amount"]) or 0,
        }
        for row, cells in zip(data["rows"], typed["rows"], strict=True)
    ]
    days = typed["objection_days"]
    return {
        **data,
        **{name: typed[name] for name in HEAD},
        "total_fen": _fen(typed["total"]) or 0,
        "objection_days": int(days) if re.fullmatch(r"[0-9]{1,2}", days) else data["objection_days"],
        "rows": rows,
    }


def unreadable(typed: Data) -> list[Problem]:
    """Every figure that cannot be read, with its place."""
    found = [] if _fen(typed["total"]) is not None else [_bad_total(typed["total"])]
    for number, row in enumerate(typed["rows"], start=1):
        where = f"第{number}行"
        found += [
            _bad(where + NAMES[n], row[n]) for n in ("rate", "amount") if row[n] and _fen(row[n]) is None
        ]
        if row["quantity"] and _decimal(row["quantity"]) is None:
            found.append(_bad(where + NAMES["quantity"], row["quantity"]))
        if not row["amount"]:
            found.append(Problem("no_amount", where, "没有金额，请补上；不发放的请写 0。", "error"))
    return found


def _fen(typed: str) -> int | None:
    try:
        return money.parse(typed)
    except ValueError:
        return None


def _decimal(typed: str) -> Decimal | None:
    try:
        number = Decimal(typed.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _bad_total(typed: str) -> Problem:
    if typed:
        return _bad("合计", typed)
    detail = "有的金额没有读到，合计也就空着；请先补上每一行的金额，再照原表填合计。"
    return Problem("no_amount", "合计", detail, "error")


def _bad(where: str, typed: str) -> Problem:
    return Problem("bad_number", where, f"“{typed}”不是数字，请只写数字，例如 131.42。", "error")
