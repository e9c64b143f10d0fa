import csv
import datetime
import json
import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content import codes
from deploy import bench_sms
from sms import commands, words
from sms.commands import INTENTS, Understood, understand
from sms.reading import is_one_slip

DATA = Path(__file__).parent / "data"
TODAY = datetime.date(2026, 11, 23)
PHRASES = json.loads((DATA / "sms_phrases.json").read_text(encoding="utf-8"))["phrases"]
with (DATA / "sms_holdout.csv").open(encoding="utf-8", newline="") as lines:
    # Not collected but made up: three lists written before the rules met them, and texts found misread. Slots as name=value;name=value, several case numbers with +.
    HOLDOUT = list(csv.DictReader(lines))

seeds = st.integers(0, 2**32)
made_codes = seeds.map(lambda seed: codes.new_code(random.Random(seed).randbytes))


def read(text: str, *, today: datetime.date = TODAY, awaiting_rating: bool = False) -> Understood:
    return understand(text, today=today, awaiting_rating=awaiting_rating)


@pytest.mark.parametrize("phrase", PHRASES, ids=[phrase["id"] for phrase in PHRASES])
def test_every_collected_phrase_is_understood_to_the_last_slot(phrase: dict[str, Any]) -> None:
    awaiting = phrase.get("context", {}).get("awaiting_rating", False)

    understood = read(phrase["text"], awaiting_rating=awaiting)

    assert (understood.intent, understood.slots) == (phrase["intent"], phrase["slots"])


@pytest.mark.parametrize("row", HOLDOUT, ids=[row["text"][:30] for row in HOLDOUT])
def test_fresh_phrase_is_understood(row: dict[str, str]) -> None:
    wanted = dict(slot.split("=") for slot in row["slots"].split(";") if slot)

    understood = read(row["text"], awaiting_rating=row["awaiting"] == "1")

    said = {
        name: "+".join(value) if isinstance(value, list) else str(value)
        for name, value in understood.slots.items()
        if name != "text" or "text" in wanted
    }
    assert (understood.intent, said) == (row["intent"], wanted)


@given(st.text(), st.booleans())
def test_any_text_is_understood_somehow(text: str, awaiting: bool) -> None:
    understood = read(text, awaiting_rating=awaiting)

    assert understood.intent in INTENTS
    assert None not in understood.slots.values()


mixtures = st.lists(
    st.one_of(
        st.sampled_from(
            ["查", "补贴", "CX", "Q7K2", "M9", "butie", "2026", "Ｑ", "🙏", "。", " ", "【", "3"]
        ),
        st.text(max_size=4),
    ),
    max_size=20,
).map("".join)


@given(mixtures, st.booleans())
def test_any_mixture_of_keywords_is_understood_somehow(text: str, awaiting: bool) -> None:
    assert read(text, awaiting_rating=awaiting).intent in INTENTS


@given(made_codes, seeds)
def test_a_case_number_is_found_in_any_case_width_and_grouping(code: str, seed: int) -> None:
    source = random.Random(seed)
    shown = source.choice([code, codes.grouped(code), codes.grouped(code).replace("-", " "), " ".join(code)])
    typed = "".join(source.choice([char, char.lower(), _wide(char), _wide(char.lower())]) for char in shown)
    before = source.choice(
        ["", "CX ", "cx:", "查", "查询 ", "差", "chaxun ", "你好，我的编号是", "status ", "🙏"]
    )
    after = source.choice(["", "。", " 谢谢", "办好了没", " 张桂花", "🙏", "【移动】"])

    understood = read(before + typed + after)

    assert understood == Understood("case_status", {"case_no": code})


@given(made_codes)
def test_letters_taken_for_digits_are_read_as_the_digits(code: str) -> None:
    assert read("查" + code.replace("0", "O").replace("1", "l")).slots == {"case_no": code}


