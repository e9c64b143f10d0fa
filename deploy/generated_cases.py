"""The lives of cases and of what villagers say, drawn at random for `run.py generate`: who says what when; nothing is written here."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from content import case_deadlines
from content.calendar import Calendar, working_days_after
from content.case_bodies import (
    Accepted,
    Closed,
    Collected,
    Decided,
    Paused,
    Rated,
    Refused,
    Resumed,
    StepDone,
    SupplementAsked,
    Supplemented,
)
from content.clock import VILLAGE_ZONE, local_date
from content.feedback_states import CATEGORIES, COMPLAINT, VILLAGE_ANSWERS, Answered, Urged
from content.feedback_states import Accepted as FeedbackAccepted
from content.guide_fields import Guide, TimeLimit

# What Chinese counties report of themselves: most cases are accepted the same day and closed well before the promise.
REFUSED, SUPPLEMENTED, PAUSED_SHARE, LATE, DENIED, COLLECTED, RATED = 0.03, 0.12, 0.05, 0.06, 0.04, 0.72, 0.38
SCORES, SCORE_WEIGHTS = (5, 4, 3, 2, 1), (70, 18, 6, 3, 3)
GOOD_TAGS = ("服务热情", "办得快", "讲得清楚", "一次办成")
BAD_TAGS = ("跑了几趟", "等得太久", "没讲清楚", "态度不好")
REASONS = ("材料不全", "不属于本县办理范围", "不符合申请条件")
ITEMS = ("户口簿复印件", "家庭收入证明", "银行卡复印件", "近期照片两张", "村委会证明")
PAUSES = ("公示", "实地勘察", "专家评审", "检测鉴定")


@dataclass(frozen=True)
class Said:
    """One thing said in a story. body: of case_states or feedback_states."""

    at: datetime
    body: Any


@dataclass
class Desk:
    """An office with its calendar and its dice."""

    draw: Random
    holidays: Calendar

    def __post_init__(self) -> None:
        self._after = functools.lru_cache(maxsize=100_000)(self._count_after)
        self._due = functools.lru_cache(maxsize=100_000)(self._count_due)

    def moment(self, day: date) -> datetime:
        """Some minute of the office's hours on that day."""
        opened = datetime.combine(day, time(8, 30), VILLAGE_ZONE).astimezone(UTC)
        return opened + timedelta(seconds=self.draw.randrange(8 * 3600))

    def later(self, at: datetime, working_days: int) -> datetime:
        """Some moment that many working days on; the same day for 0, but later."""
        if not working_days:
            return at + timedelta(minutes=self.draw.randint(1, 15))
        return self.moment(self._after(local_date(at), working_days))

    def dates(self, guide: Guide, accepted_on: date, pauses: tuple[tuple[date, date], ...]) -> Accepted:
        """Both limits of the guide, as `cases.accept` counts them."""
        openings = guide.eight_openings
        promised, legal = (
            self._due(limit, accepted_on, pauses) for limit in (openings.promised_limit, openings.legal_limit)
        )
        return Accepted(promised, legal, is_due_confirmed=True)

    def _count_after(self, start: date, days: int) -> date:
        return working_days_after(start, days, self.holidays).day

    def _count_due(self, limit: TimeLimit, accepted_on: date, pauses: tuple[tuple[date, date], ...]) -> str:
        deadline = case_deadlines.due(limit, accepted_on, self.holidays, pauses)
        return deadline.day.isoformat() if deadline else ""


def case_story(desk: Desk, guide: Guide, filed_at: datetime, sealed: str) -> Iterator[Said]:
    """Everything said after the filing, in order; sealed: what a supplement hands in."""
    draw, at, fate = desk.draw, filed_at, desk.draw.random()
    if fate < REFUSED:
        yield Said(desk.later(at, draw.randint(0, 3)), Refused(draw.choice(REASONS)))
        return
    if fate < REFUSED + SUPPLEMENTED:
        at = desk.later(at, draw.randint(0, 2))
        due_on = local_date(at) + timedelta(days=15)
        items = tuple(draw.sample(ITEMS, draw.randint(1, 3)))
        yield Said(at, SupplementAsked(items, "申请表后面缺这些材料", due_on.isoformat()))
        if draw.random() < 0.1:  # never handed in
            yield Said(desk.later(at, 14), Refused("逾期没有补正"))
            return
        at = desk.later(at, draw.randint(1, 8))
        yield Said(at, Supplemented(sealed))
    at = desk.later(at, draw.choices((0, 1, 2, 4), (60, 25, 10, 5))[0])
    yield from _handling(desk, guide, at)


