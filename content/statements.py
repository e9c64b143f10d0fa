"""A finance statement as figures, and what is doubtful in them; where it is published and kept is finances.py."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from content.account_charts import LedgerAccount, find_account
from content.intake.findings import Problem
from content.money import yuan
from content.publications import Override, Review
from content.record.blobs import BlobRef


@dataclass(frozen=True)
class Entry:
    """One line of a statement. date: ISO or "" (a summary has none); a red reversal is a negative amount.

    no: its place from 1, given by `publish`; payee: who paid or was paid.
    """

    account: str
    summary: str
    income_fen: int
    expense_fen: int
    date: str = ""
    voucher: str = ""
    payee: str = ""
    handler: str = ""
    approver: str = ""
    images: tuple[BlobRef, ...] = ()
    no: int = 0


@dataclass(frozen=True)
class Statement:
    """The figures of one period. Dates are ISO, both days included; ledger "cash" is 货币资金收支.

    chart: the chart of accounts its entries use; reason: why it replaces an earlier one, "" for a first version;
    entry_parts and entry_count are filled in by `publish`.
    """

    title: str
    period_start: str
    period_end: str
    opening_fen: int
    income_fen: int
    expense_fen: int
    closing_fen: int
    issuer: str
    drafted_by: str
    reviews: tuple[Review, ...]
    ledger: str = "cash"
    chart: str = "2024"
    reason: str = ""
    images: tuple[BlobRef, ...] = ()
    entry_parts: tuple[str, ...] = ()
    entry_count: int = 0
    overrides: tuple[Override, ...] = ()


def check(
    statement: Statement,
    entries: Sequence[Entry],
    *,
    previous: Statement | None = None,
    accounts: Sequence[LedgerAccount] = (),
    vote_limit_fen: int | None = None,
) -> list[Problem]:
    """What is wrong ("error": it cannot be published) or doubtful ("warning": a person looks), errors first.

    previous: the statement of the period before, of the same ledger; accounts: the chart's, none for no check;
    vote_limit_fen: the county's amount above which the villagers' assembly decides, None for no check.
    """
    problems = [*_period(statement), *_balance(statement, entries)]
    if not any(problem.code == "bad_period" for problem in problems):
        problems += [*_against_previous(statement, previous), *_dates(statement, entries)]
    problems += [*_vouchers(entries), *_accounts(entries, accounts), *_limit(entries, vote_limit_fen)]
    return problems


def _period(statement: Statement) -> Iterator[Problem]:
    try:
        is_good = date.fromisoformat(statement.period_start) <= date.fromisoformat(statement.period_end)
    except ValueError:
        is_good = False
    if not is_good:
        detail = f"起止日期不对：{statement.period_start} 至 {statement.period_end}，请改正。"
        yield Problem("bad_period", None, detail, "error")


def _balance(statement: Statement, entries: Sequence[Entry]) -> Iterator[Problem]:
    computed = statement.opening_fen + statement.income_fen - statement.expense_fen
    if difference := statement.closing_fen - computed:
        detail = (
            f"收支不平：期初 {yuan(statement.opening_fen)} 元，加收入 {yuan(statement.income_fen)} 元，"
            f"减支出 {yuan(statement.expense_fen)} 元，应为 {yuan(computed)} 元，"
            f"期末写的是 {yuan(statement.closing_fen)} 元，相差 {yuan(difference)} 元。请核对后再发布。"
        )
        yield Problem("not_balanced", "期末", detail, "error", {"difference_fen": difference})
    sums = (
        ("收入", statement.income_fen, sum(entry.income_fen for entry in entries)),
        ("支出", statement.expense_fen, sum(entry.expense_fen for entry in entries)),
    )
    for name, total, added in sums:
        if difference := total - added:
            detail = (
                f"{name}合计写的是 {yuan(total)} 元，逐笔加起来是 {yuan(added)} 元，"
                f"相差 {yuan(difference)} 元。请核对是否漏记或多记。"
            )
            yield Problem("not_balanced", f"{name}合计", detail, "error", {"difference_fen": difference})


def _against_previous(statement: Statement, previous: Statement | None) -> Iterator[Problem]:
    if previous is None:
        return
    if date.fromisoformat(previous.period_end) + timedelta(days=1) != date.fromisoformat(
        statement.period_start
    ):
        detail = f"上一期到 {previous.period_end} 为止，本期从 {statement.period_start} 起，两期没有接上。"
        yield Problem("period_gap", "期初", detail, "warning")
    if difference := statement.opening_fen - previous.closing_fen:
        detail = (
            f"期初写的是 {yuan(statement.opening_fen)} 元，上一期期末是 {yuan(previous.closing_fen)} 元，"
            f"相差 {yuan(difference)} 元。"
        )
        yield Problem("opening_differs", "期初", detail, "warning", {"difference_fen": difference})


def _dates(statement: Statement, entries: Sequence[Entry]) -> Iterator[Problem]:
    if entries and not any(entry.date for entry in entries):
        detail = "这是汇总表，没有逐笔日期和凭证号；财务公开要求逐项逐笔。"
        yield Problem("not_line_by_line", None, detail, "warning")
    for place, entry in enumerate(entries, start=1):
        if entry.date and not statement.period_start <= entry.date <= statement.period_end:
            yield Problem("outside_period", _row(place), f"日期 {entry.date} 不在本期内。", "warning")


def _vouchers(entries: Sequence[Entry]) -> Iterator[Problem]:
    places = defaultdict(list)
    for place, entry in enumerate(entries, start=1):
        if entry.voucher:
            places[entry.voucher].append(place)
    for voucher, used_at in places.items():
        if len(used_at) > 1:
            where = "、".join(_row(place) for place in used_at)
            detail = f"凭证号 {voucher} 用了 {len(used_at)} 次，请核对是同一张凭证还是写错了。"
            yield Problem("duplicate_voucher", where, detail, "warning", {"voucher": voucher})


def _accounts(entries: Sequence[Entry], accounts: Sequence[LedgerAccount]) -> Iterator[Problem]:
    if not accounts:
        return
    for place, entry in enumerate(entries, start=1):
        if find_account(accounts, entry.account) is None:
            detail = f"科目“{entry.account}”不在现行科目表里。" if entry.account else "没有写科目。"
            yield Problem("unknown_account", _row(place), detail, "warning", {"account": entry.account})


def _limit(entries: Sequence[Entry], vote_limit_fen: int | None) -> Iterator[Problem]:
    if vote_limit_fen is None:
        return
    for place, entry in enumerate(entries, start=1):
        if entry.expense_fen > vote_limit_fen:
            detail = (
                f"这笔支出 {yuan(entry.expense_fen)} 元，超过 {yuan(vote_limit_fen)} 元，"
                "应先经村民会议或村民代表会议决定，请附会议记录。"
            )
            yield Problem("over_vote_limit", _row(place), detail, "warning")


def _row(place: int) -> str:
    return f"第{place}笔"
