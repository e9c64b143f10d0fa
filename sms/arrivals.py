"""Saves the texts that come in, once each; those that arrive together share one commit, and none is acknowledged before."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from content import codes
from content.clock import to_text
from content.record.store import Record
from sms.gateway import Received
from sms.inbox_tables import inbox
from sms.numbers import canonical, is_person
from sms.settings import SmsSettings

# Made once: making a statement takes longer than running it.
_KNOWN = sa.select(inbox.c.gateway, inbox.c.provider_id).where(
    inbox.c.provider_id.in_(sa.bindparam("provider_ids", expanding=True))
)
_SAVED = sa.insert(inbox)


@dataclass
class _Delivery:
    """What one caller brings. new: how many of them were new, once they are saved."""

    rows: list[dict[str, Any]]
    is_saved: bool = False
    new: int = 0


class Arrivals:
    """The door of the inbox, for as many threads as there are webhooks."""

    def __init__(self, record: Record, settings: SmsSettings) -> None:
        self._record, self._settings = record, settings
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._waiting: list[_Delivery] = []
        self._newest = 0  # the arrival that was given last

    def save(self, received: Iterable[Received], gateway: str) -> int:
        """Save texts, those that are here already left out; how many were new. They are durable when this returns.

        Who gets to write writes for all that wait; the others find theirs saved when their turn comes, and write
        themselves when that has failed.
        """
        mine = _Delivery([self._new_row(one, gateway) for one in received])
        if not mine.rows:
            return 0
        with self._guard:
            self._waiting.append(mine)
        with self._writing:
            if not mine.is_saved:
                with self._guard:
                    others = [delivery for delivery in self._waiting if delivery is not mine]
                    self._waiting = []
                self._write([mine, *others])
        return mine.new

    def _write(self, together: list[_Delivery]) -> None:
        provider_ids = [row["provider_id"] for delivery in together for row in delivery.rows]
        fresh: list[list[dict[str, Any]]] = []
        with self._record.write() as transaction:
            known = set(map(tuple, transaction.execute(_KNOWN, {"provider_ids": provider_ids})))
            for delivery in together:
                new = {_key(row): row for row in delivery.rows if _key(row) not in known}
                known |= new.keys()
                fresh.append(list(new.values()))
            if rows := [row for new_rows in fresh for row in new_rows]:
                transaction.execute(_SAVED, rows)
        for delivery, new_rows in zip(together, fresh, strict=True):
            delivery.is_saved, delivery.new = True, len(new_rows)

    def _new_row(self, received: Received, gateway: str) -> dict[str, Any]:
        now, keys = self._record.clock(), self._record.keys
        number = canonical(received.sender) or received.sender
        is_silent = not is_person(received.sender, self._settings.own_number, self._settings.second_number)
        return {
            "id": codes.new_code(),
            "gateway": gateway,
            "provider_id": received.provider_id,
            "sender": keys.fingerprint("phone", number),
            "words": keys.fingerprint("sms_text", received.text),
            "received_at": to_text(now),
            "arrival": self._next_arrival(now),
            "state": "silent" if is_silent else "new",
            "why": "machine" if is_silent else "",
            "is_miss": False,
            "village": "",
            "hidden": keys.hide(msgspec.json.encode({"number": number, "text": received.text})),
        }

    def _next_arrival(self, now: datetime) -> int:
        """Of two texts in one moment the second is the later one."""
        with self._guard:
            self._newest = max(self._newest + 1, int(now.timestamp() * 1_000_000))
            return self._newest


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["gateway"], row["provider_id"]
