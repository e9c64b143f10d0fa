"""Judges what a cash table says: totals, running balance, vouchers, dates; it reads no cells."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from content.intake.cashrows import Line
from content.intake.dates import Period
from content.intake.findings import Problem, yuan
from content.intake.statement import CashTable, Entry, add_up

# Bank slips carry numbers from a far larger series; missing ones say nothing there.
_LARGEST_GAP = 20


def check_cash_table(
    lines: Sequence[Line], table: CashTable, name: str, *, has_dates: bool, has_vouchers: bool
) -> list[Problem]:
    """Every doubt about one cash table; `name` is how a message calls it ('7月表')."""
    problems = [
        *_missing_balances(table, name),
        *_total_problems(lines, table),
        *_running_balance(lines, table),
    ]
    if table.balances is False:
        problems.append(_does_not_balance(table, name))
    problems += _reversals(table.entries)
    if has_vouchers:
        problems += _voucher_problems(table.entries)
    return [*problems, *_date_problems(table.entries, table.period, has_dates)]


def check_carry(tables: Sequence[CashTable]) -> list[Problem]:
    """Where a table does not open with what the one before it closed with."""
    problems = []
    for before, after in pairwise(tables):
        if before.closing_fen is None or after.opening_fen is None or before.closing_fen == after.opening_fen:
            continue
        if before.period and before.period == after.period:
            several = f"表里有两张{before.period.start}至{before.period.end}的收支表，各有各的期初和期末，像是两本账，请分成两个文件上传。"
            problems.append(Problem("two_accounts", None, several, "error"))
            continue
        detail = f"前一张表期末是{yuan(before.closing_fen)}元，后一张表期初写{yuan(after.opening_fen)}元，两数应当相同，请核对。"
        difference = {"difference_fen": after.opening_fen - before.closing_fen}
        problems.append(Problem("carry_mismatch", None, detail, "error", difference))
    return problems


def _missing_balances(table: CashTable, name: str) -> Iterable[Problem]:
    if table.opening_fen is None:
        yield Problem("opening_missing", name, f"{name}没有读到期初（上期结余），请补上这一行。", "warning")
    if table.closing_fen is None:
        yield Problem("closing_missing", name, f"{name}没有读到期末结余，请补上这一行。", "warning")


def _does_not_balance(table: CashTable, name: str) -> Problem:
    difference = (table.closing_fen or 0) - (table.closing_computed_fen or 0)
    detail = (
        f"{name}：期初{yuan(table.opening_fen)}＋收入{yuan(table.income_total_fen)}－支出{yuan(table.expense_total_fen)}"
        f"＝{yuan(table.closing_computed_fen)}，表上写{yuan(table.closing_fen)}，相差{yuan(difference)}，请查出错处后再公开。"
    )
    return Problem("does_not_balance", f"{name}期末结余", detail, "error", {"difference_fen": difference})


def _total_problems(lines: Sequence[Line], table: CashTable) -> Iterable[Problem]:
    """Each total must be the sum from the start, from the total before, or of the entries it heads.

    With the balance counted in is right too.
    """
    for side, name, balance in (
        ("income", "收入", table.opening_fen),
        ("expense", "支出", table.closing_fen),
    ):
        whole: int | None = 0
        part: int | None = 0
        for number, line in enumerate(lines):
            fen = getattr(line, side).fen
            if line.entry:
                added = getattr(line.entry, f"{side}_fen")
                whole = None if whole is None or added is None else whole + added
                part = None if part is None or added is None else part + added
            elif line.kind == "total" and fen is not None:
                if (
                    whole is not None
                    and part is not None
                    and fen not in (whole, part, whole + (balance or 0))
                    and fen != _sum_below(lines[number + 1 :], side)
                ):
                    yield _wrong_total(
                        line, name, fen, whole if abs(whole - fen) <= abs(part - fen) else part
                    )
                part = 0


def _sum_below(lines: Sequence[Line], side: str) -> int | None:
    """What the entries add up to that stand under a total written above them, as '二、收入合计' is."""
    entries = [
        line.entry for line in takewhile(lambda line: line.kind in ("entry", "subtotal", "opening"), lines)
    ]
    return add_up([getattr(entry, f"{side}_fen") for entry in entries if entry])


def _wrong_total(line: Line, name: str, written: int, computed: int) -> Problem:
    where = f"第{line.row + 1}行"
    if not line.label:
        detail = f"{where}只有{name}{yuan(written)}元，没有日期和摘要；是一笔账请补上摘要，是合计请写上“合计”并核对，逐笔相加是{yuan(computed)}元。"
        return Problem("nameless_row", where, detail, "error", {"difference_fen": written - computed})
    detail = f"{where}“{line.label}”的{name}写{yuan(written)}元，逐笔相加是{yuan(computed)}元，请改正。"
    return Problem("total_mismatch", where, detail, "error", {"difference_fen": written - computed})


def _running_balance(lines: Sequence[Line], table: CashTable) -> Iterable[Problem]:
    """The first line whose balance does not follow from the line above; later ones only repeat it."""
    if any(line.side for line in lines):
        return
    expected = table.opening_fen
    for line in lines:
        if not line.entry:
            continue
        income, expense = line.entry.income_fen, line.entry.expense_fen
        if income is None or expense is None:
            return
        expected = None if expected is None else expected + income - expense
        written = line.balance.fen
        if written is not None and expected is not None and written != expected:
            where = f"第{line.row + 1}行"
            detail = f"{where}的余额写{yuan(written)}元，按上一行推算是{yuan(expected)}元，请核对。"
            yield Problem("running_balance", where, detail, "warning")
            return
        expected = written if written is not None else expected


def _reversals(entries: Iterable[Entry]) -> Iterable[Problem]:
    for entry in entries:
        for name, fen in (("收入", entry.income_fen), ("支出", entry.expense_fen)):
            if fen is not None and fen < 0:
                which = entry.voucher or f"第{entry.row}行"
                detail = f"{which}是红字冲销，{name}为{yuan(fen)}元。"
                yield Problem("red_reversal", f"第{entry.row}行", detail, "info")


def _voucher_problems(entries: Sequence[Entry]) -> Iterable[Problem]:
    """Numbers left out of a series, and numbers used again on another day.

    Several lines of one day under one number are one voucher with several lines.
    """
    series: dict[str, dict[int, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        found = re.fullmatch(r"(.*?)[-字第]*(\d{1,6})号?", entry.voucher or "")
        if found:
            series[found[1]][int(found[2])].append(entry)
    for prefix, numbers in series.items():
        for used in numbers.values():
            if len({entry.date for entry in used}) > 1:
                yield _duplicate_voucher(used)
        missing = sorted(set(range(min(numbers), max(numbers))) - set(numbers))
        if 0 < len(missing) <= min(_LARGEST_GAP, 2 * len(numbers)):
            names = "、".join(f"{prefix}-{number}" if prefix else str(number) for number in missing)
            detail = f"{names}不在表内（可能是转账凭证或编号写错），请核对。"
            yield Problem("voucher_gap", None, detail, "info")


def _duplicate_voucher(used: Sequence[Entry]) -> Problem:
    voucher = used[0].voucher or ""
    where = f"第{'、'.join(str(entry.row) for entry in used)}行"
    detail = f"凭证号{voucher}用在不同的日期（{where}），请核对是不是编号写错或重复入账。"
    return Problem("duplicate_voucher", where, detail, "warning", {"voucher": voucher})


def _date_problems(entries: Sequence[Entry], period: Period | None, has_dates: bool) -> list[Problem]:
    """Entries without a date, or with one outside the period of the title."""
    problems = []
    missing = [entry.row for entry in entries if entry.date is None]
    if has_dates and missing:
        rows = "、".join(str(row) for row in missing[:10])
        problems.append(
            Problem("date_missing", f"第{rows}行", f"第{rows}行没有能用的日期，请补上年月日。", "warning")
        )
    outside = [e for e in entries if e.date and period and not period.start <= e.date <= period.end]
    if outside:
        rows = "、".join(str(entry.row) for entry in outside[:10])
        detail = f"第{rows}行的日期不在本表的期间之内（如{outside[0].date}），请核对日期和标题。"
        problems.append(Problem("date_outside_period", f"第{rows}行", detail, "warning"))
    return problems
