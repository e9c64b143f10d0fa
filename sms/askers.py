"""Who asks: the cases, the village and the language of a sender, as far as they are known here."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlite_utils import Database

from content import cases, ratings, villages
from content.case_states import CLOSED, COLLECTED
from content.cases import Case
from content.clock import from_text, local_date
from content.node import Node
from content.record.store import Transaction
from content.villages import Village
from sms import contacts, reading, templates
from sms import words as table
from sms.contacts import OnFile
from sms.inbox_tables import senders
from sms.settings import SmsSettings
from sms.templates import Language

RATING_DAYS = 7

# Made once: making a statement takes longer than running it.
_SAID = sa.select(senders).where(senders.c.sender.in_(sa.bindparam("senders", expanding=True)))


@dataclass(frozen=True)
class Asker:
    """own_cases: those that have this number on file; to_rate: the newest closed within seven days and not rated;
    to_rate_again: one whose bad rating has been put right since, and which may be rated once more."""

    own_cases: tuple[str, ...]
    to_rate: str
    to_rate_again: str
    village: Village | None

    @property
    def village_code(self) -> str:
        return self.village.code if self.village else ""


def find(
    connection: sa.Connection, node: Node, listed: Sequence[Village], fingerprints: Sequence[str], now: str
) -> dict[str, Asker]:
    """What is known of each of these senders. listed: the villages that this node has."""
    db, on_file = node.views.read(), contacts.on_file(connection, fingerprints)
    meant = _villages_of(connection, node, listed, on_file)
    found = {}
    for sender, held in on_file.items():
        own = tuple(one.case_no for one in held)
        theirs = [case for number in own if (case := cases.get(db, number))]
        found[sender] = Asker(own, _to_rate(theirs, now), _to_rate_again(db, theirs, now), meant[sender])
    return found


def named_village(listed: Sequence[Village], text: str) -> Village | None:
    """The one village that the text names; where two have the same name, the town must be named too."""
    plain = unicodedata.normalize("NFKC", text)
    found = [village for village in listed if village.name in plain]
    if len(found) > 1:
        found = [village for village in found if village.town in plain]
    return found[0] if len(found) == 1 else None


def is_only_named(village: Village, text: str) -> bool:
    """Whether the text says nothing but which village the sender means: "柳河村", "我是柳河镇柳河村的。"."""
    said = re.sub(r"\W", "", unicodedata.normalize("NFKC", text))
    town, name = re.escape(village.town), re.escape(village.name)
    return re.fullmatch(f"我?(是|在)?({town})?{name}(的|人|里)*", said) is not None


def remember_village(transaction: Transaction, sender: str, village: Village) -> None:
    """The sender has said which village they mean: ask no more."""
    transaction.execute(sa.delete(senders).where(senders.c.sender == sender))
    transaction.execute(sa.insert(senders), {"sender": sender, "village": village.code})


def language_of(text: str) -> Language:
    """English when a command word is English and nothing is Chinese."""
    words = reading.read(text)
    has_english = any(token.isalpha() and token in table.ENGLISH_COMMANDS for token in words.latin_words)
    return "en" if has_english and words.compact.isascii() else "zh"


def has_private_number(text: str) -> bool:
    """Whether the text holds an ID or bank card number."""
    return reading.has_private_number(reading.read(text).text)


def signature(db: Database, village: Village | None, settings: SmsSettings) -> str:
    """What an answer about this village is signed with: the setting, the village, else the county."""
    if name := settings.signature or (village.name if village else ""):
        return templates.signed_by(name)
    county = villages.get_county(db)
    return templates.signed_by(county.name if county else "乡亭")


def _villages_of(
    connection: sa.Connection, node: Node, listed: Sequence[Village], on_file: Mapping[str, Sequence[OnFile]]
) -> dict[str, Village | None]:
    """For each sender the only village there is, the one they have named, or the one that has their cases."""
    by_code = {village.code: village for village in listed}
    if not node.is_county or len(listed) == 1:
        only = listed[0] if node.is_county else by_code.get(node.config.code)
        return dict.fromkeys(on_file, only)
    said = {row.sender: row.village for row in connection.execute(_SAID, {"senders": list(on_file)})}
    found: dict[str, Village | None] = {}
    for sender, held in on_file.items():
        codes = {said[sender]} if sender in said else {one.village for one in held}
        found[sender] = by_code.get(codes.pop()) if len(codes) == 1 else None
    return found


def _to_rate(theirs: Sequence[Case], now: str) -> str:
    oldest = (local_date(from_text(now)) - timedelta(days=RATING_DAYS)).isoformat()
    ended = [case for case in theirs if case.state in (CLOSED, COLLECTED)]
    waiting = [case for case in ended if not case.status.rating and case.status.closed_on >= oldest]
    return max(waiting, key=lambda case: case.status.closed_on).case_no if waiting else ""


def _to_rate_again(db: Database, theirs: Sequence[Case], now: str) -> str:
    today = local_date(from_text(now))
    rated = (case for case in theirs if case.status.rating)
    return next(
        (one.case_no for one in rated if ratings.may_rate_again(db, one.village, one.case_no, today=today)),
        "",
    )
