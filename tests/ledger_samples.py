"""Ledgers as the sample files give them, signed and ready to publish; tests change them by keyword."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from publishing import SIGNED

from content import drafting
from content.intake.excel import read_statement
from content.ledger_rows import Ledger, Row, rows_from

FINANCE = Path(__file__).parent / "data" / "finance"
TODAY = date(2026, 11, 23)
FILES = {
    "debts": "02",
    "balance_sheet": "03",
    "assets": "04",
    "money": "04",
    "resources": "04",
    "contracts": "05",
}


def sample(kind: str, **changes: Any) -> tuple[Ledger, list[Row]]:
    """The ledger of this kind in the sample files and its rows."""
    (path,) = FINANCE.glob(f"{FILES[kind]}_*")
    read = read_statement(path, as_of=TODAY)
    data = drafting.ledger_data(read, kind, title=f"柳河村{kind}", issuer="柳河村股份经济合作社", today=TODAY)
    ledger = Ledger(
        kind, data["title"], data["as_of"], data["issuer"], "wang", SIGNED, period_start=data["period_start"]
    )
    return replace(ledger, **changes), rows_from(kind, data["rows"])
