"""A code by text proves a telephone at the kiosk: asked for, sealed to the county, good once and for ten minutes."""

import re
from collections.abc import Iterator

import pytest
from public_pages import Pages, open_pages
from samples import REVIEW
from test_rolls import sample

from content import own_payments, phone_codes, rolls, subscriptions
from content.phone_codes import Sealed
from content.record.events import Event
from content.subscriptions import Wish

PHONE, OTHER = "13900005678", "13900009999"
NO_CODE, SENT = "验证码不对", "短信发到"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The first person of a roll has a telephone on it."""
    with open_pages(tmp_path_factory.mktemp("codes")) as opened:
        roll, rows, ids = sample("r1", reviews=(REVIEW,))
        people = [(row.name, id_number) for row, id_number in zip(rows, ids, strict=True)]
        held = own_payments.take_fingerprints(opened.village.keys, people, [PHONE])
        record = opened.village.record
        streams = record.own_stream("all"), record.own_stream("county")
        with record.write() as transaction:
            rolls.publish_roll(transaction, *streams, roll, rows, held, db=opened.village.views.read())
        opened.sync()
        yield opened


@pytest.fixture(autouse=True)
def an_hour_later(pages: Pages) -> None:
    pages.place.clock.forward(minutes=61)


def events(pages: Pages) -> list[Event]:
    """What the village has said to the county."""
    record = pages.village.record
    own = [stream for stream in record.streams() if stream.audience == "county"]
    return [event for stream in own for event in record.events(stream, 0, stream.size)]


def asked(pages: Pages, kind: str = phone_codes.ASKED) -> list[Event]:
    """What the kiosk has asked of the node that sends texts."""
    return [event for event in events(pages) if event.kind == kind]


def last_asked(pages: Pages) -> Sealed:
    return phone_codes.unsealed(asked(pages)[-1], pages.place.county.keys)


def mine(pages: Pages, **form: str) -> str:
    return pages.kiosk.post("/mine/phone", data={"who": pages.names[0], "phone": PHONE, **form}).text


def ask_code(pages: Pages) -> str:
    """Have a code sent; the code."""
    assert SENT in mine(pages, stage="phone", send="1")
    return last_asked(pages).code


def type_code(pages: Pages, code: str, **form: str) -> str:
    """Digit by digit; the last one asks."""
    last = ""
    for place, key in enumerate(code):
        last = mine(pages, stage="code", code=code[:place], key=key, **form)
    return last


def test_own_payments_are_found_by_the_telephone_on_the_roll(pages: Pages) -> None:
    sent = mine(pages, phone=PHONE[:-1], key=PHONE[-1], stage="phone")
    code = last_asked(pages).code

    paid = type_code(pages, code)

    assert f"{SENT} {PHONE}" in sent
    assert re.fullmatch(r"\d{6}", code)
    assert code not in sent
    assert "722.81" in paid


def test_number_that_is_not_on_file_looks_the_same_and_gets_no_text(pages: Pages) -> None:
    before = len(asked(pages))

    assert SENT in mine(pages, phone=OTHER, stage="phone", send="1")
    assert len(asked(pages)) == before


def test_number_stands_in_the_record_sealed_only(pages: Pages) -> None:
    ask_code(pages)

    assert all(PHONE not in str(event.body) for event in asked(pages))


def test_code_works_once_and_for_ten_minutes(pages: Pages) -> None:
    code = ask_code(pages)
    type_code(pages, code)
    again = type_code(pages, code)
    late = ask_code(pages)
    pages.place.clock.forward(minutes=10)

    assert NO_CODE in again
    assert NO_CODE in type_code(pages, late)


def test_five_wrong_codes_lock_the_number(pages: Pages) -> None:
    code = ask_code(pages)
    for _ in range(5):
        assert NO_CODE in type_code(pages, f"{(int(code) + 1) % 1_000_000:06d}")

    assert NO_CODE in type_code(pages, code)


def test_code_for_one_number_or_name_shows_no_others_money(pages: Pages) -> None:
    code = ask_code(pages)

    assert NO_CODE in type_code(pages, code, phone=OTHER)
    assert "722.81" not in type_code(pages, code, who=pages.names[1])


@pytest.mark.parametrize("phone", ["", "139", "05780000110", "23900001234"])
def test_what_gets_no_texts_is_refused_in_words(pages: Pages, phone: str) -> None:
    before = len(asked(pages))

    assert "手机号码是十一位数字" in mine(pages, phone=phone, stage="phone", send="1")
    assert len(asked(pages)) == before


def test_fourth_code_within_an_hour_is_not_sent(pages: Pages) -> None:
    for _ in range(3):
        ask_code(pages)

    assert "要得太多了" in mine(pages, stage="phone", send="1")


def follow(pages: Pages, home: str = "", **form: str) -> str:
    client = pages.portal if home else pages.kiosk
    answer = client.post(f"{home}/follow", data={"section": "finance", "phone": PHONE, **form})
    return answer.text if answer.status_code != 303 else answer.location


@pytest.mark.parametrize("is_portal", [False, True], ids=["kiosk", "portal"])
def test_subscription_is_asked_for_and_left_to_the_phone_to_confirm(pages: Pages, is_portal: bool) -> None:
    home = pages.home if is_portal else ""
    node = pages.place.county if is_portal else pages.village
    pad = follow(pages, home)
    done = follow(pages, home, ask="1")
    streams = [stream for stream in node.record.streams() if stream.audience == "county"]
    own = [stream for stream in streams if stream.origin == node.config.code]
    wishes = [
        subscriptions.open_wish(event, pages.place.county.keys)
        for stream in own
        for event in node.record.events(stream, 0, stream.size)
        if event.kind == "subscription_asked"
    ]

    assert 'name="section" value="finance"' in pad
    assert done == f"{home}/follow/done"
    assert wishes == [Wish(PHONE, ("finance",))]


def test_subscription_to_what_gets_no_texts_is_refused_in_words(pages: Pages) -> None:
    assert "座机收不到短信" in follow(pages, phone="05780000110", ask="1")
