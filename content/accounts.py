"""Accounts: who may sign in and in which role; kept by the county, carried to the village, checked offline."""

import hashlib
from dataclasses import dataclass, replace

import argon2
import msgspec
from sqlite_utils import Database

from content.errors import RuleError
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE accounts (
    name TEXT PRIMARY KEY, area TEXT NOT NULL, account JSON NOT NULL, event_order TEXT NOT NULL
);
"""

ROLES = ("agent", "committee", "township", "county", "auditor", "admin")
MIN_PASSWORD_CHARS = 8

_hasher = argon2.PasswordHasher()
# Checked when there is no such account, so that both answers take as long.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$sBBBmLyqRRuUFM3bR9vXo5eXb9YGUEqXuhnnLxpDrRc"


@dataclass(frozen=True)
class Account:
    """A person who works with the system. area: area code that the roles hold for (village 12, town 9, county 6 digits);
    password_hash: argon2id, "" for a closed account; version: goes up with every change, for a moved account is told
    in two streams; factor_resets: how often the county has taken away a lost second factor (see second_factors.py);
    department: the code of the department whose work comes first in this person's lists, "" for none."""

    name: str
    display_name: str
    roles: tuple[str, ...]
    area: str
    password_hash: str = ""
    is_active: bool = True
    version: int = 0
    factor_resets: int = 0
    department: str = ""

    @property
    def mark(self) -> str:
        """Changes with the password: what was begun under an old one (a session, a lock) ends with it."""
        return hashlib.sha256(f"{self.name}\0{self.password_hash}".encode()).hexdigest()[:16]

    def may_act_for(self, village: str) -> bool:
        """Whether the account's area covers this village (area codes nest by their leading digits)."""
        return self.is_active and village.startswith(self.area)


def hash_password(password: str) -> str:
    """An argon2id hash. RuleError for a password under 8 characters."""
    if len(password) < MIN_PASSWORD_CHARS:
        raise RuleError(f"密码太短，至少 {MIN_PASSWORD_CHARS} 个字符。", code="weak_password")
    return _hasher.hash(password)


def set_account(record: Record, account: Account, *, by: str, before: Account | None = None) -> str:
    """Open an account, or change what was `before`; the event's id. It is written for the one village it belongs to, or
    for the county itself; one that moves is closed for the place that it leaves, which hears of it no more.
    """
    if unknown := set(account.roles) - set(ROLES):
        raise ValueError(f"unknown roles {sorted(unknown)}")
    version = before.version + 1 if before else account.version
    stream = record.own_stream(_audience(account))
    old_stream = record.own_stream(_audience(before)) if before else stream
    with record.write() as transaction:
        if before and old_stream != stream:
            closed = replace(before, password_hash="", is_active=False, version=version)
            transaction.append(old_stream, [NewEvent("account_set", msgspec.to_builtins(closed), by)])
            version += 1
        now = replace(account, version=version)
        return transaction.append(stream, [NewEvent("account_set", msgspec.to_builtins(now), by)])[0]


def get(db: Database, name: str) -> Account | None:
    """One account, or None."""
    row = db.execute("SELECT account FROM accounts WHERE name = ?", [name]).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Account)


def all_accounts(db: Database) -> list[Account]:
    """Every account known here, by name."""
    rows = db.execute("SELECT account FROM accounts ORDER BY name")
    return [msgspec.json.decode(row[0], type=Account) for row in rows]


def is_password(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; takes as long when there is no such account."""
    stored = account.password_hash if account and account.is_active and account.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return stored is not _NOBODY


def _audience(account: Account) -> str:
    return account.area if len(account.area) == 12 else "county"


def _fold_account(db: Database, event: Event) -> None:
    account = msgspec.convert(event.body, Account)
    row = {
        "name": account.name,
        "area": account.area,
        "account": msgspec.json.encode(account).decode(),
        "event_order": f"{account.version:06d}/{event.order}",
    }
    keep_newest(db, "accounts", row, key="name")


FOLDS = {"account_set": from_county(_fold_account)}
