"""Turns a published Chinese text into words that can be spoken: numbers, amounts, dates, phones; no sound is made here."""

import re
from collections.abc import Callable
from datetime import date

from content import numerals
from content.numerals import cardinal, decimal, one_by_one, telephone, yuan

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TO = r"\s*(?:-{1,2}|－|–|—{1,2}|~|～|至|到)\s*"
_YEAR = r"(?:19|20)\d{2}"
# 2 of these is 两; 二月, 二日, 二组, 二号 and everything behind 第 stay 二.
_COUNTED = "户人个次份天年亩元角页项名位件张块台辆座处套趟笔口头只家所间棵株斤吨米里倍批类种样遍周万千亿"
_HALF_WIDTH = str.maketrans("０１２３４５６７８９％．￥＋＝／－ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ\u3000\u00a0",
                            "0123456789%.¥+=/-ABCDEFGHIJKLMNOPQRSTUVWXYZ  ")  # fmt: skip
_UNITS = {
    "km²": "平方公里", "㎡": "平方米", "m²": "平方米", "m2": "平方米", "m³": "立方米", "m3": "立方米", "km": "公里",
    "kg": "公斤", "cm": "厘米", "mm": "毫米", "kW": "千瓦", "℃": "摄氏度", "m": "米", "t": "吨",
}  # fmt: skip


def expand(text: str) -> str:
    """The same text without a digit, a percent sign or a unit sign left in it.

    Phone numbers and codes are said digit by digit. Nothing is raised: what no rule knows is said as a number.
    """
    spoken = text.translate(_HALF_WIDTH)
    for pattern, say in _RULES:
        spoken = pattern.sub(say, spoken)
    return spoken


def _date(match: re.Match[str]) -> str:
    """A whole date in digits; 2026-13-40 is none and is left to the rules behind."""
    year, month, day = (int(part) for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return match[0]
    return f"{one_by_one(match[1])}年{cardinal(month)}月{cardinal(day)}日"


def _month(match: re.Match[str]) -> str:
    return f"{one_by_one(match[1])}年{cardinal(int(match[2]))}月"


def _quarter(match: re.Match[str]) -> str:
    return f"{one_by_one(match[1])}年第{cardinal(int(match[2]))}季度"


def _document(match: re.Match[str]) -> str:
    return f"{one_by_one(match[1])}年{_plain(match[2])}号"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24 or minute > 59:
        return match[0]
    words = "两点" if hour == 2 else f"{cardinal(hour)}点"
    if not minute:
        return words
    return words + ("零" if minute < 10 else "") + f"{cardinal(minute)}分"


def _phone(match: re.Match[str]) -> str:
    """In the groups it is written in, with a breath between them."""
    return "，".join(telephone(group) for group in re.findall(r"\d+", match[0]))


def _amount(match: re.Match[str]) -> str:
    return ("负" if match["minus"] else "") + yuan(match["number"])


def _range(match: re.Match[str]) -> str:
    """3-5天: the first number alone, the second one stays for the rule of its unit."""
    return f"{decimal(match[1])}到{match[2]}"


def _percent(match: re.Match[str]) -> str:
    share = "百分之" if match["sign"] == "%" else "千分之"
    return ("负" if match["minus"] else "") + share + decimal(match["number"])


def _fraction(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[2]))}分之{cardinal(int(match[1]))}"


def _unit(match: re.Match[str]) -> str:
    return _counted(match[1]) + _UNITS[match[2]]


def _counted(number: str) -> str:
    return "两" if number == "2" else _plain(number)


def _plain(number: str) -> str:
    """A number as it is said; one that begins with 0 or is too long for a quantity, digit by digit."""
    whole = number.replace(",", "").partition(".")[0]
    is_name = (len(whole) > 1 and whole[0] == "0") or len(whole) > numerals.MAX_CARDINAL_DIGITS
    return one_by_one(re.sub(r"\D", "", number)) if is_name else decimal(number)


def _code(match: re.Match[str]) -> str:
    """Q7K2-M9XF-P, QX-G06: letters and digits one by one."""
    signs = (one_by_one(sign) if sign.isdigit() else sign for sign in match[0] if sign.isalnum())
    return " " + " ".join(signs) + " "


def _rule(pattern: str, say: Callable[[re.Match[str]], str] | str, *, flags: int = 0) -> Rule:
    return re.compile(pattern, flags | re.ASCII), (lambda _match: say) if isinstance(say, str) else say


