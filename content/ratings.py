"""Ratings (好差评): what people thought of their cases, and what followed from the bad ones; a case is rated in cases.py.

A case rated 1 or 2 is a task from that moment on; its moves are stored as they come and its state is reduced anew, as a
case's own are. Figures are counts of every level with how many did not rate: never a lone percentage.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlite_utils import Database

from content import calendar, moves, rating_states, screening
from content.calendar import Calendar, working_days_after
from content.clock import from_text, local_date
from content.errors import NotFound, RuleError
from content.folding import Fold, from_county, insert
from content.moves import Speaker
from content.rating_states import (
    BODIES,
    ENDED,
    EXCLUDED,
    KIND_OF,
    OPEN,
    PROPOSED,
    Appealed,
    Contacted,
    Decided,
    Fixed,
    FollowedUp,
    Rules,
    Status,
    reduce,
    why_not,
)
from content.record.events import Event, NewEvent
from content.record.store import Record
from content.scopes import IN_AREA, Scope

SCHEMA = f"""
CREATE TABLE rating_tasks (
    village TEXT NOT NULL, case_no TEXT NOT NULL, state TEXT NOT NULL, contacted_on TEXT NOT NULL,
    fixed_on TEXT NOT NULL, PRIMARY KEY (village, case_no)
) WITHOUT ROWID;
CREATE INDEX rating_tasks_state ON rating_tasks (state, village);
CREATE TABLE rating_moves (
    village TEXT NOT NULL, case_no TEXT NOT NULL, {moves.COLUMNS}
);
CREATE INDEX rating_moves_case ON rating_moves (village, case_no);
CREATE TABLE rating_rules (valid_from TEXT PRIMARY KEY, rules JSON NOT NULL, event_order TEXT NOT NULL);
"""
SCORES = (5, 4, 3, 2, 1)


@dataclass(frozen=True)
class Tally:
    """How a number of cases were rated. counts: score -> cases, the excluded ones left out; finished: all cases that
    could have been rated."""

    counts: dict[int, int] = field(default_factory=dict)
    excluded: int = 0
    finished: int = 0

    @property
    def rated(self) -> int:
        return sum(self.counts.values())

    @property
    def unrated(self) -> int:
        return max(0, self.finished - self.rated - self.excluded)

    @property
    def low(self) -> int:
        """How many are not satisfied (1 and 2)."""
        return self.counts.get(1, 0) + self.counts.get(2, 0)


@dataclass(frozen=True)
class Task:
    """A bad rating and where it stands. due_on: by when something has to happen, None once it has ended."""

    village: str
    village_name: str
    town: str
    case_no: str
    guide_name: str
    department: str
    score: int
    rated_on: str
    state: str
    due_on: date | None


@dataclass(frozen=True)
class TaskPage:
    """One page of a list; total counts all of them."""

    rows: list[Task] = field(default_factory=list)
    total: int = 0


def rules_on(db: Database, day: date) -> Rules:
    """The rules in force on that day: the county's newest that had begun, else what the project proposes."""
    row = db.execute(
        "SELECT rules FROM rating_rules WHERE valid_from <= ? ORDER BY valid_from DESC LIMIT 1",
        [day.isoformat()],
    ).fetchone()
    return msgspec.json.decode(row[0], type=Rules) if row else PROPOSED


def set_rules(record: Record, rules: Rules, *, by: str) -> str:
    """Set the rules from a day on; the event's id. RuleError when contact would come after the fix, or a number is off."""
    if rules.contact_days > rules.fix_days:
        raise RuleError("回访要在整改之前，请把回访天数改小。", code="contact_days")
    try:
        date.fromisoformat(rules.valid_from)
        msgspec.convert(msgspec.to_builtins(rules), Rules)
    except ValueError as exc:
        raise RuleError(f"这里的数不对：{exc}。", code="fix_days") from exc
    return record.append("all", NewEvent("rating_rules_set", msgspec.to_builtins(rules), by))[0]


