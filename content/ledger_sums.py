"""Sums over a ledger's rows, for a plain sentence, the last line of a table and a few bars; drawing is the kiosk's."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from content.ledger_rows import (
    ASSET_SIDE,
    Asset,
    BalanceLine,
    Contract,
    Debt,
    MoneyCheck,
    Resource,
    Row,
)

REST = "其他"
MAX_BARS = 6


@dataclass(frozen=True)
class DebtSums:
    """One side of the claims and debts."""

    opening_fen: int
    increase_fen: int
    decrease_fen: int
    closing_fen: int


@dataclass(frozen=True)
class BalanceSums:
    """What a balance sheet says in three figures; None for one it does not show."""

    assets_fen: int | None
    debts_fen: int | None
    own_fen: int | None


def asset_sums(rows: Sequence[Row]) -> tuple[int, int]:
    """Original and net value of all assets, in fen."""
    assets = [row for row in rows if isinstance(row, Asset)]
    return sum(asset.original_fen for asset in assets), sum(asset.net_fen for asset in assets)


def money_sums(rows: Sequence[Row]) -> tuple[int, int]:
    """What the book says and what is there, in fen."""
    lines = [row for row in rows if isinstance(row, MoneyCheck)]
    return sum(line.book_fen for line in lines), sum(line.actual_fen for line in lines)


def rent_sums(rows: Sequence[Row]) -> tuple[int, int, int]:
    """Rent due, paid and owed over all contracts, in fen; what one pays too much does not pay for another."""
    contracts = [row for row in rows if isinstance(row, Contract)]
    return (
        sum(contract.rent_due_fen for contract in contracts),
        sum(contract.rent_paid_fen for contract in contracts),
        sum(contract.owed_fen for contract in contracts),
    )


def area_sum(rows: Sequence[Row]) -> Decimal:
    """All land in mu; an area that is no number counts nothing (the checks name it)."""
    return sum(
        (Decimal(row.area_mu) for row in rows if isinstance(row, Resource) and _is_number(row.area_mu)),
        Decimal(),
    )


def debt_sums(rows: Sequence[Row], side: str) -> DebtSums:
    """One side of the claims and debts added up."""
    debts = [row for row in rows if isinstance(row, Debt) and row.side == side]
    return DebtSums(
        sum(debt.opening_fen for debt in debts),
        sum(debt.increase_fen for debt in debts),
        sum(debt.decrease_fen for debt in debts),
        sum(debt.closing_fen for debt in debts),
    )


def balance_sums(rows: Sequence[Row]) -> BalanceSums:
    """Everything owned, everything owed (负债合计) and the difference, at the closing."""
    lines = [row for row in rows if isinstance(row, BalanceLine)]
    assets = _last(lines, ASSET_SIDE, "总计") or _last(lines, ASSET_SIDE, "总额")
    debts = next(
        (line for line in lines if line.name.replace(" ", "") in ("负债合计", "负债总计", "负债总额")), None
    )
    own = assets.closing_fen - debts.closing_fen if assets and debts else None
    return BalanceSums(assets.closing_fen if assets else None, debts.closing_fen if debts else None, own)


def largest(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """At most six bars (name, amount above zero): the largest, the rest together as 其他. Land counts in 1/100 mu."""
    amounts = [(name, amount) for row in rows for name, amount in [_bar(row)] if amount > 0]
    ranked = sorted(amounts, key=lambda bar: bar[1], reverse=True)
    if len(ranked) <= MAX_BARS:
        return ranked
    return [*ranked[: MAX_BARS - 1], (REST, sum(amount for _, amount in ranked[MAX_BARS - 1 :]))]


def _bar(row: Row) -> tuple[str, int]:
    if isinstance(row, Asset):
        return row.name, row.net_fen
    if isinstance(row, MoneyCheck):
        return row.item, row.actual_fen
    if isinstance(row, Resource):
        return row.name, int(Decimal(row.area_mu) * 100) if _is_number(row.area_mu) else 0
    if isinstance(row, Contract):
        return row.lessee, row.owed_fen
    if isinstance(row, Debt):
        return row.party, row.closing_fen
    return row.name, 0 if row.is_total else row.closing_fen


def _last(lines: Sequence[BalanceLine], side: str, ending: str) -> BalanceLine | None:
    found = [line for line in lines if line.side == side and line.name.replace(" ", "").endswith(ending)]
    return found[-1] if found else None


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False
