"""What every process that serves and waits does first: see that its port is free, and end when it is told to."""

import contextlib
import signal
import socket
from types import FrameType

from content.errors import XiangtingError


def require_free_port(host: str, port: int) -> None:
    """Raises XiangtingError with what to do when something else listens on this port."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise XiangtingError(
                f"端口 {port} 已被别的程序占用，请关掉它，或换一个端口（--port；演示用 --village-port、--county-port）。\n"
                f"Port {port} is taken; stop what uses it, or choose another (--port; --village-port, --county-port).",
                code="port_taken",
            ) from exc


def stop_when_told() -> None:
    """Let SIGTERM end the program as Ctrl-C does, with everything closed on the way.

    A shell starts background jobs with Ctrl-C ignored, and Python then leaves it so; it is turned on again.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)
