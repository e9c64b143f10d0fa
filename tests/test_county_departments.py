"""Departments at the console: entered once, known in every village, and what a case may be handed to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from county_console import Console, make_console, plain
from nodes import COUNTY, TOWN, VILLAGE

from content import departments
from content.departments import Department


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(Path(tmp_path_factory.mktemp("departments")))
    yield made
    made.place.close()


def save(console: Console, who: str = "county", **changes: str) -> int:
    form = {"code": "LH-MZ", "name": "柳河镇民政办", "level": "township", "area": TOWN, "is_active": "1"}
    answer = console.client(who).post("/county/departments/edit", data={**form, **changes})
    return answer.status_code


def test_a_department_reaches_every_village_and_takes_cases(console: Console) -> None:
    assert save(console) == 303
    case_no = console.file_case()

    page = console.client("county").get(f"/county/cases/{case_no}").text
    moved = console.client("township").post(
        f"/county/cases/{case_no}/handover", data={"to": "LH-MZ", "handover_reason": "由镇里初审"}
    )
    console.place.sync()

    assert departments.get(console.place.villages[VILLAGE].views.read(), "LH-MZ") == Department(
        "LH-MZ", "柳河镇民政办", "township", TOWN
    )
    assert "柳河镇民政办" in page
    assert moved.status_code == 303
    listed = console.client("county").get("/county/cases?department=LH-MZ").text
    assert case_no[:4] in listed
    assert "共 1 件" in plain(listed)


def test_a_closed_department_keeps_its_name_and_takes_no_more_cases(console: Console) -> None:
    save(console, code="OLD", name="旧部门", level="county", area=COUNTY)
    save(console, code="OLD", name="旧部门", level="county", area=COUNTY, is_active="")

    db = console.place.county.views.read()

    assert departments.names(db)["OLD"] == "旧部门"
    assert "OLD" not in [one.code for one in departments.serving(db, VILLAGE)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"code": "民政"}, "大写字母", id="code"),
        pytest.param({"name": " "}, "部门名称", id="name"),
        pytest.param({"level": "province"}, "请选择级别", id="level"),
        pytest.param({"area": COUNTY}, "乡镇 9 位", id="area-of-another-level"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    console: Console, changes: dict[str, str], words: str
) -> None:
    form = {"code": "LH-MZ", "name": "柳河镇民政办", "level": "township", "area": TOWN, **changes}

    answer = console.client("county").post("/county/departments/edit", data=form)

    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("who", ["township", "auditor"])
def test_only_the_county_changes_departments(console: Console, who: str) -> None:
    assert save(console, who) == 403
    assert console.client(who).get("/county/departments").status_code == 200
