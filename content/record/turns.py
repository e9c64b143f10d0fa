"""Lets the threads of one process write one after another, in the order they came; other processes wait at the database."""

import contextlib
import threading
from collections import deque
from collections.abc import Iterator

from content.errors import RecordError

LONGEST_WAIT_S = 30.0


class Turns:
    """A queue at one door. SQLite has none: who finds it locked sleeps and tries again, and a thread that writes again and
    again keeps all others out until they give up."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, and give it on when the block ends. RecordError after half a minute."""
        ticket = threading.Lock()
        ticket.acquire()
        with self._guard:
            self._queue.append(ticket)
            if self._queue[0] is ticket:
                ticket.release()
        if not ticket.acquire(timeout=LONGEST_WAIT_S):
            self._leave(ticket)
        try:
            yield
        finally:
            with self._guard:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].release()

    def _leave(self, ticket: threading.Lock) -> None:
        """Give up waiting, unless the turn has come just now."""
        with self._guard:
            if self._queue[0] is ticket:
                return
            self._queue.remove(ticket)
        raise RecordError("数据库一直忙，没有写成，请再试一次。", code="busy")
