"""Subsidy programmes (惠农补贴项目): dated, sourced standards set by the county, and the sum they give; rolls are rolls.py."""

import csv
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

import msgspec
from sqlite_utils import Database

from content import search, villages
from content.folding import from_county, keep_newest
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE programme_standards (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, base_name TEXT NOT NULL, is_sensitive INTEGER NOT NULL,
    year TEXT NOT NULL, place TEXT NOT NULL, at TEXT NOT NULL, standard JSON NOT NULL, event_order TEXT NOT NULL
);
CREATE INDEX programme_standards_name ON programme_standards (name);
CREATE INDEX programme_standards_base_name ON programme_standards (base_name);
"""

_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
# A floor under what the county says: programmes whose very name tells of need or illness (design §5).
SENSITIVE_WORDS = ("低保", "最低生活保障", "特困", "残疾", "救助", "救济", "孤儿", "困境儿童", "无人抚养")
# 低保 is paid as the standard minus the family's income, so quantity × rate is not what is due.
_PAID_AS_DIFFERENCE = ("最低生活保障", "低保")


@dataclass(frozen=True)
class Standard:
    """One rate of one programme, in one place and year. rate: yuan per unit as its source writes it, exact.

    rate_fen: the same in fen, rounded half up; None when the rate is no number. period: 年, 月, 一次性 …;
    source_trust: "govdoc" | "mirror" | "news" | "weak"; valid_from, valid_to: ISO dates or "".
    """

    id: str
    name: str
    department: str
    level: str
    document: str
    document_no: str
    who: str
    unit: str
    rate: str
    rate_fen: int | None
    period: str
    place: str
    year: str
    paid_how: str
    is_sensitive: bool
    note: str
    source_url: str
    source_trust: str
    is_differential: bool = False
    valid_from: str = ""
    valid_to: str = ""
    how_to_apply: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Programme:
    """All standards of one name: this county's own, newest first, and those of other places. Never merged."""

    name: str
    who: str
    ours: tuple[Standard, ...]
    elsewhere: tuple[Standard, ...]

    @property
    def standards(self) -> tuple[Standard, ...]:
        return self.ours + self.elsewhere

    @property
    def is_sensitive(self) -> bool:
        return any(standard.is_sensitive for standard in self.standards) or has_sensitive_word(self.name)


@dataclass(frozen=True)
class Explanation:
    """What was paid against quantity × rate (算一算), as facts for a template to word.

    verdict: "equal", "rounding" (1 fen apart), "less" or "more" paid than expected; "differential" (the standard is
    a guarantee, less is paid by rule) and "no_rate" have expected_fen None. implied_quantity: the quantity that the
    payment would be right for; same_as: ids of the other standards that give exactly this payment.
    """

    verdict: Literal["equal", "rounding", "less", "more", "differential", "no_rate"]
    paid_fen: int
    expected_fen: int | None = None
    difference_fen: int = 0
    implied_quantity: Decimal | None = None
    same_as: tuple[str, ...] = ()


def set_standards(record: Record, standards: Iterable[Standard], *, by: str) -> list[str]:
    """Give all villages these standards, or change them; the event ids."""
    events = [NewEvent("programme_set", msgspec.to_builtins(standard), by) for standard in standards]
    return record.append("all", *events)


