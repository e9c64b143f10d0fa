"""A finance statement as read from a file: plain frozen results, their JSON form and nothing else."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from content.intake.dates import Period
from content.intake.findings import Problem


@dataclass(frozen=True)
class Entry:
    """One line of a cash book, in fen. An amount is None when its cell could not be read, never 0 for that.

    `row` is the row on the sheet, counted from 1, for a preview beside the file.
    """

    date: date | None
    voucher: str | None
    summary: str | None
    account: str | None
    income_fen: int | None
    expense_fen: int | None
    payee: str | None
    handler: str | None
    approver: str | None = None
    row: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The form kept as JSON; without the row, and without an approver when the sheet has none."""
        kept = asdict(self)
        del kept["row"]
        if self.approver is None:
            del kept["approver"]
        return {**kept, "date": self.date.isoformat() if self.date else None}


@dataclass(frozen=True)
class CashTable:
    """One cash table of a sheet. Totals are added up from the entries; None when an amount is unknown."""

    period: Period | None
    opening_fen: int | None
    closing_fen: int | None
    entries: tuple[Entry, ...]

    @property
    def income_total_fen(self) -> int | None:
        return add_up([entry.income_fen for entry in self.entries])

    @property
    def expense_total_fen(self) -> int | None:
        return add_up([entry.expense_fen for entry in self.entries])

    @property
    def closing_computed_fen(self) -> int | None:
        """Opening + income - expense."""
        parts = (self.opening_fen, self.income_total_fen, self.expense_total_fen)
        if parts[0] is None or parts[1] is None or parts[2] is None:
            return None
        return parts[0] + parts[1] - parts[2]

    @property
    def balances(self) -> bool | None:
        """Whether the closing on the sheet is the computed one, to the fen; None when that cannot be said."""
        if self.closing_fen is None or self.closing_computed_fen is None:
            return None
        return self.closing_fen == self.closing_computed_fen

    def as_dict(self) -> dict[str, Any]:
        """The short form in which a statement of several tables lists each."""
        return {
            "period": self.period.as_dict() if self.period else None,
            "opening_fen": self.opening_fen,
            "closing_fen": self.closing_fen,
            "closing_computed_fen": self.closing_computed_fen,
            "balances": self.balances,
            "entry_vouchers": [entry.voucher for entry in self.entries],
        }


@dataclass(frozen=True)
class BalanceLine:
    """One line of a balance sheet, in fen."""

    side: str
    name: str
    year_start_fen: int | None
    closing_fen: int | None
    is_total: bool


@dataclass(frozen=True)
class Debt:
    """One line of a table of claims and debts, in fen."""

    side: str | None
    party: str
    opening_fen: int | None
    increase_fen: int | None
    decrease_fen: int | None
    closing_fen: int | None
    reason: str | None


@dataclass(frozen=True)
class DebtTable:
    """The table of claims and debts that goes with a statement; `header_row` counts from 1."""

    title: str
    unit: str
    header_row: int
    rows: tuple[Debt, ...]


@dataclass(frozen=True)
class CashCheck:
    """One line of a count of the money: what the book says and what is there."""

    item: str
    book_fen: int | None
    actual_fen: int | None
    diff_fen: int | None
    reason: str | None


@dataclass(frozen=True)
class Asset:
    """One thing the village owns; `bought_on` is a day, a month or a year, as far as it is written."""

    no: str | None
    name: str
    bought_on: str | None
    original_fen: int | None
    net_fen: int | None
    user: str | None
    location: str | None


@dataclass(frozen=True)
class Resource:
    """One piece of collective land; the area is a decimal number of mu as text."""

    kind: str
    area_mu: str | None
    status: str | None
    location: str | None


@dataclass(frozen=True)
class Contract:
    """One lease; days are ISO text, the area is a decimal number of mu as text."""

    no: str | None
    lessee: str
    object: str | None
    area_mu: str | None
    boundaries: str | None
    start_on: str | None
    end_on: str | None
    rent_due_fen: int | None
    rent_paid_fen: int | None
    rent_owed_fen: int | None
    memo: str | None


