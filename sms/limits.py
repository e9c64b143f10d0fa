"""How much may be sent to one number and for one village in a day, and who wants nothing unasked; counted in the outbox."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from content.record.store import Transaction
from sms.outbox_tables import UNASKED, day_start, opt_outs, outbox

UNASKED_A_DAY = 6
REPLIES_A_DAY = 20

# Made once: they are asked for every text, and making them takes longer than running them.
_OPTED_OUT = sa.select(opt_outs.c.at).where(opt_outs.c.recipient == sa.bindparam("recipient"))
_HANDED: dict[tuple[str, ...], sa.Select[str, int]] = {
    kinds: sa.select(outbox.c.recipient, sa.func.count())
    .where(
        outbox.c.recipient.in_(sa.bindparam("recipients", expanding=True)),
        outbox.c.kind.in_(kinds),
        outbox.c.handed_at >= sa.bindparam("since"),
    )
    .group_by(outbox.c.recipient)
    for kinds in (("reply",), UNASKED)
}

Verdict = Literal["go", "wait", "suppress", "over_budget"]


class Allowance:
    """What may still go today, for some rows of the outbox that are looked at one after another."""

    def __init__(
        self, transaction: Transaction, rows: Sequence[sa.Row], now: str, daily_segments: int
    ) -> None:
        self._transaction, self._now, self._daily_segments = transaction, now, daily_segments
        self._replies = self._handed_today([row for row in rows if row.kind == "reply"], ("reply",))
        self._unasked = self._handed_today([row for row in rows if row.kind in UNASKED], UNASKED)
        self._segments: dict[str, int] = {}  # of the villages among the rows

    def take(self, row: sa.Row) -> Verdict:
        """Whether this row may go now, which then counts: unasked texts over the day's limit wait for the morning, replies fall away."""
        if row.kind == "reply":
            self._replies[row.recipient] += 1
            return "go" if self._replies[row.recipient] <= REPLIES_A_DAY else "suppress"
        if row.kind not in UNASKED:
            return "go"
        if has_opted_out(self._transaction, row.recipient):
            return "suppress"
        if self._unasked[row.recipient] >= UNASKED_A_DAY:
            return "wait"
        used = self._segments_today(row.village) + row.segments
        if row.village and used > self._daily_segments:
            return "over_budget"
        self._unasked[row.recipient] += 1
        self._segments[row.village] = used
        return "go"

    def _handed_today(self, rows: Sequence[sa.Row], kinds: tuple[str, ...]) -> Counter[str]:
        if not rows:
            return Counter()
        asked = {"recipients": [row.recipient for row in rows], "since": day_start(self._now)}
        return Counter(dict(map(tuple, self._transaction.execute(_HANDED[kinds], asked))))

    def _segments_today(self, village: str) -> int:
        if village not in self._segments:
            total = sa.select(sa.func.coalesce(sa.func.sum(outbox.c.segments), 0)).where(
                outbox.c.village == village,
                outbox.c.kind.in_(UNASKED),
                outbox.c.handed_at >= day_start(self._now),
            )
            self._segments[village] = int(self._transaction.execute(total).scalar_one())
        return self._segments[village]


def has_opted_out(transaction: Transaction, recipient: str) -> bool:
    """Whether this number has said stop, or its carrier has."""
    return transaction.execute(_OPTED_OUT, {"recipient": recipient}).first() is not None


def opt_out(transaction: Transaction, recipient: str, now: str, *, source: str) -> None:
    """Send nothing unasked to this number any more. source: "text" or "carrier"."""
    if not has_opted_out(transaction, recipient):
        transaction.execute(sa.insert(opt_outs), {"recipient": recipient, "at": now, "source": source})


def opt_in(transaction: Transaction, recipient: str) -> None:
    """The number wants to be told again."""
    transaction.execute(sa.delete(opt_outs).where(opt_outs.c.recipient == recipient))
