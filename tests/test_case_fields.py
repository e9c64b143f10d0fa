"""The answers to a guide's form: what is taken, in which spelling, and what is said when it is wrong."""

from dataclasses import replace

import pytest

from content import case_fields
from content.errors import RuleError
from content.guide_fields import FormField

NAME = FormField("户主关系", "text", most=10)
PEOPLE = FormField("家庭人口", "number", least=1, most=20)
BORN = FormField("出生日期", "date")
BANK = FormField("发放方式", "choice", options=("社保卡", "存折"))


@pytest.mark.parametrize(
    ("field", "typed", "answer"),
    [
        pytest.param(NAME, "  本人 ", "本人", id="text-without-blanks-around"),
        pytest.param(PEOPLE, "３", "3", id="full-width-digits"),
        pytest.param(replace(PEOPLE, most=100000), "12,345.50", "12345.50", id="thousands"),
        pytest.param(BORN, "1950-3-5", "1950-03-05", id="short-date"),
        pytest.param(BORN, "1950年3月5日", "1950-03-05", id="date-in-characters"),
        pytest.param(BORN, "19500305", "1950-03-05", id="date-from-the-pad"),
        pytest.param(BORN, "1950.03.05", "1950-03-05", id="date-with-points"),
        pytest.param(BANK, "存折", "存折", id="choice"),
        pytest.param(replace(NAME, is_required=False), "", "", id="left-out"),
    ],
)
def test_a_right_answer_is_kept_in_one_spelling(field: FormField, typed: str, answer: str) -> None:
    assert case_fields.read(field, typed) == answer


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        pytest.param(NAME, " ", "请填写“户主关系”", id="missing"),
        pytest.param(NAME, "字" * 11, "最多写 10 个字，现在有 11 个", id="too-long"),
        pytest.param(replace(NAME, least=2), "本", "至少写 2 个字", id="too-short"),
        pytest.param(PEOPLE, "三口人", "要填数字", id="no-number"),
        pytest.param(PEOPLE, "3人", "不要带单位", id="with-its-unit"),
        pytest.param(PEOPLE, "1e3", "要填数字", id="power"),
        pytest.param(PEOPLE, "0", "不能小于 1", id="too-small"),
        pytest.param(PEOPLE, "21", "不能大于 20", id="too-large"),
        pytest.param(BORN, "2023-02-29", "没有这一天", id="no-such-day"),
        pytest.param(BORN, "去年", "年、月、日写全", id="no-date"),
        pytest.param(BORN, "1850-01-01", "年、月、日写全", id="before-anybody-lived"),
        pytest.param(BANK, "现金", "社保卡、存折", id="not-offered"),
    ],
)
def test_a_wrong_answer_is_told_in_words(field: FormField, typed: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        case_fields.read(field, typed)


def test_all_that_is_wrong_is_said_at_once_and_what_is_right_is_kept() -> None:
    typed = {"field-0": "本人", "field-1": "很多", "field-2": "", "field-3": "存折"}

    answers, problems = case_fields.check([NAME, PEOPLE, BORN, BANK], typed)

    assert answers == {"户主关系": "本人", "发放方式": "存折"}
    assert list(problems) == ["field-1", "field-2"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param([replace(NAME, label=" ")], "no_label", id="no-label"),
        pytest.param([NAME, NAME], "label_twice", id="label-twice"),
        pytest.param([replace(BANK, options=("社保卡",))], "no_options", id="one-option-is-no-choice"),
        pytest.param([replace(PEOPLE, least=9, most=1)], "bad_bounds", id="bounds-the-wrong-way-round"),
    ],
)
def test_a_form_that_nobody_could_fill_in_is_refused(fields: list[FormField], code: str) -> None:
    with pytest.raises(RuleError) as refusal:
        case_fields.check_definitions(fields)

    assert refusal.value.code == code
