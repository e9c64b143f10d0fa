"""What a text that was understood is answered: pure functions from a question to a reply; nothing is written or sent here.

The sender's number proves nothing. Public things are answered to anyone; a case's details go to its number on file, and
unknown, someone else's and locked read the same.
"""

from collections.abc import Callable
from datetime import date

from sqlite_utils import Database

from content import (
    finances,
    guides,
    notices,
    search,
    subsidies,
    villages,
)
from content.clock import from_text, local_date
from content.finances import StatementLine
from content.guide_fields import AT_ONCE, Guide, TimeLimit
from content.money import yuan
from content.subsidies import Programme, Standard
from sms import case_replies, case_texts
from sms.questions import Answerer, Question, Reply, plain
from sms.subscribers import EVERYTHING, SECTION_OF_WORD, topic_of

LISTED = 5  # as many as one digit and two pages can hold
STATEMENTS_SEARCHED = 60
MENU = ("case_status", "subsidy", "finance", "notices", "guide")  # what 1 to 5 stand for after "help"


def answer(question: Question, db: Database) -> Reply:
    """The reply to a question. Always one, whatever was asked."""
    return ANSWERERS[question.understood.intent](question, db)


# What is published


def _notices(question: Question, db: Database) -> Reply:
    if question.village is None:
        return _which_village(question, db)
    topic = question.slot("topic")
    if topic:
        hits = search.find(db, topic, village=question.village.code)
        found = [
            (hit.key.removeprefix("notice:"), hit.title) for hit in hits if hit.key.startswith("notice:")
        ]
    else:
        lines = notices.page(db, question.village.code, size=LISTED).lines
        found = [(line.id, line.title) for line in lines]
    found = found[:LISTED]
    if not found:
        return plain(question, "notices_none" if topic else "notices_never")
    return _numbered(question, "notices", [(f"notice:{id_}", title) for id_, title in found])


def _notice(question: Question, db: Database, notice_id: str) -> Reply:
    found = notices.get(db, notice_id)
    if found is None or found.state != "published":
        return plain(question, "notices_none")
    words = notices.plain_text(found.notice.document).removeprefix(found.notice.title)
    day = case_texts.spoken_day(local_date(from_text(found.at)).isoformat())
    return plain(question, "notice_detail", title=found.notice.title, day=day, words=" ".join(words.split()))


def _finance(question: Question, db: Database) -> Reply:
    if question.village is None:
        return _which_village(question, db)
    lines = finances.list_statements(db, question.village.code, size=STATEMENTS_SEARCHED).lines
    if not lines:
        return plain(question, "finance_never")
    slots = question.understood.slots
    year, month, quarter = (slots.get(name) for name in ("year", "month", "quarter"))
    fitting = [line for line in lines if _fits(line, year, month, quarter)]
    if not fitting:
        return plain(question, "finance_none", period=_asked_period(year, month, quarter))
    line = fitting[0]
    return plain(
        question,
        "finance",
        period=_period_words(line),
        income=yuan(line.income_fen),
        expense=yuan(line.expense_fen),
        closing=yuan(line.closing_fen),
    )


def _fits(line: StatementLine, year: object, month: object, quarter: object) -> bool:
    start, end = date.fromisoformat(line.period_start), date.fromisoformat(line.period_end)
    if year is not None and year not in (start.year, end.year):
        return False
    if isinstance(month, int):
        return start.month <= month <= end.month and start.year == end.year
    if isinstance(quarter, int):
        return (start.month, end.month) == (quarter * 3 - 2, quarter * 3)
    return True


def _period_words(line: StatementLine) -> str:
    start, end = date.fromisoformat(line.period_start), date.fromisoformat(line.period_end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.year}年{start.month}月"
    if start.year == end.year:
        return f"{start.year}年{start.month}至{end.month}月"
    return f"{start.year}年{start.month}月至{end.year}年{end.month}月"


def _asked_period(year: object, month: object, quarter: object) -> str:
    words = f"{year}年" if year else ""
    return words + (f"{month}月" if month else f"第{quarter}季度" if quarter else "")


def _subsidy(question: Question, db: Database) -> Reply:
    programmes = subsidies.list_programmes(db)
    wanted = question.slot("programme")
    if not wanted:
        ours = [programme for programme in programmes if programme.ours] or programmes
        named = [(f"programme:{programme.name}", programme.name) for programme in ours[:LISTED]]
        return _numbered(question, "subsidies", named) if named else plain(question, "subsidy_none")
    fitting = [p for p in programmes if wanted in p.name or p.name in wanted]
    return _programme(question, fitting[0]) if fitting else plain(question, "subsidy_none")


def _programme_named(question: Question, db: Database, name: str) -> Reply:
    programme = subsidies.get_programme(db, name)
    return _programme(question, programme) if programme else plain(question, "subsidy_none")


def _programme(question: Question, programme: Programme) -> Reply:
    """Only this county's own standards: another place's rate would be taken for a promise."""
    if not programme.ours:
        return plain(question, "subsidy_unknown", name=programme.name)
    year = question.understood.slots.get("year")
    ours = [s for s in programme.ours if year is None or str(year) in s.year] or list(programme.ours)
    newest = [standard for standard in ours if standard.year == ours[0].year]
    rates = "；".join(_rate_words(standard) for standard in newest)
    return plain(question, "subsidy", name=programme.name, rates=rates, who=programme.who)


def _rate_words(standard: Standard) -> str:
    return f"{standard.year}年每{standard.unit}{standard.rate}元/{standard.period}"


