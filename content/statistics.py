"""Statistics (统计): what was received, closed, on time and fast in a part of the county, by month, town, village,
department or item; every figure is counted from the views when it is asked for, nothing is stored.

docs/statistics.md prints the definitions; a test compares them with DEFINITIONS. A rate is always given as its two counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from content import departments
from content.case_states import SUPPLEMENT
from content.clock import VILLAGE_ZONE, to_text
from content.ratings import SCORES, Tally
from content.scopes import IN_AREA, Scope
from content.supervision_cards import RED, WITHDRAWN, YELLOW

Group = Literal["town", "village", "department", "item"]
GROUPS: dict[Group, str] = {
    "town": "substr(c.village, 1, 9)",
    "village": "c.village",
    "department": "c.department",
    "item": "c.guide_id",
}


@dataclass(frozen=True)
class Share:
    """So many of so many. percent: with one decimal, None of nothing."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True)
class Saved:
    """How much shorter than a limit (提速率): days taken against days allowed, each the sum over the same cases."""

    taken_days: int
    allowed_days: int

    @property
    def percent(self) -> float | None:
        """(allowed - taken) / allowed × 100, one decimal; negative where the limit was passed; None of nothing."""
        allowed = self.allowed_days
        return round(100 * (allowed - self.taken_days) / allowed, 1) if allowed else None


@dataclass(frozen=True)
class Figures:
    """What is counted; sums of figures are figures. Days are calendar days from acceptance, so that a promise, a law's
    limit and the work itself are measured with one measure (their ends already stand on working days and skip pauses).

    received: 收件, filed in the span; closed: 办结, closed in the span and not refused; refused: 不予受理;
    timed, on_time: of the closed those with a limit, and those decided by its last day; same_day: decided on the day of
    acceptance; with_law and with_promise: cases whose days are summed; open, overdue: 在办 and 超期 today, whatever the
    span; cards: standing ones issued in the span; feedback: filed in the span, and of it answered.
    """

    received: int = 0
    closed: int = 0
    refused: int = 0
    timed: int = 0
    on_time: int = 0
    same_day: int = 0
    law_days: int = 0
    taken_of_law: int = 0
    both_law_days: int = 0
    both_promise_days: int = 0
    promise_days: int = 0
    taken_of_promise: int = 0
    score5: int = 0
    score4: int = 0
    score3: int = 0
    score2: int = 0
    score1: int = 0
    excluded: int = 0
    open: int = 0
    overdue: int = 0
    yellow: int = 0
    red: int = 0
    objections: int = 0
    objections_answered: int = 0
    feedback: int = 0
    feedback_answered: int = 0

    @property
    def on_time_share(self) -> Share:
        """按时办结率 = 按时办结数 ÷ 有时限的办结数。"""
        return Share(self.on_time, self.timed)

    @property
    def same_day_share(self) -> Share:
        """当日办结率 = 受理当天作出决定的办结数 ÷ 办结数。"""
        return Share(self.same_day, self.closed)

    @property
    def saved_of_law(self) -> Saved:
        """实际提速率（比法定）= (法定时限 − 实际用时) ÷ 法定时限。"""
        return Saved(self.taken_of_law, self.law_days)

    @property
    def saved_of_promise(self) -> Saved:
        """实际提速率（比承诺）= (承诺时限 − 实际用时) ÷ 承诺时限。"""
        return Saved(self.taken_of_promise, self.promise_days)

    @property
    def promise_saves(self) -> Saved:
        """承诺提速率 = (法定时限 − 承诺时限) ÷ 法定时限，只算两个时限都有的。"""
        return Saved(self.both_promise_days, self.both_law_days)

    @property
    def ratings(self) -> Tally:
        """How the closed cases were rated, with how many were not."""
        counts = {score: getattr(self, f"score{score}") for score in SCORES}
        return Tally(counts, self.excluded, self.closed + self.refused)


