"""Statements of the sample files: what balances passes, what does not is named in yuan, what is odd is pointed at."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from publishing import SIGNED

from content import account_charts
from content.statements import Entry, Statement, check

EXPECTED = json.loads((Path(__file__).parent / "data/finance/EXPECTED.json").read_text(encoding="utf-8"))
CHART = account_charts.read_chart(
    Path(account_charts.__file__).parent / "data" / "accounts_2024.csv", valid_from="2024-01-01"
)


def sample(number: str) -> tuple[Statement, list[Entry]]:
    """The figures of a sample file, as its generator meant them."""
    return figures(next(file for file in EXPECTED["files"] if file["file"].startswith(number)))


def figures(file: dict[str, Any]) -> tuple[Statement, list[Entry]]:
    statement = Statement(
        title=file["file"],
        period_start=file["period"]["start"],
        period_end=file["period"]["end"],
        opening_fen=file["opening_fen"],
        income_fen=file["income_total_fen"],
        expense_fen=file["expense_total_fen"],
        closing_fen=file["closing_fen"],
        issuer="柳河村村民委员会",
        drafted_by="wang",
        reviews=SIGNED,
    )
    entries = [{key: value for key, value in entry.items() if value is not None} for entry in file["entries"]]
    return statement, msgspec.convert(entries, list[Entry])


def codes_of(problems: list[Any], severity: str) -> set[str]:
    return {problem.code for problem in problems if problem.severity == severity}


@pytest.mark.parametrize("number", ["01", "02", "06", "07"])
def test_a_balanced_file_has_no_errors(number: str) -> None:
    assert codes_of(check(*sample(number), accounts=CHART.accounts), "error") == set()


def test_an_unbalanced_file_is_an_error_that_names_the_difference_in_yuan() -> None:
    errors = [problem for problem in check(*sample("08")) if problem.severity == "error"]

    assert [problem.code for problem in errors] == ["not_balanced"]
    assert "相差 -900.00 元" in errors[0].detail
    assert errors[0].about["difference_fen"] == -90000


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"income_fen": 7343893, "closing_fen": 13504128}, "收入合计", "相差 0.01 元"),
        ({"expense_fen": 2493011, "closing_fen": 13504126}, "支出合计", "相差 0.01 元"),
        ({"closing_fen": 13504126}, "期末", "相差 -0.01 元"),
    ],
    ids=["income", "expense", "closing"],
)
def test_one_fen_too_much_is_found(change: dict[str, Any], place: str, words: str) -> None:
    statement, entries = sample("01")

    problems = check(replace(statement, **change), entries)

    assert [(problem.where, words in problem.detail) for problem in problems] == [(place, True)]


def test_a_voucher_number_used_twice_is_pointed_at_with_both_places() -> None:
    problems = [problem for problem in check(*sample("07")) if problem.code == "duplicate_voucher"]

    assert len(problems) == 1
    assert "记-34" in problems[0].detail
    assert "、" in str(problems[0].where)


def test_a_summary_without_dates_is_not_line_by_line() -> None:
    assert "not_line_by_line" in codes_of(check(*sample("02")), "warning")


@pytest.mark.parametrize(
    ("previous", "expected"),
    [("06", set()), ("07", {"period_gap", "opening_differs"})],
    ids=["the month before closes with the opening", "a month is missing between"],
)
def test_the_opening_is_compared_with_the_closing_before(previous: str, expected: set[str]) -> None:
    problems = check(*sample("01"), previous=sample(previous)[0])

    assert codes_of(problems, "warning") == expected


@pytest.mark.parametrize(
    ("account", "is_known"),
    [
        ("管理费用", True),
        ("513", True),
        ("管理费用-办公费", True),
        ("生产(劳务)成本", True),
        ("管理费用 —— 差旅费", True),
        ("招待费", False),
        ("", False),
    ],
)
def test_accounts_are_known_by_name_or_code_with_or_without_a_sub_account(
    account: str, is_known: bool
) -> None:
    statement, entries = sample("01")
    changed = [replace(entries[0], account=account), *entries[1:]]

    unknown = {
        p.where for p in check(statement, changed, accounts=CHART.accounts) if p.code == "unknown_account"
    }

    assert unknown == (set() if is_known else {"第1笔"})


def test_an_expense_over_the_vote_limit_asks_for_the_decision() -> None:
    problems = check(*sample("01"), vote_limit_fen=799999)

    assert [(p.code, p.where) for p in problems] == [("over_vote_limit", "第7笔")]
    assert "7,999.99" in problems[0].detail


@pytest.mark.parametrize(
    ("start", "end"), [("2026-10-31", "2026-10-01"), ("2026年10月", "2026-10-31"), ("", "")]
)
def test_a_period_that_is_none_is_an_error(start: str, end: str) -> None:
    statement, entries = sample("01")

    problems = check(
        replace(statement, period_start=start, period_end=end), entries, previous=sample("06")[0]
    )

    assert codes_of(problems, "error") == {"bad_period"}


def test_an_entry_of_another_month_is_pointed_at() -> None:
    statement, entries = sample("01")

    problems = check(statement, [replace(entries[0], date="2026-09-30"), *entries[1:]])

    assert [(p.code, p.where) for p in problems] == [("outside_period", "第1笔")]
