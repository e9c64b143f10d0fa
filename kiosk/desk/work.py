"""How far long work has got (读文件的进度): told by the request that does it, asked for by the page that waits for it.

In memory only: whoever asks after a restart is told nothing, and the page that was waiting says so itself.
"""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass

from flask import Response, current_app, g, request

from kiosk.desk.blueprint import blueprint
from kiosk.pages import show

# Agents at work at the same time, many times over; the oldest is forgotten.
MOST = 64
_MARK = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Progress:
    """done of all steps; words: what is being done now."""

    done: int = 0
    all: int = 0
    words: str = ""


class Board:
    """The work under way, by who does it and the mark that their page has given it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: OrderedDict[tuple[str, str], Progress] = OrderedDict()

    def put(self, who: str, mark: str, progress: Progress) -> None:
        with self._lock:
            self._under_way[who, mark] = progress
            self._under_way.move_to_end((who, mark))
            while len(self._under_way) > MOST:
                self._under_way.popitem(last=False)

    def get(self, who: str, mark: str) -> Progress:
        with self._lock:
            return self._under_way.get((who, mark), Progress())


@blueprint.record_once
def _hang_up(state: object) -> None:
    state.app.extensions["xiangting.work"] = Board()  # type: ignore[attr-defined]


@blueprint.get("/work/<mark>")
def work(mark: str) -> Response:
    """How far the work of this mark has got, as a piece of page."""
    return show("desk/_work.html", progress=_board().get(g.account.name, mark))


def tell(done: int, of: int, words: str) -> None:
    """Say how far the work of this request is; nobody is told where its page has given no mark."""
    mark = request.form.get("work", "")
    if _MARK.fullmatch(mark):
        _board().put(g.account.name, mark, Progress(done, of, words))


def _board() -> Board:
    found: Board = current_app.extensions["xiangting.work"]
    return found
