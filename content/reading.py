"""What is read aloud of a notice, a roll, a programme or a guide, in Chinese; numbers are still written as digits."""

from collections.abc import Iterator
from itertools import islice

from content.guide_fields import AT_ONCE, WORKING_DAYS, Guide, TimeLimit
from content.intake import document as documents
from content.intake.document import Block, Paragraph, Table
from content.money import yuan
from content.notices import Notice
from content.roll_checks import Roll
from content.subsidies import Programme, Standard

# A listener cannot look back over a long table; the screen shows it.
READ_ROWS = 6
READ_STANDARDS = 3


def of_notice(notice: Notice) -> str:
    """Title and text; short tables row by row, of a long one only that it is there."""
    blocks = documents.from_dict(notice.document).blocks
    return "\n".join([notice.title, *(words for block in blocks if (words := _block(block)))])


def of_roll(roll: Roll) -> str:
    """The totals; never a row, so that nobody's name is called out in the room."""
    people = f"{roll.row_count}户" + (f"{roll.headcount}人" if roll.headcount else "")
    rest = "这一项只公开总数，不公开名字。" if roll.is_totals_only else "每一户的金额，请看屏幕上的表。"
    return f"{roll.title}。{roll.programme}，{roll.batch}。\n一共{yuan(roll.total_fen)}元，{people}。\n{rest}"


def of_programme(programme: Programme) -> str:
    """Who gets it, how much here, how to get it, whom to ask."""
    newest = programme.standards[0]
    lines = [f"{programme.name}。", f"谁能领：{programme.who}"]
    if not programme.ours:
        lines.append("县里还没有登记本地标准。别处的标准，请看屏幕。")
    lines += [_standard(standard) for standard in islice(programme.ours, READ_STANDARDS)]
    lines.append(f"怎么申请：{newest.how_to_apply or '到村便民服务点问代办员'}。")
    return "\n".join([*lines, f"问谁：{newest.contact}" if newest.contact else ""]).strip()


def of_guide(guide: Guide) -> str:
    """How long, how often, how much; what to bring; the steps; where, when and whom to call."""
    openings = guide.eight_openings
    lines = [
        f"{guide.name}。",
        f"{_limit(openings.promised_limit)}。跑{guide.visits_needed}趟。收费：{openings.fee_standard}。",
        "要带的东西：",
        *(f"{material.name}{'' if material.required else '，有就带'}。" for material in guide.materials),
        "怎么办：",
        *(f"第{step.no}步，{step.name}。" for step in sorted(guide.steps, key=lambda step: step.no)),
        f"到哪里办：{guide.place}。时间：{guide.hours}。咨询电话：{guide.phones.consult}。",
    ]
    return "\n".join(lines)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    if isinstance(block, Table):
        return "\n".join(_rows(block))
    return ""


def _rows(table: Table) -> Iterator[str]:
    if len(table.rows) > READ_ROWS:
        yield f"这里有一张表，共{len(table.rows)}行，请看屏幕。"
        return
    for row in table.rows:
        yield "，".join(cell for cell in row if cell) + "。"


def _standard(standard: Standard) -> str:
    unit = f"每{standard.unit}" if standard.unit else ""
    period = "" if standard.period in ("", "一次性") else f"每{standard.period.removeprefix('每')}"
    return f"{standard.place}{standard.year}年的标准：{period}{unit}{standard.rate}元。"


def _limit(limit: TimeLimit) -> str:
    if limit.value is None:
        return limit.note or "没有规定时限"
    if limit.unit == AT_ONCE:
        return "当场办好"
    return f"答应{limit.value}{'个工作日' if limit.unit == WORKING_DAYS else '天'}办好"
