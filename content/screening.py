"""Finds personal data in text and tables and masks it; it decides nothing about who may publish what."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from content.screening_digits import Folded, fold, has_id_shape
from content.screening_numbers import numbers
from content.screening_patterns import Span, addresses, passports, plates, wechat_ids

_SUGGESTIONS = {
    "id18": "（身份证号已隐去）",
    "id15": "（身份证号已隐去）",
    "bank": "（银行账号已隐去）",
    "mobile": "（手机号已隐去）",
    "landline": "（电话已隐去）",
    "passport": "（证件号已隐去）",
    "wechat": "（微信号已隐去）",
    "plate": "（车牌号已隐去）",
    "address": "（住址已隐去）",
}
_RANK = {kind: rank for rank, kind in enumerate(_SUGGESTIONS)}
_NEVER_OVERRIDDEN = frozenset({"id18", "id15", "bank"})
# Cheap look before any folding: no digit, no run of Chinese numerals, no WeChat word, no door number, nothing to find.
_SIGNS = re.compile(
    r"\d|[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]\W{0,2}[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖百十]|[微薇威]|[号室]|[wWvVｗＷｖＶ]"
)


@dataclass(frozen=True)
class Finding:
    """One piece of personal data: text[start:end] of the screened text, and what to publish instead of it.

    kind: id18, id15, bank, mobile, landline, passport, wechat, plate or address.
    """

    kind: str
    start: int
    end: int
    text: str
    suggestion: str

    @property
    def can_override(self) -> bool:
        """Whether a person may publish it all the same, with a reason: never a resident ID or a bank number."""
        return self.kind not in _NEVER_OVERRIDDEN


@dataclass(frozen=True)
class CellFinding:
    """A finding in a table: row and column count from 0, offsets are within the cell."""

    row: int
    column: int
    finding: Finding


def find(text: str, *, office_phones: frozenset[str] = frozenset()) -> list[Finding]:
    """The personal data in `text`, in order and without overlap.

    Numbers in `office_phones` (any spelling) are never flagged. Source of the check digits: GB 11643 (MOD 11-2),
    ISO/IEC 7812 (Luhn), GB 32100 (credit codes, which are left alone).
    """
    return _find(text, _digits_only(office_phones), None)


def mask(text: str, findings: Iterable[Finding]) -> str:
    """`text` with each finding replaced by its suggestion; the findings must come from `find(text)`.

    A resident ID or bank number that is not among them, or that shows only now, is replaced too.
    """
    masked = _replace(text, findings)
    while grave := [finding for finding in find(masked) if not finding.can_override]:
        masked = _replace(masked, grave)
    return masked


def _replace(text: str, findings: Iterable[Finding]) -> str:
    for finding in sorted(findings, key=lambda f: f.start, reverse=True):
        text = text[: finding.start] + finding.suggestion + text[finding.end :]
    return text


def find_in_rows(
    rows: Sequence[Sequence[str]], *, office_phones: frozenset[str] = frozenset()
) -> list[CellFinding]:
    """The personal data in the cells of a table, row by row.

    Headings (身份证号, 账号, 电话…) above a column, or a label to the left of a cell, make damaged numbers count;
    IDs and bank numbers split over neighbouring cells are found too.
    """
    phones = _digits_only(office_phones)
    headings: dict[int, str | None] = {}
    found: list[CellFinding] = []
    for r, row in enumerate(rows):
        if _is_heading_row(row):
            above = rows[r - 1] if r and _is_heading_row(rows[r - 1]) else ()
            headings |= _headings(row, " ".join([*above, *row]))
        hints = _hints(row, headings)
        by_cell = {c: _find_in_cell(cell, phones, hints[c]) for c, cell in enumerate(row)}
        for c, finding in [*_split_numbers(row), *_split_under_heading(row, headings)]:
            if not any(f.kind in _NEVER_OVERRIDDEN for f in by_cell[c]):
                by_cell[c] = [finding]
        found.extend(CellFinding(r, c, finding) for c, findings in by_cell.items() for finding in findings)
    return found


def _digits_only(phones: Iterable[str]) -> frozenset[str]:
    plain = ("".join(c for c in fold(phone).text if c.isdigit()) for phone in phones)
    return frozenset(re.sub("^(?:00)?86(?=1)", "", digits) for digits in plain if len(digits) >= 5)


def _find(text: str, phones: frozenset[str], hint: str | None) -> list[Finding]:
    if not _SIGNS.search(text):
        return []
    folded = fold(text)
    spans = [
        *numbers(folded.text, phones, hint),
        *passports(folded.text, hint),
        *wechat_ids(folded.text),
        *plates(folded.text),
        *addresses(folded.text, hint),
    ]
    return [_finding(span, text, folded) for span in _without_overlap(spans)]


def _without_overlap(spans: list[Span]) -> list[Span]:
    """The graver kind keeps the place; of one kind the longer. A WeChat id made of a phone number goes whole."""
    handles = [span for span in spans if span.kind == "wechat"]
    spans = [
        span
        for span in spans
        if span.kind != "mobile" or not any(h.start <= span.start and span.end <= h.end for h in handles)
    ]
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (_RANK[s.kind], s.start - s.end)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _finding(span: Span, text: str, folded: Folded) -> Finding:
    start, end = folded.original(span.start, span.end)
    return Finding(span.kind, start, end, text[start:end], _SUGGESTIONS[span.kind])


# --- tables --------------------------------------------------------------------------------------------------------

_HEADING = re.compile(
    r"(?P<passport>护照|通行证)"
    r"|(?P<id>身[份分]证|身份号|公民身份|证件号|残疾人?证|^证号|(?<![A-Za-z])ID)"
    r"|(?P<bank>卡号|[账帐]号|[账帐]户|一卡通|存折|银行卡)|(?P<wechat>微信)|(?P<plate>车牌|牌照)"
    r"|(?P<office>办公电话|值班电话|服务电话|热线|监督电话|传真)|(?P<phone>电话|手机|联系方式|联系号码|座机)"
    r"|(?P<address>住址|住所|门牌|地址)"
)
_PUBLIC_HEADING = re.compile(r"(?:林权|不动产|产权|许可|营业|土地)\w*证|余额|户名|金额|笔数")
_PERSON_HEADING = re.compile(r"姓名|户主|权利人|监护人|申请人|农户|承包人|受益人|领取人|家庭|村民(?!组)|老人")
_OFFICE_HEADING = re.compile(r"部门|单位名称|科室|职务|机构|窗口|办公")
_SCIENTIFIC = re.compile(r"\s*([1-9])(?:\.([0-9]+))?[eE]\+?1[0-9]\s*")
# In a column of addresses any number but a group's or a date's is taken for a door.
_ANY_DOOR = re.compile(r"\d+(?!\s*(?:\d|组|队|社|村|区|年|月|日|岁|村民))")


def _is_heading_row(row: Sequence[str]) -> bool:
    """Short words without a figure among them, and at least one of them a heading that matters here."""
    cells = [cell.strip() for cell in row if cell.strip()]
    has_figures = any(len(cell) > 24 or re.search(r"\d{4}|^[\d.,]+$", cell) for cell in cells)
    return len(cells) > 1 and not has_figures and any(_HEADING.search(cell) for cell in cells)


def _heading_kind(cell: str) -> str | None:
    match = _HEADING.search(cell)
    return match.lastgroup if match and not _PUBLIC_HEADING.search(cell) else None


def _headings(row: Sequence[str], words: str) -> dict[int, str | None]:
    """What each headed column holds ("none" for nothing personal).

    Telephones and addresses are private only in a table of persons, which `words`, all the headings, tell.
    """
    kinds = {c: _heading_kind(cell) for c, cell in enumerate(row) if cell.strip()}
    is_of_persons = bool(_PERSON_HEADING.search(words)) and not _OFFICE_HEADING.search(words)
    return {
        c: kind if kind and _is_private(kind, row[c], is_of_persons) else "none" for c, kind in kinds.items()
    }


def _is_private(kind: str | None, heading: str, is_of_persons: bool) -> bool:
    if kind in ("phone", "address"):
        return is_of_persons or bool(re.search("家庭|住址|住所|门牌|本人", heading))
    return kind != "office"


def _hints(row: Sequence[str], headings: dict[int, str | None]) -> list[str | None]:
    """For each cell the kind its column's heading announces, else the label to its left."""
    hints: list[str | None] = []
    label: str | None = None
    for c, cell in enumerate(row):
        headed = headings.get(c)
        hints.append(label if headed == "none" else headed or label)
        if cell.strip() and not re.search(r"\d{4}", cell):
            label = _heading_kind(cell) if len(cell.strip()) <= 12 else None
            label = label if _is_private(label, cell, False) else None
    return hints


