"""What the villages have published lately, of whatever kind; a publication itself is its noun's."""

from dataclasses import dataclass, field

from sqlite_utils import Database

from content.publications import IN_FORCE
from content.scopes import IN_AREA

# A statement answers F2 (income and expense); it has no column for it, being always that.
_ALL = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, id, event, village, {item} AS item, title, at FROM {table} p WHERE {IN_FORCE}"
    for kind, table, item in (
        ("notice", "notices", "item"),
        ("statement", "statements", "'F2'"),
        ("roll", "rolls", "item"),
        ("ledger", "ledgers", "item"),
    )
)


ORDERS = {"newest": "l.at DESC, l.event", "village": "l.village, l.at DESC, l.event"}


@dataclass(frozen=True)
class Published:
    """A publication in force. kind: "notice", "statement", "roll" or "ledger"; item: its catalogue code."""

    kind: str
    id: str
    event: str
    village: str
    village_name: str
    town: str
    item: str
    item_name: str
    title: str
    at: str


@dataclass(frozen=True)
class PublishedPage:
    """One page of the list; total counts all of them."""

    lines: list[Published] = field(default_factory=list)
    total: int = 0


def page(
    db: Database,
    *,
    area: str,
    village: str = "",
    item: str = "",
    order: str = "newest",
    number: int = 1,
    size: int = 20,
) -> PublishedPage:
    """Page `number` (from 1) of what stands published in `area` (leading digits of the village's code).

    order: a key of ORDERS; KeyError for another.
    """
    where = f"""
        FROM ({_ALL}) l WHERE {IN_AREA.format("l.village")}
        AND (:village = '' OR l.village = :village) AND (:item = '' OR l.item = :item)
    """
    values = {"area": area, "village": village, "item": item, "size": size, "skip": (number - 1) * size}
    rows = db.query(
        f"""
        WITH page AS (SELECT l.* {where} ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip)
        SELECT l.*, COALESCE(v.name, l.village) AS village_name, COALESCE(v.town, '') AS town,
            COALESCE(c.name, '') AS item_name
        FROM page l LEFT JOIN villages v ON v.code = l.village LEFT JOIN catalogue c ON c.code = l.item
        ORDER BY {ORDERS[order]}
        """,
        values,
    )
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return PublishedPage([Published(**row) for row in rows], total)


def count_since(db: Database, since: str, *, area: str) -> int:
    """How many publications in `area` are dated `since` (UTC text) or later."""
    row = db.execute(
        f"SELECT COUNT(*) FROM ({_ALL}) WHERE {IN_AREA.format('village')} AND at >= :since",
        {"area": area, "since": since},
    ).fetchone()
    count: int = row[0]
    return count


def last_by_village(db: Database) -> dict[str, str]:
    """When each village last published something that stands, UTC text."""
    rows = db.execute(f"SELECT village, MAX(at) FROM ({_ALL}) GROUP BY village")
    return dict(rows.fetchall())