_RULES: tuple[Rule, ...] = (
    _rule(r"(?:https?://|www\.)[^\s，。；）)]+", "网址"),
    # Names made of digits, before anything is taken for a quantity.
    _rule(rf"[〔\[（(【]({_YEAR})[〕\]）)】]\s*(?:第)?(\d+)\s*号", _document),
    _rule(rf"(?<!\d)({_YEAR})\s*[-/.]\s*(\d{{1,2}})\s*[-/.]\s*(\d{{1,2}})(?!\d)", _date),
    _rule(rf"(?<!\d)({_YEAR})[-/](0[1-9]|1[0-2])(?![\d-])", _month),
    _rule(rf"(?<!\d)({_YEAR})\s*年?\s*(?:[Qq]|第)\s*([1-4])\s*(?:季度)?(?!\d)", _quarter),
    _rule(rf"(?<!\d)({_YEAR}){_TO}(?={_YEAR}\s*年)", lambda m: f"{one_by_one(m[1])}到"),
    _rule(rf"(?<!\d)({_YEAR})\s*(?=年)", lambda m: one_by_one(m[1])),
    _rule(r"(?<!\d)(\d{1,2})[:：](\d{2})(?::\d{2})?(?!\d)", _time),
    _rule(
        r"(?<![\d,.-])(?:0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4}|1[3-9]\d-?\d{4}-?\d{4})(?!\d)(?!\s*元)", _phone
    ),
    _rule(r"(?<!\d)\d{5}(?=(?:政务|服务|便民|市长)*热线)", lambda m: telephone(m[0])),
    _rule(
        r"(?<=[电热短])(话|线|信)(\s*[:：是为到]?\s*)(\d{3,15})(?![\d.,])",
        lambda m: m[1] + m[2] + telephone(m[3]),
    ),
    _rule(r"(?<=拨打|致电|拨通)(\s*)(\d{3,8})(?![\d.,])", lambda m: m[1] + telephone(m[2])),
    _rule(r"(?<![A-Za-z\d])(?=[A-Z\d-]*[A-Z])(?=[A-Z\d-]*\d)[A-Z\d]+(?:-[A-Z\d]+)*(?![A-Za-z\d])", _code),
    # Signs between and behind numbers.
    _rule(
        rf"(?<![\d.])({_NUMBER})(?:\s*[%％])?{_TO}({_NUMBER}\s*%)", lambda m: f"百分之{decimal(m[1])}到{m[2]}"
    ),
    _rule(
        rf"(?<![\d.])({_NUMBER})\s*(?:元)?{_TO}(?=({_NUMBER})\s*(?:万|亿)?元)", lambda m: f"{_plain(m[1])}到"
    ),
    _rule(rf"(?<![\d.])({_NUMBER}){_TO}({_NUMBER})", _range),
    _rule(rf"(?P<minus>(?<![\d元])[-−])?(?P<number>{_NUMBER})\s*(?P<sign>[%‰])", _percent),
    _rule(rf"(?P<minus>(?<![\d元])[-−])?¥\s*(?P<number>{_NUMBER})(?:\s*元)?", _amount),
    _rule(rf"(?P<minus>(?<![\d元])[-−])?(?P<number>{_NUMBER})\s*元", _amount),
    _rule(r"(?<![\d.])([1-9]\d?)/([1-9]\d?)(?![\d/])", _fraction),
    _rule(rf"({_NUMBER})\s*(km²|㎡|m²|m2|m³|m3|km|kg|cm|mm|kW|℃|m|t)(?![A-Za-z])", _unit),
    _rule(r"\s*×\s*", "乘"),
    _rule(r"\s*÷\s*", "除以"),
    _rule(r"\s*=\s*", "等于"),
    _rule(r"(?<=[\d元亩])\s*\+\s*(?=[\d])", "加"),
    # 元/亩, 元/人·月
    _rule(r"(?<=[一-鿿])/(?=[一-鿿])", "每"),
    # What is left is a quantity, or a long number that nobody counts.
    _rule(r"第\s*(\d+)", lambda m: f"第{_plain(m[1])}"),
    _rule(rf"(?<![\d.,第])({_NUMBER})\s*(?=多?[{_COUNTED}])", lambda m: _counted(m[1])),
    _rule(r"(?<![\d.,])\d{7,}(?![\d.,])", lambda m: one_by_one(m[0])),
    _rule(rf"(?<=[\s(（:：，])[-−]({_NUMBER})", lambda m: f"负{_plain(m[1])}"),
    _rule(_NUMBER, lambda m: _plain(m[0])),
    _rule(r"(?<=[点分日月年])\s*[-–—~～]+\s*(?=[零一二三四五六七八九十两])", "到"),
    _rule("%", "百分号"),
    _rule(r"[\t|]+", "，"),
)
