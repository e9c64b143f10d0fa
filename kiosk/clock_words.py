"""How the disclosure clock speaks on every page (kiosk, desk, console): its states and periods in words and colour."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import format_date
from flask_babel import gettext as _

from content.disclosure_clock import ItemClock
from kiosk.pages import local_day

# How each state is drawn by the macro `tag`: kind and icon.
LOOKS = {
    "published": ("ok", "done"),
    "due": ("wait", "calendar"),
    "overdue": ("alarm", "warning"),
    "waiting_event": ("", "wait"),
}


@dataclass(frozen=True)
class ClockWords:
    """An item's state as a page shows it. note: what is missing and when the next one is due, "" for nothing to say."""

    state: str
    word: str
    look: str
    icon: str
    note: str


def told(clock: ItemClock) -> ClockWords:
    """The words for an item, in the reader's language."""
    look, icon = LOOKS[clock.state]
    return ClockWords(clock.state, _word(clock), look, icon, _note(clock))


def teller() -> Callable[[ItemClock], ClockWords]:
    """`told` for a table of many on one page: most cells have the same state and dates, and are put into words once."""
    known: dict[tuple[object, ...], ClockWords] = {}

    def tell(clock: ItemClock) -> ClockWords:
        key = clock.state, clock.days_overdue, clock.due_on, clock.period
        if key not in known:
            known[key] = told(clock)
        return known[key]

    return tell


def local_period(name: str) -> str:
    """A period's name as people say it: "2026Q3" is 2026年第三季度."""
    year, quarter, month = name[:4], name[4:].removeprefix("Q"), name[5:]
    if name[4:5] == "Q":
        words = {"1": _("%(year)s年第一季度", year=year), "2": _("%(year)s年第二季度", year=year)}
        words |= {"3": _("%(year)s年第三季度", year=year), "4": _("%(year)s年第四季度", year=year)}
        return words[quarter]
    return _("%(year)s年%(month)s月", year=year, month=int(month)) if month else _("%(year)s年", year=year)


def _word(clock: ItemClock) -> str:
    if clock.state == "overdue":
        return _("逾期 %(days)s 天", days=clock.days_overdue)
    words = {"published": _("已公开"), "due": _("待公开"), "waiting_event": _("有事就公开")}
    return words[clock.state]


def _note(clock: ItemClock) -> str:
    if clock.due_on is None:
        return ""
    if clock.state == "published":
        return _("下一次最晚 %(day)s", day=local_day(clock.due_on.isoformat()))
    day, period = format_date(clock.due_on, _("M月d日")), local_period(clock.period)
    if clock.state == "overdue":
        return _("缺%(period)s，%(day)s到期", period=period, day=day)
    return _("%(period)s的，最晚 %(day)s", period=period, day=day)
