"""Tells what each row of a cash table is: an entry, a total, an opening or closing balance, or only words."""

import re
from dataclasses import dataclass
from typing import Literal

from content.intake.amounts import clean_text
from content.intake.balances import balance_kind
from content.intake.headings import Column, Side, is_value, plain_heading, plain_label
from content.intake.reading import Figure, Reader
from content.intake.statement import Entry
from content.intake.tables import Table
from content.intake.words import PAGE_CARRY, RUNNING_TOTAL, TOTAL

LineKind = Literal["opening", "closing", "total", "running_total", "subtotal", "entry"]

_LABEL_ROLES = ("summary", "account", "seq", "direction", "date", "month", "voucher", "voucher_word")
# A total is written here too, but only where nothing else says what the row is.
_OTHER_LABEL_ROLES = ("payee", "payee_handler", "handler", "memo")
_SIGNATURES = re.compile(
    r"(?:负责人|制表|会计|出纳|审核|复核|组长|主任|监督|书记|盖章|签字|签名|日期|说明|注)[^:]*:"
)
_SECTION = re.compile(
    r"[【\[]?(?:本[年月季期])?总?(收入|支出)(?:情况|部分|项目|类|方面|明细)?(?:总?合计|总计|小计|总额)?[】\]]?"
)


@dataclass(frozen=True)
class Line:
    """One row (of one side) that carries money: an entry, a total, an opening or a closing balance."""

    kind: LineKind
    row: int
    label: str
    income: Figure
    expense: Figure
    balance: Figure
    entry: Entry | None = None
    side: Side | None = None


def classify(reader: Reader, row: int, side: Side | None, *, is_first: bool) -> tuple[str, LineKind]:
    """The label that makes a row a total or a balance, and which; ('', 'entry') for any other row."""
    roles: tuple[str, ...] = _LABEL_ROLES
    if not any(reader.text(row, role, side) for role in ("summary", "date", "day", "voucher")):
        roles += _OTHER_LABEL_ROLES
    for role in roles:
        label = plain_label(reader.table.value(row, role, side))
        if PAGE_CARRY.fullmatch(label):
            return label, "opening"
        if kind := balance_kind(label, reader.period, is_first=is_first):
            return label, kind
        if TOTAL.fullmatch(label):
            return label, "running_total" if RUNNING_TOTAL.fullmatch(label) else "total"
    return "", "entry"


def section_of(reader: Reader, row: int, side: Side | None) -> Side | None:
    """The side that a row such as '一、收入' opens, in a table with one column of amounts."""
    if side is not None or not reader.table.has("amount"):
        return None
    for role in ("summary", "account", "seq"):
        if found := _SECTION.fullmatch(plain_label(reader.table.value(row, role))):
            return "income" if found[1] == "收入" else "expense"
    return None


def month_alone(reader: Reader, row: int) -> int | None:
    """The month that a row names and nothing else ('10月份'), above the days of that month."""
    texts = [text for value in reader.table.grid.rows[row] if (text := plain_label(value))]
    found = re.fullmatch(r"(?:(?:19|20)\d\d年)?(1[0-2]|[1-9])月份?", texts[0]) if len(texts) == 1 else None
    return int(found[1]) if found else None


def is_entry(reader: Reader, row: int, side: Side | None) -> bool:
    """A row is an entry when it has words and amounts, or a date or voucher that makes the amounts missing."""
    table = reader.table
    when = [reader.text(row, role, side) for role in ("date", "day", "voucher")]
    words = _words(reader, row, side)
    columns = [c for c in amount_columns(table, side) if c.role not in ("balance", "balance_part")]
    amounts = [clean_text(table.grid.cell(row, column.index)) for column in columns]
    has_figures = any(reader.has_figure(row, column) for column in columns)
    if not has_figures and any(_SIGNATURES.search(plain_heading(text)) for text in words + amounts if text):
        return False
    if section_of(reader, row, side) and not any(when):
        return False
    if has_figures or any(amounts):
        return bool(words)
    return any(when) and len(words) > len([text for text in when if text])


def _words(reader: Reader, row: int, side: Side | None) -> list[str]:
    """What the row says of itself beside its amounts: when, what, who."""
    roles = ("date", "day", "voucher", "summary", "account", "payee", "payee_handler", "memo")
    return [text for role in roles if (text := reader.text(row, role, side))]


def is_nameless(reader: Reader, row: int, side: Side | None) -> bool:
    """Whether a row has amounts and not one word: a total nobody named, or an entry somebody forgot to describe."""
    columns = [c for c in amount_columns(reader.table, side) if c.role not in ("balance", "balance_part")]
    has_words = any(_words(reader, row, side)) or any(
        isinstance(value, str) and not is_value(value) and value.strip()
        for value in reader.table.grid.rows[row]
    )
    return not has_words and any(reader.has_figure(row, column) for column in columns)


def amount_columns(table: Table, side: Side | None) -> list[Column]:
    """The balance column and every column of amounts on this side."""
    roles = ("balance", "balance_part", "income", "expense", "amount", "part")
    found = [c for role in roles for c in table.columns if c.role == role]
    return [c for c in found if side is None or c.side in (None, side)]
