"""From what intake has read in a file to the data of a draft; personal numbers become fingerprints here and end here."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from content import own_payments
from content.intake import roll as roll_file
from content.intake import statement as statement_file
from content.ledger_rows import KINDS, PAYABLE, RECEIVABLE
from content.record.keys import NodeKeys

# What the reader calls the sheets of the three ledgers (三资台账).
_SHEETS = {"money": "货币资金", "assets": "资产", "resources": "资源"}
_CODES = {
    "money": ("cash_shortage", "cash_surplus"),
    "assets": ("asset_scrapped_listed", "net_over_original"),
    "debts": ("debt_mismatch",),
}
_DASHES = "—–-/ "
Plain = dict[str, Any]


def statement_data(read: statement_file.Statement, *, title: str, issuer: str) -> dict[str, Any]:
    """A statement draft from a cash book or a summary (see publishing.py for the shape).

    What the file does not say is 0 or "", which `statements.check` and the agent then look at; "unread" names the
    balances that are 0 for want of any, and an entry's the sides that cannot be read, so that the form leaves them open.
    """
    entries = [
        {
            "date": entry.date.isoformat() if entry.date else "",
            "voucher": entry.voucher or "",
            "summary": entry.summary or "",
            "account": entry.account or "",
            "income_fen": entry.income_fen or 0,
            "expense_fen": entry.expense_fen or 0,
            "unread": [
                name
                for name, fen in (("income", entry.income_fen), ("expense", entry.expense_fen))
                if fen is None
            ],
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
        "unread": [
            name
            for name, fen in (("opening", read.opening_fen), ("closing", read.closing_fen))
            if fen is None
        ],
        "issuer": issuer,
        "entries": entries,
        "problems": [problem.as_dict() for problem in read.problems],
    }


def roll_data(
    read: roll_file.Roll, keys: NodeKeys, *, item: str, title: str, issuer: str, objection_days: int = 7
) -> dict[str, Any]:
    """A roll draft (see publishing.py for the shape). Of ID and phone numbers only keyed fingerprints are kept.

    "unread" are the rows, from 0, whose amount is 0 for want of any, so that the form leaves it open.
    """
    people = [(row.name, row.personal.get("id18", "")) for row in read.rows]
    phones = [row.personal.get("mobile", "") for row in read.rows]
    rows = [
        {
            "group": row.group or "",
            "name": row.name,
            "quantity": _quantity(row),
            "unit": row.unit or "",
            "rate_fen": _rate(row),
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
        "unread": [number for number, row in enumerate(read.rows) if row.amount_fen is None],
        "held": msgspec.to_builtins(own_payments.take_fingerprints(keys, people, phones)),
        "problems": [problem.as_dict() for problem in read.problems],
    }


def ledger_kinds(read: statement_file.Statement) -> list[str]:
    """The kinds of ledgers that a file holds, each of which makes a draft of its own; none for a cash book alone."""
    return [kind for kind in KINDS if _ledger_rows(read, kind)]


def ledger_data(
    read: statement_file.Statement, kind: str, *, title: str, issuer: str, today: date
) -> dict[str, Any]:
    """A ledger draft of one of `ledger_kinds` (see publishing.py for the shape).

    A figure that was not read is None, which no ledger is published with. Leases, and a
    ledger of a year that is not over, are shown as of `today`.
    """
    end = today if read.as_of else min(read.period.end, today) if read.period else None
    start = read.period.start if read.period and kind == "debts" else None
    return {
        "kind": kind,
        "title": title,
        "as_of": end.isoformat() if end else "",
        "period_start": start.isoformat() if start else "",
        "issuer": issuer,
        "rows": _ledger_rows(read, kind),
        "problems": [problem.as_dict() for problem in read.problems if _concerns(read, kind, problem.code)],
    }


def _concerns(read: statement_file.Statement, kind: str, code: str) -> bool:
    """Whether a doubt of the file is one of this ledger; beside accounts only its own are."""
    owner = next((one for one, codes in _CODES.items() if code in codes), "")
    return owner == kind if owner or read.tables else True


def _ledger_rows(read: statement_file.Statement, kind: str) -> list[Plain]:
    if kind == "contracts":
        return [_contract(contract) for contract in read.contracts]
    if kind == "debts":
        return [_debt(debt) for debt in read.second_table.rows] if read.second_table else []
    if kind == "balance_sheet":
        return [msgspec.to_builtins(line) for line in read.balance_lines]
    return [_register_row(row) for row in read.ledgers.get(_SHEETS[kind], ())]


def _register_row(row: statement_file.CashCheck | statement_file.Asset | statement_file.Resource) -> Plain:
    plain = msgspec.to_builtins(row)
    if isinstance(row, statement_file.Resource):
        plain["name"] = plain.pop("kind")
    return _texts_filled(plain)


def _contract(contract: statement_file.Contract) -> Plain:
    plain = msgspec.to_builtins(contract)
    due, owed = contract.rent_due_fen, plain.pop("rent_owed_fen")
    if contract.rent_paid_fen is None and due is not None and owed is not None:
        plain["rent_paid_fen"] = due - owed
    return _texts_filled(plain)


def _debt(debt: statement_file.Debt) -> Plain:
    """The side in our word for it: sheets say 应收款, 应收账款, 债权, 内部往来（应收）and so on."""
    plain = _texts_filled(msgspec.to_builtins(debt))
    written = plain["side"]
    is_claim, is_debt = _says(written, ("应收", "债权", "欠村")), _says(written, ("应付", "债务", "村欠"))
    plain["side"] = "" if is_claim == is_debt else RECEIVABLE if is_claim else PAYABLE
    return plain


def _says(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _texts_filled(plain: Plain) -> Plain:
    """A text that was not there, or was a dash, is ""; an amount that was not there stays None."""
    return {
        name: value if name.endswith("_fen") or (value and set(value) - set(_DASHES)) else ""
        for name, value in plain.items()
    }


def _rate(row: roll_file.RollRow) -> int | None:
    """The rate, unless a part of what it makes was withheld: what is paid is no product then."""
    return row.rate_fen if row.due_fen in (None, row.amount_fen) else None


def _quantity(row: roll_file.RollRow) -> str | None:
    """What is multiplied by the rate: persons by months where the sheet has months; None without a rate."""
    if _rate(row) is None:
        return None
    quantity = row.quantity if row.quantity is not None else Decimal(row.headcount or 1)
    product = quantity * row.months if row.months is not None else quantity
    return f"{product.normalize():f}"  # a sheet keeps whole numbers as 15.0
