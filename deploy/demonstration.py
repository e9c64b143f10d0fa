"""The demonstration: a county and a village as two processes, with content; `run.py` without a command."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from content import demo_people
from content.errors import XiangtingError
from deploy.processes import require_free_port, stop_when_told

READY_S = 30.0
SYNC_EVERY_S = 15
LOADED = "loaded"  # stands in a home whose content is whole
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
        yield kiosk, f"{county}/v/{demo_people.VILLAGE_CODE}/"


@contextlib.contextmanager
def _both_nodes(
    folder: Path, run_py: Path, village_port: int, county_port: int, say: Say
) -> Iterator[tuple[Child, Child]]:
    """Make what is missing and start county and village; both end with the block."""
    for port in (village_port, county_port):
        require_free_port("127.0.0.1", port)
    homes = folder / "county", folder / "village"
    with contextlib.ExitStack() as running:
        if all((home / LOADED).exists() for home in homes):
            county = running.enter_context(_node(run_py, "county", homes[0], county_port))
        else:
            county = _fill(running, run_py, homes, county_port, say)
        village = running.enter_context(_node(run_py, "village", homes[1], village_port))
        _wait_until_ready(county, county_port)
        _wait_until_ready(village, village_port)
        yield county, village


def _fill(
    running: contextlib.ExitStack, run_py: Path, homes: tuple[Path, Path], county_port: int, say: Say
) -> Child:
    """Make the county, start it, and make the village beside it; the county that runs."""
    from deploy import demonstration_content  # only the first start reads Excel and Word

    url = f"http://127.0.0.1:{county_port}"
    demonstration_content.make_county(homes[0], url, say)
    county: Child = running.enter_context(_node(run_py, "county", homes[0], county_port))
    _wait_until_ready(county, county_port)
    demonstration_content.make_village(homes[1], homes[0], url, say)
    return county


@contextlib.contextmanager
def _node(run_py: Path, kind: str, home: Path, port: int):  # type: ignore[no-untyped-def]
    """A node as a child process, ended when the block ends."""
    command = [sys.executable, str(run_py), kind, "--home", str(home), "--port", str(port)]
    command += ["--sync-every", str(SYNC_EVERY_S)] if kind == "village" else ["--phone-pages"]
    with subprocess.Popen(
        command, env={**os.environ, "XIANGTING_SMS_NUMBER": demo_people.SMS_NUMBER}
    ) as child:
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
        f"  账号（密码都是 {demo_people.PASSWORD}）/ accounts, all with this password:",
        *[f"    {name:<8} {words}" for name, words in demo_people.log_ins()],
        "  按 Ctrl-C 停止。 / Ctrl-C stops it.",
    ]
    return "\n".join(lines)
