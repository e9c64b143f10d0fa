"""The thread that makes the sound of published texts before anybody asks for it; it never holds up a page.

Its queue is what is published and has no sound yet, so a restart loses nothing.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from content.errors import XiangtingError
from content.speech import Passage, Speech

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
ASKED_MOST = 50


class Speaker:
    """Makes sounds one after the other: what a reader waits for first, then what is published."""

    def __init__(self, speech: Speech, generation: Callable[[], int]) -> None:
        """generation: changes whenever something may have been published."""
        self._speech, self._generation = speech, generation
        self._asked: deque[Passage] = deque(maxlen=ASKED_MOST)
        self._failed: set[Passage] = set()
        self._is_over, self._wake = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def find(self, passage: Passage) -> str:
        """The file name of a passage's sound, "" when it has not been made."""
        return self._speech.find(passage)

    def path(self, name: str) -> Path | None:
        """Where a sound is, None for a name that is none."""
        return self._speech.path(name)

    def ask(self, passage: Passage) -> bool:
        """Have this one made next; False when it was tried and cannot be made."""
        if passage in self._failed:
            return False
        if passage not in self._asked:
            self._asked.append(passage)
        self._wake.set()
        return True

    def start(self, published: Callable[[], Iterable[Passage]] = tuple) -> None:
        """Begin. published: what is in force now; nothing where sounds are made only when asked for."""
        self._thread = threading.Thread(target=self._work, args=(published,), name="speaker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the sound under way."""
        self._is_over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _work(self, published: Callable[[], Iterable[Passage]]) -> None:
        seen = -1
        while not self._is_over.is_set():
            try:
                self._make_asked()
                if (now := self._generation()) != seen:
                    self._make_published(published)
                    seen = now
            except Exception:
                log.exception("sounds could not be made")  # reading aloud stops, everything else goes on
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()

    def _make_published(self, published: Callable[[], Iterable[Passage]]) -> None:
        wanted = list(published())
        for passage in wanted:
            self._make_asked()
            if self._is_over.is_set():
                return
            self._make(passage)
        if wanted:
            self._speech.forget_except(wanted)

    def _make_asked(self) -> None:
        while self._asked and not self._is_over.is_set():
            self._make(self._asked[0])
            self._asked.popleft()

    def _make(self, passage: Passage) -> None:
        if passage in self._failed:
            return
        try:
            self._speech.make(passage)
        except XiangtingError as exc:
            log.warning("no sound: %s", exc)
            self._failed.add(passage)
