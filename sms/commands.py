"""Understands an inbound text: what the sender wants and about what. It looks nothing up and answers nothing."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sms import case_numbers, periods, reading
from sms import words as table
from sms.reading import Words


@dataclass(frozen=True)
class Understood:
    """What a text asks for.

    `intent` is one of INTENTS. `slots`: case_no (capitals; a list when there are several), programme, service,
    topic (of a subscription too, when one kind is stopped), month 1-12, quarter 1-4, year, score 1-5, choice 1-9, text (the complaint or comment as typed),
    by_agent (True: an agent is to do it).
    A slot that was not said is absent.
    """

    intent: str
    slots: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Setting:
    today: datetime.date
    awaiting_rating: bool


Recogniser = Callable[[Words, _Setting], Understood | None]


def understand(text: str, *, today: datetime.date, awaiting_rating: bool = False) -> Understood:
    """What `text` asks for, read by the first of RECOGNISERS that knows; intent "unknown" when none does.

    `awaiting_rating` says that a case of this sender was closed within seven days: only then is a lone digit a
    rating and not a choice from the menu. A text with a resident ID or bank card number is unknown, whatever else
    it says, so that the number goes nowhere. Never raises.
    """
    setting = _Setting(today, awaiting_rating)
    understood = _recognise(text, setting)
    if understood.intent == "unknown" and (heard := reading.as_heard(text)) != text:
        return _recognise(heard, setting)
    return understood


def _recognise(text: str, setting: _Setting) -> Understood:
    words = reading.read(text)
    found = (understood for recognise in RECOGNISERS if (understood := recognise(words, setting)))
    return next(found, Understood("unknown"))


def _private_number(words: Words, setting: _Setting) -> Understood | None:
    return Understood("unknown") if reading.has_private_number(words.text) else None


def _stop(words: Words, setting: _Setting) -> Understood | None:
    is_command = _is_short_latin(words, "stop") or (
        _is_first(words, "stop") and words.latin_words & table.MESSAGES
    )
    if words.compact in table.STOP_ALONE or is_command or table.STOP.search(words.compact):
        said = table.STOP_SECTION.search(words.compact)
        return Understood("stop", _slot("topic", said.group(1) if said else None))
    return None


def _start(words: Words, setting: _Setting) -> Understood | None:
    is_command = _is_short_latin(words, "start")
    if words.compact in table.START_ALONE or is_command or table.START.search(words.compact):
        return Understood("start")
    return None


def _awaited_rating(words: Words, setting: _Setting) -> Understood | None:
    if not setting.awaiting_rating:
        return None
    if digit := table.BARE_SCORE.match(words.text):
        return _rated(words, int(digit.group(1)), digit.end())
    return _said_score(words) or _said_satisfaction(words)


def _more(words: Words, setting: _Setting) -> Understood | None:
    if table.MORE.fullmatch(words.compact) or _is_short_latin(words, "more"):
        return Understood("more")
    return None


def _menu(words: Words, setting: _Setting) -> Understood | None:
    chosen = table.MENU.fullmatch(words.compact)
    return Understood("menu", {"choice": int(chosen.group(1))}) if chosen else None


def _complaint_command(words: Words, setting: _Setting) -> Understood | None:
    hit = words.first_hit
    if hit and hit.concept == "complaint":
        place = hit.end
    elif said := re.match(rf"\W*(?:{table.COMPLAINT_COMMAND})", words.text):
        place = said.end()
    else:
        return None
    complaint = words.typed_from(place)
    return Understood("complaint", {"text": complaint} if complaint else {})


def _case_number(words: Words, setting: _Setting) -> Understood | None:
    numbers = case_numbers.find(words)
    if not numbers:
        return None
    return Understood("case_status", {"case_no": numbers[0] if len(numbers) == 1 else numbers})


def _rating(words: Words, setting: _Setting) -> Understood | None:
    """A rating nobody waits for is one only when the text begins with it."""
    understood = _said_score(words, only_first=True) or _said_satisfaction(words, only_first=True)
    if understood:
        return understood
    is_asked = _is_first(words, "rating") or re.match(table.ASKS_TO_RATE, words.compact)
    return Understood("rating") if is_asked else None


def _subscribe(words: Words, setting: _Setting) -> Understood | None:
    said = table.SUBSCRIBE.search(words.text)
    if not said and not _is_first(words, "subscribe"):
        return None
    place = said.end() if said else words.hits[0].end
    topic = _command_topic(words) or (words.topic.word if words.topic else _left_over(words, place))
    return Understood("subscribe", _slot("topic", topic))


def _help(words: Words, setting: _Setting) -> Understood | None:
    if (
        re.fullmatch(r"[?\s]+", words.text)
        or _is_first(words, "help")
        or table.HELP.search(words.compact)
        or table.GREETING.fullmatch(words.compact)
    ):
        return Understood("help")
    return None


def _complaint_sentence(words: Words, setting: _Setting) -> Understood | None:
    if table.COMPLAINT.search(words.compact) or "complaint" in words.concepts:
        return Understood("complaint", {"text": words.raw})
    return None


def _progress(words: Words, setting: _Setting) -> Understood | None:
    others = words.concepts & {"subsidy", "finance", "notices", "guide"}
    if (
        table.PROGRESS.search(words.compact)
        or "case_status" in words.spelled
        or _asks_after_papers(words.latin_words)
        or ("case_status" in words.concepts and not others)
    ):
        return Understood("case_status")
    return None


def _asks_after_papers(said: frozenset[str]) -> bool:
    """English: whether some paper is ready, or what became of one's own."""
    is_asked_after = (
        "my" in said
        and said & table.LATIN_ASKS_AFTER
        and not said & (table.LATIN_ASKS_HOW - table.LATIN_PAPERS)
    )
    return bool(said & table.LATIN_PAPERS and (said & table.LATIN_READY or is_asked_after))


