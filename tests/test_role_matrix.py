"""Who may do what where, as one table: every route of the console × every role × own village, own town, another town.

A route that is missing from the table fails the test. The table says in its own words what kiosk/access.py and
kiosk/county/area.py decide: it is not computed from them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from county_console import APPLICANT, FAR_VILLAGE, ID, PASSWORD, PHONE, Console, make_console
from desk_village import Desk, make_desk
from flask import Response
from flask.testing import FlaskClient
from nodes import OTHER_VILLAGE, TOWN, VILLAGE
from PIL import Image
from test_ratings import rated

from content import accounts, case_photos, cases, feedback, supervision
from content.accounts import Account
from content.case_forms import Filing
from content.feedback_forms import Form
from content.record.events import NewEvent
from content.supervision_findings import Raised
from kiosk.printing import certificate_pdf

# Who: t township staff, b somebody with every role but a town's area (a township's administrator), c county staff,
# a auditor, m administrator of the county; v a village's agent and n nobody are kept out of everything.
PEOPLE = {
    "t": "township",
    "b": "townboss",
    "c": "county",
    "a": "auditor",
    "m": "admin",
    "v": "agent",
    "n": "",
}
OF_A_TOWN = "tb"
ALL, HANDLERS, EDITORS, WATCHERS = "tbcam", "tbcm", "cm", "bam"
PLACES = {"own": VILLAGE, "own town": OTHER_VILLAGE, "other town": FAR_VILLAGE}
# The portal's own pages, for everybody.
OPEN = {
    "county.front",
    "county.portal_statistics",
    "county.portal_guides",
    "county.portal_guide",
    "county.portal_guide_sheet",
    "county.portal_disclosure",
}
DONE, GONE = frozenset({200, 303, 400, 422}), frozenset({404})


@dataclass(frozen=True)
class Row:
    """What a route answers. who: the letters of those it is for; a {place} in its address makes it a village's, and it is
    404 outside the area; otherwise lists show the area alone. answers: for those who may; GONE where the thing asked for
    is not there (nothing else may be told of it) or the part is not wired."""

    method: str
    address: str
    who: str
    answers: frozenset[int] = DONE


TABLE = {
    "county.home": Row("GET", "/county", ALL),
    "county.cases": Row("GET", "/county/cases", ALL),
    "county.case": Row("GET", "/county/cases/{case}", ALL),
    "county.case_move": Row("POST", "/county/cases/{case}/accept", HANDLERS),
    "county.case_photo": Row("GET", "/county/cases/{photo_case}/photos/{photo}", HANDLERS),
    "county.case_certificate": Row(
        "GET", "/county/cases/{sent_case}/certificates/{certificate}.pdf", HANDLERS
    ),
    "county.case_certificate_revoke": Row(
        "POST", "/county/cases/{sent_case}/certificates/{certificate}/revoke", HANDLERS
    ),
    "county.feedback": Row("GET", "/county/feedback", ALL),
    "county.feedback_one": Row("GET", "/county/feedback/{village}/{feedback}", ALL),
    "county.feedback_move": Row("POST", "/county/feedback/{village}/{feedback}/accept", HANDLERS),
    "county.feedback_routes": Row("GET", "/county/feedback/routes", EDITORS),
    "county.feedback_routes_save": Row("POST", "/county/feedback/routes", EDITORS),
    "county.ratings": Row("GET", "/county/ratings", ALL),
    "county.rating": Row("GET", "/county/ratings/{village}/{rated}", ALL),
    "county.rating_move": Row("POST", "/county/ratings/{village}/{rated}/contact", HANDLERS),
    "county.rating_rules": Row("GET", "/county/ratings/rules", EDITORS),
    "county.rating_rules_save": Row("POST", "/county/ratings/rules", EDITORS),
    "county.texts": Row("GET", "/county/texts", HANDLERS, GONE),
    "county.text_compose": Row("POST", "/county/texts/compose", HANDLERS, GONE),
    "county.text_done": Row("POST", "/county/texts/done", HANDLERS, GONE),
    "county.text_resume": Row("POST", "/county/texts/resume", EDITORS, GONE),
    "county.supervision": Row("GET", "/county/supervision", ALL),
    "county.supervision_cards": Row("GET", "/county/supervision/cards", ALL),
    "county.supervision_card": Row("GET", "/county/supervision/cards/{card}", ALL),
    "county.supervision_card_move": Row("POST", "/county/supervision/cards/{card}/appeal", HANDLERS),
    "county.supervision_findings": Row("GET", "/county/supervision/findings", ALL),
    "county.supervision_finding_review": Row("POST", "/county/supervision/findings/{finding}", "ba"),
    "county.supervision_rules": Row("GET", "/county/supervision/rules", ALL),
    "county.supervision_rules_edit": Row("GET", "/county/supervision/rules/edit", EDITORS),
    "county.supervision_rules_save": Row("POST", "/county/supervision/rules/edit", EDITORS),
    "county.supervision_limits": Row("GET", "/county/supervision/answer-limits", EDITORS),
    "county.supervision_limits_save": Row("POST", "/county/supervision/answer-limits", EDITORS),
    "county.supervision_phones": Row("GET", "/county/supervision/phones", ALL),
    "county.supervision_phone_keep": Row("POST", "/county/supervision/phones", ALL, GONE),
    "county.disclosure": Row("GET", "/county/disclosure", ALL),
    "county.publications": Row("GET", "/county/publications", ALL),
    "county.statistics": Row("GET", "/county/statistics", ALL),
    "county.statistics_usage": Row("GET", "/county/statistics/usage", ALL),
    "county.statistics_file": Row("GET", "/county/statistics/exe", ALL, GONE),
    "county.statistics_report": Row("GET", "/county/statistics/report.pdf?scope=nowhere", ALL, GONE | DONE),
    "county.villages": Row("GET", "/county/villages", ALL),
    "county.village": Row("GET", "/county/villages/{village}", ALL),
    "county.village_list": Row("POST", "/county/villages", "bcm"),
    "county.village_invite": Row("POST", "/county/villages/{village}/invite", "bcm"),
    "county.village_device": Row("POST", "/county/villages/{village}/devices/00", "bcm", GONE),
    "county.village_seal": Row("POST", "/county/villages/{village}/streams/00", "bcm", GONE),
    "county.guides": Row("GET", "/county/guides", ALL),
    "county.guide": Row("GET", "/county/guides/QX-G01", ALL),
    "county.guide_upload": Row("POST", "/county/guides", EDITORS),
    "county.guide_withdraw": Row("POST", "/county/guides/QX-G02/withdraw", EDITORS),
    "county.guide_drafts": Row("GET", "/county/guides/drafts", EDITORS),
    "county.guide_start": Row("POST", "/county/guides/drafts", EDITORS),
    "county.guide_draft": Row("GET", "{draft}", EDITORS),
    "county.guide_draft_save": Row("POST", "{draft}", EDITORS),
    "county.guide_decide": Row("POST", "{draft}/decide", EDITORS),
    "county.guide_preview": Row("GET", "{draft}/preview", EDITORS),
    "county.guide_samples": Row(
        "GET", "{draft}/samples", EDITORS, GONE | DONE
    ),  # whether it is theirs to change
    "county.guide_sample_add": Row("POST", "{draft}/samples/0", EDITORS, GONE | DONE),
    "county.guide_sample_remove": Row("POST", "{draft}/samples/0/00/remove", EDITORS, GONE | DONE),
    "county.guide_sample_image": Row("GET", "{draft}/samples/00", EDITORS, GONE),
    "county.programmes": Row("GET", "/county/programmes", ALL),
    "county.programme_edit": Row("GET", "/county/programmes/edit", EDITORS),
    "county.programme_save": Row("POST", "/county/programmes/edit", EDITORS),
    "county.catalogue": Row("GET", "/county/catalogue", ALL),
    "county.catalogue_edit": Row("GET", "/county/catalogue/edit", EDITORS),
    "county.catalogue_save": Row("POST", "/county/catalogue/edit", EDITORS),
    "county.catalogue_limit": Row("GET", "/county/catalogue/vote-limit", ALL),
    "county.catalogue_limit_save": Row("POST", "/county/catalogue/vote-limit", EDITORS),
    "county.calendar": Row("GET", "/county/calendar", ALL),
    "county.calendar_save": Row("POST", "/county/calendar", EDITORS),
    "county.departments": Row("GET", "/county/departments", ALL),
    "county.department_edit": Row("GET", "/county/departments/edit", EDITORS),
    "county.department_save": Row("POST", "/county/departments/edit", EDITORS),
    "county.accounts": Row("GET", "/county/accounts", "bm"),
    "county.account_edit": Row("GET", "/county/accounts/edit", "bm"),
    "county.account_save": Row("POST", "/county/accounts/edit", "bm"),
    "county.audit": Row("GET", "/county/audit", WATCHERS),
    "staff.log": Row("GET", "/staff/log", WATCHERS),
    "staff.session_end": Row("POST", "/staff/sessions/X/end", "bm", GONE),
    "staff.factor": Row("GET", "/staff/factor", ALL + "v"),
    "staff.factor_keep": Row("POST", "/staff/factor", ALL + "v"),
    "staff.factor_drop": Row("POST", "/staff/factor/drop", ALL + "v"),
}

# The desk of one village: a an agent, c the supervision committee. Its people are this village's: nobody else can sign in.
DESK = {
    "desk.calendar": ("GET", "/desk/calendar", "ac"),
    "desk.calendar_start": ("POST", "/desk/calendar/<code>/start", "a"),
    "desk.card_appeal": ("POST", "/desk/cards/<card>/appeal", "a"),
    "desk.card_one": ("GET", "/desk/cards/<card>", "ac"),
    "desk.cards": ("GET", "/desk/cards", "ac"),
    "desk.case": ("GET", "/desk/cases/<case_no>", "ac"),
    "desk.case_collect": ("POST", "/desk/cases/<case_no>/collect", "a"),
    "desk.case_file": ("POST", "/desk/cases/new/<guide_id>", "a"),
    "desk.case_guides": ("GET", "/desk/cases/new", "a"),
    "desk.case_lead_done": ("POST", "/desk/leads/<no>", "a"),
    "desk.case_leads": ("GET", "/desk/leads", "a"),
    "desk.case_move": ("POST", "/desk/cases/<case_no>/move/<move>", "a"),
    "desk.case_new": ("GET", "/desk/cases/new/<guide_id>", "a"),
    "desk.case_person": ("GET", "/desk/cases/person", "a"),
    "desk.case_person_find": ("POST", "/desk/cases/person", "a"),
    "desk.case_receipt": ("GET", "/desk/cases/<case_no>/receipt", "ac"),
    "desk.case_supplement": ("POST", "/desk/cases/<case_no>/supplement", "a"),
    "desk.cases": ("GET", "/desk/cases", "ac"),
    "desk.draft": ("GET", "/desk/drafts/<draft_id>", "ac"),
    "desk.draft_discard": ("POST", "/desk/drafts/<draft_id>/discard", "a"),
    "desk.draft_image": ("GET", "/desk/drafts/<draft_id>/images/<sha256>", "ac"),
    "desk.draft_take_up": ("POST", "/desk/drafts/<draft_id>/take-up", "a"),
    "desk.draft_take_back": ("POST", "/desk/drafts/<draft_id>/take-back", "a"),
    "desk.feedback": ("GET", "/desk/feedback", "ac"),
    "desk.feedback_accept": ("POST", "/desk/feedback/<no>/accept", "ac"),
    "desk.feedback_hand_on": ("POST", "/desk/feedback/<no>/hand-on", "ac"),
    "desk.feedback_answer": ("POST", "/desk/feedback/<no>/answer", "ac"),
    "desk.feedback_one": ("GET", "/desk/feedback/<no>", "ac"),
    "desk.home": ("GET", "/desk/", "ac"),
    "desk.ledger": ("GET", "/desk/ledgers/<draft_id>", "a"),
    "desk.ledger_save": ("POST", "/desk/ledgers/<draft_id>", "a"),
    "desk.new": ("GET", "/desk/new", "a"),
    "desk.notice": ("GET", "/desk/notices/<draft_id>", "a"),
    "desk.notice_new": ("GET", "/desk/notices/new", "a"),
    "desk.notice_new_save": ("POST", "/desk/notices/new/keep", "a"),
    "desk.notice_reading": ("GET", "/desk/notices/<draft_id>/reading", "a"),
    "desk.notice_reading_keep": ("POST", "/desk/notices/<draft_id>/reading", "a"),
    "desk.notice_reading_phone": ("POST", "/desk/notices/<draft_id>/reading/phone", "a"),
    "desk.notice_reading_remove": ("POST", "/desk/notices/<draft_id>/reading/remove", "a"),
    "desk.notice_save": ("POST", "/desk/notices/<draft_id>", "a"),
    "desk.notice_start": ("POST", "/desk/notices/new", "a"),
    "desk.pin": ("GET", "/desk/pin", "a"),
    "desk.pin_set": ("POST", "/desk/pin", "a"),
    "desk.published": ("GET", "/desk/published", "ac"),
    "desk.published_correct": ("POST", "/desk/published/<kind>/<public_id>/correct", "a"),
    "desk.published_one": ("GET", "/desk/published/<kind>/<public_id>", "ac"),
    "desk.published_script": ("GET", "/desk/published/<kind>/<public_id>/script", "ac"),
    "desk.published_table": ("GET", "/desk/published/<kind>/<public_id>/table.csv", "ac"),
    "desk.published_withdraw": ("POST", "/desk/published/<kind>/<public_id>/withdraw", "c"),
    "desk.review": ("GET", "/desk/review/<draft_id>", "ac"),
    "desk.review_return": ("POST", "/desk/review/<draft_id>/return", "c"),
    "desk.review_sign": ("POST", "/desk/review/<draft_id>/sign", "c"),
    "desk.roll": ("GET", "/desk/rolls/<draft_id>", "a"),
    "desk.roll_new": ("GET", "/desk/rolls/new", "a"),
    "desk.roll_save": ("POST", "/desk/rolls/<draft_id>", "a"),
    "desk.roll_start": ("POST", "/desk/rolls/new", "a"),
    "desk.statement": ("GET", "/desk/statements/<draft_id>", "a"),
    "desk.statement_new": ("GET", "/desk/statements/new", "a"),
    "desk.statement_save": ("POST", "/desk/statements/<draft_id>", "a"),
    "desk.statement_start": ("POST", "/desk/statements/new", "a"),
    "desk.sync_now": ("POST", "/desk/sync", "ac"),
    "desk.sync_state": ("GET", "/desk/sync", "ac"),
    "desk.text_done": ("POST", "/desk/texts/done", "a"),
    "desk.text_resume": ("POST", "/desk/texts/resume", "a"),
    "desk.texts": ("GET", "/desk/texts", "a"),
    "desk.voucher_add": ("POST", "/desk/statements/<draft_id>/vouchers/<key>", "a"),
    "desk.voucher_list": ("GET", "/desk/statements/<draft_id>/vouchers/list", "a"),
    "desk.voucher_phone": ("POST", "/desk/statements/<draft_id>/vouchers/phone", "a"),
    "desk.voucher_remove": ("POST", "/desk/statements/<draft_id>/vouchers/<key>/<sha256>/remove", "a"),
    "desk.vouchers": ("GET", "/desk/statements/<draft_id>/vouchers", "a"),
    "desk.work": ("GET", "/desk/work/<mark>", "ac"),
}


@dataclass(frozen=True)
class World:
    """The console with everybody signed in, real things in each village (their numbers by what they are called in an
    address) and a draft of each editor's."""

    console: Console
    clients: dict[str, FlaskClient]
    held: dict[str, dict[str, str]]
    drafts: dict[str, str]

    def address(self, row: Row, who: str, village: str) -> str:
        draft = self.drafts.get(who, self.drafts["m"])
        return row.address.format(draft=draft, **self.held[village])


