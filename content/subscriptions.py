"""A subscription to texts as it is asked for at the kiosk, the portal or the desk: sealed, and nothing until the phone says yes.

Who is subscribed is known only where the texts are sent (sms/subscribers.py); no view keeps it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from sqlite_utils import Database

from content import case_forms
from content.errors import RuleError
from content.feedback_forms import open_words, seal_words
from content.record.events import Event, NewEvent
from content.record.keys import NodeKeys
from content.record.store import Record

SCHEMA = ""
SECTIONS = ("party", "village", "finance", "subsidy")
EVERYTHING = "all"
MOBILE_DIGITS = 11


@dataclass(frozen=True)
class Asked:
    """The body of `subscription_asked`. sealed: Wish, base64 of a box that only the county opens."""

    village: str
    sealed: Annotated[str, msgspec.Meta(max_length=2000)]


@dataclass(frozen=True)
class Wish:
    """Which texts somebody wants. sections: of SECTIONS, or EVERYTHING alone."""

    phone: str
    sections: tuple[str, ...]


def ask(
    record: Record, village: str, phone: str, sections: Sequence[str], *, county_seal_key: bytes, by: str
) -> str:
    """Ask for texts of what this village publishes in these sections; the event's id.

    The phone is texted and must answer Y: until then nothing is sent to it. All four sections are EVERYTHING.
    RuleError for what is no mobile number, and for no section.
    """
    plain = case_forms.plain_phone(phone)
    if len(plain) != MOBILE_DIGITS or not plain.startswith("1"):
        raise RuleError("请填十一位手机号，座机收不到短信。", code="bad_phone")
    chosen = tuple(section for section in SECTIONS if section in sections or EVERYTHING in sections)
    if not chosen:
        raise RuleError("请至少选一类通知。", code="no_section")
    wish = Wish(plain, (EVERYTHING,) if chosen == SECTIONS else chosen)
    body = Asked(village, seal_words(wish, county_seal_key))
    return record.append("county", NewEvent("subscription_asked", msgspec.to_builtins(body), by))[0]


def open_wish(event: Event, keys: NodeKeys) -> Wish:
    """What an event asks for, where the texts are sent. RecordError where it is sealed to another."""
    asked = msgspec.convert(event.body, Asked)
    return msgspec.json.decode(open_words(asked.sealed, keys), type=Wish)


def _fold_asked(_db: Database, event: Event) -> None:
    asked = msgspec.convert(event.body, Asked)
    if not event.is_from_county and asked.village != event.origin:
        raise PermissionError("a village asks for its own texts only")


FOLDS = {"subscription_asked": _fold_asked}
