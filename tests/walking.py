"""A county and a village served over real HTTP, and people who tap and type at their screens; only the clock is made up."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from waitress.server import create_server

from content import demo, demo_people
from content.node import Node, init, open_node
from content.settings import Settings
from deploy.wiring import wire_county, wire_village
from sync import schedule, wire
from sync.client import Client
from sync.enrol import Register, ask
from sync.journal import Journal

DATA = Path(__file__).parent / "data"
KIOSK, PHONE, OFFICE = (1080, 1920), (390, 844), (1366, 900)
# A Wednesday at ten in the village: texts are not sent at night.
MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
# The walks publish these themselves.
UPLOADED = ("01_", "r1_")
PATIENCE_S = 15.0
LOOK_EVERY_S = 0.3  # every look is a page drawn anew


class DayClock:
    """Runs as a real clock does, from MORNING on whatever the time is, and can be put forward."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._forward = timedelta()

    def __call__(self) -> datetime:
        return MORNING + self._forward + timedelta(seconds=time.monotonic() - self._begin)

    def forward(self, **span: float) -> None:
        self._forward += timedelta(**span)


class Server:
    """An application behind waitress, in a thread of its own until it is stopped."""

    def __init__(self, app: Callable[..., Any], port: int) -> None:
        self._waitress: Any = create_server(app, host="127.0.0.1", port=port, threads=4)
        self._thread = threading.Thread(target=self._waitress.run, name=f"serve {port}")
        self._thread.start()

    def stop(self) -> None:
        """Close every connection inside waitress's own loop, which ends when it has none left."""
        self._waitress.trigger.pull_trigger(self._close_all)
        self._thread.join()
        self._waitress.task_dispatcher.shutdown()

    def _close_all(self) -> None:
        self._waitress.close()
        for connection in list(self._waitress._map.values()):
            connection.close()


