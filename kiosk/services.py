"""What the web pages are given by run.py: the node and the parts around it; nothing here is looked up or started."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from content.drafts import Drafts
from content.node import Node
from content.sessions import Sessions


class SyncState(Protocol):
    """What pages show of sync; at a county there is none."""

    def last_success(self) -> str:
        """When both sides were last level, UTC text, "" if never."""
        ...


def _do_nothing() -> None:
    """A county has nobody to sync to."""


@dataclass(frozen=True)
class Services:
    """The wiring of one web application.

    nudge: called after something was published or filed, so that it travels soon; secret: signs the cookies;
    sms_number: where villagers text to, "" when there is no SMS.
    """

    node: Node
    sessions: Sessions
    drafts: Drafts
    secret: str
    sync_state: SyncState | None = None
    nudge: Callable[[], None] = _do_nothing
    sms_number: str = ""
    is_secure: bool = False
