"""Counts of use: what is counted comes to the county once a day, whole and once, and tells of nobody."""

import random
import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodes import OTHER_VILLAGE, TOWN, VILLAGE, FakeClock, Place, copy_place, make_place

from content import usage
from content.node import Node
from content.record.store import Record
from content.scopes import Scope
from content.usage import Key, UsageCounter

WHOLE = Scope(date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 11, 2)


def at(village: str, what: str) -> Key:
    return (village, "kiosk", what)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = copy_place(_make_place, tmp_path, FakeClock())
    yield made
    made.close()


def _make_place(folder: Path) -> Place:
    made = make_place(folder, FakeClock())
    made.add_village(VILLAGE)
    made.add_village(OTHER_VILLAGE, "上湾村")
    usage.UsageCounter(made.county.record)
    for node in made.villages.values():
        usage.UsageCounter(node.record)
        usage.tell(node.record, usage.no_other)
    usage.tell(made.county.record, usage.no_other)
    return made


def counted(record: Record) -> list[dict[str, object]]:
    return [
        event.body
        for stream in record.streams()
        for event in record.events(stream, 0, stream.size)
        if event.kind == "usage_counted"
    ]


def test_a_days_use_is_one_small_event_the_next_day_and_reaches_the_county(place: Place) -> None:
    node = place.villages[VILLAGE]
    counter = UsageCounter(node.record)
    for what in ["home", "home", "finance", "mine"]:
        counter.add(at(VILLAGE, what))
        counter.flush()

    assert usage.tell(node.record, usage.no_other) == 0  # today is not over
    place.clock.forward(days=1)
    assert usage.tell(node.record, usage.no_other) == 1
    assert usage.tell(node.record, usage.no_other) == 0
    place.sync()
    place.county.views.catch_up()

    [body] = counted(node.record)
    assert body == {
        "days": [
            {
                "day": "2026-11-02",
                "village": VILLAGE,
                "counts": {"kiosk": {"home": 2, "finance": 1, "mine": 1}},
            }
        ]
    }
    found = usage.read(place.county.views.read(), WHOLE)
    assert found.places[VILLAGE].by_kind == {
        ("kiosk", "home"): 2,
        ("kiosk", "finance"): 1,
        ("kiosk", "mine"): 1,
    }
    assert found.months["2026-11"] == found.total == found.places[VILLAGE]


def test_days_without_use_say_nothing(place: Place) -> None:
    node = place.villages[VILLAGE]
    before = [(stream.id, stream.size) for stream in node.record.streams()]
    counter = UsageCounter(node.record)

    for _day in range(5):
        place.clock.forward(days=1)
        assert (counter.flush(), usage.tell(node.record, usage.no_other)) == (0, 0)

    assert [(stream.id, stream.size) for stream in node.record.streams()] == before


def test_texts_are_asked_for_once_for_each_day_since_the_last_telling(place: Place) -> None:
    asked = []

    def texts(first: date, last: date) -> list[tuple[date, Key, int]]:
        asked.append((first.isoformat(), last.isoformat()))
        return [(first, (VILLAGE, "texts_in", "finance"), 7), (first, ("", "texts_in", "unknown"), 1)]

    place.clock.forward(days=3)
    written = [usage.tell(place.county.record, texts) for _again in range(2)]
    place.county.views.catch_up()

    assert (asked, written) == ([("2026-11-02", "2026-11-04")], [1, 0])
    found = usage.read(place.county.views.read(), WHOLE).by_town()
    assert found.places[TOWN].by_kind == {("texts_in", "finance"): 7}
    assert found.total.by_kind == {
        ("texts_in", "finance"): 7,
        ("texts_in", "unknown"): 1,
    }  # of no village too


def test_just_after_midnight_nothing_is_told_yet(place: Place) -> None:
    node = place.villages[VILLAGE]
    counter = UsageCounter(node.record)
    counter.add(at(VILLAGE, "home"))
    counter.flush()

    place.clock.forward(hours=15, minutes=10)  # ten past twelve in the village
    assert usage.tell(node.record, usage.no_other) == 0
    place.clock.forward(minutes=10)
    assert usage.tell(node.record, usage.no_other) == 1


def test_a_clock_that_was_wrong_for_a_while_stops_no_counting(place: Place) -> None:
    node = place.villages[VILLAGE]
    counter = UsageCounter(node.record)
    place.clock.forward(days=900)
    counter.add(at(VILLAGE, "home"))
    counter.flush()
    usage.tell(node.record, usage.no_other)
    place.clock.forward(days=-899)
    counter.add(at(VILLAGE, "help"))
    counter.flush()
    place.clock.forward(days=1)

    usage.tell(node.record, usage.no_other)

    assert sum(len(body["days"]) for body in counted(node.record)) == 2  # type: ignore[arg-type]


