"""Every list of the console, in one table: by its address alone it can be paged, filtered and sorted, each with the rest kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import groupby
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from county_console import DATA, FAR_VILLAGE, PASSWORD_HASH, Console, make_console, plain
from flask.testing import FlaskClient
from nodes import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE
from samples import publish_notice
from test_role_matrix import things_of

from content import accounts, departments, feedback, guides
from content.accounts import Account
from content.departments import Department
from kiosk import staff
from kiosk.access import ACCESS
from kiosk.county import audit_pages, lists

ROW = r"<tr.*?</tr>"


@dataclass(frozen=True)
class Listing:
    """A list. filters: name in the query -> a value that not everything in the list has; sorts: name -> the column that is
    then in order, "" where no column shows it; figures: filters that change figures, not rows; part: how its part of the
    page begins; row: a row; page: what the query calls its page."""

    address: str
    filters: dict[str, str] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    part: str = 'id="list"'
    row: str = ROW
    page: str = "page"


VILLAGES = {"village": VILLAGE}
LISTS = {
    "county.cases": Listing(
        "/county/cases",
        VILLAGES | {"state": "filed", "due": "overdue", "department": "MZJ"},
        {"due": "", "filed": "提交", "village": "村"},
    ),
    "county.feedback": Listing(
        "/county/feedback",
        VILLAGES | {"state": "late", "kind": "complaint", "department": "township"},
        {"due": "", "filed": "提的时间", "village": "村"},
    ),
    "county.feedback answered": Listing(
        "/county/feedback?state=answered",
        {"kind": "complaint"},
        {"due": "", "filed": "提的时间", "village": "村"},
    ),
    "county.ratings": Listing(
        "/county/ratings",
        VILLAGES | {"state": "fixed"},
        {"due": "最晚", "newest": "评价日期", "worst": "评价", "village": "村"},
    ),
    "county.texts": Listing(
        "/county/texts", VILLAGES | {"kind": "complaint"}, {"newest": "时间", "oldest": "时间"}
    ),
    "county.texts threads": Listing(
        "/county/texts",
        VILLAGES,
        part='id="threads"',
        row=r'<details class="thread".*?</details>',
        page="thread",
    ),
    "county.supervision": Listing(
        "/county/supervision",
        VILLAGES | {"basis": "legal", "department": "MZJ"},
        {"due": "", "village": "村", "department": "部门"},
    ),
    "county.supervision_cards": Listing(
        "/county/supervision/cards",
        VILLAGES
        | {"colour": "yellow", "state": "appealed", "basis": "legal", "department": "MZJ", "mine": "1"},
        {"newest": "发出", "due": "期限", "village": "村", "department": "责任单位"},
    ),
    "county.supervision_findings": Listing(
        "/county/supervision/findings",
        VILLAGES | {"kind": "future", "state": "reviewed"},
        {"newest": "", "oldest": "", "village": ""},
        row=r'<li class="panel">.*?</li>',
    ),
    "county.supervision_phones": Listing(
        "/county/supervision/phones", {"q": "county", "has": "yes"}, {"name": "姓名和单位", "area": "管哪里"}
    ),
    "county.disclosure": Listing(
        "/county/disclosure",
        {"town": TOWN},
        {"overdue": "", "worst": "", "village": ""},
        {"section": "finance"},
    ),
    "county.publications": Listing(
        "/county/publications", VILLAGES | {"item": "P1"}, {"newest": "公开时间", "village": "村"}
    ),
    "county.statistics": Listing(
        "/county/statistics?by=village",
        VILLAGES | {"town": TOWN, "department": "MZJ"},
        {"received": "", "closed": "", "overdue": "", "late": ""},
        {"item": "QX-G01", "since": "2026-10", "until": "2026-11"},
        row=r"<tr>(?!<th scope=\"col\").*?</tr>",
    ),
    "county.statistics_usage": Listing(
        "/county/statistics/usage?by=village",
        VILLAGES | {"town": TOWN},
        {"least": "", "kiosk": "", "portal": "", "texts": ""},
        {"since": "2026-10", "until": "2026-11"},
    ),
    "county.villages": Listing(
        "/county/villages",
        {"q": "柳河村", "state": "waiting"},
        {"village": "村", "state": "同步情况", "seen": "最后一次"},
    ),
    "county.guides": Listing(
        "/county/guides",
        {"q": "养老", "department": "县民政局", "life_event": "退休", "theme": "社会保障", "group": "老年人"},
        {"name": "事项名称", "id": "编号", "body": "实施机关"},
    ),
    "county.guides waiting": Listing(
        "/county/guides?state=waiting",
        {"q": "QX-G01"},
        {"name": "事项名称", "id": "编号", "body": "实施机关"},
    ),
    "county.guide_drafts": Listing(
        "/county/guides/drafts",
        {"q": "QX-G01", "state": "returned"},
        {"state": "状态", "name": "事项名称", "author": "起草人", "newest": "最近改动"},
    ),
    "county.programmes": Listing(
        "/county/programmes", {"q": "2025"}, {"name": "项目名称", "place": "适用地方", "year": "年份"}
    ),
    "county.catalogue": Listing(
        "/county/catalogue", {"section": "finance"}, {"code": "编号", "name": "公开事项"}
    ),
    "county.departments": Listing(
        "/county/departments",
        {"q": "MZ", "level": "county"},
        {"level": "级别", "code": "编号", "name": "部门名称", "area": "管哪里"},
    ),
    "county.accounts": Listing(
        "/county/accounts",
        {"q": "o", "role": "township", "state": "closed"},
        {"name": "账号", "area": "管哪里"},
    ),
    "county.audit": Listing(
        "/county/audit",
        VILLAGES
        | {"kind": "case_filed", "by": "zhou", "q": "zhou", "since": "2026-11-04", "until": "2026-11-03"},
        {"newest": "时间", "oldest": "时间"},
    ),
    "staff.log": Listing(
        "/staff/log",
        {"q": "admin", "outcome": "refused"},
        {"newest": "时间", "oldest": "时间"},
        part="做过什么",
    ),
    "staff.log sessions": Listing("/staff/log", {"q": "o"}, part='id="sessions"', page="session"),
}
# Pages without a list, or with one that stays short whatever the county does.
SHORT = {
    "county.home": "the first eight of each",
    "county.calendar": "twelve months",
    "county.catalogue_limit": "a new limit every few years",
    "county.rating_rules": "a form",
    "county.supervision_rules": "a rule set every few years",
    "county.supervision_limits": "a form",
    "county.supervision_rules_edit": "a form",
    "county.feedback_routes": "a form",
    "county.text_compose": "a form",
    "county.programme_edit": "a form",
    "county.catalogue_edit": "a form",
    "county.department_edit": "a form",
    "county.account_edit": "a form",
    "county.statistics_report": "a PDF",
    "staff.factor": "one's own",
}


class Texts:
    """Text messages that wait for a person in each village, and what was said with each number."""

    def gateways(self) -> list[Any]:
        return []

    def tasks(self, *, area: str) -> list[Any]:
        return [self._task(place, code) for place, code in enumerate(PLACES * 2) if code.startswith(area)]

    def threads(self, *, area: str) -> list[Any]:
        return [
            SimpleNamespace(number=f"139****000{n}", village=code, at=f"2026-11-0{n + 1}T02:00:00Z", texts=())
            for n, code in enumerate(PLACES * 2)
            if code.startswith(area)
        ]

    def _task(self, place: int, village: str) -> Any:
        at = f"2026-11-0{place + 1}T02:00:00Z"
        kind = ("complaint", "lead")[place % 2]
        return SimpleNamespace(
            id=f"T{place}", kind=kind, words="", village=village, at=at, number="", text=""
        )


PLACES = (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Two things of every kind in each of three villages, on days of their own."""
    made = make_console(tmp_path_factory.mktemp("lists"))
    county = made.place.county
    for code, name, level, area in (
        ("MZJ", "民政局", "county", "330999"),
        ("RSJ", "人社局", "county", "330999"),
        ("LH-BM", "柳河镇便民中心", "township", TOWN),
    ):
        departments.set_department(county.record, Department(code, name, level, area), by="test")  # type: ignore[arg-type]
    for number in (1, 2, 3):
        guides.publish(county.record, [_later(number)], by="test")
    county.views.catch_up()
    made.place.sync()
    for village in PLACES * 2:
        held = things_of(made, village)
        if village == FAR_VILLAGE:
            db = county.views.read()
            feedback.answer(county.record, db, village, held["feedback"], answer="每月十五号。", by="county")
        publish_notice(made.place.villages[village], title=f"{village}公告{made.clock.now:%d}")
        made.clock.forward(days=1)
        made.place.sync(village)
    county.views.catch_up()
    made.clock.forward(days=4)
    wired = made.app.extensions["xiangting"]
    made.app.extensions["xiangting"] = replace(wired, sms_state=Texts())
    admin = made.client("admin")
    for number in (1, 2, 3):
        admin.post("/county/guides/drafts", data={"guide": f"QX-G0{number}"})
    yield made
    made.place.close()


