"""Both languages complete: every Chinese text of the pages has its English, with the same blanks to fill."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
BLANK = re.compile(r"%\((\w+)\)")


def _used() -> dict[str, str]:
    """Every msgid with the file that uses it."""
    found: dict[str, str] = {}
    for path in [*(ROOT / "kiosk").rglob("*.py"), *(ROOT / "sms").rglob("*.py")]:
        for _line, message, *_ in extract_from_file(
            "python", path, keywords={"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
        ):
            for text in message if isinstance(message, tuple) else (message,):
                found[text] = path.name
    for path in [*(ROOT / "kiosk" / "templates").rglob("*.html"), *(ROOT / "sms").rglob("*.html")]:
        for _line, message, *_ in extract_from_file("jinja2.ext:babel_extract", path):
            for text in message if isinstance(message, tuple) else (message,):
                if text:
                    found[text] = path.name
    return found


def _messages(language: str) -> Iterator[Message]:
    for path in sorted((ROOT / "kiosk" / "translations" / language).glob("*.po")):
        with path.open("rb") as file:
            yield from (message for message in read_po(file) if message.id)


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    return {str(m.id): str(m.string) for m in _messages("en")}


def test_every_text_has_its_english(english: dict[str, str]) -> None:
    missing = {text: place for text, place in _used().items() if not english.get(text)}

    assert missing == {}


def test_no_text_is_translated_twice() -> None:
    """Only the first of two would be shown, and nobody would know which."""
    ids = [str(message.id) for message in _messages("en")]

    assert sorted(ids) == sorted(set(ids))


def test_english_fills_the_same_blanks(english: dict[str, str]) -> None:
    for text, translated in english.items():
        assert set(BLANK.findall(text)) == set(BLANK.findall(translated)), text


def test_english_has_no_chinese_left_in_it(english: dict[str, str]) -> None:
    left = {
        text: said
        for text, said in english.items()
        if re.search(r"[一-鿿]", re.sub(r"（[^）]*）|“[^”]*”", "", said))
    }

    assert left == {}


def test_no_translation_is_left_over(english: dict[str, str]) -> None:
    assert set(english) - set(_used()) == set()
