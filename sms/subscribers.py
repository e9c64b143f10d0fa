"""Who wants to be told of new publications, by village and section; entered by text."""

import sqlalchemy as sa

from content.local import local_tables
from content.record.keys import NodeKeys
from content.record.store import Transaction

EVERYTHING = "all"
# The word of a subscription -> the section of the catalogue.
SECTION_OF_WORD = {
    "公告": EVERYTHING,
    "财务": "finance",
    "补贴": "subsidy",
    "党务": "party",
    "党员": "party",
    "村务": "village",
}

subscriptions = sa.Table(
    "sms_subscriptions",
    local_tables,
    sa.Column("recipient", sa.String(32), primary_key=True),
    sa.Column("village", sa.String(12), primary_key=True),
    sa.Column("section", sa.String(16), primary_key=True),
    sa.Column("hidden", sa.LargeBinary, nullable=False),
)


def add(
    transaction: Transaction, keys: NodeKeys, number: str, *, village: str, section: str = EVERYTHING
) -> None:
    """Tell this number of what this village publishes; a second time changes nothing."""
    row = {"recipient": keys.fingerprint("phone", number), "village": village, "section": section}
    same = sa.select(subscriptions.c.village).filter_by(**row)
    if transaction.execute(same).first() is None:
        transaction.execute(sa.insert(subscriptions), row | {"hidden": keys.hide(number.encode())})


def has_any(transaction: Transaction, village: str) -> bool:
    """Whether anybody at all is told of what this village publishes."""
    followed = sa.select(subscriptions.c.village).where(subscriptions.c.village == village).limit(1)
    return transaction.execute(followed).first() is not None


def numbers_for(transaction: Transaction, keys: NodeKeys, village: str, section: str) -> list[str]:
    """Who is told when this village publishes something in this section, each number once."""
    statement = sa.select(subscriptions.c.recipient, subscriptions.c.hidden).where(
        subscriptions.c.village == village, subscriptions.c.section.in_((section, EVERYTHING))
    )
    found = {row.recipient: keys.reveal(row.hidden).decode() for row in transaction.execute(statement)}
    return sorted(found.values())
