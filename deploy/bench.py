"""Measures the whole thing on this machine: pages, record, sync, start and memory; `run.py bench` prints the table.

Figures of one run stand beside each other (a page beside a bare Flask page on the same server), because a figure
alone says more about the machine than about the program. Everything is made in a temporary folder.
"""

import contextlib
import functools
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from content import demo, demo_people, notices, screening, search
from content.intake import excel_wire, upload
from content.node import Node, init, open_node
from content.notices import Notice
from content.publications import Review
from deploy import bench_sms
from sync.client import Client
from sync.enrol import Register, ask
from sync.journal import Exchange, Journal

NOTICES = 10_000
REVIEW = Review("wu", "吴桂花", "同意公开", "2026-11-02T01:00:00Z")
BARE_PAGE = """
import sys
from flask import Flask
from waitress import serve
app = Flask("bare")
app.get("/")(lambda: "村务公开" * 1000)
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=4)
"""


@dataclass(frozen=True)
class Row:
    """One line of the table. target: what the project promised, "" for none."""

    name: str
    figure: str
    target: str = ""


def run_bench(run_py: Path, *, count: int = NOTICES) -> Iterator[Row]:
    """Every measurement, as it is made."""
    with tempfile.TemporaryDirectory(prefix="xiangting-bench-") as folder:
        places = Path(folder)
        county_port, village_port, bare_port = _free_port(), _free_port(), _free_port()
        _make_county(places / "county", county_port)
        with _process(
            [str(run_py), "county", "--home", str(places / "county"), "--port", str(county_port)], county_port
        ) as county:
            village = _make_village(places / "village", places / "county", county_port)
            Client(village, Journal(village.record)).sync()
            yield from _append(village, count)
            yield from _sync(village, county.pid, count)
            yield from _search(village)
            yield _screening()
            yield _uploads()
            yield from _texts(village)
            village.close()
            command = [str(run_py), "village", "--home", str(places / "village"), "--port", str(village_port)]
            begun = time.perf_counter()
            with _process([*command, "--sync-every", "3600"], village_port) as server:
                yield Row("village: cold start", f"{time.perf_counter() - begun:.2f} s", "< 1.5 s")
                yield from _pages(village_port, bare_port, places / "village")
                yield Row("village: resident after the load", f"{_resident_mb(server.pid):.0f} MB", "< 90 MB")
                yield from _paints(village_port)


def _append(village: Node, count: int) -> Iterator[Row]:
    """Events a second in one commit, and one commit an event."""
    stream = village.record.own_stream("all")
    written = [_notice(number) for number in range(count)]
    begun = time.perf_counter()
    with village.record.write() as transaction:
        for notice in written[:-200]:
            notices.publish(transaction, stream, notice)
    batch_s = time.perf_counter() - begun
    begun = time.perf_counter()
    for notice in written[-200:]:
        with village.record.write() as transaction:
            notices.publish(transaction, stream, notice)
    single_s = time.perf_counter() - begun
    begun = time.perf_counter()
    village.views.catch_up()
    fold_s = time.perf_counter() - begun
    yield Row("record: append, one commit", f"{(count - 200) / batch_s:,.0f} events/s")
    yield Row("record: append, a commit each", f"{200 / single_s:,.0f} events/s")
    yield Row("views: fold notices", f"{count / fold_s:,.0f} events/s")


def _sync(village: Node, county_pid: int, count: int) -> Iterator[Row]:
    stream = village.record.own_stream("all")
    bodies = [len(entry.body or b"") for entry in village.record.entries(stream, 1, 201)]
    yield Row("sync: body of a record", f"{sum(bodies) // len(bodies)} B on average")
    client = Client(village, Journal(village.record))
    yield from _one_sync(client, f"sync: {count:,} records", county_pid, "< 3 s, < 1.3 MB")
    with village.record.write() as transaction:
        for number in range(20):
            notices.publish(transaction, stream, _notice(count + number))
    yield from _one_sync(client, "sync: 20 changed records", county_pid, "< 6 kB, 1 request")
    yield from _one_sync(client, "sync: nothing new", county_pid, "< 1.5 kB, 1 request")


