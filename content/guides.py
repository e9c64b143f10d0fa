"""Service guides (办事指南): what can be applied for, with what, where and how fast; the county publishes them.

Each version has its dates in force: what is asked for is asked of a day, and a version that is dated ahead waits.
A case that someone files under a guide is in cases.py, a guide that waits for approval in guide_drafts.py.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from content import case_fields, files, search
from content.errors import RuleError
from content.folding import from_county
from content.guide_fields import Guide, TimeLimit
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE guides (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL,
    implementing_body TEXT NOT NULL, case_type TEXT NOT NULL, topic TEXT NOT NULL, at TEXT NOT NULL,
    first_day TEXT NOT NULL, last_day TEXT NOT NULL, by TEXT NOT NULL, drafted_by TEXT NOT NULL,
    guide JSON NOT NULL, event_order TEXT NOT NULL
);
CREATE INDEX guides_newest ON guides (id, event_order DESC);
CREATE TABLE guide_tags (
    event TEXT NOT NULL, facet TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (event, facet, tag)
);
CREATE INDEX guide_tags_tag ON guide_tags (facet, tag);
CREATE TABLE guide_withdrawals (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
    event_order TEXT NOT NULL
);
CREATE INDEX guide_withdrawals_id ON guide_withdrawals (id, event_order);
"""

# Of the versions whose dates hold the day, the one published last; a withdrawal ends all that came before it.
_IN_FORCE = """
    :on BETWEEN g.first_day AND g.last_day
    AND NOT EXISTS (SELECT 1 FROM guide_withdrawals w WHERE w.id = g.id AND w.event_order > g.event_order)
    AND NOT EXISTS (
        SELECT 1 FROM guides n
        WHERE n.id = g.id AND n.event_order > g.event_order AND :on BETWEEN n.first_day AND n.last_day
    )
"""
# A version whose first day is still to come, and that will be in force then: none came later that holds that day too.
_WAITING = """
    g.first_day > :on
    AND NOT EXISTS (SELECT 1 FROM guide_withdrawals w WHERE w.id = g.id AND w.event_order > g.event_order)
    AND NOT EXISTS (
        SELECT 1 FROM guides n
        WHERE n.id = g.id AND n.event_order > g.event_order AND g.first_day BETWEEN n.first_day AND n.last_day
    )
"""
ID = re.compile(r"[A-Z0-9][A-Z0-9-]{1,23}")
_FIRST_DAY, _LAST_DAY = "0000-00-00", "9999-99-99"  # of a version whose date is left open
_LINE = "id, name, version, implementing_body, case_type"


@dataclass(frozen=True)
class GuideLine:
    """A guide as lists show it."""

    id: str
    name: str
    version: int
    implementing_body: str
    case_type: str


@dataclass(frozen=True)
class Facets:
    """How many guides in force carry each tag, the most frequent first; department: the body that handles it."""

    life_event: dict[str, int]
    theme: dict[str, int]
    special_group: dict[str, int]
    department: dict[str, int]


@dataclass(frozen=True)
class Version:
    """A published version. state on the day that was asked of: "in_force", "waiting" for its first day, "ended" by its
    last day, "replaced" by a later version, or "withdrawn" (for `reason`); drafted_by: "" for one from a file."""

    guide: Guide
    at: str
    by: str
    drafted_by: str
    state: str
    reason: str = ""


def load_guides(path: Path) -> list[Guide]:
    """The guides in a JSON file, a list of objects. ValueError names the guide that cannot be read and why."""
    try:
        items = msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise ValueError(f"{path.name} 不是办事指南的 JSON 列表：{exc}") from exc
    guides: dict[str, Guide] = {}
    for number, item in enumerate(items, start=1):
        try:
            guide = msgspec.convert(item, Guide)
        except msgspec.ValidationError as exc:
            raise ValueError(f"{path.name} 第 {number} 份指南（{item.get('id', '无编号')}）：{exc}") from exc
        if any(material.samples for material in guide.materials):
            raise ValueError(
                f"{path.name} 第 {number} 份指南（{guide.id}）带了样表的文件名；样表请在起草时加，不随文件导入"
            )
        if guide.id in guides:
            raise ValueError(f"{path.name} 第 {number} 份指南的编号 {guide.id} 前面已经用过")
        guides[guide.id] = guide
    return list(guides.values())


def publish(record: Record, guides: Iterable[Guide], *, by: str) -> list[str]:
    """Publish guides to every village, each in place of the earlier one with its id; the event ids.

    Raises RuleError, before anything is published, when one of the eight openings is empty or the dates are wrong.
    """
    return record.append("all", *[published(guide, by=by) for guide in guides])


def published(guide: Guide, *, by: str, drafted_by: str = "") -> NewEvent:
    """The event that publishes a guide. RuleError as `check`."""
    check(guide)
    return NewEvent("guide_published", msgspec.to_builtins(guide) | {"drafted_by": drafted_by}, by)