def test_a_failed_write_keeps_the_counts_for_the_next(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    record = place.villages[VILLAGE].record
    counter = UsageCounter(record)
    counter.add(at(VILLAGE, "home"))
    with monkeypatch.context() as patched:
        patched.setattr(record, "write", lambda: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises((OSError, TypeError)):
            counter.flush()

    assert counter.flush() == 1


def test_threads_lose_no_count(place: Place) -> None:
    record = place.villages[VILLAGE].record
    counter = UsageCounter(record)

    def tap() -> None:
        for number in range(500):
            counter.add(at(VILLAGE, "home"))
            if number % 100 == 0:
                counter.flush()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counter.flush()
    place.clock.forward(days=1)
    usage.tell(record, usage.no_other)

    [body] = counted(record)
    assert body["days"][0]["counts"] == {"kiosk": {"home": 2000}}  # type: ignore[index]


@pytest.mark.parametrize("seed", range(3))
def test_any_use_in_any_order_adds_up_at_the_county(place: Place, seed: int) -> None:
    """Random taps, flushes, days, syncs and rebuilt views: the county's sums are those of a plain count."""
    rng, expected = random.Random(seed), Counter[tuple[str, str, str]]()
    counters = {code: UsageCounter(node.record) for code, node in place.villages.items()}
    for _step in range(120):
        code = rng.choice(list(counters))
        node: Node = place.villages[code]
        match rng.randrange(5):
            case 0:
                counters[code].flush()
            case 1:
                place.clock.forward(hours=rng.randrange(20))
                usage.tell(node.record, usage.no_other)
            case 2 if rng.random() < 0.2:
                place.sync(code)
            case _:
                what = rng.choice(usage.PAGES)
                counters[code].add(at(code, what))
                expected[code, "kiosk", what] += 1
    for code, node in place.villages.items():
        counters[code].flush()
        place.clock.forward(days=1)
        usage.tell(node.record, usage.no_other)
        place.sync(code)
    place.county.views.rebuild()

    found = usage.read(place.county.views.read(), WHOLE)

    held = {(code, *kind): n for code, used in found.places.items() for kind, n in used.by_kind.items()}
    assert held == dict(expected)
    assert set(found.months) <= {f"2026-{month:02d}" for month in range(11, 13)}
    by_town = usage.read(place.county.views.read(), WHOLE).by_town()
    assert by_town.total == found.total == by_town.places[TOWN]
    assert usage.read(place.county.views.read(), WHOLE.within("330999102")).places == {}


def test_what_is_written_is_kinds_days_and_counts_and_nothing_else(place: Place) -> None:
    node = place.villages[VILLAGE]
    counter = UsageCounter(node.record)
    for what in usage.PAGES:
        counter.add(at(VILLAGE, what))
    counter.flush()
    place.clock.forward(days=1)
    usage.tell(node.record, usage.no_other)

    [body] = counted(node.record)
    words = set(re.findall(r"'([^']*)'", repr(body)))

    assert words <= {"days", "day", "village", "counts", VILLAGE, "2026-11-02", "kiosk", *usage.PAGES}


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(
            {"day": "2026-11-02", "village": OTHER_VILLAGE, "counts": {"kiosk": {"home": 1}}}, id="of another"
        ),
        pytest.param(
            {"day": "2026-11-02", "village": VILLAGE, "counts": {"portal": {"home": 1}}}, id="the portal's"
        ),
        pytest.param(
            {"day": "2026-11-02", "village": VILLAGE, "counts": {"kiosk": {"王阿婆": 1}}}, id="a name"
        ),
        pytest.param(
            {"day": "2026-11-02", "village": VILLAGE, "counts": {"kiosk": {"home": -3}}}, id="less than none"
        ),
        pytest.param(
            {"day": "2026-13-02", "village": VILLAGE, "counts": {"kiosk": {"home": 1}}}, id="no such day"
        ),
    ],
)
def test_what_a_village_may_not_say_is_set_aside(place: Place, day: dict[str, object]) -> None:
    node = place.villages[VILLAGE]
    node.record.append("county", usage.NewEvent("usage_counted", {"days": [day]}, "node"))

    node.views.catch_up()

    assert usage.read(node.views.read(), WHOLE).total.by_kind == {}
    assert node.views.read().execute("SELECT COUNT(*) FROM set_aside").fetchone()[0] == 1


def test_a_busy_countys_day_fits_in_events(place: Place) -> None:
    """300 villages with every kind of page and text: no event is too large to write, none is lost."""
    codes = [f"330999{number:06d}" for number in range(300)]
    kinds = [("texts_in", what) for what in usage.TEXTS_IN] + [("portal", what) for what in usage.PAGES]

    def everything(first: date, _last: date) -> list[tuple[date, Key, int]]:
        return [(first, (code, channel, what), 99_999_999) for code in codes for channel, what in kinds]

    place.clock.forward(days=1)
    usage.tell(place.county.record, everything)
    place.county.views.catch_up()

    found = usage.read(place.county.views.read(), WHOLE)
    assert len(found.places) == 300
    assert found.total.by_kind["portal", "home"] == 300 * 99_999_999


@given(st.integers(0, 10_000), st.sampled_from([*usage.PAGES, *usage.TEXTS_IN, *usage.TEXTS_OUT]))
def test_ones_own_affairs_are_told_in_fives_and_public_pages_exactly(count: int, what: str) -> None:
    seen = usage.shown(what, count)

    if what not in usage.OWN:
        assert seen == count
    elif 0 < count < 5:
        assert seen is None
    else:
        assert seen is not None
        assert seen % 5 == 0
        assert 0 <= count - seen < 5


def test_no_difference_of_shown_counts_gives_away_a_small_one() -> None:
    """The county less all the other villages, the total less all the other kinds: neither is the count that is hidden."""
    village = usage.Used({("kiosk", "home"): 100, ("kiosk", "say"): 1})
    other = usage.Used({("kiosk", "home"): 50, ("kiosk", "say"): 12})
    county = usage.Used({("kiosk", "home"): 150, ("kiosk", "say"): 13})

    assert village.shown("kiosk", "say") is None
    assert village.total("kiosk") - (village.shown("kiosk", "home") or 0) == 0
    assert (county.shown("kiosk", "say"), other.shown("kiosk", "say")) == (10, 10)
