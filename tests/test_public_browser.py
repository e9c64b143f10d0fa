"""The villagers' pages in a real browser: large enough to touch and to read, nothing past the edge, no errors."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from public_pages import LAST4, Pages, app_of, open_pages
from werkzeug.serving import make_server

from content.node import Node

KIOSK, PHONE = (1080, 1920), (390, 844)
# What is touched must be 20 mm on the kiosk's screen; the plaque's name is no button but leads home all the same.
MEASURE = """least => {
  const shown = element => { const box = element.getBoundingClientRect(); return box.width > 1 && box.height > 1; };
  const told = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) told.push("too wide");
  for (const one of document.querySelectorAll("a, button, input:not([type=hidden])")) {
    if (!shown(one) || one.closest(".place")) continue;
    const box = one.getBoundingClientRect();
    if (Math.min(box.width, box.height) < least.target - 0.5 || box.right > innerWidth + 1)
      told.push(`${Math.round(box.width)}x${Math.round(box.height)} ${one.textContent.trim()}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !shown(parent) || parent.closest("script, title, desc, .heard")) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least.text) told.push(`${size} px: ${walker.currentNode.textContent.trim()}`);
  }
  return told;
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def addresses(pages: Pages) -> Iterator[dict[str, str]]:
    """The kiosk and the portal on this machine."""
    with _served(pages.village) as kiosk, _served(pages.place.county) as portal:
        yield {"kiosk": kiosk, "portal": portal + pages.home}


class _served:
    """A node's application behind a real socket."""

    def __init__(self, node: Node) -> None:
        app = app_of(node)
        app.config["WTF_CSRF_ENABLED"] = True
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def open_page(
    browser: Browser, size: tuple[int, int], address: str, look: str = ""
) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True)
    if look:
        context.add_cookies([{"name": "look", "value": look, "url": address}])
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page, errors


@pytest.mark.browser
@pytest.mark.parametrize("look", ["", "large", "en", "en.large"])
@pytest.mark.parametrize(
    ("place", "size", "least"),
    [("kiosk", KIOSK, {"target": 81, "text": 24}), ("portal", PHONE, {"target": 48, "text": 12})],
    ids=["kiosk", "portal"],
)
def test_every_page_can_be_touched_and_read(
    browser: Browser,
    pages: Pages,
    addresses: dict[str, str],
    place: str,
    size: tuple[int, int],
    least: dict[str, Any],
    look: str,
) -> None:
    address = addresses[place]
    page, errors = open_page(browser, size, address, look)
    found: dict[str, list[str]] = {}
    for path in _paths(pages):
        page.goto(address + path)
        found[path] = page.evaluate(MEASURE, least)
    page.context.close()

    assert {path: told for path, told in found.items() if told} == {}
    assert errors == []


@pytest.mark.browser
def test_results_appear_while_typing(browser: Browser, addresses: dict[str, str]) -> None:
    page, errors = open_page(browser, PHONE, addresses["portal"])
    page.goto(f"{addresses['portal']}/search")

    page.get_by_role("searchbox").press_sequentially("宅基地")
    page.locator("#results .line-link").first.wait_for()

    assert "宅基地" in page.locator("#results").inner_text()
    assert page.url.endswith("/search")
    assert errors == []
    page.context.close()


@pytest.mark.browser
def test_a_case_is_found_with_a_finger_and_without_script(
    browser: Browser, pages: Pages, addresses: dict[str, str]
) -> None:
    case_no = pages.file_case()
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{addresses['kiosk']}/case")

    for key in case_no + LAST4:
        page.locator(f'.pad button[value="{key}"]').click()
    page.locator('button[name="find"]').click()

    page.get_by_text("已提交，等待受理").first.wait_for()
    assert case_no not in page.url
    context.close()


def _paths(pages: Pages) -> list[str]:
    statement, roll = f"/finances/{pages.statement}", f"/rolls/{pages.roll}"
    fixed = (
        "/ /open/party /open/finance /open/subsidy /open/village/notices /item/F2 /finances /finances/trend"
    )
    rest = "/programmes /calculator /calculator/R01?quantity=2.08&paid=270 /rolls /mine /guides /guides/list"
    last = "/guides/QX-G13 /case /case/thanks /search /search?q=db /contacts /help"
    return [
        *f"{fixed} {rest} {last}".split(),
        "/programmes/耕地地力保护补贴",
        statement,
        f"{statement}/entries",
        f"{statement}/entries/1",
        roll,
        f"/rolls/{pages.totals_roll}",
        f"/proof/roll/{pages.roll}",
    ]