def check(guide: Guide) -> None:
    """RuleError, in a sentence that names what is missing or wrong, while a guide may not be published."""
    if not ID.fullmatch(guide.id):
        raise RuleError(
            f"指南《{guide.name}》的编号 {guide.id} 不对，请用大写字母、数字和横线，如 QX-G20。",
            code="bad_id",
        )
    openings = guide.eight_openings
    missing = [
        term
        for name, term in zip(openings.__struct_fields__, openings.__struct_encode_fields__, strict=True)
        if _is_empty(getattr(openings, name))
    ]
    if missing:
        terms = "”“".join(missing)
        raise RuleError(
            f"指南《{guide.name}》的“{terms}”没有填，八公开缺一不可；没有规定的，也请写明。",
            code="opening_empty",
        )
    first, last = _days_of(guide)
    if first > last:
        raise RuleError(f"指南《{guide.name}》的结束日期早于开始日期，请核对。", code="dates_wrong")
    legal, promised = openings.legal_limit, openings.promised_limit
    if legal.unit == promised.unit and (promised.value or 0) > (legal.value or 0):
        raise RuleError(f"指南《{guide.name}》的承诺时限比法定时限还长，请核对。", code="promised_longer")
    case_fields.check_definitions(guide.fields)


def withdraw(record: Record, guide_id: str, *, reason: str, by: str) -> str:
    """Take a guide out of force; its versions stay readable. RuleError without a reason."""
    if not reason.strip():
        raise RuleError("停用办事指南要写明原因。", code="no_reason")
    return record.append("all", NewEvent("guide_withdrawn", {"id": guide_id, "reason": reason}, by))[0]


def in_force(db: Database, guide_id: str, *, on: date) -> Guide | None:
    """The guide in force under this id on a day, or None."""
    row = db.execute(
        f"SELECT guide FROM guides g WHERE g.id = :id AND {_IN_FORCE}", {"id": guide_id, "on": on.isoformat()}
    ).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Guide)


def get(db: Database, guide_id: str, *, version: int) -> Guide | None:
    """One version of a guide whatever became of it, or None."""
    row = db.execute(
        "SELECT guide FROM guides WHERE id = ? AND version = ? ORDER BY event_order DESC LIMIT 1",
        [guide_id, version],
    ).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Guide)


def versions(db: Database, guide_id: str, *, on: date) -> list[Version]:
    """Everything that was ever published under this id, the newest first, with what it is on a day."""
    rows = db.query(
        f"""
        SELECT g.guide, g.at, g.by, g.drafted_by, w.reason,
            CASE WHEN w.event IS NOT NULL THEN 'withdrawn' WHEN {_IN_FORCE} THEN 'in_force'
                WHEN {_WAITING} THEN 'waiting' WHEN g.last_day < :on THEN 'ended' ELSE 'replaced' END AS state
        FROM guides g LEFT JOIN guide_withdrawals w ON w.event = (
            SELECT event FROM guide_withdrawals WHERE id = g.id AND event_order > g.event_order
            ORDER BY event_order LIMIT 1
        )
        WHERE g.id = :id ORDER BY g.event_order DESC
        """,
        {"id": guide_id, "on": on.isoformat()},
    )
    return [
        Version(
            msgspec.json.decode(row["guide"], type=Guide),
            row["at"],
            row["by"],
            row["drafted_by"],
            row["state"],
            row["reason"] or "",
        )
        for row in rows
    ]


def waiting(db: Database, *, on: date) -> list[Guide]:
    """The versions that wait for the first day on which they will be in force; the earliest first."""
    rows = db.execute(
        f"SELECT guide FROM guides g WHERE {_WAITING} ORDER BY g.first_day, g.id", {"on": on.isoformat()}
    )
    return [msgspec.json.decode(row[0], type=Guide) for row in rows]


def list_guides(
    db: Database, *, on: date, life_event: str = "", theme: str = "", group: str = "", department: str = ""
) -> list[GuideLine]:
    """The guides in force on a day that carry every tag that is given, by id."""
    wanted = {"life_event": life_event, "theme": theme, "special_group": group, "department": department}
    rows = db.query(
        f"""
        SELECT {_LINE} FROM guides g WHERE {_IN_FORCE}
        AND NOT EXISTS (
            SELECT 1 FROM json_each(:wanted) want
            WHERE want.value <> '' AND NOT EXISTS (
                SELECT 1 FROM guide_tags t WHERE t.event = g.event AND t.facet = want.key AND t.tag = want.value
            )
        )
        ORDER BY id
        """,
        {"wanted": msgspec.json.encode(wanted).decode(), "on": on.isoformat()},
    )
    return [GuideLine(**row) for row in rows]


def facets(db: Database, *, on: date) -> Facets:
    """The tags to choose from on a day, with how many guides in force each one leads to."""
    rows = db.query(
        f"""
        SELECT t.facet, t.tag, COUNT(*) AS guides FROM guide_tags t JOIN guides g USING (event)
        WHERE {_IN_FORCE} GROUP BY t.facet, t.tag ORDER BY guides DESC, t.tag
        """,
        {"on": on.isoformat()},
    )
    counts: dict[str, dict[str, int]] = {facet: {} for facet in Facets.__dataclass_fields__}
    for row in rows:
        counts[row["facet"]][row["tag"]] = row["guides"]
    return Facets(**counts)


