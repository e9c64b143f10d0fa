"""A village with its kiosk and desk behind test clients, and people to sign in; for the tests of kiosk/desk."""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from nodes import VILLAGE, FakeClock, Place, copy_home, copy_place, make_place
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from content import accounts, demo
from content.accounts import Account
from content.drafts import Draft, Drafts
from content.node import Node, open_node
from content.sessions import Sessions
from kiosk.app import create_app
from kiosk.services import Services
from sync.journal import Journal

DATA = Path(__file__).parent / "data"
PASSWORD = "a-long-password"
PEOPLE = {
    "zhou": ("周桂芳", ("agent",)),
    "qian": ("钱小妹", ("agent",)),
    "wu": ("吴桂花", ("committee",)),
    "li": ("李监督", ("committee",)),
    "both": ("郑两职", ("agent", "committee")),
}
# Made up: a retired county code and a serial number that is never given out.
RESIDENT_ID = "33252619700312000X"
MOBILE = "13800001234"


@dataclass
class Desk:
    """The village's application with everybody's browser."""

    village: Node
    app: Flask
    nudges: list[str]

    @property
    def drafts(self) -> Drafts:
        found: Drafts = self.app.extensions["xiangting"].drafts
        return found

    def signed_in(self, name: str) -> "Browser":
        browser = Browser(self.app.test_client())
        answer = browser.post("/sign-in", name=name, password=PASSWORD, next="/desk/")
        assert answer.status_code == 303, answer.text
        return browser

    def visit(self, address: str) -> TestResponse:
        """What somebody who is not signed in gets."""
        return self.app.test_client().get(address, buffered=True)

    def only_draft(self) -> Draft:
        (draft,) = self.drafts.all_open()
        return draft


class Browser:
    """A signed-in person's browser: forms are sent as they stand on the page, with fields changed by keyword."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, address: str) -> TestResponse:
        return self._client.get(address, buffered=True)

    def post(self, address: str, *, htmx: bool = False, **fields: Any) -> TestResponse:
        headers = {"HX-Request": "true"} if htmx else {}
        # Encoded here: the test client would leave the temporary file of a large form open.
        boundary, body = encode_multipart(MultiDict(fields))
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self._client.post(address, data=body, headers=headers, content_type=kind, buffered=True)

    def send(self, page: str, action: str = "", *, htmx: bool = False, **changes: Any) -> TestResponse:
        """Fill in the form on `page` and press the button `action`."""
        answer = self.get(page)
        assert answer.status_code == 200, answer.text
        fields = fields_of(answer.text) | changes | ({"action": action} if action else {})
        return self.post(page, htmx=htmx, **fields)


def fields_of(html: str) -> dict[str, str]:
    """The names and values of a page's inputs, textareas and selects, as a browser would send them."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_chosen = attributes.get("type") not in ("checkbox", "file", "radio") or " checked" in tag
        if "name" in attributes and is_chosen:
            found[attributes["name"]] = _plain(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        found[name] = _plain(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def file(path: str) -> FileStorage:
    """A file of tests/data as a form sends it."""
    return upload((DATA / path).read_bytes(), Path(path).name)


def upload(content: bytes, name: str) -> FileStorage:
    """Bytes as a form sends them."""
    return FileStorage(io.BytesIO(content), name)


def sign(browser: Browser, draft_id: str, **changes: str) -> TestResponse:
    """Press the sign button on the review page as it stands; changes: other fields of the form."""
    page = f"/desk/review/{draft_id}"
    fields = fields_of(browser.get(page).text)
    return browser.post(f"{page}/sign", **{**fields, "opinion": "同意公开", "password": PASSWORD, **changes})


@contextlib.contextmanager
def make_desk(folder: Path) -> Iterator[Desk]:
    """A village that has heard everything its county has to say, and its desk; every test gets its own copy."""
    home = copy_home(_make_place, VILLAGE, folder)
    village = open_node(home, clock=FakeClock())
    yield _desk_of(village)
    village.close()


@contextlib.contextmanager
def make_place_with_desk(folder: Path) -> Iterator[tuple[Place, Desk]]:
    """A county with the demonstration's catalogue, programmes and guides, and one synced village with five people."""
    place = copy_place(_make_place, folder, FakeClock())
    yield place, _desk_of(place.villages[VILLAGE])
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    demo.load_county(place.county, portal_url="http://portal.test")
    password_hash = accounts.hash_password(PASSWORD)
    for name, (display_name, roles) in PEOPLE.items():
        account = Account(name, display_name, roles, VILLAGE, password_hash)
        accounts.set_account(place.county.record, account, by="test")
    place.county.views.catch_up()
    place.add_village(VILLAGE, "柳河村")
    assert place.sync().outcome == "level"
    return place


def _desk_of(village: Node) -> Desk:
    nudges: list[str] = []
    wiring = Services(
        node=village,
        sessions=Sessions(village.record),
        drafts=Drafts(village.record),
        sync_state=Journal(village.record),
        nudge=lambda: nudges.append("now"),
        sms_number="106900000001",
    )
    app = create_app(wiring)
    app.config.update(WTF_CSRF_ENABLED=False)
    return Desk(village, app, nudges)


def _plain(text: str) -> str:
    for escaped, char in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escaped, char)
    return text
