"""Feedback (群众意见): filed by a villager, accepted, answered and, where that is right, published without names.

The verbs and the questions; who may do what by when is in feedback_states.py, the tables are in feedback_tables.py.
What is said is sealed: to the county always, to the village only where the village must answer, a complaint never.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from content import codes, feedback_forms, feedback_limits, feedback_tables, screening
from content.clock import from_text, local_date
from content.errors import NotFound, RecordError, RuleError
from content.feedback_forms import Channel, Form
from content.feedback_limits import AnswerClocks
from content.feedback_states import (
    ANSWERED,
    COMPLAINT,
    KIND_OF,
    Accepted,
    Answered,
    Answerer,
    HandedOn,
    Status,
    Urged,
    why_not,
)
from content.feedback_tables import Published
from content.record.events import NewEvent
from content.record.keys import NodeKeys
from content.record.store import Record

SCHEMA, FOLDS = feedback_tables.SCHEMA, feedback_tables.FOLDS

# How lists may be sorted, and what that is of answered ones.
ORDERS = {
    "due": "f.answered_on DESC, f.no",
    "filed": "f.filed_at DESC, f.no",
    "village": "f.village, f.answered_on DESC, f.no",
}
MAX_QUESTION_CHARS, MAX_ANSWER_CHARS = 200, 1000


@dataclass(frozen=True)
class Feedback:
    """One thing that was said, with its story. What it says is inside the sealed boxes (`open_form`)."""

    village: str
    no: str
    event: str
    origin: str
    kind: str
    category: str
    about: str
    item: str
    channel: str
    filed_at: str
    sealed_county: str = field(repr=False)
    sealed_village: str = field(repr=False)
    phone4_fp: str = field(repr=False)
    status: Status = field(default_factory=Status)

    @property
    def is_villages(self) -> bool:
        """Whether the village must answer it now."""
        return self.status.answerer.level == "village"

    @property
    def boxes(self) -> tuple[str, ...]:
        """What was said, sealed to the county and, where it is or was the village's to answer, to the village."""
        return self.sealed_county, self.sealed_village, self.status.sealed_village

    @property
    def is_known_to_village(self) -> bool:
        """Whether what was said has ever been given to the village."""
        return bool(self.sealed_village or self.status.sealed_village)


@dataclass(frozen=True)
class FeedbackLine:
    """One of a list. due_on: the day by which it must be accepted or answered, None once it is answered."""

    village: str
    village_name: str
    town: str
    no: str
    kind: str
    category: str
    about: str
    filed_at: str
    state: str
    accepted_on: str
    answered_on: str
    level: str
    department: str
    due_on: date | None = None


@dataclass(frozen=True)
class PublishedLine:
    """A question and its answer as everybody may read them. answered_by: a level; office: a department's name, or ""."""

    no: str
    kind: str
    category: str
    about: str
    question: str
    answer: str
    took_days: int
    answered_by: str
    office: str
    at: str


@dataclass(frozen=True)
class PublishedPage:
    """One page of the public list; total counts all, mean_days is how long they took on average."""

    lines: list[PublishedLine] = field(default_factory=list)
    total: int = 0
    mean_days: float = 0.0


def file(
    record: Record,
    village: str,
    form: Form,
    *,
    channel: Channel,
    by: str,
    county_seal_key: bytes,
    village_seal_key: bytes = b"",
    answerer: Answerer | None = None,
    item: str = "",
) -> str:
    """Hand in what somebody says in this village; its number. At the county: for a village's page at the portal.

    answerer: whom the county's routes name (feedback_routes.py); item: of the catalogue (feedback_items.py). Without the village's key even an objection is answered
    by the county. RuleError for what is missing or too long.
    """
    filing = feedback_forms.make_filing(
        record.keys,
        record.origin,
        village,
        form,
        channel=channel,
        by=by,
        county_seal_key=county_seal_key,
        village_seal_key=village_seal_key,
        answerer=answerer,
        item=item,
    )
    record.append(filing.audience, filing.event)
    return filing.no


def accept(record: Record, db: Database, village: str, no: str, *, by: str) -> None:
    """受理. This and the verbs below raise RuleError when it may not be done now, NotFound for what is not there."""
    say(record, existing(db, village, no), Accepted(), by)


def urge(record: Record, db: Database, village: str, no: str, *, words: str, by: str) -> None:
    """催办: the county reminds the village to answer."""
    refuse_personal_data(words)
    say(record, existing(db, village, no), Urged(words.strip()[:300]), by)


