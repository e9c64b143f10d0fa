"""Tells personal numbers from the other long numbers of a text by shape, check digit and the words near; it knows no tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from content.screening_digits import (
    CARD,
    ID18,
    MOBILE,
    MONTH_DAY,
    PROVINCE,
    has_id_shape,
    is_card_number,
    is_credit_code,
    is_old_resident_id,
    is_resident_id,
)
from content.screening_patterns import (
    Span,
    is_home_phone_label,
    is_numbered,
    is_private_landline,
    label_after,
    label_before,
)

_ID_WINDOW = re.compile(rf"(?=({ID18.pattern}))")
# "First 6 + last 4" leaves some 33 candidates once the year of birth is known: hiding the date alone hides nothing.
_HALF_HIDDEN_ID = re.compile(rf"(?<![0-9]){PROVINCE}[0-9]{{4,8}}[*X?#_.○□]{{4,8}}[0-9]{{3}}[0-9X](?![0-9])")
_MOBILES_IN_A_ROW = re.compile(r"(?:1[3-9][0-9]{9}){2,3}")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}")
# Digits that may belong together: up to six marks between them, across a line break too.
_CHAIN = re.compile(r"[0-9](?:[\s\-_.,/()~'|+、:;*\"=#]{0,6}[0-9X]){6,}")
# Marks that only the check digit of an ID may bridge: elsewhere they part one number from the next.
_PARTING = re.compile(r"[,、:;*\"=#|]")
_MORE_OF_A_FIGURE = re.compile(r"(?:\.[0-9]{1,2}|-[0-9]{2}-[0-9]{2})(?![0-9])")
_STROKE = re.compile(r"[|/]")
_LONG_RUN = re.compile("[0-9]{5}")
_UNIT_AFTER = re.compile(
    r"\s?(?:万?元|万|亿|块|角|分(?!机)|亩|公斤|斤|吨|立方|平方|平米|㎡|米|公里|千瓦|度|%|KG|字节)"
)
_MONEY_BEFORE = re.compile(r"(?:[¥￥$]|人民币|金额[:为]?)\s?$")


@dataclass(frozen=True)
class _Chain:
    """One chain of a text: its digits without gaps, where each stands, and which kind of number is announced.

    The announcement reaches the groups up to `label_until` (the first long run); `hint` all groups.
    """

    text: str
    digits: str
    at: list[int]
    before: str | None
    label_until: int
    hint: str | None

    def starts_group(self, i: int) -> bool:
        return i == 0 or self.at[i] - self.at[i - 1] > 1

    def ends_group(self, i: int) -> bool:
        return i == len(self.at) - 1 or self.at[i + 1] - self.at[i] > 1

    def is_unbroken(self, i: int, j: int) -> bool:
        return self.at[j - 1] - self.at[i] == j - 1 - i

    def gap_after(self, i: int) -> str:
        return self.text[self.at[i] + 1 : self.at[i + 1]]

    def is_alone(self, i: int, j: int) -> bool:
        """Whether nothing else stands beside these digits, or only behind a bar or stroke."""
        is_first = i == 0 or bool(_STROKE.search(self.gap_after(i - 1)))
        return is_first and (j == len(self.at) or bool(_STROKE.search(self.gap_after(j - 1))))

    def raw(self, i: int, j: int) -> str:
        return self.text[self.at[i] : self.at[j - 1] + 1]

    def label(self, i: int, j: int) -> str | None:
        before = self.before if self.at[i] <= self.label_until else None
        return before or label_after(self.text, self.at[j - 1] + 1) or self.hint

    def is_amount(self, i: int, j: int) -> bool:
        return bool(
            _UNIT_AFTER.match(self.text, self.at[j - 1] + 1)
            or _MONEY_BEFORE.search(self.text[max(0, self.at[i] - 5) : self.at[i]])
        )

    def is_inside_word(self, i: int, j: int) -> bool:
        """Letters on both sides: part of a digest or a token, not a number someone wrote."""
        before, after = self.at[i] - 1, self.at[j - 1] + 1
        return bool(
            re.match("[A-Z]", self.text[max(before, 0) : before + 1])
            and re.match("[A-Z]", self.text[after : after + 1])
        )


def numbers(text: str, office_phones: frozenset[str], hint: str | None = None) -> Iterator[Span]:
    """Resident IDs, bank numbers, mobiles and private landlines in folded text.

    `hint` ('id', 'bank', 'phone') says what the heading of a table column announces; a label in the text goes first.
    """
    for match in _HALF_HIDDEN_ID.finditer(text):
        if 17 <= match.end() - match.start() <= 19:
            yield Span("id18", *match.span())
    for match in _CHAIN.finditer(text):
        chain = _chain(text, match, hint)
        done = 0
        for kind, i, j in _ids(chain):
            yield from _others(chain, done, i, office_phones)
            yield Span(kind, chain.at[i], chain.at[j - 1] + 1)
            done = j
        yield from _others(chain, done, len(chain.at), office_phones)


def _chain(text: str, match: re.Match[str], hint: str | None) -> _Chain:
    start, end = match.span()
    at = [i for i in range(start, end) if text[i] in "0123456789X"]
    long_run = _LONG_RUN.search(text, start, end)
    label_until = long_run.start() if long_run else end
    return _Chain(text, "".join([text[i] for i in at]), at, label_before(text, start), label_until, hint)


def _ids(chain: _Chain) -> Iterator[tuple[str, int, int]]:
    """18-digit IDs as (kind, first digit, end); with the two digits that make it a disability card number."""
    done = 0
    for match in _ID_WINDOW.finditer(chain.digits):
        i, j = match.start(), match.start() + 18
        if i < done or not has_id_shape(match[1]):
            continue
        is_disability_card = re.fullmatch("[1-7][1-4]", chain.digits[j : j + 2]) and chain.is_unbroken(
            j - 1, j + 2
        )
        end = j + 2 if is_disability_card and chain.ends_group(j + 1) else j
        if _is_id(chain, i, j, end):
            done = end
            yield "id18", i, done


def _is_id(chain: _Chain, i: int, j: int, end: int) -> bool:
    """A right check digit counts inside an unbroken run anywhere, else from group to group; a wrong one needs a label."""
    is_whole = chain.starts_group(i) and chain.ends_group(end - 1)
    is_unbroken = chain.is_unbroken(i, j)
    if not is_resident_id(chain.digits[i:j]):
        return is_whole and not is_credit_code(chain.digits[i:j]) and chain.label(i, j) == "id"
    if is_unbroken:
        return (is_whole and end == j) or chain.label(i, j) != "other"
    return is_whole and _is_split_id(chain, i, j)


def _is_split_id(chain: _Chain, i: int, j: int) -> bool:
    """Whether the groups read as one number; among other numbers a date and figures beside it can pass the check."""
    if chain.is_alone(i, j) or chain.label(i, j) == "id":
        return True
    if _reads_as_amounts(chain.raw(i, j)) or _MORE_OF_A_FIGURE.match(chain.text, chain.at[j - 1] + 1):
        return False
    sizes = {len(group) for group in re.findall(r"[0-9X]+", chain.raw(i, j))}
    return min(sizes) >= 2 or sizes == {1}


def _reads_as_amounts(raw: str) -> bool:
    """Thousands separators, or decimals among other gaps: a row of figures rather than one split number."""
    gaps = re.findall(r"[^0-9X]+", raw)
    dotted = [gap for gap in gaps if gap == "."]
    has_decimals = (
        bool(dotted) and len(dotted) < len(gaps) and len(re.findall(r"\.[0-9]{1,2}(?![0-9])", raw)) > 1
    )
    return has_decimals or bool(
        re.search(r"[0-9],[0-9]{3},[0-9]{3}(?![0-9])|[0-9],[0-9]{3}\.[0-9]{1,2}(?![0-9])", raw)
    )


def _others(chain: _Chain, first: int, last: int, office_phones: frozenset[str]) -> Iterator[Span]:
    """Bank numbers, old IDs and phones among the groups of digits[first:last]."""
    cuts = [first, *(i for i in range(first + 1, last) if chain.starts_group(i)), last]
    groups = [pair for pair in pairwise(cuts) if pair[0] < pair[1]]
    n = 0
    before = "id18" if first else None
    while n < len(groups):
        kind, used = _kind_at(chain, groups[n : n + 36], is_after_personal=before is not None)
        before = kind
        is_phone = kind in ("mobile", "landline")
        spellings = _spellings(chain.digits[groups[n][0] : groups[n + used - 1][1]]) if is_phone else ()
        if kind and office_phones.isdisjoint(spellings):
            start, end = chain.at[groups[n][0]], chain.at[groups[n + used - 1][1] - 1] + 1
            # The "+" of +86 and the opening bracket of (0578) go with the number.
            opening = "(" if ")" in chain.text[start:end] else "+"
            yield Span(kind, start - chain.text.startswith(opening, max(start - 1, 0)), end)
        n += used


def _kind_at(
    chain: _Chain, groups: list[tuple[int, int]], *, is_after_personal: bool
) -> tuple[str | None, int]:
    """The kind of number that begins at the first group, and how many groups it takes (1 where there is none)."""
    i = groups[0][0]
    best: tuple[str | None, int] = (None, 1)
    for used, (_, j) in enumerate(groups, 1):
        if j - i > 19 and used > 1:
            break
        if j - i not in _OWN_SIZES:
            continue
        kind = _kind_of(chain, groups[:used], is_all=chain.is_alone(i, j) or is_after_personal)
        if kind in ("landline", "mobile"):
            return _phone_kind(kind, chain, i, j), used
        if kind:
            best = (kind, used)
    if best[0] == "bank" and best[1] < len(groups) and chain.label(*groups[0]) == "bank":
        return "bank", _with_last_groups(chain, groups, best[1])
    label = None if best[0] else chain.label(*groups[0])
    return _labelled_number(chain, groups, label) if label in _LABELLED_SIZES else best


def _with_last_groups(chain: _Chain, groups: list[tuple[int, int]], used: int) -> int:
    """The first sixteen digits of a mistyped card may pass the check by themselves: the rest belongs to them."""
    while used < len(groups):
        start, end = groups[used]
        is_joined = re.fullmatch(r" {1,2}|-", chain.gap_after(start - 1))
        if not is_joined or end - groups[0][0] > 19 or end - start > 4:
            break
        used += 1
    return used


def _spellings(digits: str) -> set[str]:
    """The ways an office list may hold a phone: without 86, with or without the area code."""
    mobile = MOBILE.fullmatch(digits)
    return {digits, mobile[1]} if mobile else {digits, digits[3:], digits[4:]}


def _phone_kind(kind: str, chain: _Chain, i: int, j: int) -> str | None:
    if kind == "mobile" or chain.hint == "phone":
        return kind
    return kind if is_private_landline(chain.text, chain.at[i], chain.at[j - 1] + 1) else None


_OWN_SIZES = frozenset({7, 8, 10, 11, 12, 13, 15, 16, 17, 18, 19, 22, 33})
# One look at the shape, as most windows of a row of figures have none; no size has two kinds that begin alike.
_SHAPE = re.compile(
    rf"(?P<mobile>(?:0|(?:00)?86)?1[3-9][0-9]{{9}}|{_MOBILES_IN_A_ROW.pattern})|(?P<landline>{_LANDLINE.pattern})"
    rf"|(?P<id15>{PROVINCE}[0-9]{{6}}{MONTH_DAY}[0-9]{{3}})|(?P<bank>{CARD.pattern})"
)


def _kind_of(chain: _Chain, groups: list[tuple[int, int]], *, is_all: bool) -> str | None:
    """What the digits of these groups are taken together, by shape and check digit; `is_all`: the chain has no more."""
    i, j = groups[0][0], groups[-1][1]
    digits, is_one = chain.digits[i:j], len(groups) == 1
    kind = _kind_by_shape(digits)
    if kind is None and len(digits) <= 8:
        is_local = is_one or (is_all and [b - a for a, b in groups] in ([3, 4], [4, 4]))
        return "landline" if is_local and is_home_phone_label(chain.text, chain.at[i]) else None
    if kind is None or chain.is_inside_word(i, j) or chain.is_amount(i, j):
        return None
    label = chain.label(i, j)
    if kind == "mobile" and is_numbered(chain.text, chain.at[i]):
        return None
    # A trunk zero before a mobile is rare enough to let the label go first: "发票代码0133…".
    if label == "other" and (kind != "mobile" or digits[0] == "0" or not is_one):
        return None
    sizes = tuple(b - a for a, b in groups)
    return kind if is_one or _is_split(kind, chain.raw(i, j), sizes, label, is_all) else None


def _kind_by_shape(digits: str) -> str | None:
    shape = _SHAPE.fullmatch(digits)
    kind = shape.lastgroup if shape else None
    if kind == "id15":
        return kind if is_old_resident_id(digits) else None
    if kind == "bank":
        return kind if is_card_number(digits) and not is_credit_code(digits) else None
    return kind


def _is_split(kind: str, raw: str, sizes: tuple[int, ...], label: str | None, is_all: bool) -> bool:
    """Whether groups that together have a kind's shape read as one number of that kind."""
    if _PARTING.search(raw):
        return False
    if kind == "landline":
        return sizes[0] in (3, 4)
    if kind == "id15":
        return sizes == (6, 6, 3) or label == "id"
    if kind == "mobile":
        return _is_split_mobile(raw, sizes, label, is_all)
    return _is_split_card(raw, sizes, label, is_all)