def _one_sync(client: Client, name: str, county_pid: int, target: str) -> Iterator[Row]:
    own, county = _own_cpu_s(), _cpu_s(county_pid)
    begun = time.perf_counter()
    done: Exchange = client.sync()
    wall = time.perf_counter() - begun
    cpu = _own_cpu_s() - own + _cpu_s(county_pid) - county
    figure = (
        f"{wall:.2f} s wall, {cpu:.2f} s CPU on both sides, {done.bytes_up:,} B up, {done.bytes_down:,} B down, "
        f"{done.requests} requests, {done.outcome}"
    )
    yield Row(name, figure, target)


def _search(village: Node) -> Iterator[Row]:
    db = village.views.read()
    words = ["宅基地", "村", "低保", "公示七天", "zjd", "高龄津贴多少", "没有这个词", "2026"]
    times = [
        _timed(lambda word: search.find(db, word, village=village.config.code), word) for word in words * 40
    ]
    yield Row(
        "search: in the views",
        f"p50 {_percentile(times, 50):.2f} ms, p99 {_percentile(times, 99):.2f} ms",
        "p99 < 10 ms",
    )


def _screening() -> Row:
    """What the desk pays for each line of a file that it looks at for personal data."""
    lines = [_notice(number).document["blocks"][0]["text"] for number in range(200)]
    fastest = min(_timed(lambda texts: [screening.find(text) for text in texts], lines) for _ in range(5))
    return Row("screening: a line", f"{fastest / len(lines):.3f} ms", "< 0.2 ms")


def _uploads() -> Row:
    """How long an agent waits for a photo and for an account, each read in a process of its own."""
    files = [demo.DATA / "demo" / name for name in (demo.PHOTO_OF["N12"], next(iter(demo.STATEMENTS)))]
    photo, account = (_timed(upload.read, files[0]), _timed(_read_account, files[1]))
    return Row("upload: a photo, an account", f"{photo:.0f} ms, {account:.0f} ms", "< 1 s each")


def _read_account(path: Path) -> None:
    excel_wire.statement(path.read_bytes(), path.name)


def _texts(village: Node) -> Iterator[Row]:
    """Questions answered by a village with a SIM of its own: the same path as at the county."""
    figures = bench_sms.measure(village)
    waited = [seconds * 1000 for seconds in figures.times]
    yield Row("sms: questions answered", f"{figures.rate:.0f}/s of 200/s sent", ">= 200/s")
    yield Row(
        "sms: arrival to hand-over",
        f"p50 {_percentile(waited, 50):.0f} ms, p95 {_percentile(waited, 95):.0f} ms, {figures.cpu_ms:.1f} ms CPU each",
        "p95 < 1 s",
    )
    short, long = (max(bench_sms.reading_times(chars)) * 1000 for chars in (1_000, 16_000))
    yield Row(
        "sms: reading the worst text",
        f"{short:.1f} ms for 1,000 characters, {long:.0f} ms for 16,000",
        "< 100 ms; the long < 96 times the short",
    )


def _pages(port: int, bare_port: int, home: Path) -> Iterator[Row]:
    node = open_node(home)
    chosen = random.Random(1)
    codes = [
        line.id for line in notices.page(node.views.read(), demo_people.VILLAGE_CODE, size=NOTICES).lines
    ]
    node.close()
    details = [f"/notices/{code}" for code in chosen.sample(codes, min(500, len(codes)))]
    lists = [
        f"/open/{section}/notices?page={page}"
        for section in ("party", "village", "finance", "subsidy")
        for page in range(1, 40)
    ]
    words = ["宅基地", "村", "低保", "公示", "zjd", "医保", "道路", "合同"]
    searches = [f"/search?{urlencode({'q': word})}" for word in words]
    with _process(["-c", BARE_PAGE, str(bare_port)], bare_port):
        bare = _load(bare_port, ["/"], 3000)
    yield Row("bare Flask page of 12 kB", bare.words())
    for name, paths, target in (
        ("page: home", ["/"], ""),
        ("page: list", lists, ">= 3,000/s, p99 < 4 ms"),
        ("page: detail", details, ">= 3,000/s, p99 < 4 ms"),
        ("page: search", searches, "p99 < 10 ms"),
    ):
        first = _load(port, paths, len(paths))
        again = _load(port, paths, 3000)
        yield Row(f"{name}, first view", first.words())
        yield Row(f"{name}, unchanged", f"{again.words()}, {again.rate / bare.rate:.2f} x bare", target)


