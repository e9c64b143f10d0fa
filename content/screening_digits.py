"""One plain spelling for disguised digits, and the check digits of IDs, bank cards and credit codes; it reads no words."""

import datetime
import re
from typing import NamedTuple

# Stands for what an earlier masking took out: it ends a context, so masking cannot create new findings.
BLANK = "■"

# Provinces of GB/T 2260, the residence permits of 港澳台, and 9 + province for foreigners' permanent residence cards.
PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-8])"
MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
ID18 = re.compile(rf"{PROVINCE}[0-9]{{4}}((?:19|20)[0-9]{{2}}{MONTH_DAY})[0-9]{{3}}[0-9X]")
_ID15 = re.compile(rf"{PROVINCE}[0-9]{{4}}([0-9]{{2}}{MONTH_DAY})[0-9]{{3}}")
MOBILE = re.compile(r"(?:0|(?:00)?86)?(1[3-9][0-9]{9})")
# Issuers by length: 62 is UnionPay; 4, 5, 35-37, 60 and 9 are older or foreign cards that keep to their lengths.
CARD = re.compile(
    r"62[0-9]{14,17}|(?:4[0-9]|5[0-9]|35|36|37)[0-9]{14}|(?:4[0-9]|5[0-9])[0-9]{17}|(?:60|69|68|9[0-9])[0-9]{14}(?:[0-9]{2})?|(?:60|69|68)[0-9]{17}|9558[0-9]{15}|60[0-9]{15}"
)


def _is_date(digits: str) -> bool:
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def has_id_shape(digits: str) -> bool:
    """Whether 18 characters have a province and a real date of 1900-2099 where a resident ID has them."""
    match = ID18.fullmatch(digits)
    return bool(match and _is_date(match[1]))


def is_resident_id(digits: str) -> bool:
    """Whether 18 characters are a resident ID: province, date, MOD 11-2 check (GB 11643). No county-code table."""
    if not has_id_shape(digits):
        return False
    total = sum(int(c) * (2 ** (17 - i) % 11) for i, c in enumerate(digits[:17]))
    return digits[17] == "10X98765432"[total % 11]


def is_old_resident_id(digits: str) -> bool:
    """Whether 15 digits are a resident ID of before 1999: province and date; it had no check digit."""
    match = _ID15.fullmatch(digits)
    return bool(match and _is_date("19" + match[1]))


def is_card_number(digits: str) -> bool:
    """Whether 16-19 digits are a bank card: an issuer's prefix with its length, and the Luhn check (ISO/IEC 7812)."""
    if not CARD.fullmatch(digits):
        return False
    doubled = sum(sum(divmod(2 * int(c), 10)) for c in digits[-2::-2])
    return (doubled + sum(int(c) for c in digits[::-2])) % 10 == 0


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are a unified social credit code with a right check character (GB 32100, MOD 31)."""
    if not _CREDIT_SHAPE.fullmatch(code):
        return False
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return alphabet.index(code[17]) == -total % 31


class Folded(NamedTuple):
    """Text in one plain spelling (ASCII digits, capitals, half-width marks) and the way back to the original."""

    text: str
    offsets: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the original text of folded[start:end]."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


# Characters without a width, and the key-cap marks of emoji digits: people paste them unseen.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u20e3]"
)


def _spelling_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {
        code: chr(ord("0") + (code - first) % 10)
        for first, last in _DIGIT_RANGES
        for code in range(first, last)
    }
    table |= dict.fromkeys(
        map(
            ord, "\u3000\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
        ),
        " ",
    )
    table |= dict.fromkeys(map(ord, "‐‑‒–—―−﹣─━ー﹘"), "-")
    table |= dict.fromkeys(map(ord, "·•・‧∙⋅･｡●"), ".")
    table |= dict.fromkeys(map(ord, "ХхΧχⅩⅹ×✕✖╳"), "X")
    table |= {ord(low): low.upper() for low in "abcdefghijklmnopqrstuvwxyz"}
    return {code: plain.upper() for code, plain in table.items()}


# Mathematical, Arabic-Indic and segmented digits; full-width ones come with the full-width block.
_DIGIT_RANGES = ((0x1D7CE, 0x1D800), (0x1FBF0, 0x1FBFA), (0x0660, 0x066A), (0x06F0, 0x06FA))
_SPELLING = _spelling_table()
_HIDDEN = re.compile(r"\([^()]{2,6}已隐去\)")
_CN_DIGITS = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_CN_VALUES = str.maketrans(_CN_DIGITS + ",、", "0001234567891123456789  ")
_CN_RUN = re.compile(rf"[{_CN_DIGITS}](?:[ \-,、]?[{_CN_DIGITS}]){{6,}}")
_MIXED_RUN = re.compile(
    rf"(?<![0-9{_CN_DIGITS}])(?:[0-9{_CN_DIGITS}]{{18}}|[0-9{_CN_DIGITS}]{{11}})(?![0-9{_CN_DIGITS}])"
)
_LETTER_FOR_DIGIT = re.compile(r"(?<=[0-9])[OIL]{1,4}(?=[0-9])")
_CREDIT_SHAPE = re.compile(r"[159NY][1-59](?:[1-6][0-9]{5}|100000)[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_CODE = re.compile(rf"(?<![0-9A-Z]){_CREDIT_SHAPE.pattern}(?![0-9A-Z])")


def fold(text: str) -> Folded:
    """Spell every digit, letter, space and mark plainly; drop unseen characters; blank credit codes and earlier masks.

    Chinese numerals become digits only in runs of seven or more, or where they mix with digits to a phone or ID length.
    """
    offsets = None
    if _UNSEEN.search(text):
        offsets = [i for i, char in enumerate(text) if not _UNSEEN.match(char)]
        text = "".join(text[i] for i in offsets)
    text = text.translate(_SPELLING)
    text = _HIDDEN.sub(lambda m: BLANK * len(m[0]), text)
    text = _CN_RUN.sub(lambda m: m[0].translate(_CN_VALUES), text)
    text = _MIXED_RUN.sub(_plain_mixture, text)
    text = _CREDIT_CODE.sub(_blank_credit_code, text)
    text = _LETTER_FOR_DIGIT.sub(lambda m: m[0].translate({79: "0", 73: "1", 76: "1"}), text)
    return Folded(text, offsets)


def _plain_mixture(match: re.Match[str]) -> str:
    plain = match[0].translate(_CN_VALUES)
    return plain if MOBILE.fullmatch(plain) or is_resident_id(plain) else match[0]


def _blank_credit_code(match: re.Match[str]) -> str:
    code = match[0]
    is_code = any(c.isalpha() for c in code[:-1]) or (is_credit_code(code) and not is_resident_id(code))
    return BLANK * len(code) if is_code else code