def _wide(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


@pytest.mark.parametrize(
    "text",
    [
        "13800001234",
        "我的电话是138 0000 1234",
        "0578-0000123",
        "2026-11-23",
        "2026/11/23 10:30",
        "补贴 854.23元",
        "１２３４５６７８元",
        "浙KA1234",
        "covid19",
        "买了20kg化肥",
        "2026Q3",
        "iphone15",
        "qq12345678",
        "my son is 8 years old",
        "see you at 8pm on 11 november",
        "www.example.invalid/Q7K2M9XFV",
        "国发〔2016〕14号",
    ],
)
@pytest.mark.parametrize("question", ["", "你好 "], ids=["alone", "greeted"])
def test_phones_dates_amounts_and_words_are_never_case_numbers(question: str, text: str) -> None:
    assert "case_no" not in read(question + text).slots


@given(st.from_regex(r"[0-9 \-]{1,25}", fullmatch=True))
def test_digits_alone_are_never_a_case_number_even_when_asked_about(digits: str) -> None:
    assert "case_no" not in read("查 " + digits).slots


CHATTER = (
    *("ni", "hao", "wo", "shi", "lao", "wang", "qing", "wen", "cun", "li", "jin", "tian", "kai", "hui", "ma"),
    *("the", "road", "to", "my", "village", "is", "very", "bad", "please", "help", "mother", "old", "house"),
    *("good", "morning", "thank", "you", "teacher", "happy", "new", "year", "doctor", "school", "market"),
)


@given(st.lists(st.sampled_from(CHATTER), min_size=1, max_size=30), st.integers(0, 3000))
@example(["road", "road"], 0)  # a right case number by chance
def test_chatter_with_a_number_in_it_gives_no_case_number(chatter: list[str], number: int) -> None:
    text = " ".join([*chatter, str(number), *chatter])

    assert "case_no" not in read(text).slots


RESIDENT_IDS = ("332526194805060009", "33252619480506001X")


@pytest.mark.parametrize("number", RESIDENT_IDS)
@pytest.mark.parametrize(
    "shape",
    [
        "{}",
        "查{}",
        "TS 我的身份证{}",
        "我身份证号{}查一下Q7K2M9XFV",
        "评价5 {}",
        "退订{}",
        "公告 {}",
    ],
)
def test_a_resident_id_is_unknown_and_goes_nowhere(shape: str, number: str) -> None:
    grouped = f"{number[:6]} {number[6:14]}-{number[14:]}"
    for typed in (number, number.lower(), grouped, "".join(map(_wide, number)), " ".join(number)):
        understood = read(shape.format(typed), awaiting_rating=True)

        assert understood == Understood("unknown")
        assert "1948" not in repr(understood)


@pytest.mark.parametrize("card", ["6200 0000 0000 0000 001", "6200000000000000", "6200-0000-0000-0000"])
def test_a_bank_card_number_is_unknown_and_goes_nowhere(card: str) -> None:
    assert read(f"补贴打到{card}") == Understood("unknown")


def test_a_phone_beside_a_date_is_no_resident_id_so_the_complaint_is_kept() -> None:
    assert read("TS 13800001234 2026-11-20 停水").slots == {"text": "13800001234 2026-11-20 停水"}


@pytest.mark.parametrize(
    "text", [*sorted(words.STOP_ALONE), "退订", "STOP", "UNSUBSCRIBE", "Ｎ", " 0 ", "r。", "【退订】"]
)
@pytest.mark.parametrize("awaiting", [False, True], ids=["", "awaiting a rating"])
def test_stop_words_stop_whatever_is_waited_for(text: str, awaiting: bool) -> None:
    assert read(text, awaiting_rating=awaiting) == Understood("stop")


@pytest.mark.parametrize("digit", range(1, 10))
def test_a_lone_digit_is_a_rating_only_when_one_is_awaited(digit: int) -> None:
    assert read(str(digit)) == Understood("menu", {"choice": digit})
    awaited = read(str(digit), awaiting_rating=True)
    if digit <= 5:
        assert awaited == Understood("rating", {"score": digit})
    else:
        assert awaited == Understood("menu", {"choice": digit})


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("5月财务", "finance"),
        ("补贴", "subsidy"),
        ("Q7K2M9XFV", "case_status"),
        ("M", "more"),
        ("3号的公告", "notices"),
    ],
)
def test_questions_are_still_answered_while_a_rating_is_awaited(text: str, intent: str) -> None:
    assert read(text, awaiting_rating=True).intent == intent