@dataclass(frozen=True)
class Line:
    """A row of a table: a month ("2026-10"), a town, a village, a department or an item, with its figures."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True)
class Report:
    """One part of the county in a span: the whole, each month, and each member of the group that was asked for."""

    scope: Scope
    total: Figures = field(default_factory=Figures)
    months: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


DEFINITIONS = (
    ("收件数", "统计期内提交的办件", "cases.filed_on"),
    ("办结数", "统计期内办结的办件，不含不予受理", "cases.closed_on"),
    (
        "按时办结率",
        "期限内作出决定的办结数 ÷ 有时限的办结数；有承诺时限的按承诺，没有的按法定",
        "decided_on ≤ promised_on",
    ),
    ("当日办结率", "受理当天作出决定的办结数 ÷ 办结数", "decided_on = accepted_on"),
    ("承诺提速率", "(法定时限 − 承诺时限) ÷ 法定时限，只算两个时限都有的办结件", "promised_on, legal_on"),
    (
        "实际提速率（比法定）",
        "(法定时限 − 实际用时) ÷ 法定时限，只算有法定时限的办结件",
        "decided_on, legal_on",
    ),
    (
        "实际提速率（比承诺）",
        "(承诺时限 − 实际用时) ÷ 承诺时限，只算有承诺时限的办结件",
        "decided_on, promised_on",
    ),
    ("超期数", "今天已经过了期限还没有办的，与统计期无关；等申请人补正的不算", "cases.due_on"),
    ("黄牌、红牌", "统计期内发出、没有撤销的牌", "cards.issued_on"),
    ("异议答复", "统计期内提出的异议，其中已经答复的", "feedback.filed_at"),
    ("好差评", "统计期内办结（含不予受理）的各档评价数和没有评价的数；申诉成立的不计入", "cases.score"),
    ("翻看页数", "统计期内自助机、门户网上打开的页数，不记是谁；自动回到的首页不算", "usage_counted"),
    ("短信条数", "统计期内回答了的来信和交给网关的去信", "usage_counted"),
    (
        "少于5",
        "办事、我的补贴、我要说等自己的事按 5 的整数算，不到 5 的写“少于5”；合计按写出来的加",
        "usage.shown",
    ),
)


def report(db: Database, scope: Scope, *, group: Group, today: date) -> Report:
    """Everything that is counted about cases, cards and feedback in `scope`. ValueError for an unknown group."""
    if group not in GROUPS:
        raise ValueError(f"there is no group {group!r}")
    total: Counter[str] = Counter()
    by_month: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_key: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for month, key, counts in _counted(db, scope, group, today):
        for sums in (total, by_month[month], by_key[key or ""]):
            for name, number in counts.items():
                sums[name] += number
    names = names_of(db, group)
    months = [Line(month, month, Figures(**by_month[month])) for month in months_of(scope)]
    lines = [Line(key, names.get(key, key), Figures(**by_key[key])) for key in sorted(filter(None, by_key))]
    return Report(scope, Figures(**total), months, lines)


def months_of(scope: Scope) -> list[str]:
    """The months of the span, oldest first: "2026-10"."""
    first, last = scope.first, scope.last
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def names_of(db: Database, group: Group) -> dict[str, str]:
    """What the keys of a group are called; an item by its newest version, ended ones too."""
    if group == "department":
        return departments.names(db)
    sql = {
        "town": "SELECT DISTINCT town_code, town FROM villages",
        "village": "SELECT code, name FROM villages",
        "item": "SELECT id, name FROM guides ORDER BY version",
    }[group]
    return dict(db.execute(sql).fetchall())


def _counted(
    db: Database, scope: Scope, group: Group, today: date
) -> Iterator[tuple[str, str | None, dict[str, int]]]:
    """Counts by (month, key), named as in Figures; no month for what is counted as of today, no key for what belongs to none of the group."""
    values = scope.values | {"today": today.isoformat()}
    key = GROUPS[group]
    for sql in (_RECEIVED, _CLOSED, _EXCLUDED, _OPEN):
        yield from _rows(db, sql.format(key=key, of_cases=scope.of_cases), values)
    cards = "NULL" if group == "item" else key.replace("c.", "k.")
    yield from _rows(db, _CARDS.format(key=cards, where=_of_cards(scope)), values)
    if not scope.department and not scope.item:  # what villagers say is no item's and no department's
        begin, end = _moments(scope)
        place = key.replace("c.", "f.") if group in ("town", "village") else "NULL"
        sql = _FEEDBACK.format(key=place, area=IN_AREA.format("f.village") if scope.area else "1")
        yield from _rows(db, sql, values | {"begin": begin, "end": end})


def _rows(db: Database, sql: str, values: dict[str, Any]) -> Iterator[tuple[str, str | None, dict[str, int]]]:
    for row in db.query(sql, values):
        month, key = row.pop("month"), row.pop("key")
        yield month, key, {name: number for name, number in row.items() if number}


def _of_cards(scope: Scope) -> str:
    """SQL: card `k` lies in this part of the county; a card knows its department, but no item."""
    asked = [IN_AREA.format("k.village")] if scope.area else []
    asked += ["k.department = :department"] if scope.department else []
    asked += ["0"] if scope.item else []
    return " AND ".join(asked) or "1"


def _moments(scope: Scope) -> tuple[str, str]:
    """The span as UTC text, the end not included."""
    days = scope.first, scope.last + timedelta(days=1)
    begin, end = (to_text(datetime.combine(day, time(), VILLAGE_ZONE).astimezone(UTC)) for day in days)
    return begin, end


_RECEIVED = """
SELECT substr(c.filed_on, 1, 7) AS month, {key} AS key, COUNT(*) AS received
FROM cases c WHERE c.filed_on BETWEEN :first AND :last AND {of_cases} GROUP BY 1, 2
"""
_CLOSED = """
SELECT month, key, SUM(NOT is_refused) AS closed, SUM(is_refused) AS refused,
    COUNT(days) AS timed, SUM(taken <= days) AS on_time, SUM(taken = 0 AND NOT is_refused) AS same_day,
    SUM(law) AS law_days, SUM(CASE WHEN law IS NOT NULL THEN taken END) AS taken_of_law,
    SUM(CASE WHEN promise IS NOT NULL THEN law END) AS both_law_days,
    SUM(CASE WHEN law IS NOT NULL THEN promise END) AS both_promise_days,
    SUM(promise) AS promise_days, SUM(CASE WHEN promise IS NOT NULL THEN taken END) AS taken_of_promise,
    SUM(score = 5) AS score5, SUM(score = 4) AS score4, SUM(score = 3) AS score3, SUM(score = 2) AS score2,
    SUM(score = 1) AS score1
