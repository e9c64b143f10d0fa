"""Telephone numbers of staff, for reminders and cards by text: local to the county, unreadable without its own key, never in the record."""

import re

import sqlalchemy as sa
from sqlite_utils import Database

from content import accounts, departments
from content.accounts import Account
from content.case_forms import plain_phone
from content.errors import RuleError
from content.local import create, local_tables
from content.record.store import Record, Transaction
from content.supervision import Card

_MOBILE = re.compile(r"1[3-9][0-9]{9}")

staff_contacts = sa.Table(
    "staff_contacts",
    local_tables,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("hidden", sa.LargeBinary, nullable=False),
)


class StaffContacts:
    """Which account is reached under which number."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, staff_contacts)

    def keep(self, account: str, number: str) -> None:
        """Keep this number for an account; "" forgets the one that is kept. RuleError for what is no mobile number."""
        plain = plain_phone(number)
        if plain and not _MOBILE.fullmatch(plain):
            raise RuleError("请填 11 位手机号；不想收短信就清空。", code="number")
        with self._record.write() as transaction:
            transaction.execute(sa.delete(staff_contacts).where(staff_contacts.c.account == account))
            if plain:
                hidden = self._record.keys.hide(plain.encode())
                transaction.execute(sa.insert(staff_contacts), {"account": account, "hidden": hidden})

    def masked(self) -> dict[str, str]:
        """Account -> "139****1234", enough to see whose it is."""
        with self._record.read() as connection:
            rows = connection.execute(sa.select(staff_contacts)).all()
        numbers = {row.account: self._record.keys.reveal(row.hidden).decode() for row in rows}
        return {account: f"{number[:3]}****{number[-4:]}" for account, number in numbers.items()}


def numbers_of(transaction: Transaction, record: Record, names: list[str]) -> list[str]:
    """The numbers that are kept for these accounts."""
    rows = transaction.execute(sa.select(staff_contacts).where(staff_contacts.c.account.in_(names)))
    return [record.keys.reveal(row.hidden).decode() for row in rows]


def told(db: Database, card: Card, who: tuple[str, ...]) -> list[str]:
    """The accounts that a rule's words mean for a card: "holder" is the village's agents, or who handles cases where the
    department stands; "township", "county" and "auditor" are those roles, as far as their area reaches the village."""
    everyone = [one for one in accounts.all_accounts(db) if one.area and one.may_act_for(card.village)]
    found = {account.name for one in who for account in everyone if _is_meant(db, one, account, card)}
    return sorted(found)


def _is_meant(db: Database, who: str, account: Account, card: Card) -> bool:
    if who != "holder":
        return who in account.roles
    if card.is_villages:
        return "agent" in account.roles
    department = departments.get(db, card.department)
    if card.subject == "feedback" or (department and department.level == "county"):
        return "county" in account.roles
    return "township" in account.roles
