"""How much a village's kiosk, its pages at the portal and its texts are used: counts a day, and nothing of anybody.

Pages are counted in memory and written down once a minute: a power cut loses that minute, which nobody was promised.
Once a day what was counted becomes one small event; a day without use says nothing. No person, number, address or word
that was searched for is ever known here: what is counted is a kind of page or of text, from a short list.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
import sqlalchemy as sa
from sqlite_utils import Database

from content.clock import local_date
from content.folding import Fold
from content.local import create, local_tables
from content.record.events import Event, NewEvent
from content.record.store import Record, Transaction
from content.scopes import IN_AREA, Scope

SCHEMA = """
CREATE TABLE usage (
    month TEXT NOT NULL, village TEXT NOT NULL, channel TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (month, village, channel, what)
) WITHOUT ROWID;
"""
Channel = Literal["kiosk", "portal", "texts_in", "texts_out"]
CHANNELS: tuple[Channel, ...] = ("kiosk", "portal", "texts_in", "texts_out")
# Kinds of pages, in the order of a table; OWN are those that one opens about oneself.
PAGES = (
    *("home", "party", "village", "finance", "subsidy", "guides", "search", "verify", "help"),
    *("cases", "mine", "say", "follow"),
)
TEXTS_IN = (
    *("finance", "notices", "subsidy", "guide", "help", "menu", "more", "unknown"),
    *("case_status", "rating", "complaint", "lead", "subscribe", "stop", "start"),
)
TEXTS_OUT = ("reply", "notice", "case_news", "code")
OWN = frozenset(
    {"cases", "mine", "say", "follow"}
    | {"case_status", "rating", "complaint", "lead", "subscribe", "stop", "start", "case_news", "code"}
)
# Somebody who stood by could tell who it was: a count of one's own affairs is told in steps of this many.
STEP = 5
TOWN_DIGITS = 9  # that a village's code begins with

GRACE = timedelta(minutes=15)  # after midnight, until every process has written down what it counted before
EVENT_DAYS = 40  # about 500 bytes each, in an event of at most 32 KiB

waiting = sa.Table(
    "usage_waiting",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("channel", sa.String(12), nullable=False),
    sa.Column("what", sa.String(24), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)
told = sa.Table("usage_told", local_tables, sa.Column("day", sa.String(10), primary_key=True))
_TOLD = sa.select(sa.func.max(told.c.day))

Key = tuple[str, str, str]  # village, channel, what
# What else was used on the days from the first to the last, both included: rows of day, key and count.
OtherUse = Callable[[date, date], Iterable[tuple[date, Key, int]]]
Word = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,24}$")]  # a kind, never anything that somebody wrote
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]


@dataclass(frozen=True)
class Day:
    """What was used in one village on one day. village: "" for texts that named none; counts: channel -> kind -> count."""

    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    village: Annotated[str, msgspec.Meta(pattern=r"^(\d{12})?$")]
    counts: dict[Channel, dict[Word, Count]]


@dataclass(frozen=True)
class Counted:
    """The body of `usage_counted`."""

    days: tuple[Day, ...]


@dataclass(frozen=True)
class Used:
    """Counts of a place and a span. by_kind: (channel, kind) -> count, exact; what is shown is `shown`."""

    by_kind: dict[tuple[str, str], int] = field(default_factory=dict)

    def shown(self, channel: Channel, what: str) -> int | None:
        """The count as anybody may see it; None for "fewer than five"."""
        return shown(what, self.by_kind.get((channel, what), 0))

    def total(self, channel: Channel) -> int:
        """The sum of what is shown: were it exact, the difference would tell what the steps keep back."""
        return sum(shown(what, count) or 0 for (one, what), count in self.by_kind.items() if one == channel)


@dataclass(frozen=True)
class Usage:
    """The use of a part of the county: the whole, by month ("2026-10"), and by village."""

    total: Used
    months: dict[str, Used]
    places: dict[str, Used]

    def by_town(self) -> "Usage":
        """The same with its towns for places."""
        towns: dict[str, Counter[tuple[str, str]]] = {}
        for village, used in self.places.items():
            towns.setdefault(village[:TOWN_DIGITS], Counter()).update(used.by_kind)
        return replace(self, places={code: Used(dict(counts)) for code, counts in towns.items()})


def shown(what: str, count: int) -> int | None:
    """A count as anybody may see it: public pages exactly, one's own affairs in whole fives, None for one to four.

    That somebody reads the accounts tells nobody anything; that the one person who stood at the kiosk on market day has
    complained would. Rounding every such count, sums too, leaves no difference to work with.
    """
    if what not in OWN:
        return count
    return None if 0 < count < STEP else count - count % STEP


class UsageCounter:
    """Counts in memory what is looked at, and writes it down when asked to; safe in any thread."""

    def __init__(self, record: Record) -> None:
        self._record, self._clock = record, record.clock
        self._lock, self._counts = threading.Lock(), Counter[Key]()
        create(record, waiting, told)

    def add(self, key: Key, count: int = 1) -> None:
        """One more, or -1: one that was nobody's. It costs less than a microsecond: kept pages go out by the thousand."""
        with self._lock:
            self._counts[key] += count

    def flush(self) -> int:
        """Write down what has been counted, as of today, in one commit; how many kinds that was."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return 0
        day = local_date(self._clock()).isoformat()
        rows = [_row(day, key, count) for key, count in counts.items()]
        try:
            with self._record.write() as transaction:
                transaction.execute(sa.insert(waiting), rows)
        except BaseException:
            with self._lock:
                self._counts.update(counts)  # the next flush tries again
            raise
        return len(rows)


def no_other(_first: date, _last: date) -> list[tuple[date, Key, int]]:
    """Where there are no texts."""
    return []


def tell(record: Record, other_use: OtherUse) -> int:
    """Say once a day, some minutes after midnight, what the days until yesterday have counted; how many events that was.

    other_use: what is counted elsewhere (texts); asked for the days since the last telling.
    """
    today = local_date(record.clock() - GRACE)
    last = today - timedelta(days=1)
    with record.read() as connection:
        before = connection.execute(_TOLD).scalar()
        has_pages = (
            connection.execute(sa.select(waiting.c.id).where(_is_due(today)).limit(1)).first() is not None
        )
    if before and last.isoformat() <= before <= today.isoformat():  # one from the future: the clock was wrong
        return 0
    first = date.fromisoformat(before) + timedelta(days=1) if before else today
    others = list(other_use(first, last)) if first <= last else []
    stream = record.own_stream("county") if others or has_pages else None
    with record.write() as transaction:
        if stream:
            transaction.size(
                stream
            )  # another process that tells the same day waits here, and then sees it told
        if transaction.execute(_TOLD).scalar() != before:
            return 0
        transaction.execute(sa.delete(told))
        transaction.execute(sa.insert(told), {"day": last.isoformat()})
        events = list(_events(_take(transaction, today), others)) if stream else []
        if stream and events:
            transaction.append(stream, events)
    return len(events)


def read(db: Database, scope: Scope) -> Usage:
    """The use of the villages in a scope, in its months; months and places without any are left out."""
    values = {
        "area": scope.area,
        "first": f"{scope.first:%Y-%m}",
        "last": f"{scope.last:%Y-%m}",
    }
    found = {
        key: _gathered(db.execute(_READ.format(key=key, area=_of_area(scope)), values))
        for key in ("month", "village")
    }
    total = Counter[tuple[str, str]]()
    for used in found["month"].values():
        total.update(used.by_kind)
    found["village"].pop("", None)
    return Usage(Used(dict(total)), found["month"], found["village"])


def _of_area(scope: Scope) -> str:
    return IN_AREA.format("village") if scope.area else "1"


_READ = """
SELECT {key} AS key, channel, what, SUM(count) FROM usage
WHERE month BETWEEN :first AND :last AND {area} GROUP BY 1, 2, 3 ORDER BY 1
"""


def _gathered(rows: Iterable[tuple[str, str, str, int]]) -> dict[str, Used]:
    found: dict[str, Used] = {}
    for key, channel, what, count in rows:
        found.setdefault(key, Used()).by_kind[channel, what] = count
    return found


def _row(day: str, key: Key, count: int) -> dict[str, Any]:
    village, channel, what = key
    return {"day": day, "village": village, "channel": channel, "what": what, "count": count}


def _is_due(today: date) -> sa.ColumnElement[bool]:
    """Days that are over, and days that have not come: they were counted while the clock was wrong."""
    return (waiting.c.day < today.isoformat()) | (waiting.c.day > today.isoformat())


def _take(transaction: Transaction, today: date) -> list[tuple[date, Key, int]]:
    """What pages were counted on the days that are due; it is gone from the table when the transaction ends."""
    key = (waiting.c.day, waiting.c.village, waiting.c.channel, waiting.c.what)
    rows: Sequence[Any] = transaction.execute(
        sa.select(*key, sa.func.sum(waiting.c.count)).where(_is_due(today)).group_by(*key)
    ).all()
    transaction.execute(sa.delete(waiting).where(_is_due(today)))
    return [
        (date.fromisoformat(day), (village, channel, what), int(count))
        for day, village, channel, what, count in rows
        if count > 0  # a front page that nobody asked for was taken off again
    ]


def _events(*counted: Iterable[tuple[date, Key, int]]) -> Iterator[NewEvent]:
    days: dict[tuple[str, str], dict[Any, dict[str, int]]] = {}
    for one in counted:
        for day, (village, channel, what), count in one:
            counts = days.setdefault((day.isoformat(), village), {}).setdefault(channel, {})
            counts[what] = counts.get(what, 0) + count
    listed = [Day(day, village, counts) for (day, village), counts in sorted(days.items())]
    for start in range(0, len(listed), EVENT_DAYS):
        body = Counted(tuple(listed[start : start + EVENT_DAYS]))
        yield NewEvent("usage_counted", msgspec.to_builtins(body), "node")


def _fold_counted(db: Database, event: Event) -> None:
    """Sums of months: the days stay in the record. A village speaks of its own kiosk and texts alone."""
    body = msgspec.convert(event.body, Counted, strict=True)
    rows = []
    for day in body.days:
        date.fromisoformat(day.day)
        if not event.is_from_county and (day.village != event.origin or "portal" in day.counts):
            raise PermissionError(f"{event.origin} cannot count for {day.village or 'nobody'}")
        for channel, counts in day.counts.items():
            rows += [(day.day[:7], day.village, channel, what, count) for what, count in counts.items()]
    db.conn.executemany(
        """
        INSERT INTO usage VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (month, village, channel, what) DO UPDATE SET count = count + excluded.count
        """,
        rows,
    )


FOLDS: dict[str, Fold] = {"usage_counted": _fold_counted}