def _handling(desk: Desk, guide: Guide, at: datetime) -> Iterator[Said]:
    draw, accepted_on = desk.draw, local_date(at)
    yield Said(at, desk.dates(guide, accepted_on, ()))
    limit = guide.eight_openings.promised_limit.value or 0
    is_late = draw.random() < LATE
    used = limit + 1 + int(draw.expovariate(0.2)) if is_late else round(limit * draw.uniform(0.1, 0.95))
    if limit > 3 and draw.random() < PAUSED_SHARE:
        at, kind = desk.later(at, 1), draw.choice(PAUSES)
        begun = local_date(at)
        yield Said(at, Paused(kind, f"按规定要{kind}", (begun + timedelta(days=10)).isoformat()))
        at = desk.later(at, draw.randint(5, 12))
        dates = desk.dates(guide, accepted_on, ((begun, local_date(at)),))
        yield Said(at, Resumed(dates.due_on, dates.legal_due_on, dates.is_due_confirmed))
    steps = guide.steps[:-1]
    for place, step in enumerate(steps):
        at = desk.later(at, used // len(guide.steps))
        yield Said(at, StepDone(step.no, step.name, guide.steps[place + 1].name))
    at = desk.later(at, max(0, used - used // len(guide.steps) * len(steps)))
    is_denied = draw.random() < DENIED
    yield Said(at, Decided("denied", "不符合条件") if is_denied else Decided("granted"))
    at = desk.later(at, draw.choices((0, 1), (85, 15))[0])
    yield Said(at, Closed("村便民服务点", "上班时间"))
    yield from _afterwards(desk, at)


def _afterwards(desk: Desk, at: datetime) -> Iterator[Said]:
    draw = desk.draw
    if draw.random() < COLLECTED:
        at = desk.later(at, draw.randint(1, 8))
        yield Said(at, Collected())
    if draw.random() < RATED:
        score = draw.choices(SCORES, SCORE_WEIGHTS)[0]
        tags = tuple(draw.sample(GOOD_TAGS if score > 2 else BAD_TAGS, draw.randint(0, 2)))
        yield Said(desk.later(at, draw.randint(0, 4)), Rated(score, tags))


def department_of(guide: Guide, village: str) -> str:
    """The code of the department that a guide's cases of this village go to: the county's own, or each township's."""
    return guide.department if guide.level == "县级" and guide.department else township_of(village)


def township_of(village: str) -> str:
    """The code of the township's own office."""
    return f"XZ-{village[:9]}"


def feedback_story(desk: Desk, kind: str, filed_at: datetime) -> Iterator[Said]:
    """Everything said after something was filed, in order."""
    draw, at = desk.draw, filed_at
    if draw.random() < 0.8:
        at = desk.later(at, draw.choices((0, 1, 3, 6), (30, 40, 25, 5))[0])
        yield Said(at, FeedbackAccepted())
    if kind in VILLAGE_ANSWERS and draw.random() < 0.05:
        at = desk.later(at, 12)
        yield Said(at, Urged("请尽快答复群众"))
    if draw.random() < 0.95:
        at = desk.later(at, draw.choices((1, 4, 9, 20), (30, 40, 22, 8))[0])
        yield Said(at, Answered("" if kind == COMPLAINT else "已经核实，结果贴在公开栏，请到村里看。"))


def feedback_subject(draw: Random) -> tuple[str, str]:
    """A kind and a category, in the shares that hotlines report."""
    kind = draw.choices(tuple(CATEGORIES), (50, 20, 15, 15))[0]
    return kind, draw.choice(CATEGORIES[kind])


def filing_days(draw: Random, holidays: Calendar, *, first: date, last: date, count: int) -> list[date]:
    """That many days, mostly working days, more of them towards the end as people come to know the service."""
    span = (last - first).days + 1
    days = [first + timedelta(days=min(span - 1, int(span * draw.random() ** 0.7))) for _ in range(count)]
    moved = [
        day if holidays.is_workday(day) or draw.random() < 0.1 else day - timedelta(days=2) for day in days
    ]
    return sorted(max(first, day) for day in moved)
