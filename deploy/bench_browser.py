"""Measures how soon a page can be read on a slow machine: largest contentful paint in a real, slowed-down Chromium."""

from playwright.sync_api import Browser

from deploy.screenshots import KIOSK, open_browser

SLOW_DOWN = 6
VISITS = 7
LCP = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def paint_times_ms(chromium: str, urls: list[str]) -> list[list[float]]:
    """Largest contentful paint of `VISITS` first visits to each address, on a CPU slowed down `SLOW_DOWN` times."""
    with open_browser(chromium) as browser:
        return [[_visit(browser, url) for _ in range(VISITS)] for url in urls]


def _visit(browser: Browser, url: str) -> float:
    context = browser.new_context(viewport=KIOSK, has_touch=True)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
    page.goto(url)
    painted: float = page.evaluate(LCP)
    context.close()
    return painted
