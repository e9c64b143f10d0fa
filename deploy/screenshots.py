"""Pictures of the ten most important pages for the documents, taken from a demonstration of its own; no test."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from content.errors import XiangtingError
from deploy.demonstration import Say, started

KIOSK, PHONE = ViewportSize(width=1080, height=1920), ViewportSize(width=390, height=844)
COLOURS = 64
MAX_BYTES = 200_000


@dataclass(frozen=True)
class Shot:
    """One picture: the page, the taps from there, and the look of the reader."""

    name: str
    path: str
    taps: tuple[str, ...] = ()
    look: str = ""
    on_phone: bool = False


SHOTS = (
    Shot("home", "/"),
    Shot("home-large-english", "/", look="en.large"),
    Shot("village-affairs", "/open/village"),
    Shot("notice", "/", (".newest .line-link",)),
    Shot("finances", "/finances", ("main a[href*='/finances/']:not([href$='trend'])",)),
    Shot("programme", "/programmes", ("main .line-link",)),
    Shot("guide", "/guides/list", ("main .line-link",)),
    Shot("search", "/search?q=低保"),
    Shot("say", "/say"),
    Shot("portal-on-a-phone", "", on_phone=True),
)


def take_screenshots(
    run_py: Path, folder: Path, *, chromium: str, ports: tuple[int, int], say: Say
) -> Iterator[Path]:
    """Start a demonstration, take each picture, stop it; the files as they are written, PNG of at most 200 kB."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory()))
        kiosk, portal = running.enter_context(started(home, run_py, ports=ports, say=say))
        browser = running.enter_context(open_browser(chromium))
        for shot in SHOTS:
            picture = _take(browser, portal if shot.on_phone else kiosk, shot)
            path = folder / f"{shot.name}.png"
            path.write_bytes(picture)
            yield path


@contextmanager
def open_browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium, closed with the block; root may start it only without its sandbox."""
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=as_root)
        try:
            yield browser
        finally:
            browser.close()


def _take(browser: Browser, url: str, shot: Shot) -> bytes:
    context = browser.new_context(viewport=PHONE if shot.on_phone else KIOSK, has_touch=True)
    if shot.look:
        context.add_cookies([{"name": "look", "value": shot.look, "url": url}])
    page: Page = context.new_page()
    page.goto(url + shot.path)
    for target in shot.taps:
        with page.expect_event("load"):
            page.locator(target).first.tap()
    page.wait_for_load_state("networkidle")
    picture = _small(page.screenshot())
    context.close()
    return picture


def _small(png: bytes) -> bytes:
    """The picture in few colours: flat plates and dark letters lose nothing by it."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    if len(out.getvalue()) > MAX_BYTES:
        raise XiangtingError(f"截图有 {len(out.getvalue()):,} 字节，超过 {MAX_BYTES:,}。", code="too_large")
    return out.getvalue()
