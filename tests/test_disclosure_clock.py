"""The disclosure clock against days counted by hand: every frequency, quarter ends, January, working days, the year's turn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from nodes import OTHER_VILLAGE, VILLAGE, FakeClock, Place, copy_place, make_place
from samples import REVIEW, publish_notice

from content import disclosure, disclosure_clock, finances, periods
from content.calendar import Calendar
from content.clock import from_text, local_date
from content.disclosure import CatalogueItem
from content.disclosure_clock import ItemClock, Shown
from content.periods import Period
from content.statements import Entry, Statement

CATALOGUE = Path(disclosure.__file__).parent / "data" / "catalogue.csv"
ITEMS = {item.code: item for item in disclosure.read_catalogue(CATALOGUE)}
LONG_AGO = date(2020, 1, 1)
HOLIDAYS = Calendar()


def shown(at: str, period: str = "") -> Shown:
    moment = f"{at}T01:00:00Z"
    return Shown(f"notice:{at}", moment, local_date(from_text(moment)), periods.read(period))


def clock(item: str | CatalogueItem, today: str, *publications: Shown, began: date = LONG_AGO) -> ItemClock:
    asked = ITEMS[item] if isinstance(item, str) else item
    day = date.fromisoformat(today)
    return disclosure_clock.clock(asked, publications, began=began, today=day, holidays=HOLIDAYS)


def told(found: ItemClock) -> tuple[str, str, str, int]:
    return found.state, found.period, found.due_on.isoformat() if found.due_on else "", found.days_overdue


MONTHLY = replace(ITEMS["F2"], frequency="monthly", also="")
IN_WORKING_DAYS = replace(ITEMS["P5"], due_kind="working_days", due_value=5, due_anchor="event")
IN_DAYS = replace(ITEMS["P5"], due_kind="days", due_value=10, due_anchor="event")
LAST_DAY = replace(ITEMS["P5"], due_value=31)


@pytest.mark.parametrize(
    ("item", "period", "due_on"),
    [
        ("P5", "2026Q1", "2026-04-15"),
        ("P5", "2026Q4", "2027-01-15"),
        ("V3", "2026Q3", "2026-10-20"),
        ("P3", "2026", "2027-01-15"),
        ("F1", "2026", "2027-01-31"),
        ("F4", "2025", "2026-01-31"),
        (MONTHLY, "2026-12", "2027-01-15"),
        (LAST_DAY, "2026Q1", "2026-04-30"),
        (replace(MONTHLY, due_value=31), "2028-01", "2028-02-29"),
        (IN_DAYS, "2026Q4", "2027-01-10"),
        # 30 September 2026 is a Wednesday; 1-7 October are off, Saturday the 10th is worked: 8, 9, 10, 12, 13.
        (IN_WORKING_DAYS, "2026Q3", "2026-10-13"),
    ],
    ids=[
        "quarter",
        "fourth quarter falls into the next year",
        "by the 20th",
        "year, by its first month after",
        "year, by January",
        "last year, by January",
        "December, by January",
        "a 31st in April is the 30th",
        "a 31st in February of a leap year",
        "ten days",
        "five working days over the National Day",
    ],
)
def test_due_date_is_the_one_counted_by_hand(item: str | CatalogueItem, period: str, due_on: str) -> None:
    asked, named = ITEMS[item] if isinstance(item, str) else item, periods.read(period)
    assert named is not None

    assert disclosure_clock.due_date(asked, named, HOLIDAYS) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-10-01", ("due", "2026Q3", "2026-10-15", 0)),
        ("2026-10-15", ("due", "2026Q3", "2026-10-15", 0)),
        ("2026-10-16", ("overdue", "2026Q3", "2026-10-15", 1)),
        ("2026-11-23", ("overdue", "2026Q3", "2026-10-15", 39)),
        ("2027-01-02", ("overdue", "2026Q3", "2026-10-15", 79)),
    ],
)
def test_quarter_turns_from_due_to_overdue_the_day_after(
    today: str, expected: tuple[str, str, str, int]
) -> None:
    earlier = [shown(f"{year}-{month:02d}-05") for year in (2025, 2026) for month in (1, 4, 7)]

    assert told(clock("P5", today, *earlier, shown("2025-10-05"))) == expected


def test_quarter_that_was_published_tells_the_next_due_date() -> None:
    published = [shown(day) for day in ("2025-10-10", "2026-01-10", "2026-04-10", "2026-07-10", "2026-10-10")]

    found = clock("P5", "2026-11-23", *published)

    assert told(found) == ("published", "2026Q4", "2027-01-15", 0)
    assert found.last == "notice:2026-10-10"


def test_gap_in_the_middle_stays_overdue_though_later_quarters_are_there() -> None:
    published = [shown(day) for day in ("2025-10-10", "2026-01-10", "2026-07-10", "2026-10-10")]

    assert told(clock("P5", "2026-11-23", *published)) == ("overdue", "2026Q1", "2026-04-15", 222)


def test_late_publication_that_names_its_period_closes_the_gap() -> None:
    published = [shown(day) for day in ("2025-10-10", "2026-01-10", "2026-07-10", "2026-10-10")]

    assert clock("P5", "2026-11-23", *published, shown("2026-11-20", "2026年第一季度")).state == "published"


def test_quarter_needs_all_of_its_months() -> None:
    months = [shown("2026-08-05", "2026-07"), shown("2026-09-05", "2026-08")]
    began = date(2026, 7, 1)

    assert clock("F2", "2026-10-20", *months, began=began).state == "overdue"
    assert (
        clock("F2", "2026-10-20", *months, shown("2026-10-05", "2026-09"), began=began).state == "published"
    )


@pytest.mark.parametrize(
    ("today", "publications", "expected"),
    [
        ("2026-01-31", [], ("due", "2025", "2026-01-31", 0)),
        ("2026-02-01", [], ("overdue", "2025", "2026-01-31", 1)),
        ("2026-06-01", [shown("2026-01-20")], ("published", "2026", "2027-01-31", 0)),
        ("2026-06-01", [shown("2025-12-20")], ("overdue", "2025", "2026-01-31", 121)),
        ("2026-06-01", [shown("2025-12-20", "2025")], ("published", "2026", "2027-01-31", 0)),
    ],
    ids=["last day", "one day late", "published", "before the year had ended", "but it says which year"],
)
def test_year_is_due_in_january(
    today: str, publications: list[Shown], expected: tuple[str, str, str, int]
) -> None:
    assert told(clock("F1", today, *publications, began=date(2025, 3, 1))) == expected


def test_month_is_due_every_month() -> None:
    assert told(clock(MONTHLY, "2027-01-10", shown("2026-12-10"), began=date(2026, 11, 1))) == (
        "due",
        "2026-12",
        "2027-01-15",
        0,
    )


@pytest.mark.parametrize("code", ["P1", "P4", "P8", "V1", "V2", "V4", "S1", "S2", "S5"])
def test_what_waits_for_an_event_is_never_overdue(code: str) -> None:
    assert told(clock(code, "2026-11-23")) == ("waiting_event", "", "", 0)
    assert told(clock(code, "2026-11-23", shown("2021-01-01"))) == ("published", "", "", 0)


def test_second_frequency_counts_where_the_first_names_no_period() -> None:
    item = replace(ITEMS["P5"], frequency="on-event", also="quarterly")

    assert clock(item, "2026-11-23").state == "overdue"


def test_village_that_has_just_begun_owes_nothing_of_before() -> None:
    assert told(clock("P5", "2026-11-23", began=date(2026, 11, 20))) == ("due", "2026Q4", "2027-01-15", 0)


def test_village_owes_the_period_in_which_it_began_from_that_month_on() -> None:
    october_on = [
        shown("2026-11-05", "2026-10"),
        shown("2026-12-05", "2026-11"),
        shown("2027-01-05", "2026-12"),
    ]
    found = clock("F2", "2027-01-20", *october_on[1:], began=date(2026, 11, 20))

    assert found.state == "published"
    assert clock("F2", "2027-01-20", began=date(2026, 11, 20)).state == "overdue"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026Q3", "2026Q3"),
        ("2026年第三季度", "2026Q3"),
        ("２０２６年３季度", "2026Q3"),
        ("2026-10", "2026-10"),
        ("2026年10月", "2026-10"),
        ("2026年", "2026"),
        ("2026年度", "2026"),
        ("2026-13", None),
        ("上半年", None),
        ("", None),
    ],
)
def test_period_is_read_as_people_write_it(text: str, name: str | None) -> None:
    found = periods.read(text)

    assert (found.name if found else None) == name


def test_span_that_is_no_period_is_named_by_its_days() -> None:
    assert Period(date(2026, 1, 2), date(2026, 3, 1)).name == "2026-01-02/2026-03-01"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = copy_place(_make_place, tmp_path, FakeClock(datetime(2026, 3, 1, 1, 0, tzinfo=UTC)))
    yield made
    made.close()


def _make_place(folder: Path) -> Place:
    made = make_place(folder, FakeClock(datetime(2026, 3, 1, 1, 0, tzinfo=UTC)))
    disclosure.set_item(made.county.record, ITEMS.values(), by="test")
    made.add_village(VILLAGE)
    made.add_village(OTHER_VILLAGE, "上湾村")
    return made


def publish_statement(place: Place, first: str, last: str) -> str:
    village = place.villages[VILLAGE]
    entry = Entry("经营收入", "鱼塘承包费", 100, 0)
    statement = Statement("收支", first, last, 0, 100, 0, 100, "合作社", "zhou", (REVIEW,))
    stream = village.record.own_stream("all")
    with village.record.write() as transaction:
        event = finances.publish(transaction, stream, statement, [entry])
    village.views.catch_up()
    return event


def state_in(place: Place, village: str, today: str) -> dict[str, tuple[str, str, str, int]]:
    place.sync(village)
    db = place.county.views.read()
    found = disclosure_clock.heat(db, date.fromisoformat(today), "330999")[village]
    return {one.item.code: told(one) for one in found}


def test_statement_answers_income_and_expense(place: Place) -> None:
    place.sync()
    publish_statement(place, "2026-01-01", "2026-03-31")

    states = state_in(place, VILLAGE, "2026-04-20")

    assert states["F2"] == states["F3"] == ("published", "2026Q2", "2026-07-15", 0)
    assert states["F6"] == ("overdue", "2026Q1", "2026-04-15", 5)
    assert state_in(place, OTHER_VILLAGE, "2026-04-20")["F2"] == ("overdue", "2026Q1", "2026-04-15", 5)


def test_withdrawn_statement_no_longer_counts(place: Place) -> None:
    place.sync()
    event = publish_statement(place, "2026-01-01", "2026-03-31")
    village = place.villages[VILLAGE]
    stream = village.record.own_stream("all")
    with village.record.write() as transaction:
        finances.withdraw(transaction, stream, event, reason="数字有误", by="wu")
    village.views.catch_up()

    assert state_in(place, VILLAGE, "2026-04-20")["F2"][0] == "overdue"


def test_village_and_county_tell_the_same(place: Place) -> None:
    village = place.villages[VILLAGE]
    place.sync()
    publish_notice(village, item="P5", period="2026Q1", title="一季度党费")
    place.sync()
    today = date(2026, 8, 3)

    here = disclosure_clock.clock_of(village.views.read(), VILLAGE, today)
    there = disclosure_clock.clock_of(place.county.views.read(), VILLAGE, today)

    assert here == there
    assert next(one for one in here if one.item.code == "P5").period == "2026Q2"
    assert len(here) == 29


def test_one_villages_impossible_dates_leave_the_others_alone(place: Place) -> None:
    db = place.county.views.read()
    db.execute("PRAGMA query_only=OFF")
    db.execute("UPDATE village_starts SET listed_at = '2026-01-01T00:00:00Z'")
    row = "('e', 'c', :v, 'party', 'P5', 't', '2026Q1', 'yesterday', '', '{}', '000001.000000001', 0)"
    db.execute(f"INSERT INTO notices VALUES {row}", {"v": VILLAGE})

    found = disclosure_clock.heat(db, date(2026, 4, 20), "")

    assert {one.state for one in found[VILLAGE] if one.item.code == "P5"} == {"overdue"}
    assert set(found) == {VILLAGE, OTHER_VILLAGE}


def test_heat_looks_at_one_area_only(place: Place) -> None:
    db = place.county.views.read()

    assert set(disclosure_clock.heat(db, date(2026, 4, 20), "330999101")) == {VILLAGE, OTHER_VILLAGE}
    assert disclosure_clock.heat(db, date(2026, 4, 20), "330998") == {}
    assert disclosure_clock.heat(db, date(2026, 4, 20), "-") == {}