def _guide(question: Question, db: Database) -> Reply:
    wanted = question.slot("service")
    if not wanted:
        listed = guides.list_guides(db, on=question.today)
        named = [(f"guide:{line.id}", line.name) for line in listed[:9]]
        return _numbered(question, "guides", named) if named else plain(question, "guide_none")
    lines = guides.find_by_topic(db, wanted, on=question.today)
    keys = [hit.key for hit in search.find(db, wanted) if hit.key.startswith("guide:")]
    found = lines[0].id if lines else keys[0].removeprefix("guide:") if keys else ""
    if found and question.understood.slots.get("by_agent"):
        return _lead(question, db, found)
    return _guide_named(question, db, found)


def _guide_named(question: Question, db: Database, guide_id: str) -> Reply:
    guide = guides.in_force(db, guide_id, on=question.today)
    if guide is None:
        return plain(question, "guide_none")
    needed = "、".join(material.name for material in guide.materials if material.required)
    wording = question.say(
        "guide",
        name=guide.name,
        materials=needed or "身份证",
        place=guide.place,
        limit=_limit_words(guide.eight_openings.promised_limit),
        fee=_fee_words(guide),
        phone=guide.phones.consult,
    )
    return Reply(wording, choices=(f"lead:{guide_id}",))


def _lead(question: Question, db: Database, guide_id: str) -> Reply:
    """An agent is to call: said without naming the matter, because phones are read by others too."""
    if question.village is None:
        return _which_village(question, db)
    guide = guides.in_force(db, guide_id, on=question.today)
    if guide is None:
        return plain(question, "guide_none")
    needed = "、".join(material.name for material in guide.materials if material.required)
    wording = question.say("lead_taken", materials=needed or "身份证", phone=question.phone)
    return Reply(wording, effect=f"lead:{guide_id}")


def _limit_words(limit: TimeLimit) -> str:
    if limit.unit == AT_ONCE:
        return "材料齐全当场办"
    return f"{limit.value}个{limit.unit}办好" if limit.value else "办理时间请咨询"


def _fee_words(guide: Guide) -> str:
    fee = guide.eight_openings.fee_standard
    return fee if len(fee) <= 20 else "收费请咨询"


# Talking


def _menu(question: Question, db: Database) -> Reply:
    """A digit: one of the lines of the last answer, else of the main menu."""
    choice = question.understood.slots.get("choice")
    place = choice - 1 if isinstance(choice, int) else -1
    if question.choices:
        if not 0 <= place < len(question.choices):
            return _unknown(question, db)
        kind, _, name = question.choices[place].partition(":")
        return CHOSEN[kind](question, db, name)
    if 0 <= place < len(MENU):
        return ANSWERERS[MENU[place]](question, db)
    return _help(question, db)


def _menu_line(question: Question, db: Database, intent: str) -> Reply:
    return ANSWERERS[intent](question, db)


def _help(question: Question, _db: Database) -> Reply:
    wording = question.say("help", phone=question.phone)
    return Reply(wording, choices=tuple(f"menu:{intent}" for intent in MENU))


def _unknown(question: Question, _db: Database) -> Reply:
    key = "private_number" if question.has_private_number else "unknown"
    return Reply(question.say(key, phone=question.phone))


def _no_more(question: Question, _db: Database) -> Reply:
    return plain(question, "no_more")


def _stop(question: Question, _db: Database) -> Reply:
    section = SECTION_OF_WORD.get(question.slot("topic"), EVERYTHING)
    if section == EVERYTHING or question.village is None:
        return Reply(question.say("stopped"), effect="stop")
    topic = f"{question.village.name}的{question.slot('topic')}"
    return Reply(question.say("stopped_section", topic=topic), effect=f"stop:{section}")


def _start(question: Question, _db: Database) -> Reply:
    if question.offered:
        return Reply(question.say("subscribed", topic=topic_of(question.offered)), effect="accept")
    return Reply(question.say("started"), effect="start")


def _subscribe(question: Question, db: Database) -> Reply:
    if question.village is None:
        return _which_village(question, db)
    topic = question.slot("topic")
    section = SECTION_OF_WORD.get(topic, EVERYTHING)
    words = f"{question.village.name}的{topic if section != EVERYTHING else '公告'}"
    key = "subscribed" if section != EVERYTHING else "subscribed_all"
    return Reply(question.say(key, topic=words), effect=f"subscribe:{section}")


def _complaint(question: Question, _db: Database) -> Reply:
    if not question.slot("text"):
        return plain(question, "complaint_ask")
    return Reply(question.say("complaint_taken", phone=question.phone), effect="complaint")


def _which_village(question: Question, db: Database) -> Reply:
    listed = villages.all_villages(db)
    example = listed[0].name if listed else "某某村"
    return Reply(question.say("which_village", example=example), needs_village=True)


def _numbered(question: Question, key: str, named: list[tuple[str, str]]) -> Reply:
    lines = "".join(f"{place}.{title} " for place, (_, title) in enumerate(named, start=1)).rstrip()
    return Reply(question.say(key, lines=lines), choices=tuple(choice for choice, _ in named))


ANSWERERS: dict[str, Answerer] = {
    "case_status": case_replies.case_status,
    "rating": case_replies.rating,
    "notices": _notices,
    "finance": _finance,
    "subsidy": _subsidy,
    "guide": _guide,
    "menu": _menu,
    "help": _help,
    "more": _no_more,  # the inbox turns the page itself while there is one
    "stop": _stop,
    "start": _start,
    "subscribe": _subscribe,
    "complaint": _complaint,
    "unknown": _unknown,
}
CHOSEN: dict[str, Callable[[Question, Database, str], Reply]] = {
    "notice": _notice,
    "programme": _programme_named,
    "guide": _guide_named,
    "lead": _lead,
    "menu": _menu_line,
}
