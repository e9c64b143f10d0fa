"""A subsidy roll as read from a file: plain frozen results and their JSON form, which holds nothing personal."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from content.intake.findings import Problem


@dataclass(frozen=True)
class RollColumn:
    """One column of the sheet by its letter; `kind` names what personal data it holds."""

    column: str
    header: str
    personal: bool
    kind: str | None

    def as_dict(self) -> dict[str, Any]:
        return {"column": self.column, "header": self.header, "personal": self.personal, "kind": self.kind}


@dataclass(frozen=True)
class RollRow:
    """One payment. Fields the sheet has no column for are None; `parts` are the amounts that make up the whole.

    `lots` are quantity and rate (in fen) of each crop or season that a row pays for together; `quantity` is their sum.

    `due_fen` is what was earned before `withheld_fen` was kept back; None when the sheet has no such column.

    `personal` holds the numbers by which a person finds the own row ('id18', 'bank', 'mobile'), cleaned of
    spaces. It is in no text and no JSON form: make keyed fingerprints of it, then let it go.
    """

    seq: int | None
    group: str | None
    household: str | None
    name: str
    amount_fen: int | None
    quantity: Decimal | None = None
    unit: str | None = None
    headcount: int | None = None
    kind: str | None = None
    age: int | None = None
    rate_fen: int | None = None
    months: Decimal | None = None
    due_fen: int | None = None
    withheld_fen: int | None = None
    parts: dict[str, int] = field(default_factory=dict)
    lots: tuple[tuple[Decimal, int], ...] = ()
    row: int = 0
    personal: dict[str, str] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The form kept as JSON: what has no column is left out, personal numbers always."""
        kept: dict[str, Any] = {
            "seq": self.seq,
            "group": self.group,
            "household": self.household,
            "headcount": self.headcount,
            "kind": self.kind,
            "age": self.age,
            "quantity": _plain(self.quantity),
            "unit": self.unit,
            "rate_fen": self.rate_fen,
            "months": _plain(self.months),
            "due_fen": self.due_fen,
            "withheld_fen": self.withheld_fen,
        }
        named = {key: value for key, value in kept.items() if value is not None}
        return named | self.parts | {"name": self.name, "amount_fen": self.amount_fen}


@dataclass(frozen=True)
class Roll:
    """What a roll says. `total_fen` is added up from the rows; None when an amount is unknown.

    `sensitive` programmes publish totals only. `free_text_cells` are the filled cells of columns of free words
    about people; the words themselves are not kept.
    """

    file: str
    village: str | None
    programme: str | None
    batch: str | None
    columns: tuple[RollColumn, ...]
    rows: tuple[RollRow, ...]
    total_fen: int | None
    problems: tuple[Problem, ...]
    sensitive: bool
    free_text_cells: tuple[str, ...] = ()
    sheet: str | None = None
    encoding: str | None = None

    @property
    def personal_columns(self) -> tuple[str, ...]:
        return tuple(column.column for column in self.columns if column.personal)

    def as_dict(self) -> dict[str, Any]:
        """The form kept as JSON, without anything personal."""
        kept: dict[str, Any] = {
            "file": self.file,
            "village": self.village,
            "programme": self.programme,
            "batch": self.batch,
            "row_count": len(self.rows),
            "columns": [column.as_dict() for column in self.columns],
            "personal_columns": list(self.personal_columns),
            "rows": [row.as_dict() for row in self.rows],
            "total_fen": self.total_fen,
            "problems": [problem.as_dict() for problem in self.problems],
            "sensitive": self.sensitive,
            "free_text_personal": [{"cell": cell} for cell in self.free_text_cells],
            "sheet": self.sheet,
        }
        return kept | ({"encoding": self.encoding} if self.encoding else {})


def _plain(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
