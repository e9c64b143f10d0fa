"""The bar that says how far reading a file is: told by who reads, shown to that person alone, drawn in the browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import Desk, make_desk, upload
from playwright.sync_api import Browser as Chromium
from walking import DATA, World

from content import demo_people
from content.drafts import Drafts
from kiosk.desk import work
from kiosk.desk.work import Board, Progress

MARK = "0123456789abcdef"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def test_what_was_told_is_shown_to_the_one_who_waits_and_to_nobody_else(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    files = [upload("第一份".encode(), "a.txt"), upload("第二份".encode(), "b.txt")]
    agent.post("/desk/notices/new", item="V1", work=MARK, files=files)

    assert "正在读第 2 个文件，共 2 个" in agent.get(f"/desk/work/{MARK}").text
    assert '<progress value="2" max="3">' in agent.get(f"/desk/work/{MARK}").text
    assert desk.signed_in("qian").get(f"/desk/work/{MARK}").text.strip() == ""


@pytest.mark.parametrize("mark", ["", "zz", "0123456789ABCDEF", MARK + "0"])
def test_a_mark_that_no_page_has_given_is_not_kept(desk: Desk, mark: str) -> None:
    desk.signed_in("zhou").post("/desk/notices/new", item="V1", work=mark, text="一份公告")

    board: Board = desk.app.extensions["xiangting.work"]
    assert board.get("zhou", mark) == Progress()


def test_the_oldest_work_is_forgotten() -> None:
    board = Board()
    for number in range(work.MOST + 1):
        board.put("zhou", f"{number}", Progress(1, 2, "…"))

    assert board.get("zhou", "0") == Progress()
    assert board.get("zhou", "1") == Progress(1, 2, "…")


def test_the_bar_moves_in_the_browser_while_a_file_is_read(world: World, browser: Chromium) -> None:
    context, before = browser.new_context(base_url=world.village_url), _open_drafts(world)
    page = context.new_page()
    page.goto("/sign-in?next=/desk/statements/new")
    page.fill("[name=name]", "zhou")
    page.fill("[name=password]", demo_people.PASSWORD)
    page.press("[name=password]", "Enter")
    page.set_input_files("[name=file]", DATA / "finance" / "02_柳河村2026年二季度收支汇总.xlsx")

    with page.expect_response(re.compile("/desk/work/[0-9a-f]{16}$")) as asked:
        page.click("main form button.big", no_wait_after=True)

    assert asked.value.status == 200
    page.wait_for_url(re.compile("/desk/(statements|ledgers)/[0-9A-Z]{9}$"))
    context.close()
    for draft_id in _open_drafts(world) - before:
        Drafts(world.village.record).discard(draft_id)


def _open_drafts(world: World) -> set[str]:
    return {draft.id for draft in Drafts(world.village.record).all_open()}