def _is_split_mobile(raw: str, sizes: tuple[int, ...], label: str | None, is_all: bool) -> bool:
    gaps = {gap for gap in re.findall(r"[^0-9X]+", raw) if "\n" not in gap}
    if _reads_as_amounts(raw) or _are_round_figures(raw):
        return False
    if sizes[-3:] == (3, 4, 4) or sizes[-1] == 11:
        return len(gaps) <= 1 or sizes[0] != 3
    if label != "phone" and ("/" in gaps or (raw[0] == "0" and sizes[0] not in (1, 4))):
        return False
    has_decimal = "." in gaps and sizes[-1] <= 2 and sizes[0] > 1
    return label == "phone" or (is_all and not has_decimal)


def _is_split_card(raw: str, sizes: tuple[int, ...], label: str | None, is_all: bool) -> bool:
    """A printed card is in fours; other splits need UnionPay's 62 or a label. Round figures side by side are amounts."""
    if label == "bank":
        return True
    in_fours = len(sizes) >= 4 and set(sizes[:-1]) == {4} and sizes[-1] <= 4
    if _reads_as_amounts(raw) or (_are_round_figures(raw) and not (in_fours and len(sizes) == 5)):
        return False
    is_behind_issuer = len(sizes) == 2 and sizes[0] == 6 and "." not in raw
    return (
        in_fours
        or is_behind_issuer
        or (re.sub("[^0-9]", "", raw).startswith("62") and (is_all or min(sizes) >= 3))
    )


