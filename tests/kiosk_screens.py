"""Looks at a page as a finger and an eye meet it: sizes, gaps, what is cut off, and what axe-core finds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
KIOSK, PHONE = ViewportSize(width=1080, height=1920), ViewportSize(width=390, height=844)

# Everything that is touched, in the page as it stands; what belongs to another layer (dock, turner, curtain) is
# measured against its own neighbours only, because the page moves under it.
MEASURE = """async least => {
  const settled = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  await settled();
  const told = [];
  const once = work => { const done = new Map(); return Object.assign(one => { if (!done.has(one)) done.set(one, work(one)); return done.get(one); }, { forget: () => done.clear() }); };
  const box = once(one => one.getBoundingClientRect());
  const isShown = once(one => one.checkVisibility({ opacityProperty: false, visibilityProperty: true }) && box(one).width > 1 && box(one).height > 1);
  const name = one => `${one.tagName.toLowerCase()} “${(one.innerText || one.value || one.ariaLabel || "").trim().slice(0, 20)}”`;
  const isUnseen = once(one => one !== null && (getComputedStyle(one).clipPath !== "none" || isUnseen(one.parentElement)));
  const layer = once(one => one.closest(".dock, .turner, .curtain, .away"));
  const root = document.documentElement;

  if (root.scrollWidth > innerWidth) told.push(`page is ${root.scrollWidth} wide`);
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, audio")].filter(isShown);
  for (const one of targets) {
    const { width, height, left, right } = box(one);
    if (Math.min(width, height) < least.target - 0.1) told.push(`${Math.round(width)}x${Math.round(height)} ${name(one)}`);
    if (left < -1 || right > innerWidth + 1) told.push(`past the edge: ${name(one)}`);
  }
  targets.forEach((one, index) => targets.slice(index + 1).forEach(other => {
    if (one.contains(other) || layer(one) !== layer(other)) return;
    const [a, b] = [box(one), box(other)];
    const gap = Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
    if (gap < least.gap - 0.1) told.push(`${Math.round(gap)} px between ${name(one)} and ${name(other)}`);
  }));

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.textContent.trim() || !isShown(parent) || parent.closest("script, noscript, title, desc, .heard, option, audio, [hidden]") || isUnseen(parent)) continue;
    const words = text.textContent.trim().slice(0, 20), style = getComputedStyle(parent);
    if (parseFloat(style.fontSize) < least.text) told.push(`${style.fontSize}: “${words}”`);
    range.selectNodeContents(text);
    const drawn = range.getBoundingClientRect();
    if (drawn.left < -1 || drawn.right > innerWidth + 1) told.push(`cut by the edge: “${words}”`);
    const frame = parent.closest("a, button, .plate, .tag, .typed, .stat, th, td");
    if (frame && (drawn.right > box(frame).right + 2 || drawn.left < box(frame).left - 2 || drawn.bottom > box(frame).bottom + 8))
      told.push(`runs out of its ${frame.tagName.toLowerCase()}: “${words}”`);
  }
  for (const one of document.querySelectorAll("body *")) {
    if (!isShown(one) || one.closest(".heard, svg, audio") || one.matches("input, textarea, select, progress")) continue;
    const { overflowX, overflowY } = getComputedStyle(one);
    const isCut = (overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1) || (overflowY !== "visible" && one.scrollHeight > one.clientHeight + 1);
    if (isCut && box(one).width > 2 && !(least.may_scroll && overflowX === "auto")) told.push(`cut off or scrolls inside: ${name(one)}`);
  }
  for (const one of document.querySelectorAll("input:not([type=hidden]), textarea, select"))
    if (isShown(one) && parseFloat(getComputedStyle(one).fontSize) < least.text) told.push(`small letters in ${name(one)}`);

  scrollTo(0, root.scrollHeight);
  await settled();
  scrollTo(0, root.scrollHeight);
  box.forget();
  const dock = document.querySelector(".turner:not([hidden])") || document.querySelector(".dock");
  const last = [...document.querySelectorAll("main > *")].filter(isShown).at(-1);
  if (least.under_dock && dock && last && box(last).bottom > box(dock).top + 1) told.push(`under the keys: ${name(last)}`);
  scrollTo(0, 0);
  return [...new Set(told)];
}"""

# The names of people and villages stay Chinese on the English pages, and so do texts that were published in Chinese.
AXE_RUN = """async options => {
  const found = await axe.run(document, options);
  return found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join(" | ")}`);
}"""
AXE_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
CONTRAST_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}


@dataclass
class Screen:
    """One browser window on a machine, and everything on it that went wrong."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def opens(self, path: str) -> None:
        self.page.goto(self.url + path)

    def forgets(self) -> None:
        """As a window that nobody has used yet, for much less than the price of a new one."""
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        self.faults.clear()

    def taps(self, word: str, *, within: str = "body") -> None:
        """A link or button by how its word begins, and wait for the page that it leads to."""
        place = self.page.locator(within)
        target = place.get_by_role("link", name=word).or_(place.get_by_role("button", name=word)).first
        with self.page.expect_event("load"):
            target.tap()

    def keys(self, text: str) -> None:
        """Character by character on a pad."""
        for char in text:
            with self.page.expect_event("load"):
                self.page.locator(f".pad button[value='{char}']").tap()

    def axe(self, options: dict[str, Any] = AXE_RULES) -> list[str]:
        """What axe-core objects to."""
        if not self.page.evaluate("'axe' in window"):
            # The page's own policy forbids foreign script; the browser's debugger may bring it all the same.
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(AXE_RUN, options)
        return found


@contextmanager
def open_screen(
    browser: Browser, url: str, size: ViewportSize = KIOSK, *, look: str = "", **options: Any
) -> Iterator[Screen]:
    """A window with a finger; it notes errors on the console, requests elsewhere, and pages that were not there."""
    context: BrowserContext = browser.new_context(viewport=size, has_touch=True, **options)
    if look:
        context.add_cookies([{"name": "look", "value": look, "url": url}])
    context.set_default_timeout(20_000)
    screen = Screen(context.new_page(), url)
    own = "{0.scheme}://{0.netloc}".format(urlsplit(url))

    def note_request(asked: Any) -> None:
        if not asked.url.startswith((own, "data:", "blob:")):
            screen.faults.append(f"asks {asked.url}")

    screen.page.on("request", note_request)
    screen.page.on("console", lambda said: _note(screen, said.type, said.text))
    screen.page.on("pageerror", lambda error: screen.faults.append(str(error)))
    try:
        yield screen
    finally:
        context.close()


def one_of_each_kind(url: str, *, home: str = "/", limit: int = 400) -> list[str]:
    """Follow every link from `home`: one address for each kind of page (an id in an address counts as "*")."""
    web, waiting, kinds = requests.Session(), [home], {}
    web.headers["Connection"] = "close"
    while waiting and len(kinds) < limit:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in kinds or not address.startswith(home) or _is_no_page(address):
            continue
        answer = web.get(url + address, timeout=20)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"
        if "text/html" not in answer.headers["Content-Type"]:
            continue
        kinds[kind] = address
        waiting += [
            link.replace("&amp;", "&") for link in re.findall(r'<a [^>]*?href="(/[^"#]*)', answer.text)
        ]
    return list(kinds.values())


def kind_of(address: str) -> str:
    """The address with what names one thing (anything with a digit or Chinese in it) as "*"; no query."""
    return re.sub(r"[^/]*[0-9%][^/]*", "*", urlsplit(address).path)


def _is_no_page(address: str) -> bool:
    return address.startswith(("/look", "/leave", "/sign-in", "/desk", "/county", "/phone"))


def _note(screen: Screen, kind: str, text: str) -> None:
    # A form that is sent back with a reason answers 422 or 404, which Chromium writes down as a failure.
    is_refusal = text.startswith("Failed to load resource") and ("422" in text or "404" in text)
    if kind in ("error", "warning") and not is_refusal:
        screen.faults.append(text)
