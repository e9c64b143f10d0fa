"""Puts the lines of a cash table in the order and on the sides in which its own balances follow; judges no totals."""

import re
from collections.abc import Sequence
from dataclasses import replace

from content.intake.cashrows import Line
from content.intake.findings import Problem
from content.intake.tables import Table

_BANK_HEADING = re.compile(r"[借贷]方")


def arranged(table: Table, lines: list[Line]) -> tuple[list[Line], list[Problem]]:
    """The lines as read, unless their balances follow only in another order, on the other side or without a minus.

    A bank lists the newest first, and what it calls 借方 is money going out of the account; some programs put a
    minus before every expense.
    """
    if not _contradictions(lines):
        return lines, []
    turned = _turned(lines)
    found = [(turned, [_turned_order()]), (_unsigned(lines), [_minus_dropped()])]
    if any(_BANK_HEADING.search(column.heading) for column in table.columns if column.role == "income"):
        found = [(_exchanged(lines), [_exchanged_sides()]), *found]
        found.append((_exchanged(turned), [_turned_order(), _exchanged_sides()]))
    return next(((one, told) for one, told in found if _contradictions(one) == 0), (lines, []))


def _contradictions(lines: Sequence[Line]) -> int:
    """How many written balances do not follow from what stands before them."""
    if any(line.side for line in lines):
        return 0
    expected = next((line.balance.fen for line in lines if line.kind == "opening"), None)
    wrong = 0
    for line in lines:
        written = line.balance.fen
        if line.entry:
            change = (line.entry.income_fen or 0) - (line.entry.expense_fen or 0)
            expected = None if expected is None else expected + change
        elif line.kind != "closing":
            continue
        wrong += written is not None and expected is not None and written != expected
        expected = written if written is not None else expected
    return wrong


def _turned(lines: Sequence[Line]) -> list[Line]:
    """The same lines, the entries from the last to the first; totals and balances stay where they are."""
    entries = [line for line in reversed(lines) if line.entry]
    is_turned = bool(entries) and _falls([line.entry.date for line in reversed(entries) if line.entry])
    upward = iter(entries)
    return [next(upward) if line.entry else line for line in lines] if is_turned else list(lines)


def _falls(days: Sequence[object]) -> bool:
    return None not in days and days == sorted(days, reverse=True) and days[0] != days[-1]  # type: ignore[type-var]


def _exchanged(lines: Sequence[Line]) -> list[Line]:
    return [
        replace(
            line,
            income=line.expense,
            expense=line.income,
            entry=line.entry
            and replace(line.entry, income_fen=line.entry.expense_fen, expense_fen=line.entry.income_fen),
        )
        for line in lines
    ]


def _unsigned(lines: Sequence[Line]) -> list[Line]:
    """The same lines without the minus, where no expense is written without one."""
    if any((line.expense.fen or 0) > 0 for line in lines):
        return list(lines)
    return [
        replace(
            line,
            expense=replace(line.expense, fen=-line.expense.fen) if line.expense.fen else line.expense,
            entry=line.entry
            and replace(line.entry, expense_fen=line.entry.expense_fen and -line.entry.expense_fen),
        )
        for line in lines
    ]


def _minus_dropped() -> Problem:
    detail = "表里每笔支出前面都带负号，按余额推算不是冲销，这里已去掉负号读入，请核对。"
    return Problem("minus_dropped", None, detail, "info")


def _turned_order() -> Problem:
    detail = "表里是从新到旧排的，按余额推算应当倒过来，这里已改成从旧到新，请核对。"
    return Problem("newest_first", None, detail, "info")


def _exchanged_sides() -> Problem:
    detail = "按余额推算，表里的“借方”是支出、“贷方”是收入（银行对账单的记法），这里已按此读入，请核对。"
    return Problem("bank_sides", None, detail, "warning")
