"""Published texts as they are said: amounts, dates, phones, documents; and how the words are pronounced."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import numerals, pronunciation
from content.speech_text import expand

ROOT = Path(__file__).parent.parent
SAID = [
    ("12,345.60元", "一万二千三百四十五元六角"),
    ("0.05元", "五分"),
    ("3.05元", "三元零五分"),
    ("131.42元", "一百三十一元四角二分"),
    ("10.00 元", "十元"),
    ("2元", "两元"),
    ("2000元", "两千元"),
    ("20000元", "两万元"),
    ("10010元", "一万零一十元"),
    ("100000元", "十万元"),
    ("12000000元", "一千二百万元"),
    ("300,000,005元", "三亿零五元"),
    ("12.5万元", "十二点五万元"),
    ("-350.00元", "负三百五十元"),
    ("¥12.50", "十二元五角"),
    ("￥８０", "八十元"),
    ("0.9875元", "零点九八七五元"),
    ("131.42元/亩", "一百三十一元四角二分每亩"),
    ("100-200元", "一百到二百元"),
    ("2026-10-05", "二零二六年十月五日"),
    ("2026/1/31", "二零二六年一月三十一日"),
    ("2026.10.05", "二零二六年十月五日"),
    ("2026年10月5日", "二零二六年十月五日"),
    ("２０２６年１２月", "二零二六年十二月"),
    ("10月5日", "十月五日"),
    ("2月2日", "二月二日"),
    ("2026-10", "二零二六年十月"),
    ("2026年第三季度", "二零二六年第三季度"),
    ("2026年第3季度", "二零二六年第三季度"),
    ("2026Q3", "二零二六年第三季度"),
    ("2024-2026年", "二零二四到二零二六年"),
    ("2026年1月1日至3月31日", "二零二六年一月一日至三月三十一日"),
    ("10月1日-7日", "十月一日到七日"),
    ("8:30-11:30", "八点三十分到十一点三十分"),
    ("14:00", "十四点"),
    ("上午9:05", "上午九点零五分"),
    ("12.5%", "百分之十二点五"),
    ("５％", "百分之五"),
    ("3‰", "千分之三"),
    ("5%-10%", "百分之五到百分之十"),
    ("5-10%", "百分之五到百分之十"),
    ("0578-0000110", "零五七八，零零零零幺幺零"),
    ("13900001234", "幺三九零零零零幺二三四"),
    ("139-0000-1234", "幺三九，零零零零，幺二三四"),
    ("电话：0000110", "电话：零零零零幺幺零"),
    ("拨打12345", "拨打幺二三四五"),
    ("12345热线", "幺二三四五热线"),
    ("12345政务服务热线", "幺二三四五政务服务热线"),
    ("发短信到106900000001", "发短信到幺零六九零零零零零零零幺"),
    ("柳政发〔2026〕12号", "柳政发二零二六年十二号"),
    ("清农[2025]第8号", "清农二零二五年八号"),
    ("2.08亩", "二点零八亩"),
    ("2亩", "两亩"),
    ("0.5亩", "零点五亩"),
    ("1,234.5亩", "一千二百三十四点五亩"),
    ("2.08亩×131.42元=273.35元", "二点零八亩乘一百三十一元四角二分等于二百七十三元三角五分"),
    ("20户58人", "二十户五十八人"),
    ("2户", "两户"),
    ("12户", "十二户"),
    ("2组", "二组"),
    ("第2项", "第二项"),
    ("第12条", "第十二条"),
    ("3-5天", "三到五天"),
    ("3～5个工作日", "三到五个工作日"),
    ("60至79周岁", "六十到七十九周岁"),
    ("60—79周岁", "六十到七十九周岁"),
    ("2/3以上村民代表", "三分之二以上村民代表"),
    ("35㎡", "三十五平方米"),
    ("宽3.5m、长2km", "宽三点五米、长两公里"),
    ("编号Q7K2-M9XF-P。", "编号 Q 七 K 二 M 九 X F P 。"),
    ("330999101201", "三三零九九九一零一二零一"),
    ("凭证007", "凭证零零七"),
    ("5000000人", "五百万人"),
    ("见 https://portal.example.cn/v/1 。", "见 网址 。"),
    ("没有数字", "没有数字"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), SAID, ids=[written for written, _said in SAID])
def test_written_text_is_said(written: str, said: str) -> None:
    assert expand(written) == said


@given(st.text(alphabet="0123456789,.-/%元亩年月日户〔〕号:~×第电话Q１２ ", max_size=40))
def test_no_digit_is_left_whatever_is_written(written: str) -> None:
    assert not any(char in "0123456789０１２３４５６７８９%" for char in expand(written))


@given(st.integers(0, 10**12 - 1))
def test_cardinals_can_be_read_back(number: int) -> None:
    assert _value_of(numerals.cardinal(number)) == number


@given(st.integers(0, 10**13))
def test_amounts_name_every_fen(fen: int) -> None:
    said = numerals.yuan(f"{fen // 100:,}.{fen % 100:02d}")

    assert ("角" in said) == (fen // 10 % 10 > 0)
    assert said.endswith("分") == (fen % 10 > 0)


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("还款十元", "huan2 kuan3 shi2 yuan2"),
        ("会计重做", "kuai4 ji4 chong2 zuo4"),
        ("银行行长", "yin2 hang2 hang2 zhang3"),
        ("种粮", "zhong4 liang2"),
        ("单桂花、仇书记", "shan4 gui4 hua1, qiu2 shu1 ji4"),
        ("户主区玉明，领取", "hu4 zhu3 ou1 yu4 ming2, ling3 qu3"),
        ("单位：任务、查看", "dan1 wei4, ren4 wu4, cha2 kan4"),
        ("清单", "qing1 dan1"),
        ("绿色", "lv4 se4"),
        ("先停。\n\n再说！", "xian1 ting2. zai4 shuo1."),
    ],
    ids=lambda value: value,
)
def test_words_are_pronounced_as_the_village_says_them(text: str, pinyin: str) -> None:
    said = subprocess.run(
        [sys.executable, "-P", "-m", "content.pronunciation"],
        input=text.encode(),
        capture_output=True,
        env={"PYTHONPATH": str(ROOT)},
        check=True,
    )

    assert said.stdout.decode() == pinyin


def test_table_line_with_a_syllable_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "table.txt").write_text("还款 huan2\n", encoding="utf-8")

    with pytest.raises(ValueError, match="还款 huan2"):
        pronunciation.read_table(tmp_path / "table.txt")


def _value_of(words: str) -> int:
    """The number that Chinese words say, read the other way round than they were made."""
    total = section = digit = 0
    for char in words.replace("两", "二"):
        if char in numerals.DIGITS:
            digit = numerals.DIGITS.index(char)
        elif char in "十百千":
            section += (digit or (char == "十" and 1)) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        elif char == "万":
            section, digit = (section + digit) * 10_000, 0
            total, section = total + section, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    return total + section + digit
