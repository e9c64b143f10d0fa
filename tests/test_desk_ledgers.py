"""Ledgers at the desk: what a finance file holds becomes drafts, is corrected in place, signed, corrected, withdrawn."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_village import DATA, MOBILE, PASSWORD, RESIDENT_ID, Browser, Desk, file, make_desk, sign, upload
from nodes import VILLAGE

from content import finances, ledger_rows, ledgers, search

EXPECTED = {
    one["file"][:2]: one
    for one in json.loads((DATA / "finance" / "EXPECTED.json").read_text(encoding="utf-8"))["files"]
}
KINDS_IN = {
    "02": ["debts"],
    "03": ["balance_sheet"],
    "04": ["assets", "money", "resources"],
    "05": ["contracts"],
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def path_of(number: str) -> str:
    return f"finance/{EXPECTED[number]['file']}"


def start(browser: Browser, number: str) -> str:
    """Upload a sample file; the page of its first draft."""
    answer = browser.post("/desk/statements/new", file=file(path_of(number)))
    assert answer.status_code == 303, answer.text
    return answer.location


def ledger_page(desk: Desk, kind: str) -> str:
    """The page of the open draft of this kind."""
    (draft,) = [one for one in desk.drafts.all_open() if one.data.get("kind") == kind]
    return f"/desk/ledgers/{draft.id}"


def publish(desk: Desk, kind: str) -> str:
    """A signed ledger from the sample files; its public code."""
    agent = desk.signed_in("zhou")
    start(agent, next(number for number, kinds in KINDS_IN.items() if kind in kinds))
    page = ledger_page(desk, kind)
    answer = agent.send(page, "submit")
    assert answer.status_code == 303, answer.text
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])
    return ledgers.list_ledgers(desk.village.views.read(), VILLAGE, kind=kind).lines[0].id


def plain(row: ledger_rows.Row) -> dict[str, Any]:
    return {field: getattr(row, field) or None for field in row.__dataclass_fields__}


def wanted(number: str, kind: str) -> list[dict[str, Any]]:
    """The rows that EXPECTED has for a kind, in the words of ledger_rows; nothing and nought are the same here."""
    file = EXPECTED[number]
    found = {
        "debts": lambda: file["second_table"]["rows"],
        "balance_sheet": lambda: file["balance_lines"],
        "contracts": lambda: [{**row, "rent_owed_fen": None} for row in file["contracts"]],
        "assets": lambda: file["ledgers"]["资产"],
        "money": lambda: [{**row, "diff_fen": None} for row in file["ledgers"]["货币资金"]],
        "resources": lambda: [{**row, "name": row["kind"], "kind": None} for row in file["ledgers"]["资源"]],
    }[kind]()
    cleaned = [{name: None if value in ("—", 0) else value for name, value in row.items()} for row in found]
    return [{name: value or None for name, value in row.items() if value} for row in cleaned]


@pytest.mark.parametrize("number", [*KINDS_IN])
def test_every_ledger_in_a_file_becomes_a_signed_publication_as_expected(desk: Desk, number: str) -> None:
    agent = desk.signed_in("zhou")
    start(agent, number)
    committee = desk.signed_in("wu")
    for kind in KINDS_IN[number]:
        page = ledger_page(desk, kind)
        assert agent.send(page, "submit").status_code == 303, agent.get(page).text
        assert sign(committee, page.rsplit("/", 1)[1]).status_code == 303

    db = desk.village.views.read()
    for kind in KINDS_IN[number]:
        found = ledgers.latest(db, VILLAGE, kind)
        assert found is not None
        rows = [
            {name: value for name, value in plain(row).items() if value}
            for row in ledgers.all_rows(db, found.id)
        ]
        assert rows == wanted(number, kind)
        assert found.ledger.reviews[0].name == "吴桂花"
        assert desk.visit(f"/ledger/{found.id}").status_code == 200


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_each_of_the_eight_finance_files_becomes_drafts_with_the_figures_expected(
    desk: Desk, number: str
) -> None:
    start(desk.signed_in("zhou"), number)

    made = desk.drafts.all_open()
    statements = [draft for draft in made if draft.kind == "statement"]
    assert sorted(d.data["kind"] for d in made if d.kind == "ledger") == sorted(KINDS_IN.get(number, []))
    expected = EXPECTED[number]
    assert len(statements) == bool(expected["entries"])
    for draft in statements:
        for name in ("opening_fen", "closing_fen"):
            assert draft.data[name] == expected[name]
        for name, total in (("income_fen", "income_total_fen"), ("expense_fen", "expense_total_fen")):
            assert draft.data[name] == expected[total]
        shown = [
            (e["date"] or None, e["summary"], e["account"] or None, e["income_fen"], e["expense_fen"])
            for e in draft.data["entries"]
        ]
        assert shown == [
            (e["date"], e["summary"], e["account"], e["income_fen"], e["expense_fen"])
            for e in expected["entries"]
        ]


@pytest.mark.parametrize(
    ("number", "fault"),
    [("07", "凭证号 记-34 用了 2 次"), ("08", "相差 -900.00 元")],
    ids=["a voucher number used twice", "does not balance"],
)
def test_the_two_broken_books_are_refused_by_the_name_of_their_fault(
    desk: Desk, number: str, fault: str
) -> None:
    agent = desk.signed_in("zhou")
    answer = agent.send(start(agent, number), "submit")

    assert answer.status_code == 422
    assert fault in answer.text
    assert desk.only_draft().state == "draft"


def test_a_voucher_number_that_is_corrected_or_confirmed_may_go(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, "07")
    assert agent.send(page, "submit").status_code == 422

    assert agent.send(page, "submit", vouchers_checked="yes").status_code == 303


def test_one_file_of_several_ledgers_says_what_became_of_it(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, "04")

    shown = agent.get(page).text

    assert "这个文件读成了 3 份草稿" in shown
    home = agent.get("/desk/").text
    for word in ("资产台账", "资源台账", "货币资金清点表"):
        assert f"柳河村2026年{word}" in home


def test_each_row_stands_beside_the_row_of_the_sheet_with_its_alerts(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    shown = agent.get(start(agent, "05")).text

    assert 'value="潘有水"' in shown
    assert "原表第" in shown
    assert "LH-2020-04已于 2026-06-30 到期" in shown
    assert "欠租 4,000.00 元" in shown


def typed(closing: str) -> dict[str, Any]:
    return {"closing_fen-0": closing}


def test_a_debt_is_corrected_in_place_until_it_adds_up(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    start(agent, "02")
    page = ledger_page(desk, "debts")

    refused = agent.send(page, "submit", **typed("38,100.00"))
    assert refused.status_code == 422
    assert "相差 -100.00 元" in refused.text
    piece = agent.send(page, htmx=True, **typed("38x"))
    assert "“38x”不是金额" in piece.text
    assert "<html" not in piece.text
    assert agent.send(page, "submit", **typed("")).status_code == 422

    assert agent.send(page, "submit", **typed("38,200.00")).status_code == 303


def test_rows_are_added_and_removed(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    start(agent, "03")
    page = ledger_page(desk, "balance_sheet")
    before = len(EXPECTED["03"]["balance_lines"])
    agent.send(page, "add_row")
    agent.send(
        page,
        "save",
        **{f"name-{before}": "其他合计", f"closing_fen-{before}": "0", f"year_start_fen-{before}": "0"},
    )
    added = desk.only_draft().data["rows"]
    assert (len(added), added[-1]["side"], added[-1]["is_total"]) == (before + 1, "负债及权益", True)

    agent.send(page, f"remove-{before}")

    assert len(desk.only_draft().data["rows"]) == before
    stale = agent.post(page, rows="3", action="save")
    assert stale.status_code == 422


def test_the_committee_sees_what_villagers_will_see(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, "05")
    agent.send(page, "submit")

    shown = desk.signed_in("wu").get(f"/desk/review/{page.rsplit('/', 1)[1]}").text

    assert "一共 6 份合同" in shown
    assert "已过期" in shown
    assert "欠租 4,000.00 元" in shown
    assert 'name="lessee-0"' not in shown


def test_a_lessee_may_be_named_but_no_number_of_a_person_is_published(desk: Desk) -> None:
    rows = [
        "柳河村2026年承包租赁合同台账,,,,,,",
        "合同编号,承租人,标的,面积(亩),起始日期,终止日期,应收租金,实收租金,备注",
        f"LH-1,潘有水 {RESIDENT_ID},山塘,18,2022-01-01,2031-12-31,2400,2400,电话{MOBILE}",
    ]
    agent = desk.signed_in("zhou")
    answer = agent.post("/desk/statements/new", file=upload("\n".join(rows).encode(), "柳河村合同台账.csv"))
    assert answer.status_code == 303, answer.text
    assert agent.send(answer.location, "submit").status_code == 303, agent.get(answer.location).text
    sign(desk.signed_in("wu"), answer.location.rsplit("/", 1)[1])

    db = desk.village.views.read()
    found = ledgers.latest(db, VILLAGE, "contracts")
    assert found is not None
    shown = str(ledgers.all_rows(db, found.id)) + desk.visit(f"/ledger/{found.id}").text
    assert "潘有水" in shown
    assert RESIDENT_ID not in shown
    assert MOBILE not in shown
    assert RESIDENT_ID not in str(search.dump(db))


def test_a_correction_keeps_the_old_figures_and_a_withdrawal_its_reason(desk: Desk) -> None:
    first = publish(desk, "assets")
    agent, committee = desk.signed_in("zhou"), desk.signed_in("wu")
    assert agent.post(f"/desk/published/ledger/{first}/correct", reason=" ").status_code == 422
    page = agent.post(f"/desk/published/ledger/{first}/correct", reason="旧水泵已核销").location
    agent.send(page, "remove-5")
    assert agent.send(page, "submit").status_code == 303
    sign(committee, page.rsplit("/", 1)[1])

    old, new = ledgers.versions(desk.village.views.read(), first)
    assert [(v.state, v.ledger.row_count) for v in (old, new)] == [("replaced", 6), ("published", 5)]
    assert "已更正 1 次" in desk.visit(f"/ledger/{new.id}").text
    assert "旧水泵（已报废）" in desk.visit(f"/ledger/{old.id}").text
    address = f"/desk/published/ledger/{new.id}/withdraw"
    assert agent.post(address, reason="发错了", password=PASSWORD).status_code == 403
    assert committee.post(address, reason="发错了", password=PASSWORD).status_code == 303
    assert "发错了" in desk.visit(f"/ledger/{new.id}").text
    assert ledgers.list_ledgers(desk.village.views.read(), VILLAGE).total == 0


def test_what_is_published_survives_a_rebuild_of_the_views(desk: Desk) -> None:
    for kind in ("contracts", "debts"):
        publish(desk, kind)
    before = desk.village.views.digest()

    desk.village.views.rebuild()

    assert desk.village.views.digest() == before
    assert finances.latest(desk.village.views.read(), VILLAGE) is None


def test_another_agents_ledger_is_not_mine_to_change(desk: Desk) -> None:
    page = start(desk.signed_in("zhou"), "03")

    assert desk.signed_in("qian").get(page).status_code == 403
    assert desk.signed_in("wu").get(page).status_code == 403
