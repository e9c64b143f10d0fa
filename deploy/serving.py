"""Serves one node's web application until it is told to stop, and follows what other processes add to its record."""

import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

from content.errors import XiangtingError
from content.node import Node

log = logging.getLogger(__name__)

FOLLOW_S = 1.0


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


def serve_until_stopped(app: Flask, node: Node, *, host: str, port: int, threads: int) -> None:
    """Answer requests until Ctrl-C or SIGTERM; then finish those under way."""
    require_free_port(host, port)
    stop_when_told()
    server: Any = create_server(app, host=host, port=port, threads=threads, ident="xiangting")
    stop_following = _follow(node)
    log.info("%s serves at %s:%d", node.config.code, host, port)
    try:
        server.run()  # returns at KeyboardInterrupt and SystemExit
    finally:
        stop_following()
        server.close()


def stop_when_told() -> None:
    """Let SIGTERM end the program as Ctrl-C does, with everything closed on the way.

    A shell starts background jobs with Ctrl-C ignored, and Python then leaves it so; it is turned on again.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _follow(node: Node) -> Callable[[], None]:
    """Fold, once a second, what other processes (a command, another hub process) have added to the record."""
    is_over = threading.Event()

    def follow() -> None:
        while not is_over.wait(FOLLOW_S):
            try:
                node.views.catch_up()
            except Exception:
                log.exception("views could not follow the record")

    thread = threading.Thread(target=follow, name="follow", daemon=True)
    thread.start()

    def stop() -> None:
        is_over.set()
        thread.join(timeout=5)

    return stop
