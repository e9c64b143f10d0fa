"""When an inbound text is not answered: machines, floods, loops; counted in the inbox, decided before it is understood."""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from content.clock import later
from content.record.store import Transaction
from sms.inbox_tables import inbox
from sms.outbox_tables import day_start

IN_TEN_MINUTES, A_DAY = 5, 20
SAME_IN_AN_HOUR, UNKNOWN_IN_AN_HOUR = 3, 5
MISSES_A_DAY = 30
FREE = ("more", "menu", "stop", "start", "rating")  # they ask for nothing new

Verdict = Literal["answer", "slow_down", "too_often", "same_again", "unknown_again"]


@dataclass(frozen=True)
class Seen:
    """A text that came in, as far as the guards look at it."""

    id: str
    sender: str
    words: str


def verdict(transaction: Transaction, seen: Seen, now: str) -> Verdict:
    """Whether to answer. "slow_down" is said once, after that a flood meets silence."""
    hour, ten_minutes = later(now, hours=-1), later(now, minutes=-10)
    if _count(transaction, seen, hour, inbox.c.words == seen.words) >= SAME_IN_AN_HOUR:
        return "same_again"
    if _count(transaction, seen, hour, inbox.c.why == "unknown") >= UNKNOWN_IN_AN_HOUR:
        return "unknown_again"
    answered = (inbox.c.state == "answered") & inbox.c.why.not_in(FREE)
    is_flood = _count(transaction, seen, ten_minutes, answered) >= IN_TEN_MINUTES
    if is_flood or _count(transaction, seen, day_start(now), answered) >= A_DAY:
        was_told = _count(transaction, seen, ten_minutes, inbox.c.why == "slow_down")
        return "too_often" if was_told else "slow_down"
    return "answer"


def has_many_misses(transaction: Transaction, sender: str, now: str) -> bool:
    """Whether this number has asked today for so many cases it does not know that staff should look."""
    count = sa.select(sa.func.count()).where(
        inbox.c.sender == sender, inbox.c.is_miss, inbox.c.received_at >= day_start(now)
    )
    return int(transaction.execute(count).scalar_one()) >= MISSES_A_DAY


def _count(transaction: Transaction, seen: Seen, since: str, condition: sa.ColumnElement[bool]) -> int:
    """This sender's texts since then that fit and were seen to before, and the text itself."""
    is_past = (inbox.c.state != "new") | (inbox.c.id == seen.id)
    count = sa.select(sa.func.count()).where(
        inbox.c.sender == seen.sender, inbox.c.received_at >= since, is_past, condition
    )
    return int(transaction.execute(count).scalar_one())
