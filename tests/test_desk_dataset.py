"""The data set's folders through the desk in a real browser: what stands in the form is what EXPECTED says."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from walking import DATA, World

from content import demo_people, money
from content.drafts import Drafts

Expected = dict[str, Any]


def expected(folder: str) -> list[Expected]:
    files: list[Expected] = json.loads((DATA / folder / "EXPECTED.json").read_text(encoding="utf-8"))["files"]
    return files


@pytest.fixture(scope="module")
def agent(world: World, browser: Chromium) -> Iterator[Page]:
    """The agent's page; the drafts made by these tests go when they are done."""
    store = Drafts(world.village.record)
    before = {draft.id for draft in store.all_open()}
    context = browser.new_context(base_url=world.village_url, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/sign-in?next=/desk/new")
    page.fill("[name=name]", "zhou")
    page.fill("[name=password]", demo_people.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    yield page
    context.close()
    for draft in store.all_open():
        if draft.id not in before:
            store.discard(draft.id)


def upload(page: Page, start: str, folder: str, name: str, item: str = "") -> None:
    """Choose the file in the form at `start` and wait for its draft."""
    page.goto(start)
    if item:
        page.select_option("[name=item]", item)
    page.set_input_files("input[type=file]", DATA / folder / name)
    page.click("main form .actions button")
    page.wait_for_url(re.compile(r"/desk/\w+/[0-9A-Z]{9}$"))


def column(page: Page, name: str) -> list[str]:
    """What stands in the fields name-0, name-1 …, in order."""
    return values(page, f"input[name^='{name}-']")


def values(page: Page, fields: str) -> list[str]:
    """What stands in all these fields; asked for at once, because a question to the browser costs 10 ms."""
    found: list[str] = page.locator(fields).evaluate_all("fields => fields.map(field => field.value)")
    return found


def shown(fen: int | None) -> str:
    return money.yuan(fen) if fen else ""


def check_statement(page: Page, told: Expected) -> None:
    entries = told["entries"]
    assert page.input_value("[name=opening]") == money.yuan(told["opening_fen"])
    assert page.input_value("[name=closing]") == money.yuan(told["closing_fen"])
    assert page.input_value("[name=period_start]") == told["period"]["start"]
    assert page.input_value("[name=period_end]") == told["period"]["end"]
    assert column(page, "date") == [entry["date"] or "" for entry in entries]
    assert column(page, "voucher") == [entry["voucher"] or "" for entry in entries]
    assert column(page, "summary") == [entry["summary"] for entry in entries]
    assert column(page, "income") == [shown(entry["income_fen"]) for entry in entries]
    assert column(page, "expense") == [shown(entry["expense_fen"]) for entry in entries]


def check_rows(count: Callable[[Expected], int]) -> Callable[[Page, Expected], None]:
    def check(page: Page, told: Expected) -> None:
        assert page.locator(".is-ledger tbody tr:not(.desk-source)").count() == count(told)

    return check


CHECKS: dict[str, Callable[[Page, Expected], None]] = {
    "cashbook": check_statement,
    "quarterly_summary": check_statement,
    "balance_sheet": check_rows(lambda told: len(told["balance_lines"])),
    "contracts": check_rows(lambda told: len(told["contracts"])),
    "sanzi_ledger": check_rows(lambda told: len(told["ledgers"]["资产"])),
}
# The two broken books, and the words that name the fault when they are to be sent.
FAULTS = {"08_": "相差 -900.00 元", "07_": "记-34"}


def test_every_finance_file_stands_in_the_form_as_expected_and_the_broken_ones_are_refused(
    agent: Page,
) -> None:
    for told in expected("finance"):
        upload(agent, "/desk/statements/new", "finance", told["file"])

        CHECKS[told["kind"]](agent, told)
        if fault := FAULTS.get(told["file"][:3]):
            agent.click("button[value=submit]")
            agent.wait_for_selector("p.flash.is-alarm")
            assert fault in agent.locator("p.flash.is-alarm").first.inner_text()


def test_every_roll_stands_in_the_form_as_expected_without_its_personal_columns(agent: Page) -> None:
    for told in expected("rolls"):
        upload(agent, "/desk/rolls/new", "rolls", told["file"], item="S2")

        assert agent.input_value("[name=total]") == money.yuan(told["total_fen"])
        assert agent.input_value("[name=batch]") == told["batch"]
        names = agent.locator("td[data-label='户主']").all_inner_texts()
        assert names == [row["name"] for row in told["rows"]]
        assert column(agent, "amount") == [money.yuan(row["amount_fen"]) for row in told["rows"]]
        struck = agent.locator("p.tags del").all_inner_texts()
        assert len(struck) == len(told["personal_columns"])


def test_every_document_stands_in_the_form_as_expected(agent: Page) -> None:
    for told in expected("docs"):
        upload(agent, "/desk/notices/new", "docs", told["file"], item=told.get("code", "V4"))

        text = "".join(values(agent, "textarea[name^='block-']"))
        pictures = agent.locator(".desk-block > img").count()
        if told["kind"] in ("docx", "pdf_text"):
            assert agent.input_value("[name=title]") == told["title"]
            assert agent.input_value("[name=issuer]") == told["issuer"]
            assert told.get("body", "") in re.sub(r"\s", "", text)
            cells = column(agent, "cell")
            assert cells == [cell for row in told.get("table", []) for cell in row]
            assert pictures == told.get("images", 0)
        else:
            assert pictures == 1
            assert "补录" in agent.locator("main").inner_text()  # nobody takes a picture for an empty notice
