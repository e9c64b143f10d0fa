"""The optional second step of signing in (动态码, RFC 6238): made, kept and checked at the one node where it is used.

The secret never leaves the node and stands encrypted in its database; see docs/decisions/0006.
"""

import hmac
import re

import pyotp
import sqlalchemy as sa

from content.accounts import Account
from content.errors import RecordError
from content.local import create, local_tables
from content.record.store import Record, Transaction

STEP_S = 30
# A village's clock and a telephone's differ: one step before and one after are taken too (RFC 6238, 5.2).
DRIFT_STEPS = 1
ISSUER = "乡亭"

factors = sa.Table(
    "second_factors",
    local_tables,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("hidden", sa.LargeBinary, nullable=False),  # the secret, readable by this node only
    sa.Column("resets", sa.Integer, nullable=False),  # Account.factor_resets when it was made
    sa.Column("last_step", sa.Integer, nullable=False),
)


def new_secret() -> str:
    """160 random bits in base32, to be shown once; it counts from `keep` on."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether this can have come from `new_secret`."""
    return re.fullmatch(r"[A-Z2-7]{32}", text) is not None


def address(account: Account, secret: str) -> str:
    """What an authenticator's camera reads (otpauth://…)."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=account.name, issuer_name=ISSUER)


class SecondFactors:
    """The second factors of one node."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, factors)

    def has_any(self) -> bool:
        """Whether anybody here uses one: only then does the sign-in form ask for a code."""
        with self._record.read() as connection:
            return connection.execute(sa.select(factors.c.account).limit(1)).first() is not None

    def is_on(self, account: Account) -> bool:
        """Whether this account has to give a code."""
        with self._record.read() as connection:
            return self._row(connection, account) is not None

    def keep(self, account: Account, secret: str, code: str) -> bool:
        """Switch it on if `code` shows that the telephone has the secret; whether it did."""
        step = self._step_of(secret, code, after=-1)
        if step is None:
            return False
        row = {
            "account": account.name,
            "hidden": self._record.keys.hide(secret.encode()),
            "resets": account.factor_resets,
            "last_step": step,
        }
        with self._record.write() as transaction:
            transaction.execute(sa.delete(factors).where(factors.c.account == account.name))
            transaction.execute(sa.insert(factors), row)
        return True

    def take(self, transaction: Transaction, account: Account, code: str) -> bool:
        """Whether the account may pass: it has no second factor, or this is a code of its that was not used before."""
        row = self._row(transaction, account)
        if row is None:
            return True
        try:
            secret = self._record.keys.reveal(row.hidden).decode()
        except RecordError:
            return False  # a database brought here without its keys: closed until the county resets it
        step = self._step_of(secret, code, after=row.last_step)
        if step is None:
            return False
        transaction.execute(
            sa.update(factors).where(factors.c.account == account.name).values(last_step=step)
        )
        return True

    def drop(self, account: Account) -> None:
        """Switch it off."""
        with self._record.write() as transaction:
            transaction.execute(sa.delete(factors).where(factors.c.account == account.name))

    def _row(self, source: Transaction | sa.Connection, account: Account) -> sa.Row | None:
        mine = (factors.c.account == account.name, factors.c.resets == account.factor_resets)
        return source.execute(sa.select(factors).where(*mine)).one_or_none()

    def _step_of(self, secret: str, code: str, *, after: int) -> int | None:
        """The time step whose code this is, None for a wrong or used one."""
        now = int(self._record.clock().timestamp()) // STEP_S
        plain = "".join(code.split())
        steps = range(max(now - DRIFT_STEPS, after + 1), now + DRIFT_STEPS + 1)
        right = [s for s in steps if hmac.compare_digest(_code(secret, s).encode(), plain.encode())]
        return right[0] if right else None


def _code(secret: str, step: int) -> str:
    return pyotp.HOTP(secret).at(step)
