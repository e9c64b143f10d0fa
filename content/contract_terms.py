"""How a lease stands on a day: how long it runs, whether it ran out, what rent is owed; the rows are ledger_rows.py's."""

from dataclasses import dataclass
from datetime import date

from content.ledger_rows import Contract

# Long enough to call a village meeting and let the land again before the lease ends.
EXPIRES_SOON_DAYS = 90


@dataclass(frozen=True)
class Standing:
    """days_left: until the last day, negative after it, None for a lease without an end; owed_fen: unpaid rent."""

    days_left: int | None
    owed_fen: int
    is_soon: bool

    @property
    def is_expired(self) -> bool:
        """Whether the last day has passed."""
        return self.days_left is not None and self.days_left < 0

    @property
    def needs_care(self) -> bool:
        """Whether somebody has to act: let it again, or ask for the rent."""
        return self.is_expired or self.is_soon or self.owed_fen > 0


def standing(contract: Contract, today: date, *, soon_days: int = EXPIRES_SOON_DAYS) -> Standing:
    """How the lease stands today. On its last day it still runs (0 days left)."""
    end = day_of(contract.end_on)
    days_left = (end - today).days if end else None
    is_soon = days_left is not None and 0 <= days_left <= soon_days
    return Standing(days_left, contract.owed_fen, is_soon)


def day_of(text: str) -> date | None:
    """A full ISO day; None for a blank, a month, a year, or what is no day."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