def things_of(console: Console, village: str) -> dict[str, str]:
    """One real thing of every kind in a village: an address made of these would be answered if no area rule stood before it."""
    county, node = console.place.county, console.place.villages[village]
    case_no, rated_no = console.file_case(village), rated(console, 1, village)
    no = feedback.file(
        node.record,
        village,
        Form("consultation", "subsidy", "", "高龄津贴几号发？", ""),
        channel="kiosk",
        by="kiosk",
        county_seal_key=county.keys.seal_public_key,
        village_seal_key=node.keys.seal_public_key,
    )
    card = supervision.Issued(
        village, "case", case_no, "", False, "step_red", "环节超期", "step", "", "red", "2026-10-15"
    )
    finding = Raised(village, case_no, "night", "x", {"what": "case_decided", "at": "2026-11-01T15:00:00Z"})
    for kind, body in (("card_issued", card), ("finding_raised", finding)):
        county.record.append("county", NewEvent(kind, msgspec.to_builtins(body), "test"))
    photo_case, photo = case_with_photo(console, village)
    sent_case, certificate = case_with_certificate(console, village)
    for _round in range(2):
        console.place.sync(village)
    county.views.catch_up()
    return {
        "photo_case": photo_case,
        "photo": photo,
        "sent_case": sent_case,
        "certificate": certificate,
        "village": village,
        "case": case_no,
        "rated": rated_no,
        "feedback": no,
        "card": card.card,
        "finding": finding.finding,
    }


