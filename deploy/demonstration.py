"""The demonstration: a county and a village as two processes, with content; `run.py` without a command."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from content import demo, demo_story
from content.errors import XiangtingError
from content.node import init, open_node, read_config
from deploy.serving import require_free_port, stop_when_told
from sync.client import Client
from sync.enrol import Register, ask
from sync.journal import Journal

READY_S = 30.0
SYNC_EVERY_S = 15
Say = Callable[[str], None]
Child = subprocess.Popen[bytes]


def run_demonstration(folder: Path, run_py: Path, *, village_port: int, county_port: int, say: Say) -> None:
    """Make what is missing, start both nodes, print where they are, and wait for Ctrl-C."""
    stop_when_told()
    with _both_nodes(folder, run_py, village_port, county_port, say) as (county, village):
        say(_addresses(village_port, county_port))
        with contextlib.suppress(KeyboardInterrupt):
            while county.poll() is None and village.poll() is None:
                time.sleep(0.3)
        say("正在停止…… / Stopping …")
    say("已停止，做过的都留着。 / Stopped; everything is kept.")


@contextlib.contextmanager
def started(folder: Path, run_py: Path, *, ports: tuple[int, int], say: Say) -> Iterator[tuple[str, str]]:
    """A demonstration that runs until the block ends: the addresses of the kiosk and of its village at the portal."""
    with _both_nodes(folder, run_py, *ports, say):
        kiosk, county = (f"http://127.0.0.1:{port}" for port in ports)
        yield kiosk, f"{county}/v/{demo.VILLAGE_CODE}/"


@contextlib.contextmanager
def _both_nodes(
    folder: Path, run_py: Path, village_port: int, county_port: int, say: Say
) -> Iterator[tuple[Child, Child]]:
    """Make what is missing and start county and village; both end with the block."""
    for port in (village_port, county_port):
        require_free_port("127.0.0.1", port)
    county_url = f"http://127.0.0.1:{county_port}"
    _make_county(folder / "county", county_url, say)
    with contextlib.ExitStack() as running:
        county = running.enter_context(_node(run_py, "county", folder / "county", county_port))
        _wait_until_ready(county, county_port)
        _make_village(folder / "village", folder / "county", county_url, say)
        village = running.enter_context(_node(run_py, "village", folder / "village", village_port))
        _wait_until_ready(village, village_port)
        yield county, village


def _make_county(home: Path, url: str, say: Say) -> None:
    """The county's home with its content. `loaded` is written last: a start that was cut begins anew."""
    if (home / "loaded").exists():
        return
    say("正在装入演示内容 (1/2)：清溪县…… / Loading demonstration content (1/2) …")
    if not (home / "node.json").exists():
        init(home, kind="county", code=demo.COUNTY_CODE, name=demo.COUNTY_NAME)
    node = open_node(home)
    try:
        demo.load_county(node, portal_url=url)
    finally:
        node.close()
    (home / "loaded").touch()


def _make_village(home: Path, county_home: Path, hub_url: str, say: Say) -> None:
    """The village's home, enrolled at the running hub, with its content and in step with the county."""
    if (home / "loaded").exists():
        return
    say("正在装入演示内容 (2/2)：柳河村…… / Loading demonstration content (2/2) …")
    if not (home / "node.json").exists():
        init(home, kind="village", code=demo.VILLAGE_CODE, name=demo.VILLAGE_NAME)
    if not read_config(home).hub_url:
        _enrol(home, county_home, hub_url)
    with contextlib.closing(open_node(home)) as node, contextlib.closing(open_node(county_home)) as county:
        client = Client(node, Journal(node.record))
        client.sync()
        demo.load_village(node)
        demo_story.begin(county, node, client.sync)
        exchange = client.sync()
    if exchange.outcome != "level":
        raise XiangtingError(f"演示村没有同步上：{exchange.words}", code="demo_not_level")
    (home / "loaded").touch()


def _enrol(home: Path, county_home: Path, hub_url: str) -> None:
    """Both sides of an enrolment: invite, ask, approve."""
    county, village = open_node(county_home), open_node(home)
    try:
        register = Register(county.record)
        ask(village, hub_url=hub_url, code=register.invite(demo.VILLAGE_CODE))
        register.set_state(village.keys.public_key.hex(), "active")
    finally:
        county.close()
        village.close()


@contextlib.contextmanager
def _node(run_py: Path, kind: str, home: Path, port: int):  # type: ignore[no-untyped-def]
    """A node as a child process, ended when the block ends."""
    command = [sys.executable, str(run_py), kind, "--home", str(home), "--port", str(port)]
    command += ["--sync-every", str(SYNC_EVERY_S)] if kind == "village" else ["--phone-pages"]
    with subprocess.Popen(command, env={**os.environ, "XIANGTING_SMS_NUMBER": demo.SMS_NUMBER}) as child:
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()


def _wait_until_ready(child: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise XiangtingError("演示没有启动成功，原因见上面一行。", code="demo_not_started")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise XiangtingError(f"端口 {port} 上的演示 {READY_S:.0f} 秒内没有启动。", code="demo_not_started")


def _addresses(village_port: int, county_port: int) -> str:
    village, county = f"http://127.0.0.1:{village_port}", f"http://127.0.0.1:{county_port}"
    lines = [
        "",
        "乡亭 演示 / Xiangting demonstration",
        f"  村里的触摸屏 Kiosk            {village}/",
        f"  村里的工作台 Village desk     {village}/desk",
        f"  县里的门户   County portal    {county}/",
        f"  县里的工作台 County console   {county}/county",
        f"  浏览器手机   Browser phone    {county}/phone",
        f"  账号（密码都是 {demo.PASSWORD}）/ accounts, all with this password:",
        *[f"    {name:<8} {words}" for name, words in demo.log_ins()],
        "  按 Ctrl-C 停止。 / Ctrl-C stops it.",
    ]
    return "\n".join(lines)
