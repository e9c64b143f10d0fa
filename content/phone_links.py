"""Links by which a telephone adds photos and a recording to one draft (扫码拍照): local, short-lived, open nothing else."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from content.clock import to_text
from content.local import create, local_tables
from content.record.store import Record

# A month's vouchers take a quarter of an hour; whoever needs longer presses the button again.
LASTS = timedelta(minutes=20)

phone_links = sa.Table(
    "phone_links",
    local_tables,
    sa.Column("draft", sa.String(16), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("hidden", sa.LargeBinary, nullable=False),  # the token, readable by this node only
    sa.Column("expires_at", sa.String(20), nullable=False),
)


@dataclass(frozen=True)
class PhoneLink:
    """A link that is open. token: what the address holds; draft: the only one it leads to; expires_at: UTC text."""

    token: str
    draft: str
    expires_at: str


class PhoneLinks:
    """The links of one village; a draft has one at most."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, phone_links)

    def open(self, draft: str) -> PhoneLink:
        """A new link to this draft; the one before it ends."""
        now = self._record.clock()
        link = PhoneLink(secrets.token_urlsafe(16), draft, to_text(now + LASTS))
        row = {
            "draft": draft,
            "token_hash": _hash(link.token),
            "hidden": self._record.keys.hide(link.token.encode()),
            "expires_at": link.expires_at,
        }
        with self._record.write() as transaction:
            transaction.execute(
                sa.delete(phone_links).where(
                    sa.or_(phone_links.c.draft == draft, phone_links.c.expires_at <= to_text(now))
                )
            )
            transaction.execute(sa.insert(phone_links), row)
        return link

    def of_draft(self, draft: str) -> PhoneLink | None:
        """The link that leads to this draft now."""
        return self._find(phone_links.c.draft == draft)

    def find(self, token: str) -> PhoneLink | None:
        """The link behind an address, None for an unknown one or one whose time is over."""
        return self._find(phone_links.c.token_hash == _hash(token))

    def close(self, draft: str) -> None:
        """End the link to this draft."""
        with self._record.write() as transaction:
            transaction.execute(sa.delete(phone_links).where(phone_links.c.draft == draft))

    def _find(self, condition: sa.ColumnElement[bool]) -> PhoneLink | None:
        still_open = phone_links.c.expires_at > to_text(self._record.clock())
        with self._record.read() as connection:
            row = connection.execute(sa.select(phone_links).where(condition, still_open)).one_or_none()
        if row is None:
            return None
        return PhoneLink(self._record.keys.reveal(row.hidden).decode(), row.draft, row.expires_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
