"""Charts of accounts (会计科目表): dated data that the county sets; what is not verified says so."""

import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlite_utils import Database

from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE account_charts (
    chart TEXT PRIMARY KEY, valid_from TEXT NOT NULL, body JSON NOT NULL, event_order TEXT NOT NULL
);
"""

# Sub-accounts are written behind the account: 管理费用-办公费, 管理费用——差旅费, 513/01.
_SUB_ACCOUNT_MARKS = "-—–/:·"


@dataclass(frozen=True)
class LedgerAccount:
    """One account of a chart. account_class: 资产 …; normal_side: 借 or 贷; statuses: "verified" or "unverified"
    against the text of the regulation; earlier_code: what it was in the chart before, "" for a new one."""

    code: str
    name: str
    account_class: str
    normal_side: str
    code_status: str
    name_status: str
    earlier_code: str = ""
    note: str = ""
    source_url: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart ("2024") and the ISO date from which it holds, until the next one does."""

    chart: str
    valid_from: str
    accounts: tuple[LedgerAccount, ...]


def set_chart(record: Record, chart: Chart, *, by: str) -> str:
    """Give all villages a chart, or change one; the event's id."""
    return record.append("all", NewEvent("account_chart_set", msgspec.to_builtins(chart), by))[0]


def read_chart(path: Path, *, valid_from: str) -> Chart:
    """The chart in a CSV file like content/data/accounts_2024.csv. ValueError names a bad row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    charts = {row.get("chart", "") for row in rows}
    if len(charts) != 1:
        raise ValueError(f"科目表文件要正好写一个表名（chart 列），现在有：{sorted(charts)}")
    return Chart(charts.pop(), valid_from, tuple(_account(row) for row in rows))


def known_accounts(db: Database, on_date: str) -> list[LedgerAccount]:
    """The accounts of the chart that holds on this ISO date; none before the first chart."""
    row = db.execute(
        "SELECT body FROM account_charts WHERE valid_from <= ? ORDER BY valid_from DESC, chart LIMIT 1",
        [on_date],
    ).fetchone()
    return [] if row is None else list(msgspec.json.decode(row[0], type=Chart).accounts)


def earlier_accounts(db: Database, on_date: str) -> list[LedgerAccount]:
    """The accounts of every chart that held before the one of this ISO date."""
    rows = db.execute(
        "SELECT body FROM account_charts WHERE valid_from <= ? ORDER BY valid_from DESC, chart LIMIT -1 OFFSET 1",
        [on_date],
    )
    charts = [msgspec.json.decode(row[0], type=Chart) for row in rows]
    return [account for chart in charts for account in chart.accounts]


def find_account(accounts: Sequence[LedgerAccount], text: str) -> LedgerAccount | None:
    """The account that an entry names by name or code, with or without a sub-account behind it."""
    main = _plain(text)
    for mark in _SUB_ACCOUNT_MARKS:
        main = main.split(mark)[0].strip()
    return next((account for account in accounts if main in (account.code, _plain(account.name))), None)


def _plain(text: str) -> str:
    """Brackets and digits are typed half-width as often as full-width."""
    return unicodedata.normalize("NFKC", text).strip()


def _account(row: dict[str, str]) -> LedgerAccount:
    try:
        return LedgerAccount(
            code=row["code"],
            name=row["name"],
            account_class=row["class"],
            normal_side=row["normal_side"],
            code_status=row.get("code_status") or row["verified"],
            name_status=row.get("name_status") or row["verified"],
            earlier_code=row.get("chart_2004_code") or "",
            note=row["note"],
            source_url=row["source_url"],
        )
    except KeyError as exc:
        raise ValueError(f"科目表的这一行缺少 {exc}：{row.get('code') or row}") from exc


def _fold_chart(db: Database, event: Event) -> None:
    chart = msgspec.convert(event.body, Chart)
    row = {
        "chart": chart.chart,
        "valid_from": chart.valid_from,
        "body": msgspec.json.encode(chart).decode(),
        "event_order": event.order,
    }
    keep_newest(db, "account_charts", row, key="chart")


FOLDS = {"account_chart_set": from_county(_fold_chart)}
