"""Pure rules about the wording of a notice: clean text, title, closing lines, joining of broken lines; no files."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

MAX_TITLE_CHARS: Final = 40
MAX_ISSUER_CHARS: Final = 40
# The closing stands at the end; a contact line, an attachment list or a note may follow it.
_CLOSING_WINDOW: Final = 8

_SPACES: Final = " \t\r\n\v\f\u00a0\u3000"
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\v\f\u0085\u2028\u2029]")
_SENTENCE_END: Final = "。；;，,、！!？?.…"
_CHINESE_DIGITS: Final = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {
    "○": "0",
    "零": "0",
    "Ｏ": "0",
}
_BODY_ENDINGS: Final = (
    "会",
    "支部",
    "总支",
    "合作社",
    "公司",
    "政府",
    "局",
    "站",
    "所",
    "中心",
    "办公室",
    "办事处",
)
_DATE: Final = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?:年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]|[-./](?P<m2>\d{1,2})[-./](?P<d2>\d{1,2}))"
)
_CHINESE_DATE: Final = re.compile(
    r"([〇○零Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)


@dataclass(frozen=True)
class Closing:
    """Who signed and when: the 落款. Empty text where it was not recognised; the date is ISO (2026-10-16)."""

    issuer: str = ""
    date: str = ""


def tidy(text: str) -> str:
    """`text` without invisible characters and outer spaces; line breaks inside stay as "\\n".

    Control, zero-width and direction characters go (they split a number that screening should see, or show
    it backwards), and so do lone surrogates, which no database takes. Full-width forms stay as written, and
    so do private-use characters: they are how old systems write rare surnames.
    """
    unified = _LINE_ENDS.sub("\n", text).replace("\u00a0", " ").replace("\t", " ")
    kept = "".join(c for c in unified if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "\n".join(line.strip(_SPACES) for line in kept.split("\n")).strip("\n")


def is_title(line: str) -> bool:
    """Whether a first line reads as a title: one short line that is not a sentence and not a greeting."""
    return 0 < len(line) <= MAX_TITLE_CHARS and "\n" not in line and line[-1] not in _SENTENCE_END + "：:"


def find_closing(lines: Sequence[str]) -> Closing:
    """Issuer and date from the closing lines of a notice: an issuer line, then a line that is only a date.

    Both on one line ("柳河村村民委员会 2026年10月16日") are recognised too, and several issuers above
    one date are joined with "、".
    """
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _CLOSING_WINDOW), -1):
        before, found = _split_date(lines[index])
        if not found:
            continue
        if not before:
            return Closing(_issuers_above(lines, index), found)
        if _is_issuer(before) and before.endswith(_BODY_ENDINGS):
            return Closing(before, found)
    return Closing()


def join_lines(lines: Sequence[str]) -> str:
    """Hard-wrapped lines as one paragraph: a space only where two Latin words would run together."""
    joined = ""
    for line in lines:
        needs_space = joined and line and _is_latin(joined[-1]) and _is_latin(line[0])
        both_digits = needs_space and joined[-1].isdigit() and line[0].isdigit()
        joined += (" " if needs_space and not both_digits else "") + line
    return joined


def _is_latin(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in ",;:)")


def _issuers_above(lines: Sequence[str], date_index: int) -> str:
    issuers: list[str] = []
    for line in reversed(lines[max(0, date_index - 3) : date_index]):
        if not _is_issuer(line):
            break
        # Only the line directly above counts by itself; more need the look of a body's name.
        if issuers and not line.endswith(_BODY_ENDINGS):
            break
        issuers.insert(0, line)
    return "、".join(issuers)


def _is_issuer(line: str) -> bool:
    compact = line.replace(" ", "").replace("\u3000", "")
    is_short = 2 <= len(compact) <= MAX_ISSUER_CHARS
    return (
        is_short
        and compact[-1] not in _SENTENCE_END + "：:"
        and not re.search(r"[。；：:]|\d{5}|特此|此致", compact)
    )


def _split_date(line: str) -> tuple[str, str]:
    """What stands before a date that ends the line, and the date; ("", "") when there is none."""
    compact = unicodedata.normalize("NFKC", _with_digits(line)).strip(_SPACES + "（）()")
    spaced_out = re.sub(r"\s*([年月日号./-])\s*", r"\1", compact)
    match = re.search(_DATE.pattern + r"$", spaced_out)
    if not match:
        return "", ""
    try:
        found = date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
    except ValueError:
        return "", ""
    before = spaced_out[: match.start()].strip(_SPACES)
    return re.sub(r"(日期|时间|公示日期|发布日期)[:：]?$", "", before), found.isoformat()


def _with_digits(line: str) -> str:
    """二〇二六年十月十六日 as 2026年10月16日."""

    def convert(match: re.Match[str]) -> str:
        year = "".join(_CHINESE_DIGITS[c] for c in match[1])
        return f"{year}年{_up_to_99(match[2])}月{_up_to_99(match[3])}日"

    return _CHINESE_DATE.sub(convert, line)


def _up_to_99(numeral: str) -> int:
    tens, has_ten, units = numeral.partition("十")
    if not has_ten:
        return int("".join(_CHINESE_DIGITS[c] for c in numeral))
    return int(_CHINESE_DIGITS.get(tens, "1")) * 10 + int(_CHINESE_DIGITS.get(units, "0"))
