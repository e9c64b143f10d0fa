"""What is under way when the demonstration begins: three cases, a question and a suggestion; all of it made up.

Everything is dated now and goes through the same verbs as people's work, so that the pages have something to show.
"""

from collections.abc import Callable
from datetime import timedelta

from content import cases, casework, feedback, villages
from content.case_forms import Filing
from content.clock import local_date
from content.feedback_forms import Form
from content.node import Node

PHONE = "13900001234"  # the first drawn phone, which then has texts to show
FILED = (("QX-G06", "陈阿根"), ("QX-G08", "林小妹"), ("QX-G11", "周建明"))
QUESTION = Form("consultation", "subsidy", "", "耕地补贴今年什么时候发？", PHONE)
SUGGESTION = Form("suggestion", "elderly", "", "公告栏的字太小，老人看不清，能不能放大一点？", "")


def begin(county: Node, village: Node, sync: Callable[[], object]) -> None:
    """File, accept, ask and answer; both sides hold all of it when this returns. A second call adds nothing."""
    today = local_date(county.clock())
    if casework.list_for(village.views.read(), area=village.config.code, today=today).total:
        return
    case_nos, suggestion = _village_files(village)
    sync()
    county.views.catch_up()
    db = county.views.read()
    cases.accept(county.record, db, case_nos[0], by="county")
    cases.ask_supplement(
        county.record,
        db,
        case_nos[1],
        items=("户口簿复印件", "一张一寸照片"),
        reason="申请表后面没有附这两样",
        due_on=today + timedelta(days=10),
        by="county",
    )
    feedback.answer(
        county.record,
        db,
        village.config.code,
        suggestion,
        question="建议把公告栏的字放大，方便老人看。",
        answer="已请村里用 A3 纸大字打印张贴。触摸屏也可以按“大字”，或者按“听”听公告。",
        by="county",
    )
    sync()


def _village_files(village: Node) -> tuple[list[str], str]:
    """The numbers of the cases, and of the suggestion."""
    db = village.views.read()
    told = villages.get_county(db)
    assert told is not None
    county_key = bytes.fromhex(told.seal_key)
    case_nos = [
        cases.file_case(
            village.record,
            db,
            village.keys,
            Filing(name, PHONE, "", guide_id, "desk", "zhou"),
            county_key,
        )
        for guide_id, name in FILED
    ]
    numbers = [
        feedback.file(
            village.record,
            village.config.code,
            form,
            channel="kiosk",
            by="kiosk",
            county_seal_key=county_key,
            village_seal_key=village.keys.seal_public_key,
        )
        for form in (QUESTION, SUGGESTION)
    ]
    village.views.catch_up()
    return case_nos, numbers[1]