def tally(db: Database, scope: Scope) -> Tally:
    """The ratings of the cases that were closed in this span."""
    # That it is closed is said in words too: without them SQLite cannot take the index of the closed ones.
    where = f"c.closed_on BETWEEN :first AND :last AND c.closed_on <> '' AND {scope.of_cases}"
    # One pass that adds up; a grouping would sort every case of the span.
    sums = ", ".join(f"SUM(c.score = {score})" for score in SCORES)
    closed, *rated = db.execute(
        f"SELECT COUNT(*), {sums} FROM cases c WHERE {where}", scope.values
    ).fetchone()
    excluded = dict(
        db.execute(
            f"""
            SELECT c.score, COUNT(*) FROM rating_tasks t JOIN cases c USING (village, case_no)
            WHERE t.state = '{EXCLUDED}' AND {where} GROUP BY c.score
            """,
            scope.values,
        )
    )
    found = dict(zip(SCORES, rated, strict=True))
    counts = {score: (found[score] or 0) - excluded.get(score, 0) for score in SCORES}
    return Tally(counts, sum(excluded.values()), closed)


def tags(db: Database, scope: Scope, *, is_bad: bool, size: int = 6) -> list[tuple[str, int]]:
    """The words people chose with good (4, 5) or bad (1, 2) ratings, the commonest first.

    Equal choices are counted before they are taken apart: a county has a hundred of them, not ten thousand.
    """
    rows = db.execute(
        f"""
        WITH chosen AS (
            SELECT c.rating_tags AS tags, COUNT(*) AS times FROM cases c
            WHERE c.score > 0 AND c.rated_on BETWEEN :first AND :last
            AND {"+c.score BETWEEN 1 AND 2" if is_bad else "+c.score > 3"} AND {scope.of_cases} GROUP BY 1
        )
        SELECT tag.value, SUM(times) FROM chosen JOIN json_each(chosen.tags) tag
        GROUP BY tag.value ORDER BY SUM(times) DESC, tag.value LIMIT {int(size)}
        """,
        scope.values,
    )
    return [(str(tag), int(chosen)) for tag, chosen in rows]


def list_tasks(
    db: Database,
    *,
    area: str,
    today: date,
    state: str = "",
    is_late: bool = False,
    order: str = "due",
    number: int = 1,
    size: int = 20,
) -> TaskPage:
    """Page `number` (from 1) of the bad ratings of an area, by "due" what has not ended first, the oldest first.

    state: one of rating_states.STATES, "" for all; is_late: only what is past its day; order: a key of ORDERS, KeyError
    for another.
    """
    holidays, rules = calendar.get_calendar(db), rules_on(db, today)
    values = _values(area, state, rules) | {"size": size, "skip": (number - 1) * size}
    where = _TASKS
    if is_late:
        where += _LATE
        for name, days in (("contact_late", rules.contact_days), ("fix_late", rules.fix_days)):
            values[name] = _last_late(days, today, holidays).isoformat()
    rows = db.query(f"{_COLUMNS} {where} ORDER BY {ORDERS[order]} LIMIT :size OFFSET :skip", values)
    total = db.execute(f"SELECT COUNT(*) {where}", values).fetchone()[0]
    return TaskPage([_task(row, rules, holidays) for row in rows], total)


def count_late(db: Database, *, area: str, today: date) -> int:
    """How many bad ratings of an area are past their day."""
    return list_tasks(db, area=area, today=today, is_late=True, size=0).total


def count_by_state(db: Database, *, area: str, today: date) -> dict[str, int]:
    """How many bad ratings stand in each state."""
    values = _values(area, "", rules_on(db, today))
    rows = db.execute(f"SELECT COALESCE(t.state, '{OPEN}') AS state, COUNT(*) {_TASKS} GROUP BY 1", values)
    return dict(rows.fetchall())


def get(db: Database, village: str, case_no: str, *, today: date) -> Task | None:
    """The task of one case, or None where its rating is not a bad one."""
    rules = rules_on(db, today)
    where = "AND c.village = :village AND c.case_no = :case_no"
    values = _values(village, "", rules) | {"village": village, "case_no": case_no}
    for row in list(db.query(f"{_COLUMNS} {_TASKS} {where}", values)):
        return _task(row, rules, calendar.get_calendar(db))
    return None


