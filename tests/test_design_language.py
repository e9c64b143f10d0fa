"""The look keeps its word: colours as the doc lists them, clean templates, icons that exist, targets a finger can hit."""

import datetime
import mimetypes
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kiosk.charts import Bar, Series, bar_chart, trend_chart

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "kiosk" / "static"
TEMPLATES = ROOT / "kiosk" / "templates"
DOC = (ROOT / "docs" / "design-language.md").read_text(encoding="utf-8")
CSS = (STATIC / "app.css").read_text(encoding="utf-8")
ICONS = re.findall(r'<symbol id="i-([a-z-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8"))
HTML_FILES = sorted(TEMPLATES.rglob("*.html"))
MIN_RATIO = 7.0

# | `--ink` on `--paper` | 14.8 | 21.0 |
PAIRS = re.findall(r"^\| `(--[a-z-]+)` on `(--[a-z-]+)` \| ([\d.]+) \| ([\d.]+) \|", DOC, re.MULTILINE)


def tokens(selector: str) -> dict[str, str]:
    """The colour tokens of the first rule of that selector."""
    body = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", CSS, re.MULTILINE | re.DOTALL)
    assert body, f"app.css has no rule {selector}"
    return dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{3,6});", body[1]))


LIGHT = tokens(":root")
BLACK = LIGHT | tokens(".mode-contrast")


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("colours", "expected"), [(("#000", "#fff"), 21.0), (("#777777", "#fff"), 4.48)])
def test_contrast_agrees_with_known_pairs(colours, expected):
    assert contrast(*colours) == pytest.approx(expected, abs=0.01)


def test_the_doc_lists_every_text_colour_on_every_ground_of_its_section():
    listed = {(text, ground) for text, ground, *_ in PAIRS}

    for section in ("party", "village", "finance", "subsidy", "alarm"):
        assert (f"--{section}-on", f"--{section}-fill") in listed
        for ground in ("--paper", "--sheet", "--wash", f"--{section}-tint"):
            assert (f"--{section}-ink", ground) in listed
            assert ("--ink", ground) in listed


@pytest.mark.parametrize(("text", "ground", "told", "told_black"), PAIRS)
def test_text_keeps_seven_to_one_and_the_doc_says_how_much(text, ground, told, told_black):
    for palette, said in ((LIGHT, told), (BLACK, told_black)):
        ratio = contrast(palette[text], palette[ground])

        assert ratio >= MIN_RATIO
        assert float(said) == pytest.approx(ratio, abs=0.051)


@pytest.mark.parametrize("ground", ["--paper", "--sheet", "--wash"])
def test_edges_of_fields_and_keys_keep_three_to_one(ground):
    for palette in (LIGHT, BLACK):
        assert contrast(palette["--control"], palette[ground]) >= 3


def test_a_kiosk_page_loads_less_than_44_kb_of_css():
    assert len(CSS.encode()) < 44_000