def case_with_photo(console: Console, village: str) -> tuple[str, str]:
    """A case that was filed with a photo: its number and the photo's hash."""
    node, seal_key = console.place.villages[village], console.place.county.keys.seal_public_key
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    photo = case_photos.keep(node.blobs, "户口簿", drawn.getvalue(), "户口簿.png", seal_key)
    filing = Filing(APPLICANT, PHONE, ID, "QX-G01", "desk", "zhou", {"家庭人口": "2"}, (photo,))
    case_no = cases.file_case(node.record, node.views.read(), node.keys, filing, seal_key)
    node.views.catch_up()
    return case_no, photo.sha256


def case_with_certificate(console: Console, village: str) -> tuple[str, str]:
    """A case whose result went out as a certificate: its number and the certificate's."""
    case_no, staff = console.file_case(village), console.client("county")
    for move, form in (
        ("accept", {}),
        ("decide", {"outcome": "granted", "decision_reason": "材料核对过"}),
        ("close", {"delivery": "certificate"}),
        ("certificate", {"statement": "准予发放。"}),
    ):
        assert staff.post(f"/county/cases/{case_no}/{move}", data=form).status_code == 303
    case = cases.get(console.place.county.views.read(), case_no)
    assert case is not None
    return case_no, case.timeline[-1].body.certificate_no


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patched:
        # A second of typesetting for each role; test_certificates.py reads the paper.
        patched.setattr(certificate_pdf, "answer", lambda *_given: Response("PDF"))
        yield from _world(tmp_path_factory)


