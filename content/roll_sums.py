"""Sums over a published subsidy roll by village group; the rows themselves are rolls.py's."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True)
class GroupTotal:
    """What one group (小组) received; count: its rows."""

    group: str
    count: int
    total_fen: int


def totals_by_group(db: Database, roll_id: str) -> list[GroupTotal]:
    """The groups of a roll in the roll's own order; none on a roll of totals."""
    rows = db.query(
        """
        SELECT r."group", COUNT(*) AS count, SUM(r.amount_fen) AS total_fen
        FROM roll_rows r JOIN rolls p ON p.event = r.roll WHERE p.id = :id
        GROUP BY r."group" ORDER BY MIN(r.seq)
        """,
        {"id": roll_id},
    )
    return [GroupTotal(**row) for row in rows]
