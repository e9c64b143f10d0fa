"""The publications of a village drawn at random for `run.py generate`: rolls of payments, monthly accounts, notices."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from content import own_payments
from content.notices import Notice
from content.own_payments import Held
from content.publications import Review
from content.record.keys import NodeKeys
from content.rolls import Roll, RollRow
from content.statements import Entry, Statement

HOUSEHOLDS = 220
SURNAMES = "王李张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程"
GIVEN = "秋桂福根水荣金土春兰芳英明华国建军平秀珍玉梅文武忠孝仁义"
# Programme, item of the catalogue, unit, rate in fen, how much of the unit a household has.
PROGRAMMES = (
    ("耕地地力保护补贴", "S2", "亩", 8500, (1, 12)),
    ("公益林补偿", "S2", "亩", 800, (2, 60)),
    ("高龄津贴", "S2", "人", 20000, (1, 2)),
    (
        "农村最低生活保障",
        "S3",
        "人",
        75500,
        (1, 4),
    ),  # totals only: the rows are held for their receivers alone
)
NOTICE_ITEMS = (
    ("V4", "村内道路硬化项目招标结果公示"),
    ("V2", "村民代表会议决议公示"),
    ("P1", "党支部主题党日活动安排"),
    ("F5", "集体资产发包合同公示"),
    ("S1", "惠农补贴政策明白纸"),
)


def people(draw: Random, keys: NodeKeys) -> tuple[list[tuple[str, str]], list[Held]]:
    """The households of a village as (group, name), and what is kept to find their payments by."""
    names = [
        (f"{draw.randint(1, 9)}组", draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=2)))
        for _ in range(HOUSEHOLDS)
    ]
    held = [
        Held(seq, own_payments.fingerprints(keys, name, f"{draw.randrange(1_000_000):06d}"))
        for seq, (_group, name) in enumerate(names, start=1)
    ]
    return names, held


def roll(
    draw: Random, names: Sequence[tuple[str, str]], number: int, day: date, review: Review
) -> tuple[Roll, list[RollRow]]:
    """A batch of payments to these households."""
    programme, item, unit, rate_fen, (least, most) = PROGRAMMES[number % len(PROGRAMMES)]
    rows = [_payment(group, name, unit, rate_fen, draw.randint(least, most)) for group, name in names]
    batch = f"{day:%Y-%m}"
    made = Roll(
        programme=programme,
        item=item,
        batch=batch,
        title=f"{batch}{programme}发放名册",
        total_fen=sum(row.amount_fen for row in rows),
        issuer="村村民委员会",
        drafted_by="agent",
        reviews=(review,),
        unit=unit,
    )
    return made, rows


def _payment(group: str, name: str, unit: str, rate_fen: int, quantity: int) -> RollRow:
    return RollRow(group, name, Decimal(quantity), unit, rate_fen, rate_fen * quantity)


def statements(
    draw: Random, first: date, last: date, review: Review
) -> Iterator[tuple[date, Statement, list[Entry]]]:
    """A statement for each month that ended, with the day on which it is published (one in nine too late)."""
    opening_fen, month = draw.randint(2_000_00, 90_000_00), first.replace(day=1)
    while (end := _month_end(month)) < last:
        income_fen, expense_fen = draw.randint(1_000_00, 9_000_00), draw.randint(500_00, 8_000_00)
        expense_fen = min(expense_fen, opening_fen + income_fen)
        entries = [
            Entry("经营收入", "集体发包款", income_fen, 0, end.isoformat(), "记1"),
            Entry("管理费用", "办公用品和误工补贴", 0, expense_fen, end.isoformat(), "记2"),
        ]
        closing_fen = opening_fen + income_fen - expense_fen
        title = f"{month:%Y}年{month.month}月收支公开"
        yield (
            end + timedelta(days=draw.choices((8, 12, 14, 25), (40, 30, 19, 11))[0]),
            Statement(
                title, month.isoformat(), end.isoformat(), opening_fen, income_fen, expense_fen, closing_fen,
                "村股份经济合作社", "agent", (review,),
            ),
            entries,
        )  # fmt: skip
        opening_fen, month = closing_fen, end + timedelta(days=1)


def notice(draw: Random, village: str, number: int, review: Review) -> Notice:
    """A short notice of one of the catalogue's items."""
    item, title = NOTICE_ITEMS[number % len(NOTICE_ITEMS)]
    text = f"{village}{title}第{number + 1}号，涉及{draw.randint(2, 80)}户，公示七天，有意见请到村委会提出。"
    block = {"kind": "paragraph", "text": text, "level": None, "align": "left"}
    document = {"title": title, "issuer": village, "date": "", "blocks": [block], "images": []}
    return Notice(item, f"{title}（第{number + 1}号）", document, village, "agent", (review,))


def _month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