def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    console = make_console(tmp_path_factory.mktemp("matrix"))
    record = console.place.county.record
    known = accounts.get(console.place.county.views.read(), "township")
    assert known is not None
    boss = Account(
        "townboss", "镇管理员", ("township", "county", "auditor", "admin"), TOWN, known.password_hash
    )
    accounts.set_account(record, boss, by="test")
    console.place.county.views.catch_up()
    clients = {who: console.client(name) for who, name in PEOPLE.items()}
    drafts = {
        who: clients[who].post("/county/guides/drafts", data={"guide": "QX-G01"}).headers["Location"]
        for who in "cm"
    }
    yield World(console, clients, {code: things_of(console, code) for code in PLACES.values()}, drafts)
    console.place.close()


def test_every_route_of_the_console_stands_in_the_table(world: World) -> None:
    rules = [
        r for r in world.console.app.url_map.iter_rules() if r.endpoint.split(".")[0] in ("county", "staff")
    ]

    assert {rule.endpoint for rule in rules} - OPEN == set(TABLE)
    for rule in rules:
        if rule.endpoint not in OPEN:
            assert TABLE[rule.endpoint].method in (rule.methods or ()), rule


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", PEOPLE)
def test_each_answer_is_the_one_of_the_table(world: World, who: str, place: str) -> None:
    village = PLACES[place]
    wrong = []
    for endpoint, row in TABLE.items():
        is_of_a_place = bool(re.search(r"\{(village|\w*case|card|finding)\}", row.address))
        if not is_of_a_place and place != "own":
            continue
        address = world.address(row, who, village)

        answer = world.clients[who].open(address, method=row.method)

        said = answer.status_code
        if who == "n":
            is_right = said == 303 and answer.headers["Location"].startswith("/sign-in")
        elif who not in row.who:
            is_right = said == 403
        elif is_of_a_place and who in OF_A_TOWN and place == "other town":
            is_right = said == 404
        else:
            is_right = said in row.answers and "/sign-in" not in answer.headers.get("Location", "")
        if not is_right:
            wrong.append(f"{row.method} {address} ({endpoint}): {said}")

    assert wrong == []


