"""The area rule at the county: who sees which village, and that what lies outside reads as if it were not there."""

import re
from collections.abc import Iterator

import pytest
from county_console import FAR_VILLAGE, Console, make_console, plain
from nodes import VILLAGE

from kiosk.access import ACCESS


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("county"))
    yield made
    made.place.close()


@pytest.fixture(scope="module")
def numbers(console: Console) -> dict[str, str]:
    return {VILLAGE: console.file_case(VILLAGE), FAR_VILLAGE: console.file_case(FAR_VILLAGE)}


BOTH = {VILLAGE, FAR_VILLAGE}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        pytest.param("admin", BOTH, id="administrator of the county"),
        pytest.param("county", BOTH, id="county staff"),
        pytest.param("auditor", BOTH, id="auditor of the county"),
        pytest.param("township", {VILLAGE}, id="township of the one"),
        pytest.param("farother", {FAR_VILLAGE}, id="township of the other"),
        pytest.param("nowhere", set(), id="an account without an area"),
    ],
)
def test_each_account_sees_its_own_villages_and_cases(
    console: Console, numbers: dict[str, str], who: str, sees: set[str]
) -> None:
    staff = console.client(who)

    cases, villages = staff.get("/county/cases").text, staff.get("/county/villages").text

    for code, case_no in numbers.items():
        status = 200 if code in sees else 404
        assert staff.get(f"/county/cases/{case_no}").status_code == status
        assert staff.get(f"/county/villages/{code}").status_code == status
        assert (f"/county/cases/{case_no}" in cases) is (code in sees)
        assert (f"/county/villages/{code}" in villages) is (code in sees)
        assert (f'value="{code}"' in cases) is (code in sees)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        pytest.param("GET", "/county/cases/{case_no}", id="a case"),
        pytest.param("POST", "/county/cases/{case_no}/accept", id="a move in a case"),
        pytest.param("GET", "/county/villages/{village}", id="a village"),
    ],
)
def test_outside_the_area_reads_like_what_does_not_exist(
    console: Console, numbers: dict[str, str], method: str, address: str
) -> None:
    staff = console.client("township")

    foreign = staff.open(address.format(case_no=numbers[FAR_VILLAGE], village=FAR_VILLAGE), method=method)
    unknown = staff.open(address.format(case_no="Q7K2M9XFP", village="330999999999"), method=method)

    assert foreign.status_code == unknown.status_code == 404
    assert without_addresses(foreign.text) == without_addresses(unknown.text)
    assert console.state_of(numbers[FAR_VILLAGE]) == "filed"


def without_addresses(page: str) -> str:
    return plain(re.sub(r'href="[^"]*"', "", page))


@pytest.mark.parametrize(
    "address",
    [
        "/county",
        "/county/cases",
        "/county/cases/Q7K2M9XFP",
        "/county/villages",
        f"/county/villages/{VILLAGE}",
        "/county/publications",
        "/county/guides",
        "/county/guides/QX-G01",
        "/county/programmes",
        "/county/programmes/edit",
        "/county/catalogue",
        "/county/catalogue/edit",
        "/county/accounts",
        "/county/accounts/edit",
        "/county/audit",
    ],
)
def test_nobody_and_a_village_agent_are_kept_out_of_the_console(console: Console, address: str) -> None:
    visitor, agent = console.client().get(address), console.client("agent").get(address)

    assert visitor.status_code == 303
    assert "/sign-in" in visitor.headers["Location"]
    assert agent.status_code == 403


@pytest.mark.parametrize(
    ("who", "kept_from"),
    [
        pytest.param("township", {"accounts", "audit", "programmes/edit", "catalogue/edit"}, id="township"),
        pytest.param("county", {"accounts", "audit"}, id="county"),
        pytest.param("auditor", {"accounts", "programmes/edit", "catalogue/edit"}, id="auditor"),
        pytest.param("admin", set(), id="admin"),
    ],
)
def test_each_role_opens_its_pages_and_its_menu_shows_no_other(
    console: Console, who: str, kept_from: set[str]
) -> None:
    staff = console.client(who)
    pages = {
        "cases",
        "villages",
        "publications",
        "guides",
        "accounts",
        "audit",
        "programmes/edit",
        "catalogue/edit",
    }

    refused = {page for page in pages if staff.get(f"/county/{page}").status_code == 403}
    menu = staff.get("/county").text

    assert refused == kept_from
    assert ('href="/county/accounts"' in menu) is ("accounts" not in kept_from)
    assert ('href="/county/audit"' in menu) is ("audit" not in kept_from)


def test_an_auditor_moves_no_case(console: Console, numbers: dict[str, str]) -> None:
    answer = console.client("auditor").post(f"/county/cases/{numbers[VILLAGE]}/accept")

    assert answer.status_code == 403
    assert console.state_of(numbers[VILLAGE]) == "filed"


def test_the_log_of_a_township_holds_its_own_villages_alone(
    console: Console, numbers: dict[str, str]
) -> None:
    whole = plain(console.client("auditor").get("/county/audit?kind=case_filed").text)
    near = plain(console.client("townaudit").get("/county/audit?kind=case_filed").text)
    countywide = plain(console.client("townaudit").get("/county/audit?kind=guide_published").text)

    assert len(numbers) == whole.count("提交办件 柳河村") + whole.count("提交办件 远山村")
    assert ("提交办件 柳河村" in near, "提交办件 远山村" in near) == (True, False)
    assert "没有这样的记录" in countywide


def test_every_route_of_the_county_stands_in_the_table_of_access(console: Console) -> None:
    routes = {
        rule.endpoint for rule in console.app.url_map.iter_rules() if rule.endpoint.startswith("county.")
    }

    assert routes == {endpoint for endpoint in ACCESS if endpoint.startswith("county.")}