def find_by_topic(db: Database, words: str, *, on: date) -> list[GuideLine]:
    """The guides in force on a day with each of the words (parted by spaces) in their name or tags, name hits first.

    Full text, synonyms and pinyin are content.search's. Blank words find nothing.
    """
    wanted = words.lower().split()
    if not wanted:
        return []
    rows = db.query(
        f"""
        SELECT {_LINE} FROM guides g WHERE {_IN_FORCE}
        AND NOT EXISTS (SELECT 1 FROM json_each(:words) word WHERE instr(g.topic, word.value) = 0)
        ORDER BY instr(lower(g.name), :first) = 0, id
        """,
        {"words": msgspec.json.encode(wanted).decode(), "first": wanted[0], "on": on.isoformat()},
    )
    return [GuideLine(**row) for row in rows]


def plain_text(guide: Guide) -> str:
    """The words of a guide that people look for, for search and reading aloud."""
    openings = guide.eight_openings
    words = [guide.name, *openings.conditions, openings.procedure, openings.fee_standard, guide.place]
    words += [material.name for material in guide.materials]
    words += [step.name for step in guide.steps]
    words += [*_all_tags(guide), guide.result.name]
    words += [f"{faq.question}\n{faq.answer}" for faq in guide.faq]
    return "\n".join(words)


def _is_empty(value: str | tuple[str, ...] | TimeLimit) -> bool:
    if isinstance(value, TimeLimit):
        return value.value is None and not value.note.strip()
    return not "".join(value).strip()


def _all_tags(guide: Guide) -> tuple[str, ...]:
    return guide.tags.life_event + guide.tags.theme + guide.tags.special_group


def _days_of(guide: Guide) -> tuple[str, str]:
    """The first and the last day in force as text that sorts; RuleError for a date that is none."""
    for day in (guide.effective_from, guide.effective_to):
        try:
            date.fromisoformat(day or "2026-01-01")
        except ValueError as exc:
            raise RuleError(
                f"指南《{guide.name}》的日期 {day} 不对，请写成 2026-11-20 这样。", code="dates_wrong"
            ) from exc
    return guide.effective_from or _FIRST_DAY, guide.effective_to or _LAST_DAY


def _fold_published(db: Database, event: Event) -> None:
    guide = msgspec.convert(event.body, Guide)
    first_day, last_day = _days_of(guide)
    row = {
        "event": event.id,
        "id": guide.id,
        "version": guide.version,
        "name": guide.name,
        "implementing_body": guide.implementing_body,
        "case_type": guide.case_type,
        "topic": " ".join((guide.name, *_all_tags(guide), guide.implementing_body)).lower(),
        "at": event.at,
        "first_day": first_day,
        "last_day": last_day,
        "by": event.by,
        "drafted_by": event.body.get("drafted_by", ""),
        "guide": msgspec.json.encode(guide).decode(),
        "event_order": event.order,
    }
    db.table("guides").insert(row)
    files.note(db, event.origin, guide.pictures)
    facets = msgspec.to_builtins(guide.tags) | {"department": [guide.implementing_body]}
    for facet, tags in facets.items():
        for tag in dict.fromkeys(tags):
            db.table("guide_tags").insert({"event": event.id, "facet": facet, "tag": tag})
    _refresh_search(db, guide.id)


def _fold_withdrawn(db: Database, event: Event) -> None:
    row = {
        "event": event.id,
        "id": event.body["id"],
        "reason": event.body["reason"],
        "by": event.by,
        "at": event.at,
        "event_order": event.order,
    }
    db.table("guide_withdrawals").insert(row)
    _refresh_search(db, event.body["id"])


def _refresh_search(db: Database, guide_id: str) -> None:
    """The newest version that is not withdrawn is found, and while it waits for its first day the one before it too;
    in whatever order the events came. An index knows no today: the page says what is in force."""
    rows = db.execute(
        """
        SELECT guide, at, first_day FROM guides g WHERE g.id = ?
        AND NOT EXISTS (SELECT 1 FROM guide_withdrawals w WHERE w.id = g.id AND w.event_order > g.event_order)
        ORDER BY event_order DESC LIMIT 2
        """,
        [guide_id],
    ).fetchall()
    if not rows:
        search.remove(db, f"guide:{guide_id}")
        return
    text, at, first_day = rows[0]
    found = msgspec.json.decode(text, type=Guide)
    words = [plain_text(found)]
    if first_day > at[:10]:
        words += [plain_text(msgspec.json.decode(earlier[0], type=Guide)) for earlier in rows[1:]]
    search.put(db, search.Document(f"guide:{guide_id}", "", found.name, "\n".join(words), at))


FOLDS = {"guide_published": from_county(_fold_published), "guide_withdrawn": from_county(_fold_withdrawn)}
