"""What was last said to a number: pages still to come, what the digits stand for, a question that waits for a village.

Kept ten minutes, in the record's database, so that "more" works after a restart.
"""

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
    conversations.c.sender == sa.bindparam("sender"), conversations.c.at >= sa.bindparam("oldest")
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


def find(transaction: Transaction, keys: NodeKeys, sender: str, now: str) -> Conversation:
    """The conversation with this number, an empty one when the last text is older than ten minutes."""
    asked = {"sender": sender, "oldest": later(now, minutes=-KEPT_MINUTES)}
    row = transaction.execute(_HELD, asked).one_or_none()
    return msgspec.json.decode(keys.reveal(row.hidden), type=Conversation) if row else Conversation()


def save(transaction: Transaction, keys: NodeKeys, sender: str, conversation: Conversation, now: str) -> None:
    """Keep what was said, in place of what was said before."""
    transaction.execute(_ENDED, {"sender": sender})
    if conversation != Conversation():
        hidden = keys.hide(msgspec.json.encode(conversation))
        transaction.execute(_BEGUN, {"sender": sender, "at": now, "hidden": hidden})
