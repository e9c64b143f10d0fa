"""Rolls in other words and shapes than the data set's: what is personal, what is wrong, who is who."""

import json
from pathlib import Path
from typing import Any

import pytest
from sheet_files import Rows, write_csv, write_xlsx

from content.errors import IntakeError
from content.intake.excel import read_roll
from content.intake.roll import Roll
from content.intake.titles import find_programme, find_village

# Made up: 332526 + birth date + 000 + check digit; cards with an account part of zeros; phones 1xx0000xxxx.
IDS = ["33252619451002000X", "332526195207070009", "332526196003010009", "332526197108080008"]
CARDS = ["6228480000000000018", "6228480000000000026", "6228480000000000034", "6228480000000000042"]
PHONES = ["13900001001", "13900001002", "13900001003", "13900001004"]
TITLE: list[Any] = ["青石镇桃源村2026年上半年种粮补贴发放清册（单位：元）"]
HEADING: list[Any] = [
    "序号",
    "组别",
    "户主",
    "身份证号",
    "种植面积（亩）",
    "补贴标准",
    "补贴金额",
    "银行账号",
    "手机号码",
]
NAMES = ["周金宝", "周银宝", "吴小满", "郑大暑"]


def row(
    number: int, *, area: Any = 2, amount: Any = 200, name: str | None = None, group: Any = "一组"
) -> list[Any]:
    at = number - 1
    return [number, group, name or NAMES[at], IDS[at], area, 100, amount, CARDS[at], PHONES[at]]


PLAIN: Rows = [
    TITLE,
    HEADING,
    row(1),
    row(2, area=1.5, amount=150),
    [None, None, "合计", None, 3.5, None, 350],
]


def read(tmp_path: Path, rows: Rows, **layout: Any) -> Roll:
    return read_roll(write_xlsx(tmp_path / "名册.xlsx", rows, **layout))


def codes(roll: Roll) -> set[str]:
    return {problem.code for problem in roll.problems}


def test_plain_roll_is_read_without_a_doubt(tmp_path: Path) -> None:
    roll = read(tmp_path, PLAIN)

    assert roll.problems == ()
    assert (roll.village, roll.programme, roll.batch) == ("桃源村", "种粮补贴", "2026H1")
    assert roll.total_fen == 35000
    assert [r.as_dict() for r in roll.rows][1] == {
        "seq": 2, "group": "一组", "name": "周银宝", "quantity": 1.5, "unit": "亩", "rate_fen": 10000, "amount_fen": 15000,
    }  # fmt: skip


def test_personal_numbers_stand_apart_and_in_no_text(tmp_path: Path) -> None:
    roll = read(tmp_path, PLAIN)

    assert roll.rows[0].personal == {"id18": IDS[0], "bank": CARDS[0], "mobile": PHONES[0]}
    shown = repr(roll) + json.dumps(roll.as_dict(), ensure_ascii=False)
    assert not [number for number in (*IDS, *CARDS, *PHONES) if number in shown]


def test_numbers_are_cleaned_before_they_are_compared(tmp_path: Path) -> None:
    written = [*row(1)]
    written[3], written[7] = "33252619400811000x", "6228 4800 0000 0000 018"

    roll = read(tmp_path, [TITLE, HEADING, written])

    assert roll.rows[0].personal["id18"] == "33252619400811000X"
    assert roll.rows[0].personal["bank"] == CARDS[0]
    assert codes(roll) == {"id_format_variants"}


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("身份证件号", IDS, "id18"),
        ("公民身份号码", IDS, "id18"),
        ("编码", IDS, "id18"),
        ("惠农卡", CARDS, "bank"),
        ("存折账号", CARDS, "bank"),
        ("开户信息", CARDS, "bank"),
        ("联系人手机", PHONES, "mobile"),
        ("其它", PHONES, "mobile"),
        ("出生年月", ["1945.10"] * 4, "birth_date"),
        ("现住址", ["上村1号"] * 4, "address"),
        ("致贫原因", ["因病"] * 4, "health"),
        ("代领人", NAMES, "name"),
        ("备注", ["独居"] * 4, "free_text"),
    ],
)
def test_personal_column_is_known_by_its_heading_or_its_content(
    tmp_path: Path, heading: str, values: list[str], kind: str
) -> None:
    rows: Rows = [
        ["序号", "姓名", "金额（元）", heading],
        *([n + 1, NAMES[n], 100, values[n]] for n in range(4)),
    ]

    roll = read(tmp_path, [TITLE, *rows])

    assert roll.personal_columns == ("D",)
    assert roll.columns[3].kind == kind
    assert not [
        value
        for value in values
        if value in json.dumps(roll.as_dict(), ensure_ascii=False) and value not in NAMES
    ]


