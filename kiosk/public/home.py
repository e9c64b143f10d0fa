"""The village's front page and whom to call."""

from flask import Blueprint, g
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from content import calendar_words, notices, villages
from content.clock import local_date
from content.speech import Passage
from content.villages import Village
from kiosk import feedback_words, listening
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, home_address, sms_code, sms_number
from kiosk.public.words import TERMS

LATEST = 3


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/", "home", home)
    public.add_url_rule("/contacts", "contacts", contacts)


def home() -> Answer:
    """Eight plates and the newest notices."""
    wired = services()
    day = local_date(wired.node.clock())
    words = calendar_words.of(day)
    return show(
        "public/home.html",
        date=format_date(day, _("M月d日 EEEE")),
        lunar=_lunar(words),
        term=_term(words),
        latest=notices.page(wired.node.views.read(), g.village, size=LATEST).lines,
    )


def contacts() -> Answer:
    """The people on duty, the office, and who helps with which service."""
    db = services().node.views.read()
    if village := villages.get(db, g.village):
        listening.offer(Passage(_contacts_text(village)))
    return show(
        "public/contacts.html",
        back=home_address(),
        village=village,
        county=villages.get_county(db),
        sms_number=sms_number(),
        sms_code=sms_code("HELP"),
        say_words=feedback_words,
    )


def _contacts_text(village: Village) -> str:
    """Whom to call, as it is read aloud."""
    on_duty = [
        f"{one.get('post', '')}{one.get('name', '')}，电话 {one.get('phone', '')}。" for one in village.duty
    ]
    office = f"村办公室电话 {village.office_phone}。" if village.office_phone else ""
    place = f"地址：{village.address}。" if village.address else ""
    hours = f"上班时间：{village.hours}。" if village.hours else ""
    return "\n".join(
        filter(None, (f"{village.name}值班的人：" if on_duty else "", *on_duty, office, place, hours))
    )


def _lunar(words: calendar_words.DayWords) -> str:
    """In Chinese the lunar date has words of its own (十月十五), other languages have its numbers."""
    locale = get_locale()
    if locale is not None and locale.language == "zh":
        month, day = words.month_word, words.day_word
    else:
        month, day = f"{words.month}{' (leap)' if words.is_leap else ''}", str(words.day)
    return _("农历%(month)s月%(day)s", month=month, day=day)


def _term(words: calendar_words.DayWords) -> str:
    if words.term:
        return _("今日%(term)s", term=TERMS[words.term])
    return _("%(days)s天后%(term)s", term=TERMS[words.next_term], days=words.next_in_days)