def _later(number: int) -> guides.Guide:
    """A version that waits for next year."""
    known = {guide.id: guide for guide in guides.load_guides(DATA / "guides.json")}
    return replace(known[f"QX-G0{number}"], version=2, effective_from=f"2027-01-0{number}")


@pytest.fixture(scope="module")
def admin(console: Console) -> FlaskClient:
    """An administrator who is an auditor too: everybody's lists."""
    record = console.place.county.record
    boss = Account("boss", "局长", ("county", "auditor", "admin"), COUNTY, PASSWORD_HASH)
    accounts.set_account(record, boss, by="test")
    console.place.county.views.catch_up()
    return console.client("boss")


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "SIZE", 4)
    monkeypatch.setattr(audit_pages, "SIZE", 4)
    monkeypatch.setattr(staff, "LINES_A_PAGE", 4)


def asked(listing: Listing, **query: str) -> str:
    return (
        listing.address
        + (("?" not in listing.address and query and "?") or (query and "&") or "")
        + urlencode(query)
    )


def part_of(page: str, listing: Listing) -> str:
    _before, begin, rest = page.partition(listing.part)
    assert begin, f"no part of {listing.address} begins with {listing.part}"
    return rest.partition('id="threads"' if listing.page == "page" else "</section>")[0]


def rows_of(part: str, listing: Listing) -> list[str]:
    body = part if listing.row != ROW else "".join(re.findall(r"<tbody>(.*?)</tbody>", part, re.S)[:1])
    return re.findall(listing.row, body, re.S)


