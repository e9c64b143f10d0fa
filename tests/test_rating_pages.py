"""Bad ratings at the console: who sees them, what is kept when something is missing, two people for an appeal."""

from collections.abc import Iterator

import pytest
from county_console import FAR_VILLAGE, Console, make_console, plain
from nodes import VILLAGE
from test_ratings import rated


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("county"))
    yield made
    made.place.close()


def address(case_no: str, village: str = VILLAGE) -> str:
    return f"/county/ratings/{village}/{case_no}"


def test_a_township_sees_its_own_bad_ratings_alone(console: Console) -> None:
    near, far = rated(console, 1), rated(console, 1, FAR_VILLAGE)
    staff = console.client("township")

    page = staff.get("/county/ratings").text

    assert address(near) in page
    assert far not in page
    assert staff.get(address(far, FAR_VILLAGE)).status_code == 404
    assert staff.get(address(far)).status_code == 404
    assert staff.post(address(far, FAR_VILLAGE) + "/contact").status_code == 404


def test_from_contact_to_fix_by_forms(console: Console) -> None:
    case_no, staff = rated(console, 2), console.client("township")

    staff.post(address(case_no) + "/contact", data={"channel": "phone", "found": "等得太久"})
    staff.post(address(case_no) + "/fix", data={"done": "补办了", "told": "电话说了"})
    page = plain(staff.get(address(case_no)).text)

    assert "打电话回访" in page
    assert "等得太久" in page
    assert "township" in page
    assert "已整改" in page
    assert "现在没有要办的" in page


def test_what_was_typed_stays_when_something_is_missing_or_personal(console: Console) -> None:
    case_no, staff = rated(console, 1), console.client("township")

    missing = staff.post(address(case_no) + "/contact", data={"channel": "", "found": "等得太久"})
    personal = staff.post(
        address(case_no) + "/contact", data={"channel": "visit", "found": "张三 13912345678 说等得太久"}
    )

    assert (missing.status_code, personal.status_code) == (422, 422)
    assert "请填写“怎么联系的”" in missing.text
    assert ">等得太久</textarea>" in missing.text
    assert "个人信息" in personal.text
    assert "张三 13912345678 说等得太久</textarea>" in personal.text


def test_who_appealed_is_not_offered_the_decision(console: Console) -> None:
    case_no, town, county = rated(console, 1), console.client("township"), console.client("county")
    town.post(address(case_no) + "/appeal", data={"kind": "wrong", "reason": "评的是另一件事"})

    offered = [f"{address(case_no)}/decide" in staff.get(address(case_no)).text for staff in (town, county)]
    own = town.post(address(case_no) + "/decide", data={"outcome": "excluded", "decision_reason": "核实过"})
    other = county.post(
        address(case_no) + "/decide", data={"outcome": "excluded", "decision_reason": "核实过"}
    )

    assert offered == [False, True]
    assert own.status_code == 422
    assert "另一个人" in own.text
    assert other.status_code == 303
    assert "不计入评价" in plain(county.get(address(case_no)).text)


def test_the_days_are_changed_from_a_day_on(console: Console) -> None:
    staff = console.client("county")
    asked = {
        "valid_from": "2027-01-01",
        "contact_days": "9",
        "fix_days": "5",
        "invite_after_days": "3",
        "basis": "县定",
    }

    refused = staff.post("/county/ratings/rules", data=asked)
    kept = staff.post("/county/ratings/rules", data=asked | {"fix_days": "20"})

    assert refused.status_code == 422
    assert "回访要在整改之前" in refused.text
    assert 'value="9"' in refused.text
    assert kept.status_code == 303
    assert console.client("township").get("/county/ratings/rules").status_code == 403
