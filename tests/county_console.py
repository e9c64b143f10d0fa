"""A county's console for tests: a county with two towns, people of every role, and a client that signs in."""

import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from nodes import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, FakeClock, Place, copy_place, make_place

from content import accounts, cases, disclosure, guides, subsidies, villages
from content.accounts import Account
from content.case_forms import Filing
from content.drafts import Drafts
from content.sessions import Sessions
from content.villages import Village
from kiosk.app import create_app
from kiosk.services import Services

DATA = Path(guides.__file__).parent / "data"
FAR_TOWN, FAR_VILLAGE = "330999102", "330999102201"
PASSWORD = "a-long-password"
# Hashed once: argon2id is slow on purpose.
PASSWORD_HASH = accounts.hash_password(PASSWORD)
APPLICANT, PHONE, ID = "王阿婆", "13900001234", "332526195003150008"
STAFF = {
    "admin": (("admin",), COUNTY),
    "county": (("county",), COUNTY),
    "second": (("county",), COUNTY),
    "auditor": (("auditor",), COUNTY),
    "township": (("township",), TOWN),
    "farother": (("township",), FAR_TOWN),
    "townaudit": (("auditor",), TOWN),
    "agent": (("agent",), VILLAGE),
    "nowhere": (("township",), ""),
}


@dataclass
class Console:
    """A county with its console. nudges: how often the wiring was told that something new is to travel."""

    place: Place
    app: Flask
    clock: FakeClock
    nudges: list[str]

    def client(self, who: str = "") -> FlaskClient:
        """A browser, signed in as one of STAFF or not at all."""
        client = self.app.test_client()
        if who:
            answer = client.post("/sign-in", data={"name": who, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    def file_case(self, village: str = VILLAGE, guide_id: str = "QX-G01") -> str:
        """File a case in a village and let the county learn of it."""
        node = self.place.villages[village]
        self.place.sync(village)
        filing = Filing(APPLICANT, PHONE, ID, guide_id, "desk", "zhou", {"家庭人口": "2"})
        db, seal_key = node.views.read(), self.place.county.keys.seal_public_key
        case_no = cases.file_case(node.record, db, node.keys, filing, seal_key)
        node.views.catch_up()
        self.place.sync(village)
        return case_no

    def state_of(self, case_no: str) -> str:
        case = cases.get(self.place.county.views.read(), case_no)
        assert case is not None
        return case.state


def make_console(folder: Path) -> Console:
    """The county of the tests: 柳河村 and 上湾村 in one town, 远山村 in another; guides, catalogue and programmes."""
    clock = FakeClock()
    place = copy_place(_make_county, folder, clock)
    nudges: list[str] = []
    services = Services(
        node=place.county,
        sessions=Sessions(place.county.record),
        drafts=Drafts(place.county.record),
        devices=place.register,
        nudge=lambda: nudges.append("nudged"),
    )
    app = create_app(services)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return Console(place, app, clock, nudges)


def _make_county(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    record = place.county.record
    guides.publish(record, guides.load_guides(DATA / "guides.json"), by="test")
    disclosure.set_item(record, disclosure.read_catalogue(DATA / "catalogue.csv"), by="test")
    subsidies.set_standards(record, subsidies.read_programmes(DATA / "programmes.csv"), by="test")
    for name, (roles, area) in STAFF.items():
        account = Account(name, f"{name}（测试）", roles, area, PASSWORD_HASH)
        accounts.set_account(record, account, by="test")
    place.add_village(VILLAGE, "柳河村")
    place.add_village(OTHER_VILLAGE, "上湾村")
    place.add_village(FAR_VILLAGE, "远山村")
    far = Village(FAR_VILLAGE, "远山村", "远山镇", FAR_TOWN)
    villages.list_village(record, far, by="test")
    place.county.views.catch_up()
    return place


def plain(page: str) -> str:
    """A page without its markup, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
