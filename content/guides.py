"""Service guides (办事指南): what can be applied for, with what, where and how fast; the county publishes them.

A case that someone files under a guide is in cases.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from content import search
from content.errors import RuleError
from content.folding import from_county
from content.guide_fields import Guide, TimeLimit
from content.record.events import Event, NewEvent
from content.record.store import Record

SCHEMA = """
CREATE TABLE guides (
    event TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL,
    implementing_body TEXT NOT NULL, case_type TEXT NOT NULL, topic TEXT NOT NULL, at TEXT NOT NULL,
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

_IN_FORCE = """
    g.event_order = (SELECT MAX(event_order) FROM guides n WHERE n.id = g.id)
    AND NOT EXISTS (SELECT 1 FROM guide_withdrawals w WHERE w.id = g.id AND w.event_order > g.event_order)
"""


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
    """How many guides in force carry each tag, the most frequent first."""

    life_event: dict[str, int]
    theme: dict[str, int]
    special_group: dict[str, int]


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
        if guide.id in guides:
            raise ValueError(f"{path.name} 第 {number} 份指南的编号 {guide.id} 前面已经用过")
        guides[guide.id] = guide
    return list(guides.values())


def publish(record: Record, guides: Iterable[Guide], *, by: str) -> list[str]:
    """Publish guides to every village, each in place of the earlier one with its id; the event ids.

    Raises RuleError, before anything is published, when one of the eight openings is empty.
    """
    guides = list(guides)
    for guide in guides:
        _check_openings(guide)
    return record.append(
        "all", *[NewEvent("guide_published", msgspec.to_builtins(guide), by) for guide in guides]
    )


def withdraw(record: Record, guide_id: str, *, reason: str, by: str) -> str:
    """Take a guide out of force; its versions stay readable. RuleError without a reason."""
    if not reason.strip():
        raise RuleError("停用办事指南要写明原因。", code="no_reason")
    return record.append("all", NewEvent("guide_withdrawn", {"id": guide_id, "reason": reason}, by))[0]


def get(db: Database, guide_id: str, *, version: int | None = None) -> Guide | None:
    """The guide in force under this id, or None; with `version`, that version whatever became of it."""
    condition = _IN_FORCE if version is None else "g.version = :version"
    row = db.execute(
        f"SELECT guide FROM guides g WHERE g.id = :id AND {condition} ORDER BY g.event_order DESC LIMIT 1",
        {"id": guide_id, "version": version},
    ).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Guide)


def versions(db: Database, guide_id: str) -> list[Guide]:
    """Everything that was ever published under this id, the newest first."""
    rows = db.execute("SELECT guide FROM guides WHERE id = ? ORDER BY event_order DESC", [guide_id])
    return [msgspec.json.decode(row[0], type=Guide) for row in rows]


def list_guides(db: Database, *, life_event: str = "", theme: str = "", group: str = "") -> list[GuideLine]:
    """The guides in force that carry every tag that is given, by id."""
    wanted = {"life_event": life_event, "theme": theme, "special_group": group}
    rows = db.query(
        f"""
        SELECT id, name, version, implementing_body, case_type FROM guides g WHERE {_IN_FORCE}
        AND NOT EXISTS (
            SELECT 1 FROM json_each(:wanted) want
            WHERE want.value <> '' AND NOT EXISTS (
                SELECT 1 FROM guide_tags t WHERE t.event = g.event AND t.facet = want.key AND t.tag = want.value
            )
        )
        ORDER BY id
        """,
        {"wanted": msgspec.json.encode(wanted).decode()},
    )
    return [GuideLine(**row) for row in rows]


def facets(db: Database) -> Facets:
    """The tags to choose from, with how many guides in force each one leads to."""
    rows = db.query(
        f"""
        SELECT t.facet, t.tag, COUNT(*) AS guides FROM guide_tags t JOIN guides g USING (event)
        WHERE {_IN_FORCE} GROUP BY t.facet, t.tag ORDER BY guides DESC, t.tag
        """
    )
    counts: dict[str, dict[str, int]] = {"life_event": {}, "theme": {}, "special_group": {}}
    for row in rows:
        counts[row["facet"]][row["tag"]] = row["guides"]
    return Facets(**counts)


def find_by_topic(db: Database, words: str) -> list[GuideLine]:
    """The guides in force with each of the words (parted by spaces) in their name or tags, name hits first.

    Full text, synonyms and pinyin are content.search's. Blank words find nothing.
    """
    wanted = words.lower().split()
    if not wanted:
        return []
    rows = db.query(
        f"""
        SELECT id, name, version, implementing_body, case_type FROM guides g WHERE {_IN_FORCE}
        AND NOT EXISTS (SELECT 1 FROM json_each(:words) word WHERE instr(g.topic, word.value) = 0)
        ORDER BY instr(lower(g.name), :first) = 0, id
        """,
        {"words": msgspec.json.encode(wanted).decode(), "first": wanted[0]},
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


def _check_openings(guide: Guide) -> None:
    openings = guide.eight_openings
    for name, term in zip(openings.__struct_fields__, openings.__struct_encode_fields__, strict=True):
        if _is_empty(getattr(openings, name)):
            raise RuleError(
                f"指南《{guide.name}》的“{term}”没有填，八公开缺一不可；没有规定的，也请写明。",
                code="opening_empty",
            )


def _is_empty(value: str | tuple[str, ...] | TimeLimit) -> bool:
    if isinstance(value, TimeLimit):
        return value.value is None and not value.note.strip()
    return not "".join(value).strip()


def _all_tags(guide: Guide) -> tuple[str, ...]:
    return guide.tags.life_event + guide.tags.theme + guide.tags.special_group


def _fold_published(db: Database, event: Event) -> None:
    guide = msgspec.convert(event.body, Guide)
    row = {
        "event": event.id,
        "id": guide.id,
        "version": guide.version,
        "name": guide.name,
        "implementing_body": guide.implementing_body,
        "case_type": guide.case_type,
        "topic": " ".join((guide.name, *_all_tags(guide))).lower(),
        "at": event.at,
        "guide": msgspec.json.encode(guide).decode(),
        "event_order": event.order,
    }
    db.table("guides").insert(row)
    for facet, tags in msgspec.to_builtins(guide.tags).items():
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
    """Only what is in force is found, in whatever order the events came."""
    row = db.execute(f"SELECT guide, at FROM guides g WHERE g.id = ? AND {_IN_FORCE}", [guide_id]).fetchone()
    if row is None:
        search.remove(db, f"guide:{guide_id}")
        return
    guide = msgspec.json.decode(row[0], type=Guide)
    search.put(db, search.Document(f"guide:{guide_id}", "", guide.name, plain_text(guide), row[1]))


FOLDS = {"guide_published": from_county(_fold_published), "guide_withdrawn": from_county(_fold_withdrawn)}
