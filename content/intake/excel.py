"""The reader of village bookkeeping files (xlsx, xls, csv): statements and rolls; it stores nothing."""

from content.intake.finance import read_statement
from content.intake.rolls import read_roll

__all__ = ["read_roll", "read_statement"]
