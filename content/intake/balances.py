"""Tells what says an opening or a closing balance: the label of a row, or a sentence above or below the table."""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Literal

from content.intake.amounts import parse_amount
from content.intake.dates import Period, find_period
from content.intake.words import BARE_BALANCE, CLOSING, OPENING

BalanceKind = Literal["opening", "closing"]

_DATED = re.compile(r"(?:((?:19|20)\d\d)年)?(\d{1,2})月份?(?:(\d{1,2})[日号])?")
_TERM = re.compile(r"[一二三四1-4]季|[上下]半年|(?:19|20)\d\d年")
_SAID = re.compile(
    r"(?:^|[\s,;。、:])([\u4e00-\u9fff\d()]{2,24}?)[为是计有]?[:\s]*[¥$]?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(万元|元)?(?=$|[\s,;。、)])"
)


def balance_kind(label: str, period: Period | None, *, is_first: bool) -> BalanceKind | None:
    """Whether a label names the opening or the closing balance; `is_first`: no entry stands above it.

    '9月末结余' opens October and closes September; a bare '余额' opens when it stands above all entries.
    """
    if OPENING.fullmatch(label):
        return "opening"
    if not CLOSING.fullmatch(label):
        return None
    day = _day_of(label, period)
    if period and day:
        return "opening" if day <= period.start else "closing"
    return "opening" if is_first and (day or BARE_BALANCE.fullmatch(label)) else "closing"


def _day_of(label: str, period: Period | None) -> date | None:
    """The day a label names, a month or quarter standing for its last; without a year, the latest not after the period."""
    found = _DATED.search(label)
    if not found:
        if not _TERM.search(label):
            return None
        term = find_period(label) or (find_period(f"{period.end.year}年{label}") if period else None)
        return _not_after(period, term.end, has_year=bool(re.search(r"\d{4}年", label))) if term else None
    year = int(found[1] or (period.end.year if period else 2000))
    try:
        last = calendar.monthrange(year, int(found[2]))[1]
        day = date(year, int(found[2]), int(found[3] or last))
    except (ValueError, calendar.IllegalMonthError):
        return None
    return _not_after(period, day, has_year=bool(found[1]))


def _not_after(period: Period | None, day: date, *, has_year: bool) -> date:
    is_later = period is not None and not has_year and day > period.end
    return date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day) if is_later else day


def said_balance(texts: Iterable[str], wanted: BalanceKind, period: Period | None, unit: str) -> int | None:
    """The balance of this kind that a sentence or caption gives ('上月结余：1000.00元'), in fen; None when none does."""
    for text in texts:
        for found in _SAID.finditer(unicodedata.normalize("NFKC", text)):
            if balance_kind(found[1], period, is_first=wanted == "opening") == wanted:
                money = parse_amount(f"{found[2]}{found[3] or ''}", unit)
                return money.fen if money else None
    return None
