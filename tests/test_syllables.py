"""The table of readings is what pypinyin says; `python tests/test_syllables.py` writes it anew."""

import os

import pytest

from content import syllables

HEAD = "# 单个汉字的读音，不标声调，常用的在前：读音 汉字。由 pypinyin 0.55（MIT，https://github.com/mozillazg/python-pinyin）列出。\n"


def _as_pypinyin_says() -> str:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import Style, pinyin

    grouped: dict[str, list[str]] = {}
    for code in range(ord(syllables.FIRST), ord(syllables.LAST) + 1):
        told = pinyin(chr(code), style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
        plain = dict.fromkeys(one.replace("ü", "v").replace("ê", "e") for one in told)
        if read := [one for one in plain if one.isascii() and one.isalpha()]:
            grouped.setdefault(",".join(read), []).append(chr(code))
    lines = [f"{read} {''.join(characters)}" for read, characters in sorted(grouped.items())]
    return HEAD + "\n".join(lines) + "\n"


def test_table_is_what_pypinyin_says() -> None:
    assert syllables._TABLE.read_text(encoding="utf-8") == _as_pypinyin_says()


@pytest.mark.parametrize(
    ("character", "read"),
    [("村", ("cun",)), ("女", ("nv", "ru")), ("A", ()), ("。", ()), ("😀", ()), ("\U00020000", ())],
)
def test_reading_of_a_character(character: str, read: tuple[str, ...]) -> None:
    assert syllables.readings(character) == read


def test_surname_has_all_its_readings() -> None:
    assert {"dan", "shan", "chan"} <= set(syllables.readings("单"))


def test_first_letter_is_of_the_commonest_reading() -> None:
    assert [syllables.first_letter(one) for one in "补贴2"] == ["b", "t", "2"]


if __name__ == "__main__":
    syllables._TABLE.write_text(_as_pypinyin_says(), encoding="utf-8", newline="\n")
