"""The rounds of a node: one thread that looks every minute whether something has come due; what that is, the steps know."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from content.errors import XiangtingError

log = logging.getLogger(__name__)

EVERY_S = 60.0

# A step looks once and says how many events it has written.
Step = Callable[[], int]


@dataclass
class Rounds:
    """Calls each step in turn. settle: called after a round in which something was written."""

    steps: Sequence[Step]
    settle: Callable[[], None]
    _stopping: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin in a thread of its own, with a round at once."""
        self._thread = threading.Thread(target=self._run, name="rounds", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round under way; returns when the thread has ended."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def go_once(self) -> int:
        """One round; how many events were written. A step that fails does not keep back the others."""
        written = sum(self._try(step) for step in self.steps)
        if written:
            self.settle()
        return written

    def _try(self, step: Step) -> int:
        try:
            return step()
        except XiangtingError as exc:
            log.warning("rounds: %s (%s)", exc, exc.code)
        except Exception:
            log.exception("a step of the rounds failed, the next round tries again")
        return 0

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.go_once()
            self._stopping.wait(EVERY_S)
