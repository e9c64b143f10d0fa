"""When a village syncs: soon after the start and after news, in its own slot, later and later while the hub is away."""

import threading
from collections.abc import Callable

import pytest

from sync import schedule
from sync.journal import Exchange
from sync.schedule import Schedule, backoff_s, slot_s


def test_a_thousand_villages_spread_over_the_interval() -> None:
    slots = sorted(slot_s(number.to_bytes(32, "big"), 300) for number in range(1000))

    assert 0 <= slots[0] < slots[-1] < 300
    busiest_second = max(sum(1 for slot in slots if second <= slot < second + 1) for second in range(300))
    assert busiest_second < 15


def test_a_device_keeps_its_slot() -> None:
    assert slot_s(b"device" * 4, 300) == slot_s(b"device" * 4, 300)


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 600), (2, 1200), (3, 2400), (4, 3600), (50, 3600)], ids=str
)
def test_waiting_doubles_with_each_failure_up_to_an_hour(failures: int, longest: float) -> None:
    assert backoff_s(failures, 300, draw=lambda: 1.0) == longest
    assert backoff_s(failures, 300, draw=lambda: 0.0) == 0


class Syncs:
    """A sync that counts its calls and lets a test wait for the next."""

    def __init__(self, outcome: str = "level", fault: Exception | None = None) -> None:
        self.outcome, self.fault, self.calls = outcome, fault, 0
        self.called = threading.Event()

    def __call__(self) -> Exchange:
        self.calls += 1
        self.called.set()
        if self.fault is not None:
            raise self.fault
        return Exchange("2026-11-02T01:00:00Z", self.outcome)

    def wait(self) -> bool:
        done = self.called.wait(5)
        self.called.clear()
        return done


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Callable[[Syncs], Schedule]:
    monkeypatch.setattr(schedule, "NUDGE_DELAY_S", 0.05)
    running: list[Schedule] = []

    def start(syncs: Syncs) -> Schedule:
        running.append(Schedule(syncs, every_s=3600, device_key=b"k" * 32))
        running[-1].start()
        return running[-1]

    return start


def test_village_syncs_soon_after_its_start_and_after_a_nudge(started: Callable[[Syncs], Schedule]) -> None:
    syncs = Syncs()
    running = started(syncs)
    assert syncs.wait()

    running.nudge()

    assert syncs.wait()
    running.stop()
    assert syncs.calls == 2


def test_fault_in_a_sync_does_not_end_the_schedule(started: Callable[[Syncs], Schedule]) -> None:
    syncs = Syncs(fault=OSError("disk full"))
    running = started(syncs)
    assert syncs.wait()
    syncs.fault = None

    running.nudge()

    assert syncs.wait()
    running.stop()


def test_stop_ends_the_thread(started: Callable[[Syncs], Schedule]) -> None:
    before = set(threading.enumerate())
    syncs = Syncs()
    running = started(syncs)
    syncs.wait()

    running.stop()

    assert set(threading.enumerate()) <= before
