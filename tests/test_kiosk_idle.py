"""What the kiosk does when nobody touches it, when its server is away, and when a new version is out."""

from collections.abc import Iterator

import pytest
from kiosk_screens import Screen, open_screen
from playwright.sync_api import Browser, Page, expect
from walking import World

from kiosk.pages import Ui

pytestmark = pytest.mark.browser
CURTAIN, AWAY = "[data-curtain]", "[data-away]"


@pytest.fixture
def screen(browser: Browser, world: World) -> Iterator[Screen]:
    """The kiosk with a clock that the test turns."""
    with open_screen(browser, world.village_url) as screen:
        screen.page.clock.install()
        yield screen


def pass_seconds(page: Page, seconds: float) -> None:
    """In small steps, as time passes: what waits for the server gets its answers in between."""
    for _ in range(int(seconds * 2)):
        page.clock.run_for(500)


@pytest.mark.parametrize(
    ("path", "idle_s"), [("/finances", 90), ("/mine", 60)], ids=["public page", "personal page"]
)
def test_curtain_falls_twenty_seconds_before_the_end_and_any_touch_lifts_it(
    screen: Screen, path: str, idle_s: int
) -> None:
    screen.opens(path)
    if path == "/mine":
        screen.keys("W")
    page = screen.page

    page.clock.run_for((idle_s - 22) * 1000)
    expect(page.locator(CURTAIN)).to_be_hidden()
    page.clock.run_for(3_000)
    expect(page.locator(CURTAIN)).to_be_visible()
    address = page.url
    page.touchscreen.tap(500, 300)  # not on the key, and above a link of the page
    expect(page.locator(CURTAIN)).to_be_hidden()
    page.clock.run_for((idle_s - 25) * 1000)

    expect(page.locator(CURTAIN)).to_be_hidden()
    assert page.url == address


def test_key_of_the_curtain_is_huge(screen: Screen) -> None:
    screen.opens("/finances")
    screen.page.clock.run_for(75_000)

    box = screen.page.locator("[data-stay]").bounding_box()

    assert box is not None
    assert box["width"] >= 600
    assert box["height"] >= 200


def test_sound_that_plays_counts_as_somebody_listening(screen: Screen) -> None:
    screen.opens("/finances")
    for _ in range(10):
        screen.page.clock.run_for(20_000)
        screen.page.evaluate("document.querySelector('main').dispatchEvent(new Event('timeupdate'))")

    expect(screen.page.locator(CURTAIN)).to_be_hidden()
    assert screen.page.url.endswith("/finances")


def test_after_a_visit_nothing_personal_is_left(screen: Screen) -> None:
    page = screen.page
    screen.opens("/")
    screen.taps("大字")
    screen.opens("/mine")
    screen.keys("WG")
    screen.taps("没有我的名字")
    screen.keys("123456")
    page.evaluate("sessionStorage.setItem('note', 'WG'); localStorage.setItem('note', 'WG')")

    with page.expect_event("load"):
        page.clock.run_for(61_000)
    page.wait_for_url(f"{screen.url}/")
    expect(page.locator(".tiles")).to_be_visible()

    assert page.context.cookies() == []
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("document.documentElement.classList.contains('mode-large')") is False
    seen = [page.content()]
    for go in (page.go_forward, page.go_back, page.go_back, page.go_back, page.go_forward):
        go()
        seen.append(page.content())
    assert not [html for html in seen if 'value="WG"' in html or "●" in html]


def test_personal_pages_are_never_stored(screen: Screen) -> None:
    screen.opens("/mine")
    with screen.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        screen.keys("W")

    assert answered.value.headers["cache-control"] == "no-store"


def test_home_gives_way_to_notices_in_turn_and_the_first_touch_only_wakes(screen: Screen) -> None:
    page = screen.page
    screen.opens("/")
    tile = page.locator(".tile").first.bounding_box()
    assert tile is not None
    page.clock.run_for(91_000)
    page.wait_for_url("**/attract")

    shown = page.locator("[data-sheet]:visible")
    first = shown.inner_text()
    page.clock.run_for(8_500)
    assert shown.count() == 1
    assert shown.inner_text() != first

    page.touchscreen.tap(tile["x"] + 50, tile["y"] + 50)
    page.wait_for_url(f"{screen.url}/")
    assert screen.faults == []


def test_kiosk_says_that_the_server_is_away_keeps_the_page_and_goes_on_by_itself(screen: Screen) -> None:
    page = screen.page
    screen.opens("/contacts")
    page.route("**/*", lambda route: route.abort())

    pass_seconds(page, 8)
    expect(page.locator(AWAY)).to_be_visible()
    page.get_by_role("link", name="怎么用这台机器").tap()
    pass_seconds(page, 3)
    expect(page.locator("h1")).to_have_text("联系值班")

    page.unroute("**/*")
    pass_seconds(page, 4)
    expect(page.locator("h1")).to_have_text("怎么用")
    expect(page.locator(AWAY)).to_be_hidden()


def test_visit_that_ends_while_the_server_is_away_leaves_an_empty_page_and_then_home(screen: Screen) -> None:
    page = screen.page
    screen.opens("/mine")
    screen.keys("W")
    page.route("**/*", lambda route: route.abort())
    pass_seconds(page, 62)
    assert "W" not in page.locator("main").inner_text()

    page.unroute("**/*")
    pass_seconds(page, 4)

    page.wait_for_url(f"{screen.url}/")


def test_idle_screen_loads_itself_anew_when_a_new_version_is_out(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = screen.page
    screen.opens("/")
    page.evaluate("window.isOld = true")
    monkeypatch.setattr(Ui, "version", staticmethod(lambda: "new"))

    page.clock.run_for(25_000)
    assert page.evaluate("window.isOld")
    with page.expect_event("load"):
        pass_seconds(page, 10)

    assert page.evaluate("window.isOld") is None


def test_without_script_a_page_leaves_by_itself(browser: Browser, world: World) -> None:
    with open_screen(browser, world.village_url, java_script_enabled=False) as screen:
        screen.opens("/contacts")
        refresh = screen.page.locator("meta[http-equiv=refresh]").get_attribute("content")
        assert refresh == "90;url=/leave"

        screen.taps("大字")
        screen.opens("/leave")

        assert screen.page.url == f"{screen.url}/"
        assert screen.page.context.cookies() == []
