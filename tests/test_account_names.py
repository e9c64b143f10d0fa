"""What a village calls an account, said once at the desk and remembered; the chart decides what an account is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import Desk, make_desk

from content import account_names
from content.account_charts import LedgerAccount
from content.drafts import Drafts
from kiosk.desk import account_mapping, statement_forms

NOW = [
    LedgerAccount("513", "管理费用", "损益", "借", "verified", "verified", earlier_code="541"),
    LedgerAccount("501", "经营收入", "损益", "贷", "verified", "verified"),
]
BEFORE = [LedgerAccount("541", "管理费支出", "损益", "借", "verified", "verified")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["办公费", "经营收入", "办公费", ""], ["办公费"]),
        (["513", "管理费用——水电", "经营收入/门面"], []),
        (["管理费支出"], ["管理费支出"]),
    ],
    ids=["each once", "codes and parts are known", "an earlier chart's name"],
)
def test_names_that_stand_in_no_chart_are_asked_for(names: list[str], left: list[str]) -> None:
    assert account_names.unknown(NOW, names) == left


def test_where_the_county_has_no_chart_nothing_is_asked() -> None:
    assert account_names.unknown([], ["办公费"]) == []


def test_the_account_that_took_the_place_of_an_earlier_one_is_proposed() -> None:
    found = account_names.successor(BEFORE, NOW, "管理费支出-邮寄")

    assert found is not None
    assert found.name == "管理费用"
    assert account_names.successor(BEFORE, NOW, "办公费") is None


def test_a_name_goes_under_its_account_only_while_the_chart_has_it() -> None:
    meant = {"办公费": "管理费用", "接待费": "招待费"}

    assert account_names.renamed(NOW, "办公费", meant) == "管理费用-办公费"
    assert account_names.renamed(NOW, "接待费", meant) == "接待费"
    assert account_names.renamed(NOW, "电费", meant) == "电费"


def test_what_was_said_once_is_done_by_itself_next_time_and_after_a_restart(desk: Desk) -> None:
    page = _start(desk, "办公费")
    agent = desk.signed_in("zhou")
    assert "“办公费”归到" in agent.get(page).text

    agent.send(page, "map_accounts", **{"meant-0": "管理费用"})

    assert [row["account"] for row in desk.only_draft().data["entries"]] == ["管理费用-办公费"]
    assert "“办公费”归到" not in agent.get(page).text
    again = Drafts(desk.village.record).account_names.known(["办公费", "电费"])
    assert again == {"办公费": "管理费用"}
    with desk.app.test_request_context():
        (row,) = account_mapping.with_known([{"account": "办公费"}], "2026-10-31")
    assert row["account"] == "管理费用-办公费"


def test_an_account_that_is_in_no_chart_is_not_learnt(desk: Desk) -> None:
    page = _start(desk, "办公费")

    desk.signed_in("zhou").send(page, "map_accounts", **{"meant-0": "随便写的"})

    assert [row["account"] for row in desk.only_draft().data["entries"]] == ["办公费"]
    assert desk.drafts.account_names.known(["办公费"]) == {}


def test_the_names_stand_nowhere_in_clear(desk: Desk) -> None:
    desk.drafts.account_names.learn({"应付款王根发": "应付款"})

    at_rest = b"".join(path.read_bytes() for path in desk.village.home.glob("record.db*"))

    assert "王根发".encode() not in at_rest


def _start(desk: Desk, account: str) -> str:
    entry = {"summary": "买纸", "account": account, "income_fen": 0, "expense_fen": 100}
    data = {
        "title": "收支",
        "issuer": "合作社",
        "period_start": "2026-10-01",
        "period_end": "2026-10-31",
        "opening_fen": 100,
        "closing_fen": 0,
        "entries": [entry],
        "problems": [],
    }
    data = statement_forms.with_figures({**data, "typed": statement_forms.typed_of(data)})
    return f"/desk/statements/{desk.drafts.start('statement', 'zhou', title='收支', data=data)}"
