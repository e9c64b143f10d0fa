"""300 script injections through every text field of the desk, the county and the kiosk, and through files: none comes out."""

import io
import itertools
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import openpyxl
import pytest
from desk_village import PASSWORD, Desk, make_place_with_desk, sign, upload
from flask import Flask
from flask.testing import FlaskClient
from intake_samples import docx, paragraph
from nodes import VILLAGE, Place
from playwright.sync_api import Browser as Chromium
from walking import Server, free_port

from content import accounts, demo_people
from content.accounts import Account
from content.settings import Settings
from deploy.wiring import wire_county

_SHAPES = (
    "<script>{0}</script>",
    "<img src=x onerror={0}>",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "javascript:{0}",
    '"><script>{0}</script>',
    "'><img src=x onerror={0}>",
    '" onmouseover="{0}" x="',
    "' onfocus='{0}' autofocus x='",
    "</textarea><script>{0}</script>",
    "</title><script>{0}</script>",
    "</script><script>{0}</script>",
    "<iframe src=javascript:{0}>",
    '<a href="javascript:{0}">x</a>',
    "<math><mi xlink:href=javascript:{0}>x",
    "{{{{ {0} }}}}",
    "<!--><script>{0}</script>",
    "<style>@import url(//x.example/{0})</style>",
    "<object data=javascript:{0}>",
    "<embed src=//x.example/{0}>",
    "<form action=javascript:{0}><button>x</button>",
    "<base href=//x.example/{0}/>",
    "<meta http-equiv=refresh content=0;url=javascript:{0}>",
    "data:text/html,<script>{0}</script>",
    "<xtq {0}=1>",
)
_DISGUISES = (
    lambda text: text,
    str.upper,
    lambda text: text.replace("script", "scRIpt").replace("on", "oN"),
    lambda text: f"村务公开{text}公示",
    lambda text: text.replace("<", "＜").replace(">", "＞"),
    escape,
    lambda text: escape(escape(text)),
    quote,
    lambda text: text.replace("<s", "<\ns").replace("script:", "scr\tipt:"),
    lambda text: text.replace("<", "<\u200b"),
    lambda text: f"\u202e{text}",
    lambda text: text.replace("<", "\\u003c"),
)
PAYLOADS = [
    disguise(shape.format(f"xtq{number}()"))
    for number, (shape, disguise) in enumerate(itertools.product(_SHAPES, _DISGUISES))
]
_TYPED = {"text", "search", "tel", "number", "date", "email", "url", ""}
FIELDS_A_FORM = 14
TRIES_A_FIELD = 5


@dataclass
class Form:
    """A form of a page. fields: what a browser would send; typed: the names of what a person may type."""

    address: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        """The same for forms that differ only in the thing they are about."""
        plain = re.sub(r"\?.*|[0-9A-Z]{6,}|\d+", "", self.address)
        return plain, self.method, *sorted({re.sub(r"\d+", "", name) for name in self.typed})


