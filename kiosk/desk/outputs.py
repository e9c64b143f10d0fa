"""What one publication is used for besides the screen: a script to read out, the text to subscribers, a table for the county's books."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from content import finance_charts, finances, ledgers, reading, rolls
from content.clock import local_date
from content.finances import PublishedStatement
from content.ledgers import PublishedLedger
from content.money import yuan
from content.notices import PublishedNotice
from content.roll_checks import RollRow
from content.rolls import PublishedRoll
from content.statements import Entry
from kiosk import ledger_tables
from kiosk.desk import ledger_forms
from kiosk.i18n import DEFAULT
from kiosk.pages import services
from kiosk.public.finances import passage_of as statement_passage
from kiosk.public.ledgers import passage_of as ledger_passage

MOST_ROWS = 20_000
# What a spreadsheet would run as a formula when a cell begins with it (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def script_of(found: Any) -> str:
    """What is read aloud of a publication, in the village's language whatever the reader at the desk has chosen."""
    with force_locale(DEFAULT):
        return _script(found)


def _script(found: Any) -> str:
    db = services().node.views.read()
    if isinstance(found, PublishedNotice):
        return reading.of_notice(found.notice)
    if isinstance(found, PublishedStatement):
        return statement_passage(found.statement, finance_charts.totals_by_account(db, found.id)).text
    if isinstance(found, PublishedRoll):
        return reading.of_roll(found.roll)
    rows = ledgers.all_rows(db, found.id)
    drawn = ledger_tables.draw(found.ledger.kind, rows, local_date(services().node.clock()))
    return ledger_passage(found.ledger, drawn.sentence).text


def table_of(found: Any) -> list[list[str]]:
    """The heading and every row of a publication's figures as text, amounts in yuan; nothing for a notice."""
    if isinstance(found, PublishedStatement):
        return _statement_table(found)
    if isinstance(found, PublishedRoll):
        return _roll_table(found)
    return _ledger_table(found) if isinstance(found, PublishedLedger) else []


def csv_of(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as CSV that Excel opens by itself (UTF-8 with its mark); text that looks like a formula stays text."""
    written = io.StringIO()
    csv.writer(written).writerows([_as_text(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def uses(kind: str, found: Any) -> Iterator[tuple[str, str, str]]:
    """The ways a publication is used, each as (icon, words, address)."""
    there = {"kind": kind, "public_id": found.id}
    yield "pavilion", _("触摸屏上看"), url_for(f"public.{kind}", **{f"{kind}_id": found.id})
    yield "listen", _("广播稿，念给大家听"), url_for("desk.published_script", **there)
    if kind != "notice":
        yield "download", _("报给县里的表（CSV）"), url_for("desk.published_table", **there)


def _statement_table(found: PublishedStatement) -> list[list[str]]:
    head = [
        _("日期"),
        _("凭证号"),
        _("科目"),
        _("摘要"),
        _("收入"),
        _("支出"),
        _("对方"),
        _("经手"),
        _("审批"),
    ]
    return [
        head,
        *map(_entry_cells, finances.entries(services().node.views.read(), found.id, size=MOST_ROWS).lines),
    ]


def _entry_cells(entry: Entry) -> list[str]:
    amounts = [yuan(entry.income_fen), yuan(entry.expense_fen)]
    people = [entry.payee, entry.handler, entry.approver]
    return [entry.date, entry.voucher, entry.account, entry.summary, *amounts, *people]


def _roll_table(found: PublishedRoll) -> list[list[str]]:
    head = [_("组别"), _("户主"), _("数量"), _("单位"), _("标准"), _("金额")]
    return [head, *map(_roll_cells, rolls.rows(services().node.views.read(), found.id, size=MOST_ROWS).lines)]


def _roll_cells(row: RollRow) -> list[str]:
    quantity = "" if row.quantity is None else str(row.quantity)
    rate = "" if row.rate_fen is None else yuan(row.rate_fen)
    return [row.group, row.name, quantity, row.unit, rate, yuan(row.amount_fen)]


def _ledger_table(found: PublishedLedger) -> list[list[str]]:
    columns = ledger_forms.columns(found.ledger.kind)
    plain = msgspec.to_builtins(ledgers.all_rows(services().node.views.read(), found.id))
    typed = ledger_forms.typed_of({"kind": found.ledger.kind, "rows": plain})
    rows = [[str(row[column.name]) for column in columns] for row in typed["rows"]]
    return [[column.label for column in columns], *rows]


def _as_text(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would calculate; a plain number stays a number."""
    is_number = cell.removeprefix("-").replace(",", "").replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) and not is_number else cell
