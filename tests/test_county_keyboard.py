"""The console by keyboard alone at 1366 x 768: every control in the order the eye reads, its focus seen, the menu passed over."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import pytest
from county_console import PASSWORD, PASSWORD_HASH, make_console
from nodes import COUNTY, VILLAGE
from playwright.sync_api import Browser, Page, ViewportSize
from test_county_lists import LISTS, Texts
from test_role_matrix import things_of
from walking import Server, free_port

from content import accounts
from content.accounts import Account

OFFICE = ViewportSize(width=1366, height=768)
# What the keyboard came to, written down by the page itself: what it is, where, and how its outline looks.
NOTE = """
window.reached = [];
addEventListener("focusin", event => {
  const style = getComputedStyle(event.target.matches(".choice input")
      ? event.target.nextElementSibling : event.target);
  const place = event.target.getBoundingClientRect();
  reached.push({mark: event.target.dataset.mark, top: place.top + scrollY, left: place.left, width: place.width,
    outline: style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0,
    seen: place.bottom > 0 && place.top < innerHeight});
}, true);
"""
# Every control that can be seen and used, in the order of the page: radio buttons of one name are one stop.
CONTROLS = """
() => {
  const names = new Set(), found = [];
  for (const one of document.querySelectorAll(
      "main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary, main [tabindex='0']")) {
    if (!one.checkVisibility() || one.disabled || one.tabIndex < 0) continue;
    if (one.type === "radio") { if (names.has(one.name)) continue; names.add(one.name); }
    one.dataset.mark = found.length;
    found.push((one.textContent || one.name || "").trim().slice(0, 20) + " <" + one.tagName.toLowerCase() + ">");
  }
  return found;
}
"""


TWICE = """
[...document.querySelectorAll("[id]")].map(one => one.id).filter((id, place, all) => all.indexOf(id) !== place)
"""


@dataclass(frozen=True)
class Served:
    """A console with one thing of every kind. addresses: of its pages; feedback: the number of what was said;
    case: the address of one that goes on."""

    url: str
    addresses: list[str]
    feedback: str
    case: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = make_console(tmp_path_factory.mktemp("keyboard"))
    made.app.extensions["xiangting"] = replace(made.app.extensions["xiangting"], sms_state=Texts())
    boss = Account("boss", "局长", ("county", "auditor", "admin"), COUNTY, PASSWORD_HASH)
    accounts.set_account(made.place.county.record, boss, by="test")
    held, accepted = things_of(made, VILLAGE), made.file_case()
    client, port = made.client("boss"), free_port()
    client.post(f"/county/cases/{accepted}/accept")
    draft = client.post("/county/guides/drafts", data={"guide": "QX-G01"}).headers["Location"]
    server = Server(made.app, port)
    case = f"/county/cases/{accepted}"
    yield Served(f"http://127.0.0.1:{port}", [*pages_of(held), case, draft], held["feedback"], case)
    server.stop()
    made.place.close()


def pages_of(held: dict[str, str]) -> list[str]:
    """The pages of the console, lists first."""
    things = [
        f"/county/cases/{held['case']}",
        f"/county/cases/{held['rated']}",
        f"/county/feedback/{VILLAGE}/{held['feedback']}",
        f"/county/ratings/{VILLAGE}/{held['rated']}",
        f"/county/supervision/cards/{held['card']}",
        f"/county/villages/{VILLAGE}",
        "/county/guides/QX-G01",
    ]
    return [*(listing.address for listing in LISTS.values() if listing.page == "page"), *PAGES, *things]


PAGES = (
    "/county",
    "/county/calendar",
    "/county/catalogue/vote-limit",
    "/county/ratings/rules",
    "/county/supervision/rules",
    "/county/supervision/answer-limits",
    "/county/supervision/rules/edit",
    "/county/feedback/routes",
    "/county/texts/compose",
    "/county/programmes/edit",
    "/county/catalogue/edit",
    "/county/departments/edit",
    "/county/accounts/edit",
    "/staff/factor",
)


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A browser's page, signed in as somebody with every role of the county."""
    with closing(signed_in(browser, served, "boss")) as page:
        yield page


def signed_in(browser: Browser, served: Served, name: str) -> Page:
    """Without a mouse from the start: closing the page is enough."""
    page = browser.new_page(viewport=OFFICE)
    page.goto(f"{served.url}/sign-in")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/county")
    return page


