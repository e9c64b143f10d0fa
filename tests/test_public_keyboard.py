"""Writing with big keys: each key a form post, nothing lost on the way to what is handed in."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from public_pages import Pages, open_pages

ADDRESS = "/say/about/consultation"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("keyboard")) as opened:
        yield opened


def press(pages: Pages, **form: str) -> str:
    """The page after one key."""
    answer = pages.kiosk.post(ADDRESS, data={"category": "subsidy", "page": "write", **form})
    assert answer.status_code == 200
    return answer.text


def state(page: str) -> tuple[str, str]:
    """The text and the letters that the next key is sent with."""
    found = dict(re.findall(r'name="(text|letters)" value="([^"]*)"', page))
    return unescape(found["text"]), found["letters"]


@pytest.mark.parametrize(
    ("form", "then"),
    [
        ({"text": "我家", "letters": "d", "letter": "B"}, ("我家", "db")),
        ({"text": "我家", "letters": "db", "letter": "←"}, ("我家", "d")),
        ({"text": "我家", "letters": "", "letter": "←"}, ("我", "")),
        ({"text": "我家", "letters": "db", "take": "低保"}, ("我家低保", "")),
        ({"text": "", "letters": "womenjia", "take": "我们"}, ("我们", "jia")),
        ({"text": "", "letters": "wifi", "take": "wifi"}, ("wifi", "")),
        ({"text": "", "letters": "db", "take": "别的"}, ("", "db")),
        ({"text": "低保", "letters": "", "sign": "，"}, ("低保，", "")),
        ({"text": "", "letters": "dibao", "sign": "。"}, ("低保。", "")),
        ({"text": "", "letters": "", "sign": "<"}, ("", "")),
        ({"text": "", "letters": "d", "letter": "低"}, ("", "d")),
        ({"text": "停" * 600, "letters": "", "sign": "1"}, ("停" * 500, "")),
    ],
    ids=[
        *(
            "letter",
            "erased letter",
            "erased character",
            "word",
            "first word of many",
            "the letters themselves",
        ),
        *("no such word", "sign", "sign takes the word", "no such sign", "no such letter", "too long"),
    ],
)
def test_key_does_what_it_says(pages: Pages, form: dict[str, str], then: tuple[str, str]) -> None:
    assert state(press(pages, **form)) == then


def test_villagers_name_is_offered_first(pages: Pages) -> None:
    first = re.search(r'name="take" value="([^"]*)"', press(pages, text="", letters="sq", letter="R"))

    assert first is not None
    assert first[1] == "单秋仁"


def test_other_words_follow_and_begin_again(pages: Pages) -> None:
    def offered(**form: str) -> list[str]:
        return re.findall(r'name="take" value="([^"]*)"', press(pages, text="", letters="shi", **form))

    first, second = offered(), offered(more="10")

    assert first != second
    assert not set(first) & set(second)
    assert offered(more="999") == first


def test_htmx_gets_the_writing_alone(pages: Pages) -> None:
    form = {"category": "subsidy", "page": "write", "text": "", "letters": "d", "letter": "B"}
    piece = pages.kiosk.post(ADDRESS, data=form, headers={"HX-Request": "true"}).text

    assert piece.lstrip().startswith('<div id="writing"')
    assert "<html" not in piece


def test_written_text_is_what_is_handed_in(pages: Pages) -> None:
    form = {"category": "subsidy", "text": "低保怎么还没有发？"}
    back = pages.kiosk.post(ADDRESS, data=form).text

    assert 'name="text" value="低保怎么还没有发？"' in back
    assert 'value="write"' in back
    assert pages.kiosk.post(ADDRESS, data={**form, "hand_in": "1"}).status_code == 303


def test_telephone_keeps_its_own_keyboard(pages: Pages) -> None:
    page = pages.portal.post(f"{pages.home}{ADDRESS}", data={"category": "subsidy"}).text

    assert "<textarea" in page
    assert 'value="write"' not in page


def test_search_offers_the_words_that_letters_may_mean(pages: Pages) -> None:
    page = pages.kiosk.get("/search?q=dibao").text

    assert ">低保</a>" in page
    assert "还没有找到" not in page
