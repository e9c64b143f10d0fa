"""A ledger ready to be drawn: its rows, sums and words for `_ledger.html`, at the kiosk and at the desk's preview."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from content import ledger_sums
from content.ledger_rows import ASSET_SIDE, LIABILITY_SIDE, PAYABLE, RECEIVABLE, Contract, Row
from kiosk import ledger_words


@dataclass(frozen=True)
class Part:
    """Rows that stand in one table. side: of debts and balance sheets, "" elsewhere; sums: its last line."""

    side: str
    title: str
    rows: list[Row]
    sums: object = None
    bars: Markup | None = None
    bars_title: str = ""


@dataclass(frozen=True)
class Drawn:
    """A ledger as templates need it. standings: of each contract, as (words, look) pairs, in the rows' order."""

    kind: str
    sentence: str
    parts: list[Part] = field(default_factory=list)
    standings: list[list[tuple[str, str]]] = field(default_factory=list)


def draw(kind: str, rows: Sequence[Row], today: date, *, shown: Sequence[Row] | None = None) -> Drawn:
    """rows: the whole ledger, for its sums; shown: those of this page, by default all. Sides are never paged."""
    page = list(rows if shown is None else shown)
    parts = parts_of(kind, rows, shown=page)
    standings = [ledger_words.standing_words(row, today) for row in page if isinstance(row, Contract)]
    return Drawn(kind, ledger_words.sentence(kind, rows, today), parts, standings)


def parts_of(kind: str, rows: Sequence[Row], *, shown: Sequence[Row] | None = None) -> list[Part]:
    """The tables of a ledger with their sums; rows and shown as for `draw`."""
    return _by_side(kind, rows) or [_whole(kind, rows, list(rows if shown is None else shown))]


def _by_side(kind: str, rows: Sequence[Row]) -> list[Part]:
    sides = {"debts": (RECEIVABLE, PAYABLE), "balance_sheet": (ASSET_SIDE, LIABILITY_SIDE)}.get(kind, ())
    found = [(side, [row for row in rows if getattr(row, "side", "") == side]) for side in sides]
    return [
        Part(
            side,
            str(ledger_words.SIDES[side]),
            own,
            ledger_sums.debt_sums(rows, side) if kind == "debts" else None,
            ledger_words.bars(kind, own, side=side),
            ledger_words.bars_title(kind, side),
        )
        for side, own in found
        if own
    ]


def _whole(kind: str, rows: Sequence[Row], page: list[Row]) -> Part:
    return Part("", "", page, _sums(kind, rows), ledger_words.bars(kind, rows), ledger_words.bars_title(kind))


def _sums(kind: str, rows: Sequence[Row]) -> tuple[int, ...] | Decimal | None:
    if kind == "assets":
        return ledger_sums.asset_sums(rows)
    if kind == "money":
        return ledger_sums.money_sums(rows)
    if kind == "contracts":
        return ledger_sums.rent_sums(rows)
    return ledger_sums.area_sum(rows) if kind == "resources" else None