def walk(page: Page) -> tuple[list[str], list[dict[str, Any]]]:
    """Past the menu by the skip link, then Tab by Tab to the end of the page: what there was, and what was reached."""
    controls = page.evaluate(CONTROLS)
    page.evaluate(NOTE)
    # A date is filled in part by part.
    stops = len(controls) + 3 * page.locator("main input[type=date]").count()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _stop in range(stops):
        page.keyboard.down("Tab")  # held down, which is half the work
    page.keyboard.up("Tab")
    return controls, [one for one in page.evaluate("reached") if one.get("mark") is not None]


def faults(page: Page) -> list[str]:
    """What a person without a mouse would stumble over on this page."""
    controls, reached = walk(page)
    names = [controls[int(one["mark"])] for one in reached]
    missed = next((name for name, got in zip_longest(controls, names) if name != got), None)
    found = [f"not reached in its turn: {missed}"] if missed else []
    found += [f"no outline: {name}" for name, one in zip(names, reached, strict=True) if one["outline"] < 2]
    found += [f"out of sight: {name}" for name, one in zip(names, reached, strict=True) if not one["seen"]]
    for before, after, name in zip(reached, reached[1:], names[1:], strict=False):
        if after["top"] < before["top"] - 30 and after["left"] <= before["left"]:
            found.append(f"back up the page: {name}")
    found += [f"two with one name: {name}" for name in page.evaluate(TWICE)]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{wide} px too wide"] if wide > 0 else [])


def where(page: Page) -> str:
    """The words of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent")).strip()


def test_every_page_is_walked_by_tab(page: Page, served: Served) -> None:
    wrong = {}
    for address in served.addresses:
        page.goto(served.url + address)
        if found := faults(page):
            wrong[address] = found

    assert wrong == {}


@pytest.mark.parametrize("name", ["township", "county", "auditor", "admin"])
def test_menu_comes_before_the_page_and_has_keys_of_its_own(
    browser: Browser, served: Served, name: str
) -> None:
    with closing(signed_in(browser, served, name)) as page:
        menu = page.locator(".office-nav a")
        keys = [one.get_attribute("accesskey") for one in menu.all()]
        words = [one.inner_text() for one in menu.all()]
        reached = []
        for _stop in range(len(words) + 2):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.innerText").strip())
        page.keyboard.press("Tab")

        assert reached == ["跳到正文", "退出", *words]
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
        assert len(set(keys)) == len(keys)
        page.goto(f"{served.url}{served.case}")  # which looks different to each of them
        assert faults(page) == []
        assert not set(keys) & {"d", "e", "f"}, "these are the browser's own"


def test_filter_keeps_the_keyboard_and_a_heading_leads_to_its_rows(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/county/cases")
    page.get_by_label("状态").focus()
    with page.expect_response("**/county/cases?state=filed*"):
        page.keyboard.press("ArrowDown")
    page.wait_for_url("**/county/cases?state=filed*")

    assert page.evaluate("document.activeElement.name") == "state"
    page.locator("th a", has_text="提交").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=filed*#list")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#list').contains(document.activeElement)")
    assert "state=filed" in page.url


def test_what_was_refused_and_what_was_done_is_where_the_keyboard_goes_on(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/county/feedback/{VILLAGE}/{served.feedback}")
    page.get_by_label("转给谁").select_option("township")
    page.get_by_label("为什么转").fill("请打 13900001234")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()

    assert "个人信息" in where(page)
    page.get_by_label("转给谁").select_option("township")
    page.get_by_label("为什么转").fill("镇里的项目")
    page.keyboard.press("Enter")
    page.locator("[role=status]", has_text="已记下").wait_for()
    assert "已记下" in where(page)


def test_a_field_that_is_wrong_is_where_the_keyboard_goes_on(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/county/departments/edit")
    for label, words in (("编号", "没有小写"), ("部门名称", "民政局"), ("管哪里", "330999")):
        page.get_by_label(label).first.fill(words)
    page.keyboard.press("Enter")
    page.locator("[aria-invalid=true]").wait_for()

    assert page.evaluate("document.activeElement.name") == "code"


def test_enter_presses_the_button_that_changes_nothing(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/county/supervision/rules/edit")
    page.get_by_label("名称").first.focus()
    page.keyboard.press("Enter")

    page.get_by_text("如果现在就执行，会发出这些").wait_for()
    assert page.url.endswith("/county/supervision/rules/edit")
