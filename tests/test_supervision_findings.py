"""Back-filled cases and dates that cannot be: what is found, and what is not held against anybody."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from nodes import COUNTY, FakeClock, make_place

from content import supervision_findings
from content.calendar import Calendar
from content.errors import NotFound
from content.record.events import NewEvent
from content.supervision_findings import Placed, Raised, crowded, look
from content.supervision_rules import Suspicion

VILLAGE, CASE = "330999101201", "Q7K2M9XFP"
NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)


def event(kind: str, at: str, name: str = "", **more: str) -> Placed:
    is_from_county = kind not in ("case_filed", "case_supplemented", "case_collected")
    return Placed(name or kind, f"case_{kind.removeprefix('case_')}", at, "lin", is_from_county, **more)


FILED = event("case_filed", "2026-11-02T01:00:00Z")
ACCEPTED = event("accepted", "2026-11-02T06:00:00Z")
STEP = event("step_done", "2026-11-03T02:00:00Z")
DECIDED = event("decided", "2026-11-04T02:00:00Z")
CLOSED = event("closed", "2026-11-04T03:00:00Z")
# The facts of real practice: a case handled by word of mouth and written up in one go on a Sunday night.
IN_ONE_GO = [
    event("case_filed", "2026-11-08T14:30:05Z"),
    event("accepted", "2026-11-08T14:30:20Z"),
    event("step_done", "2026-11-08T14:30:31Z"),
    event("decided", "2026-11-08T14:30:44Z"),
    event("closed", "2026-11-08T14:30:52Z"),
]


@pytest.mark.parametrize(
    ("events", "found"),
    [
        pytest.param([FILED, ACCEPTED, STEP, DECIDED, CLOSED], set(), id="an ordinary case"),
        pytest.param(IN_ONE_GO, {"burst", "rushed", "night"}, id="written up in one go on a Sunday night"),
        pytest.param(
            [event("case_filed", "2026-10-20T01:00:00Z", before_at="2026-11-02T01:00:00Z")],
            {"set_back"},
            id="the clock was set back: earlier than what stands before it",
        ),
        pytest.param(
            [event("case_filed", "2026-10-20T01:00:00Z", known_at="2026-11-01T08:00:00Z")],
            {"after_receipt"},
            id="earlier than the county's signature under what stands before it",
        ),
        pytest.param(
            [event("case_filed", "2026-11-02T00:55:00Z", before_at="2026-11-02T01:00:00Z")],
            set(),
            id="five minutes back are a clock put right",
        ),
        pytest.param(
            [event("case_filed", "2026-11-02T01:00:00Z", received_at="2026-11-08T01:00:00Z")],
            set(),
            id="a village that was cut off for six days has done nothing wrong",
        ),
        pytest.param([event("case_filed", "2027-11-02T01:00:00Z")], {"future"}, id="a year ahead"),
        pytest.param(
            [event("case_filed", "2026-11-09T02:29:00Z")],
            set(),
            id="half an hour ahead is a clock that runs fast",
        ),
        pytest.param(
            [FILED, event("accepted", "2026-10-30T06:00:00Z")],
            {"before_filing"},
            id="accepted before it was filed",
        ),
        pytest.param(
            [FILED, ACCEPTED, event("decided", "2026-11-02T05:00:00Z")],
            {"decided_unaccepted"},
            id="decided before it was accepted",
        ),
        pytest.param(
            [FILED, event("accepted", "2026-11-07T15:00:00Z")],
            {"night"},
            id="accepted on a Saturday at 23:00",
        ),
        pytest.param(
            [FILED, event("accepted", "2026-11-06T15:00:00Z")], set(), id="late on a Friday is overtime"
        ),
        pytest.param(
            [event("case_filed", "2026-11-07T15:00:00Z")], set(), id="villagers may file on a Saturday night"
        ),
        pytest.param(
            [
                event("case_filed", "2026-10-01T01:00:00Z"),
                event("accepted", "2026-10-10T15:30:00Z"),
            ],
            set(),
            id="a Saturday that is worked to make up for the holiday",
        ),
    ],
)
def test_what_the_record_shows(events: list[Placed], found: set[str]) -> None:
    raised = look(
        VILLAGE,
        CASE,
        events,
        new=frozenset(one.event for one in events),
        suspicion=Suspicion(),
        holidays=Calendar(),
        now=NOW,
    )

    assert {one.kind for one in raised} == found
    assert all(one.about in {event.event for event in events} for one in raised)


def test_thresholds_are_the_countys_to_change() -> None:
    strict = Suspicion(burst_moves=2, burst_seconds=3600, rush_minutes=60, night_from=0, night_to=0)

    raised = look(
        VILLAGE, CASE, [FILED, ACCEPTED, STEP, DECIDED, CLOSED],
        new=frozenset(), suspicion=strict, holidays=Calendar(), now=NOW,
    )  # fmt: skip

    assert [(one.kind, one.about) for one in raised] == [("burst", "closed")]


def test_ten_entries_of_one_account_in_a_minute_are_named_once() -> None:
    batch = [event("accepted", f"2026-11-04T02:00:{second:02}Z", f"e{second}") for second in range(10)]
    slower = [event("accepted", f"2026-11-04T02:{minute:02}:00Z", f"s{minute}") for minute in range(10, 30)]

    (found,) = crowded({(VILLAGE, CASE): batch, (VILLAGE, "OTHER"): slower}, Suspicion())

    assert (found.kind, found.case_no, found.about, found.facts["count"]) == ("staff_burst", CASE, "e9", "10")


def test_a_finding_is_raised_once_and_reviewed_with_a_word(tmp_path: Path) -> None:
    county = make_place(tmp_path, FakeClock(NOW)).county
    raised = Raised(VILLAGE, CASE, "burst", "abc/3", {"at": "2026-11-08T14:30:05Z"})
    for _ in range(2):
        county.record.append("county", NewEvent("finding_raised", msgspec.to_builtins(raised), "supervision"))
    county.views.catch_up()
    db = county.views.read()
    (lines, total) = supervision_findings.list_for(db, area=COUNTY)
    assert ([line.kind for line in lines], total) == (["burst"], 1)

    supervision_findings.review(
        county.record, db, raised.finding, verdict="backfilled", words="承认是事后补录", by="audit"
    )
    county.views.catch_up()

    assert supervision_findings.list_for(db, area=COUNTY)[1] == 0
    (reviewed,) = supervision_findings.list_for(db, area=COUNTY, is_open=False)[0]
    assert (reviewed.verdict, reviewed.words, reviewed.reviewed_by) == (
        "backfilled",
        "承认是事后补录",
        "audit",
    )
    assert supervision_findings.list_for(db, area="330999102", is_open=False)[1] == 0
    with pytest.raises(NotFound):
        supervision_findings.review(county.record, db, "0" * 16, verdict="explained", words="x", by="audit")
    county.close()
