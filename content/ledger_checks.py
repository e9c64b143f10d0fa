"""What is wrong or doubtful in a ledger's figures, kind by kind; nothing is published or kept here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from content import contract_terms
from content.intake import statement as statement_file
from content.intake.findings import Problem
from content.intake.ledgers import check_balance
from content.ledger_rows import (
    ASSET_SIDE,
    LIABILITY_SIDE,
    PAYABLE,
    RECEIVABLE,
    ROWS,
    Asset,
    BalanceLine,
    Contract,
    Debt,
    Ledger,
    MoneyCheck,
    Resource,
    Row,
)
from content.money import yuan

_PARTIAL_DAY = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
_NAMES = {"name": "名称", "item": "项目", "lessee": "承租人", "object": "标的", "party": "对方"}


def check(
    ledger: Ledger,
    rows: Sequence[Row],
    *,
    today: date | None = None,
    soon_days: int = contract_terms.EXPIRES_SOON_DAYS,
) -> list[Problem]:
    """What is wrong ("error": it cannot be published) or doubtful ("warning": a person looks), errors first.

    today: the day against which leases are judged, by default the ledger's own; soon_days: how long before its end
    a lease is pointed out.
    """
    problems = [*_head(ledger), *_rows_there(ledger, rows)]
    day = today or contract_terms.day_of(ledger.as_of)
    for place, row in enumerate(rows, start=1):
        where = f"第{place}行"
        problems += _names(row, where)
        if isinstance(row, Asset):
            problems += _asset(row, where)
        elif isinstance(row, MoneyCheck):
            problems += _money(row, where)
        elif isinstance(row, Resource):
            problems += _area(row.area_mu, where, is_needed=True)
        elif isinstance(row, Contract):
            problems += [*_contract(row, where), *(_standing(row, where, day, soon_days) if day else ())]
        elif isinstance(row, Debt):
            problems += _debt(row, where)
    problems += _balance([row for row in rows if isinstance(row, BalanceLine)])
    return sorted(problems, key=lambda problem: problem.severity != "error")


def _head(ledger: Ledger) -> Iterator[Problem]:
    if ledger.kind not in ROWS:
        yield Problem("no_kind", None, "没有这种台账，请重新上传文件。", "error")
    start, end = contract_terms.day_of(ledger.period_start), contract_terms.day_of(ledger.as_of)
    if end is None or (ledger.period_start and (start is None or start > end)):
        span = f"{ledger.period_start} 至 {ledger.as_of}" if ledger.period_start else ledger.as_of or "空白"
        yield Problem("bad_date", "日期", f"台账的日期不对：{span}，请改正。", "error")


def _rows_there(ledger: Ledger, rows: Sequence[Row]) -> Iterator[Problem]:
    if not rows:
        yield Problem("no_rows", None, "台账里一行也没有，请补上再发布。", "error")
    wanted = ROWS.get(ledger.kind)
    if wanted and any(not isinstance(row, wanted) for row in rows):
        yield Problem("no_kind", None, "台账里混有别的台账的行，请重新上传文件。", "error")


def _names(row: Row, where: str) -> Iterator[Problem]:
    for field, word in _NAMES.items():
        if not getattr(row, field, "-").strip():
            yield Problem("no_name", where, f"没有写{word}，请补上。", "error")


def _asset(asset: Asset, where: str) -> Iterator[Problem]:
    if asset.original_fen < 0 or asset.net_fen < 0:
        yield Problem("negative", where, f"“{asset.name}”的原值或净值是负数，请核对。", "error")
    if asset.net_fen > asset.original_fen:
        detail = (
            f"“{asset.name}”的净值 {yuan(asset.net_fen)} 元大于原值 {yuan(asset.original_fen)} 元，请核对。"
        )
        yield Problem("net_over_original", where, detail, "warning")
    yield from _partial_day(asset.bought_on, where, "购建时间")


def _money(line: MoneyCheck, where: str) -> Iterator[Problem]:
    difference = line.difference_fen
    if difference:
        code, word = ("cash_shortage", "少") if difference < 0 else ("cash_surplus", "多")
        detail = (
            f"{line.item}账面 {yuan(line.book_fen)} 元，实存 {yuan(line.actual_fen)} 元，"
            f"{word} {yuan(abs(difference))} 元。" + ("" if line.reason else "请写明原因和处理办法。")
        )
        yield Problem(code, where, detail, "warning", {"difference_fen": difference})


def _area(text: str, where: str, *, is_needed: bool) -> Iterator[Problem]:
    if not text and not is_needed:
        return
    try:
        is_good = Decimal(text).is_finite() and Decimal(text) >= 0
    except InvalidOperation:
        is_good = False
    if not is_good:
        detail = f"面积“{text}”不是数字，请只写亩数，例如 26.5。"
        yield Problem("bad_area", where, detail, "error")


def _contract(contract: Contract, where: str) -> Iterator[Problem]:
    name = contract.no or contract.lessee
    yield from _area(contract.area_mu, where, is_needed=False)
    yield from _partial_day(contract.start_on, where, "起始日期")
    end = contract_terms.day_of(contract.end_on)
    if contract.end_on and end is None:
        detail = f"到期日期“{contract.end_on}”不对，请写成 2026-12-31 这样。"
        yield Problem("bad_date", where, detail, "error")
    elif end is None:
        yield Problem("no_end", where, f"{name}没有写到期日期，到期前无法提醒。", "warning")
    elif contract.start_on > contract.end_on:
        yield Problem("bad_date", where, f"{name}的到期日期早于起始日期，请核对。", "error")
    if contract.rent_due_fen < 0 or contract.rent_paid_fen < 0:
        yield Problem("negative", where, f"{name}的应收或实收是负数，请核对。", "error")
    if contract.rent_paid_fen > contract.rent_due_fen:
        over = yuan(contract.rent_paid_fen - contract.rent_due_fen)
        yield Problem("rent_overpaid", where, f"{name}多收了 {over} 元，请核对是不是预收。", "warning")


def _standing(contract: Contract, where: str, day: date, soon_days: int) -> Iterator[Problem]:
    name, about = contract.no or contract.lessee, {"contract": contract.no or contract.lessee}
    stands = contract_terms.standing(contract, day, soon_days=soon_days)
    if stands.is_expired:
        detail = f"{name}已于 {contract.end_on} 到期，请收回或重新发包并签订合同。"
        yield Problem("contract_expired", where, detail, "warning", about)
    elif stands.is_soon:
        detail = f"{name}于 {contract.end_on} 到期，还有 {stands.days_left} 天，请提前商议是否续租。"
        yield Problem("expires_soon", where, detail, "info", about)
    if stands.owed_fen:
        detail = f"{name}（{contract.lessee}）欠租 {yuan(stands.owed_fen)} 元，请催收并写明原因。"
        yield Problem("rent_overdue", where, detail, "warning", about)


def _debt(debt: Debt, where: str) -> Iterator[Problem]:
    if debt.side not in (RECEIVABLE, PAYABLE):
        yield Problem("no_side", where, "没有写明是应收款还是应付款，请选择。", "error")
    computed = debt.opening_fen + debt.increase_fen - debt.decrease_fen
    if difference := debt.closing_fen - computed:
        detail = (
            f"“{debt.party}”期初 {yuan(debt.opening_fen)} 元，加增加 {yuan(debt.increase_fen)} 元，"
            f"减减少 {yuan(debt.decrease_fen)} 元，应为 {yuan(computed)} 元，"
            f"期末写的是 {yuan(debt.closing_fen)} 元，相差 {yuan(difference)} 元。请核对后再发布。"
        )
        yield Problem("debt_mismatch", where, detail, "error", {"difference_fen": difference})


def _balance(lines: Sequence[BalanceLine]) -> Iterator[Problem]:
    """Both columns; a sheet that leaves the year's start blank is not judged by it."""
    if not lines:
        return
    for place, line in enumerate(lines, start=1):
        if line.side not in (ASSET_SIDE, LIABILITY_SIDE):
            detail = "没有写明在资产一边还是负债及权益一边，请选择。"
            yield Problem("no_side", f"第{place}行", detail, "error")
    yield from _column(lines, "期末数")
    if any(line.year_start_fen for line in lines):
        yield from _column([replace(line, closing_fen=line.year_start_fen) for line in lines], "年初数")


def _column(lines: Sequence[BalanceLine], column: str) -> Iterator[Problem]:
    read = [
        statement_file.BalanceLine(line.side, line.name, None, line.closing_fen, line.is_total)
        for line in lines
    ]
    for problem in check_balance(read)[1]:
        yield replace(problem, where=f"{problem.where or '总计'}（{column}）")


def _partial_day(text: str, where: str, word: str) -> Iterator[Problem]:
    if text and not _PARTIAL_DAY.fullmatch(text) and contract_terms.day_of(text) is None:
        detail = f"{word}“{text}”不对，请写成 2019-11-05、2019-11 或 2019。"
        yield Problem("bad_date", where, detail, "error")
