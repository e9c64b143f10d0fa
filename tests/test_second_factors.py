"""The second step of signing in: a code works once, for one account, at one node, and the county can take it away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place

from content import accounts, second_factors
from content.accounts import Account
from content.errors import RuleError
from content.node import Node, open_node
from content.sessions import Session, Sessions

PASSWORD = "correct horse"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village()
    password_hash = accounts.hash_password(PASSWORD)
    for name in ("zhou", "wu"):
        account = Account(name, name, ("agent",), VILLAGE, password_hash)
        accounts.set_account(place.county.record, account, by="test")
    place.sync()
    return place


@pytest.fixture
def village(place: Place) -> Node:
    return place.villages[VILLAGE]


@pytest.fixture
def phone(place: Place, village: Node) -> pyotp.TOTP:
    """The telephone of zhou, who has switched the second factor on a minute ago."""
    secret = second_factors.new_secret()
    phone = pyotp.TOTP(secret)
    assert Sessions(village.record).factors.keep(_account(village), secret, phone.at(place.clock()))
    place.clock.forward(minutes=1)
    return phone


def _account(village: Node, name: str = "zhou") -> Account:
    account = accounts.get(village.views.read(), name)
    assert account is not None
    return account


def _sign_in(village: Node, code: str = "", *, name: str = "zhou", password: str = PASSWORD) -> Session:
    return Sessions(village.record).sign_in(village.views.read(), name, password, code)


def test_code_of_the_telephone_signs_in_without_a_network(
    place: Place, village: Node, phone: pyotp.TOTP
) -> None:
    assert _sign_in(village, phone.at(place.clock())).account.name == "zhou"


@pytest.mark.parametrize("code", ["", "000000", "12345", "１２３４５６", "x" * 10_000, "\x00"])
def test_password_alone_or_with_a_wrong_code_does_not(village: Node, phone: pyotp.TOTP, code: str) -> None:
    with pytest.raises(RuleError) as refusal:
        _sign_in(village, code)

    assert refusal.value.code == "wrong_password"


def test_code_works_once_even_within_its_30_seconds_and_after_a_restart(
    place: Place, village: Node, phone: pyotp.TOTP
) -> None:
    code = phone.at(place.clock())
    _sign_in(village, code)

    with pytest.raises(RuleError):
        _sign_in(village, code)
    with pytest.raises(RuleError):
        _sign_in(
            village, phone.at(place.clock() - timedelta(seconds=30))
        )  # one from before it is used up too
    place.clock.forward(seconds=30)
    assert _sign_in(village, phone.at(place.clock()))


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(
    place: Place, village: Node, phone: pyotp.TOTP, steps: int, is_taken: bool
) -> None:
    code = phone.at(place.clock() + timedelta(seconds=30 * steps))

    if is_taken:
        assert _sign_in(village, code)
    else:
        with pytest.raises(RuleError):
            _sign_in(village, code)


def test_wrong_codes_lock_like_wrong_passwords(place: Place, village: Node, phone: pyotp.TOTP) -> None:
    for _ in range(5):
        with pytest.raises(RuleError):
            _sign_in(village, "000000")

    with pytest.raises(RuleError) as refusal:
        _sign_in(village, phone.at(place.clock()))

    assert refusal.value.code == "locked"


def test_others_need_no_code_and_cannot_use_another_ones(village: Node, phone: pyotp.TOTP) -> None:
    assert _sign_in(village, name="wu").account.name == "wu"


def test_a_refusal_does_not_tell_which_of_the_three_was_wrong(
    place: Place, village: Node, phone: pyotp.TOTP
) -> None:
    words = set()
    for name, password, code in (
        ("zhou", "wrong pass", phone.at(place.clock())),
        ("zhou", PASSWORD, "000000"),
        ("nobody", PASSWORD, "000000"),
    ):
        with pytest.raises(RuleError) as refusal:
            _sign_in(village, code, name=name, password=password)
        words.add(str(refusal.value))

    assert len(words) == 1


def test_secret_is_neither_on_the_disk_nor_on_the_way_to_the_county(
    place: Place, village: Node, phone: pyotp.TOTP
) -> None:
    place.sync()

    for home in (village.home, place.county.home):
        for path in home.rglob("*"):
            assert not path.is_file() or phone.secret.encode() not in path.read_bytes(), path


def test_county_takes_a_lost_one_away_and_a_new_one_may_be_made(
    place: Place, village: Node, phone: pyotp.TOTP
) -> None:
    before = accounts.get(place.county.views.read(), "zhou")
    assert before is not None
    accounts.set_account(place.county.record, replace(before, factor_resets=1), by="test", before=before)
    place.sync()

    assert _sign_in(village)

    secret = second_factors.new_secret()
    factors = Sessions(village.record).factors
    assert factors.keep(_account(village), secret, pyotp.TOTP(secret).at(place.clock()))
    with pytest.raises(RuleError):
        _sign_in(village)


def test_a_database_without_its_keys_lets_nobody_pass_by_password_alone(
    place: Place, village: Node, phone: pyotp.TOTP
) -> None:
    village.close()
    (village.home / "keys" / "fingerprint.key").unlink()
    place.villages[VILLAGE] = moved = open_node(village.home, clock=place.clock)

    with pytest.raises(RuleError):
        _sign_in(moved, phone.at(place.clock()))


def test_it_is_not_switched_on_before_the_telephone_shows_the_right_code(village: Node) -> None:
    factors = Sessions(village.record).factors

    assert not factors.keep(_account(village), second_factors.new_secret(), "000000")
    assert not factors.has_any()
    assert _sign_in(village)
