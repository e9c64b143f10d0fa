"""The power fails (kill -9) while a village drafts, signs and publishes: what was acknowledged stays, nothing comes twice."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests
from desk_village import PASSWORD, fields_of, make_desk
from nodes import VILLAGE
from soak import IS_SOAK

from content import notices
from content.drafts import Drafts
from content.node import Node, open_node, save_config
from content.record.verify import verify

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
CUTS = 40 if IS_SOAK else 3
STARTED_WITHIN_S = 30


@dataclass
class Told:
    """What the village has acknowledged. notices: mark -> "draft" | "submitted" | "published", as far as it was said;
    typed: mark -> the number of the last change that was said to be kept; began: marks that were sent at all."""

    notices: dict[str, str] = field(default_factory=dict)
    typed: dict[str, int] = field(default_factory=dict)
    began: list[str] = field(default_factory=list)


class Worker:
    """Somebody at the desk over real HTTP; every answer that is no success ends their day."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._session = url, requests.Session()
        self.send("/sign-in", name=name, password=PASSWORD)

    def page(self, address: str) -> dict[str, str]:
        answer = self._session.get(self._url + address, timeout=20)
        answer.raise_for_status()
        return fields_of(answer.text)

    def send(self, form: str, to: str = "", **fields: str) -> str:
        """Fill in a form and send it; where it leads."""
        body = {**self.page(form), **fields}
        answer = self._session.post(self._url + (to or form), data=body, timeout=20, allow_redirects=False)
        assert answer.status_code in (200, 303), answer.text
        return answer.headers.get("Location", "")

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A village that has its county's words but is not enrolled, so that nothing looks for a network."""
    with make_desk(tmp_path) as desk:
        save_config(desk.village.home, replace(desk.village.config, hub_url=""))
    return tmp_path / VILLAGE


@contextlib.contextmanager
def running(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The village as a process of its own; it is killed at the end as a power cut would."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "import run; run.main()", "village", "--home", home, "--port", port]
    settings = {"XIANGTING_SPEECH_COMMAND": "", "XIANGTING_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, env={**os.environ, **settings})
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until(lambda: _answers(url), process)
        yield process, url
    finally:
        process.kill()
        process.wait()


def _wait_until(is_ready: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTED_WITHIN_S
    while not is_ready():
        assert process.poll() is None, "the village did not start"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _answers(url: str) -> bool:
    with contextlib.suppress(requests.RequestException), requests.get(url, timeout=5) as answer:
        return answer.ok
    return False


def _work(agent: Worker, committee: Worker, told: Told, round_no: int) -> None:
    """Notice after notice, drafted, changed, sent and signed, until the power fails."""
    for number in range(1000):
        mark = f"第{round_no}轮第{number}件"
        told.began.append(mark)
        draft = agent.send("/desk/notices/new", item="V4", text=f"{mark}\n\n正文。").rsplit("/", 1)[1]
        told.notices[mark], told.typed[mark] = "draft", 0
        for change in range(1, 3):
            agent.send(f"/desk/notices/{draft}", issuer=f"发布单位{change}")
            told.typed[mark] = change
        agent.send(f"/desk/notices/{draft}", action="submit")
        told.notices[mark] = "submitted"
        page = f"/desk/review/{draft}"
        committee.send(page, page + "/sign", opinion="同意公开", password=PASSWORD)
        told.notices[mark] = "published"


def _work_until_dark(url: str, told: Told, round_no: int) -> None:
    agent, committee = Worker(url, "zhou"), Worker(url, "wu")
    with (
        contextlib.closing(agent),
        contextlib.closing(committee),
        contextlib.suppress(requests.RequestException),
    ):
        _work(agent, committee, told, round_no)


def _one_day(home: Path, told: Told, round_no: int, more_s: float) -> None:
    """Work until something is published, and a power cut `more_s` seconds after that."""
    with running(home) as (process, url):
        worker = threading.Thread(target=_work_until_dark, args=(url, told, round_no))
        worker.start()
        first = f"第{round_no}轮第0件"
        _wait_until(lambda: told.notices.get(first) == "published" or not worker.is_alive(), process)
        time.sleep(more_s)
        process.kill()
        worker.join()


def _check(node: Node, told: Told) -> None:
    published = [line.title for line in notices.page(node.views.read(), VILLAGE, size=10_000).lines]
    drafts = {draft.title: draft for draft in Drafts(node.record).all_open()}
    for mark, state in told.notices.items():
        times, draft = published.count(mark), drafts.get(mark)
        assert times == 1 if state == "published" else times <= 1, mark
        assert (draft is None) is (times == 1), mark
        if draft is not None:
            assert draft.state == "submitted" if state == "submitted" else True, mark
            assert draft.data["issuer"] >= f"发布单位{told.typed[mark]}" or told.typed[mark] == 0, mark
    assert all(published.count(mark) <= 1 for mark in told.began)
    assert list(verify(node.record)) == []
    assert node.views.set_aside() == []


def test_power_cut_loses_nothing_acknowledged_and_publishes_nothing_twice(home: Path) -> None:
    told, chance = Told(), random.Random(CUTS)
    for round_no in range(CUTS):
        _one_day(home, told, round_no, more_s=chance.uniform(0.0, 0.8))

        node = open_node(home)
        _check(node, told)
        before = node.views.digest()
        node.views.rebuild()
        assert node.views.digest() == before
        node.close()

    assert list(told.notices.values()).count("published") >= CUTS