@pytest.mark.parametrize(
    ("today", "text", "slots"),
    [
        (datetime.date(2026, 11, 23), "财务 上个月", {"month": 10}),
        (datetime.date(2027, 1, 5), "财务 上个月", {"month": 12, "year": 2026}),
        (datetime.date(2027, 1, 5), "上季度的账", {"quarter": 4, "year": 2026}),
        (datetime.date(2026, 11, 23), "财务 本季度", {"quarter": 4}),
        (datetime.date(2026, 11, 23), "去年10月财务", {"month": 10, "year": 2025}),
        (datetime.date(2026, 11, 23), "财务 2025.9", {"month": 9, "year": 2025}),
        (datetime.date(2026, 11, 23), "财务26年9月", {"month": 9, "year": 2026}),
        (datetime.date(2026, 11, 23), "财务 13", {}),
    ],
)
def test_periods_are_reckoned_from_today(today: datetime.date, text: str, slots: dict[str, object]) -> None:
    assert read(text, today=today) == Understood("finance", slots)


def test_a_complaint_is_kept_as_it_was_typed() -> None:
    text = "村口路灯，坏了Ａ３天！🙏 Mr Wang"

    assert read("ＴＳ：" + text).slots == {"text": text}


PINYIN = sorted(word for word in words.PINYIN_COMMANDS if len(word) >= 5)


@given(st.sampled_from(PINYIN), seeds)
def test_one_slip_in_a_pinyin_keyword_is_forgiven(keyword: str, seed: int) -> None:
    source = random.Random(seed)
    place = source.randrange(len(keyword) - 1)
    slipped = source.choice(
        [
            keyword[:place] + keyword[place + 1 :],
            keyword[:place] + keyword[place] + keyword[place:],
            keyword[:place] + keyword[place + 1] + keyword[place] + keyword[place + 2 :],
        ]
    )
    if len(slipped) >= 5:
        assert read(slipped).intent == words.PINYIN_COMMANDS[keyword]


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("cahxun", "chaxun", True),
        ("chaxn", "chaxun", True),
        ("chaxxun", "chaxun", True),
        ("chaxyn", "chaxun", True),
        ("chaxun", "chaxun", False),
        ("cahxnu", "chaxun", False),
        ("cxhaun", "chaxun", False),
        ("", "a", True),
        ("ab", "", False),
    ],
)
def test_one_slip_is_one_letter_wrong_missing_extra_or_exchanged(
    typed: str, word: str, expected: bool
) -> None:
    assert is_one_slip(typed, word) is expected


@pytest.mark.parametrize("unit", bench_sms.LONG_UNITS)
def test_a_long_text_is_read_in_proportion(unit: str) -> None:
    """Counted in lines of Python; how long the regular expressions take is in `run.py bench`."""
    short, long = (_lines_to_read((unit * chars)[:chars]) for chars in (500, 4_000))

    # A quadratic reading of eight times the characters runs 64 times the lines.
    assert long < short * 8 * 1.5


def _lines_to_read(text: str) -> int:
    """How many lines of Python run while `text` is read."""
    events: list[str] = []

    def note(_frame: FrameType, event: str, _detail: object) -> Any:
        events.append(event)
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        read(text, awaiting_rating=True)
    finally:
        sys.settrace(before)
    return events.count("line")


def test_every_topic_is_reached_by_each_of_its_keywords() -> None:
    for topic in words.TOPICS:
        for keyword in (*topic.pinyin, *topic.english):
            assert read(f"gg {keyword}").slots == {"topic": topic.word}, keyword


def test_the_recognisers_reach_every_intent() -> None:
    met = {phrase["intent"] for phrase in PHRASES} | {row["intent"] for row in HOLDOUT}

    assert met == set(commands.INTENTS)


@pytest.mark.parametrize(
    "text",
    [
        "不是这个意思",
        "卜一卦",
        "虎口脱险",
        "没信号",
        "我没信心",
        "the ban is lifted",
        "mei guan xi",
        "没有人在家",
        "我坏了肚子",
    ],
)
def test_what_only_sounds_or_looks_like_a_question_stays_unknown(text: str) -> None:
    assert read(text) == Understood("unknown")
