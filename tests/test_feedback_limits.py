"""How long an answer may take: the county's dated numbers, and what each clock makes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place

from content import feedback_limits
from content.calendar import Calendar
from content.errors import RuleError
from content.feedback_limits import MATTERS, AnswerClocks, AnswerLimits, LimitSet, MatterLimits

SHORTER = tuple(
    MatterLimits(matter, accept=2, answer=3, is_from_acceptance=True, source="清溪县试行")
    for matter in MATTERS
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = copy_place(_make_place, tmp_path, FakeClock(datetime(2026, 11, 2, 1, 0, tzinfo=UTC)))
    yield made
    made.close()


def _make_place(folder: Path) -> Place:
    made = make_place(folder, FakeClock(datetime(2026, 11, 2, 1, 0, tzinfo=UTC)))
    made.add_village(VILLAGE)
    return made


def test_what_ships_has_every_matter_and_the_known_numbers() -> None:
    limits = AnswerLimits()

    assert [line.matter for line in feedback_limits.shipped()] == list(MATTERS)
    for kind in ("consultation", "complaint", "suggestion", "objection"):
        assert limits.of(kind, "", date(2026, 11, 2)).accept == 5
    assert limits.of("objection", "statement:A/3", date(2026, 11, 2)).answer == 10
    assert limits.of("objection", "notice:A", date(2026, 11, 2)).answer == 15


@pytest.mark.parametrize(
    ("filed_at", "expected"),
    [
        pytest.param("2026-11-04T01:00:00Z", "2026-11-11", id="filed before: five working days"),
        pytest.param("2026-11-05T01:00:00Z", "2026-11-09", id="filed on the day: two, over a weekend"),
    ],
)
def test_a_limit_holds_for_what_is_filed_while_it_is_in_force(filed_at: str, expected: str) -> None:
    clocks = AnswerClocks(Calendar(), AnswerLimits((LimitSet("2026-11-05", SHORTER),)))

    assert clocks.due_on("consultation", "", filed_at, "").isoformat() == expected


def test_an_objection_to_a_figure_has_both_clocks_at_once() -> None:
    running = AnswerClocks(Calendar(), AnswerLimits()).running(
        "objection", "statement:A", "2026-11-02T01:00:00Z", ""
    )

    assert running == {"accept": date(2026, 11, 9), "answer": date(2026, 11, 12)}


def test_the_countys_limits_reach_the_village_and_the_last_word_of_a_day_holds(place: Place) -> None:
    record = place.county.record
    feedback_limits.set_limits(record, date(2026, 11, 3), SHORTER, by="test")
    longer = tuple(replace(line, accept=4) for line in SHORTER)
    feedback_limits.set_limits(record, date(2026, 11, 3), longer, by="test")
    place.county.views.catch_up()
    place.sync()

    for node in (place.county, place.villages[VILLAGE]):
        limits = feedback_limits.get_limits(node.views.read())
        assert limits.of("complaint", "", date(2026, 11, 3)).accept == 4
        assert limits.of("complaint", "", date(2026, 11, 2)).accept == 5


@pytest.mark.parametrize(
    ("day", "limits", "words"),
    [
        pytest.param(date(2026, 11, 1), SHORTER, "今天或以后", id="a day that has passed"),
        pytest.param(date(2026, 11, 3), SHORTER[:-1], "每一类", id="a matter is missing"),
        pytest.param(
            date(2026, 11, 3), (replace(SHORTER[0], answer=0), *SHORTER[1:]), "1 到 90", id="no days at all"
        ),
        pytest.param(
            date(2026, 11, 3), (replace(SHORTER[0], source=" "), *SHORTER[1:]), "依据", id="no source"
        ),
    ],
)
def test_limits_that_cannot_be_are_refused_in_words(
    place: Place, day: date, limits: tuple[MatterLimits, ...], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        feedback_limits.set_limits(place.county.record, day, limits, by="test")
