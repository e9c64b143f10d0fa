"""A subsidy roll as figures, and what is doubtful in them; where it is published and kept is rolls.py."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from content import subsidies
from content.intake.findings import Problem
from content.money import yuan
from content.own_payments import Held
from content.publications import Override, Review
from content.record.blobs import BlobRef

# "2组" and "张三2" are written; four digits together are already the end of a card or a phone.
_DIGITS = re.compile(r"[0-9](?:[\s-]?[0-9]){3,}")


@dataclass(frozen=True)
class RollRow:
    """All that is public of one payment. name: head of household; quantity and rate_fen: None when the amount is
    not a product (then only the amount counts)."""

    group: str
    name: str
    quantity: Decimal | None
    unit: str
    rate_fen: int | None
    amount_fen: int


@dataclass(frozen=True)
class Roll:
    """A batch of payments under one programme. item: catalogue code; batch: "2026-06", "2026Q3" …

    is_totals_only: no rows are published; headcount: persons, where households have several;
    row_count and row_parts are filled in by `publish_roll`, is_totals_only may be raised by it.
    """

    programme: str
    item: str
    batch: str
    title: str
    total_fen: int
    issuer: str
    drafted_by: str
    reviews: tuple[Review, ...]
    unit: str = ""
    objection_days: int = 7
    is_totals_only: bool = False
    headcount: int = 0
    legal_basis: str = ""
    reason: str = ""
    images: tuple[BlobRef, ...] = ()
    row_parts: tuple[str, ...] = ()
    row_count: int = 0
    overrides: tuple[Override, ...] = ()


def check(roll: Roll, rows: Sequence[RollRow], held: Sequence[Held] | None = None) -> list[Problem]:
    """What is wrong ("error": it cannot be published) or doubtful ("warning": a person looks).

    held: the fingerprints of its people, to say who will not find their own payment; None for no check.
    """
    problems = [*_amounts(rows), *_total(roll, rows), *_names(rows)]
    return problems if held is None else [*problems, *_ids(rows, held)]


def _amounts(rows: Sequence[RollRow]) -> Iterator[Problem]:
    for place, row in enumerate(rows, start=1):
        if row.quantity is None or row.rate_fen is None:
            continue
        product = subsidies.multiply(row.quantity, row.rate_fen)
        if difference := row.amount_fen - product:
            is_rounding = abs(difference) == 1
            detail = (
                f"{row.quantity} × {yuan(row.rate_fen)} 元 = {yuan(product)} 元，"
                f"表上写的是 {yuan(row.amount_fen)} 元，相差 {yuan(difference)} 元。"
            )
            yield Problem(
                "rounding" if is_rounding else "roll_not_balanced",
                _row(place, row),
                detail if is_rounding else f"{detail}请改正后再发布。",
                "warning" if is_rounding else "error",
                {"difference_fen": difference},
            )


def _total(roll: Roll, rows: Sequence[RollRow]) -> Iterator[Problem]:
    if not rows:
        yield Problem("no_rows", "名册", "没有读到发放的行，请检查文件。", "error")
    added = sum(row.amount_fen for row in rows)
    if difference := roll.total_fen - added:
        detail = (
            f"表上写的是 {yuan(roll.total_fen)} 元，逐行加起来是 {yuan(added)} 元，"
            f"相差 {yuan(difference)} 元。请核对是否漏行或多行。"
        )
        yield Problem("roll_not_balanced", "合计", detail, "error", {"difference_fen": difference})


def _names(rows: Sequence[RollRow]) -> Iterator[Problem]:
    places = defaultdict(list)
    for place, row in enumerate(rows, start=1):
        places[row.group, row.name].append(place)
        if any(
            _DIGITS.search(unicodedata.normalize("NFKC", text)) for text in (row.name, row.group, row.unit)
        ):
            detail = "姓名、组别或单位里有一串数字，可能是证件号、卡号或电话，不能公开。请改正。"
            yield Problem("personal_digits", f"第{place}行", detail, "error")
    for (group, name), used_at in places.items():
        if len(used_at) > 1:
            where = "、".join(f"第{place}行" for place in used_at)
            detail = f"{group}“{name}”出现 {len(used_at)} 次，请核对是同名、分笔还是重复。"
            yield Problem("same_name", where, detail, "warning")


def _ids(rows: Sequence[RollRow], held: Sequence[Held]) -> Iterator[Problem]:
    for place in sorted(set(range(1, len(rows) + 1)) - {one.seq for one in held}):
        detail = "没有正确的身份证号，本人在机器上查不到这一笔。"
        yield Problem("no_id", f"第{place}行", detail, "warning")


def _row(place: int, row: RollRow) -> str:
    return f"第{place}行（{' '.join(filter(None, (row.group, row.name)))}）"
