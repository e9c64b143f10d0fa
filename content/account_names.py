"""Which account of the chart a village means by its own name for it (科目对应关系): learnt once at the desk, local, remembered."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from content.account_charts import LedgerAccount, find_account
from content.local import create, local_tables
from content.record.store import Record

# Our sign between an account and the village's own name for a part of it: 管理费用-办公费.
MARK = "-"
MAX_NAME_CHARS = 40

account_names = sa.Table(
    "account_names",
    local_tables,
    sa.Column(
        "about", sa.String(80), primary_key=True
    ),  # a keyed fingerprint: a sub-account may name a person
    sa.Column("account", sa.String(80), nullable=False),
)


class AccountNames:
    """What one village calls the accounts of the chart."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, account_names)

    def learn(self, meant: Mapping[str, str]) -> None:
        """Remember the account's name for each of the village's own; another choice replaces the one before."""
        with self._record.write() as transaction:
            for name, account in meant.items():
                about = self._about(name)
                transaction.execute(sa.delete(account_names).where(account_names.c.about == about))
                transaction.execute(sa.insert(account_names), {"about": about, "account": account})

    def known(self, names: Sequence[str]) -> dict[str, str]:
        """Those of `names` that were learnt, each with the account it means."""
        by_about = {self._about(name): name for name in names}
        with self._record.read() as connection:
            rows = connection.execute(
                sa.select(account_names).where(account_names.c.about.in_(by_about))
            ).all()
        return {by_about[row.about]: row.account for row in rows}

    def _about(self, name: str) -> str:
        return self._record.keys.fingerprint("account-name", name.strip())


def unknown(accounts: Sequence[LedgerAccount], names: Sequence[str]) -> list[str]:
    """The names that stand for no account of the chart, each once, in their order; nothing where there is no chart."""
    found = (name for name in dict.fromkeys(names) if name and find_account(accounts, name) is None)
    return list(found) if accounts else []


def under(account: str, name: str) -> str:
    """The village's own name written as a part of the account, so that both can be read: 管理费用-办公费."""
    return f"{account}{MARK}{name.strip()[:MAX_NAME_CHARS]}"


def renamed(accounts: Sequence[LedgerAccount], name: str, meant: Mapping[str, str]) -> str:
    """`name` under the account it is known to mean; as it stands when it is not, or that account is not in the chart."""
    account = meant.get(name, "")
    return under(account, name) if account and find_account(accounts, account) else name


def successor(
    earlier: Sequence[LedgerAccount], accounts: Sequence[LedgerAccount], name: str
) -> LedgerAccount | None:
    """The account that took the place of the one which the earlier chart called so; what a village most likely means."""
    before = find_account(earlier, name)
    if before is None:
        return None
    return next((account for account in accounts if account.earlier_code == before.code), None)