class Page(HTMLParser):
    """A page as a browser sees it: its forms and links, and everything that only our own templates may hold."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address, self.forms, self.links, self.faults = address, [], [], []  # type: ignore[var-annotated]
        self._form: Form | None = None
        self._area = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._judge(tag, values)
        if tag == "a" and values.get("href", "").startswith("/"):
            self.links.append(values["href"])
        if tag == "form":
            address = urljoin(self.address, values.get("action", "") or self.address)
            self._form = Form(address, values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and values.get("name"):
            self._note(self._form, tag, values)
        elif tag == "option" and self._form is not None and self._select:
            is_first = not self._form.fields.get(self._select)
            if is_first or "selected" in values:
                self._form.fields[self._select] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""

    def _note(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, kind = values["name"], values.get("type", "")
        if tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
            form.typed.append(name)
        elif tag == "input" and kind == "password":
            form.fields[name] = PASSWORD
        elif tag == "input" and kind not in ("file", "submit", "checkbox", "radio"):
            form.fields[name] = values.get("value", "")
            if kind in _TYPED:
                form.typed.append(name)
        elif tag == "input" and kind in ("checkbox", "radio") and ("checked" in values or kind == "checkbox"):
            form.fields[name] = values.get("value", "")

    def _judge(self, tag: str, values: dict[str, str]) -> None:
        is_ours = tag != "script" or values.get("src", "").startswith("/static/")
        if (
            not is_ours
            or tag in ("iframe", "object", "embed", "base", "style", "math")
            or tag.startswith("xtq")
        ):
            self.faults.append((self.address, tag, values))
        for name, value in values.items():
            plain = re.sub(r"[\x00-\x20]", "", value).lower()
            leads = name in ("href", "src", "action", "formaction", "data", "xlink:href", "srcdoc", "content")
            is_code = leads and plain.startswith(("javascript:", "data:text", "vbscript:"))
            if name.startswith(("on", "hx-on", "xtq")) or name == "style" or is_code:
                self.faults.append((self.address, tag, values))


class Crawler:
    """Walks one person's pages, types a payload into one field after another and judges every answer."""

    def __init__(
        self, client: FlaskClient, payloads: Iterator[str], *, keep_off: tuple[str, ...] = ()
    ) -> None:
        self._client, self._payloads = client, payloads
        self._keep_off = ("/static", "/look", "/sign-out", "/files", "/leave", *keep_off)
        self.typed: set[str] = set()
        self.faults: list[Any] = []
        self.seen: set[str] = set()
        self._done: set[tuple[str, ...]] = set()

    def walk(self, start: str, *, pages: int, is_typing: bool = True) -> None:
        """From `start` along the links, at most `pages` pages of different kinds or different things."""
        waiting, kinds = [start], dict[str, int]()
        while waiting and len(self.seen) < pages:
            address = waiting.pop(0)
            page = self.look(address)
            for form in page.forms if is_typing else ():
                self._fill(form)
            for link in page.links:
                kind = re.sub(r"[0-9A-Z]{6,}|\d+|%[0-9A-F]{2}", "", link)
                kinds[kind] = kinds.get(kind, 0) + 1
                if kinds[kind] <= 2 and link not in self.seen and not link.startswith(self._keep_off):
                    self.seen.add(link)
                    waiting.append(link)

    def look(self, address: str) -> Page:
        """Open a page and judge it."""
        return self._judged(address, self._client.get(address, buffered=True))

    def _judged(self, address: str, answer: Any) -> Page:
        assert answer.status_code < 500, (address, answer.text)
        if answer.status_code in (302, 303) and answer.location.startswith("/"):
            answer = self._client.get(answer.location, buffered=True)
        page = Page(address, answer.text if answer.mimetype == "text/html" else "")
        self.faults += page.faults
        return page

    def _fill(self, form: Form) -> None:
        if form.address.startswith(self._keep_off) or form.shape in self._done:
            return
        self._done.add(form.shape)
        for name in form.typed[:FIELDS_A_FORM]:
            for payload in itertools.islice(self._payloads, TRIES_A_FIELD):
                self._send(form, {**form.fields, name: payload})
                self.typed.add(payload)

    def _send(self, form: Form, fields: dict[str, str]) -> None:
        if form.method == "post":
            answer = self._client.post(form.address, data=fields, buffered=True)
        else:
            answer = self._client.get(f"{form.address.partition('?')[0]}?{urlencode(fields)}", buffered=True)
        self._judged(form.address, answer)


