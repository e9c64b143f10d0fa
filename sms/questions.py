"""A text that was understood, and its reply: what replies.py and case_replies.py go by; nothing is decided here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlite_utils import Database

from content.record.keys import NodeKeys
from content.villages import Village
from sms import templates
from sms.commands import Understood
from sms.templates import Language, Wording


@dataclass(frozen=True)
class Question:
    """A text that was understood, and what is known of its sender.

    has_private_number: it held an ID or card number; village: which one it is about, None when nobody knows; own_cases: the
    cases and the feedback that have the sender's number on file;
    to_rate: the newest of them that waits for a rating; to_rate_again: one that was put right and may be rated once more; keys: this node's, for an answer that is sealed to it; choices: what the digits of the last answer stand for; offered: the sections of notices asked for at the kiosk that wait for a yes.
    """

    understood: Understood
    signature: str
    language: Language
    today: date
    village: Village | None
    own_cases: tuple[str, ...] = ()
    to_rate: str = ""
    to_rate_again: str = ""
    choices: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    has_private_number: bool = False
    is_county: bool = True
    keys: NodeKeys | None = field(default=None, repr=False)

    @property
    def phone(self) -> str:
        """Whom to call: the village's office."""
        return self.village.office_phone if self.village and self.village.office_phone else "咨询"

    def slot(self, name: str) -> str:
        """A slot as text, "" when it was not said."""
        return str(self.understood.slots.get(name, ""))

    def say(self, key: str, **parameters: str) -> Wording:
        """A template in the question's language, signed."""
        return templates.word(key, parameters, signature=self.signature, language=self.language)


@dataclass(frozen=True)
class Reply:
    """The answer. choices: what digits stand for now; owner_of: the case whose number on file gets `to_owner`.

    effect: what the inbox writes beside it ("stop", "stop:<section>", "start", "accept", "subscribe:<section>", "complaint", "lead:<guide>"); rates: (case, score).
    """

    wording: Wording
    choices: tuple[str, ...] = ()
    owner_of: str = ""
    to_owner: Wording | None = None
    effect: str = ""
    rates: tuple[str, int] | None = None
    is_miss: bool = False
    needs_village: bool = False

    @property
    def is_filed(self) -> bool:
        """Whether it puts something into the record for somebody to answer or to call about."""
        return self.effect == "complaint" or self.effect.startswith("lead:")


Answerer = Callable[[Question, Database], Reply]


def plain(question: Question, key: str, **parameters: str) -> Reply:
    """A reply of one template, with the office's phone."""
    return Reply(question.say(key, phone=question.phone, **parameters))
