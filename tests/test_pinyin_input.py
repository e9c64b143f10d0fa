"""Typed pinyin becomes words: the village's own first, and what old people mean though they spell it as they speak."""

import pytest

from content import pinyin_input
from content.pinyin_input import MAX_CANDIDATES, Candidate

VILLAGE_WORDS = ("单秋仁", "柳河村", "实际种粮农民一次性补贴")


def words(typed: str) -> list[str]:
    return [candidate.word for candidate in pinyin_input.candidates(typed, VILLAGE_WORDS)]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("dibao", "低保"),
        ("db", "低保"),
        ("liuhecun", "柳河村"),
        ("shanqiuren", "单秋仁"),
        ("sqr", "单秋仁"),
        ("dqr", "单秋仁"),
        ("tingdian", "停电"),
        ("women", "我们"),
        ("nver", "女儿"),
        ("DI'BAO ", "低保"),
    ],
)
def test_likeliest_word_comes_first(typed: str, word: str) -> None:
    assert words(typed)[0] == word


@pytest.mark.parametrize(
    ("typed", "word"),
    [("zaijidi", "宅基地"), ("niuhecun", "柳河村"), ("zonguo", "中国"), ("nousui", "漏水")],
    ids=["zh as z", "n as l", "ng as n", "n as l and sh as s"],
)
def test_local_speech_is_understood(typed: str, word: str) -> None:
    assert word in words(typed)


def test_village_words_go_before_common_ones() -> None:
    assert pinyin_input.candidates("liuhe", ())[0].word != "柳河村"
    assert words("liuhe")[0] == "柳河村"


def test_sentence_in_one_go_is_taken_word_by_word() -> None:
    first = pinyin_input.candidates("womenjiadefangzi")[0]

    assert first == Candidate("我们", "jiadefangzi")
    assert Candidate("家", "defangzi") in pinyin_input.candidates(first.rest)


@pytest.mark.parametrize("typed", ["", "  ", "低保", "123", "'"])
def test_what_has_no_letters_means_nothing(typed: str) -> None:
    assert pinyin_input.candidates(typed) == []


@pytest.mark.parametrize("typed", ["a", "z", "shi", "x" * 500, "zhuangzhuangzhuangzhuang"])
def test_each_word_stands_once_and_there_are_never_too_many(typed: str) -> None:
    found = words(typed)

    assert len(found) == len(set(found)) <= MAX_CANDIDATES
