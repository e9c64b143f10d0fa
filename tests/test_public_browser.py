"""Searching and asking in a real browser; how pages look and fit is test_kiosk_screens's."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from public_pages import LAST4, Pages, app_of, open_pages
from werkzeug.serving import make_server

from content.node import Node

KIOSK, PHONE = (1080, 1920), (390, 844)


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


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/contacts", "/attract", "/verify"])
def test_paper_held_under_a_scanner_is_checked_from_any_page(
    browser: Browser, addresses: dict[str, str], pages: Pages, path: str
) -> None:
    page, errors = open_page(browser, KIOSK, addresses["kiosk"])
    page.goto(addresses["kiosk"] + path)

    page.keyboard.type(f"https://portal.test/v/330999101201/verify/{pages.statement}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/verify/{pages.statement}")

    assert "有这一份" in page.locator("main").inner_text()
    assert errors == []
    page.context.close()


@pytest.mark.browser
def test_scanner_needs_no_script_where_the_number_is_asked_for(
    browser: Browser, addresses: dict[str, str], pages: Pages
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(addresses["kiosk"] + "/verify")
        page.keyboard.type(pages.statement.lower())
        page.keyboard.press("Enter")

        page.wait_for_url(f"**/verify/{pages.statement}")


CAMERA = """navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLVideoElement.prototype.play = async () => {};
window.BarcodeDetector = class { async detect() { return [{ rawValue: "https://portal.test/v/1/verify/CODE" }]; } };"""


@pytest.mark.browser
def test_camera_reads_the_code_where_the_browser_can(
    browser: Browser, addresses: dict[str, str], pages: Pages
) -> None:
    page, errors = open_page(browser, KIOSK, addresses["kiosk"])
    page.goto(addresses["kiosk"] + "/verify")
    is_offered_without = page.locator("[data-scan]").is_visible()
    page.add_init_script(CAMERA.replace("CODE", pages.statement))
    page.reload()

    page.locator("[data-scan] button").tap()
    page.wait_for_url(f"**/verify/{pages.statement}")

    assert not is_offered_without
    assert errors == []
    page.context.close()
