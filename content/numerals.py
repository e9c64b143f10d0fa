"""Numbers as they are said in Chinese: cardinals, decimals, years, yuan; what stands around them is speech_text's."""

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿")
MAX_CARDINAL_DIGITS = 12


def cardinal(number: int) -> str:
    """12345 is 一万二千三百四十五, 10 is 十, 2000 is 两千. ValueError for more than 12 digits or a negative number."""
    digits = str(number)
    if number < 0 or len(digits) > MAX_CARDINAL_DIGITS:
        raise ValueError(f"cannot be said as a number: {number}")
    if number == 0:
        return DIGITS[0]
    words, is_gap = "", False
    for place in range((len(digits) - 1) // 4, -1, -1):
        group = number // 10_000**place % 10_000
        if group:
            is_short = bool(words) and (is_gap or group < 1000)
            words += ("零" if is_short else "") + _under_ten_thousand(group) + _GROUPS[place]
        is_gap = group == 0 and bool(words)
    if words.startswith("一十"):
        words = words[1:]
    return "两" + words[1:] if words[:1] == "二" and words[1:2] in ("千", "万", "亿") else words


def decimal(text: str) -> str:
    """A number as written, "1,234.50": the places behind the point one by one. ValueError for anything else."""
    whole, _point, places = text.replace(",", "").partition(".")
    words = cardinal(int(whole))
    return f"{words}点{one_by_one(places)}" if places else words


def one_by_one(digits: str) -> str:
    """Each digit by its name: a year, a document, what stands behind a point."""
    return "".join(DIGITS[int(digit)] for digit in digits)


def telephone(digits: str) -> str:
    """Each digit by its name, with 幺 for 1 as telephone numbers are said."""
    return one_by_one(digits).replace("一", "幺")


def yuan(text: str) -> str:
    """An amount in yuan as written: "12,345.60" is 一万二千三百四十五元六角, "0.05" is 五分.

    With more than two places behind the point it is a rate, said as a number.
    """
    whole, _point, places = text.replace(",", "").partition(".")
    if len(places) > 2:
        return decimal(text) + "元"
    jiao, fen = (int(place) for place in places.ljust(2, "0"))
    small = f"{DIGITS[jiao]}角" if jiao else ""
    if fen:
        small += f"{'' if jiao or not int(whole) else '零'}{DIGITS[fen]}分"
    if int(whole) == 2 and not small:
        return "两元"
    return f"{cardinal(int(whole))}元{small}" if int(whole) or not small else small


def _under_ten_thousand(number: int) -> str:
    words, is_gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if is_gap and words else "") + DIGITS[digit] + _PLACES[place]
            is_gap = False
        else:
            is_gap = True
    return words
