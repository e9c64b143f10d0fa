"""What the checks say of a ledger's figures: each fault by its name and row, and silence where all is well."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import TODAY, sample
from publishing import SIGNED

from content import contract_terms, ledger_sums
from content.ledger_checks import check
from content.ledger_rows import KINDS, BalanceLine, Contract, Debt, Ledger, Row

HEAD = Ledger("debts", "债权债务", "2026-06-30", "柳河村", "wang", SIGNED, period_start="2026-04-01")
LEASE = Contract("潘有水", "山塘", 10000, 10000, start_on="2022-01-01", end_on="2031-12-31")


def codes(kind: str, *rows: Row, today: date = TODAY, **changes: Any) -> list[tuple[str, str]]:
    ledger = replace(HEAD, kind=kind, period_start="", **changes)
    return [(problem.code, problem.severity) for problem in check(ledger, rows, today=today)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_files_have_no_error(kind: str) -> None:
    ledger, rows = sample(kind)

    assert not [problem for problem in check(ledger, rows) if problem.severity == "error"]


def test_a_debt_that_does_not_add_up_is_named_to_the_fen() -> None:
    ledger, rows = sample("debts")
    wrong = replace(rows[1], closing_fen=3660001)  # type: ignore[arg-type]

    (problem,) = check(ledger, [rows[0], wrong, rows[2]])

    assert (problem.code, problem.severity, problem.where) == ("debt_mismatch", "error", "第2行")
    assert problem.about == {"difference_fen": 1}
    assert "清溪县第二建筑队" in problem.detail
    assert "0.01" in problem.detail


@given(st.integers(-(10**12), 10**12), *[st.integers(0, 10**12)] * 2, st.integers(-3, 3))
def test_only_the_exact_closing_of_a_debt_passes(opening: int, more: int, less: int, slip: int) -> None:
    debt = Debt("应付款", "建筑队", opening, more, less, opening + more - less + slip)

    assert codes("debts", debt) == ([("debt_mismatch", "error")] if slip else [])


@pytest.mark.parametrize(
    ("end_on", "today", "expected"),
    [
        ("2026-11-22", TODAY, [("contract_expired", "warning")]),
        ("2026-11-23", TODAY, [("expires_soon", "info")]),
        ("2027-02-21", TODAY, [("expires_soon", "info")]),
        ("2027-02-22", TODAY, []),
        ("", TODAY, [("no_end", "warning")]),
        ("2026-02-30", TODAY, [("bad_date", "error")]),
        ("2026-12", TODAY, [("bad_date", "error")]),
        ("2021-12-31", date(2021, 1, 1), [("bad_date", "error")]),
    ],
    ids=[
        "yesterday",
        "last day",
        "90 days",
        "91 days",
        "no end",
        "no such day",
        "a month",
        "before it began",
    ],
)
def test_a_lease_is_judged_on_the_day_given(
    end_on: str, today: date, expected: list[tuple[str, str]]
) -> None:
    assert codes("contracts", replace(LEASE, end_on=end_on), today=today) == expected


def test_how_early_a_lease_is_pointed_out_is_an_argument() -> None:
    lease = replace(LEASE, end_on="2026-12-31")

    soon = [contract_terms.standing(lease, TODAY, soon_days=days).is_soon for days in (37, 38)]

    assert soon == [False, True]


@pytest.mark.parametrize(
    ("due_fen", "paid_fen", "expected"),
    [
        (910000, 510000, [("rent_overdue", "warning")]),
        (510000, 910000, [("rent_overpaid", "warning")]),
        (0, 0, []),
        (-1, 0, [("negative", "error"), ("rent_overpaid", "warning")]),
    ],
    ids=["owes", "paid ahead", "nothing due", "below zero"],
)
def test_rent_due_is_held_against_rent_paid(
    due_fen: int, paid_fen: int, expected: list[tuple[str, str]]
) -> None:
    assert codes("contracts", replace(LEASE, rent_due_fen=due_fen, rent_paid_fen=paid_fen)) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"资产总计": 170561244}, {"total_mismatch", "does_not_balance"}),
        ({"存货": 98001}, {"total_mismatch"}),
        ({"负债和所有者权益总计": 170561246}, {"total_mismatch", "does_not_balance"}),
        ({"流动资产合计": 1}, set()),
    ],
    ids=["assets' total", "a line", "the other total", "a sum between, which no rule can judge"],
)
def test_a_balance_sheet_must_balance_where_its_lines_allow(
    changed: dict[str, int], expected: set[str]
) -> None:
    ledger, rows = sample("balance_sheet")
    lines = [row for row in rows if isinstance(row, BalanceLine)]
    lines = [replace(line, closing_fen=changed.get(line.name, line.closing_fen)) for line in lines]

    problems = check(ledger, lines)

    assert {problem.code for problem in problems} == expected
    assert all("期末数" in (problem.where or "") for problem in problems)


def test_the_column_of_the_years_start_is_checked_too() -> None:
    ledger, rows = sample("balance_sheet")
    lines = [row for row in rows if isinstance(row, BalanceLine)]
    lines = [replace(line, year_start_fen=line.year_start_fen + (line.name == "资本")) for line in lines]

    (problem,) = check(ledger, lines)

    assert (problem.code, problem.where) == ("total_mismatch", "负债及权益（年初数）")


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("assets", {"net_fen": 10**12}, "net_over_original"),
        ("assets", {"original_fen": -1}, "negative"),
        ("assets", {"bought_on": "去年"}, "bad_date"),
        ("assets", {"name": " "}, "no_name"),
        ("resources", {"area_mu": "二十亩"}, "bad_area"),
        ("resources", {"area_mu": "NaN"}, "bad_area"),
        ("resources", {"area_mu": "-1"}, "bad_area"),
        ("contracts", {"lessee": ""}, "no_name"),
        ("debts", {"side": ""}, "no_side"),
        ("balance_sheet", {"side": "右边"}, "no_side"),
    ],
)
def test_a_fault_in_one_row_is_named_with_its_row(kind: str, change: dict[str, Any], code: str) -> None:
    ledger, rows = sample(kind)

    found = {(p.code, p.where) for p in check(ledger, [replace(rows[0], **change), *rows[1:]])}

    assert (code, "第1行") in found


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"as_of": ""}, "bad_date"),
        ({"as_of": "2026-06-31"}, "bad_date"),
        ({"period_start": "2026-07-01"}, "bad_date"),
        ({"kind": "gold"}, "no_kind"),
        ({"kind": "assets"}, "no_kind"),
    ],
    ids=["no day", "no such day", "begins after its end", "unknown kind", "rows of another kind"],
)
def test_a_fault_in_the_head_is_an_error(change: dict[str, str], code: str) -> None:
    ledger, rows = sample("debts")
    ledger = replace(ledger, **change)  # type: ignore[arg-type]

    assert (code, "error") in [(p.code, p.severity) for p in check(ledger, rows)]


def test_money_that_is_missing_is_a_warning_with_the_amount() -> None:
    (problem,) = check(*sample("money"))

    assert (problem.code, problem.about) == ("cash_shortage", {"difference_fen": -5000})


def test_sums_are_those_of_the_sample_files() -> None:
    rows = {kind: sample(kind)[1] for kind in KINDS}

    assert ledger_sums.asset_sums(rows["assets"]) == (218400000, 136200000)
    assert ledger_sums.money_sums(rows["money"]) == (18004127, 17999127)
    assert ledger_sums.rent_sums(rows["contracts"]) == (8740000, 8340000, 400000)
    assert str(ledger_sums.area_sum(rows["resources"])) == "483.05"
    assert ledger_sums.debt_sums(rows["debts"], "应付款").closing_fen == 5160000
    sums = ledger_sums.balance_sums(rows["balance_sheet"])
    assert (sums.assets_fen, sums.debts_fen, sums.own_fen) == (170561245, 10080000, 160481245)


@given(st.lists(st.integers(0, 10**9), max_size=30))
def test_bars_are_few_and_lose_no_money(amounts: list[int]) -> None:
    rows = [Debt("应付款", f"第{n}家", 0, amount, 0, amount) for n, amount in enumerate(amounts)]

    bars = ledger_sums.largest(rows)

    assert len(bars) <= 6
    assert sum(amount for _, amount in bars) == sum(amounts)
