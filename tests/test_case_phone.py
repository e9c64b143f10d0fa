"""Another telephone for a case: the one on file says yes by a code, then texts and last digits are the new one's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from public_pages import LAST4, Pages, open_pages
from sms_places import CHEN, WANG, make_hub
from test_phone_codes import events, last_asked
from test_public_personal import ask

from content import case_phones, cases
from content.errors import RuleError
from kiosk.public import pads

OLD, NEW = "13900001234", "13800005678"
SENT, NOT_FOUND = "短信发到", "没有查到"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with open_pages(tmp_path) as opened:
        yield opened


def token_of(text: str) -> str:
    """The token of the form that leads on to another telephone."""
    found = re.search(r'action="/case/phone".*?name="token" value="([^"]+)"', text, re.DOTALL)
    assert found
    return found.group(1)


def begin(pages: Pages, case_no: str) -> str:
    return token_of(ask(pages, case_no, LAST4))


def step(pages: Pages, token: str, **form: str) -> str:
    return pages.kiosk.post("/case/phone", data={"token": token, **form}).text


def prove(pages: Pages, case_no: str) -> str:
    """Type the old number and its code; the page that asks for the new one."""
    asked = step(pages, begin(pages, case_no), stage="phone", phone=OLD[:-1], key=OLD[-1])
    assert f"{SENT} {OLD}" in asked
    code = last_asked(pages).code
    return step(pages, token_of(asked), stage="code", phone=OLD, code=code[:-1], key=code[-1])


def test_the_old_telephone_says_yes_and_the_new_ones_digits_open_the_case(pages: Pages) -> None:
    case_no = pages.file_case()

    typed = step(pages, token_of(prove(pages, case_no)), phone=NEW[:-1], key=NEW[-1])
    sent = pages.kiosk.post(
        "/case/phone", data={"token": token_of(typed), "phone": NEW, "change": "1"}, follow_redirects=True
    )

    assert "换好了" in sent.text
    assert NEW not in sent.text
    assert "已提交" in ask(pages, case_no, NEW[-4:])
    assert NOT_FOUND in ask(pages, case_no, LAST4)
    assert not any(number in str(event.body) for event in events(pages) for number in (OLD, NEW))


def test_at_ten_digits_a_digit_can_be_wiped_away(pages: Pages) -> None:
    token = begin(pages, pages.file_case())
    before = len(events(pages))

    wiped = step(pages, token, stage="phone", phone=OLD[:-1], key=pads.ERASE)

    assert f'name="phone" value="{OLD[:-2]}"' in wiped
    assert "请核对" not in wiped
    assert len(events(pages)) == before


def test_a_number_that_is_not_on_file_gets_no_code_and_looks_the_same(pages: Pages) -> None:
    token = begin(pages, pages.file_case())
    before = len(events(pages))

    assert SENT in step(pages, token, stage="phone", phone=NEW, send="1")
    assert len(events(pages)) == before


def test_without_the_code_the_number_stays(pages: Pages) -> None:
    case_no = pages.file_case()
    token = begin(pages, case_no)
    asked = step(pages, token, stage="phone", phone=OLD, send="1")

    wrong = step(pages, token_of(asked), stage="code", phone=OLD, code="00000", key="x")
    jumped = step(pages, token, phone=NEW, change="1")

    assert "换成这个号" not in wrong + jumped
    assert not any(event.kind == case_phones.KIND for event in events(pages))
    assert "已提交" in ask(pages, case_no, LAST4)


def test_a_number_that_is_no_mobile_is_told_so_and_changes_nothing(pages: Pages) -> None:
    case_no = pages.file_case()

    told = step(pages, token_of(prove(pages, case_no)), phone="0578", change="1")

    assert "手机号码是十一位数字" in told
    assert not any(event.kind == case_phones.KIND for event in events(pages))


def test_a_page_that_lay_too_long_begins_anew(pages: Pages) -> None:
    answer = pages.kiosk.post("/case/phone", data={"token": "made-up"})

    assert (answer.status_code, answer.location) == (303, "/case")


def test_the_county_which_has_no_villages_key_does_not_offer_it(pages: Pages) -> None:
    case_no = pages.file_case()
    pages.sync()
    form = {"number": case_no, "last4": LAST4, "field": "last4", "find": "1"}

    text = pages.portal.post(f"{pages.home}/case", data=form).text

    assert "已提交" in text
    assert "换手机号" not in text


def test_both_telephones_are_told_and_the_new_one_gets_the_news(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        case_no = hub.file(OLD)
        hub.work()
        key = hub.county.keys.seal_public_key
        case_phones.change(hub.village.record, hub.village.keys, case_no, NEW, key, by="kiosk")
        hub.sync()
        hub.work()
        told_old, told_new = hub.screen(WANG)[-1], hub.screen(CHEN)[-1]
        cases.accept(hub.county.record, hub.county.views.read(), case_no, by="clerk")
        hub.sync()
        hub.work()
        county = cases.get(hub.county.views.read(), case_no)

        assert "不是您改的" in told_old
        assert "以后的短信发到这个手机" in told_new
        assert "已受理" in hub.screen(CHEN)[-1]
        assert hub.screen(WANG)[-1] == told_old
        assert "已受理" in hub.text(CHEN, case_no)[0]
        assert "已受理" not in hub.text(WANG, case_no)[0]
        assert county is not None
        assert cases.open_case(county, hub.county.keys).phone == NEW


def test_the_newest_change_counts_and_a_rebuild_gives_the_same(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        case_no = hub.file(OLD)
        key = hub.county.keys.seal_public_key
        for number in (NEW, "13700001111"):
            case_phones.change(hub.village.record, hub.village.keys, case_no, number, key, by="kiosk")
        hub.sync()
        db = hub.county.views.read()
        before = list(db.query("SELECT * FROM cases"))
        hub.county.views.rebuild()

        case = cases.get(hub.county.views.read(), case_no)
        assert case is not None
        assert cases.open_case(case, hub.county.keys).phone == "13700001111"
        assert list(hub.county.views.read().query("SELECT * FROM cases")) == before


def test_only_a_mobile_number_is_put_on_file(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        village, case_no, key = hub.village, hub.file(OLD), hub.county.keys.seal_public_key

        with pytest.raises(RuleError, match="十一位"):
            case_phones.change(village.record, village.keys, case_no, "0578-0000110", key, by="kiosk")
