"""The desk's first page, its menu, its doors, and the sync page."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from desk_village import PASSWORD, Desk, file, make_desk, make_place_with_desk, sign
from flask import url_for
from nodes import OTHER_VILLAGE, VILLAGE, FakeClock

from content import accounts, ledger_rows, ledgers
from content.accounts import Account
from content.publications import Review
from content.record.events import NewEvent
from kiosk.access import ACCESS
from sync.journal import Exchange, Journal

DESK_PAGES = sorted(endpoint for endpoint in ACCESS if endpoint.startswith("desk."))
ARGUMENTS = {
    "draft_id": "NOSUCHID1",
    "sha256": "0" * 64,
    "kind": "notice",
    "public_id": "NOSUCHID1",
    "guide_id": "G01",
    "case_no": "NOSUCHID1",
    "code": "V4",
    "no": "NOSUCHID1",
    "card": "0" * 16,
    "move": "hand-over",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def test_every_route_of_the_desk_names_its_roles(desk: Desk) -> None:
    there = {rule.endpoint for rule in desk.app.url_map.iter_rules() if rule.endpoint.startswith("desk.")}

    assert there == set(DESK_PAGES)


def test_visitors_are_sent_to_sign_in_from_every_page_and_roles_are_kept_apart(desk: Desk) -> None:
    agent, member, visitor = desk.signed_in("zhou"), desk.signed_in("wu"), desk.app.test_client()
    with desk.app.test_request_context():
        rules = [
            (
                rule,
                url_for(rule.endpoint, **{name: ARGUMENTS.get(name, "NOSUCHID1") for name in rule.arguments}),
            )
            for rule in desk.app.url_map.iter_rules()
            if rule.endpoint in DESK_PAGES
        ]
    for rule, address in rules:
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        assert visitor.open(address, method=method).location.startswith("/sign-in"), rule
        for browser, role in ((agent, "agent"), (member, "committee")):
            if role not in ACCESS[rule.endpoint]:
                answer = browser.post(address) if method == "POST" else browser.get(address)
                assert answer.status_code == 403, rule


def test_an_account_for_another_village_is_refused_even_if_it_reached_this_one(tmp_path: Path) -> None:
    with make_place_with_desk(tmp_path) as (place, desk):
        stranger = Account("stranger", "外村人", ("agent",), OTHER_VILLAGE, accounts.hash_password(PASSWORD))
        place.county.record.append(VILLAGE, NewEvent("account_set", msgspec.to_builtins(stranger), "test"))
        place.sync()

        assert desk.signed_in("stranger").get("/desk/").status_code == 403


def test_the_home_page_tells_what_was_never_published_and_forgets_it_when_it_is(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    assert "宅基地申请与审批" in agent.get("/desk/").text
    page = agent.post("/desk/notices/new", item="V5", files=file("docs/d1_宅基地审批公示.docx")).location
    agent.send(page, "submit")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    assert "宅基地申请与审批" not in agent.get("/desk/").text


def test_the_menu_offers_only_what_the_role_may_open(desk: Desk) -> None:
    for name, may_write in (("zhou", True), ("wu", False)):
        menu = re.search(
            r'<nav class="office-nav".*?</nav>', desk.signed_in(name).get("/desk/").text, re.DOTALL
        )
        assert menu is not None
        assert ("/desk/new" in menu[0]) == may_write


def test_nothing_of_the_desk_is_kept_by_the_browser(desk: Desk) -> None:
    assert desk.signed_in("zhou").get("/desk/").headers["Cache-Control"] == "no-store"


def test_the_sync_page_tells_the_exchanges_in_words_and_asks_for_another(desk: Desk) -> None:
    Journal(desk.village.record).add(
        Exchange(FakeClock().now.strftime("%Y-%m-%dT%H:%M:%SZ"), "failed", words="连不上县里的服务器")
    )
    agent = desk.signed_in("zhou")

    shown = agent.get("/desk/sync").text
    assert "连不上县里的服务器" in shown
    assert "没有连上" in shown
    assert agent.post("/desk/sync").status_code == 303
    assert desk.nudges == ["now"]


def test_every_page_of_the_desk_has_its_english(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = agent.post("/desk/notices/new", item="V5", files=file("docs/d1_宅基地审批公示.docx")).location
    agent._client.set_cookie("look", "en")
    chrome = {
        "/desk/": "Village desk",
        "/desk/new": "New publication",
        "/desk/notices/new": "New notice",
        page: "Draft of a notice",
        "/desk/statements/new": "Upload a finance sheet",
        "/desk/rolls/new": "New subsidy roll",
        "/desk/published": "Published",
        "/desk/cases": "Cases",
        "/desk/cases/new": "choose the service",
        "/desk/sync": "Sync with the county",
    }
    for address, words in chrome.items():
        assert words in agent.get(address).text, address


def test_a_ledger_is_listed_corrected_and_withdrawn(desk: Desk) -> None:
    line = ledger_rows.Contract("潘有水", "水塘", 100, 100, no="LH-1")
    signed = (Review("wu", "吴桂花", "同意", "2026-11-02T01:00:00Z"),)
    ledger = ledger_rows.Ledger("contracts", "合同台账", "2026-10-31", "合作社", "zhou", signed)
    stream = desk.village.record.own_stream("all")
    with desk.village.record.write() as transaction:
        ledgers.publish(transaction, stream, ledger, [line])
    desk.village.views.catch_up()
    public_id = ledgers.list_ledgers(desk.village.views.read(), VILLAGE).lines[0].id

    member, page = desk.signed_in("wu"), f"/desk/published/ledger/{public_id}"
    assert "合同台账" in member.get("/desk/published").text
    assert "/correct" in desk.signed_in("zhou").get(page).text
    assert member.post(f"{page}/withdraw", reason="登记有误", password=PASSWORD).status_code == 303
    assert ledgers.list_ledgers(desk.village.views.read(), VILLAGE).total == 0
