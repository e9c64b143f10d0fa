"""The disclosure clock (公开时钟): what each village has to publish by when, and whether it has; it publishes nothing.

The rules are the fields of `CatalogueItem`, which the county edits. `frequency` is the floor that makes an item overdue;
`also` only counts where `frequency` names no period: F2 and F3 are due every quarter, and a village that publishes every
month has the quarter covered. A due date that falls on a day off is not moved: it says "by the 15th", not "the 15th working day".
"""

import calendar as months
import functools
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlite_utils import Database

from content import disclosure, finances, periods
from content.calendar import Calendar, get_calendar, working_days_after
from content.clock import from_text, local_date
from content.disclosure import CatalogueItem
from content.periods import MONTHS_OF, Period

State = Literal["published", "due", "overdue", "waiting_event"]

# A gap is shown for a year after its due date; with older ones no village's clock would ever be right again.
LOOK_BACK = timedelta(days=366)


@dataclass(frozen=True)
class Shown:
    """A publication in force. key: "notice:<code>" and so on; at: UTC text, and the village's day `on`; period: None
    where it names none."""

    key: str
    at: str
    on: date
    period: Period | None = None


@dataclass(frozen=True)
class ItemClock:
    """An item in one village today. last: key of the newest publication, "" for none; last_at: its UTC time.

    "overdue" and "due": period and due_on are of the earliest period that is missing. "published": nothing is
    missing, due_on is the next due date, None for what has no period. "waiting_event": nothing has happened yet.
    """

    item: CatalogueItem
    state: State
    last: str = ""
    last_at: str = ""
    period: str = ""
    due_on: date | None = None
    days_overdue: int = 0


@dataclass(frozen=True)
class Schedule:
    """When an item is due, the same for every village. ended: its ended periods with their due dates, the earliest first."""

    item: CatalogueItem
    frequency: str
    ended: tuple[tuple[Period, date], ...] = ()
    running: Period | None = None
    running_due_on: date | None = None


def clock_of(db: Database, village: str, today: date) -> list[ItemClock]:
    """Every item of the catalogue in one village, in the catalogue's order; all of it waits where nothing is known yet."""
    known = heat(db, today, village)
    return (
        known[village]
        if village in known
        else [_clock(one, (), today, today) for one in _schedules(db, today)]
    )


def heat(db: Database, today: date, area: str) -> dict[str, list[ItemClock]]:
    """The same for every listed village whose code begins with `area` ("" for all)."""
    began = {village: _day(at) for village, at in db.execute(_BEGAN, {"area": area})}
    shown: dict[str, dict[str, list[Shown]]] = {village: defaultdict(list) for village in began}
    schedules = _schedules(db, today)
    with_period = json.dumps([one.item.code for one in schedules if one.running])
    since = (today - 2 * LOOK_BACK).isoformat()
    for village, *row in db.execute(_SHOWN, {"area": area, "since": since, "with_period": with_period}):
        if village in shown:
            for item, publication in _read(*row):
                shown[village][item].append(publication)
    return {
        village: [_clock(one, items.get(one.item.code, ()), began[village], today) for one in schedules]
        for village, items in shown.items()
    }


def schedule(item: CatalogueItem, today: date, holidays: Calendar) -> Schedule:
    """The periods of an item that can matter today, with their due dates."""
    frequency = next((word for word in (item.frequency, item.also) if word in MONTHS_OF), "")
    if not frequency:
        return Schedule(item, "")
    running = periods.period_of(today, frequency)
    ended: list[tuple[Period, date]] = []
    period = periods.before(running, frequency)
    while (due_on := due_date(item, period, holidays)) >= today - LOOK_BACK:
        ended.insert(0, (period, due_on))
        period = periods.before(period, frequency)
    return Schedule(item, frequency, tuple(ended), running, due_date(item, running, holidays))


def due_date(item: CatalogueItem, period: Period, holidays: Calendar) -> date:
    """The last day on which this period of an item may be published.

    "day_of_month" is that day (or the month's last) of the month after the period, or of the January after its year;
    "days" and "working_days" are counted from the period's end.
    """
    if item.due_kind == "working_days":
        return working_days_after(period.end, item.due_value, holidays).day
    if item.due_kind == "days":
        return period.end + timedelta(days=item.due_value)
    month = (
        date(period.end.year + 1, 1, 1)
        if item.due_anchor == "january_after_period"
        else period.end + timedelta(days=1)
    )
    return month.replace(day=min(item.due_value, months.monthrange(month.year, month.month)[1]))