@dataclass(frozen=True)
class Statement:
    """What a finance file says. `kind` is cashbook, monthly_/quarterly_/yearly_summary, summary, balance_sheet,
    sanzi_ledger (the three ledgers of money, assets and resources), contracts or debts; parts it has not are empty.

    `sheet_rows` is the sheet as text for a preview beside the entries; it may hold anything the file holds
    and must not be published.
    """

    file: str
    kind: str
    village: str | None
    period: Period | None
    unit_in_file: str
    problems: tuple[Problem, ...]
    sheet: str | None = None
    encoding: str | None = None
    has_formulas: bool = False
    tables: tuple[CashTable, ...] = ()
    second_table: DebtTable | None = None
    balance_lines: tuple[BalanceLine, ...] = ()
    ledgers: dict[str, tuple[CashCheck | Asset | Resource, ...]] = field(default_factory=dict)
    totals: dict[str, int | None] = field(default_factory=dict)
    contracts: tuple[Contract, ...] = ()
    as_of: date | None = None
    sheet_rows: list[list[str]] = field(default_factory=list, repr=False)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for table in self.tables for entry in table.entries)

    @property
    def opening_fen(self) -> int | None:
        return self.tables[0].opening_fen if self.tables else None

    @property
    def closing_fen(self) -> int | None:
        return self.tables[-1].closing_fen if self.tables else None

    @property
    def income_total_fen(self) -> int | None:
        return add_up([table.income_total_fen for table in self.tables]) if self.tables else None

    @property
    def expense_total_fen(self) -> int | None:
        return add_up([table.expense_total_fen for table in self.tables]) if self.tables else None

    @property
    def closing_computed_fen(self) -> int | None:
        """The opening of the first table + all income - all expense."""
        return self._whole.closing_computed_fen

    @property
    def balances(self) -> bool | None:
        """Whether the last closing on the sheet is the computed one; None when that cannot be said."""
        return self._whole.balances

    @property
    def _whole(self) -> CashTable:
        return CashTable(self.period, self.opening_fen, self.closing_fen, self.entries)

    def as_dict(self) -> dict[str, Any]:
        """The form kept as JSON: fen as integers, days as ISO text; parts the file has not are left out."""
        kept: dict[str, Any] = {
            "file": self.file,
            "kind": self.kind,
            "village": self.village,
            "period": self.period.as_dict() if self.period else None,
            "unit_in_file": self.unit_in_file,
            "opening_fen": self.opening_fen,
            "entries": [entry.as_dict() for entry in self.entries],
            "income_total_fen": self.income_total_fen,
            "expense_total_fen": self.expense_total_fen,
            "closing_fen": self.closing_fen,
            "problems": [problem.as_dict() for problem in self.problems],
            "sheet": self.sheet,
            "has_formulas": self.has_formulas,
        }
        return kept | self._parts()

    def _parts(self) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        if self.encoding:
            parts["encoding"] = self.encoding
        if self.tables:
            parts |= {"closing_computed_fen": self.closing_computed_fen, "balances": self.balances}
        if len(self.tables) > 1:
            parts["tables"] = [table.as_dict() for table in self.tables]
        if self.second_table:
            parts["second_table"] = asdict(self.second_table)
            parts["second_table"]["rows"] = [asdict(row) for row in self.second_table.rows]
        if self.balance_lines:
            parts["balance_lines"] = [asdict(line) for line in self.balance_lines]
            assets = self.totals.get("total_assets_fen")
            parts["balance_ok"] = assets is not None and assets == self.totals.get("total_liab_equity_fen")
            parts |= self.totals
        if self.ledgers:
            parts["ledgers"] = {name: [asdict(row) for row in rows] for name, rows in self.ledgers.items()}
            parts["totals"] = self.totals
        if self.contracts:
            parts["contracts"] = [asdict(contract) for contract in self.contracts]
        if self.as_of:
            parts["as_of"] = self.as_of.isoformat()
        return parts


def add_up(amounts: list[int | None]) -> int | None:
    """The sum; None when one of them is unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