def answer(
    record: Record,
    db: Database,
    village: str,
    no: str,
    *,
    answer: str,
    by: str,
    question: str = "",
    category: str = "",
    office_phones: frozenset[str] = frozenset(),
) -> None:
    """Answer it; with `question`, the matter in the answerer's own words without names, publish both.

    The answer to a complaint is sealed, so that the village does not read it; published is what the county decides to.
    RuleError for an empty or too long answer, and for personal data in what is written.
    """
    found, said, asked = existing(db, village, no), answer.strip(), question.strip()
    if not said:
        raise RuleError("请写答复。", code="no_answer")
    if len(said) > MAX_ANSWER_CHARS or len(asked) > MAX_QUESTION_CHARS:
        words = f"答复最多 {MAX_ANSWER_CHARS} 个字，问题概要最多 {MAX_QUESTION_CHARS} 个字。"
        raise RuleError(words, code="too_long")
    refuse_personal_data(f"{asked}\n{said}", office_phones)
    is_secret = found.kind == COMPLAINT
    body = (
        Answered(sealed_answer=feedback_forms.seal_words(said, record.keys.seal_public_key))
        if is_secret
        else Answered(said)
    )
    events = [(_audience(record, found, body), _move(record, found, body, by))]
    if asked:
        took = local_date(record.clock()) - local_date(from_text(found.filed_at))
        public = Published(
            village,
            found.no,
            found.kind,
            found.category or category,
            found.about,
            asked,
            said,
            max(0, took.days),
            "county" if found.is_villages else found.status.answerer.level,
            found.status.answerer.name,
        )
        events.append(("all", NewEvent("feedback_published", msgspec.to_builtins(public), by)))
    streams = [(record.own_stream(audience), event) for audience, event in events]
    with record.write() as transaction:
        for stream, event in streams:
            transaction.append(stream, [event])


def get(db: Database, village: str, no: str) -> Feedback | None:
    """One of a village's by its number in any spelling, or None."""
    values = {"village": village, "no": codes.normalise(no)}
    for row in list(db.query("SELECT * FROM feedback WHERE village = :village AND no = :no", values)):
        for name in ("state", "accepted_on", "answered_on", "level", "department"):
            del row[name]
        first = msgspec.json.decode(row.pop("first_answerer"), type=Answerer)
        status = feedback_tables.status_of(db, village, row["no"], kind=row["kind"], first=first)
        return Feedback(**row, status=status)
    return None


def due_on(db: Database, found: Feedback) -> date | None:
    """The day by which it must be accepted or answered; None once it is answered."""
    if found.status.state == ANSWERED:
        return None
    clocks = feedback_limits.get_clocks(db)
    return clocks.due_on(found.kind, found.about, found.filed_at, found.status.accepted_on)


def find(db: Database, no: str) -> Feedback | None:
    """The same where the village is not said, as in a text."""
    number = codes.normalise(no)
    rows = db.query("SELECT village FROM feedback WHERE no = ? ORDER BY filed_at, event LIMIT 1", [number])
    return next((get(db, row["village"], no) for row in rows), None)


def open_form(found: Feedback, keys: NodeKeys) -> Form:
    """What was said, as far as this node may read it. RecordError where it is sealed to another."""
    for sealed in found.boxes:
        try:
            return msgspec.json.decode(feedback_forms.open_words(sealed, keys), type=Form)
        except RecordError:
            continue
    raise RecordError("这段话不是封给本机的，打不开。", code="not_sealed_to_us")


def answer_text(found: Feedback, keys: NodeKeys) -> str:
    """The answer as far as this node may read it; "" while there is none, and for a complaint outside the county."""
    given = found.status.answer
    if given is None or not given.sealed_answer:
        return given.answer if given else ""
    try:
        return str(msgspec.json.decode(feedback_forms.open_words(given.sealed_answer, keys), type=str))
    except RecordError:
        return ""


def list_open(
    db: Database, *, area: str, kind: str = "", who: str = "", order: str = "due"
) -> list[FeedbackLine]:
    """What is not answered yet in `area` (leading digits of the village's code), by "due" the first due first.

    who: only what this level or this department must answer; order: a key of ORDERS, KeyError for another.
    """
    clocks = feedback_limits.get_clocks(db)
    rows = db.query(f"{_LINES} AND f.state <> '{ANSWERED}'", _values(area, kind, who))
    lines = sorted(
        [_line(row, clocks) for row in rows],
        key=lambda line: (line.due_on or date.max, line.filed_at, line.no),
    )
    if order == "filed":
        lines.sort(key=lambda line: line.filed_at, reverse=True)
    return sorted(lines, key=lambda line: line.village) if order == "village" else lines


