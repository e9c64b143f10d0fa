"""Every file of the data set must give what its EXPECTED says, key by key."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from content.intake.excel import read_roll, read_statement

DATA = Path(__file__).parent / "data"
# What the author of the files wrote about them; a reader cannot know these.
DESCRIPTIONS = {"layout", "date_forms", "amount_forms", "summary_note", "rate_source"}
AS_OF = date(2026, 11, 23)


def expected_files(folder: str) -> list[dict[str, Any]]:
    return json.loads((DATA / folder / "EXPECTED.json").read_text(encoding="utf-8"))["files"]


def keys_of(folder: str) -> list[Any]:
    return [
        pytest.param(DATA / folder / file["file"], key, file[key], id=f"{file['file'][:2]}-{key}")
        for file in expected_files(folder)
        for key in file
        if key not in DESCRIPTIONS
    ]


def without_extra_keys(got: Any, expected: Any) -> Any:
    """`got` with only those keys that `expected` has too, all the way down; lists keep their length."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return {key: without_extra_keys(got[key], value) for key, value in expected.items() if key in got}
    if isinstance(expected, list) and isinstance(got, list) and len(got) == len(expected):
        return [without_extra_keys(*pair) for pair in zip(got, expected, strict=True)]
    return got


def assert_same_problems(got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Codes must be the same; severity and the things named too, where the author gives them."""
    assert {p["code"] for p in got} == {p["code"] for p in expected}
    for wanted in expected:
        named = {key: value for key, value in wanted.items() if key not in ("where", "detail")}
        assert any(named.items() <= problem.items() for problem in got), named
    assert all(len(problem["detail"]) > 10 and problem["severity"] for problem in got)


@pytest.mark.parametrize(("path", "key", "expected"), keys_of("finance"))
def test_finance_file_gives_what_its_author_expects(path: Path, key: str, expected: Any) -> None:
    got = read_statement(path, as_of=AS_OF).as_dict()

    if key == "problems":
        assert_same_problems(got[key], expected)
    elif key == "entries":
        assert got[key] == expected
    else:
        assert without_extra_keys(got[key], expected) == expected


@pytest.mark.parametrize(("path", "key", "expected"), keys_of("rolls"))
def test_roll_gives_what_its_author_expects(path: Path, key: str, expected: Any) -> None:
    got = read_roll(path).as_dict()

    if key == "problems":
        assert_same_problems(got[key], expected)
    elif key == "free_text_personal":
        # The words themselves are personal: only their cells are told.
        assert got[key] == [{"cell": found["cell"]} for found in expected]
    else:
        assert got[key] == expected


@pytest.mark.parametrize("file", [file["file"] for file in expected_files("rolls")])
def test_roll_shows_no_personal_number_in_any_text_form(file: str) -> None:
    roll = read_roll(DATA / "rolls" / file)

    shown = json.dumps(roll.as_dict(), ensure_ascii=False) + repr(roll)
    numbers = [number for row in roll.rows for number in row.personal.values()]
    assert len(numbers) > len(roll.rows)
    assert not [number for number in numbers if number in shown]


def test_statement_keeps_the_sheet_and_row_numbers_for_a_preview() -> None:
    statement = read_statement(DATA / "finance" / "01_柳河村2026年10月收支明细.xlsx", as_of=AS_OF)

    first = statement.entries[0]
    assert first.row == 5
    assert first.summary in statement.sheet_rows[first.row - 1]
    assert "sheet_rows" not in statement.as_dict()
    assert "sheet_rows" not in repr(statement)