FROM (
    SELECT substr(c.closed_on, 1, 7) AS month, {key} AS key, c.is_refused, c.score,
        CASE WHEN NOT c.is_refused THEN COALESCE(c.promised_days, c.legal_days) END AS days,
        c.legal_days AS law, c.promised_days AS promise, c.taken_days AS taken
    FROM cases c WHERE c.closed_on BETWEEN :first AND :last AND c.closed_on <> '' AND {of_cases}
) GROUP BY 1, 2
"""
# A rating that was left out was counted under its score above.
_EXCLUDED = """
SELECT substr(c.closed_on, 1, 7) AS month, {key} AS key, COUNT(*) AS excluded, -SUM(c.score = 5) AS score5,
    -SUM(c.score = 4) AS score4, -SUM(c.score = 3) AS score3, -SUM(c.score = 2) AS score2, -SUM(c.score = 1) AS score1
FROM rating_tasks t JOIN cases c ON c.village = t.village AND c.case_no = t.case_no
WHERE t.state = 'excluded' AND c.closed_on BETWEEN :first AND :last AND {of_cases} GROUP BY 1, 2
"""
# Named, because a grouping by village would make SQLite walk all the cases in their order for the few open ones.
_OPEN = f"""
SELECT '' AS month, {{key}} AS key, COUNT(*) AS open,
    SUM(c.due_on <> '' AND c.due_on < :today AND c.state <> '{SUPPLEMENT}') AS overdue
FROM cases c INDEXED BY cases_rank WHERE c.rank < '2' AND {{of_cases}} GROUP BY 2
"""
_CARDS = f"""
SELECT substr(k.issued_on, 1, 7) AS month, {{key}} AS key, SUM(k.colour = '{YELLOW}') AS yellow,
    SUM(k.colour = '{RED}') AS red
FROM cards k WHERE k.issued_on BETWEEN :first AND :last AND k.state <> '{WITHDRAWN}' AND {{where}} GROUP BY 1, 2
"""
_FEEDBACK = """
SELECT strftime('%Y-%m', f.filed_at, '+8 hours') AS month, {key} AS key, COUNT(*) AS feedback,
    SUM(f.state = 'answered') AS feedback_answered, SUM(f.kind = 'objection') AS objections,
    SUM(f.kind = 'objection' AND f.state = 'answered') AS objections_answered
FROM feedback f WHERE f.filed_at >= :begin AND f.filed_at < :end AND {area} GROUP BY 1, 2
"""
