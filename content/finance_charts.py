"""Sums over published statements for bars and trends; drawing them is the kiosk's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from content import publications

REST = "其他"


@dataclass(frozen=True)
class AccountTotal:
    """What one account brought in and cost; count: its entries."""

    account: str
    income_fen: int
    expense_fen: int
    count: int


@dataclass(frozen=True)
class MonthTotal:
    """Income and expense of one month ("2026-10")."""

    month: str
    income_fen: int
    expense_fen: int


def totals_by_account(db: Database, statement_id: str) -> list[AccountTotal]:
    """The sums of a statement's accounts, the one that moved most money first."""
    rows = db.query(
        """
        SELECT e.account, SUM(e.income_fen) AS income_fen, SUM(e.expense_fen) AS expense_fen, COUNT(*) AS count
        FROM statement_entries e JOIN statements s ON s.event = e.statement WHERE s.id = :id
        GROUP BY e.account ORDER BY ABS(SUM(e.income_fen)) + ABS(SUM(e.expense_fen)) DESC, e.account
        """,
        {"id": statement_id},
    )
    return [AccountTotal(**row) for row in rows]


def for_chart(
    totals: Sequence[AccountTotal], limit: int = 6, *, side: Literal["", "income", "expense"] = ""
) -> list[AccountTotal]:
    """At most `limit` bars: the largest accounts, and the rest together as 其他 at the end.

    side: only the accounts with money on this side, ranked by it. The sums are those of `totals`.
    """
    amount = {
        "": lambda total: abs(total.income_fen) + abs(total.expense_fen),
        "income": lambda total: total.income_fen,
        "expense": lambda total: total.expense_fen,
    }[side]
    ranked = sorted((total for total in totals if amount(total)), key=amount, reverse=True)
    if len(ranked) <= limit:
        return ranked
    rest = ranked[limit - 1 :]
    folded = AccountTotal(
        REST,
        sum(total.income_fen for total in rest),
        sum(total.expense_fen for total in rest),
        sum(total.count for total in rest),
    )
    return [*ranked[: limit - 1], folded]


def trend(db: Database, village: str, months: int = 24, *, ledger: str = "cash") -> list[MonthTotal]:
    """The last `months` months that have figures, oldest first.

    A month takes its figures from one statement only, that of the shortest period over it (a monthly one before a
    quarterly one), so that nothing is counted twice. A longer statement counts by the dates of its entries;
    its undated entries belong to no month.
    """
    rows = db.query(
        f"""
        WITH standing AS (
            SELECT p.*, julianday(period_end) - julianday(period_start) AS days,
                substr(period_start, 1, 7) = substr(period_end, 1, 7) AS is_monthly
            FROM statements p
            WHERE village = :village AND ledger = :ledger AND {publications.IN_FORCE}
        ), candidate AS (
            SELECT substr(period_end, 1, 7) AS month, income_fen, expense_fen, days, at, event
            FROM standing WHERE is_monthly
            UNION ALL
            SELECT substr(e.date, 1, 7), SUM(e.income_fen), SUM(e.expense_fen), s.days, s.at, s.event
            FROM standing s JOIN statement_entries e ON e.statement = s.event
            WHERE NOT s.is_monthly AND e.date BETWEEN s.period_start AND s.period_end
            GROUP BY s.event, substr(e.date, 1, 7)
        ), best AS (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY month ORDER BY days, at DESC, event) AS place FROM candidate
        )
        SELECT * FROM (
            SELECT month, income_fen, expense_fen FROM best WHERE place = 1 ORDER BY month DESC LIMIT :months
        ) ORDER BY month
        """,
        {"village": village, "ledger": ledger, "months": months},
    )
    return [MonthTotal(**row) for row in rows]
