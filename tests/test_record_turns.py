"""Writers of one process take turns, so that a busy one cannot keep the others out."""

import threading
import time

import pytest

from content.errors import RecordError
from content.record import turns
from content.record.turns import Turns


def test_a_writer_that_comes_again_and_again_keeps_nobody_out() -> None:
    door, is_over, waits = Turns(), threading.Event(), []

    def hog() -> None:
        while not is_over.is_set():
            with door.turn():
                time.sleep(0.002)

    thread = threading.Thread(target=hog)
    thread.start()
    for _ in range(20):
        begun = time.monotonic()
        with door.turn():
            waits.append(time.monotonic() - begun)
    is_over.set()
    thread.join()

    assert max(waits) < 1


def test_an_error_inside_gives_the_turn_on() -> None:
    door = Turns()

    with pytest.raises(KeyError), door.turn():
        raise KeyError

    with door.turn():
        pass


def test_who_waits_too_long_is_told_so_and_blocks_nobody_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 0.01)
    door = Turns()

    with door.turn(), pytest.raises(RecordError, match="一直忙"), door.turn():
        pass

    with door.turn():
        pass
