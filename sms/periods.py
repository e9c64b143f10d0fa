"""Finds the year, quarter or month that a text speaks of, relative ones reckoned from today."""

import datetime
import re

from sms.reading import Words
from sms.words import HAN_DIGITS, MONTH_NAMES

_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9]*元|[0-9])|(?<![0-9])([0-9]{2})年")
_YEAR_MONTH = re.compile(r"(?<![0-9])(20[0-9]{2})\s*[年./\-]?\s*(1[0-2]|0?[1-9])(?![0-9])(?!\s*季)")
_YEAR_MONTH_JOINED = re.compile(r"(?<![0-9])(20[0-9]{2})(1[0-2]|0[1-9])(?:[0-3][0-9])?(?![0-9])")
_MONTH = re.compile(r"(?<![0-9])(1[0-2]|0?[1-9])\s*(?:月|yue)")
_HAN_MONTH = re.compile(r"(十[一二]?|[一二三四五六七八九])月")
_QUARTER = re.compile(
    r"第?([一二三四1-4])\s*季|(?<![a-z0-9])q([1-4])(?![0-9])|(?<![0-9])([1-4])q|(?<=[0-9])q([1-4])"
)
_LONE_MONTH = re.compile(r"1[0-2]|0?[1-9]")


def find(words: Words, today: datetime.date) -> dict[str, object]:
    """Slots month (1-12), quarter (1-4) and year (four digits), those that are said.

    "上个月" and "上季度" give the year only when it is not this year; "今年" gives nothing: it is the usual meaning.
    """
    slots: dict[str, object] = dict(_relative(words.compact, today))
    text = words.text
    if quarter := _QUARTER.search(text):
        digit = next(group for group in quarter.groups() if group)
        slots["quarter"] = HAN_DIGITS.get(digit) or int(digit)
    elif "quarter" not in slots and (month := _month(words)):
        slots["month"] = month
    return slots | find_year(words, today)


def find_year(words: Words, today: datetime.date) -> dict[str, object]:
    """Slot year, when one is said in figures or as 去年 or 前年."""
    if match := _YEAR.search(words.text) or _YEAR_MONTH_JOINED.search(words.text):
        digits = next(group for group in match.groups() if group)
        return {"year": int(digits) if len(digits) == 4 else 2000 + int(digits)}
    for word, years_ago in (("去年", 1), ("前年", 2)):
        if word in words.compact and f"比{word}" not in words.compact:
            return {"year": today.year - years_ago}
    return {}


def _month(words: Words) -> int | None:
    for pattern in (_YEAR_MONTH_JOINED, _YEAR_MONTH):
        if match := pattern.search(words.text):
            return int(match.group(2))
    if match := _MONTH.search(words.text):
        return int(match.group(1))
    if match := _HAN_MONTH.search(words.text):
        return HAN_DIGITS[match.group(1)]
    for token in words.loose:
        if token.text in MONTH_NAMES:
            return MONTH_NAMES[token.text]
    lone = [token.text for token in words.loose if _LONE_MONTH.fullmatch(token.text)]
    return int(lone[0]) if len(lone) == 1 else None


def _relative(compact: str, today: datetime.date) -> dict[str, int]:
    quarter = (today.month - 1) // 3 + 1
    if re.search("上个?月", compact):
        return {"month": today.month - 1} if today.month > 1 else {"month": 12, "year": today.year - 1}
    if re.search("上个?季", compact):
        return {"quarter": quarter - 1} if quarter > 1 else {"quarter": 4, "year": today.year - 1}
    if re.search("[本这]个?月|当月", compact):
        return {"month": today.month}
    if re.search("[本这]个?季", compact):
        return {"quarter": quarter}
    return {}
