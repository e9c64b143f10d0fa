"""At a statement's form: account names that the chart does not know, the account each is said to mean, and what was learnt before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from content import account_charts, account_names
from content.account_charts import LedgerAccount, find_account
from content.drafts import Draft
from kiosk.desk import statement_forms
from kiosk.pages import services

Data = dict[str, Any]
# A sheet with more unknown names than this has another column in the place of the account.
MOST_OFFERED = 20


@dataclass(frozen=True)
class Question:
    """What the form asks: names that are in no chart, each with the account that is likely meant ("" for none), and
    the accounts to choose from by their class."""

    names: tuple[tuple[str, str], ...]
    accounts: tuple[tuple[str, tuple[str, ...]], ...]


def offered(data: Data) -> Question:
    """What is still to be said about the accounts of this draft."""
    db, day = services().node.views.read(), data["period_end"]
    accounts = account_charts.known_accounts(db, day)
    names = account_names.unknown(accounts, [row["account"] for row in data["typed"]["rows"]])
    earlier = account_charts.earlier_accounts(db, day) if names else []
    likely = ((name, account_names.successor(earlier, accounts, name)) for name in names[:MOST_OFFERED])
    return Question(tuple((name, found.name if found else "") for name, found in likely), _by_class(accounts))


def with_known(rows: list[Data], day: str) -> list[Data]:
    """The rows of a sheet with every account name that was learnt before under the account it means."""
    accounts = account_charts.known_accounts(services().node.views.read(), day)
    names = account_names.unknown(accounts, [row["account"] for row in rows])
    meant = services().drafts.account_names.known(names)
    return [{**row, "account": account_names.renamed(accounts, row["account"], meant)} for row in rows]


def learn(draft_id: str, form: Mapping[str, str]) -> Draft:
    """Do what was chosen (fields meant-0 … for own-0 …) in the draft, and remember it for the next sheet."""
    meant: dict[str, str] = {}
    db = services().node.views.read()
    chosen = {
        form[f"own-{number}"]: form[f"meant-{number}"]
        for number in range(MOST_OFFERED)
        if form.get(f"own-{number}") and form.get(f"meant-{number}")
    }

    def make(data: Data) -> Data:
        accounts = account_charts.known_accounts(db, data["period_end"])
        meant.update({name: account for name, account in chosen.items() if find_account(accounts, account)})
        rows = [
            {**row, "account": account_names.renamed(accounts, row["account"], meant)}
            for row in data["typed"]["rows"]
        ]
        return statement_forms.with_figures({**data, "typed": {**data["typed"], "rows": rows}})

    draft = services().drafts.change(draft_id, make)
    services().drafts.account_names.learn(meant)
    return draft


def _by_class(accounts: list[LedgerAccount]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Income and expense first: a cash book hardly names anything else."""
    classes = dict.fromkeys(account.account_class for account in accounts)
    ordered = sorted(classes, key=lambda name: name != "损益")
    return tuple(
        (name, tuple(account.name for account in accounts if account.account_class == name))
        for name in ordered
    )
