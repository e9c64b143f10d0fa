"""What the reader doubts in a file: one `Problem` for each doubt, with its place and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Problem:
    """One doubt. `code` is stable, `where` names a cell, row or table, `detail` says what and what to do.

    'error' must be put right before the file can be published, 'warning' needs a person's look, 'info' is
    for knowing. `about` names the thing meant (voucher, contract, difference_fen).
    """

    code: str
    where: str | None
    detail: str
    severity: Severity
    about: Mapping[str, str | int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The form kept as JSON."""
        named = {"code": self.code, "where": self.where, "detail": self.detail, "severity": self.severity}
        return {**named, **self.about}


def yuan(fen: int | None) -> str:
    """Fen as people write them: 123456 is '1234.56'."""
    if fen is None:
        return "（不详）"
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
