"""Reads one cell as money, a number or clean text, in the many ways village bookkeepers write them."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from content.intake.sheets import Cell, cell_text

FEN_PER_UNIT = {"元": 100, "千元": 100_000, "万元": 1_000_000, "亿元": 10_000_000_000}

_UNIT_NOTE = re.compile(r"单位[::]?\s*(?:人民币)?(?:[亩人户、,.\s]*)(亿元|万元|千元|元)")
_UNIT_IN_BRACKETS = re.compile(r"\((?:人民币)?(亿元|万元|千元|元)(?:/[^)]*)?\)")
_DASHES = str.maketrans(dict.fromkeys("—–―−－‐‑﹣", "-") | {"△": "-", "▲": "-"})
_NIL = re.compile(r"-*|/|无|零|nil", re.IGNORECASE)
_CURRENCY = re.compile(r"^(-?)(?:人民币|RMB|CNY|[¥$])", re.IGNORECASE)
_TAIL = re.compile(
    r"(?<=[\d. ])(亿|万|千|百)?(?:元整?(?:/[亩人户月年季次]{1,3})?|圆整?|亩|人|户|个?月|周?岁)?$"
)
_MULTIPLE = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
# The note behind a figure ('500（伍佰元整）', '120.5元(转账)') has no digits of its own.
_NOTE = re.compile(r"(?<=[\d元])\([^()\d]*\)$")
_YUAN_JIAO_FEN = re.compile(r"(\d+)[元圆](?:(\d)角)?(?:(\d)分)?")
_RED = str.maketrans(dict.fromkeys("[【<〔", "(") | dict.fromkeys("]】>〕", ")"))
# Thousands in threes, or in fours as 万 are sometimes parted; anything else may be a slipped point.
_GROUPED = re.compile(r"\d{1,3}([, ])\d{3}(?:\1\d{3})*(?:\.\d+)?|\d{1,4}([, ])\d{4}(?:\2\d{4})*(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d*)?(?:E[+-]?\d+)?|\.\d+", re.IGNORECASE)

_MOST_DIGITS = 14


@dataclass(frozen=True)
class Money:
    """An amount in fen; `is_exact` is false when more than the float's own noise had to be rounded away."""

    fen: int
    is_exact: bool = True


def parse_amount(value: Cell, unit: str = "元") -> Money | None:
    """The money in a cell written in `unit`; None for a blank cell or a dash, which stand for nothing.

    Takes full-width digits, thousands separators, ¥, 元, 万元, red brackets and minus signs on either side;
    a unit in the cell itself goes before `unit`. Rounds half up to the fen.
    Raises ValueError for a cell that holds something else.
    """
    number, has_own_unit = _split(value)
    if number is None:
        return None
    exact = number * FEN_PER_UNIT["元" if has_own_unit else unit]
    fen = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    # 0.1 + 0.2 leaves 4e-15 fen behind; a result of a division leaves more than a thousandth.
    return Money(fen, abs(exact - fen) < Decimal("0.001"))


def parse_number(value: Cell) -> Decimal | None:
    """The plain number in a cell, a trailing unit ('20亩', '3人') left off; None when blank or a dash.

    Raises ValueError for a cell that holds something else.
    """
    return _split(value)[0]


def _split(value: Cell) -> tuple[Decimal | None, bool]:
    """The number, and whether the cell itself says in what unit of money it is."""
    if isinstance(value, bool) or (value is not None and not isinstance(value, str | int | float)):
        raise ValueError(f"not a number: {value!r}")
    if isinstance(value, int | float):
        return _checked(Decimal(repr(value)), value), False
    text = unicodedata.normalize("NFKC", value or "").translate(_DASHES).translate(_RED).strip()
    text = re.sub(r"\s+", " ", text.replace("'", ""))
    text = _NOTE.sub("", re.sub(r"(?<=\d)。(?=\d)", ".", text))
    if _NIL.fullmatch(text):
        return None, False
    is_negative, text = _take_sign(text)
    if jiao := _YUAN_JIAO_FEN.fullmatch(text):
        text = f"{jiao[1]}.{jiao[2] or 0}{jiao[3] or 0}元"
    tail = _TAIL.search(text)
    digits = text[: tail.start()].strip() if tail else text
    if _GROUPED.fullmatch(digits):
        digits = re.sub("[, ]", "", digits)
    if not _PLAIN.fullmatch(digits):
        raise ValueError(f"not a number: {value!r}")
    number = _checked(Decimal(digits), value) * (_MULTIPLE[tail[1]] if tail and tail[1] else 1)
    has_own_unit = bool(tail and (tail[1] or "元" in tail[0] or "圆" in tail[0]))
    return (-number if is_negative else number), has_own_unit


def _checked(number: Decimal, value: Cell) -> Decimal:
    """No village counts in such figures: it is an account number, a slip of the keyboard or an attack."""
    if not number.is_finite() or number.adjusted() >= _MOST_DIGITS:
        raise ValueError(f"not a number: {value!r}")
    return number


def _take_sign(text: str) -> tuple[bool, str]:
    """Whether brackets or a minus sign make it negative, and the text without them and the currency."""
    is_negative = False
    text = _CURRENCY.sub(r"\1", text).strip()
    if found := re.match(r"(?:红字|红|负)(?=[\d¥$.])", text):
        is_negative, text = True, text[found.end() :]
    brackets = re.fullmatch(r"\((.+)\)", text)
    if brackets:
        is_negative, text = True, brackets[1].strip()
    if text.startswith("-"):
        is_negative, text = True, text[1:].strip()
    elif text.endswith("-"):
        is_negative, text = True, text[:-1].strip()
    return is_negative, _CURRENCY.sub("", text.removeprefix("+")).strip()


def find_unit(text: str) -> str | None:
    """The unit of money a caption or heading names ('单位：万元', '收入(万元)'), else None."""
    plain = unicodedata.normalize("NFKC", text)
    found = _UNIT_NOTE.search(plain) or _UNIT_IN_BRACKETS.search(plain)
    return found[1] if found else None


def clean_text(value: Cell) -> str | None:
    """A cell's words on one line, with Chinese marks where Chinese is written; None when blank."""
    if value is None or value == "":
        return None
    return _clean(cell_text(value))


@lru_cache(maxsize=4096)  # each cell of a row is asked for many times
def _clean(text: str) -> str | None:
    text = re.sub(r"\s+", " ", text.replace("\u3000", " ")).strip()
    text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    return chinese_marks(text) or None


def chinese_marks(text: str) -> str:
    """Half-width brackets, commas and colons that stand among Chinese characters, made full-width.

    The same name typed with '(' and with '（' must compare as equal.
    """
    if not re.search(r"[\u4e00-\u9fff]", text):
        return text
    text = re.sub(r"\(([^()]*)\)", r"（\1）", text)
    for half, full in ((",", "，"), (";", "；"), (":", "：")):
        text = re.sub(rf"(?<=[\u4e00-\u9fff）]){half}|{half}(?=[\u4e00-\u9fff（])", full, text)
    return text
