"""What screening promises: nothing personal is missed, nothing public is stopped, masking is final."""

import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from content.screening import Finding, find, find_in_rows, mask

DATA = Path(__file__).parent / "data"

# --- made-up numbers -----------------------------------------------------------------------------------------------


def resident_id(rng: random.Random, region: str = "332526") -> str:
    body = f"{region}{rng.randint(1930, 2018)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}000"
    return body + "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11]


def old_resident_id(rng: random.Random) -> str:
    return f"332526{rng.randint(30, 80)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}000"


def card(rng: random.Random) -> str:
    prefix, size = rng.choice(
        [
            ("622848", 19),
            ("623091", 19),
            ("621799", 19),
            ("622202", 16),
            ("621700", 19),
            ("436742", 19),
            ("955880", 19),
            ("603367", 18),
        ]
    )
    body = (prefix + "0000" + "".join(rng.choices("0123456789", k=12)))[: size - 1]
    total = sum(sum(divmod(2 * int(c), 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def credit_code(rng: random.Random) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = (
        rng.choice(["91", "92", "N2", "54", "12"])
        + "331123"
        + rng.choice(["MA2E", "7707", "MF00"])
        + "".join(rng.choices(alphabet[:10], k=5))
    )
    return body + alphabet[-sum(alphabet.index(c) * 3**i for i, c in enumerate(body)) % 31]


def digits(rng: random.Random, size: int) -> str:
    return str(rng.randint(1, 9)) + "".join(rng.choices("0123456789", k=size - 1))


# --- the ways people write a number --------------------------------------------------------------------------------


def grouped(*sizes: int, mark: str = " ") -> Callable[[str], str]:
    def split(number: str) -> str:
        cuts, at = [], 0
        for size in sizes:
            cuts.append(number[at : at + size])
            at += size
        return mark.join(part for part in [*cuts, number[at:]] if part)

    return split


FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
WRITINGS: dict[str, list[Callable[[str], str]]] = {
    "id18": [str, str, str.lower, lambda s: s.translate(FULL_WIDTH), grouped(6, 8), grouped(6, 8, mark="-"), grouped(6, 4, 4, mark="　"),
             grouped(3, 3, 4, 4), grouped(10, mark="\n"), grouped(6, 8, mark="\u200b"), lambda s: s.replace("X", "Ⅹ"), lambda s: s.replace("X", "Х")],
    "id15": [str, str, lambda s: s.translate(FULL_WIDTH), grouped(6, 6)],
    "bank": [str, str, grouped(4, 4, 4, 4), grouped(4, 4, 4, 4, mark="-"), lambda s: s.translate(FULL_WIDTH), grouped(4, 4, 4, 4, mark="　")],
    "mobile": [str, str, str, grouped(3, 4), grouped(3, 4, mark="-"), lambda s: "+86 " + s, lambda s: "86-" + s, lambda s: s.translate(FULL_WIDTH),
               lambda s: s.translate(SPOKEN), grouped(3, 4, mark="."), grouped(5, mark="\u200d")],
    "landline": [str, str, lambda s: s.replace("-", ""), lambda s: s.replace("-", " "), lambda s: f"({s[:4]}){s[5:]}", lambda s: s.translate(FULL_WIDTH)],
    "passport": [str, str, str.lower, lambda s: s.translate(FULL_WIDTH)],
    "wechat": [str],
    "plate": [str, str, lambda s: s[:2] + "·" + s[2:], lambda s: s[:2] + " " + s[2:], str.lower, lambda s: s.translate(FULL_WIDTH)],
    "address": [str, str, lambda s: s.translate(FULL_WIDTH)],
}  # fmt: skip


def plain_number(rng: random.Random, kind: str) -> str:
    """A made-up value of `kind` in its usual writing."""
    n = rng.randint
    match kind:
        case "id18":
            return resident_id(rng, rng.choice(["332526"] * 8 + ["810000", "830000"]))
        case "id15":
            return old_resident_id(rng)
        case "bank":
            return card(rng)
        case "mobile":
            return f"1{rng.choice('3456789')}{n(0, 9)}0000{n(0, 9999):04}"
        case "landline":
            return f"0578-0000{n(0, 999):03}"
        case "passport":
            return rng.choice([f"E0000{n(0, 9999):04}", f"EA000{n(0, 9999):04}", f"G0000{n(0, 9999):04}"])
        case "wechat":
            return rng.choice(
                [
                    f"liu_{n(100, 9999)}",
                    f"wxid_{n(10**7, 10**8)}abc",
                    f"chun-shui{n(1, 99)}",
                    f"Aming{n(1960, 1999)}",
                ]
            )
        case "plate":
            return rng.choice(
                [
                    f"浙K0{n(0, 9999):04}",
                    f"浙KA{n(0, 9999):04}",
                    f"浙KD0{n(0, 9999):04}",
                    f"沪C{n(10, 99)}0K{n(0, 9)}",
                    f"苏E0{n(0, 9999):04}",
                ]
            )
    place = rng.choice(
        [
            "柳河村{g}组{n}号",
            "清溪县柳河镇柳河村{n}号",
            "柳河村上村{n}号",
            "柳河镇解放路{n}号{b}栋{u}单元{r}室",
            "清溪花园{b}幢{r}室",
            "柳河村三组二十八号",
        ]
    )
    return place.format(g=n(1, 9), n=n(1, 180), b=n(1, 20), u=n(1, 4), r=n(101, 1802))


def public_number(rng: random.Random, kind: str) -> str:
    """A value that anybody may see: an amount, a date, a document's number, an office's phone."""
    n = rng.randint
    values = {
        "name": lambda: (
            rng.choice("仲单金柯唐褚郑曾明霍林苏王李陈")
            + rng.choice(["金珍", "秋仁", "桂云", "建国", "芳", "小妹"])
        ),
        "group": lambda: rng.choice(["上村组", "中村组", "下村组", "第3组", "5组"]),
        "seq": lambda: str(n(1, 99)),
        "area": lambda: f"{n(1, 30)}.{n(0, 99):02}",
        "amount": lambda: rng.choice(
            [f"{n(10, 99999)}.{n(0, 99):02}", f"{n(1, 99)},{n(0, 999):03}.{n(0, 99):02}", str(n(100, 99999))]
        ),
        "bigamount": lambda: rng.choice([str(n(10**5, 10**9)), f"{n(1, 999)},{n(0, 999):03},{n(0, 999):03}"]),
        "m": lambda: str(n(1, 12)),
        "d": lambda: str(n(1, 28)),
        "m2": lambda: f"{n(1, 12):02}",
        "d2": lambda: f"{n(1, 28):02}",
        "cm": lambda: rng.choice("一二三四五六七八九十"),
        "n1": lambda: str(n(1, 9)),
        "n": lambda: str(n(1, 180)),
        "region12": lambda: "331123" + digits(rng, 6),
        "credit": lambda: credit_code(rng),
        "invoice20": lambda: "2633" + digits(rng, 16),
        "invoice12": lambda: "0330" + digits(rng, 8),
        "invoice8": lambda: digits(rng, 8),
        "landline": lambda: f"0578-0000{n(0, 999):03}",
        "caseno": lambda: "".join(rng.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=8)),
        "order": lambda: f"2026{n(1, 12):02}{n(1, 28):02}" + digits(rng, rng.choice([8, 9, 10, 12])),
        "order10": lambda: "33" + digits(rng, 8),
        "order28": lambda: f"2026{n(1, 12):02}{n(1, 28):02}22001" + digits(rng, 15),
    }
    return values[kind]() if kind in values else digits(rng, int(kind[1:]))


def lines(family: str, count: int, seed: int) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """`count` lines with and `count` without personal data: the text, and (kind, start, end) of what was planted."""
    rng = random.Random(seed)
    templates = (DATA / "screening" / f"family_{family}.txt").read_text("utf-8").splitlines()
    for sign in "+-":
        chosen = [line[2:] for line in templates if line.startswith(sign)]
        for i in range(count):
            yield filled(rng, chosen[i % len(chosen)], has_personal=sign == "+")


def filled(rng: random.Random, template: str, has_personal: bool) -> tuple[str, list[tuple[str, int, int]]]:
    text, planted = "", []
    for i, part in enumerate(re.split(r"\{(\w+)\}", template)):
        if i % 2 and has_personal and part in WRITINGS:
            value = rng.choice(WRITINGS[part])(plain_number(rng, part))
            planted.append((part, len(text), len(text) + len(value)))
        else:
            value = public_number(rng, part) if i % 2 else part
        text += value
    return text, planted


# --- recall and precision ------------------------------------------------------------------------------------------


def is_covered(planted: tuple[str, int, int], findings: list[Finding]) -> bool:
    """All that was planted is in one finding; of an address the part with the door number is enough."""
    kind, start, end = planted
    return any(f.end >= end and (f.start <= start or (kind == "address" and f.start < end)) for f in findings)


@pytest.mark.parametrize(
    ("family", "seed"), [("a", 11), ("b", 12)], ids=["own templates", "templates held out"]
)
def test_recall_and_precision_on_village_lines(family: str, seed: int) -> None:
    hits, misses, grave_misses, true, false = 0, [], [], 0, []

    for text, planted in lines(family, 720, seed):
        findings = find(text)
        for one in planted:
            found = is_covered(one, findings)
            hits += found
            misses += [] if found else [(one[0], text)]
            grave_misses += [text] if not found and one[0] in ("id18", "id15", "bank") else []
        for f in findings:
            is_true = any(f.start < end and start < f.end for _, start, end in planted)
            true += is_true
            false += [] if is_true else [(f.text, text)]

    assert grave_misses == []
    assert hits / (hits + len(misses)) >= 0.98, misses
    assert true / (true + len(false)) >= 0.95, false


def fresh_lines() -> list[tuple[str, list[str]]]:
    rows = (DATA / "screening" / "fresh.tsv").read_text("utf-8").splitlines()[1:]
    return [
        (text.replace("\\n", "\n"), sorted(kinds.split()))
        for kinds, text in (row.split("\t", 1) for row in rows)
    ]


@pytest.mark.parametrize(
    ("text", "kinds"), fresh_lines(), ids=lambda value: value[:24] if isinstance(value, str) else None
)
def test_careless_lines_show_what_is_personal_and_nothing_else(text: str, kinds: list[str]) -> None:
    assert sorted(f.kind for f in find(text)) == kinds


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)


@pytest.mark.parametrize("name", ["notices", "guides"])
def test_published_notices_and_guides_raise_no_alarm(name: str) -> None:
    texts = list(leaves(json.loads((DATA / "screening" / f"{name}.json").read_text("utf-8"))))

    assert [found for text in texts if (found := find(text))] == []


def test_resident_id_in_a_text_message_is_found() -> None:
    phrases = json.loads((DATA / "sms_phrases.json").read_text("utf-8"))["phrases"]

    assert [phrase["id"] for phrase in phrases if find(phrase["text"])] == ["M081"]


# --- tables --------------------------------------------------------------------------------------------------------


def sheet(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("gb18030")
        return list(csv.reader(text.splitlines()))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [
        [str(int(v)) if isinstance(v, float) and v.is_integer() and v < 1e15 else str(v) for v in row]
        for row in rows
    ]


ROLLS = json.loads((DATA / "rolls" / "EXPECTED.json").read_text("utf-8"))["files"]


@pytest.mark.parametrize("roll", ROLLS, ids=lambda roll: roll["file"])
def test_every_personal_cell_of_a_subsidy_roll_is_found(roll: dict) -> None:
    rows = sheet(DATA / "rolls" / roll["file"])
    found = {(cell.row, cell.column) for cell in find_in_rows(rows)}

    for column in roll["columns"]:
        c = ord(column["column"]) - ord("A")
        if column["kind"] in ("id18", "bank", "mobile", "address"):
            top = max(r for r, row in enumerate(rows) if row[c] == column["header"])
            filled_rows = {r for r, row in enumerate(rows) if r > top and re.search(r"\d{3}|\d号", row[c])}
            assert len(filled_rows) == roll["row_count"]
            assert filled_rows == {r for r, column_found in found if column_found == c}
        elif column["kind"] is None:
            assert not {r for r, column_found in found if column_found == c}


@pytest.mark.parametrize("path", sorted((DATA / "finance").glob("0*")), ids=lambda path: path.name)
def test_finance_sheets_raise_no_alarm(path: Path) -> None:
    if path.suffix == ".csv":
        sheets = [sheet(path)]
    else:
        book = CalamineWorkbook.from_path(path)
        sheets = [
            [[str(v) for v in row] for row in book.get_sheet_by_name(name).to_python()]
            for name in book.sheet_names
        ]

    assert [find_in_rows(rows) for rows in sheets] == [[] for _ in sheets]


def kinds_in(rows: list[list[str]]) -> list[tuple[int, int, str]]:
    return [(cell.row, cell.column, cell.finding.kind) for cell in find_in_rows(rows)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([["王小明", "332526", "19480506", "0009"]], [(0, 1, "id18"), (0, 2, "id18"), (0, 3, "id18")], id="6+8+4 without heading"),
        pytest.param([["姓名", "身份证号", "", ""], ["李二毛", "332526", "19530621", "9"]], [(1, 1, "id18"), (1, 2, "id18"), (1, 3, "id18")], id="zeros dropped"),
        pytest.param([list("332526194805060009")], [(0, c, "id18") for c in range(18)], id="one digit in a cell"),
        pytest.param([["身份证332526", "194805060009"]], [(0, 0, "id18"), (0, 1, "id18")], id="label and digits in one cell"),
        pytest.param([["王小明", "6228480", "000001512623"]], [(0, 1, "bank"), (0, 2, "bank")], id="card in two cells"),
        pytest.param([["姓名", "卡号", "", "", "", ""], ["王", "6228", "4800", "0000", "1512", "623"]], [(1, c, "bank") for c in range(1, 6)], id="card in fours"),
        pytest.param([["户主", "身份证号"], ["王", "33252619480506000x"]], [(1, 1, "id18")], id="wrong check letter"),
        pytest.param([["户主", "身份证号"], ["王", "3.32526E+17"]], [(1, 1, "id18")], id="scientific"),
        pytest.param([["户主", "身份证号"], ["王", "33252619480506000"]], [(1, 1, "id18")], id="a digit lost"),
        pytest.param([["户主", "证件号码"], ["王", "332526********0009"]], [(1, 1, "id18")], id="half hidden"),
        pytest.param([["户主", "收款账户"], ["王", "6.22848E+18"], ["李", "1980010104"]], [(1, 1, "bank"), (2, 1, "bank")], id="account"),
        pytest.param([["户主", "联系电话"], ["王", "0578-0000123"], ["李", "13900007701.0"]], [(1, 1, "landline"), (2, 1, "mobile")], id="phones of persons"),
        pytest.param([["部门", "负责人", "电话"], ["民政办", "王小明", "0578-0000123"]], [], id="phones of offices"),
        pytest.param([["身份证号", "332526194805060001"], ["住址", "柳河村3-28"]], [(0, 1, "id18"), (1, 1, "address")], id="label to the left"),
        pytest.param([["户主", "地址"], ["王", "解放路12号"], ["李", "上村组"]], [(1, 1, "address")], id="addresses of persons"),
        pytest.param([["姓名", "微信号", "车牌号"], ["王", "chunshui", "K00123"]], [(1, 1, "wechat"), (1, 2, "plate")], id="only the heading tells"),
        pytest.param([["序号", "姓名", "电话"], ["1", "李二毛", "无手机"], ["2", "王", "0578-0000123"]], [(2, 2, "landline")], id="a remark is no heading"),
        pytest.param([["姓名", "联系方式"], ["（户主）", "电话"], ["王", "0578-0000123"]], [(2, 1, "landline")], id="headings in two rows"),
        pytest.param([["日期", "收入", "余额"], ["20261003", "6200", "4500"], ["20261009", "332526", "19480506"]], [], id="figures"),
        pytest.param([["单位", "账户余额"], ["柳河村", "1234567890"]], [], id="balance of an account"),
    ],
)  # fmt: skip
def test_cells_are_read_with_their_neighbours_and_headings(rows: list[list[str]], expected: list) -> None:
    assert kinds_in(rows) == expected


def test_rows_of_figures_do_not_make_an_id_or_a_card() -> None:
    rng = random.Random(3)
    figures = [
        lambda: str(rng.randint(1, 99999)),
        lambda: f"{rng.randint(1, 99999)}.{rng.randint(0, 99):02}",
        lambda: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        lambda: str(rng.randint(1, 99) * 100),
        lambda: f"{rng.randint(1, 99)},{rng.randint(0, 999):03}.{rng.randint(0, 99):02}",
    ]
    rows = [[rng.choice(figures)() for _ in range(9)] for _ in range(600)]

    assert find_in_rows(rows) == []
    assert [found for row in rows if (found := find(" ".join(row)))] == []


# --- single rules --------------------------------------------------------------------------------------------------


def test_only_ids_and_bank_numbers_cannot_be_overridden() -> None:
    text = "332526194805060009 332526480506001 6228480000001512623 13800001542 浙K00123 护照E00001234 微信号aming66 家住柳河村3组28号"

    assert {f.kind: f.can_override for f in find(text)} == {
        "id18": False, "id15": False, "bank": False, "mobile": True, "plate": True, "passport": True, "wechat": True, "address": True,
    }  # fmt: skip


def test_masking_keeps_the_name_and_shows_no_digit() -> None:
    text = "户主王小明，身份证 332526 19480506 0009，手机13800001542"

    assert mask(text, find(text)) == "户主王小明，身份证 （身份证号已隐去），手机（手机号已隐去）"


@pytest.mark.parametrize("listed", ["13800001542", "138-0000-1542", "+86 13800001542"])
def test_a_listed_office_phone_is_not_flagged(listed: str) -> None:
    assert (
        find("值班手机138 0000 1542，家庭电话0578-0000123", office_phones=frozenset({listed, "0578-0000123"}))
        == []
    )


def test_a_wrong_check_digit_is_found_only_beside_a_label() -> None:
    assert [f.kind for f in find("身份证：332526194805060001")] == ["id18"]
    assert find("332526194805060001") == []


# --- properties ----------------------------------------------------------------------------------------------------

VILLAGE_TEXT = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.text("0123456789Xx０９〇一八 -.,()（）*", max_size=24),
        st.sampled_from(["身份证", "卡号", "电话", "微信", "车牌号", "发票", "流水号", "家住", "柳河村", "3组28号", "路", "栋", "室", "浙K", "元", "\n", "王小明", "（银行账号已隐去）"]),
        st.integers(0, 10**6).map(lambda n: resident_id(random.Random(n))),
        st.integers(0, 10**6).map(lambda n: card(random.Random(n))),
    ),
    max_size=9,
).map("".join)  # fmt: skip


