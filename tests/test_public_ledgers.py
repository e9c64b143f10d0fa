"""What villagers see of the ledgers: tables, one plain sentence, how each lease stands, what was corrected, the proof."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from flask_babel import Babel
from ledger_samples import TODAY, sample
from nodes import VILLAGE
from public_pages import Pages, open_pages

from content import codes, ledgers
from content.ledger_rows import KINDS, Contract, Ledger, Row
from kiosk import ledger_words

LEASE = Contract("潘有水", "山塘", 10000, 10000, end_on="2026-12-31")


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with open_pages(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A village with every kind of ledger, known to the county; for tests that only read."""
    with open_pages(tmp_path_factory.mktemp("ledgers")) as made:
        for kind in KINDS:
            publish(made, *sample(kind))
        made.sync()
        yield made


@pytest.fixture
def in_chinese() -> Iterator[None]:
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def code_of(pages: Pages, kind: str) -> str:
    found = ledgers.latest(pages.village.views.read(), VILLAGE, kind)
    assert found is not None
    return found.id


def publish(pages: Pages, ledger: Ledger, rows: list[Row], *, replaces: str = "") -> str:
    """Publish a ledger and fold it; its event id."""
    stream = pages.village.record.own_stream("all")
    with pages.village.record.write() as transaction:
        event = ledgers.publish(transaction, stream, ledger, rows, replaces=replaces)
    pages.village.views.catch_up()
    return event


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("assets", ["文化礼堂", "1,366,400.00", "村集体一共有 6 项资产", "现在账上还值 1,362,000.00 元"]),
        ("resources", ["四荒地", "430", "一共有 483.05 亩"]),
        ("contracts", ["潘有水", "已过期", "欠租 4,000.00 元", "天到期", "1 份已经过期", "东至村道"]),
        (
            "debts",
            ["水费分摊（三个组）", "别人欠村里 38,200.00 元（比期初少 7,000.00 元）", "比期初多 2,000.00 元"],
        ),
        ("balance_sheet", ["货币资金", "1,705,612.45", "真正属于集体的 1,604,812.45 元"]),
    ],
)
def test_each_kind_has_its_tab_with_a_sentence_and_its_rows(shown: Pages, kind: str, said: list[str]) -> None:
    page = shown.kiosk.get(f"/ledgers/{kind}").text

    for words in said:
        assert words in page
    assert "<table" in page
    assert 'aria-current="page"' in page


def test_a_kind_that_was_never_published_says_so_and_no_other_kind_is_known(pages: Pages) -> None:
    assert "还没有公开合同" in pages.kiosk.get("/ledgers/contracts").text
    assert pages.kiosk.get("/ledgers/gold").status_code == 404
    assert pages.kiosk.get("/ledger/0000").status_code == 404


def test_the_count_of_the_money_stands_beside_the_assets(shown: Pages) -> None:
    money = code_of(shown, "money")

    assert f"/ledger/{money}" in shown.kiosk.get("/ledgers/assets").text
    page = shown.kiosk.get(f"/ledger/{money}").text
    assert "少了 50.00 元" in page
    assert "is-marked" in page


def test_an_item_of_the_catalogue_leads_to_its_ledgers(shown: Pages) -> None:
    assert f"/ledger/{code_of(shown, 'debts')}" in shown.kiosk.get("/item/F6").text


def test_a_corrected_ledger_says_why_and_leads_both_ways(pages: Pages) -> None:
    ledger, rows = sample("assets")
    old = publish(pages, ledger, rows)
    new = publish(pages, replace(ledger, reason="旧水泵已核销"), rows[:-1], replaces=old)

    before, after = (pages.kiosk.get(f"/ledger/{codes.of_event(event)}").text for event in (old, new))

    assert "已经被更正" in before
    assert "旧水泵（已报废）" in before
    assert "已更正 1 次。这一次的原因：旧水泵已核销" in after
    assert "<del>旧水泵（已报废）" in after


def test_the_proof_of_a_ledger_is_recomputed_and_its_paper_can_be_checked(shown: Pages) -> None:
    code = code_of(shown, "assets")

    assert "已核对，没有改动" in shown.kiosk.get(f"/ledger/{code}").text
    assert shown.kiosk.get(f"/proof/ledger/{code}").status_code == 200
    assert "6 行" in shown.kiosk.get(f"/verify/{code}", follow_redirects=True).text


def test_the_portal_shows_the_same_ledger_and_the_search_finds_it(shown: Pages) -> None:
    assert "文化礼堂" in shown.portal.get(f"{shown.home}/ledgers/assets").text
    assert f"/ledger/{code_of(shown, 'assets')}" in shown.kiosk.get("/search?q=文化礼堂").text


def test_long_ledgers_turn_pages_and_keep_the_sums_of_all(pages: Pages) -> None:
    ledger, rows = sample("assets")
    publish(pages, ledger, [replace(row, name=f"第{n}项") for n in range(4) for row in rows])  # type: ignore[arg-type]

    first, last = (pages.kiosk.get(f"/ledgers/assets?page={number}").text for number in (1, 3))

    assert first.count('scope="row"') == 8 + 1
    assert last.count('scope="row"') == 8 + 1
    for page in (first, last):
        assert "8,736,000.00" in page


@pytest.mark.parametrize(
    ("change", "today", "said"),
    [
        ({}, TODAY, [("还有 38 天到期", "warn")]),
        ({"end_on": "2027-12-31"}, TODAY, [("还有 403 天到期", "ok")]),
        ({"end_on": "2041-04-30"}, TODAY, [("还有 14 年多到期", "ok")]),
        ({}, date(2026, 12, 31), [("今天到期", "warn")]),
        ({}, date(2027, 1, 1), [("已过期 1 天", "alarm")]),
        ({"rent_paid_fen": 9999}, date(2027, 1, 1), [("欠租 0.01 元", "alarm"), ("已过期 1 天", "alarm")]),
        ({"end_on": ""}, TODAY, [("没有写到期日", "plain")]),
    ],
    ids=["soon", "days", "years", "today", "yesterday", "owes too", "no end"],
)
def test_a_lease_says_in_words_how_it_stands(
    in_chinese: None, change: dict[str, str], today: date, said: list[tuple[str, str]]
) -> None:
    lease = replace(LEASE, **change)  # type: ignore[arg-type]

    assert ledger_words.standing_words(lease, today) == said


def test_english_readers_get_the_sentence_in_english(shown: Pages) -> None:
    shown.kiosk.set_cookie("look", "en")
    page = shown.kiosk.get("/ledgers/contracts").text
    shown.kiosk.delete_cookie("look")

    assert "6 leases; 1 ran out; 1 ending soon; 4,000.00 yuan of rent unpaid." in page


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_and_the_code_stand_on_the_paper_board(shown: Pages, kind: str) -> None:
    code = code_of(shown, kind)
    sheet = pypdfium2.PdfDocument(shown.kiosk.get(f"/print/ledger/{code}.pdf?size=A3").data)
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in sheet)

    for row in sample(kind)[1]:
        name = next(
            getattr(row, field) for field in ("name", "item", "lessee", "party") if hasattr(row, field)
        )
        assert name[:4] in text
    assert codes.grouped(code)[:4] in text
