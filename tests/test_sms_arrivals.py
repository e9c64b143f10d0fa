"""The door of the inbox: many webhooks at once, few commits, and nobody is told "saved" before it is."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sms_places import OWN_NUMBER, Hub, make_hub

from content.record.store import Record, Transaction
from sms.arrivals import Arrivals
from sms.gateway import Received
from sms.inbox_tables import inbox
from sms.settings import SmsSettings


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


def _text(number: int, sid: str = "") -> Received:
    return Received(sid or f"SM{number}", f"+86139{number:08d}", OWN_NUMBER, "帮助")


def _saved(hub: Hub) -> list[str]:
    with hub.county.record.read() as connection:
        return sorted(connection.execute(sa.select(inbox.c.provider_id)).scalars())


class Door:
    """Holds the first commit until `others` callers stand in line, and may let it fail."""

    def __init__(self, record: Record, monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> None:
        self.opened, self.commits = threading.Event(), 0
        write = record.write

        @contextmanager
        def slow() -> Iterator[Transaction]:
            self.commits += 1
            is_first = self.commits == 1
            with write() as transaction:
                yield transaction
                if is_first:
                    assert self.opened.wait(10)
                    if fails:
                        raise OSError("disk full")

        monkeypatch.setattr(record, "write", slow)

    def let_in(self, arrivals: Arrivals, texts: list[Received]) -> list[object]:
        """The first text takes the door, the others come while it writes; what each caller is told."""
        with ThreadPoolExecutor(len(texts)) as callers:
            first = callers.submit(arrivals.save, texts[:1], "twilio")
            while not self.commits:
                pass
            rest = [callers.submit(arrivals.save, [text], "twilio") for text in texts[1:]]
            while len(arrivals._waiting) < len(rest):
                pass
            self.opened.set()
            return [call.exception() or call.result() for call in (first, *rest)]


def test_texts_that_come_while_one_is_written_share_the_next_commit(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(hub.county.record, monkeypatch)

    told = door.let_in(Arrivals(hub.county.record, SmsSettings()), [_text(number) for number in range(8)])

    assert told == [1] * 8
    assert door.commits == 2
    assert len(_saved(hub)) == 8


def test_one_text_told_by_several_callers_at_once_is_new_for_one(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(hub.county.record, monkeypatch)

    told = door.let_in(Arrivals(hub.county.record, SmsSettings()), [_text(1, "SM1") for _ in range(5)])

    assert sum(int(str(one)) for one in told) == 1
    assert _saved(hub) == ["SM1"]


def test_a_commit_that_fails_is_told_to_its_caller_and_the_others_are_saved(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(hub.county.record, monkeypatch, fails=True)

    told = door.let_in(Arrivals(hub.county.record, SmsSettings()), [_text(number) for number in range(4)])

    assert isinstance(told[0], OSError)
    assert told[1:] == [1, 1, 1]
    assert _saved(hub) == ["SM1", "SM2", "SM3"]


def test_who_shared_a_commit_that_failed_writes_again_and_is_not_told_a_lie(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrivals = Arrivals(hub.county.record, SmsSettings())
    door = Door(hub.county.record, monkeypatch)
    written = arrivals._write

    def fail_once(together: list) -> None:
        if len(together) > 1:
            monkeypatch.setattr(arrivals, "_write", written)
            raise OSError("disk full")
        written(together)

    monkeypatch.setattr(arrivals, "_write", fail_once)
    told = door.let_in(arrivals, [_text(number) for number in range(4)])

    refused = [one for one in told if isinstance(one, OSError)]
    assert len(refused) == 1
    assert len(_saved(hub)) == 3
