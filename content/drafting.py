"""From what intake has read in a file to the data of a draft; personal numbers become fingerprints here and end here."""

from decimal import Decimal
from typing import Any

import msgspec

from content import own_payments
from content.intake import roll as roll_file
from content.intake import statement as statement_file
from content.record.keys import NodeKeys


def statement_data(read: statement_file.Statement, *, title: str, issuer: str) -> dict[str, Any]:
    """A statement draft from a cash book or a summary (see publishing.py for the shape).

    What the file does not say is 0 or "", which `statements.check` and the agent then look at.
    """
    entries = [
        {
            "date": entry.date.isoformat() if entry.date else "",
            "voucher": entry.voucher or "",
            "summary": entry.summary or "",
            "account": entry.account or "",
            "income_fen": entry.income_fen or 0,
            "expense_fen": entry.expense_fen or 0,
            "payee": entry.payee or "",
            "handler": entry.handler or "",
            "approver": entry.approver or "",
        }
        for entry in read.entries
    ]
    return {
        "title": title,
        "period_start": read.period.start.isoformat() if read.period else "",
        "period_end": read.period.end.isoformat() if read.period else "",
        "opening_fen": read.opening_fen or 0,
        "income_fen": sum(entry["income_fen"] for entry in entries),
        "expense_fen": sum(entry["expense_fen"] for entry in entries),
        "closing_fen": read.closing_fen or 0,
        "issuer": issuer,
        "entries": entries,
        "problems": [problem.as_dict() for problem in read.problems],
    }


def roll_data(
    read: roll_file.Roll, keys: NodeKeys, *, item: str, title: str, issuer: str, objection_days: int = 7
) -> dict[str, Any]:
    """A roll draft (see publishing.py for the shape). Of the ID numbers only keyed fingerprints are kept."""
    people = [(row.name, row.personal.get("id18", "")) for row in read.rows]
    rows = [
        {
            "group": row.group or "",
            "name": row.name,
            "quantity": _quantity(row),
            "unit": row.unit or "",
            "rate_fen": row.rate_fen,
            "amount_fen": row.amount_fen or 0,
        }
        for row in read.rows
    ]
    return {
        "programme": read.programme or title,
        "item": item,
        "batch": read.batch or "",
        "title": title,
        "total_fen": read.total_fen or 0,
        "issuer": issuer,
        "unit": rows[0]["unit"] if rows else "",
        "objection_days": objection_days,
        "headcount": sum(row.headcount or 0 for row in read.rows),
        "rows": rows,
        "held": msgspec.to_builtins(own_payments.take_fingerprints(keys, people)),
        "problems": [problem.as_dict() for problem in read.problems],
    }


def _quantity(row: roll_file.RollRow) -> str | None:
    """What is multiplied by the rate: persons by months where the sheet has months; None without a rate."""
    if row.rate_fen is None:
        return None
    quantity = row.quantity if row.quantity is not None else Decimal(row.headcount or 1)
    return str(quantity * row.months if row.months is not None else quantity)
