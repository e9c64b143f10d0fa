"""Makes a cash book of a list of vouchers in double entry (序时账), as bookkeeping programs export it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from content.intake.cashrows import Line
from content.intake.findings import Problem, yuan
from content.intake.headings import plain_label
from content.intake.reading import Figure
from content.intake.statement import Entry
from content.intake.tables import Table

_DEBIT_OR_CREDIT = re.compile(r"[借贷]")
_MONEY_ACCOUNT = re.compile(
    r"(?:[\d.]+[-_/\\]?)?(?:库存)?(?:现金|银行存款|其他货币资金|货币资金)(?:$|[-_—/\\(:].*)"
)
_MOST_SHOWN = 10


def cash_side(table: Table, lines: list[Line]) -> tuple[list[Line], list[Problem]]:
    """The lines as read, or of a journal what each voucher moved in cash and bank, under the account it was for.

    A journal says everything twice, so its lines taken as they stand would count each yuan as income and expense.
    """
    if not _is_journal(table, lines):
        return lines, []
    vouchers = _vouchers([line for line in lines if line.entry])
    problems = [_told(), *(p for voucher in vouchers if (p := _unbalanced(voucher)))]
    kept = [line for voucher in vouchers for line in _moves(voucher)]
    without = [_name(voucher) for voucher in vouchers if not _moves(voucher)]
    if without:
        problems.append(_left_out(without))
    return [*(line for line in lines if line.kind in ("opening", "closing")), *kept], problems


def _is_journal(table: Table, lines: Iterable[Line]) -> bool:
    sides = [table.column("income"), table.column("expense")]
    if table.has("balance", "balance_part") or not table.has("account"):
        return False
    if not all(column and _DEBIT_OR_CREDIT.search(column.heading) for column in sides):
        return False
    entries = [line.entry for line in lines if line.entry]
    money = [_is_money(entry) for entry in entries]
    return any(money) and not all(money)


def _is_money(entry: Entry) -> bool:
    return _MONEY_ACCOUNT.fullmatch(plain_label(entry.account)) is not None


def _vouchers(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each voucher; a line without a number goes on with the voucher above it.

    Where nothing has a number, a voucher ends as soon as its two sides are level.
    """
    has_numbers = any(line.entry and line.entry.voucher for line in lines)
    vouchers: list[list[Line]] = []
    for line in lines:
        before = vouchers[-1] if vouchers else None
        goes_on = before and (_goes_on(before[-1], line) if has_numbers else _difference(before))
        if before and goes_on:
            before.append(_dated_like(before[-1], line))
        else:
            vouchers.append([line])
    return vouchers


def _goes_on(before: Line, line: Line) -> bool:
    one, other = before.entry, line.entry
    if one is None or other is None or other.voucher is None:
        return True
    # Numbers begin anew each month.
    same_month = not (one.date and other.date) or (one.date.year, one.date.month) == (
        other.date.year,
        other.date.month,
    )
    return other.voucher == one.voucher and same_month


def _dated_like(before: Line, line: Line) -> Line:
    """The line, with the day, number and words that stand only on the first line of its voucher."""
    first, entry = before.entry, line.entry
    if first is None or entry is None:
        return line
    summary = first.summary if entry.summary in (None, entry.account) else entry.summary
    day, voucher = entry.date or first.date, entry.voucher or first.voucher
    return replace(line, entry=replace(entry, date=day, voucher=voucher, summary=summary))


def _moves(voucher: Sequence[Line]) -> list[Line]:
    """What a voucher did to the village's money: the other accounts, sides exchanged; nothing for a mere transfer.

    Where the others stand on both sides only a part was paid; then the money's own lines tell how much.
    """
    money = [line for line in voucher if line.entry and _is_money(line.entry)]
    others = [line for line in voucher if line not in money]
    if not money or not others:
        return []
    if not (any(line.income.fen for line in others) and any(line.expense.fen for line in others)):
        return [_with_sides(line, line.expense, line.income, None) for line in others]
    return [_with_sides(line, line.income, line.expense, _counterpart(line, others)) for line in money]


def _counterpart(money: Line, others: Sequence[Line]) -> str | None:
    """The account with the largest amount on the side across from the money."""
    side = "expense" if money.income.fen else "income"
    largest = max(others, key=lambda line: getattr(line, side).fen or 0)
    return largest.entry.account if largest.entry else None


def _with_sides(line: Line, income: Figure, expense: Figure, account: str | None) -> Line:
    entry = line.entry and replace(
        line.entry,
        income_fen=income.or_zero,
        expense_fen=expense.or_zero,
        account=account or line.entry.account,
    )
    return replace(line, income=income, expense=expense, entry=entry)


def _difference(voucher: Sequence[Line]) -> int:
    return sum((line.income.fen or 0) - (line.expense.fen or 0) for line in voucher)


def _unbalanced(voucher: Sequence[Line]) -> Problem | None:
    difference = _difference(voucher)
    if not difference or not all(line.income.is_known and line.expense.is_known for line in voucher):
        return None
    where = f"第{voucher[0].row + 1}行"
    detail = f"{where}起的凭证{_name(voucher)}借贷不平，借方比贷方多{yuan(difference)}元，请查出漏记或写错的一行再上传。"
    return Problem("voucher_unbalanced", where, detail, "error", {"difference_fen": difference})


def _name(voucher: Sequence[Line]) -> str:
    entry = voucher[0].entry
    return (entry.voucher if entry else None) or f"第{voucher[0].row + 1}行"


def _told() -> Problem:
    detail = (
        "这是一借一贷的凭证表（序时账），这里只取进出现金、银行存款的金额，按对方科目列成收入和支出，请核对。"
    )
    return Problem("double_entry", None, detail, "warning")


def _left_out(names: Sequence[str]) -> Problem:
    shown = "、".join(names[:_MOST_SHOWN]) + ("等" if len(names) > _MOST_SHOWN else "")
    detail = f"{shown}共{len(names)}张凭证没有收付村里的钱（转账、现金存取、计提等），不是收支，没有列入。"
    return Problem("vouchers_without_money", None, detail, "info")
