"""How many texts came in and went out for each village on a day, by kind; whose they were is not asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from content.clock import VILLAGE_ZONE, to_text
from content.record.store import Record
from content.usage import Key, OtherUse
from sms.inbox_tables import inbox
from sms.outbox_tables import outbox

WENT_OUT = ("accepted", "sent", "undelivered", "delivered")
LONGEST_DAYS = 183  # as long as the rows are kept


def texts_of(record: Record) -> OtherUse:
    """A function that counts the texts of the days from the first to the last, both included."""

    def texts(first: date, last: date) -> list[tuple[date, Key, int]]:
        first = max(first, last - timedelta(days=LONGEST_DAYS))
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        with record.read() as connection:
            return [one for day in days for one in _of_day(connection, day)]

    return texts


def _of_day(connection: sa.Connection, day: date) -> Iterator[tuple[date, Key, int]]:
    begin, end = _moment(day), _moment(day + timedelta(days=1))
    came = (inbox.c.received_at >= begin) & (inbox.c.received_at < end) & (inbox.c.state == "answered")
    went = (outbox.c.handed_at >= begin) & (outbox.c.handed_at < end) & outbox.c.state.in_(WENT_OUT)
    for channel, village, what, which in (
        ("texts_in", inbox.c.village, inbox.c.why, came),
        ("texts_out", outbox.c.village, outbox.c.kind, went),
    ):
        counted = sa.select(village, what, sa.func.count()).where(which).group_by(village, what)
        for row in connection.execute(counted):
            yield day, (row[0], channel, row[1]), row[2]


def _moment(day: date) -> str:
    """Midnight in the village, as UTC text."""
    return to_text(datetime.combine(day, time(), VILLAGE_ZONE).astimezone(UTC))