def next_url(part: str, listing: Listing) -> str:
    """Where 下一页 leads, "" at the end."""
    links = [
        unescape(url) for url in re.findall(r'href="([^"]+)">(?:<svg[^>]*><use[^>]*/></svg>)?下一页', part)
    ]
    return next((url for url in links if f"{listing.page}=" in url), "")


def walk(client: FlaskClient, listing: Listing, **query: str) -> list[str]:
    """Every row, page after page, by the list's own links; each of them keeps what was asked for."""
    url, rows = asked(listing, **query), []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, url
        part = part_of(answer.text, listing)
        rows += rows_of(part, listing)
        url = next_url(part, listing)
        if url:
            carried = parse_qs(urlsplit(url).query)
            assert {name: carried.get(name) for name in query} == {
                name: [said] for name, said in query.items()
            }
        assert len(rows) < 400, "it never ends"
    return rows


def cells(rows: list[str], label: str) -> list[str]:
    """The column with this heading."""
    found = [re.search(rf'data-label="{label}">(.*?)</t[dh]>', row, re.S) for row in rows]
    return [plain(one[1]) if one else "" for one in found]


def test_every_page_of_the_console_is_in_the_table(console: Console) -> None:
    rules = [
        rule
        for rule in console.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    staffs = {
        rule.endpoint
        for rule in rules
        if rule.endpoint.split(".")[0] in ("county", "staff") and "public" not in ACCESS[rule.endpoint]
    }

    assert staffs == {name.split()[0] for name in LISTS} | set(SHORT)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_paged_filtered_and_sorted_by_its_address(admin: FlaskClient, name: str) -> None:
    listing = LISTS[name]
    everything = walk(admin, listing)

    assert everything
    assert name.startswith("staff") or len(everything) == len(set(everything)), "a row stands on two pages"
    for filter_, value in listing.filters.items():
        some = walk(admin, listing, **{filter_: value})
        assert len(some) < max(1, len(everything)), f"{filter_}={value} leaves nothing out"
    for filter_, value in listing.figures.items():
        assert walk(admin, listing, **{filter_: value}), filter_
    for sort, column in listing.sorts.items():
        ordered = walk(admin, listing, sort=sort)
        assert sorted(map(plain, ordered)) == sorted(map(plain, everything)), f"sort={sort} loses rows"
        shown = [value for value, _same in groupby(cells(ordered, column))] if column else []
        assert len(shown) == len(set(shown)), f"sort={sort}: {column} is not in order: {shown}"


@pytest.mark.parametrize("name", LISTS)
def test_nonsense_in_the_address_of_a_list_is_no_fault(admin: FlaskClient, name: str) -> None:
    listing = LISTS[name]
    names = (
        "sort",
        "by",
        "page",
        "thread",
        "session",
        "endpoint",
        "_external",
        "_scheme",
        "_anchor",
        "kind",
        "late",
    )
    nonsense = dict.fromkeys({*names, *listing.filters, *listing.figures}, "x'\"<")
    beyond = admin.get(asked(listing, **{listing.page: "9999"}))

    assert admin.get(asked(listing, **nonsense)).status_code == 200
    assert beyond.status_code == 303
    last = admin.get(beyond.location)
    assert last.status_code == 200
    assert rows_of(part_of(last.text, listing), listing)


@pytest.mark.parametrize("name", [name for name, listing in LISTS.items() if listing.sorts])
def test_headings_that_sort_are_links_and_say_which_way(admin: FlaskClient, name: str) -> None:
    listing = LISTS[name]
    for sort in listing.sorts:
        page = admin.get(asked(listing, sort=sort)).text
        headings = re.findall(r"<th[^>]*aria-sort=.(?:ascending|descending).[^>]*><a href=.[^>]*#list", page)

        is_chosen_in_a_field = f'<option value="{sort}" selected>' in page
        assert len(headings) >= 1 or is_chosen_in_a_field, sort