def status_of(db: Database, village: str, case_no: str) -> Status:
    """What has followed from one rating, by every move that has arrived."""
    rows = db.query(
        "SELECT * FROM rating_moves WHERE village = :village AND case_no = :case_no",
        {"village": village, "case_no": case_no},
    )
    return reduce([moves.from_row(row, BODIES) for row in rows])


def contact(record: Record, db: Database, village: str, case_no: str, body: Contacted, *, by: str) -> None:
    """回访. This and the verbs below raise RuleError when it may not be done now or holds personal data, NotFound for
    what is no bad rating."""
    _say(record, db, village, case_no, body, by, body.found)


def fix(record: Record, db: Database, village: str, case_no: str, body: Fixed, *, by: str) -> None:
    """整改: it is put right, and the person has been told."""
    _say(record, db, village, case_no, body, by, f"{body.done}\n{body.told}")


def appeal(record: Record, db: Database, village: str, case_no: str, body: Appealed, *, by: str) -> None:
    """申诉: the rating is wrong or malicious."""
    _say(record, db, village, case_no, body, by, body.reason)


def decide(record: Record, db: Database, village: str, case_no: str, body: Decided, *, by: str) -> None:
    """The decision of a second person on an appeal."""
    _say(record, db, village, case_no, body, by, body.reason)


def follow_up(record: Record, db: Database, village: str, case_no: str, body: FollowedUp, *, by: str) -> None:
    """追评, of any rating, good or bad, once."""
    row = db.execute(
        "SELECT score FROM cases WHERE village = ? AND case_no = ? AND score > 0", [village, case_no]
    ).fetchone()
    if row is None:
        raise NotFound("这个办件还没有评价过，先评价，再追评。")
    if not body.score and not body.text.strip():
        raise RuleError("请选一个新的分数，或者写一句话。", code="nothing_said")
    _append(record, db, village, case_no, body, by, body.text)


def may_rate_again(db: Database, village: str, case_no: str, *, today: date) -> bool:
    """Whether the applicant of a bad rating is asked once more."""
    is_bad = get(db, village, case_no, today=today) is not None
    return is_bad and status_of(db, village, case_no).may_rate_again


def to_invite(db: Database, *, first: date, last: date, limit: int = 200) -> list[tuple[str, str]]:
    """(village, case number) of what was closed from `first` to `last` and is not rated, the oldest first."""
    rows = db.execute(
        """
        SELECT village, case_no FROM cases WHERE closed_on BETWEEN :first AND :last AND closed_on <> '' AND score = 0
        AND state IN ('closed', 'collected') ORDER BY closed_on, village, case_no LIMIT :limit
        """,
        {"first": first.isoformat(), "last": last.isoformat(), "limit": limit},
    )
    return [(row[0], row[1]) for row in rows]


# "+": of the ranges it could walk SQLite takes the few bad ratings, not all the cases of an area.
_TASKS = f"""
    FROM cases c LEFT JOIN rating_tasks t ON t.village = c.village AND t.case_no = c.case_no
    LEFT JOIN villages v ON v.code = c.village
    WHERE c.score > 0 AND c.score <= :low AND {IN_AREA.format("+c.village")}
    AND (:state = '' OR COALESCE(t.state, '{OPEN}') = :state)
"""
_ENDED = ", ".join(f"'{one}'" for one in ENDED)
_LATE = f"""
    AND COALESCE(t.state, '{OPEN}') NOT IN ({_ENDED})
    AND c.rated_on <= CASE COALESCE(t.contacted_on, '') WHEN '' THEN :contact_late ELSE :fix_late END
"""
ORDERS = {
    "due": f"COALESCE(t.state, '{OPEN}') IN ({_ENDED}), c.rated_on, c.case_no",
    "newest": "c.rated_on DESC, c.case_no",
    "worst": "c.score, c.rated_on, c.case_no",
    "village": "c.village, c.rated_on, c.case_no",
}
_COLUMNS = f"""
    SELECT c.village, COALESCE(v.name, c.village) AS village_name, COALESCE(v.town, '') AS town, c.case_no, c.department,
        COALESCE((SELECT g.name FROM guides g WHERE g.id = c.guide_id AND g.version = c.guide_version
            ORDER BY g.event_order DESC LIMIT 1), '') AS guide_name,
        c.score, c.rated_on, COALESCE(t.state, '{OPEN}') AS state, COALESCE(t.contacted_on, '') AS contacted_on
"""