def test_what_a_town_may_not_touch_is_as_it_was(world: World) -> None:
    case_no = world.console.file_case(FAR_VILLAGE)

    for who in OF_A_TOWN:
        for move in ("accept", "refuse", "close"):
            world.clients[who].post(f"/county/cases/{case_no}/{move}", data={"reason": "不归我管"})

    assert world.console.state_of(case_no) == "filed"


def test_a_device_and_a_stream_are_closed_by_editors_of_their_area_alone(world: World) -> None:
    """By their real names: for whoever may not, both stay as they are."""
    register, record = world.console.place.register, world.console.place.county.record
    (device,) = [one for one in register.all_devices() if one.village == FAR_VILLAGE]
    stream = next(one for one in record.streams() if one.origin == FAR_VILLAGE and one.state == "open")
    at = f"/county/villages/{FAR_VILLAGE}"

    def answers(who: str) -> set[int]:
        closed = world.clients[who].post(f"{at}/devices/{device.public_key}", data={"state": "closed"})
        sealed = world.clients[who].post(f"{at}/streams/{stream.id}")
        return {closed.status_code, sealed.status_code}

    kept_out = {who: answers(who) for who in "tavbn"}
    states = {one.state for one in register.all_devices()} | {one.state for one in record.streams()}
    assert kept_out == {"t": {403}, "a": {403}, "v": {403}, "b": {404}, "n": {303}}
    assert states == {"active", "open"}
    assert answers("c") == {303}
    assert "closed" in {one.state for one in register.all_devices()}
    assert "open" not in {one.state for one in record.streams() if one.id == stream.id}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with make_desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def test_every_route_of_the_desk_stands_in_the_table(desk: Desk) -> None:
    rules = {
        rule.endpoint: rule for rule in desk.app.url_map.iter_rules() if rule.endpoint.startswith("desk.")
    }

    assert set(rules) == set(DESK)
    for endpoint, (method, address, _who) in DESK.items():
        assert (rules[endpoint].rule, method in (rules[endpoint].methods or ())) == (address, True)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        pytest.param("zhou", "a", id="agent"),
        pytest.param("wu", "c", id="committee"),
        pytest.param("", "", id="nobody"),
    ],
)
def test_each_answer_of_the_desk_is_the_one_of_the_table(desk: Desk, name: str, letter: str) -> None:
    client = desk.app.test_client()
    if name:
        assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    wrong = []
    for endpoint, (method, address, who) in DESK.items():
        answer = client.open(re.sub(r"<[^>]+>", "X1", address), method=method)

        said, to_sign_in = answer.status_code, answer.headers.get("Location", "").startswith("/sign-in")
        if not letter:
            is_right = said == 303 and to_sign_in
        elif letter not in who:
            is_right = said == 403
        else:
            is_right = said < 500 and said != 403 and not to_sign_in
        if not is_right:
            wrong.append(f"{method} {address} ({endpoint}): {said}")

    assert wrong == []