@pytest.mark.parametrize("path", HTML_FILES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_templates_carry_no_inline_style_script_or_foreign_address(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert not re.search(r"\sstyle\s*=", text)
    is_paper = path.parent.name == "print"  # becomes a PDF and is never served as a page
    assert is_paper or not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<script[^>]*>\s*[^<\s]", text)
    assert not re.search(r"(?:href|src)=[\"'](?:https?:)?//", text)
    assert not re.search(r"\shx-on|[\"']js:|hx-trigger=[\"'][^\"']*\[", text), "htmx would need eval for this"


@pytest.mark.parametrize(
    "name", ["app.css", "office.css", "icons.svg", *sorted(path.name for path in STATIC.glob("*.js"))]
)
def test_static_files_reach_for_nothing_outside(name):
    text = (STATIC / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"https?:|@import|url\(|eval\(|new Function", text)


def make_ui(**changes: object) -> SimpleNamespace:
    village = SimpleNamespace(name="柳河村", town="清溪县柳河镇", office_phone="0578-0000110")
    usual = {
        "lang": "zh_Hans", "is_large": False, "is_contrast": False, "place": "kiosk", "village": village,
        "now": datetime.datetime(2026, 11, 23, 9, 41, tzinfo=datetime.UTC), "last_sync": "今天 09:12",
        "home_url": "/", "back_url": "/", "listen_url": "/listen", "toggle_large_url": "/?large",
        "toggle_contrast_url": "/?contrast", "toggle_lang_url": "/?lang", "static": lambda path: f"/static/{path}",
        "office_name": "", "user_name": "王春生", "sign_out_url": "/out", "version": lambda: "1", "nav": [("公开稿件", "/desk", "file", True)],
    }  # fmt: skip
    return SimpleNamespace(**(usual | changes))


def render(name: str, **ui: object) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals |= {
        "_": lambda text, **values: Markup(text) % values,
        "get_flashed_messages": lambda **_: [("success", "已存上。")],
        "csrf_token": lambda: "token",
    }
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    return environment.get_template(name).render(
        ui=make_ui(**ui),
        icon_names=ICONS,
        bars=bar_chart(
            [Bar("财政转移支付", 6_000_000), Bar("水塘承包费", 1_200_000)], chart_id="b", title="收入"
        ),
        trend=trend_chart(months, [Series("收入", range(0, 1200, 100))], chart_id="t", title="走势"),
        qr=Markup('<svg viewBox="0 0 8 8"><path d="M0 0h8v8H0z"/></svg>'),
    )


def test_every_icon_a_page_uses_is_in_the_sprite():
    used = set(
        re.findall(r"icons\.svg#i-([a-z-]+)", render("styleguide.html") + render("layout_office.html"))
    )
    named = {
        name
        for path in HTML_FILES
        for name in re.findall(
            r"icon(?:_name)?(?:\(|=|\s*%\}\s*)'?([a-z-]+)'?(?:[,)]|\{%)", path.read_text(encoding="utf-8")
        )
    }

    assert used <= set(ICONS)
    assert named - {"name", "icon_name", "shown", "heading_icon"} <= set(ICONS)


def test_icons_are_drawn_in_the_colour_of_their_words():
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")

    assert len(ICONS) == len(set(ICONS))
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', sprite)) <= {"none", "currentColor"}
    assert sprite.count('viewBox="0 0 48 48"') == len(ICONS)


def test_words_of_a_villager_are_escaped_in_the_macros():
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.globals["_"] = lambda text, **values: Markup(text) % values
    macros = environment.get_template("_macros.html").make_module({"ui": make_ui()})

    for html in (
        macros.notice_line("/n", "<b>公示</b>"),
        macros.flash("<b>公示</b>", "error"),
        macros.field("名字", "name", value='"><b>'),
        macros.table([("摘要", "text")], [["<b>公示</b>"]]),
    ):
        assert "<b>" not in html


def test_the_listen_key_is_absent_without_a_voice():
    assert "key-listen" in render("styleguide.html")
    assert "key-listen" not in render("styleguide.html", listen_url=None)


MEASURE = """() => {
  const shown = (e) => e.getBoundingClientRect().width > 0 && e.tabIndex >= 0;
  const boxes = [...document.querySelectorAll("a, button, input, select, textarea, audio")].filter(shown)
    .map((e) => [e.textContent.trim().slice(0, 12) || e.className, e, e.getBoundingClientRect()]);
  const isFixed = (e) => Boolean(e.closest(".dock, .turner"));
  let gap = Infinity;
  for (const [, a, p] of boxes) for (const [, b, q] of boxes)
    if (a !== b && isFixed(a) === isFixed(b)) gap = Math.min(gap, Math.max(p.left - q.right, q.left - p.right, p.top - q.bottom, q.top - p.bottom));
  const sizes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (walker.currentNode.textContent.trim() && !parent.closest(".heard, title, desc, noscript, [hidden]")) sizes.push(parseFloat(getComputedStyle(parent).fontSize));
  }
  const keys = [...document.querySelectorAll(".key")].map((e) => e.getBoundingClientRect().top);
  return { small: boxes.filter(([, , r]) => Math.min(r.width, r.height) < MIN_TARGET).map(([name]) => name), gap,
    text: Math.min(...sizes), body: parseFloat(getComputedStyle(document.body).fontSize), keys: Math.min(...keys) / innerHeight,
    isWide: document.documentElement.scrollWidth > innerWidth };
}"""


@pytest.fixture
def open_page(browser):
    """Opens a template as a page of a machine with that screen; static files come from the disk."""
    contexts = []

    def opened(name: str, width: int, height: int, **ui: object):
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.clock.install()
        page.route("**/*", lambda route: answer(route, name, ui))
        page.goto("http://kiosk.test/page")
        return page

    yield opened
    for context in contexts:
        context.close()


def answer(route, name: str, ui: dict[str, object]) -> None:
    path = route.request.url.split("kiosk.test", 1)[1].split("#")[0]
    if path.startswith("/static/"):
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(path=file, content_type=mimetypes.guess_type(file.name)[0] or "text/plain")
    else:
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
        route.fulfill(
            body=render(name, **ui), content_type="text/html", headers={"Content-Security-Policy": policy}
        )


@pytest.mark.browser
@pytest.mark.parametrize("is_large", [False, True], ids=["normal", "large"])
def test_on_the_kiosk_a_finger_finds_every_target_and_an_old_eye_every_word(open_page, is_large):
    page = open_page("styleguide.html", 1080, 1920, is_large=is_large)

    found = page.evaluate(MEASURE.replace("MIN_TARGET", "81"))

    assert found["small"] == []
    assert found["gap"] >= 16
    assert found["text"] >= 24
    assert found["body"] == (44 if is_large else 32)
    assert found["keys"] >= 0.6
    assert not found["isWide"]


@pytest.mark.browser
@pytest.mark.parametrize("is_large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("name", ["styleguide.html", "layout_office.html"])
def test_on_a_phone_every_target_is_48_pixels_and_nothing_hangs_over(open_page, name, is_large):
    page = open_page(name, 390, 844, is_large=is_large, place="portal")

    found = page.evaluate(MEASURE.replace("MIN_TARGET", "48"))

    assert found["small"] == []
    assert not found["isWide"]


@pytest.mark.browser
def test_the_strict_policy_is_kept_with_htmx_loaded(open_page):
    page = open_page("layout_office.html", 1366, 768)
    said = []
    page.on("console", lambda message: said.append(message.text))

    page.reload()

    assert page.evaluate("htmx.version") == "4.0.1"
    assert page.evaluate("htmx.config.includeIndicatorCSS") is False
    assert said == []
