"""The rounds of a node: every step is taken, one that fails keeps back none, and only news is settled."""

import threading

from content.errors import XiangtingError
from content.rounds import Rounds


def test_a_step_that_fails_does_not_keep_back_the_next() -> None:
    done: list[str] = []

    def fails() -> int:
        raise XiangtingError("没有成功", code="no")

    def breaks() -> int:
        raise KeyError("bug")

    def works() -> int:
        done.append("worked")
        return 2

    written = Rounds([fails, breaks, works], settle=lambda: done.append("settled")).go_once()

    assert (written, done) == (2, ["worked", "settled"])


def test_a_round_without_news_wakes_nobody() -> None:
    settled: list[str] = []

    assert Rounds([lambda: 0], settle=lambda: settled.append("settled")).go_once() == 0
    assert settled == []


def test_the_first_round_begins_at_once_and_stop_ends_the_thread() -> None:
    seen, others = threading.Event(), set(threading.enumerate())
    rounds = Rounds([lambda: bool(seen.set())], settle=lambda: None)

    rounds.start()

    assert seen.wait(10)
    rounds.stop()
    assert not [thread for thread in set(threading.enumerate()) - others if thread.name == "rounds"]
