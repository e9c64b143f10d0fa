"""What was last said to a number: pages still to come, what the digits stand for, a question that waits for a village.

Kept ten minutes, in the record's database, so that "more" works after a restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from content.clock import later
from content.record.keys import NodeKeys
from content.record.store import Transaction
from sms.inbox_tables import conversations
from sms.templates import Language

KEPT_MINUTES = 10

# Made once: they are asked for every text, and making them takes longer than running them.
_HELD = sa.select(conversations).where(
    conversations.c.sender.in_(sa.bindparam("senders", expanding=True)),
    conversations.c.at >= sa.bindparam("oldest"),
)
_ENDED = sa.delete(conversations).where(conversations.c.sender == sa.bindparam("sender"))
_BEGUN = sa.insert(conversations)


@dataclass(frozen=True)
class Conversation:
    """pages: those not yet shown; choices: what the digits stand for; waiting: a text put off until the village is known."""

    pages: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    waiting: str = ""
    language: Language = "zh"


def find(
    connection: sa.Connection, keys: NodeKeys, senders: Sequence[str], now: str
) -> dict[str, Conversation]:
    """The conversation with each of these numbers, an empty one when the last text is older than ten minutes."""
    asked = {"senders": senders, "oldest": later(now, minutes=-KEPT_MINUTES)}
    found = dict.fromkeys(senders, Conversation())
    for row in connection.execute(_HELD, asked):
        found[row.sender] = msgspec.json.decode(keys.reveal(row.hidden), type=Conversation)
    return found


def forget(transaction: Transaction, now: str) -> None:
    """Delete those that nobody goes on with."""
    oldest = later(now, minutes=-KEPT_MINUTES)
    transaction.execute(sa.delete(conversations).where(conversations.c.at < oldest))


def save(transaction: Transaction, keys: NodeKeys, said: Mapping[str, Conversation], now: str) -> None:
    """Keep what was said with each of these numbers, in place of what was said before."""
    if not said:
        return
    transaction.execute(_ENDED, [{"sender": sender} for sender in said])
    begun = [
        {"sender": sender, "at": now, "hidden": keys.hide(msgspec.json.encode(conversation))}
        for sender, conversation in said.items()
        if conversation != Conversation()
    ]
    if begun:
        transaction.execute(_BEGUN, begun)
