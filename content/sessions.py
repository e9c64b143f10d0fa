"""Sign-in: server-side sessions and the lock after wrong tries; who may sign in at all is accounts'."""

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
from content.second_factors import SecondFactors
from content.staff_log import StaffLog

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
_LOCKED = "密码错的次数太多，账号暂时锁住了。请过一会儿再试，或请县里帮忙。"

sessions = sa.Table(
    "staff_sessions",
    local_tables,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("mark", sa.String(16), nullable=False),  # Account.mark: another password ends the session
    sa.Column("started_at", sa.String(20), nullable=False),
    sa.Column("seen_at", sa.String(20), nullable=False),
)
attempts = sa.Table(
    "sign_in_attempts",
    local_tables,
    sa.Column("account", sa.String(64), primary_key=True),  # see _about
    sa.Column("wrong_tries", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.String(20), nullable=False),
)


@dataclass(frozen=True)
class Session:
    """A signed-in person. token: what the browser's cookie holds; only its hash is kept here."""

    token: str
    account: Account


@dataclass(frozen=True)
class OpenSession:
    """A session as others see it. id: names it, but opens nothing."""

    id: str
    account: Account
    started_at: str
    seen_at: str


class Sessions:
    """The sessions of one node, with its second factors and its log."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.factors, self.log = SecondFactors(record), StaffLog(record)
        create(record, sessions, attempts)

    def sign_in(self, db: Database, name: str, password: str, code: str = "") -> Session:
        """Check name, password and, where the account has a second factor, its code.

        RuleError "wrong_password" or "locked", the same words whether the name exists and whatever was wrong.
        """
        account = accounts.get(db, name)
        about = self._about(account, name)
        self._begin_try(about, account)
        is_right = accounts.is_password(account, password)
        now = to_text(self._record.clock())
        with self._record.write() as transaction:
            if account is None or not is_right or not self.factors.take(transaction, account, code):
                self.log.note(transaction, account.name if account else "", "wrong")
                session = None
            else:
                session = Session(secrets.token_urlsafe(32), account)
                self._forget_tries(transaction, about)
                row = {"token_hash": _hash(session.token), "account": account.name, "mark": account.mark}
                self._forget_old(transaction)
                transaction.execute(sa.insert(sessions), row | {"started_at": now, "seen_at": now})
                self.log.note(transaction, account.name, "in")
        if session is None:
            words = (
                "账号、密码或动态码不对，请再试一次。"
                if self.factors.has_any()
                else "账号或密码不对，请再试一次。"
            )
            raise RuleError(words, code="wrong_password")
        return session

    def check_password(self, db: Database, account: Account, password: str) -> None:
        """Ask for the password again before a signature; wrong ones count as at sign-in."""
        about = self._about(account, account.name)
        self._begin_try(about, account)
        is_right = accounts.is_password(accounts.get(db, account.name), password)
        with self._record.write() as transaction:
            if is_right:
                self._forget_tries(transaction, about)
            else:
                self.log.note(transaction, account.name, "wrong")
        if not is_right:
            raise RuleError("密码不对，没有签字。请再输一次。", code="wrong_password")

    def find(self, db: Database, token: str, *, is_activity: bool = True) -> Session | None:
        """The session behind a cookie, or None: unknown, idle for 15 minutes, 8 hours old, of another password.

        is_activity: whether a person did something; a page that asks by itself keeps nobody signed in.
        """
        now = self._record.clock()
        with self._record.read() as connection:
            row = connection.execute(
                sa.select(sessions).where(sessions.c.token_hash == _hash(token))
            ).one_or_none()
        if row is None:
            return None
        account = accounts.get(db, row.account)
        if account is None or not self._is_open(row, account):
            self._end(row.token_hash)
            return None
        if is_activity and now - from_text(row.seen_at) > timedelta(minutes=1):
            self._touch(row.token_hash)
        return Session(token, account)

    def sign_out(self, token: str) -> None:
        """End one session."""
        with self._record.write() as transaction:
            ended = transaction.execute(
                sa.delete(sessions).where(sessions.c.token_hash == _hash(token)).returning(sessions.c.account)
            ).scalar_one_or_none()
            if ended is not None:
                self.log.note(transaction, ended, "out")

    def all_open(self, db: Database) -> list[OpenSession]:
        """Who is signed in now, the one seen last first."""
        with self._record.read() as connection:
            rows = connection.execute(sa.select(sessions).order_by(sessions.c.seen_at.desc())).all()
        found = [(row, accounts.get(db, row.account)) for row in rows]
        return [
            OpenSession(_id(row.token_hash), account, row.started_at, row.seen_at)
            for row, account in found
            if account is not None and self._is_open(row, account)
        ]

    def end(self, session: OpenSession, *, by: str) -> None:
        """End somebody's session; it stands in the log under the name of the person who is thrown out."""
        with self._record.write() as transaction:
            hashes = transaction.execute(
                sa.select(sessions.c.token_hash).where(sessions.c.account == session.account.name)
            ).scalars()
            for token_hash in [one for one in hashes if _id(one) == session.id]:
                transaction.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))
                self.log.note(transaction, session.account.name, "ended", by)

    def _is_open(self, row: sa.Row, account: Account) -> bool:
        now = self._record.clock()
        is_young = now - from_text(row.seen_at) <= IDLE and now - from_text(row.started_at) <= LONGEST
        return is_young and account.is_active and row.mark == account.mark

    def _end(self, token_hash: str) -> None:
        with self._record.write() as transaction:
            transaction.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))

    def _forget_old(self, transaction: Transaction) -> None:
        past = to_text(self._record.clock() - LONGEST)
        transaction.execute(sa.delete(sessions).where(sessions.c.started_at < past))

    def _touch(self, token_hash: str) -> None:
        with self._record.write() as transaction:
            transaction.execute(
                sa.update(sessions)
                .where(sessions.c.token_hash == token_hash)
                .values(seen_at=to_text(self._record.clock()))
            )

    def _about(self, account: Account | None, name: str) -> str:
        """What tries are counted by. A new password has no wrong tries yet, so the county's help opens a lock; a name
        that is no account's may be a password in the wrong field, so it is not kept in clear; such names share 65,536
        rows, or guessing would fill the disk."""
        if account is not None:
            return f"{account.name[:40]}:{account.mark}"
        return self._record.keys.fingerprint("sign-in", name)[:4]

    def _begin_try(self, about: str, account: Account | None) -> None:
        """Count a try as wrong before it is checked, so that many at once are no way round the lock.

        Five are free; then 15 minutes, doubling with each further one up to a day. RuleError "locked", which is logged.
        """
        with self._record.write() as transaction:
            row = transaction.execute(sa.select(attempts).where(attempts.c.account == about)).one_or_none()
            is_locked = row is not None and row.locked_until > to_text(self._record.clock())
            if is_locked:
                self.log.note(transaction, account.name if account else "", "locked")
            else:
                self._count(transaction, about, (row.wrong_tries if row else 0) + 1)
        if is_locked:
            raise RuleError(_LOCKED, code="locked")

    def _count(self, transaction: Transaction, about: str, wrong: int) -> None:
        locked_until = ""
        if wrong >= FREE_TRIES:
            lock = min(FIRST_LOCK * 2 ** min(wrong - FREE_TRIES, 10), LONGEST_LOCK)
            locked_until = to_text(self._record.clock() + lock)
        self._forget_tries(transaction, about)
        row = {"account": about, "wrong_tries": wrong, "locked_until": locked_until}
        transaction.execute(sa.insert(attempts), row)

    def _forget_tries(self, transaction: Transaction, about: str) -> None:
        transaction.execute(sa.delete(attempts).where(attempts.c.account == about))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _id(token_hash: str) -> str:
    return token_hash[:16]