def _find_in_cell(cell: str, phones: frozenset[str], hint: str | None) -> list[Finding]:
    kind = _whole_cell_kind(cell, hint)
    findings = _find(cell, phones, hint)
    if kind and not findings:
        return [Finding(kind, 0, len(cell), cell, _SUGGESTIONS[kind])]
    return findings


def _whole_cell_kind(cell: str, hint: str | None) -> str | None:
    """The kind of a cell that only its heading, or Excel's spelling of a long number, gives away."""
    scientific = _SCIENTIFIC.fullmatch(cell)
    if scientific:
        digits = scientific[1] + (scientific[2] or "")
        by_hint = {"id": "id18", "bank": "bank", "phone": "mobile"}.get(hint or "")
        return by_hint or ("id18" if has_id_shape(digits.ljust(18, "0")) else None)
    if hint == "address" and _ANY_DOOR.search(cell):
        return "address"
    plain = fold(cell).text.strip()
    if hint == "wechat" and re.fullmatch(r"[A-Z][A-Z0-9_\-]{5,19}|[1-9][0-9]{4,10}", plain):
        return "wechat"
    if (
        hint == "plate"
        and re.fullmatch(r"[一-龥]{0,3}[A-Z0-9.\- ]{5,9}[挂学警]?", plain)
        and re.search("[0-9]{2}", plain)
    ):
        return "plate"
    return None


