"""The lunar date and solar term (节气) of a day, as facts to word; working days and holidays are calendar.py's."""

from dataclasses import dataclass
from datetime import date

from lunar_python import Solar


@dataclass(frozen=True)
class DayWords:
    """A day in the farmers' calendar. month, day: lunar numbers, is_leap for 闰月; the words: "闰六", "初八".

    term: the solar term that begins today, "" on other days; next_term begins in next_in_days days (at least 1).
    """

    month: int
    day: int
    is_leap: bool
    month_word: str
    day_word: str
    term: str
    next_term: str
    next_in_days: int


def of(day: date) -> DayWords:
    """The lunar date of a day, today's solar term and the next one."""
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    following = lunar.getNextJieQi(
        True
    )  # True: by whole days, so today's own term is not "next" before its hour
    if following.getSolar().toYmd() == day.isoformat():
        tomorrow = date.fromordinal(day.toordinal() + 1)
        following = Solar.fromYmd(tomorrow.year, tomorrow.month, tomorrow.day).getLunar().getNextJieQi(True)
    month = lunar.getMonth()
    return DayWords(
        month=abs(month),
        day=lunar.getDay(),
        is_leap=month < 0,
        month_word=lunar.getMonthInChinese(),
        day_word=lunar.getDayInChinese(),
        term=lunar.getJieQi(),
        next_term=following.getName(),
        next_in_days=(date.fromisoformat(following.getSolar().toYmd()) - day).days,
    )