def read_programmes(path: Path) -> list[Standard]:
    """The standards in a CSV file with the columns of content/data/programmes.csv. ValueError names a bad row.

    A cell that says 同上 means the cell above it.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for above, row in itertools.pairwise(rows):
        row.update({name: above[name] for name, value in row.items() if value == "同上"})
    return [_standard(row) for row in rows]


def list_programmes(db: Database) -> list[Programme]:
    """Every programme by name; the county's own first, then in the order of their standards' ids."""
    by_name: dict[str, list[Standard]] = {}
    for row in db.query("SELECT standard FROM programme_standards ORDER BY id"):
        standard = msgspec.json.decode(row["standard"], type=Standard)
        by_name.setdefault(standard.name, []).append(standard)
    county = villages.get_county(db)
    programmes = [_programme(name, found, county) for name, found in by_name.items()]
    return sorted(programmes, key=lambda programme: not programme.ours)


def get_programme(db: Database, name: str) -> Programme | None:
    """One programme by its exact name, or None."""
    rows = db.query("SELECT standard FROM programme_standards WHERE name = :name ORDER BY id", {"name": name})
    standards = [msgspec.json.decode(row["standard"], type=Standard) for row in rows]
    return _programme(name, standards, villages.get_county(db)) if standards else None


def is_sensitive(db: Database, name: str) -> bool:
    """Whether no person may be named as receiving this programme.

    True when the county says so of any standard of this name (brackets and their content aside), or when the name
    itself says it.
    """
    row = db.execute(
        "SELECT 1 FROM programme_standards WHERE base_name = ? AND is_sensitive LIMIT 1", [_base_name(name)]
    ).fetchone()
    return row is not None or has_sensitive_word(name)


def has_sensitive_word(name: str) -> bool:
    """Whether a name by itself tells of need or illness (低保, 残疾 …)."""
    plain = _plain(name)
    return any(word in plain for word in SENSITIVE_WORDS)


def calculate(quantity: Decimal, standard: Standard) -> int:
    """quantity × rate in fen, rounded half up: 2.08 mu at 131.42 yuan is 27335. ValueError without a rate."""
    if standard.rate_fen is None:
        raise ValueError(f"standard {standard.id} has no rate that can be multiplied: {standard.rate!r}")
    return multiply(quantity, Decimal(standard.rate) * 100)


def multiply(quantity: Decimal, rate_fen: Decimal | int) -> int:
    """quantity × rate, rounded half up to the fen (what a calculator at the counter shows)."""
    return int((quantity * rate_fen).quantize(Decimal(1), ROUND_HALF_UP))


def explain(
    quantity: Decimal, standard: Standard, paid_fen: int, *, others: Sequence[Standard] = ()
) -> Explanation:
    """Compare a payment with what the standard gives. others: standards that might explain it instead."""
    if standard.is_differential:
        return Explanation("differential", paid_fen)
    if standard.rate_fen is None:
        return Explanation("no_rate", paid_fen)
    expected = calculate(quantity, standard)
    difference = paid_fen - expected
    if abs(difference) <= 1:
        return Explanation("rounding" if difference else "equal", paid_fen, expected, difference)
    rate = Decimal(standard.rate) * 100
    return Explanation(
        "more" if difference > 0 else "less",
        paid_fen,
        expected,
        difference,
        (paid_fen / rate).quantize(Decimal("0.01"), ROUND_HALF_UP) if rate else None,
        tuple(
            other.id
            for other in others
            if other.id != standard.id
            and other.unit == standard.unit
            and other.rate_fen is not None
            and calculate(quantity, other) == paid_fen
        ),
    )


def _programme(name: str, standards: list[Standard], county: villages.County | None) -> Programme:
    newest_first = sorted(standards, key=lambda standard: (standard.valid_from, standard.year), reverse=True)
    ours = tuple(s for s in newest_first if county is not None and s.place in (county.name, county.code))
    elsewhere = tuple(s for s in newest_first if s not in ours)
    return Programme(name, (ours or elsewhere)[0].who, ours, elsewhere)


def _base_name(name: str) -> str:
    """The name without brackets, blanks and width: 高龄津贴（80至89周岁） and 高龄津贴 are one programme to a village."""
    plain = _plain(name)
    return plain.split("(")[0] or plain


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _standard(row: dict[str, str]) -> Standard:
    try:
        return Standard(
            id=row["id"],
            name=row["name"],
            department=row["department"],
            level=row["level"],
            document=row["document"],
            document_no=row["document_no"],
            who=row["who"],
            unit=row["unit"],
            rate=row["rate"],
            rate_fen=_rate_fen(row["rate"]),
            period=row["period"],
            place=row["place"],
            year=row["year"],
            paid_how=row["paid_how"],
            is_sensitive=row["sensitive"] == "yes",
            note=row["note"],
            source_url=row["source_url"],
            source_trust=row["source_trust"],
            is_differential=any(word in row["name"] for word in _PAID_AS_DIFFERENCE),
        )
    except KeyError as exc:
        raise ValueError(f"补贴标准的这一行缺少 {exc}：{row.get('id') or row}") from exc


def _rate_fen(rate: str) -> int | None:
    return multiply(Decimal(rate), 100) if _NUMBER.fullmatch(rate) else None


def _fold_standard(db: Database, event: Event) -> None:
    standard = msgspec.convert(event.body, Standard)
    if _rate_fen(standard.rate) != standard.rate_fen:
        raise ValueError(f"rate {standard.rate!r} is not {standard.rate_fen} fen")
    before = db.execute("SELECT name FROM programme_standards WHERE id = ?", [standard.id]).fetchone()
    row = {
        "id": standard.id,
        "name": standard.name,
        "base_name": _base_name(standard.name),
        "is_sensitive": int(standard.is_sensitive),
        "year": standard.year,
        "place": standard.place,
        "at": event.at,
        "standard": msgspec.json.encode(standard).decode(),
        "event_order": event.order,
    }
    if keep_newest(db, "programme_standards", row, key="id"):
        for name in {standard.name, *(before or ())}:
            _refresh_search(db, name)


def _refresh_search(db: Database, name: str) -> None:
    """One document for a programme, made of all its standards: the same whatever order they came in."""
    rows = list(db.query("SELECT at, standard FROM programme_standards WHERE name = ? ORDER BY id", [name]))
    if not rows:
        search.remove(db, f"programme:{name}")
        return
    body = "\n".join(_words(msgspec.json.decode(row["standard"], type=Standard) for row in rows))
    at = max(row["at"] for row in rows)
    search.put(db, search.Document(key=f"programme:{name}", village="", title=name, body=body, at=at))


def _words(standards: Iterable[Standard]) -> Iterator[str]:
    for s in standards:
        yield " ".join((s.who, s.document, s.document_no, s.department, s.place, s.year, s.note))


FOLDS = {"programme_set": from_county(_fold_standard)}