class Hub:
    """The county's application on its port. sent: every message that villages have sent to it, as bytes."""

    def __init__(self, app: Callable[..., Any], port: int) -> None:
        self.sent: list[bytes] = []
        self._app, self._port = app, port
        self._server = Server(self._listen, port)

    def stop(self) -> None:
        self._server.stop()

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """The county cannot be reached."""
        self.stop()
        try:
            yield
        finally:
            self._server = Server(self._listen, self._port)

    def _listen(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == wire.EXCHANGE_PATH:
            self.sent.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            environ["wsgi.input"].seek(0)
        return self._app(environ, start_response)


@dataclass(frozen=True)
class World:
    """What the walks walk in."""

    clock: DayClock
    county: Node
    village: Node
    hub: Hub
    county_url: str
    village_url: str

    def bytes_at_rest(self) -> bytes:
        """Everything that stands in the databases and files of both nodes, but for the keys."""
        homes = (self.county.home, self.village.home)
        files = [path for home in homes for path in sorted(home.rglob("*")) if path.is_file()]
        return b"".join(path.read_bytes() for path in files if "keys" not in path.parts)

    def bytes_on_the_way(self) -> bytes:
        """Every header and body that the village has sent to the hub, unpacked."""
        messages = [wire.decode(body, wire.Request) for body in self.hub.sent]
        entries = [entry for message in messages for frame in message.frames for entry in frame.entries]
        return b"".join(entry.header + (entry.body or b"") for entry in entries)


@contextlib.contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """A county with its hub, and an enrolled village with the demonstration's content, level with each other."""
    clock, county_port, village_port = DayClock(), free_port(), free_port()
    county_url, village_url = f"http://127.0.0.1:{county_port}", f"http://127.0.0.1:{village_port}"
    # No reading aloud: making the sound of every notice would keep both cores busy.
    settings = Settings(sms_number=demo_people.SMS_NUMBER, speech_command="")
    with ExitStack() as running:
        county = _make_node(
            folder / "county", "county", demo_people.COUNTY_CODE, demo_people.COUNTY_NAME, clock
        )
        running.callback(county.close)
        demo.load_county(county, portal_url=county_url)
        hub = Hub(wire_county(county, settings, running, has_phone_pages=True), county_port)
        running.callback(hub.stop)
        village = _make_village(folder / "village", county, county_url, clock)
        running.callback(village.close)
        # Two seconds for every publication would be most of the time a walk takes.
        running.enter_context(patch.object(schedule, "NUDGE_DELAY_S", 0.2))
        kiosk_and_desk = wire_village(village, settings, running, sync_every_s=3600)
        running.callback(Server(kiosk_and_desk, village_port).stop)
        yield World(clock, county, village, hub, county_url, village_url)


def _make_node(home: Path, kind: str, code: str, name: str, clock: DayClock) -> Node:
    init(home, kind=kind, code=code, name=name)
    return open_node(home, clock=clock)


def _make_village(home: Path, county: Node, hub_url: str, clock: DayClock) -> Node:
    node = _make_node(home, "village", demo_people.VILLAGE_CODE, demo_people.VILLAGE_NAME, clock)
    register = Register(county.record)
    node, _ = ask(node, hub_url=hub_url, code=register.invite(demo_people.VILLAGE_CODE))
    register.set_state(node.keys.public_key.hex(), "active")
    with ExitStack() as open_while_loading:
        session = open_while_loading.enter_context(requests.Session())
        for files in ("STATEMENTS", "ROLLS"):
            open_while_loading.enter_context(patch.object(demo, files, _others(getattr(demo, files))))
        client = Client(node, Journal(node.record), session)
        client.sync()
        demo.load_village(node)
        exchange = client.sync()
    assert exchange.outcome == "level", exchange.words
    return node


def _others(files: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in files.items() if not name.startswith(UPLOADED)}


def free_port() -> int:
    """A port that nobody listens on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Person:
    """Somebody at a screen. Every page they come to is looked at for what must never be there."""

    def __init__(self, context: BrowserContext, url: str, *, has_touch: bool) -> None:
        self._url, self._has_touch = url, has_touch
        self._faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    @property
    def words(self) -> str:
        """All words of the page."""
        return self.page.locator("body").inner_text()

    def goes(self, path: str) -> None:
        """To an address of this person's own machine."""
        self.page.goto(self._url + path)
        self._look()

    def taps(self, word: str, *, within: str = "body") -> None:
        """A link or button by its word, the first one that begins with it."""
        place = self.page.locator(within)
        target = place.get_by_role("link", name=word).or_(place.get_by_role("button", name=word)).first
        self.presses(target)

    def presses(self, target: Locator) -> None:
        """Something that leads to another page, as every link and button does here."""
        with self.page.expect_event("load"):
            if self._has_touch:
                target.tap()
            else:
                target.click()
        self._look()

    def keys(self, text: str) -> None:
        """Character by character on a pad of buttons."""
        for char in text:
            self.presses(self.page.locator(f".pad button[value='{char}']"))

    def fills(self, label: str, text: str) -> None:
        """A field by its label."""
        self.page.get_by_label(label).first.fill(text)

    def chooses(self, label: str, value: str) -> None:
        """A line of a list by its value."""
        self.page.get_by_label(label).first.select_option(value)

    def uploads(self, *names: str) -> None:
        """Choose files of tests/data in the page's file field."""
        self.page.locator("input[type=file]").set_input_files([DATA / name for name in names])

    def sees(self, *words: str) -> None:
        """All these words on the page."""
        for word in words:
            expect(self.page.locator("body")).to_contain_text(word, timeout=PATIENCE_S * 1000)

    def does_not_see(self, *words: str) -> None:
        """None of these words, neither on the page nor in its markup."""
        html = self.page.content()
        assert not [word for word in words if word in html]

    def sees_pictures(self, count: int) -> None:
        """So many photos that have arrived whole."""
        pictures = self.page.locator("main img")
        expect(pictures).to_have_count(count)
        for picture in pictures.all():
            assert (
                picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 100
            )

    def waits_for(self, word: str) -> None:
        """Look at the same page again until the word is there."""
        deadline = time.monotonic() + PATIENCE_S
        while word not in self.words:
            assert time.monotonic() < deadline, f"no {word!r} on {self.page.url}: {self.words}"
            time.sleep(LOOK_EVERY_S)
            self.page.reload()
        self._look()

    def signs_in(self, name: str, path: str) -> None:
        """As one of the demonstration's people, on the way to a page."""
        self.goes(path)
        self.fills("账号", name)
        self.fills("密码", demo_people.PASSWORD)
        self.taps("登录", within="main")

    def signs(self, title: str) -> None:
        """Read a draft as villagers will, and publish it with the password."""
        self.goes("/desk/")
        self.taps(title, within="main")
        self.sees("村民看到的样子", title)
        self.fills("再输一次您的密码", demo_people.PASSWORD)
        self.taps("签字，马上公开")
        self.sees("已签字公开")

    def syncs(self) -> None:
        """Ask for an exchange with the county and wait until both sides are level."""
        self.goes("/desk/sync")
        before = self.page.locator("main tbody tr").count()
        self.taps("现在同步")
        deadline = time.monotonic() + PATIENCE_S
        while self.page.locator("main tbody tr").count() == before:
            assert time.monotonic() < deadline, self.words
            time.sleep(LOOK_EVERY_S)
            self.page.reload()
        expect(self.page.locator("main tbody tr").first).to_contain_text("已对上")

    def shows(self, name: str) -> None:
        """A picture of the page for people to look at, where XIANGTING_SCREENSHOTS names a folder."""
        if folder := os.environ.get("XIANGTING_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=not self._has_touch)

    def _note(self, kind: str, text: str) -> None:
        # A form that is sent back with a reason answers 422, which Chromium writes down as a failure.
        is_refusal = text.startswith("Failed to load resource") and "422" in text
        if kind in ("error", "warning") and not is_refusal:
            self._faults.append(text)

    def _look(self) -> None:
        wide = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{self.page.url} is {wide[0]} wide on a screen of {wide[1]}"
        assert not self._faults, f"{self.page.url}: {self._faults}"


@dataclass
class Crowd:
    """Everybody who comes to the world in one test, each with a browser of their own."""

    world: World
    browser: Browser
    contexts: ExitStack

    def villager(self, *, script: bool = True) -> Person:
        """At the kiosk."""
        return self._arrive(self.world.village_url, KIOSK, has_touch=True, java_script_enabled=script)

    def migrant(self) -> Person:
        """With a phone's browser at the county's portal."""
        return self._arrive(self.world.county_url, PHONE, has_touch=True, is_mobile=True)

    def worker(self, name: str) -> Person:
        """An agent or committee member who has signed in at the village's desk."""
        person = self._arrive(self.world.village_url, OFFICE)
        person.signs_in(name, "/desk/")
        return person

    def clerk(self, name: str = "county") -> Person:
        """Somebody of the county who has signed in at the console."""
        person = self._arrive(self.world.county_url, OFFICE)
        person.signs_in(name, "/county")
        return person

    def phone(self, number: str) -> Person:
        """A phone that is drawn in the browser."""
        person = self._arrive(self.world.county_url, PHONE, has_touch=True, is_mobile=True)
        person.goes(f"/phone/{number}")
        return person

    def _arrive(self, url: str, size: tuple[int, int], has_touch: bool = False, **options: Any) -> Person:
        viewport = ViewportSize(width=size[0], height=size[1])
        context = self.browser.new_context(viewport=viewport, has_touch=has_touch, **options)
        self.contexts.callback(context.close)
        return Person(context, url, has_touch=has_touch)