def _command(words: Words, setting: _Setting) -> Understood | None:
    """A text that begins with a command word: whatever follows is its topic, known or not."""
    found = _leading_command(words)
    if found is None:
        return None
    intent, place = found
    if intent == "finance":
        return Understood("finance", periods.find(words, setting.today))
    rest = _left_over(words, place)
    if intent == "subsidy":
        return Understood("subsidy", _programme(words, setting, rest))
    if intent == "guide":
        return Understood("guide", _slot("service", _service(words) or rest))
    return Understood("notices", _slot("topic", _notice_topic(words) or rest))


def _guide(words: Words, setting: _Setting) -> Understood | None:
    service = _service(words)
    if service and table.BY_AGENT.search(words.compact):
        return Understood("guide", {"service": service, "by_agent": True})
    if service is None and table.SUBSIDY.search(words.compact):
        return None  # the page on subsidies says how to apply for each
    is_wanted = table.WANTS_DONE.search(words.compact) or words.latin_words & table.LATIN_ASKS_HOW
    if (
        "guide" in words.concepts
        or table.HOW_TO.search(words.compact)
        or "guide" in words.spelled
        or (service and is_wanted and not table.MONEY.search(_beside_topic(words)))
    ):
        return Understood("guide", _slot("service", service))
    return None


def _beside_topic(words: Words) -> str:
    """The text without the name of its topic: "办高龄津贴" does not ask for money, though its name does."""
    topic = words.topic
    return re.sub(f"{topic.word}|{topic.han}", "", words.compact) if topic else words.compact


def _subsidy(words: Words, setting: _Setting) -> Understood | None:
    is_money = table.MONEY.search(words.compact) or "money" in words.spelled
    is_about_money = words.topic and words.topic.programme and is_money
    if is_about_money or table.SUBSIDY.search(words.compact) or "subsidy" in words.concepts:
        return Understood("subsidy", _programme(words, setting, None))
    return None


def _finance(words: Words, setting: _Setting) -> Understood | None:
    if table.FINANCE.search(words.compact) or "finance" in words.concepts | words.spelled:
        return Understood("finance", periods.find(words, setting.today))
    return None


def _notices(words: Words, setting: _Setting) -> Understood | None:
    if table.NOTICES.search(words.compact) or "notices" in words.concepts | words.spelled:
        return Understood("notices", _slot("topic", _notice_topic(words)))
    return None


def _grievance(words: Words, setting: _Setting) -> Understood | None:
    """Something is amiss, and neither a command nor a topic says what else might be wanted."""
    if table.GRIEVANCE.search(words.compact) or "complaint" in words.spelled:
        return Understood("complaint", {"text": words.raw})
    return None


def _bare_topic(words: Words, setting: _Setting) -> Understood | None:
    topic = words.topic
    if topic is None:
        return None
    if topic.service:
        return Understood("guide", {"service": topic.service})
    return Understood("subsidy", _programme(words, setting, None))


