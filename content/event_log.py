"""The record read as a log, newest first, for an auditor: who said what kind of thing when; never what was said."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from content.clock import VILLAGE_ZONE, to_text
from content.record.events import Event
from content.record.store import Record, Stream

BATCH = 256


@dataclass(frozen=True)
class LogLine:
    """One event without its body. origin: who wrote it; audience: "all", "county" or a village's code."""

    event: str
    at: str
    origin: str
    audience: str
    kind: str
    by: str


@dataclass(frozen=True)
class LogPage:
    """One page of the log; nobody counts how many more there are."""

    lines: list[LogLine] = field(default_factory=list)
    has_more: bool = False


def place_of(stream: Stream) -> str:
    """The area that a stream concerns: its village (as writer or as reader), else the county that wrote it."""
    if len(stream.origin) == 12 or not stream.audience.isdigit():
        return stream.origin
    return stream.audience


def find(
    record: Record,
    may_see: Callable[[str], bool],
    *,
    place: str = "",
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
    number: int = 1,
    size: int = 30,
) -> LogPage:
    """Page `number` (from 1) of the events of the places that `may_see` allows, newest claimed time first.

    place: one village's code, or the county's; since and until: days in the village's time, both included.
    Streams are read from their ends, and no further than the page needs.
    """
    streams = [
        stream for stream in record.streams() if may_see(place_of(stream)) and place in ("", place_of(stream))
    ]
    newest_first = heapq.merge(
        *(_backwards(record, stream) for stream in streams),
        key=lambda event: (event.at, event.stream, event.index),
        reverse=True,
    )
    # Compared as text: a time that a faulty clock wrote in nonsense still has its place in the log.
    first = _midnight(since) if since else ""
    end = _midnight(until + timedelta(days=1)) if until else "~"
    wanted = (event for event in newest_first if kind in ("", event.kind) and first <= event.at < end)
    found = list(islice(wanted, (number - 1) * size, number * size + 1))
    lines = [LogLine(e.id, e.at, e.origin, e.audience, e.kind, e.by) for e in found]
    return LogPage(lines[:size], len(lines) > size)


def _backwards(record: Record, stream: Stream) -> Iterator[Event]:
    for stop in range(stream.size, 0, -BATCH):
        yield from reversed(list(record.events(stream, max(0, stop - BATCH), stop)))


def _midnight(day: date) -> str:
    return to_text(datetime.combine(day, time.min, VILLAGE_ZONE))
