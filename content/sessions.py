"""Sign-in: server-side sessions and the lock after wrong passwords; who may sign in at all is accounts'."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlite_utils import Database

from content import accounts
from content.accounts import Account
from content.clock import from_text, to_text
from content.errors import RuleError
from content.local import create, local_tables
from content.record.store import Record, Transaction

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)

sessions = sa.Table(
    "sessions",
    local_tables,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("started_at", sa.String(20), nullable=False),
    sa.Column("seen_at", sa.String(20), nullable=False),
)
attempts = sa.Table(
    "sign_in_attempts",
    local_tables,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("wrong_tries", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.String(20), nullable=False),
)
sign_ins = sa.Table(
    "sign_in_log",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),  # in | wrong | locked | out
)


@dataclass(frozen=True)
class Session:
    """A signed-in person. token: what the browser's cookie holds; only its hash is kept here."""

    token: str
    account: Account


class Sessions:
    """The sessions of one node."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, sessions, attempts, sign_ins)

    def sign_in(self, db: Database, name: str, password: str) -> Session:
        """Check name and password. RuleError "wrong_password" or "locked", the same words whether the name exists."""
        with self._record.write() as transaction:
            self._require_unlocked(transaction, name)
        account = accounts.get(db, name)
        if not accounts.is_password(account, password):
            self._count_wrong(name)
            raise RuleError("账号或密码不对，请再试一次。", code="wrong_password")
        assert account is not None
        token = secrets.token_urlsafe(32)
        now = to_text(self._record.clock())
        with self._record.write() as transaction:
            transaction.execute(sa.delete(attempts).where(attempts.c.account == name))
            transaction.execute(
                sa.insert(sessions),
                {"token_hash": _hash(token), "account": name, "started_at": now, "seen_at": now},
            )
            self._log(transaction, name, "in")
        return Session(token, account)

    def check_password(self, db: Database, account: Account, password: str) -> None:
        """Ask for the password again before a signature; wrong ones count as at sign-in."""
        with self._record.write() as transaction:
            self._require_unlocked(transaction, account.name)
        if not accounts.is_password(accounts.get(db, account.name), password):
            self._count_wrong(account.name)
            raise RuleError("密码不对，没有签字。请再输一次。", code="wrong_password")

    def find(self, db: Database, token: str) -> Session | None:
        """The session behind a cookie, or None when it is unknown, idle for 15 minutes or 8 hours old."""
        now = self._record.clock()
        with self._record.read() as connection:
            row = connection.execute(
                sa.select(sessions).where(sessions.c.token_hash == _hash(token))
            ).one_or_none()
        if row is None:
            return None
        if now - from_text(row.seen_at) > IDLE or now - from_text(row.started_at) > LONGEST:
            self.sign_out(token)
            return None
        account = accounts.get(db, row.account)
        if account is None or not account.is_active:
            return None
        if now - from_text(row.seen_at) > timedelta(minutes=1):
            self._touch(token)
        return Session(token, account)

    def sign_out(self, token: str) -> None:
        """End one session."""
        with self._record.write() as transaction:
            transaction.execute(sa.delete(sessions).where(sessions.c.token_hash == _hash(token)))

    def _touch(self, token: str) -> None:
        with self._record.write() as transaction:
            transaction.execute(
                sa.update(sessions)
                .where(sessions.c.token_hash == _hash(token))
                .values(seen_at=to_text(self._record.clock()))
            )

    def _require_unlocked(self, transaction: Transaction, name: str) -> None:
        row = transaction.execute(sa.select(attempts).where(attempts.c.account == name)).one_or_none()
        if row is not None and row.locked_until > to_text(self._record.clock()):
            self._log(transaction, name, "locked")
            raise RuleError("密码错的次数太多，账号暂时锁住了。请过一会儿再试，或请县里帮忙。", code="locked")

    def _count_wrong(self, name: str) -> None:
        """Five tries are free; then 15 minutes, doubling with each further wrong one up to a day."""
        with self._record.write() as transaction:
            row = transaction.execute(sa.select(attempts).where(attempts.c.account == name)).one_or_none()
            wrong = (row.wrong_tries if row else 0) + 1
            locked_until = ""
            if wrong >= FREE_TRIES:
                lock = min(FIRST_LOCK * 2 ** min(wrong - FREE_TRIES, 10), LONGEST_LOCK)
                locked_until = to_text(self._record.clock() + lock)
            transaction.execute(sa.delete(attempts).where(attempts.c.account == name))
            transaction.execute(
                sa.insert(attempts), {"account": name, "wrong_tries": wrong, "locked_until": locked_until}
            )
            self._log(transaction, name, "wrong")

    def _log(self, transaction: Transaction, name: str, outcome: str) -> None:
        at = to_text(self._record.clock())
        transaction.execute(sa.insert(sign_ins), {"at": at, "account": name, "outcome": outcome})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