def list_answered(
    db: Database,
    *,
    area: str,
    kind: str = "",
    who: str = "",
    order: str = "due",
    number: int = 1,
    size: int = 20,
) -> tuple[list[FeedbackLine], int]:
    """Page `number` (from 1) of what was answered, and how many there are; by "due" the last answered first."""
    values = _values(area, kind, who) | {
        "size": size,
        "skip": (number - 1) * size,
    }
    rows = db.query(
        f"{_LINES} AND f.state = '{ANSWERED}' ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip",
        values,
    )
    lines = [_line(row, None) for row in rows]
    return lines, db.execute(f"SELECT COUNT(*) {_WHERE} AND f.state = '{ANSWERED}'", values).fetchone()[0]


def list_published(db: Database, village: str, *, number: int = 1, size: int = 4) -> PublishedPage:
    """Page `number` (from 1) of the answers that everybody may read, the newest first."""
    values = {"village": village, "size": size, "skip": (number - 1) * size}
    rows = db.query(
        """
        SELECT no, kind, category, about, question, answer, took_days, answered_by, office, at FROM feedback_published
        WHERE village = :village ORDER BY at DESC, event LIMIT :size OFFSET :skip
        """,
        values,
    )
    total, mean = db.execute(
        "SELECT COUNT(*), COALESCE(AVG(took_days), 0) FROM feedback_published WHERE village = :village",
        values,
    ).fetchone()
    return PublishedPage([PublishedLine(**row) for row in rows], total, mean)


_WHERE = """
    FROM feedback f LEFT JOIN villages v ON v.code = f.village
    WHERE f.village >= :area AND f.village < :area || ':'
    AND (:kind = '' OR f.kind = :kind) AND (:who = '' OR f.level = :who OR f.department = :who)
"""
_LINES = f"""
    SELECT f.village, COALESCE(v.name, f.village) AS village_name, COALESCE(v.town, '') AS town, f.no, f.kind,
        f.category, f.about, f.filed_at, f.state, f.accepted_on, f.answered_on, f.level, f.department
    {_WHERE}
"""


def _values(area: str, kind: str, who: str) -> dict[str, Any]:
    return {"area": area, "kind": kind, "who": who}


def _line(row: dict[str, Any], clocks: AnswerClocks | None) -> FeedbackLine:
    if clocks is None:
        return FeedbackLine(**row)
    due_on = clocks.due_on(row["kind"], row["about"], row["filed_at"], row["accepted_on"])
    return FeedbackLine(**row, due_on=due_on)


def existing(db: Database, village: str, no: str) -> Feedback:
    """One of a village's by its number. NotFound for one that is not there."""
    found = get(db, village, no)
    if found is None:
        raise NotFound("没有查到这一件，请核对编号。")
    return found


def _move(record: Record, found: Feedback, body: Any, by: str) -> NewEvent:
    """The move as an event, if it is allowed; it refers to the last one known here."""
    speaker: Literal["village", "county"] = "county" if len(record.origin) == 6 else "village"
    if sentence := why_not(found.status, body, speaker, kind=found.kind):
        raise RuleError(sentence, code="illegal_move")
    answered = found.status.timeline[-1].event if found.status.timeline else found.event
    plain = {"village": found.village, "no": found.no, **msgspec.to_builtins(body)}
    return NewEvent(KIND_OF[type(body)], plain, by, (answered,))


def say(record: Record, found: Feedback, body: Any, by: str) -> None:
    """Append one move. RuleError when it may not be made now."""
    record.append(_audience(record, found, body), _move(record, found, body, by))


def _audience(record: Record, found: Feedback, body: Any) -> str:
    """Whom a move is said to: a complaint that was filed at the portal never reaches the village in any form, and of
    another not why and to whom it was handed on."""
    if len(record.origin) == 12:
        return "county"
    is_countys = len(found.origin) == 6 or isinstance(body, HandedOn)
    return "county" if found.kind == COMPLAINT and is_countys else found.village


def refuse_personal_data(text: str, office_phones: frozenset[str] = frozenset()) -> None:
    """RuleError, naming what was found, for words with somebody's numbers in them."""
    if found := screening.find(text, office_phones=office_phones):
        words = "、".join(finding.text for finding in found)
        raise RuleError(f"这段话里有个人信息：{words}。请删去再提交。", code="personal_data")
