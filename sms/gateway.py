"""What every gateway does: hand over one text, list what it has, give what came in; the gateways are in gateways/."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from content.errors import GatewayError

Kind = Literal["safe", "pause", "ambiguous", "stopped", "bad_number", "opted_out", "refused"]
Cause = Literal["", "later", "bad_number", "opted_out", "refused"]
HandedState = Literal["accepted", "sent", "delivered", "undelivered", "failed"]


class HandOverError(GatewayError):
    """A text was not accepted, or nobody knows whether it was.

    kind: "safe" (surely not sent: try again), "pause" (too fast: wait retry_after_s), "ambiguous" (it may have been
    sent), "stopped" (nothing goes through until staff act), "bad_number", "opted_out", "refused" (this text, for good).
    """

    def __init__(self, message: str, kind: Kind, *, provider_code: str = "", retry_after_s: int = 60) -> None:
        super().__init__(message, is_retryable=kind in ("safe", "pause"))
        self.kind, self.provider_code, self.retry_after_s = kind, provider_code, retry_after_s


@dataclass(frozen=True)
class Outgoing:
    """A text to hand over. attempt: our id, comes back in reports; valid_s: drop it when it is older (1..36000)."""

    attempt: str
    to: str
    text: str
    valid_s: int
    template: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What the provider calls a text that it took."""

    provider_id: str
    state: HandedState = "accepted"


@dataclass(frozen=True)
class Report:
    """What became of a text. attempt: our id where the provider gives it back, else "".

    code: the provider's; cause: what the code means for us ("later": try again another day).
    """

    provider_id: str
    state: HandedState
    code: str = ""
    cause: Cause = ""
    attempt: str = ""


@dataclass(frozen=True)
class Received:
    """A text that came in. provider_id: the same again for a repeat."""

    provider_id: str
    sender: str
    to: str
    text: str


@dataclass(frozen=True)
class Listed:
    """A text as the provider's list shows it. at: when it took it, UTC text."""

    report: Report
    to: str
    text: str
    at: str


@dataclass(frozen=True)
class Polled:
    """What a gateway found when it looked: news of what was sent, and texts that came in."""

    reports: tuple[Report, ...] = ()
    received: tuple[Received, ...] = ()


@dataclass(frozen=True)
class Health:
    """How a gateway is, for staff. seen_at: when it last showed itself, UTC text; "" and None: it cannot say.

    signal and battery in percent; credit as the provider writes it.
    """

    seen_at: str = ""
    signal: int | None = None
    battery: int | None = None
    credit: str = ""


class Gateway(Protocol):
    """One way out, and in. `name` is kept beside each text, so it must not change."""

    @property
    def name(self) -> str: ...

    def send(self, outgoing: Outgoing) -> Sent:
        """Hand over one text. Raises HandOverError."""
        ...

    def find(self, to: str, since: str) -> list[Listed]:
        """What the provider took for this number since then. Raises HandOverError when it cannot be asked."""
        ...

    def poll(self, now: str) -> Polled:
        """What has come and was not kept yet. Raises HandOverError when it cannot be asked."""
        ...

    def kept(self, polled: Polled) -> None:
        """All of this has been saved: do not tell it again. What was not kept is told at the next look."""
        ...

    def health(self) -> Health:
        """How it is, as far as it knows without asking far away; never raises."""
        ...