def test_column_not_understood_is_dropped(tmp_path: Path) -> None:
    roll = read(tmp_path, [TITLE, ["序号", "姓名", "金额", "宗教"], [1, "周金宝", 100, "某教"]])

    assert "某教" not in repr(roll) + json.dumps(roll.as_dict(), ensure_ascii=False)


def test_number_behind_a_name_is_taken_off(tmp_path: Path) -> None:
    roll = read(tmp_path, [TITLE, HEADING, row(1, name=f"周金宝（{PHONES[0]}）")])

    assert roll.rows[0].name == "周金宝"
    assert codes(roll) == {"number_in_name"}


@pytest.mark.parametrize(
    ("area", "amount", "is_wrong"), [(2, 201, True), (2, 200.01, False), (1.333, 133.3, False)]
)
def test_amount_must_be_quantity_times_rate_but_for_one_fen(
    tmp_path: Path, area: float, amount: float, is_wrong: bool
) -> None:
    roll = read(tmp_path, [TITLE, HEADING, row(1, area=area, amount=amount)])

    wrong = [problem.where for problem in roll.problems if problem.code == "amount_mismatch"]
    assert wrong == (["G3"] if is_wrong else [])


def test_rate_counts_persons_and_months_too(tmp_path: Path) -> None:
    heading: list[Any] = ["序号", "姓名", "保障人数", "月标准", "月数", "发放金额（元）"]
    rows: Rows = [heading, [1, "周金宝", 2, 100, 3, 600], [2, "吴小满", 2, 100, 3, 500]]

    roll = read(tmp_path, [TITLE, *rows])

    assert [p.where for p in roll.problems if p.code == "amount_mismatch"] == ["F4"]


@pytest.mark.parametrize(("total", "is_wrong"), [(350, False), (360, True)])
def test_total_must_be_the_sum_of_the_rows(tmp_path: Path, total: int, is_wrong: bool) -> None:
    roll = read(tmp_path, [*PLAIN[:4], [None, None, "合计", None, 3.5, None, total]])

    assert ("total_mismatch" in codes(roll)) is is_wrong


def test_total_of_each_group_is_checked_by_itself(tmp_path: Path) -> None:
    rows: Rows = [
        TITLE, HEADING,
        row(1), ["一组小计", None, None, None, 2, None, 200],
        row(2, group="二组"), row(3, group="二组"), ["二组小计", None, None, None, 4, None, 399],
        ["总计", None, None, None, 6, None, 600],
    ]  # fmt: skip

    roll = read(tmp_path, rows)

    assert [p.where for p in roll.problems if p.code == "total_mismatch"] == ["第7行"]


def test_group_written_once_counts_for_the_rows_below(tmp_path: Path) -> None:
    rows: Rows = [TITLE, HEADING, row(1), row(2, group=None), row(3, group="二组")]

    merged = read(tmp_path, rows, merges=["B3:B4"])
    exported = read_roll(write_csv(tmp_path / "名册.csv", rows))

    assert [r.group for r in merged.rows] == [r.group for r in exported.rows] == ["一组", "一组", "二组"]


def test_people_of_one_name_are_told_apart_by_group_and_household(tmp_path: Path) -> None:
    heading: list[Any] = ["序号", "村民小组", "户编号", "姓名", "金额"]
    apart: Rows = [TITLE, heading, [1, "一组", "0101", "周金宝", 5], [2, "一组", "0107", "周金宝", 5]]
    unclear: Rows = [TITLE, heading, [1, "一组", None, "周金宝", 5], [2, "一组", None, "周金宝", 5]]

    assert codes(read(tmp_path, apart)) == {"same_name"}
    assert codes(read(tmp_path, unclear)) == {"same_name_unclear"}


