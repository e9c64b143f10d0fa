"""The demonstration has something under way, in every place where people look first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, make_place

from content import casework, demo, demo_story, feedback
from content.case_states import ACCEPTED, FILED, SUPPLEMENT
from content.clock import local_date


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = make_place(tmp_path, FakeClock())
    demo.load_county(place.county, portal_url="http://portal.test")
    place.add_village()
    place.sync()
    yield place
    place.close()


def test_story_leaves_cases_in_three_states_and_an_answer_for_all_to_read(place: Place) -> None:
    village = place.villages[VILLAGE]

    demo_story.begin(place.county, village, place.sync)

    today = local_date(place.clock())
    rows = casework.list_for(place.county.views.read(), area=VILLAGE, today=today).rows
    assert sorted(row.state for row in rows) == sorted([ACCEPTED, FILED, SUPPLEMENT])
    assert feedback.list_published(village.views.read(), VILLAGE).total == 1


def test_story_is_told_once(place: Place) -> None:
    village = place.villages[VILLAGE]

    for _ in range(2):
        demo_story.begin(place.county, village, place.sync)

    today = local_date(place.clock())
    assert casework.list_for(place.county.views.read(), area=VILLAGE, today=today).total == len(
        demo_story.FILED
    )