def _split_numbers(row: Sequence[str]) -> Iterator[tuple[int, Finding]]:
    """IDs and bank numbers that run over several cells of a row."""
    joined = "\t".join(row)
    folded = fold(joined)
    for span in numbers(folded.text, frozenset()):
        start, end = folded.original(span.start, span.end)
        pieces = joined[start:end].split("\t")
        if (
            span.kind not in _NEVER_OVERRIDDEN
            or len(pieces) == 1
            or (span.kind == "bank" and not _is_card_in_cells(pieces))
        ):
            continue
        first = joined.count("\t", 0, start)
        for c, piece in enumerate(pieces, first):
            at = row[c].rindex(piece) if c == first else 0
            if piece:
                yield c, Finding(span.kind, at, at + len(piece), piece, _SUGGESTIONS[span.kind])


def _is_card_in_cells(pieces: list[str]) -> bool:
    """Figures side by side pass the Luhn check one time in ten; a leading zero or 4-4-4-4-3 shows a card number."""
    return any(re.match(r"\s*0\d", p) for p in pieces[1:]) or [len(p.strip()) for p in pieces] == [
        4,
        4,
        4,
        4,
        3,
    ]


def _split_under_heading(
    row: Sequence[str], headings: dict[int, str | None]
) -> Iterator[tuple[int, Finding]]:
    """Pieces of a number under one merged heading 身份证号 or 账号: 6+8+4 digits, also where Excel dropped zeros."""
    for c, kind in headings.items():
        if kind not in ("id", "bank"):
            continue
        last = c
        while (
            last < len(row)
            and (last == c or headings.get(last) in (None, kind))
            and re.fullmatch(r"\s*\d{1,10}[\dXx]?\s*", row[last])
        ):
            last += 1
        total = sum(len(cell.strip()) for cell in row[c:last])
        if last - c > 1 and 12 <= total <= 19:
            for i in range(c, last):
                finding_kind = "id18" if kind == "id" else "bank"
                yield i, Finding(finding_kind, 0, len(row[i]), row[i], _SUGGESTIONS[finding_kind])
