"""When a village syncs: every few minutes in its own slot, sooner after local news, later after failures."""

import hashlib
import logging
import random
import threading
from collections.abc import Callable

from content.errors import XiangtingError
from sync.journal import Exchange

log = logging.getLogger(__name__)

NUDGE_DELAY_S = 2.0  # several events of one publication travel together
LONGEST_BACKOFF_S = 3600.0


class Schedule:
    """One thread that calls `sync` now and then. It ends with the process or with `stop`."""

    def __init__(self, sync: Callable[[], Exchange], *, every_s: float, device_key: bytes) -> None:
        self._sync, self._every_s = sync, every_s
        self._first_s = slot_s(device_key, every_s)
        self._failures = 0
        self._is_stopped = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """Something was published or filed here: sync soon, whatever the clock says."""
        self._wake.set()

    def stop(self) -> None:
        """End after the exchange that is under way."""
        self._is_stopped = True
        self._wake.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        wait_s = min(self._first_s, NUDGE_DELAY_S)
        while not self._is_stopped:
            if self._wake.wait(wait_s) and not self._is_stopped:
                self._wake.clear()
                threading.Event().wait(NUDGE_DELAY_S)
            if self._is_stopped:
                return
            wait_s = self._once()

    def _once(self) -> float:
        """Sync, and how long to wait until the next time."""
        try:
            is_fine = self._sync().outcome != "failed"
        except (XiangtingError, OSError):
            log.exception("sync failed")
            is_fine = False
        self._failures = 0 if is_fine else self._failures + 1
        return self._every_s if is_fine else backoff_s(self._failures, self._every_s)


def slot_s(device_key: bytes, every_s: float) -> float:
    """A device's place within the interval, from its key: a thousand villages then do not come back in one second."""
    share = int.from_bytes(hashlib.sha256(device_key).digest()[:4], "big") / 2**32
    return share * every_s


def backoff_s(failures: int, every_s: float, draw: Callable[[], float] = random.random) -> float:
    """Full jitter: anything up to the interval doubled with every failure, an hour at most."""
    return draw() * min(every_s * 2**failures, LONGEST_BACKOFF_S)
