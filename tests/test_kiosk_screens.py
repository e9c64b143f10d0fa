"""Every public page on the screens it is made for: large enough to touch and to read, nothing cut off, no fault.

axe-core looks at each page too. Pages that answer a form are reached by filling it in.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
import requests
import zxingcpp
from kiosk_screens import (
    AXE_RULES,
    CONTRAST_RULES,
    KIOSK,
    MEASURE,
    PHONE,
    Screen,
    kind_of,
    one_of_each_kind,
    open_screen,
)
from PIL import Image
from playwright.sync_api import Browser, Locator
from soak import IS_SOAK
from walking import Server, World, free_port

from content import demo_people
from content.drafts import Drafts
from content.node import Node
from content.sessions import Sessions
from kiosk.app import create_app
from kiosk.services import Services

pytestmark = pytest.mark.browser
PORTAL = f"/v/{demo_people.VILLAGE_CODE}/"
# The portal's own pages, of no village, where three villages have two years behind them.
COUNTY_PAGES = [
    *("/", "/?q=发放名册", "/?q=没有这个词", f"/?town={demo_people.VILLAGE_CODE[:9]}"),
    *("/statistics", f"/statistics?village={demo_people.VILLAGE_CODE}", "/disclosure"),
    *("/guides", "/guides?by=theme", "/guides?q=养老", "/guides/QX-G06"),
]
ON_KIOSK = {"target": 81, "gap": 16, "text": 24, "under_dock": True, "may_scroll": False}
ON_PHONE = {"target": 48, "gap": 5, "text": 12, "under_dock": False, "may_scroll": True}
MODES = ("", "mode-large")
# What a villager comes for; there are more kinds of page.
REACHED = {
    *("/", "/notices/*", "/proof/notice/*", "/finances/*", "/finances/*/entries/*", "/finances/trend"),
    *("/rolls/*", "/programmes/*", "/calculator/*", "/guides/*", "/item/*", "/case", "/mine", "/search"),
    *("/say", "/say/about/complaint", "/say/mine", "/contacts", "/help", "/verify", "/ledgers/contracts"),
}


@pytest.fixture(scope="module")
def kiosk_pages(world: World) -> list[str]:
    return [*one_of_each_kind(world.village_url), "/search?q=dbm", "/search?q=低保", "/attract", "/nowhere"]


@pytest.fixture(scope="module")
def portal_pages(world: World) -> list[str]:
    return [*one_of_each_kind(world.county_url, home=PORTAL), f"{PORTAL}search?q=低保"]


@pytest.fixture(scope="module")
def portal_url(generated: Node) -> Iterator[str]:
    wired = Services(node=generated, sessions=Sessions(generated.record), drafts=Drafts(generated.record))
    port = free_port()
    server = Server(create_app(wired), port)
    yield f"http://127.0.0.1:{port}"
    server.stop()


def look_at(screen: Screen, least: dict[str, object]) -> list[str]:
    """What is wrong with the page that stands there, in ordinary and in large letters."""
    told = []
    for mode in MODES:
        screen.page.evaluate("mode => { document.documentElement.className = mode }", mode)
        told += [f"{mode} {words}".strip() for words in screen.page.evaluate(MEASURE, least)]
    screen.page.evaluate("document.documentElement.className = ''")
    return told


def crawl(screen: Screen, paths: list[str], least: dict[str, object], axe_rules: Any) -> dict[str, list[str]]:
    told = {}
    for path in paths:
        screen.opens(path)
        wrong = look_at(screen, least)
        if axe_rules:
            wrong += screen.axe(axe_rules)
        if wrong:
            told[path] = wrong
    return told


@pytest.mark.parametrize("language", ["", "en"], ids=["Chinese", "English"])
def test_every_page_of_the_kiosk_can_be_touched_and_read(
    browser: Browser, world: World, kiosk_pages: list[str], language: str
) -> None:
    with open_screen(browser, world.village_url, KIOSK, look=language) as screen:
        told = crawl(screen, kiosk_pages, ON_KIOSK, {} if language and not IS_SOAK else AXE_RULES)

    assert told == {}
    assert screen.faults == []
    assert REACHED - {kind_of(path) for path in kiosk_pages} == set()


@pytest.mark.parametrize("language", ["", "en"] if IS_SOAK else ["en"], ids=lambda language: language or "zh")
def test_every_page_of_the_portal_can_be_touched_and_read_on_a_phone(
    browser: Browser, world: World, portal_pages: list[str], language: str
) -> None:
    with open_screen(browser, world.county_url, PHONE, look=language, is_mobile=True) as screen:
        told = crawl(screen, portal_pages, ON_PHONE, AXE_RULES if IS_SOAK else {})

    assert told == {}
    assert screen.faults == []
    assert REACHED - {kind_of(path).replace("/v/*", "") for path in portal_pages} == set()


@pytest.mark.parametrize("language", ["", "en"] if IS_SOAK else ["en"], ids=lambda language: language or "zh")
def test_every_page_of_the_county_can_be_touched_and_read_on_a_phone(
    browser: Browser, portal_url: str, language: str
) -> None:
    with open_screen(browser, portal_url, PHONE, look=language, is_mobile=True) as screen:
        told = crawl(screen, COUNTY_PAGES, ON_PHONE, AXE_RULES if IS_SOAK else {})

    assert told == {}
    assert screen.faults == []


def ask_for_a_case(screen: Screen) -> None:
    screen.opens("/case")
    screen.keys("Q0K2M01RE1234")
    screen.taps("查", within="main form")


def ask_for_own_payments(screen: Screen) -> None:
    screen.opens("/mine")
    screen.keys("W")


def ask_by_digits(screen: Screen) -> None:
    ask_for_own_payments(screen)
    screen.page.locator(".names button").last.tap()
    screen.page.locator("button[name=find]").tap()
    screen.page.get_by_role("alert").first.wait_for()


def complain(screen: Screen) -> None:
    screen.opens("/say/about/complaint")
    screen.page.locator(".say-choices button").first.tap()
    screen.page.locator(".say-ready").wait_for()


def write(screen: Screen) -> None:
    complain(screen)
    screen.page.locator("button[value=write]").tap()
    for letter in "SHI":
        key = screen.page.locator(f".writing button[name=letter][value={letter}]")
        with screen.page.expect_response("**/say/about/*"):
            key.tap()
    screen.page.locator(".words-row button").nth(5).wait_for()


def leave_a_number(screen: Screen) -> None:
    complain(screen)
    screen.page.locator("button[value=phone]").tap()
    screen.page.locator(".pad").wait_for()


def follow(screen: Screen) -> None:
    screen.opens("/follow")
    screen.taps("财务公开" if screen.page.locator("html[lang^=zh]").count() else "Village finances")
    screen.keys("139")


def check_a_paper(screen: Screen) -> None:
    screen.opens("/verify?number=Q0K2M01RE")


FORMS = [
    ask_for_a_case,
    ask_for_own_payments,
    ask_by_digits,
    complain,
    write,
    leave_a_number,
    follow,
    check_a_paper,
]


@pytest.fixture(scope="module")
def window(browser: Browser, world: World) -> Iterator[Screen]:
    with open_screen(browser, world.village_url, KIOSK) as screen:
        yield screen


@pytest.mark.parametrize("language", ["", "en"], ids=["Chinese", "English"])
@pytest.mark.parametrize("fill_in", FORMS, ids=lambda form: form.__name__.replace("_", " "))
def test_every_answer_to_a_form_can_be_touched_and_read(
    window: Screen, fill_in: Callable[[Screen], None], language: str
) -> None:
    window.forgets()
    if language:
        window.opens(f"/look?lang={language}&next=/")

    (fill_in if not language else _in_english(fill_in))(window)

    assert look_at(window, ON_KIOSK) == []
    assert (window.axe() if not language else []) == []
    assert window.faults == []


def _in_english(fill_in: Callable[[Screen], None]) -> Callable[[Screen], None]:
    """The same taps; the one button that is found by its word has another word."""

    def fill(screen: Screen) -> None:
        taps = screen.taps

        def taps_in_english(word: str, *, within: str = "body") -> None:
            taps({"查": "Look"}.get(word, word), within=within)

        with patch.object(screen, "taps", taps_in_english):
            fill_in(screen)

    return fill


def test_axe_would_find_something(browser: Browser, world: World) -> None:
    with open_screen(browser, world.village_url, KIOSK) as screen:
        screen.opens("/help")
        screen.page.evaluate(
            "document.querySelector('main').append(new Image()); document.querySelector('h1').style.color = '#777'"
        )

        rules = {told.partition(":")[0] for told in screen.axe()}

    assert {"image-alt", "color-contrast-enhanced"} <= rules


@pytest.mark.skipif(not IS_SOAK, reason="the colours of the black look are counted in test_design_language")
def test_axe_finds_enough_contrast_in_the_black_look(
    browser: Browser, world: World, kiosk_pages: list[str]
) -> None:
    told = {}
    with open_screen(browser, world.village_url, KIOSK, look="contrast") as screen:
        for path in kiosk_pages:
            screen.opens(path)
            if wrong := screen.axe(CONTRAST_RULES):
                told[path] = wrong

    assert told == {}


def test_every_code_is_large_and_can_be_read_from_the_screen(
    browser: Browser, world: World, kiosk_pages: list[str]
) -> None:
    read: dict[str, str] = {}
    with_a_code = [
        path
        for path in kiosk_pages
        if 'class="qr"' in requests.get(world.village_url + path, timeout=20).text
    ]
    with open_screen(browser, world.village_url, KIOSK) as screen:
        for path in with_a_code:
            screen.opens(path)
            for code in screen.page.locator("svg.qr").all():
                code.evaluate("one => one.scrollIntoView({ block: 'center' })")
                text = _read(code)
                box = code.bounding_box()
                assert box is not None
                assert min(box["width"], box["height"]) >= 240, path
                assert code.get_attribute("aria-label"), path
                read[f"{path} {len(read)}"] = text

    assert all(read.values()), read
    assert any(text.startswith("SMSTO:") for text in read.values())
    assert any(text.startswith("http") for text in read.values())


def _read(code: Locator) -> str:
    picture = Image.open(io.BytesIO(code.screenshot()))
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return found[0].text if found else ""
