"""What a villager comes for, counted in taps from the home page, and done again without script."""

from collections.abc import Callable

import pytest
from kiosk_screens import Screen, open_screen
from playwright.sync_api import Browser
from soak import IS_SOAK
from walking import World

pytestmark = pytest.mark.browser
MOST_TAPS = 4
Task = Callable[["Finger"], str]


class Finger:
    """Taps on the page and counts them. Characters on a pad are typing, which is not counted."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.taps = screen, 0

    def tap(self, target: str) -> None:
        """The first thing on the page that this selector finds."""
        with self.screen.page.expect_event("load"):
            self.screen.page.locator(target).first.tap()
        self.taps += 1

    def type(self, text: str) -> None:
        self.screen.keys(text)


def latest_notice(finger: Finger) -> str:
    finger.tap(".newest .line-link")
    return "article.paper"


def an_item_of_a_section(finger: Finger) -> str:
    finger.tap(".tile.is-village")
    finger.tap("main .line-link")
    return "h1"


def an_entry_of_a_statement(finger: Finger) -> str:
    finger.tap(".tile.is-finance")
    finger.tap("a[href*='/finances/']:not([href$='trend'])")
    finger.tap("a[href$='/entries']")
    finger.tap("main a[href*='/entries/']")
    return ".facts"


def a_leased_thing(finger: Finger) -> str:
    finger.tap(".tile.is-finance")
    finger.tap("a[href*='/ledgers/']")
    finger.tap("a[href$='/ledgers/contracts']")
    return ".book"


def the_rate_of_a_programme(finger: Finger) -> str:
    finger.tap(".tile.is-subsidy")
    finger.tap("a[href$='/programmes']")
    finger.tap("main .line-link")
    return ".rates, main .panel"


def a_roll(finger: Finger) -> str:
    finger.tap(".tile.is-subsidy")
    finger.tap("a[href*='/rolls']")
    finger.tap("main .line-link, main a[href*='/rolls/']")
    return ".stats"


def own_payments(finger: Finger) -> str:
    finger.tap(".tile.is-subsidy")
    finger.tap("a[href$='/mine']")
    finger.type("W")
    finger.tap(".names .big")
    finger.type("123456")
    finger.tap("button[name=find]")
    return "main [role=alert], .answer-number"


def own_case(finger: Finger) -> str:
    finger.tap(".tile[href$='/case']")
    finger.type("Q0K2M01RE1234")
    finger.tap("button[name=find]")
    return "main [role=alert]"


def whom_to_call(finger: Finger) -> str:
    finger.tap(".tile[href$='/contacts']")
    return ".phone-number"


def something_found(finger: Finger) -> str:
    finger.tap(".tile[href$='/search']")
    finger.tap(".common a")
    finger.tap("#results .line-link")
    return "h1"


def materials_of_a_guide(finger: Finger) -> str:
    finger.tap(".tile[href$='/guides']")
    finger.tap(".ways-in a, main a[href*='/guides/list']")
    finger.tap("main .line-link")
    return ".bring"


def proof_of_a_notice(finger: Finger) -> str:
    finger.tap(".newest .line-link")
    finger.tap("a[href*='/proof/']")
    return ".proof, main .panel"


def a_paper_checked(finger: Finger) -> str:
    finger.tap(".tile[href$='/contacts']")
    finger.tap("a[href$='/help']")
    finger.tap("a[href$='/verify']")
    finger.type("Q0K2M01RE")
    return "main"


def a_complaint(finger: Finger) -> str:
    finger.tap(".tile[href$='/contacts']")
    finger.tap("a[href$='/say/about/complaint']")
    finger.tap(".say-choices button")
    finger.tap("button[name=hand_in]")
    return ".say-number, main [role=alert]"


def an_objection_to_a_notice(finger: Finger) -> str:
    finger.tap(".newest .line-link")
    finger.tap("a[href*='/say/about/objection']")
    finger.tap(".say-choices button")
    return ".say-ready"


def a_subscription(finger: Finger) -> str:
    finger.tap(".tile[href$='/contacts']")
    finger.tap("a[href$='/follow']")
    finger.tap("button[name=section]")
    finger.type("13900005678")
    finger.tap("button[name=ask]")
    return "main .flash"


def larger_letters(finger: Finger) -> str:
    finger.tap(".key-large")
    return "html.mode-large"


def another_language(finger: Finger) -> str:
    finger.tap(".key-language")
    return "html[lang=en]"


TASKS = [
    *(latest_notice, an_item_of_a_section, an_entry_of_a_statement, a_leased_thing, the_rate_of_a_programme),
    *(a_roll, own_payments, own_case, whom_to_call, something_found, materials_of_a_guide, proof_of_a_notice),
    *(
        a_paper_checked,
        a_complaint,
        an_objection_to_a_notice,
        a_subscription,
        larger_letters,
        another_language,
    ),
]


# The walks tap with script; without it is the harder half.
@pytest.mark.parametrize("has_script", [True, False] if IS_SOAK else [False], ids=lambda has: f"script {has}")
def test_every_task_is_done_within_four_taps(browser: Browser, world: World, has_script: bool) -> None:
    taps: dict[str, int] = {}
    with open_screen(browser, world.village_url, java_script_enabled=has_script) as screen:
        for task in TASKS:
            screen.forgets()
            screen.opens("/")
            finger = Finger(screen)
            screen.page.locator(task(finger)).first.wait_for(timeout=10_000)
            taps[task.__name__] = finger.taps
            assert screen.faults == [], task.__name__

    assert {name: count for name, count in taps.items() if count > MOST_TAPS} == {}