def _paints(port: int) -> Iterator[Row]:
    """How soon pages can be read; on a machine without a browser or its driver, a line that says so."""
    chromium = shutil.which("chromium")
    try:
        from deploy.bench_browser import SLOW_DOWN, paint_times_ms  # its driver is among the test packages
    except ImportError:
        chromium = None
    if chromium is None:
        yield Row("page: largest paint", "not measured: no Chromium, or `run.py test` was not run yet")
        return
    pages = {"home": "/", "list": "/open/village/notices", "detail": "/guides/QX-G06"}
    urls = [f"http://127.0.0.1:{port}{path}" for path in pages.values()]
    for name, times in zip(pages, paint_times_ms(chromium, urls), strict=True):
        figure = f"p50 {_percentile(times, 50):.0f} ms, best {min(times):.0f} ms"
        yield Row(f"page: largest paint, {name}", f"{figure}, CPU slowed {SLOW_DOWN} x", "<= 800 ms")


@dataclass(frozen=True)
class Load:
    """What a run of requests on one connection took; times in ms."""

    rate: float
    times: list[float]

    def words(self) -> str:
        return f"{self.rate:,.0f} requests/s, p50 {_percentile(self.times, 50):.2f} ms, p99 {_percentile(self.times, 99):.2f} ms"


def _load(port: int, paths: list[str], count: int) -> Load:
    """Requests one after another on one kept connection, over the paths in turn."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        times = []
        begun = time.perf_counter()
        for number in range(count):
            times.append(_timed(functools.partial(_get, connection), paths[number % len(paths)]))
        return Load(count / (time.perf_counter() - begun), times)


def _get(connection: socket.socket, path: str) -> bytes:
    """One GET over a kept connection. Raises RuntimeError for an answer other than 200."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{path}: {head[:60].decode()}")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return body


def _notice(number: int) -> Notice:
    """A notice of about 600 bytes in the words of the demonstration's notices, each one different."""
    chosen = random.Random(number)
    plain_notices = _demo_notices()
    plain = chosen.choice(plain_notices)
    sentences = [s for n in chosen.sample(plain_notices, 3) for s in n["body"].split("。") if s]
    body = (
        "。".join(chosen.sample(sentences, 3))[:70] + f"。本期第{number}号，经办{chosen.randint(1, 9999)}。"
    )
    title = f"{plain['title'][:16]}（{number}）"
    block = {"kind": "paragraph", "text": body, "level": None, "align": "left"}
    document = {
        "title": title,
        "issuer": plain["issuer"],
        "date": plain["date"],
        "blocks": [block],
        "images": [],
    }
    return Notice(plain["code"], title, document, plain["issuer"], "zhou", (REVIEW,))


@functools.cache
def _demo_notices() -> list[dict[str, Any]]:
    return demo.notices()


def _make_county(home: Path, port: int) -> None:
    init(home, kind="county", code=demo_people.COUNTY_CODE, name=demo_people.COUNTY_NAME)
    node = open_node(home)
    demo.load_county(node, portal_url=f"http://127.0.0.1:{port}")
    node.close()


def _make_village(home: Path, county_home: Path, county_port: int) -> Node:
    init(home, kind="village", code=demo_people.VILLAGE_CODE, name=demo_people.VILLAGE_NAME)
    village, county = open_node(home), open_node(county_home)
    register = Register(county.record)
    village, _ = ask(
        village, hub_url=f"http://127.0.0.1:{county_port}", code=register.invite(demo_people.VILLAGE_CODE)
    )
    register.set_state(village.keys.public_key.hex(), "active")
    county.close()
    return village


@contextlib.contextmanager
def _process(arguments: list[str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A Python process that has begun to listen, ended with the block."""
    with subprocess.Popen([sys.executable, *arguments], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield process
        finally:
            process.terminate()


def _wait_for(port: int, within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise RuntimeError(f"nothing listens on {port} after {within_s:.0f} s")


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _timed(work: Callable[[Any], object], what: Any) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    work(what)
    return (time.perf_counter() - begun) * 1000


def _percentile(times: list[float], percent: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _own_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _cpu_s(pid: int) -> float:
    """Seconds a process has computed (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    """Megabytes in memory now (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
