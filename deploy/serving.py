"""Serves one node's web application until it is told to stop, and follows what other processes add to its record."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress.server import create_server

from content.node import Node
from deploy.processes import require_free_port, stop_when_told

log = logging.getLogger(__name__)

FOLLOW_S = 1.0


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
