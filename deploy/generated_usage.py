"""Made-up counts of use for a generated county: some villages' kiosks are busy, some are hardly touched."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import msgspec

from content.record.events import NewEvent
from content.usage import PAGES, TEXTS_IN, TEXTS_OUT, Channel, Counted, Day

FAVOURITES = {
    "home": 12,
    "finance": 6,
    "subsidy": 5,
    "village": 3,
    "guides": 3,
    "say": 0.3,
    "mine": 1,
    "cases": 1,
}
DAYS_TOLD = 6  # of a month: what is shown are months, and a county of 300 is made in minutes


def months(village: str, first: date, last: date) -> Iterator[tuple[date, NewEvent]]:
    """The day of telling and the event, month by month; nothing for a village whose kiosk stands unused."""
    draw = Random(village)
    busy = draw.choice((0, 1, 1, 2, 4, 8))
    day = first + timedelta(days=28)
    while busy and day <= last:
        days = [_day(draw, village, day - timedelta(days=4 * number), busy) for number in range(DAYS_TOLD)]
        yield day, NewEvent("usage_counted", msgspec.to_builtins(Counted(tuple(days))), "node")
        day += timedelta(days=30)


def _day(draw: Random, village: str, day: date, busy: int) -> Day:
    about: dict[Channel, dict[str, float]] = {
        "kiosk": {what: FAVOURITES.get(what, 1) * busy for what in PAGES},
        "texts_in": dict.fromkeys(TEXTS_IN, 0.4 * busy),
        "texts_out": dict.fromkeys(TEXTS_OUT, busy),
    }
    drawn = {
        channel: {what: _count(draw, mean) for what, mean in kinds.items()}
        for channel, kinds in about.items()
    }
    used = {channel: {what: n for what, n in kinds.items() if n} for channel, kinds in drawn.items()}
    return Day(day.isoformat(), village, used)


def _count(draw: Random, about: float) -> int:
    return round(draw.expovariate(1 / about))
