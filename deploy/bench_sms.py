"""Measures the text messages: how many questions a second are saved, answered and handed over, and how soon.

Twilio and the network are left out: the provider here takes a text at once, as a list in memory.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

from content.node import Node
from sms import commands
from sms.gateway import Health, Listed, Outgoing, Polled, Received, Sent
from sms.service import make_sms
from sms.settings import SmsSettings

TEXTS, PER_SECOND = 2_000, 200
BENCH_DAY = date(2026, 11, 23)
THREADS = 4  # the default of the setting `threads`
WORDS = ("帮助", "公告", "财务", "补贴", "办事", "CX Q7K2M9XFP", "还有吗", "低保怎么办")
# What a long text may be made of: each kind is the worst for another part of the reading.
LONG_UNITS = (
    "请问我家的补贴什么时候到账",
    "cha xun bu tie hello world ",
    "Q7K2 M9X ",
    "1 2-3 ",
    "，。",
    "a1 ",
    "9",
    "查",
    "【",
)


@dataclass
class TakesAll:
    """A provider that takes every text at once and notes when."""

    taken: dict[str, float] = field(default_factory=dict)  # number -> when it was answered
    name: str = "bench"

    def send(self, outgoing: Outgoing) -> Sent:
        self.taken[outgoing.to] = time.perf_counter()
        return Sent(f"bench-{outgoing.attempt}")

    def find(self, to: str, since: str) -> list[Listed]:
        return []

    def poll(self, now: str) -> Polled:
        return Polled()

    def kept(self, polled: Polled) -> None:
        """Nothing to delete."""

    def health(self) -> Health:
        return Health()


@dataclass(frozen=True)
class SmsFigures:
    """rate: texts answered a second; times: from arrival to hand-over, in seconds; cpu_ms: for each text."""

    rate: float
    times: list[float]
    cpu_ms: float


def measure(node: Node, *, count: int = TEXTS, per_second: int = PER_SECOND) -> SmsFigures:
    """Texts of as many numbers arrive at an even pace, through as many threads as webhooks have, while the worker answers."""
    provider = TakesAll()
    sms = make_sms(node, provider, SmsSettings())
    sms.worker.run_once()  # the record's whole past is read once, at the first start
    arrived: dict[str, float] = {}
    cpu_s, begun = time.process_time(), time.perf_counter()
    sms.worker.start()

    def arrive(received: Received) -> None:
        sms.inbox.receive(received, provider.name)
        sms.worker.nudge()

    with ThreadPoolExecutor(THREADS) as webhooks:
        for number, at in _arrivals(begun, count, per_second):
            arrived[number] = at
            words = WORDS[len(arrived) % len(WORDS)]
            webhooks.submit(arrive, Received(f"bench-{number}", number, "", words))
    deadline = time.monotonic() + 120
    while len(provider.taken) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    sms.worker.stop()
    wall_s = max(provider.taken.values()) - begun
    times = [at - arrived[number] for number, at in provider.taken.items()]
    return SmsFigures(len(times) / wall_s, times, (time.process_time() - cpu_s) / count * 1000)


def reading_times(chars: int) -> list[float]:
    """Seconds to read a text of `chars` characters, one for each of LONG_UNITS, the fastest of three tries."""
    return [min(_reading_s((unit * chars)[:chars]) for _ in range(3)) for unit in LONG_UNITS]


def _reading_s(text: str) -> float:
    begun = time.perf_counter()
    commands.understand(text, today=BENCH_DAY, awaiting_rating=True)
    return time.perf_counter() - begun


def _arrivals(begun: float, count: int, per_second: int) -> Iterator[tuple[str, float]]:
    """Each number and when its text was due: one that had to wait its turn has waited since then."""
    for place in range(count):
        due = begun + place / per_second
        time.sleep(max(0.0, due - time.perf_counter()))
        yield f"+86139{place:08d}", due
