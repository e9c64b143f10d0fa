"""Accounts that change and move: every place ends with the county's last word, in whatever order it hears of it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import argon2
import pytest
from nodes import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, FakeClock, Place, copy_place, make_place
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from content import accounts
from content.accounts import Account
from content.errors import RuleError
from content.node import Node
from content.sessions import Sessions

PASSWORD = "correct horse"
HASH = accounts.hash_password(PASSWORD)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village(VILLAGE, "柳河村")
    place.add_village(OTHER_VILLAGE, "上湾村")
    return place


def _set(place: Place, **changes: object) -> Account:
    """Change the account at the county as the console does, and tell everybody."""
    before = accounts.get(place.county.views.read(), "zhou")
    account = replace(before or Account("zhou", "周桂芳", ("agent",), VILLAGE, HASH), **changes)  # type: ignore[arg-type]
    accounts.set_account(place.county.record, account, by="test", before=before)
    place.county.views.catch_up()
    for code in place.villages:
        assert place.sync(code).outcome == "level"
    return account


def _may_sign_in(node: Node) -> bool:
    try:
        Sessions(node.record).sign_in(node.views.read(), "zhou", PASSWORD)
    except RuleError:
        return False
    return True


def test_account_that_moves_works_at_the_new_village_and_no_longer_at_the_old(place: Place) -> None:
    old, new = place.villages[VILLAGE], place.villages[OTHER_VILLAGE]
    _set(place)
    session = Sessions(old.record).sign_in(old.views.read(), "zhou", PASSWORD)

    _set(place, area=OTHER_VILLAGE)

    assert not _may_sign_in(old)
    assert Sessions(old.record).find(old.views.read(), session.token) is None
    assert _may_sign_in(new)
    assert accounts.get(place.county.views.read(), "zhou").area == OTHER_VILLAGE  # type: ignore[union-attr]


def test_old_village_no_longer_holds_the_password_of_who_has_left(place: Place) -> None:
    _set(place)
    _set(place, area=OTHER_VILLAGE, password_hash=accounts.hash_password("another password"))

    left = accounts.get(place.villages[VILLAGE].views.read(), "zhou")

    assert left is not None
    assert (left.is_active, left.password_hash) == (False, "")


@pytest.mark.parametrize(
    "way",
    [(VILLAGE, OTHER_VILLAGE, TOWN), (TOWN, VILLAGE, COUNTY), (COUNTY, OTHER_VILLAGE, VILLAGE)],
    ids=["to the town", "to the county", "to a village"],
)
def test_the_county_knows_the_last_place_of_an_account_on_any_way(place: Place, way: tuple[str, ...]) -> None:
    for area in (*way, way[0], way[2]):
        _set(place, area=area)

    db = place.county.views.read()
    assert accounts.get(db, "zhou").area == way[2]  # type: ignore[union-attr]
    for code, village in place.villages.items():
        assert _may_sign_in(village) is (code == way[2])


def test_streams_in_any_order_give_the_same_account(place: Place) -> None:
    for area in (VILLAGE, OTHER_VILLAGE, COUNTY, VILLAGE, TOWN):
        _set(place, area=area)
    record = place.county.record
    streams = [stream for stream in record.streams() if stream.origin == COUNTY]
    results = set()

    for order in itertools.permutations(streams):
        db = Database(sqlite3.connect(":memory:"))
        db.conn.executescript(accounts.SCHEMA)
        for stream in order:
            for event in record.events(stream, 0, stream.size):
                if fold := accounts.FOLDS.get(event.kind):
                    fold(db, event)
        results.add(tuple(db.conn.execute("SELECT * FROM accounts").fetchall()))
        db.close()

    assert len(results) == 1


def test_events_from_before_there_were_versions_are_still_read(place: Place) -> None:
    plain = Account("zhou", "周桂芳", ("agent",), VILLAGE, HASH)
    accounts.set_account(place.county.record, plain, by="test")
    accounts.set_account(place.county.record, replace(plain, display_name="周大姐"), by="test")
    place.county.views.catch_up()

    assert accounts.get(place.county.views.read(), "zhou").display_name == "周大姐"  # type: ignore[union-attr]


def test_a_password_is_hashed_with_argon2id_and_an_unknown_name_costs_as_much(
    real_hasher: argon2.PasswordHasher,
) -> None:
    ours = argon2.extract_parameters(real_hasher.hash("a password"))

    assert ours.type == argon2.Type.ID
    assert ours.memory_cost >= 64 * 1024  # KiB
    assert ours == argon2.extract_parameters(accounts._NOBODY)
