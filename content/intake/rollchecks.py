"""Judges what a roll says: rate times quantity, totals, the same person twice; it reads no cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from content.intake.findings import Problem, yuan
from content.intake.headings import Column
from content.intake.roll import RollRow

# Sheets cut or raise the half fen as their makers please; more than one fen is a mistake.
_ROUNDING_FEN = 1
_MOST_SHOWN = 10


@dataclass(frozen=True)
class RollTotal:
    """A total row: `row` counts from 1, `rows_above` is how many payments stand above it.

    `first_row` is how many of these belong to other tables before its own; `whole_table` the rows, from and to, of
    all blocks printed side by side with its own.
    """

    row: int
    label: str
    rows_above: int
    amount_fen: int | None
    quantity: Decimal | None
    first_row: int = 0
    whole_table: tuple[int, int] = (0, 0)


def check_roll(
    rows: Sequence[RollRow], totals: Sequence[RollTotal], columns: Mapping[str, Column]
) -> list[Problem]:
    """Every doubt about the rows of a roll; `columns` by role say which cells a message names."""
    letter = columns["amount"].letter if "amount" in columns else ""
    problems = [p for row in rows for p in _wrong_amounts(row, f"{letter}{row.row}")]
    return [*problems, *_wrong_totals(rows, totals), *_same_numbers(rows), *_same_names(rows)]


def expected_fen(row: RollRow) -> int | None:
    """What the row should pay, or was earned where a part is withheld: its parts added up, or quantity (or persons) × rate × months; None without a rate."""
    if row.parts:
        return sum(row.parts.values())
    if row.lots:
        whole = sum((quantity * rate for quantity, rate in row.lots), Decimal())
        return int(whole.quantize(Decimal(1), ROUND_HALF_UP))
    quantity = row.quantity if row.quantity is not None else _decimal(row.headcount)
    factors = [factor for factor in (quantity, row.months) if factor is not None]
    if row.rate_fen is None or not factors:
        return None
    product = Decimal(row.rate_fen)
    for factor in factors:
        product *= factor
    return int(product.quantize(Decimal(1), ROUND_HALF_UP))


def _decimal(number: int | None) -> Decimal | None:
    return Decimal(number) if number is not None else None


def _wrong_amounts(row: RollRow, where: str) -> Iterable[Problem]:
    """What was earned must be the product, what is paid the earned less what is withheld."""
    how = "各项相加" if row.parts else "按数量和标准计算"
    earned = row.amount_fen if row.due_fen is None else row.due_fen
    yield from _wrong_amount(
        row, where, "" if row.due_fen is None else "应发", earned, how, expected_fen(row)
    )
    if row.due_fen is not None and row.withheld_fen is not None:
        left = row.due_fen - row.withheld_fen
        yield from _wrong_amount(row, where, "实发", row.amount_fen, "应发减去扣款", left)


def _wrong_amount(
    row: RollRow, where: str, what: str, written: int | None, how: str, expected: int | None
) -> Iterable[Problem]:
    if expected is None or written is None or abs(written - expected) <= _ROUNDING_FEN:
        return
    detail = f"{where}（{row.name}）{what}写{yuan(written)}元，{how}是{yuan(expected)}元，请核对后改正。"
    yield Problem("amount_mismatch", where, detail, "error", {"difference_fen": written - expected})


def _wrong_totals(rows: Sequence[RollRow], totals: Sequence[RollTotal]) -> Iterable[Problem]:
    """A total must be the sum of all rows above it or of those since the total before."""
    start = 0
    for total in totals:
        for name, written, values in (
            ("金额", total.amount_fen, [row.amount_fen for row in rows]),
            ("数量", total.quantity, [row.quantity for row in rows]),
        ):
            known = [value for value in values[: total.rows_above] if value is not None]
            if written is None or len(known) < total.rows_above:
                continue
            whole, part = sum(known), sum(known[start:])
            beside = [value or 0 for value in values[slice(*total.whole_table)]]
            if written not in (whole, part, sum(known[total.first_row :]), sum(beside)):
                yield _wrong_total(total, name, written, part if total.label == "小计" else whole)
        start = total.rows_above


def _wrong_total(total: RollTotal, name: str, written: int | Decimal, computed: int | Decimal) -> Problem:
    where = f"第{total.row}行"
    shown = [yuan(n) + "元" if isinstance(n, int) and name == "金额" else str(n) for n in (written, computed)]
    detail = f"{where}“{total.label}”的{name}写{shown[0]}，逐户相加是{shown[1]}，请改正。"
    about = {"difference_fen": int(written - computed)} if name == "金额" else {}
    return Problem("total_mismatch", where, detail, "error", about)


def _same_numbers(rows: Sequence[RollRow]) -> Iterable[Problem]:
    """One ID on several rows may be paid twice; one account for several people may be a family's or a mistake."""
    for where, names in _sharing(rows, "id18"):
        detail = f"{where}（{names}）的身份证号相同，可能重复发放，请核对。"
        yield Problem("duplicate_person", where, detail, "error")
    for where, names in _sharing(rows, "bank"):
        detail = f"{where}（{names}）的收款账号相同，请确认是同一家人。"
        yield Problem("shared_account", where, detail, "info")


def _sharing(rows: Sequence[RollRow], kind: str) -> Iterable[tuple[str, str]]:
    """Rows and names for each number of this kind that stands on more than one row; never the number."""
    by_number: dict[str, list[RollRow]] = defaultdict(list)
    for row in rows:
        if kind in row.personal:
            by_number[row.personal[kind]].append(row)
    for same in by_number.values():
        if len(same) > 1:
            shown = same[:_MOST_SHOWN]
            yield f"第{'、'.join(str(row.row) for row in shown)}行", "、".join(row.name for row in shown)


def _same_names(rows: Sequence[RollRow]) -> Iterable[Problem]:
    by_name: dict[str, list[RollRow]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    for name, same in by_name.items():
        if len(same) < 2:
            continue
        where = f"第{'、'.join(str(row.row) for row in same[:_MOST_SHOWN])}行"
        if len({(row.group, row.household) for row in same}) == len(same):
            detail = f"{where}都叫{name}，凭组别和户号区分，公开时请一并写上。"
            yield Problem("same_name", where, detail, "info")
        else:
            detail = f"{where}都叫{name}，组别和户号也分不开，请补上户号，免得认错人或重复发放。"
            yield Problem("same_name_unclear", where, detail, "warning")
