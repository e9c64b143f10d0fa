"""Files brought into a village by `run.py import`: an agent takes them up at the desk and sends them to be signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import DATA, Desk, make_desk

from content.drafts import Draft
from content.imports import import_file


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def bring(desk: Desk, kind: str, path: str) -> list[Draft]:
    import_file(desk.village, kind, DATA / path)
    return desk.drafts.all_open()


@pytest.mark.parametrize(
    ("kind", "path", "page"),
    [
        ("statement", "finance/01_柳河村2026年10月收支明细.xlsx", "statements"),
        ("roll", "rolls/r1_耕地地力保护补贴清册.xlsx", "rolls"),
    ],
)
def test_an_imported_file_is_taken_up_sent_and_signed_by_another(
    desk: Desk, kind: str, path: str, page: str
) -> None:
    (draft,) = bring(desk, kind, path)
    agent = desk.signed_in("zhou")
    assert "导入的文件" in agent.get("/desk/").text

    taken = agent.post(f"/desk/drafts/{draft.id}/take-up")

    assert taken.location == f"/desk/{page}/{draft.id}"
    assert "柳河村" in agent.get(taken.location).text  # the village's issuer stands in the form
    sent = agent.send(taken.location, "submit")
    assert sent.status_code == 303, sent.text
    assert (desk.only_draft().state, desk.only_draft().author) == ("submitted", "zhou")


def test_an_imported_notice_asks_for_its_item(desk: Desk) -> None:
    (draft,) = bring(desk, "notices", "docs/d1_宅基地审批公示.docx")
    agent = desk.signed_in("zhou")

    page = agent.post(f"/desk/drafts/{draft.id}/take-up").location

    assert agent.send(page, "submit").status_code == 422
    assert agent.send(page, "submit", item="V5").status_code == 303


def test_a_workbook_of_ledgers_is_imported_as_a_draft_for_each(desk: Desk) -> None:
    brought = bring(desk, "statement", "finance/04_柳河村三资台账.xls")
    agent = desk.signed_in("zhou")

    assert {draft.data["kind"]: draft.title for draft in brought} == {
        "money": "柳河村货币资金清点表",
        "assets": "柳河村资产台账",
        "resources": "柳河村资源台账",
    }
    for draft in brought:
        page = agent.post(f"/desk/drafts/{draft.id}/take-up").location
        assert agent.get(page).status_code == 200


def test_the_committee_reads_an_import_but_only_one_agent_takes_it_up(desk: Desk) -> None:
    (draft,) = bring(desk, "statement", "finance/01_柳河村2026年10月收支明细.xlsx")
    committee = desk.signed_in("wu")

    assert "还没有人接手" in committee.get(f"/desk/review/{draft.id}").text
    assert committee.post(f"/desk/drafts/{draft.id}/take-up").status_code == 403
    assert desk.signed_in("zhou").post(f"/desk/drafts/{draft.id}/take-up").status_code == 303
    second = desk.signed_in("qian").post(f"/desk/drafts/{draft.id}/take-up")
    assert second.status_code == 422
    assert "已经有人接手了" in second.text
    assert desk.only_draft().author == "zhou"
