"""One's own case and one's own payments: found by who knows the secret, by nobody else, and never by an address."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from nodes import VILLAGE
from public_pages import LAST4, Pages, app_of, open_pages
from test_rolls import sample

from content import cases, codes, ratings
from content.cases import Case
from content.own_payments import initials_of
from content.rating_states import Contacted, Fixed, FollowedUp

NOT_FOUND = "没有查到。请核对编号和电话后四位"
NO_PAYMENT = "没有查到。请核对名字和后六位"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with open_pages(tmp_path) as opened:
        yield opened


def ask(pages: Pages, number: str, last4: str) -> str:
    form = {"number": number, "last4": last4, "field": "last4", "find": "1"}
    return pages.kiosk.post("/case", data=form).text


def token_of(text: str) -> str:
    return text.split('name="token" value="')[1].split('"')[0]


def case_of(pages: Pages, case_no: str) -> Case:
    found = cases.get(pages.village.views.read(), case_no)
    assert found is not None
    return found


def test_an_applicant_sees_the_state_the_promise_and_the_code_for_a_text(pages: Pages) -> None:
    case_no = pages.file_case()

    text = ask(pages, f" {case_no[:4].lower()}-{case_no[4:]} ", LAST4)

    assert "已提交，等待受理" in text
    assert "高龄津贴申领" in text
    assert f"CX {case_no}" in text
    assert "13900001234" not in text


def test_what_is_missing_is_named_with_its_last_day(pages: Pages) -> None:
    case_no, node = pages.file_case(), pages.place.county
    cases.ask_supplement(
        node.record,
        node.views.read(),
        case_no,
        items=("户口簿", "近照"),
        reason="材料不全",
        due_on=date(2026, 11, 20),
        by="town",
    )
    pages.sync()

    text = ask(pages, case_no, LAST4)

    assert "请您补这些材料" in text
    assert "户口簿" in text
    assert "最晚 2026年11月20日 交到村便民服务点" in text


@pytest.mark.parametrize("last4", ["9999", "", "１２", "abcd"])
def test_wrong_digits_and_an_unknown_number_read_the_same(pages: Pages, last4: str) -> None:
    case_no = pages.file_case()

    assert NOT_FOUND in ask(pages, case_no, last4)
    assert NOT_FOUND in ask(pages, codes.new_code(), LAST4)


def test_a_mistyped_number_is_told_apart_because_it_can_be_nobodys(pages: Pages) -> None:
    case_no = pages.file_case()
    wrong = case_no[:-1] + ("2" if case_no[-1] != "2" else "3")

    assert "编号不对" in ask(pages, wrong, LAST4)


def test_five_wrong_answers_lock_a_number_for_fifteen_minutes(pages: Pages) -> None:
    case_no = pages.file_case()
    for _ in range(5):
        assert NOT_FOUND in ask(pages, case_no, "0000")

    assert NOT_FOUND in ask(pages, case_no, LAST4)
    pages.place.clock.forward(minutes=16)
    assert "高龄津贴申领" in ask(pages, case_no, LAST4)


def test_four_wrong_answers_and_a_right_one_start_again(pages: Pages) -> None:
    case_no = pages.file_case()
    for _ in range(2):
        for _wrong in range(4):
            ask(pages, case_no, "0000")
        assert "高龄津贴申领" in ask(pages, case_no, LAST4)


def test_wrong_answers_of_a_quarter_of_an_hour_ago_no_longer_count(pages: Pages) -> None:
    case_no = pages.file_case()
    for _ in range(4):
        ask(pages, case_no, "0000")
    pages.place.clock.forward(minutes=16)
    for _ in range(4):
        ask(pages, case_no, "0000")

    assert "高龄津贴申领" in ask(pages, case_no, LAST4)


def test_the_portal_finds_a_case_of_its_village_though_it_has_another_key(pages: Pages) -> None:
    case_no = pages.file_case()
    address = f"{pages.home}/case"

    right = pages.portal.post(address, data={"number": case_no, "last4": LAST4, "find": "1"}).text
    wrong = pages.portal.post(address, data={"number": case_no, "last4": "9999", "find": "1"}).text

    assert "高龄津贴申领" in right
    assert NOT_FOUND in wrong


def test_keys_are_typed_one_by_one_and_the_ninth_leads_on(pages: Pages) -> None:
    case_no = pages.file_case()
    typed = ""
    for key in case_no:
        text = pages.kiosk.post("/case", data={"number": typed, "key": key, "field": "number"}).text
        typed += key

    assert "第二步" in text
    assert "○○○○" in text


def test_a_finished_case_is_rated_once_and_the_word_is_kept(pages: Pages) -> None:
    case_no = pages.file_case()
    pages.close_case(case_no)
    token = token_of(ask(pages, case_no, LAST4))

    tags = pages.kiosk.post("/case/rate", data={"token": token, "score": "2"}).text
    sent = pages.kiosk.post("/case/rate", data={"token": token, "score": "2", "tag": "时间长"})
    again = pages.kiosk.post("/case/rate", data={"token": token, "score": "5", "tag": ""})

    assert "哪里不好" in tags
    assert (sent.status_code, sent.location) == (303, "/case/thanks")
    rating = case_of(pages, case_no).status.rating
    assert rating is not None
    assert (rating.score, rating.tags) == (2, ("时间长",))
    assert "已经评价过" in again.text


@pytest.mark.parametrize("place", ["kiosk", "portal"])
def test_what_was_put_right_is_rated_once_more_and_no_more(pages: Pages, place: str) -> None:
    case_no, county = pages.file_case(), pages.place.county
    pages.close_case(case_no)
    rate_badly = {"token": token_of(ask(pages, case_no, LAST4)), "score": "2", "tag": "时间长"}
    pages.kiosk.post("/case/rate", data=rate_badly)
    pages.sync()
    before = ask(pages, case_no, LAST4)
    for verb, body in [
        (ratings.contact, Contacted("phone", "等了三个星期")),
        (ratings.fix, Fixed("补办了，并说明了原因", "电话告诉了本人")),
    ]:
        verb(county.record, county.views.read(), VILLAGE, case_no, body, by="county")
        county.views.catch_up()
    pages.sync()
    at, client = ("", pages.kiosk) if place == "kiosk" else (f"/v/{VILLAGE}", pages.portal)
    asked = client.post(f"{at}/case", data={"number": case_no, "last4": LAST4, "find": "1"}).text
    form = {"token": token_of(asked), "score": "5"}

    words = client.post(f"{at}/case/rate", data=form).text
    sent = client.post(f"{at}/case/rate", data={**form, "tag": "态度好"})
    again = client.post(f"{at}/case/rate", data={**form, "score": "1", "tag": ""}).text
    after = client.post(f"{at}/case", data={"number": case_no, "last4": LAST4, "find": "1"}).text
    pages.sync()

    assert "改好以后，您在这里可以再评一次" in before
    assert "点一个脸" not in before
    assert "怎么改的：补办了，并说明了原因" in asked
    assert "好在哪里" in words
    assert sent.status_code == 303
    assert "已经追评过了" in again
    assert "您的追评：非常满意" in after
    assert "请您再评一次" not in after
    status = ratings.status_of(county.views.read(), VILLAGE, case_no)
    assert status.followed == FollowedUp(5, "态度好")
    assert case_of(pages, case_no).status.rating.score == 2  # type: ignore[union-attr]  # the first one stays


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"token": "x", "score": "5", "tag": ""}, "放得太久了"),
        ({"score": "5", "tag": ""}, "放得太久了"),
    ],
    ids=["forged", "missing"],
)
def test_a_rating_needs_somebody_who_has_seen_the_case(
    pages: Pages, form: dict[str, str], words: str
) -> None:
    assert words in pages.kiosk.post("/case/rate", data=form).text


@pytest.mark.parametrize("score", ["0", "6", "x", ""])
def test_a_score_outside_the_five_faces_is_not_taken(pages: Pages, score: str) -> None:
    case_no = pages.file_case()
    pages.close_case(case_no)
    token = token_of(ask(pages, case_no, LAST4))

    text = pages.kiosk.post("/case/rate", data={"token": token, "score": score, "tag": ""}).text

    assert "请点一个笑脸" in text
    assert case_of(pages, case_no).status.rating is None


def mine(pages: Pages, who: str, digits: str) -> str:
    return pages.kiosk.post("/mine", data={"who": who, "digits": digits, "find": "1"}).text


def test_a_receiver_finds_the_name_by_initials_and_the_money_by_the_id(pages: Pages) -> None:
    name, id_number = pages.names[1], pages.ids[1]

    names = pages.kiosk.post("/mine", data={"initials": "S", "key": "Q"}).text
    pad = pages.kiosk.post("/mine", data={"who": name, "digits": "12", "key": "3"}).text
    paid = mine(pages, name, id_number[-6:])

    assert name == "单秋仁"
    assert f'value="{name}"' in names
    assert "●●●○○○" in pad
    assert "722.81" in paid
    assert "5.5 亩 × 131.42 元" in paid


def test_somebody_on_a_roll_of_totals_finds_it_by_initials(pages: Pages) -> None:

    _roll, rows, ids = sample("r2")

    assert "的补贴" in mine(pages, initials_of(rows[0].name)[0], ids[0][-6:])


def test_a_wrong_id_finds_nothing_and_the_fifth_locks_the_name(pages: Pages) -> None:
    name, right = pages.names[1], pages.ids[1][-6:]
    for _ in range(5):
        assert NO_PAYMENT in mine(pages, name, "000000")

    assert NO_PAYMENT in mine(pages, name, right)
    assert "722.81" not in mine(pages, name, right)
    pages.place.clock.forward(minutes=16)
    assert "722.81" in mine(pages, name, right)


def test_too_few_digits_are_not_counted_as_a_wrong_answer(pages: Pages) -> None:
    for _ in range(9):
        assert "还没有输完" in mine(pages, pages.names[1], "123")

    assert "722.81" in mine(pages, pages.names[1], pages.ids[1][-6:])


def test_personal_answers_are_kept_nowhere_and_fall_idle_sooner(pages: Pages) -> None:
    case_no = pages.file_case()
    answer = pages.kiosk.post("/case", data={"number": case_no, "last4": LAST4, "find": "1"})
    paid = pages.kiosk.post("/mine", data={"who": pages.names[1], "digits": pages.ids[1][-6:], "find": "1"})

    for response in (answer, paid):
        assert response.headers["Cache-Control"] == "no-store"
        assert 'data-idle-s="60"' in response.text
        assert "Location" not in response.headers


def test_a_form_without_its_token_is_refused_in_words(pages: Pages) -> None:
    app = app_of(pages.village)
    app.config["WTF_CSRF_ENABLED"] = True

    refused = app.test_client().post("/case", data={"number": "", "last4": "", "find": "1"})

    assert refused.status_code == 400
    assert "放得太久了" in refused.text
