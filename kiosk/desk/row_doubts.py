"""What is wrong or doubtful in a row, found by the words of its place, so that it can stand in the row itself."""

import re
from collections import defaultdict
from collections.abc import Sequence

from content.intake.findings import Problem
from content.publishing import Doubt

# "第3笔", "第7笔支出", "第 2 行、第 5 行": as statements, ledgers, rolls and the screening say it.
_ROW = re.compile(r"第 ?(\d{1,5}) ?[笔行]")


def rows_named(where: str | None) -> list[int]:
    """The rows that a place names, from 1; none for a place that is no row ("期末")."""
    return [int(number) for number in _ROW.findall(where or "")]


def by_row(problems: Sequence[Problem], doubts: Sequence[Doubt] = ()) -> dict[int, list[tuple[str, str]]]:
    """For each row from 1 what stands against it, as (severity, sentence); severity as a Problem has it."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for problem in problems:
        for number in rows_named(problem.where):
            found[number].append((problem.severity, problem.detail))
    for doubt in doubts:
        for number in rows_named(doubt.place):
            shown = doubt.reason or doubt.finding.suggestion
            found[number].append(("info" if doubt.reason else "warning", f"{doubt.finding.text} → {shown}"))
    return dict(found)


def page_of(number: int, size: int) -> int:
    """The page of a form with `size` rows on each, on which row `number` stands."""
    return -(-number // size)
