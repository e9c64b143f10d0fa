"""An agent's PIN at the kiosk (口令): six digits that confirm a case filed there, good at this machine only.

A kiosk has no keyboard and many eyes: the desk's password must not be typed on it. The PIN opens nothing; it says that
an agent stood by. It is kept here as an argon2id hash and never synced.
"""

import argon2
import sqlalchemy as sa
from sqlite_utils import Database

from content import accounts
from content.accounts import Account
from content.attempts import Attempts
from content.errors import RuleError
from content.local import create, local_tables
from content.record.store import Record

PIN_DIGITS = 6
_KIND = "pin"

agent_pins = sa.Table(
    "agent_pins",
    local_tables,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("pin_hash", sa.String(200), nullable=False),
    sa.Column("mark", sa.String(16), nullable=False),  # of the account's password: a new one ends the PIN
)
# OWASP's smallest: a million PINs are guessed in any case by whoever has the file, and a tap should not take a second.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class AgentPins:
    """The PINs that were set at this node."""

    def __init__(self, record: Record, attempts: Attempts) -> None:
        self._record, self._attempts = record, attempts
        create(record, agent_pins)

    def set(self, account: Account, pin: str) -> None:
        """Set or change it. RuleError for what is not six digits, or is too easy to guess."""
        if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
            raise RuleError(f"口令要 {PIN_DIGITS} 位数字。", code="bad_pin")
        if len(set(pin)) < 3 or pin in "01234567890" or pin in "09876543210":
            raise RuleError("这个口令太好猜了，请换一个。", code="weak_pin")
        row = {"name": account.name, "pin_hash": _hasher.hash(pin), "mark": account.mark}
        with self._record.write() as transaction:
            transaction.execute(sa.delete(agent_pins).where(agent_pins.c.name == account.name))
            transaction.execute(sa.insert(agent_pins), row)
        self._attempts.forget(_KIND, account.name)

    def agents(self, db: Database, village: str) -> list[Account]:
        """The agents of a village who have set one and whose account and password are still the same, by name."""
        with self._record.read() as connection:
            marks = {row.name: row.mark for row in connection.execute(sa.select(agent_pins))}
        known = [account for account in accounts.all_accounts(db) if account.name in marks]
        return [one for one in known if one.mark == marks[one.name] and _is_agent(one, village)]

    def confirm(self, db: Database, village: str, name: str, pin: str) -> Account:
        """The agent whose PIN this is. RuleError, alike for every reason, or when five were wrong within 15 minutes."""
        if self._attempts.is_locked(_KIND, name):
            raise RuleError("口令连着错了五次，请过十五分钟再试。", code="locked")
        agent = next((one for one in self.agents(db, village) if one.name == name), None)
        if agent is None or not self._is_pin(name, pin):
            self._attempts.count_wrong(_KIND, name)
            raise RuleError("口令不对，请代办员再点一次。", code="wrong_pin")
        self._attempts.forget(_KIND, name)
        return agent

    def _is_pin(self, name: str, pin: str) -> bool:
        with self._record.read() as connection:
            stored = connection.execute(
                sa.select(agent_pins.c.pin_hash).where(agent_pins.c.name == name)
            ).scalar_one_or_none()
        try:
            return stored is not None and _hasher.verify(stored, pin)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def _is_agent(account: Account, village: str) -> bool:
    return "agent" in account.roles and account.may_act_for(village)
