"""The figures against a straightforward count by hand, case by case, of the made-up county."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from content import cases, statistics
from content.cases import Case
from content.clock import from_text, local_date
from content.node import Node
from content.scopes import Scope
from content.statistics import DEFINITIONS, Figures, Saved, Share, report

TODAY = date(2026, 10, 31)
WHOLE = Scope(date(2024, 10, 1), date(2026, 10, 31))
YEAR = Scope(date(2025, 11, 1), date(2026, 10, 31))


def every_case(county: Node) -> list[Case]:
    db = county.views.read()
    numbers = [row["case_no"] for row in db.query("SELECT case_no FROM cases")]
    return [case for number in numbers if (case := cases.get(db, number))]


def days(begun: str, ended: str) -> int:
    return (date.fromisoformat(ended) - date.fromisoformat(begun)).days


def by_hand(every: list[Case], scope: Scope) -> dict[str, int]:
    """The same counts by a loop over what each case's story says."""
    first, last = scope.first.isoformat(), scope.last.isoformat()
    inside = [case for case in every if case.village.startswith(scope.area)]
    filed = [c for c in inside if first <= local_date(from_text(c.filed_at)).isoformat() <= last]
    done = [c.status for c in inside if c.status.closed_on and first <= c.status.closed_on <= last]
    closed = [s for s in done if s.state != "refused"]
    law = [s for s in closed if s.legal_on]
    return {
        "received": len(filed),
        "closed": len(closed),
        "refused": len(done) - len(closed),
        "timed": sum(bool(s.promised_on or s.legal_on) for s in closed),
        "on_time": sum(s.decided_on <= (s.promised_on or s.legal_on) for s in closed),
        "same_day": sum(s.decided_on == s.accepted_on for s in closed),
        "law_days": sum(days(s.accepted_on, s.legal_on) for s in law),
        "taken_of_law": sum(days(s.accepted_on, s.decided_on) for s in law),
        "promise_days": sum(days(s.accepted_on, s.promised_on) for s in closed if s.promised_on),
        "both_promise_days": sum(days(s.accepted_on, s.promised_on) for s in law if s.promised_on),
        "score5": sum(bool(s.rating and s.rating.score == 5) for s in done),
        "score1": sum(bool(s.rating and s.rating.score == 1) for s in done),
    }


@pytest.mark.parametrize(
    "scope", [WHOLE, YEAR, YEAR.within("330999101")], ids=["two years", "a year", "a township"]
)
def test_figures_are_those_of_a_count_by_hand(generated: Node, scope: Scope) -> None:
    expected = by_hand(every_case(generated), scope)

    found = report(generated.views.read(), scope, group="village", today=TODAY).total

    assert expected["closed"] > 10
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("group", list(statistics.GROUPS))
def test_every_group_adds_up_to_the_same_whole(generated: Node, group: statistics.Group) -> None:
    found = report(generated.views.read(), WHOLE, group=group, today=TODAY)

    lines = Figures(
        *(sum(getattr(line.figures, one.name) for line in found.lines) for one in fields(Figures))
    )
    assert replace(lines, feedback=0, feedback_answered=0, objections=0, objections_answered=0) == replace(
        found.total, feedback=0, feedback_answered=0, objections=0, objections_answered=0
    )
    assert (lines.feedback == found.total.feedback) is (group in ("town", "village"))
    assert sum(line.figures.closed for line in found.months) == found.total.closed
    assert sum(line.figures.received for line in found.months) == found.total.received == 120
    assert len(found.months) == 25


def test_an_item_and_a_department_narrow_the_figures(generated: Node) -> None:
    db = generated.views.read()
    items = report(db, WHOLE, group="item", today=TODAY).lines
    departments = report(db, WHOLE, group="department", today=TODAY).lines

    for line in items:
        one = report(db, Scope(WHOLE.first, WHOLE.last, item=line.key), group="village", today=TODAY).total
        assert (one.received, one.closed, one.on_time) == (
            line.figures.received,
            line.figures.closed,
            line.figures.on_time,
        )
    assert len(items) == 13
    assert {"MZJ", "XZ-330999101"} <= {line.key for line in departments}
    assert all(line.name for line in items)


def test_a_rate_of_nothing_is_no_rate() -> None:
    assert Share(0, 0).percent is None
    assert Share(1, 3).percent == 33.3
    assert Saved(0, 0).percent is None
    assert Saved(7, 21).percent == 66.7
    assert Saved(30, 20).percent == -50.0


def test_an_unknown_group_is_refused(generated: Node) -> None:
    with pytest.raises(ValueError, match="no group"):
        report(generated.views.read(), WHOLE, group="county", today=TODAY)  # type: ignore[arg-type]


def test_the_document_prints_every_definition() -> None:
    printed = (Path(__file__).parent.parent / "docs" / "statistics.md").read_text(encoding="utf-8")

    for name, formula, source in DEFINITIONS:
        assert f"| {name} | {formula} | `{source}` |" in printed