def test_same_id_twice_may_be_paid_twice(tmp_path: Path) -> None:
    twice = [*row(2)]
    twice[3] = IDS[0]

    roll = read(tmp_path, [TITLE, HEADING, row(1), twice])

    problem = next(p for p in roll.problems if p.code == "duplicate_person")
    assert problem.severity == "error"
    assert IDS[0] not in problem.detail


def test_id_stored_as_a_number_finds_nobody(tmp_path: Path) -> None:
    cut = [*row(1)]
    cut[3] = 332526195207070009

    roll = read(tmp_path, [TITLE, HEADING, cut])

    assert "id18" not in roll.rows[0].personal
    assert codes(roll) == {"id_as_number"}


def test_amount_formula_without_a_value_is_an_error_and_never_zero(tmp_path: Path) -> None:
    roll = read(tmp_path, [TITLE, HEADING, row(1, amount="=E3*F3"), row(2)])

    assert roll.rows[0].amount_fen is None
    assert roll.total_fen is None
    assert "formula_no_value" in codes(roll)


def test_notes_and_signatures_are_nobody(tmp_path: Path) -> None:
    rows: Rows = [*PLAIN, [], ["村负责人：", None, "制表人：周金宝"], ["注：本表公示7天"]]

    assert len(read(tmp_path, rows).rows) == 2


@pytest.mark.parametrize(
    ("title", "programme"),
    [
        ("柳河村2026年第三季度农村低保对象花名册", "农村最低生活保障"),
        ("桃源村2026年特困供养人员发放表", "农村特困人员基本生活"),
        ("2026年国家级公益林补偿资金发放清册", "国家级公益林补偿"),
        ("桃源村2026年省级公益林补偿发放表", "省级公益林补偿"),
        ("2026年度桃源村退耕还林补助资金兑付花名册（公示）", "退耕还林补助"),
        ("桃源村高龄津贴发放表", "高龄津贴"),
    ],
)
def test_programme_is_the_core_of_the_title(title: str, programme: str) -> None:
    assert find_programme([title]) == programme


@pytest.mark.parametrize(
    "title", ["2026年孤儿基本生活费发放表", "2026年临时救助花名册", "2026年残疾人两项补贴名册"]
)
def test_roll_that_tells_of_hardship_is_sensitive(tmp_path: Path, title: str) -> None:
    assert read(tmp_path, [[title], *PLAIN[1:]]).sensitive


@pytest.mark.parametrize(
    ("text", "village"),
    [
        ("清溪县柳河镇柳河村2026年耕地补贴", "柳河村"),
        ("村（盖章）：柳河村村民委员会", "柳河村"),
        ("编制单位:柳河村股份经济合作社", "柳河村"),
        ("浙江省丽水市遂昌县妙高街道中村村2026年", "中村村"),
        ("东门社区2026年", "东门社区"),
        ("村集体经济组织财务公开", None),
        ("2026年农村低保", None),
        ("全村收支", None),
    ],
)
def test_village_is_found_in_the_words_of_a_title(text: str, village: str | None) -> None:
    assert find_village([text]) == village


def test_file_without_names_and_amounts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="姓名"):
        read(tmp_path, [["日期", "摘要"], ["10月3日", "利息"]])


def test_message_about_a_number_in_the_wrong_column_does_not_repeat_it(tmp_path: Path) -> None:
    roll = read(tmp_path, [TITLE, HEADING, row(1, amount=IDS[0]), row(2), row(3)])

    assert "amount_unreadable" in codes(roll)
    assert IDS[0][:17] not in json.dumps(roll.as_dict(), ensure_ascii=False)


def test_number_of_a_household_in_the_land_register_is_no_bank_card(tmp_path: Path) -> None:
    heading = ["序号", "承包方编码", "姓名", "金额"]
    numbers = ["331123101201010001", "331123101201010002"]

    roll = read(tmp_path, [TITLE, heading, [1, numbers[0], "周金宝", 5], [2, numbers[1], "吴小满", 5]])

    assert [r.household for r in roll.rows] == numbers
    assert roll.personal_columns == ()