@dataclass
class World:
    """A county and a village into which everything was typed and uploaded."""

    place: Place
    desk: Desk
    county: Flask
    typed: set[str]
    faults: list[Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    payloads = itertools.cycle(PAYLOADS)
    with (
        make_place_with_desk(tmp_path_factory.mktemp("injection")) as (place, desk),
        ExitStack() as running,
    ):
        county = wire_county(place.county, Settings(speech_command=""), running, has_phone_pages=True)
        county.config["WTF_CSRF_ENABLED"] = False
        made = World(place, desk, county, set(), [])
        _publish_files(desk, payloads)
        named = Account("named", next(payloads), ("agent",), VILLAGE)
        accounts.set_account(place.county.record, named, by=next(payloads))
        walks = [
            (_signed_in(desk.app, "zhou", PASSWORD), "/desk/", 160),
            (_signed_in(desk.app, "wu", PASSWORD), "/desk/", 80),
            (desk.app.test_client(), "/", 160),
            (_signed_in(county, "county", demo_people.PASSWORD), "/county", 220),
            (county.test_client(), f"/v/{VILLAGE}/", 100),
        ]
        for client, start, pages in walks:
            # Other people's accounts stay as they are: they walk about here themselves.
            crawler = Crawler(client, payloads, keep_off=("/staff/sessions", "/county/accounts/edit?name="))
            crawler.walk(start, pages=pages)
            place.county.views.catch_up()
            assert place.sync().outcome == "level"
            desk.village.views.catch_up()
            made.typed |= crawler.typed
            made.faults += crawler.faults
        yield made


def _signed_in(app: Flask, name: str, password: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 303, answer.text
    return client


def _publish_files(desk: Desk, payloads: Iterator[str]) -> None:
    """A Word file, a workbook and pasted text full of payloads, signed and published."""
    agent, committee = desk.signed_in("zhou"), desk.signed_in("wu")
    words = docx("".join(paragraph(escape(payload)) for payload in itertools.islice(payloads, 80)))
    book = openpyxl.Workbook()
    for _ in range(40):
        book.active.append(["".join(c for c in next(payloads) if c.isprintable()) for _ in range(3)])
    sheet = io.BytesIO()
    book.save(sheet)
    pasted = "\n\n".join(["注入试验", *itertools.islice(payloads, 60)])
    for given in (
        {"files": upload(words, "a.docx")},
        {"files": upload(sheet.getvalue(), "b.xlsx")},
        {"text": pasted},
    ):
        answer = agent.send("/desk/notices/new", item="V4", **given)
        assert answer.status_code == 303, answer.text
        page = answer.location
        sent = agent.send(page, "submit", title=next(payloads), issuer=next(payloads), is_looked_at="1")
        assert sent.status_code == 303, sent.text
        assert sign(committee, page.rsplit("/", 1)[1], opinion=next(payloads)).status_code == 303


def test_there_are_300_and_every_one_was_typed_somewhere(world: World) -> None:
    assert len(set(PAYLOADS)) == 300
    assert world.typed == set(PAYLOADS)


def test_nothing_typed_or_uploaded_comes_back_as_code(world: World) -> None:
    assert world.faults == []


@pytest.mark.parametrize(
    ("who", "start"),
    [
        pytest.param("", "/", id="kiosk"),
        pytest.param("zhou", "/desk/", id="agent"),
        pytest.param("wu", "/desk/", id="committee"),
        pytest.param("", f"/v/{VILLAGE}/", id="portal"),
        pytest.param("audit", "/county/audit", id="auditor"),
    ],
)
def test_what_was_kept_is_shown_as_text_everywhere(world: World, who: str, start: str) -> None:
    app = world.county if start.startswith(("/v/", "/county")) else world.desk.app
    secret = demo_people.PASSWORD if who == "audit" else PASSWORD
    client = _signed_in(app, who, secret) if who else app.test_client()
    crawler = Crawler(client, itertools.cycle(PAYLOADS))

    crawler.walk(start, pages=150, is_typing=False)

    assert len(crawler.seen) > 10
    assert crawler.faults == []


def test_a_browser_runs_nothing_of_it(world: World, browser: Chromium) -> None:
    port = free_port()
    server = Server(world.desk.app, port)
    page = browser.new_context().new_page()
    told: list[str] = []
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("console", lambda message: told.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    crawler = Crawler(world.desk.app.test_client(), iter(()))
    crawler.walk("/", pages=60, is_typing=False)
    hit = [address for address in crawler.seen if address.startswith(("/notices/", "/sections", "/cases"))]
    try:
        for address in ["/", f"/search?{urlencode({'q': PAYLOADS[0]})}", *sorted(hit)[:8]]:
            page.goto(f"http://127.0.0.1:{port}{address}")
            assert page.evaluate("typeof xtq0") == "undefined"
    finally:
        page.context.close()
        server.stop()

    assert told == []


def test_the_judge_sees_what_it_looks_for() -> None:
    for shape in _SHAPES:
        if shape.startswith("<") and not shape.startswith(("<!", "<meta")):
            assert Page("/", shape.format("xtq1()")).faults, shape
    assert Page("/", '<p title="" onmouseover="xtq1()" x="">').faults
    assert not Page("/", escape("".join(PAYLOADS))).faults