def _values(area: str, state: str, rules: Rules) -> dict[str, Any]:
    return {"area": area, "state": state, "low": rules.low}


def _last_late(days: int, today: date, holidays: Calendar) -> date:
    """The newest day on which something with so many working days may have begun and be late today."""
    day = today - timedelta(days=1)
    while working_days_after(day, days, holidays).day >= today:
        day -= timedelta(days=1)
    return day


def _task(row: dict[str, Any], rules: Rules, holidays: Calendar) -> Task:
    status = Status(state=row["state"], contacted_on=row.pop("contacted_on"))
    rated_on = date.fromisoformat(row["rated_on"])
    return Task(**row, due_on=rating_states.due_on(status, rated_on, rules, holidays))


def _say(record: Record, db: Database, village: str, case_no: str, body: Any, by: str, words: str) -> None:
    if get(db, village, case_no, today=local_date(record.clock())) is None:
        raise NotFound("没有查到这条差评。")
    _append(record, db, village, case_no, body, by, words)


def _append(record: Record, db: Database, village: str, case_no: str, body: Any, by: str, words: str) -> None:
    if found := screening.find(words):
        told = "、".join(finding.text for finding in found)
        raise RuleError(f"这段话里有个人信息：{told}。请删去再提交。", code="personal_data")
    speaker: Speaker = "county" if len(record.origin) == 6 else "village"
    status = status_of(db, village, case_no)
    if sentence := why_not(status, body, speaker, by):
        raise RuleError(sentence, code="illegal_move")
    plain = {"village": village, "case_no": case_no, **msgspec.to_builtins(body)}
    refs = (status.timeline[-1].event,) if status.timeline else ()
    record.append(
        village if speaker == "county" else "county", NewEvent(KIND_OF[type(body)], plain, by, refs)
    )


def _fold_move(db: Database, event: Event) -> None:
    """A village speaks of its own cases to the county, the county of a village's to that village: neither reaches further."""
    village, case_no = (msgspec.convert(event.body[name], str) for name in ("village", "case_no"))
    if village != (event.audience if event.is_from_county else event.origin):
        raise PermissionError(f"{event.origin} cannot speak to {event.audience} of a rating in {village}")
    from_text(event.at)  # a time that cannot be read sets the event aside here, not when it is shown
    body: Any = msgspec.convert(event.body, BODIES[event.kind])
    row = {**moves.to_row(event, body), "village": village, "case_no": case_no}
    insert(db, "rating_moves", row)
    status = status_of(db, village, case_no)
    db.execute(
        "INSERT OR REPLACE INTO rating_tasks VALUES (?, ?, ?, ?, ?)",
        [village, case_no, status.state, status.contacted_on, status.fixed_on],
    )


def _fold_rules(db: Database, event: Event) -> None:
    rules = msgspec.convert(event.body, Rules)
    date.fromisoformat(rules.valid_from)
    db.execute(
        """
        INSERT INTO rating_rules VALUES (:valid_from, :rules, :event_order)
        ON CONFLICT (valid_from) DO UPDATE SET rules = excluded.rules, event_order = excluded.event_order
        WHERE excluded.event_order > event_order
        """,
        {
            "valid_from": rules.valid_from,
            "rules": msgspec.json.encode(rules).decode(),
            "event_order": event.order,
        },
    )


FOLDS: dict[str, Fold] = {
    "rating_rules_set": from_county(_fold_rules),
    "rating_followed_up": _fold_move,
    **{kind: from_county(_fold_move) for kind in BODIES if kind != "rating_followed_up"},
}