@given(VILLAGE_TEXT)
@settings(max_examples=300)
def test_offsets_point_at_the_found_text_in_order(text: str) -> None:
    findings = find(text)

    assert all(text[f.start : f.end] == f.text and f.start < f.end for f in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))


@given(VILLAGE_TEXT)
@settings(max_examples=300)
def test_masked_text_has_no_id_or_bank_number_left(text: str) -> None:
    assert all(f.can_override for f in find(mask(text, find(text))))


@given(st.lists(st.lists(VILLAGE_TEXT, max_size=4), max_size=4))
@settings(max_examples=60)
def test_table_findings_point_into_their_cells(rows: list[list[str]]) -> None:
    for cell in find_in_rows(rows):
        finding = cell.finding
        assert rows[cell.row][cell.column][finding.start : finding.end] == finding.text


MARKS = st.sampled_from(
    [
        "",
        "",
        "",
        " ",
        "-",
        ".",
        "　",
        "－",
        "．",
        "·",
        "\n",
        "\u200b",
        "\ufeff",
        "  ",
        " - ",
        "/",
        "_",
        "—",
        "\t",
        "、",
        "：",
        "*",
    ]
)
DIGIT_FORMS = ("0123456789", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")


@given(st.integers(0, 10**6), st.lists(MARKS, min_size=18, max_size=18), st.lists(st.sampled_from(DIGIT_FORMS), min_size=18, max_size=18), st.sampled_from("XxＸｘⅩⅹХх"))  # fmt: skip
@settings(max_examples=300)
def test_an_id_is_found_however_it_is_written(seed: int, marks: list[str], forms: list[str], x: str) -> None:
    number = resident_id(random.Random(seed))
    written = "".join(
        mark + (x if c == "X" else form[int(c)])
        for c, mark, form in zip(number, ["", *marks], forms, strict=False)
    )

    assert [(f.kind, f.text) for f in find(f"户主王小明，{written}，已核实")] == [("id18", written)]
