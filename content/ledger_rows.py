"""What a village's ledgers (三资台账) say: plain rows by kind; checking them is ledger_checks.py, publishing ledgers.py."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import msgspec

from content.errors import RuleError
from content.publications import Override, Review

ASSET_SIDE, LIABILITY_SIDE = "资产", "负债及权益"
RECEIVABLE, PAYABLE = "应收款", "应付款"


@dataclass(frozen=True)
class Asset:
    """One thing the village owns (资产). bought_on: an ISO day, a month "2019-11", a year, or ""."""

    name: str
    original_fen: int
    net_fen: int
    no: str = ""
    bought_on: str = ""
    user: str = ""
    location: str = ""


@dataclass(frozen=True)
class MoneyCheck:
    """One line of a count of the money (货币资金盘点): what the book says and what is there."""

    item: str
    book_fen: int
    actual_fen: int
    reason: str = ""

    @property
    def difference_fen(self) -> int:
        """Above zero: more is there than the book says."""
        return self.actual_fen - self.book_fen


@dataclass(frozen=True)
class Resource:
    """One piece of collective land (资源). area_mu: a decimal number of mu as text."""

    name: str
    area_mu: str
    status: str = ""
    location: str = ""


@dataclass(frozen=True)
class Contract:
    """One lease (承包租赁合同). start_on: ISO day, month, year or ""; end_on: ISO day or ""; area_mu as for a Resource.

    rent_due_fen and rent_paid_fen: what should have been paid by the ledger's day, and what was.
    """

    lessee: str
    object: str
    rent_due_fen: int
    rent_paid_fen: int
    no: str = ""
    area_mu: str = ""
    boundaries: str = ""
    start_on: str = ""
    end_on: str = ""
    memo: str = ""

    @property
    def owed_fen(self) -> int:
        """Rent that is due and not paid; nothing when more was paid."""
        return max(0, self.rent_due_fen - self.rent_paid_fen)


@dataclass(frozen=True)
class Debt:
    """One claim or debt (债权债务). side: RECEIVABLE is owed to the village, PAYABLE by it."""

    side: str
    party: str
    opening_fen: int
    increase_fen: int
    decrease_fen: int
    closing_fen: int
    reason: str = ""


@dataclass(frozen=True)
class BalanceLine:
    """One line of a balance sheet (资产负债表). side: ASSET_SIDE or LIABILITY_SIDE; is_total: a sum of lines above it."""

    side: str
    name: str
    year_start_fen: int
    closing_fen: int
    is_total: bool = False


Row = Asset | MoneyCheck | Resource | Contract | Debt | BalanceLine
ROWS: dict[str, type[Row]] = {
    "assets": Asset,
    "money": MoneyCheck,
    "resources": Resource,
    "contracts": Contract,
    "debts": Debt,
    "balance_sheet": BalanceLine,
}
KINDS = tuple(ROWS)
# What a ledger of each kind is called in the title of its draft.
TITLES = {
    "assets": "资产台账",
    "money": "货币资金清点表",
    "resources": "资源台账",
    "contracts": "承包租赁合同台账",
    "debts": "债权债务变动表",
    "balance_sheet": "资产负债表",
}
# The item of the county's catalogue that each kind stands under.
ITEMS = {
    "assets": "F4",
    "money": "F4",
    "resources": "F5",
    "contracts": "F5",
    "debts": "F6",
    "balance_sheet": "F4",
}
_FIXED_TEXTS = ("side", "area_mu", "bought_on", "start_on", "end_on")


@dataclass(frozen=True)
class Ledger:
    """A ledger without its rows. as_of: the ISO day it shows; period_start: of a ledger of movements (debts), else "".

    reason: why it replaces an earlier one; row_parts and row_count are filled in by `ledgers.publish`.
    """

    kind: str
    title: str
    as_of: str
    issuer: str
    drafted_by: str
    reviews: tuple[Review, ...]
    period_start: str = ""
    reason: str = ""
    row_parts: tuple[str, ...] = ()
    row_count: int = 0
    overrides: tuple[Override, ...] = ()

    @property
    def item(self) -> str:
        """The catalogue's item. KeyError for an unknown kind."""
        return ITEMS[self.kind]


def texts(kind: str) -> tuple[str, ...]:
    """The names of a kind's fields that people write freely, which screening has to read."""
    return tuple(f.name for f in fields(ROWS[kind]) if f.type is str and f.name not in _FIXED_TEXTS)


def rows_from(kind: str, plain: Sequence[dict[str, Any]]) -> list[Row]:
    """Rows of a kind from their plain form. RuleError when a figure is missing: an unread amount is never 0."""
    if kind not in ROWS:
        raise RuleError("没有这种台账，请重新上传文件。", code="no_kind")
    rows: list[Row] = []
    for place, row in enumerate(plain, start=1):
        try:
            rows.append(msgspec.convert(row, ROWS[kind]))
        except msgspec.ValidationError as exc:
            raise RuleError(f"第{place}行有数字没有读到，请补上再发布。", code="no_figure") from exc
    return rows
