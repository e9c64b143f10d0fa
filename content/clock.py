"""Time as the project keeps it: UTC ISO-8601 text with seconds; a clock is passed in, never looked up."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
VILLAGE_ZONE = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """`2026-11-01T08:00:00Z`; ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError(f"naive time {moment!r}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """The inverse of `to_text`; ValueError for text that is no time with a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"naive time {text!r}")
    return moment


def local_date(moment: datetime) -> date:
    """The day it is in the village at this moment."""
    return moment.astimezone(VILLAGE_ZONE).date()


def later(text: str, **span: float) -> str:
    """A stored time moved by a timedelta given in words: `later(at, hours=48)`."""
    return to_text(from_text(text) + timedelta(**span))
