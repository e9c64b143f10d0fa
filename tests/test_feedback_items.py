"""What is said of an item of the catalogue: known from the thing it was said of, and sent where the county wants it."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from county_console import PASSWORD_HASH, plain
from nodes import COUNTY, VILLAGE
from public_pages import Pages, app_of, open_pages

from content import accounts, codes, departments, feedback, feedback_items, feedback_routes, finances
from content.accounts import Account
from content.departments import Department
from content.errors import RuleError
from content.feedback import Feedback
from content.record.events import NewEvent
from kiosk.county.feedback_route_pages import USUAL

CFO, FAR = Department("CZJ", "财政局", "county", COUNTY), Department("FAR", "远山镇", "township", "330999102")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("items")) as opened:
        for one in (CFO, FAR):
            departments.set_department(opened.place.county.record, one, by="he")
        opened.place.county.views.catch_up()
        opened.sync()
        yield opened


def entry_of(pages: Pages, *, is_expense: bool) -> int:
    """The number of an entry of the statement that is one or the other."""
    lines = finances.entries(pages.village.views.read(), pages.statement, size=50).lines
    return next(line.no for line in lines if bool(line.expense_fen) == is_expense)


def test_the_item_is_the_one_of_the_thing_that_is_spoken_of(pages: Pages) -> None:
    db, notice = pages.village.views.read(), pages.notice(item="V4", title="修路")
    told = {
        about: feedback_items.item_of(db, "objection", about)
        for about in (
            f"notice:{notice}",
            f"statement:{pages.statement}",
            f"statement:{pages.statement}/{entry_of(pages, is_expense=False)}",
            f"statement:{pages.statement}/{entry_of(pages, is_expense=True)}",
            f"statement:{pages.statement}/99999",
            f"roll:{pages.roll}",
            "item:V9",
            "item:X1",
            "guide:QX-G01",
            "notice:NOTHING",
            "",
        )
    }

    assert list(told.values()) == ["V4", "F2", "F2", "F3", "F2", "S2", "V9", "", "", "", ""]
    assert feedback_items.item_of(db, "complaint", f"notice:{notice}") == ""
    assert feedback_items.item_of(db, "suggestion", f"notice:{notice}") == ""


@pytest.mark.parametrize(
    ("kind", "item", "expected"),
    [
        pytest.param("objection", "F3", "CZJ", id="the item before the subject"),
        pytest.param("objection", "V4", "township", id="the subject where the item has nothing"),
        pytest.param("consultation", "F3", "village", id="another kind goes its usual way"),
        pytest.param("consultation", "V9", "county", id="an item to a level"),
        pytest.param(
            "objection", "S2", "township", id="a department that does not serve the village is passed over"
        ),
        pytest.param("objection", "", "township", id="about no item"),
    ],
)
def test_the_most_exact_route_is_taken(pages: Pages, kind: str, item: str, expected: str) -> None:
    county = pages.place.county
    routes = {
        "objection/amount": "township",
        "objection@F3": "CZJ",
        "consultation@V9": "county",
        "objection@S2": "FAR",
    }
    feedback_routes.set_routes(county.record, county.views.read(), routes, by="he")
    county.views.catch_up()
    pages.sync()
    category = "amount" if kind == "objection" else "money"

    db, today = pages.village.views.read(), pages.place.clock().date()
    found = feedback_routes.answerer_of(db, VILLAGE, kind, category, "", on=today, item=item)

    assert (found.department or found.level) == expected


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("complaint@F2", "county"),
        ("suggestion@F2", "county"),
        ("objection@X1", "county"),
        ("objection@F2", "NONE"),
    ],
    ids=["complaint", "suggestion", "no such item", "no such department"],
)
def test_a_route_of_an_item_that_cannot_be_is_refused(pages: Pages, name: str, to: str) -> None:
    county = pages.place.county
    with pytest.raises(RuleError, match="没有这一类"):
        feedback_routes.set_routes(county.record, county.views.read(), {name: to}, by="he")


def said(pages: Pages, address: str, **form: str) -> Feedback:
    """What was handed in, as the county has it."""
    answer = pages.kiosk.post(address, data={"hand_in": "1", **form})
    assert answer.status_code == 303, plain(answer.text)
    number = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b", pages.kiosk.get(answer.location).text)
    assert number is not None
    pages.sync()
    pages.place.county.views.catch_up()
    found = feedback.get(pages.place.county.views.read(), VILLAGE, number[0])
    assert found is not None
    return found


def test_an_objection_carries_its_item_and_goes_to_whom_the_county_named_for_it(pages: Pages) -> None:
    county, about = pages.place.county, f"statement:{pages.statement}/{entry_of(pages, is_expense=True)}"
    feedback_routes.set_routes(county.record, county.views.read(), {"objection@F3": "CZJ"}, by="he")
    county.views.catch_up()
    pages.sync()

    found = said(pages, "/say/about/objection", category="voucher", about=about)

    assert (found.item, found.status.answerer.name) == ("F3", "财政局")


def test_who_only_asks_is_led_from_the_publication_to_a_question_about_it(pages: Pages) -> None:
    roll = pages.kiosk.get(f"/rolls/{pages.roll}").text
    objecting = f"/say/about/objection?about=roll:{pages.roll}"
    asking = f"/say/about/consultation?about=roll:{pages.roll}"

    assert f'href="{objecting}"' in roll
    assert f'href="{asking}"' in pages.kiosk.get(objecting).text
    asked = pages.kiosk.get(asking).text
    assert "您想问的是" in asked
    assert "只是想问一问" not in asked
    assert 'href="/say/about/consultation?about=item:V9"' in pages.kiosk.get("/item/V9").text
    assert said(pages, "/say/about/consultation", category="works", about="item:V9").item == "V9"
    assert pages.kiosk.get("/say/about/consultation?about=item:X1").status_code == 404


def test_a_complaint_names_no_item_whatever_it_was_opened_from(pages: Pages) -> None:
    found = said(pages, "/say/about/complaint", category="money", about=f"roll:{pages.roll}")

    assert (found.item, found.about) == ("", "")


def test_what_was_filed_before_items_were_known_is_read_as_before(pages: Pages) -> None:
    """An event of the first versions has no item; one that names an item for a complaint is set aside."""
    village = pages.village
    known = said(pages, "/say/about/consultation", category="money")
    stream = next(one for one in village.record.streams() if one.audience == "county")
    body = next(
        event.body
        for event in village.record.events(stream, 0, stream.size)
        if event.body.get("no") == known.no
    )
    old = {name: value for name, value in body.items() if name != "item"} | {"no": codes.new_code()}
    forged = body | {
        "no": codes.new_code(),
        "kind": "complaint",
        "category": "",
        "sealed_village": "",
        "item": "F2",
    }
    forged["answerer"] = msgspec.to_builtins(known.status.answerer) | {"level": "county"}
    for one in (old, forged):
        village.record.append("county", NewEvent("feedback_filed", one, "kiosk"))
    village.views.catch_up()

    found = feedback.get(village.views.read(), VILLAGE, old["no"])
    assert found is not None
    assert found.item == ""
    assert feedback.get(village.views.read(), VILLAGE, forged["no"]) is None


def test_the_county_sets_and_takes_back_a_route_of_an_item_on_the_page(pages: Pages) -> None:
    county = pages.place.county
    record, db = county.record, county.views.read
    accounts.set_account(record, Account("he", "何建国", ("county",), COUNTY, PASSWORD_HASH), by="test")
    feedback_routes.set_routes(record, db(), {}, by="he")
    county.views.catch_up()
    client = app_of(county).test_client()
    client.post("/sign-in", data={"name": "he", "password": "a-long-password"})
    usual = dict.fromkeys(feedback_routes.SUBJECTS, USUAL)
    line = {"new_kind": "objection", "new_item": "S2", "new_to": "CZJ"}

    half = client.post("/county/feedback/routes", data=usual | line | {"new_to": ""})
    saved = client.post("/county/feedback/routes", data=usual | line)

    assert half.status_code == 422
    assert '<option value="S2" selected>' in half.text
    assert "这三样都要选" in half.text
    assert saved.status_code == 303
    assert feedback_routes.get_routes(db()) == {"objection@S2": "CZJ"}
    page = client.get("/county/feedback/routes").text
    assert re.search(r'name="objection@S2".*?<option value="CZJ" selected>', page, re.S)
    client.post("/county/feedback/routes", data=usual | {"objection@S2": USUAL})
    assert feedback_routes.get_routes(db()) == {}
