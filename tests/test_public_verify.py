"""Checking a paper: its code is typed key by key or scanned, and the page says in words what became of it."""

from collections.abc import Iterator

import pytest
from nodes import OTHER_VILLAGE
from public_pages import Pages, open_pages
from samples import publish_notice

from content import codes, notices


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("verify")) as pages:
        yield pages


def test_code_typed_key_by_key_leads_to_what_was_published(pages: Pages) -> None:
    code = pages.notice(title="村道硬化工程进度")

    for typed in range(codes.CODE_CHARS - 1):
        asked = pages.kiosk.get("/verify", query_string={"number": code[:typed], "key": code[typed]})
        assert asked.status_code == 200
        assert f'name="number" value="{code[: typed + 1]}"' in asked.text.replace("-", "")
    last = pages.kiosk.get("/verify", query_string={"number": code[:-1], "key": code[-1]})

    assert (last.status_code, last.location) == (303, f"/verify/{code}")
    page = pages.kiosk.get(last.location).text
    assert "有这一份，现在有效" in page
    assert "村道硬化工程进度" in page
    assert codes.grouped(code) in page


@pytest.mark.parametrize(
    "spell",
    [
        str.lower,
        codes.grouped,
        lambda code: f" {code} ",
        lambda code: f"http://portal.test/v/1/verify/{code}",
    ],
    ids=["small letters", "grouped", "blanks", "the scanned address"],
)
def test_code_is_understood_however_it_is_written(pages: Pages, spell: object) -> None:
    answer = pages.portal.get(f"{pages.home}/verify", query_string={"number": spell(pages.statement)})  # type: ignore[operator]

    assert answer.location == f"{pages.home}/verify/{pages.statement}"


def test_figures_of_accounts_and_rolls_stand_beside_the_code(pages: Pages) -> None:
    assert "收入" in pages.kiosk.get(f"/verify/{pages.statement}").text
    assert "户数" in pages.portal.get(f"{pages.home}/verify/{pages.roll}").text


def test_corrected_paper_is_called_old_and_leads_to_the_correction(pages: Pages) -> None:
    event = publish_notice(pages.village, title="公示一")
    newer = codes.of_event(publish_notice(pages.village, replaces=event, title="公示一", reason="日期写错"))

    page = pages.kiosk.get(f"/verify/{codes.of_event(event)}").text

    assert "纸上的是旧的" in page
    assert f"/verify/{newer}" in page


def test_withdrawn_paper_no_longer_counts_and_the_reason_is_told(pages: Pages) -> None:
    event = publish_notice(pages.village, title="公示二")
    stream = pages.village.record.own_stream("all")
    with pages.village.record.write() as transaction:
        notices.withdraw(transaction, stream, event, reason="工程取消", by="wu")
    pages.village.views.catch_up()

    page = pages.kiosk.get(f"/verify/{codes.of_event(event)}").text

    assert "不算数" in page
    assert "工程取消" in page


def test_unknown_code_gets_a_plain_sentence(pages: Pages) -> None:
    answer = pages.kiosk.get(f"/verify/{codes.new_code()}")

    assert answer.status_code == 404
    assert "没有找到编号" in answer.text


@pytest.mark.parametrize(
    "typed", ["ABCDEFGHJ", "12", "<b>", "九"], ids=["wrong check", "short", "markup", "Han"]
)
def test_what_is_no_code_is_asked_for_again(pages: Pages, typed: str) -> None:
    answer = pages.kiosk.get("/verify", query_string={"number": typed})

    assert answer.status_code == 422
    assert "编号不对" in answer.text
    assert "<b>" not in answer.text


def test_paper_of_another_village_is_found_at_the_portal_but_not_at_this_kiosk(pages: Pages) -> None:
    other = pages.place.add_village(OTHER_VILLAGE, "杨树村")
    code = codes.of_event(publish_notice(other, title="杨树村的公告"))
    pages.place.sync(OTHER_VILLAGE)
    pages.place.county.views.catch_up()

    at_portal = pages.portal.get(f"{pages.home}/verify/{code}")

    assert at_portal.location == f"/v/{OTHER_VILLAGE}/verify/{code}"
    assert "有这一份" in pages.portal.get(at_portal.location).text
    assert pages.kiosk.get(f"/verify/{code}").status_code == 404


def test_help_and_proof_pages_lead_here(pages: Pages) -> None:
    for address in ("/help", f"/proof/statement/{pages.statement}"):
        assert 'href="/verify"' in pages.kiosk.get(address).text
