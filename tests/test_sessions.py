"""Signing in: the same answer for a wrong name and a wrong password, and a lock that survives a restart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place

from content import accounts, staff_log
from content.accounts import Account
from content.errors import RuleError
from content.node import Node
from content.sessions import Sessions

PASSWORD = "correct horse"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village()
    account = Account("zhou", "周桂芳", ("agent",), VILLAGE, accounts.hash_password(PASSWORD))
    accounts.set_account(place.county.record, account, by="test")
    place.sync()
    return place


@pytest.fixture
def village(place: Place) -> Node:
    return place.villages[VILLAGE]


def _refusal(sessions: Sessions, village: Node, name: str, password: str) -> RuleError:
    with pytest.raises(RuleError) as refusal:
        sessions.sign_in(village.views.read(), name, password)
    return refusal.value


def test_account_of_the_county_signs_in_at_the_village_without_a_network(village: Node) -> None:
    sessions = Sessions(village.record)

    session = sessions.sign_in(village.views.read(), "zhou", PASSWORD)

    assert sessions.find(village.views.read(), session.token) == session
    assert session.account.display_name == "周桂芳"


def test_unknown_name_and_wrong_password_read_the_same(village: Node) -> None:
    sessions = Sessions(village.record)

    assert str(_refusal(sessions, village, "zhou", "wrong pass")) == str(
        _refusal(sessions, village, "nobody", "wrong pass")
    )


def test_fifth_wrong_try_locks_for_15_minutes_and_the_next_for_30(place: Place, village: Node) -> None:
    sessions = Sessions(village.record)
    for _ in range(5):
        assert _refusal(sessions, village, "zhou", "wrong pass").code == "wrong_password"
    assert _refusal(sessions, village, "zhou", PASSWORD).code == "locked"
    place.clock.forward(minutes=16)
    assert _refusal(sessions, village, "zhou", "wrong pass").code == "wrong_password"
    place.clock.forward(minutes=16)
    assert _refusal(sessions, village, "zhou", PASSWORD).code == "locked"
    place.clock.forward(minutes=16)

    assert sessions.sign_in(village.views.read(), "zhou", PASSWORD)


def test_lock_survives_a_restart(village: Node) -> None:
    for _ in range(5):
        _refusal(Sessions(village.record), village, "zhou", "wrong pass")

    assert _refusal(Sessions(village.record), village, "zhou", PASSWORD).code == "locked"


def test_session_ends_after_15_idle_minutes(place: Place, village: Node) -> None:
    sessions = Sessions(village.record)
    session = sessions.sign_in(village.views.read(), "zhou", PASSWORD)
    place.clock.forward(minutes=14)
    assert sessions.find(village.views.read(), session.token)
    place.clock.forward(minutes=14)
    assert sessions.find(village.views.read(), session.token)
    place.clock.forward(minutes=16)

    assert sessions.find(village.views.read(), session.token) is None


def test_session_ends_after_8_hours_however_busy(place: Place, village: Node) -> None:
    sessions = Sessions(village.record)
    session = sessions.sign_in(village.views.read(), "zhou", PASSWORD)
    for _ in range(48):
        place.clock.forward(minutes=10)
        sessions.find(village.views.read(), session.token)
    place.clock.forward(minutes=1)

    assert sessions.find(village.views.read(), session.token) is None


def test_closed_account_is_out_at_once(place: Place, village: Node) -> None:
    sessions = Sessions(village.record)
    session = sessions.sign_in(village.views.read(), "zhou", PASSWORD)
    closed = Account("zhou", "周桂芳", ("agent",), VILLAGE, "", is_active=False)
    accounts.set_account(place.county.record, closed, by="test")
    place.sync()

    assert sessions.find(village.views.read(), session.token) is None


def test_new_password_ends_the_sessions_of_the_old_one_and_opens_its_lock(
    place: Place, village: Node
) -> None:
    sessions = Sessions(village.record)
    session = sessions.sign_in(village.views.read(), "zhou", PASSWORD)
    for _ in range(5):
        _refusal(sessions, village, "zhou", "wrong pass")
    before = accounts.get(village.views.read(), "zhou")
    assert before is not None
    changed = replace(before, password_hash=accounts.hash_password("another horse"))
    accounts.set_account(place.county.record, changed, by="test", before=before)
    place.sync()

    assert sessions.find(village.views.read(), session.token) is None
    assert sessions.all_open(village.views.read()) == []
    assert sessions.sign_in(village.views.read(), "zhou", "another horse")


def test_everything_that_happens_at_sign_in_stands_in_the_log(place: Place, village: Node) -> None:
    sessions = Sessions(village.record)
    sessions.sign_out(sessions.sign_in(village.views.read(), "zhou", PASSWORD).token)
    for _ in range(5):
        _refusal(sessions, village, "zhou", "wrong pass")
    _refusal(sessions, village, "zhou", PASSWORD)
    _refusal(sessions, village, "a-password-in-the-wrong-field", "x")

    lines, has_more = sessions.log.lines()

    told = [(line.account, line.what) for line in reversed(lines)]
    assert told == [
        ("zhou", "in"),
        ("zhou", "out"),
        *[("zhou", "wrong")] * 5,
        ("zhou", "locked"),
        ("", "wrong"),
    ]
    assert not has_more


def test_lock_doubles_to_a_day_and_no_further(place: Place, village: Node) -> None:
    sessions = Sessions(village.record)
    for _ in range(5):
        _refusal(sessions, village, "zhou", "wrong pass")

    locks = []
    for _ in range(9):
        minutes = 0
        while (refusal := _refusal(sessions, village, "zhou", "wrong pass")).code == "locked":
            place.clock.forward(minutes=15)
            minutes += 15
        assert refusal.code == "wrong_password"
        locks.append(minutes)

    assert locks == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_many_tries_at_once_are_no_way_round_the_lock(village: Node) -> None:
    def try_once(number: int) -> str:
        return _refusal(Sessions(village.record), village, "zhou", f"wrong pass {number}").code

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(try_once, range(12)))

    assert codes.count("wrong_password") == 5


def test_administrator_ends_a_session(village: Node) -> None:
    sessions = Sessions(village.record)
    first = sessions.sign_in(village.views.read(), "zhou", PASSWORD)
    second = sessions.sign_in(village.views.read(), "zhou", PASSWORD)
    shown = sessions.all_open(village.views.read())

    sessions.end(shown[0], by="boss")

    assert len(shown) == 2
    is_open = [sessions.find(village.views.read(), s.token) is not None for s in (first, second)]
    assert sorted(is_open) == [False, True]
    assert all(one.id not in (first.token, second.token) for one in shown)
    assert [line.about for line in sessions.log.lines()[0] if line.what == "ended"] == ["boss"]


def test_log_keeps_its_newest_lines_alone(village: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_log, "KEPT_LINES", 10)
    log = Sessions(village.record).log
    for number in range(25):
        log.add("zhou", "desk.sync_now", str(number))

    lines, has_more = log.lines(size=8, number=2)

    assert [line.about for line in lines] == ["16", "15"]
    assert not has_more


def test_database_holds_neither_token_nor_password(village: Node) -> None:
    sessions = Sessions(village.record)
    session = sessions.sign_in(village.views.read(), "zhou", PASSWORD)

    for path in village.home.glob("*.db*"):
        data = path.read_bytes()
        assert session.token.encode() not in data
        assert PASSWORD.encode() not in data


def test_short_password_is_refused() -> None:
    with pytest.raises(RuleError, match="至少 8"):
        accounts.hash_password("short")