def clock(
    item: CatalogueItem, shown: Sequence[Shown], *, began: date, today: date, holidays: Calendar
) -> ItemClock:
    """Where one item stands. began: the village's first day here; periods that ended before it are nobody's fault."""
    return _clock(schedule(item, today, holidays), shown, began, today)


def _clock(plan: Schedule, shown: Sequence[Shown], began: date, today: date) -> ItemClock:
    newest = max(shown, key=lambda one: (one.at, one.key), default=Shown("", "", began))
    if not plan.running:
        return ItemClock(plan.item, "published" if newest.key else "waiting_event", newest.key, newest.at)
    spans = [one.period or _last_ended(one, plan.frequency) for one in shown]
    asked_from = began.replace(day=1)
    for period, due_on in plan.ended:
        needed = Period(max(period.start, asked_from), period.end)
        if period.end >= began and not periods.is_covered(needed, spans):
            days = max(0, (today - due_on).days)
            state: State = "overdue" if days else "due"
            return ItemClock(plan.item, state, newest.key, newest.at, period.name, due_on, days)
    return ItemClock(
        plan.item,
        "published" if newest.key else "due",
        newest.key,
        newest.at,
        plan.running.name,
        plan.running_due_on,
    )


def _last_ended(shown: Shown, frequency: str) -> Period:
    """A publication that names no period is about the last one that had ended."""
    return periods.before(periods.period_of(shown.on, frequency), frequency)


def _schedules(db: Database, today: date) -> list[Schedule]:
    holidays = get_calendar(db)
    return [schedule(item, today, holidays) for item in disclosure.list_items(db)]


@functools.lru_cache(maxsize=4096)
def _day(at: str) -> date:
    return local_date(from_text(at))


@functools.lru_cache(maxsize=4096)  # hundreds of villages publish about the same few periods
def _period(said: str, first: str, last: str) -> Period | None:
    return Period(date.fromisoformat(first), date.fromisoformat(last)) if first else periods.read(said)


def _read(item: str, key: str, at: str, said: str, first: str, last: str) -> Iterator[tuple[str, Shown]]:
    """A row of _SHOWN under each item that it answers; a statement answers two."""
    try:
        on, period = _day(at), _period(said, first, last)
    except ValueError:  # one village's nonsense dates count as not published; the table of the others goes on
        return
    for code in [item] if item else finances.DISCLOSES:
        yield code, Shown(key, at, on, period)


_IN_AREA = (
    "village >= :area AND village < :area || ':'"  # ':' follows '9': a range, which the indexes can serve
)
_BEGAN = f"SELECT village, listed_at FROM village_starts WHERE {_IN_AREA}"
# Of what is older than two years, or has no period, only the newest of each item counts, as the last publication.
_SHOWN = f"""
SELECT village, item, key, MAX(at) AS at, said, first, last FROM (
    SELECT village, item, 'notice:' || id AS key, at, period AS said, '' AS first, '' AS last
        FROM notices WHERE is_gone = 0 AND {_IN_AREA}
    UNION ALL SELECT village, '', 'statement:' || id, at, '', period_start, period_end
        FROM statements WHERE is_gone = 0 AND ledger = 'cash' AND {_IN_AREA}
    UNION ALL SELECT village, item, 'roll:' || id, at, batch, '', ''
        FROM rolls WHERE is_gone = 0 AND {_IN_AREA}
    UNION ALL SELECT village, item, 'ledger:' || id, at, '',
        CASE period_start WHEN '' THEN substr(as_of, 1, 4) || '-01-01' ELSE period_start END,
        CASE period_start WHEN '' THEN substr(as_of, 1, 4) || '-12-31' ELSE as_of END
        FROM ledgers WHERE is_gone = 0 AND kind IN ('assets', 'resources', 'contracts', 'debts') AND {_IN_AREA}
) GROUP BY village, item, CASE WHEN at >= :since
    AND (item = '' OR item IN (SELECT value FROM json_each(:with_period))) THEN key ELSE '' END
"""
