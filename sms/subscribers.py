"""Who wants to be told of new publications, by village and section; entered by text, or asked for and then confirmed."""

import msgspec
import sqlalchemy as sa

from content.clock import later
from content.local import local_tables
from content.record.keys import NodeKeys
from content.record.store import Transaction
from content.subscriptions import EVERYTHING, SECTIONS

OFFER_DAYS = 3  # how long a Y still confirms what was asked for at the kiosk
# The word of a subscription -> the section of the catalogue.
SECTION_OF_WORD = {
    "公告": EVERYTHING,
    "财务": "finance",
    "补贴": "subsidy",
    "党务": "party",
    "党员": "party",
    "村务": "village",
}
WORD_OF_SECTION = {
    EVERYTHING: "公告",
    "finance": "财务",
    "subsidy": "补贴",
    "party": "党务",
    "village": "村务",
}

subscriptions = sa.Table(
    "sms_subscriptions",
    local_tables,
    sa.Column("recipient", sa.String(32), primary_key=True),
    sa.Column("village", sa.String(12), primary_key=True),
    sa.Column("section", sa.String(16), primary_key=True),
    sa.Column("hidden", sa.LargeBinary, nullable=False),
)
offers = sa.Table(
    "sms_subscription_offers",
    local_tables,
    sa.Column("recipient", sa.String(32), primary_key=True),
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("hidden", sa.LargeBinary, nullable=False),  # number and sections
)
TABLES = (subscriptions, offers)


def add(
    transaction: Transaction, keys: NodeKeys, number: str, *, village: str, section: str = EVERYTHING
) -> None:
    """Tell this number of what this village publishes. To choose a section ends EVERYTHING, and the other way round."""
    row = {"recipient": keys.fingerprint("phone", number), "village": village, "section": section}
    others = SECTIONS if section == EVERYTHING else (EVERYTHING,)
    _remove(transaction, row["recipient"], village, others)
    same = sa.select(subscriptions.c.village).filter_by(**row)
    if transaction.execute(same).first() is None:
        transaction.execute(sa.insert(subscriptions), row | {"hidden": keys.hide(number.encode())})


def remove(transaction: Transaction, keys: NodeKeys, number: str, *, village: str, section: str) -> None:
    """Tell this number no more of one section; who had everything keeps the others."""
    recipient = keys.fingerprint("phone", number)
    if _remove(transaction, recipient, village, (EVERYTHING,)):
        for other in SECTIONS:
            add(transaction, keys, number, village=village, section=other)
    _remove(transaction, recipient, village, (section,))


def offer(
    transaction: Transaction,
    keys: NodeKeys,
    number: str,
    *,
    village: str,
    sections: tuple[str, ...],
    now: str,
) -> None:
    """Keep what was asked for with this number until its phone says yes; the newest counts."""
    recipient = keys.fingerprint("phone", number)
    transaction.execute(sa.delete(offers).where(offers.c.recipient == recipient))
    hidden = keys.hide(msgspec.json.encode({"number": number, "sections": sections}))
    row = {"recipient": recipient, "village": village, "at": now, "hidden": hidden}
    transaction.execute(sa.insert(offers), row)


def offered(connection: sa.Connection, keys: NodeKeys, recipient: str, now: str) -> tuple[str, ...]:
    """The sections that wait for this phone's yes."""
    found = _offer(connection, recipient, now)
    return tuple(msgspec.json.decode(keys.reveal(found.hidden))["sections"]) if found else ()


def accept_offer(transaction: Transaction, keys: NodeKeys, recipient: str, now: str) -> None:
    """The phone has said yes: subscribe it to what was asked for."""
    found = _offer(transaction.connection, recipient, now)
    if found is None:
        return
    said = msgspec.json.decode(keys.reveal(found.hidden))
    for section in said["sections"]:
        add(transaction, keys, said["number"], village=found.village, section=section)
    transaction.execute(sa.delete(offers).where(offers.c.recipient == recipient))


def forget_offers(transaction: Transaction, now: str) -> None:
    """Delete what nobody has confirmed."""
    transaction.execute(sa.delete(offers).where(offers.c.at < later(now, days=-OFFER_DAYS)))


def topic_of(sections: tuple[str, ...]) -> str:
    """Sections as a text names them: "财务、补贴"."""
    return "、".join(WORD_OF_SECTION[section] for section in sections)


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


def _offer(connection: sa.Connection, recipient: str, now: str) -> sa.Row | None:
    recent = offers.c.at >= later(now, days=-OFFER_DAYS)
    return connection.execute(sa.select(offers).where(offers.c.recipient == recipient, recent)).one_or_none()


def _remove(transaction: Transaction, recipient: str, village: str, sections: tuple[str, ...]) -> int:
    mine = (subscriptions.c.recipient == recipient) & (subscriptions.c.village == village)
    removed = sa.delete(subscriptions).where(mine, subscriptions.c.section.in_(sections))
    return int(transaction.execute(removed).rowcount)