def _bare_question(words: Words, setting: _Setting) -> Understood | None:
    return Understood("case_status") if table.ONLY_ASKS.fullmatch(words.compact) else None


RECOGNISERS: tuple[Recogniser, ...] = (
    _private_number,
    _stop,
    _start,
    _awaited_rating,
    _more,
    _menu,
    _complaint_command,
    _case_number,
    _rating,
    _subscribe,
    _help,
    _complaint_sentence,
    _progress,
    _command,
    _guide,
    _subsidy,
    _finance,
    _notices,
    _grievance,
    _bare_topic,
    _bare_question,
)
INTENTS = (
    "case_status",
    "subsidy",
    "finance",
    "notices",
    "guide",
    "complaint",
    "rating",
    "menu",
    "more",
    "subscribe",
    "help",
    "stop",
    "start",
    "unknown",
)


def _slot(name: str, value: str | None) -> dict[str, object]:
    return {name: value} if value else {}


def _is_first(words: Words, concept: str) -> bool:
    return words.first_hit is not None and words.first_hit.concept == concept


def _is_short_latin(words: Words, concept: str) -> bool:
    """Whether the text is that one keyword with hardly anything around it: "stop all", "more please"."""
    return _is_first(words, concept) and words.compact.isascii() and len(words.latin_words) <= 4


def _said_score(words: Words, *, only_first: bool = False) -> Understood | None:
    for pattern in (table.SCORE, table.STARS):
        if said := (pattern.match if only_first else pattern.search)(words.text):
            digit = said.group(1)
            return _rated(words, table.HAN_DIGITS.get(digit) or int(digit), said.end())
    return None


def _said_satisfaction(words: Words, *, only_first: bool = False) -> Understood | None:
    before = r"\W*+(?:评价\W*+)?" if only_first else ".*?"
    for pattern, score in table.SATISFACTION:
        if said := re.match(f"{before}(?:{pattern})", words.text, re.DOTALL):
            return _rated(words, score, said.end())
    for word, score in table.LATIN_SATISFACTION.items():
        if word in words.latin_words and (not only_first or words.compact in (word, f"very{word}")):
            is_very = "very" in words.latin_words
            return Understood("rating", {"score": score + (score == 4) - (score == 2) if is_very else score})
    return None


def _rated(words: Words, score: int, place: int) -> Understood:
    comment = words.typed_from(place)
    is_courtesy = table.COURTESY.fullmatch("".join(char for char in comment if char.isalnum()))
    return Understood("rating", {"score": score} if is_courtesy else {"score": score, "text": comment})


def _leading_command(words: Words) -> tuple[str, int] | None:
    """(intent, place in the text where the command ends) when the text begins with a command, politeness aside."""
    for intent, pattern in table.HAN_COMMANDS.items():
        if said := re.match(rf"(?:\W|{table.POLITE})*?(?:{pattern})", words.text):
            return intent, said.end()
    hit = words.first_hit
    return (hit.concept, hit.end) if hit and hit.concept in table.HAN_COMMANDS else None


def _command_topic(words: Words) -> str | None:
    """The command or the section that a subscription is for, by its usual word."""
    if said := table.SUBSCRIBED_SECTIONS.search(words.compact):
        return said.group()
    for intent, pattern in table.HAN_COMMANDS.items():
        if words.topic is None and (re.search(pattern, words.compact) or intent in words.concepts):
            return table.COMMAND_TOPIC_WORDS[intent]
    return None


def _left_over(words: Words, place: int) -> str | None:
    """The Chinese word of two to twelve characters that stands apart after a command, if that is all there is.

    What is written on to the command without a blank is mostly the rest of a sentence.
    """
    if words.text[place : place + 1].isalnum() and not words.text[place - 1].isascii():
        return None
    said = "".join(char for char in words.text[place:] if char.isalnum())
    rest = table.FILLERS.sub("", said)
    return rest if 2 <= len(rest) <= 12 and not re.search("[0-9a-z]", rest) else None


def _programme(words: Words, setting: _Setting, rest: str | None) -> dict[str, object]:
    topic = words.topic
    name = (topic.programme or topic.word) if topic else rest
    return _slot("programme", name) | periods.find_year(words, setting.today)


def _service(words: Words) -> str | None:
    return (words.topic.service or words.topic.word) if words.topic else None


def _notice_topic(words: Words) -> str | None:
    if words.topic:
        return words.topic.word
    said = table.NOTICE_TOPICS.search(words.compact)
    return said.group() if said else None