def _are_round_figures(raw: str) -> bool:
    """Two or more groups that end in 00 and none that begins with 0: "150 2000 3500" is a row of amounts."""
    groups = re.findall(r"[0-9]+", raw)
    has_leading_zero = any(group[0] == "0" and len(group) > 1 for group in groups[1:])
    return not has_leading_zero and sum(group.endswith("00") for group in groups) >= 2


# How many digits a number must have to count by its label alone: in running text, and under a column heading.
_LABELLED_SIZES = {
    "id": (range(14, 21), range(10, 21)),
    "bank": (range(12, 31), range(10, 31)),
    "phone": (range(10, 13), range(7, 14)),
}


def _labelled_number(chain: _Chain, groups: list[tuple[int, int]], label: str) -> tuple[str | None, int]:
    """A damaged ID, an account of any bank, or a mistyped phone: only the words before it tell what it is."""
    sizes = _LABELLED_SIZES[label][chain.hint == label]
    i = groups[0][0]
    best: tuple[str | None, int] = (None, 1)
    if label == "bank" and re.match("[A-Z]", chain.text[max(chain.at[i] - 1, 0)]):
        return best  # "J3310…" is a permit or a voucher; accounts have no letters
    for used, (_, j) in enumerate(groups, 1):
        digits = chain.digits[i:j]
        if len(digits) in sizes and not chain.is_amount(i, j) and not is_credit_code(digits):
            best = (_kind_by_label(digits, label, chain.hint), used)
            if used == 1:
                break
        if used < len(groups) and not re.fullmatch(r" {1,3}|[\-._/]", chain.gap_after(j - 1)):
            break
    return best


def _kind_by_label(digits: str, label: str, hint: str | None) -> str | None:
    if label == "id":
        return "id15" if len(digits) == 15 else "id18"
    if label == "bank":
        return "bank"
    if re.match("1[3-9]", digits) or (hint == "phone" and len(digits) > 8 and digits[0] != "0"):
        return "mobile"
    return "landline" if hint == "phone" else None
