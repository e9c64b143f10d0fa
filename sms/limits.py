"""How much may be sent to one number and for one village in a day, and who wants nothing unasked; counted in the outbox."""

from typing import Literal

import sqlalchemy as sa

from content.record.store import Transaction
from sms.outbox_tables import UNASKED, day_start, opt_outs, outbox

UNASKED_A_DAY = 6
REPLIES_A_DAY = 20

# Made once: they are asked for every text, and making them takes longer than running them.
_OPTED_OUT = sa.select(opt_outs.c.at).where(opt_outs.c.recipient == sa.bindparam("recipient"))
_HANDED: dict[tuple[str, ...], sa.Select[int]] = {
    kinds: sa.select(sa.func.count()).where(
        outbox.c.recipient == sa.bindparam("recipient"),
        outbox.c.kind.in_(kinds),
        outbox.c.handed_at >= sa.bindparam("since"),
    )
    for kinds in (("reply",), UNASKED)
}

Verdict = Literal["go", "wait", "suppress", "over_budget"]


def verdict(transaction: Transaction, row: sa.Row, now: str, daily_segments: int) -> Verdict:
    """Whether this outbox row may go now: unasked texts over the day's limit wait for the morning, replies fall away."""
    if row.kind == "reply":
        return (
            "go" if _handed_today(transaction, row.recipient, ("reply",), now) < REPLIES_A_DAY else "suppress"
        )
    if row.kind not in UNASKED:
        return "go"
    if has_opted_out(transaction, row.recipient):
        return "suppress"
    if _handed_today(transaction, row.recipient, UNASKED, now) >= UNASKED_A_DAY:
        return "wait"
    if row.village and _segments_today(transaction, row.village, now) + row.segments > daily_segments:
        return "over_budget"
    return "go"


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


def _handed_today(transaction: Transaction, recipient: str, kinds: tuple[str, ...], now: str) -> int:
    asked = {"recipient": recipient, "since": day_start(now)}
    return int(transaction.execute(_HANDED[kinds], asked).scalar_one())


def _segments_today(transaction: Transaction, village: str, now: str) -> int:
    total = sa.select(sa.func.coalesce(sa.func.sum(outbox.c.segments), 0)).where(
        outbox.c.village == village, outbox.c.kind.in_(UNASKED), outbox.c.handed_at >= day_start(now)
    )
    return int(transaction.execute(total).scalar_one())
