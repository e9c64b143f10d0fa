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
FILED, FILED_A_DAY = ("complaint", "lead"), 5  # of one number; what comes after that a person sorts
# They ask for nothing: heard and answered in any flood, within the day's replies.
FREE = ("more", "menu", "stop", "start", "rating", "complaint", "subscribe")

_AT = inbox.c.received_at
_HOUR: sa.BindParameter[str] = sa.bindparam("hour")
_TEN_MINUTES: sa.BindParameter[str] = sa.bindparam("ten_minutes")
_IS_QUESTION = (inbox.c.state == "answered") & inbox.c.why.not_in(FREE)
_COUNTS = {
    "same": (_AT >= _HOUR) & (inbox.c.words == sa.bindparam("words")),
    "unknown": (_AT >= _HOUR) & (inbox.c.why == "unknown"),
    "lately": (_AT >= _TEN_MINUTES) & _IS_QUESTION,
    "today": (sa.bindparam("today") <= _AT) & _IS_QUESTION,
    "told": (_AT >= _TEN_MINUTES) & (inbox.c.why == "slow_down"),
}
# Made once: it is asked for every text, and making it takes longer than running it.
_COUNTED = sa.select(
    *(sa.func.coalesce(sa.func.sum(sa.case((fits, 1), else_=0)), 0) for fits in _COUNTS.values())
).where(
    inbox.c.sender == sa.bindparam("sender"),
    sa.bindparam("oldest") <= _AT,
    (inbox.c.state != "new") | (inbox.c.id == sa.bindparam("id")),
)

ONLY_QUESTIONS = ("slow_down", "too_often")  # verdicts that what asks for nothing is let past
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


def may_file(transaction: Transaction, sender: str, now: str) -> bool:
    """Whether what this number hands in is still filed by itself: FILED_A_DAY texts of it a day are."""
    count = sa.select(sa.func.count()).where(
        inbox.c.sender == sender, inbox.c.why.in_(FILED), inbox.c.received_at >= day_start(now)
    )
    return int(transaction.execute(count).scalar_one()) < FILED_A_DAY


def _counts(transaction: Transaction, seen: Seen, now: str) -> dict[str, int]:
    """This sender's texts of the last day that were seen to before; the text itself is one of its own repeats."""
    hour, today = later(now, hours=-1), day_start(now)
    known = {"id": seen.id, "sender": seen.sender, "words": seen.words, "hour": hour, "today": today}
    row = transaction.execute(
        _COUNTED, known | {"ten_minutes": later(now, minutes=-10), "oldest": min(hour, today)}
    ).one()
    return dict(zip(_COUNTS, row, strict=True))
