"""Reads days and periods as village bookkeepers write them; a year left out comes from the caller."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from content.intake.sheets import Cell

# Day 1 of Excel's 1900 calendar, moved back two days for its leap day that never was.
_EXCEL_EPOCH = date(1899, 12, 30)
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True)
class Period:
    """A stretch of days, both ends included."""

    start: date
    end: date

    def as_dict(self) -> dict[str, str]:
        """{'start': ISO day, 'end': ISO day}."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}

    def join(self, other: "Period") -> "Period":
        """The stretch that covers both."""
        return Period(min(self.start, other.start), max(self.end, other.end))

    @property
    def months(self) -> int:
        """How many calendar months it touches."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1


def months(year: int, first: int, last: int) -> Period:
    """From the first day of month `first` to the last day of month `last`. ValueError for no such month."""
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def parse_day(value: Cell, year: int | None = None, month: int | None = None) -> date | None:
    """The day in a cell; None when it is blank or its year (or month) is not written and not given.

    Takes Excel dates and serial numbers, 20261005, 2026-10-5, 2026.10.5, 2026年10月5日, 10月5日, 10/5, 10.5,
    5日, Chinese numerals and full-width digits. Raises ValueError for anything else.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"(?<=\d)[T ]\d{1,2}:\d\d.*$", "", str(value if value is not None else ""))
    text = _WEEKDAY.sub("", plain_digits(re.sub(r"(?<=\d)[\s,，、·・](?=\d)", ".", text.strip())))
    if not text:
        return None
    if re.fullmatch(r"\d{5}(?:\.0+)?", text):
        return _EXCEL_EPOCH + timedelta(days=int(float(text)))
    parts = _day_parts(text)
    if parts is None:
        raise ValueError(f"not a date: {value!r}")
    own_year, own_month, day = parts
    year, month = own_year or year, own_month or month
    return date(year, month, day) if year and month else None


def _day_parts(text: str) -> tuple[int | None, int | None, int] | None:
    """Year, month and day as written, None for what is left out; None for all when it is no date."""
    if found := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := re.fullmatch(r"(\d{4}|\d\d)[-./年](\d{1,2})[-./月](\d{1,2})[日号]?", text):
        year = int(found[1])
        return (year if year > 99 else 2000 + year), int(found[2]), int(found[3])
    if found := re.fullmatch(r"(\d{1,2})[-./月](\d{1,2})[日号]?", text):
        return None, int(found[1]), int(found[2])
    if found := re.fullmatch(r"(\d{1,2})[日号]?", text):
        return None, None, int(found[1])
    return None


def first_of_days(value: Cell) -> str | None:
    """The first day of a stretch of days in one cell ('9月5日-6日', '9.5至9.8'), as written; None for anything else."""
    if not isinstance(value, str):
        return None
    plain = plain_digits(value)
    found = re.fullmatch(
        r"(\d.*?月\d{1,2}|.*\d[./]\d{1,2})[日号]?(?:至|到|-|~|—|–)(?:\d.*)?\d{1,2}[日号]?", plain
    )
    return found[1] if found else None


def is_ambiguous_day(value: Cell) -> bool:
    """Whether a number cell such as 10.1 may stand for the 1st or, its last zero lost, for the 10th."""
    return isinstance(value, float) and re.fullmatch(r"\d{1,2}\.[123]", str(value)) is not None


def parse_partial(value: Cell) -> str | None:
    """A day as '2014-05-20', a month as '2019-11', a year as '2008'; None when blank.

    Raises ValueError for anything else, and for a day without its year.
    """
    if isinstance(value, float) and re.fullmatch(r"(?:19|20)\d\d\.\d{1,2}", str(value)):
        value = str(value)
    text = plain_digits("" if value is None or isinstance(value, date) else str(value).removesuffix(".0"))
    if found := re.fullmatch(r"((?:19|20)\d\d)[-./年](\d{1,2})月?", text):
        return f"{date(int(found[1]), int(found[2]), 1):%Y-%m}"
    if found := re.fullmatch(r"((?:19|20)\d\d)年?", text):
        return found[1]
    day = parse_day(value)
    if day is None and text:
        raise ValueError(f"not a date with its year: {value!r}")
    return day.isoformat() if day else None


def plain_digits(text: str) -> str:
    """Without spaces, with half-width marks, and Chinese numerals of a date as digits: 十月二十一日 is 10月21日."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("。", ".")
    plain = re.sub(r"[一二三四五六七八九〇○零]{4}(?=年)", lambda m: m[0].translate(_CHINESE_DIGITS), plain)
    return re.sub(r"[一二三四五六七八九十廿卅]{1,3}(?=[月日号])", lambda m: str(_chinese_number(m[0])), plain)


def _chinese_number(text: str) -> int:
    """1 to 39 as used in dates: 十 10, 廿一 21, 三十 30."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(text.translate(_CHINESE_DIGITS))
    return int(tens.translate(_CHINESE_DIGITS) or 1) * 10 + int(ones.translate(_CHINESE_DIGITS) or 0)


def find_period(text: str) -> Period | None:
    """The stretch of time a title names: months, a quarter, half a year, a range of days, or a year.

    A single full day is none of these: see `find_day`.
    """
    plain = re.sub(r"(?<![\d第])(\d\d)年(?=\d{1,2}月)", r"20\1年", plain_digits(text))
    try:
        return _range(plain) or _part_of_year(plain)
    except ValueError:
        return None


def _range(plain: str) -> Period | None:
    day = rf"{_YEAR}[-./年](\d{{1,2}})[-./月](\d{{1,2}})日?"
    to = r"(?:至|到|-|~|—|–)"
    if found := re.search(rf"{day}{to}(?:((?:19|20)\d\d)[-./年])?(\d{{1,2}})[-./月](\d{{1,2}})日?", plain):
        start = date(int(found[1]), int(found[2]), int(found[3]))
        return Period(start, date(int(found[4] or found[1]), int(found[5]), int(found[6])))
    if found := re.search(rf"{_YEAR}年(\d{{1,2}})月?{to}(?:{_YEAR}年)?(\d{{1,2}})月", plain):
        first, last = int(found[1]), int(found[3] or found[1])
        return months(first, int(found[2]), int(found[2])).join(months(last, int(found[4]), int(found[4])))
    return None


def _part_of_year(plain: str) -> Period | None:
    if found := re.search(rf"{_YEAR}年?度?第?([一二三四1-4])季度?", plain):
        first = _QUARTERS[found[2]] * 3 - 2
        return months(int(found[1]), first, first + 2)
    if found := re.search(rf"{_YEAR}年?度?([上下])半年", plain):
        return months(int(found[1]), *((1, 6) if found[2] == "上" else (7, 12)))
    if found := re.search(rf"{_YEAR}(?:年(\d{{1,2}})月|[-./](\d{{1,2}})月?)(?:份|(?![-./]?\d))", plain):
        month = int(found[2] or found[3])
        return months(int(found[1]), month, month)
    if found := re.search(rf"{_YEAR}年(?:度|(?!\d))", plain):
        return months(int(found[1]), 1, 12)
    return None


def find_day(text: str) -> date | None:
    """The first full day in a text, such as the day under a title; None when there is none.

    The day of making or posting the sheet (制表日期, 公开日期) says nothing of what it covers and is passed over.
    """
    plain = re.sub(r"(?:公开|公示|制表|填报|填表|打印|编制)(?:日期|时间)[::]?\S*", "", plain_digits(text))
    found = re.search(rf"{_YEAR}[-./年](\d{{1,2}})[-./月](\d{{1,2}})日?", plain)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
