"""The one thread that moves texts: news from the record, answers, sending, reports, expiry; what each means is elsewhere."""

import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from content.clock import later, to_text
from content.errors import XiangtingError
from content.node import Node
from sms.gateway import Gateway
from sms.inbox import Inbox
from sms.invitations import Inviter
from sms.notify import Notifier
from sms.outbox import Outbox

log = logging.getLogger(__name__)

TICK_S = 1.0
FORGET_HOURS = 6
INVITE_HOURS = 1


@dataclass
class Worker:
    """Wakes every second, or at once when nudged. The first of `gateways` sends, the others help it out."""

    node: Node
    notifier: Notifier
    inbox: Inbox
    outbox: Outbox
    gateways: tuple[Gateway, ...]
    inviter: Inviter | None = None
    _wake: threading.Event = field(default_factory=threading.Event, repr=False)
    _stopping: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)
    _forget_at: str = ""
    _invite_at: str = ""

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="sms", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step under way; returns when the thread has ended."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def nudge(self) -> None:
        """Something came: do not wait for the second."""
        self._wake.set()

    def run_once(self) -> None:
        """One round. A step that fails is logged and does not keep back the others."""
        now = to_text(self.node.clock())
        for gateway in self.gateways:
            self._step("poll", functools.partial(self._poll, gateway, now))
        self._step("news", self.notifier.catch_up)
        if self.inviter and now >= self._invite_at:
            self._invite_at = later(now, hours=INVITE_HOURS)
            self._step("invitations", functools.partial(self.inviter.invite, now))
        self._step("answers", lambda: _until_none(lambda: self.inbox.answer_due(now), self._stopping))
        self._step("expiry", lambda: self.outbox.expire(now))
        for gateway in self.gateways:
            self._step("unknown", functools.partial(self.outbox.settle_unknown, gateway, now))
        self._step("sending", lambda: self._send_all(now))
        if now >= self._forget_at:
            self._forget_at = later(now, hours=FORGET_HOURS)
            self._step("retention", lambda: self.outbox.forget(now))
            self._step("retention", lambda: self.inbox.forget(now))

    def _send_all(self, now: str) -> None:
        """Where the first needs help the others go before it, and take only what was handed to nobody."""
        first, *helpers = self.gateways
        if not (helpers and self.outbox.needs_help(first.name, now)):
            helpers = []
        for gateway in (*helpers, first):
            _until_none(functools.partial(self._send, gateway, now), self._stopping)

    def _send(self, gateway: Gateway, now: str) -> int:
        """Answers to texts that come while a long list is being sent go before the rest of it."""
        self.inbox.answer_due(now)
        return self.outbox.send_due(gateway, now)

    def _poll(self, gateway: Gateway, now: str) -> None:
        polled = gateway.poll(now)
        if polled.received:
            self.inbox.receive_all(polled.received, gateway.name)
        if polled.reports:
            self.outbox.report(polled.reports, now)
        gateway.kept(polled)

    def _step(self, name: str, step: Callable[[], object]) -> None:
        try:
            step()
        except XiangtingError as exc:
            log.warning("sms %s: %s (%s)", name, exc, exc.code)
        except Exception:
            log.exception("sms %s failed, the next round tries again", name)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self.run_once()
            self._wake.wait(TICK_S)


def _until_none(step: Callable[[], int], stopping: threading.Event) -> None:
    while not stopping.is_set() and step():
        pass
