"""A batch of texts that are being answered: what they are answered by, what each is answered, what is put down of it."""

from dataclasses import dataclass, field

from content.villages import Village
from sms import guards
from sms.askers import Asker
from sms.conversations import Conversation
from sms.outbox import NewMessage
from sms.questions import Question, Reply
from sms.templates import Wording


@dataclass(frozen=True)
class Inbound:
    """A saved text."""

    id: str
    sender: str
    number: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What an inbound text is answered, before it is written down. means: the village that its sender has just named;
    filed_as: the number of what it hands in."""

    inbound: Inbound
    question: Question
    reply: Reply
    conversation: Conversation
    means: Village | None = None
    filed_as: str = ""


@dataclass(frozen=True)
class Known:
    """What a batch of texts is answered by, asked once for all of it. listed: the villages of this node."""

    listed: list[Village]
    verdicts: dict[str, guards.Verdict]
    askers: dict[str, Asker]
    conversations: dict[str, Conversation]


@dataclass
class Written:
    """What a batch of answers puts down, in one statement of each kind."""

    replies: list[NewMessage] = field(default_factory=list)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    closed: list[dict[str, object]] = field(default_factory=list)
    missed: list[Inbound] = field(default_factory=list)

    def reply(self, inbound: Inbound, wording: Wording, village: str) -> None:
        message = NewMessage(
            event=f"in:{inbound.id}",
            to=inbound.number,
            kind="reply",
            template=wording.template,
            text=wording.text,
            parameters=wording.parameters,
            village=village,
        )
        self.replies.append(message)

    def close(
        self, inbound: Inbound, state: str, why: str, village: str = "", *, is_miss: bool = False
    ) -> None:
        values = {"text": inbound.id, "state": state, "why": why, "village": village, "is_miss": is_miss}
        self.closed.append(values)
