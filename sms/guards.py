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
    counted = _counts(transaction, seen, now)
    if counted["same"] >= SAME_IN_AN_HOUR:
        return "same_again"
    if counted["unknown"] >= UNKNOWN_IN_AN_HOUR:
        return "unknown_again"
    if counted["lately"] >= IN_TEN_MINUTES or counted["today"] >= A_DAY:
        return "too_often" if counted["told"] else "slow_down"
    return "answer"


def has_many_misses(transaction: Transaction, sender: str, now: str) -> bool:
    """Whether this number has asked today for so many cases it does not know that staff should look."""
    count = sa.select(sa.func.count()).where(
        inbox.c.sender == sender, inbox.c.is_miss, inbox.c.received_at >= day_start(now)
    )
    return int(transaction.execute(count).scalar_one()) >= MISSES_A_DAY


def _counts(transaction: Transaction, seen: Seen, now: str) -> dict[str, int]:
    """This sender's texts of the last day that were seen to before; the text itself is one of its own repeats."""
    hour, ten_minutes, today = later(now, hours=-1), later(now, minutes=-10), day_start(now)
    at, is_question = inbox.c.received_at, (inbox.c.state == "answered") & inbox.c.why.not_in(FREE)
    fits = {
        "same": (at >= hour) & (inbox.c.words == seen.words),
        "unknown": (at >= hour) & (inbox.c.why == "unknown"),
        "lately": (at >= ten_minutes) & is_question,
        "today": (at >= today) & is_question,
        "told": (at >= ten_minutes) & (inbox.c.why == "slow_down"),
    }
    columns = [sa.func.coalesce(sa.func.sum(sa.case((fit, 1), else_=0)), 0) for fit in fits.values()]
    statement = sa.select(*columns).where(
        inbox.c.sender == seen.sender,
        at >= min(hour, today),
        (inbox.c.state != "new") | (inbox.c.id == seen.id),
    )
    return dict(zip(fits, transaction.execute(statement).one(), strict=True))
