"""What a page costs a slow machine: bytes, requests, and memory over hundreds of pages; its time is `run.py bench`'s."""

import resource
from typing import Any

import pytest
from kiosk_screens import Screen, one_of_each_kind, open_screen
from playwright.sync_api import Browser
from soak import IS_SOAK
from walking import World

pytestmark = pytest.mark.browser
COLD_BYTES, COLD_REQUESTS, WARM_BYTES = 150_000, 12, 30_000
TURNS = 500 if IS_SOAK else 60
HEAP_GROWTH_BYTES = 2_000_000
PAGES = {"home": "/", "list": "/open/village/notices", "detail": "/guides/QX-G06"}


class Scales:
    """Bytes on the wire and requests of a page, from the browser's own network log; nothing from its cache."""

    def __init__(self, screen: Screen) -> None:
        self.bytes, self.requests = 0, 0
        self._cdp = screen.page.context.new_cdp_session(screen.page)
        self._cdp.send("Network.enable")
        self._cdp.on("Network.loadingFinished", self._weigh)

    def _weigh(self, told: dict[str, Any]) -> None:
        if told["encodedDataLength"] > 0:
            self.bytes += int(told["encodedDataLength"])
            self.requests += 1

    def empty(self) -> None:
        self.bytes, self.requests = 0, 0


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_page_is_light_the_first_time_and_lighter_the_second(
    browser: Browser, world: World, path: str
) -> None:
    with open_screen(browser, world.village_url) as screen:
        scales = Scales(screen)
        screen.page.goto(screen.url + path, wait_until="networkidle")
        cold = (scales.bytes, scales.requests)
        scales.empty()
        screen.page.goto(screen.url + path, wait_until="networkidle")
        warm = scales.bytes

    print(f"{path}: cold {cold[0]:,} bytes in {cold[1]} requests, warm {warm:,}")
    assert 0 < cold[0] <= COLD_BYTES
    assert cold[1] <= COLD_REQUESTS
    assert 0 < warm <= WARM_BYTES


def test_hundreds_of_page_turns_leave_memory_flat(browser: Browser, world: World) -> None:
    paths = one_of_each_kind(world.village_url)
    with open_screen(browser, world.village_url) as screen:
        cdp = screen.page.context.new_cdp_session(screen.page)
        cdp.send("Performance.enable")
        heap = []
        for turn in range(TURNS):
            screen.opens(paths[turn % len(paths)])
            if turn in (TURNS // 3, TURNS - 1):
                screen.opens("/")
                cdp.send("HeapProfiler.collectGarbage")
                metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
                heap.append((metrics["JSHeapUsedSize"], metrics["Documents"], _peak_kib()))

    print(
        f"{TURNS} turns: heap {heap[0][0]:,} -> {heap[1][0]:,} bytes, peak {heap[0][2]:,} -> {heap[1][2]:,} KiB"
    )
    assert heap[1][0] - heap[0][0] < HEAP_GROWTH_BYTES
    assert heap[1][1] <= heap[0][1] + 2
    # The server lives in the test's own process, and so do the tests: pages are kept up to 8 MiB.
    assert heap[1][2] - heap[0][2] < 60_000


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
