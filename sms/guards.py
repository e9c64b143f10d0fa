"""When an inbound text is not answered: machines, floods, loops; counted in the inbox, decided before it is understood."""

from collections.abc import Sequence
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

_one = inbox.alias()  # the text to be judged, among its sender's texts
_AT = inbox.c.received_at
_HOUR: sa.BindParameter[str] = sa.bindparam("hour")
_TEN_MINUTES: sa.BindParameter[str] = sa.bindparam("ten_minutes")
_IS_QUESTION = (inbox.c.state == "answered") & inbox.c.why.not_in(FREE)
_COUNTS = {
    "same": (_AT >= _HOUR) & (inbox.c.words == _one.c.words),
    "unknown": (_AT >= _HOUR) & (inbox.c.why == "unknown"),
    "lately": (_AT >= _TEN_MINUTES) & _IS_QUESTION,
    "today": (sa.bindparam("today") <= _AT) & _IS_QUESTION,
    "told": (_AT >= _TEN_MINUTES) & (inbox.c.why == "slow_down"),
}
# This sender's texts of the last day that were seen to before; the text itself is one of its own repeats.
# Made once: it is asked for every batch, and making it takes longer than running it.
_COUNTED = (
    sa.select(_one.c.id, *(sa.func.sum(sa.case((fits, 1), else_=0)) for fits in _COUNTS.values()))
    .join_from(_one, inbox, inbox.c.sender == _one.c.sender)
    .where(_one.c.id.in_(sa.bindparam("ids", expanding=True)))
    .where(sa.bindparam("oldest") <= _AT, (inbox.c.state != "new") | (inbox.c.id == _one.c.id))
    .group_by(_one.c.id)
)

ONLY_QUESTIONS = ("slow_down", "too_often")  # verdicts that what asks for nothing is let past
Verdict = Literal["answer", "slow_down", "too_often", "same_again", "unknown_again"]


def verdicts(connection: sa.Connection, ids: Sequence[str], now: str) -> dict[str, Verdict]:
    """Whether to answer each of these texts, of as many senders. "slow_down" is said once, after that a flood meets silence."""
    hour, today = later(now, hours=-1), day_start(now)
    moments = {"hour": hour, "today": today, "ten_minutes": later(now, minutes=-10)}
    rows = connection.execute(_COUNTED, moments | {"ids": ids, "oldest": min(hour, today)})
    counted: dict[str, dict[str, int]] = {row[0]: dict(zip(_COUNTS, row[1:], strict=True)) for row in rows}
    return {id_: _verdict(counted.get(id_, dict.fromkeys(_COUNTS, 0))) for id_ in ids}


def _verdict(counted: dict[str, int]) -> Verdict:
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
