"""Villages, a county and their views, as the tests of publications need them."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from content import (
    account_charts,
    files,
    finances,
    ledgers,
    own_payments,
    parts,
    publications,
    rolls,
    search,
    subsidies,
    villages,
)
from content.clock import from_text
from content.publications import Review
from content.record.events import Event
from content.record.keys import Fence, load_or_make
from content.record.store import Record, Stream

COUNTY, VILLAGE, OTHER_VILLAGE = "330999", "330999101201", "330999101202"
NOW = "2026-11-05T02:00:00Z"
SIGNED = (Review("li", "李监督", "同意公开", NOW),)
NOUNS = (villages, parts, publications, account_charts, finances, ledgers, subsidies, rolls, own_payments)


@contextlib.contextmanager
def make_record(folder: Path, origin: str) -> Iterator[Record]:
    home = folder / origin
    home.mkdir()
    keys, fence = load_or_make(home / "keys"), Fence(home / "fence.json")
    record = Record(str(home / "record.db"), keys, fence, origin=origin, clock=lambda: from_text(NOW))
    yield record
    record.close()


class FoldedViews:
    """View tables in memory (or in a file) and the events that could not be folded into them."""

    def __init__(self, path: Path | None = None) -> None:
        self.db = Database(path) if path else Database(memory=True)
        self.set_aside: dict[str, Exception] = {}
        self.db.conn.executescript("\n".join([search.SCHEMA, files.SCHEMA, *(noun.SCHEMA for noun in NOUNS)]))
        self._folds = {kind: fold for noun in NOUNS for kind, fold in noun.FOLDS.items()}

    def fold(
        self, *records: Record, order: Callable[[Sequence[Stream]], Sequence[Stream]] = list
    ) -> "FoldedViews":
        """Fold all streams of these records, each whole, in the given order of streams."""
        streams = [(record, stream) for record in records for stream in record.streams()]
        owner = {stream.id: record for record, stream in streams}
        for stream in order([stream for _, stream in streams]):
            for event in owner[stream.id].events(stream, 0, stream.size):
                self._fold(event)
        self.db.conn.commit()
        return self

    def tables(self) -> dict[str, list[str]]:
        """Every row of every table, sorted: what two equal views have in common."""
        names = [name for name in self.db.table_names() if not name.startswith("search_")]
        return {
            name: sorted(repr(row) for row in self.db.execute(f'SELECT * FROM "{name}"')) for name in names
        }

    def text(self) -> str:
        """All that stands in the tables, to look for what must not."""
        return "\n".join(row for rows in self.tables().values() for row in rows)

    def _fold(self, event: Event) -> None:
        fold = self._folds.get(event.kind)
        if fold is None:
            return
        self.db.conn.execute("SAVEPOINT fold")
        try:
            fold(self.db, event)
        except Exception as exc:  # noqa: BLE001  as content/views.py does: one bad event must not block a stream
            self.db.conn.execute("ROLLBACK TO fold")
            self.set_aside[event.id] = exc
        self.db.conn.execute("RELEASE fold")


@contextlib.contextmanager
def views(*records: Record, path: Path | None = None) -> Iterator[FoldedViews]:
    folded = FoldedViews(path).fold(*records)
    yield folded
    folded.db.conn.close()


def shuffled(seed: int) -> Callable[[Sequence[Stream]], Sequence[Stream]]:
    """An order of streams that differs from seed to seed."""
    return lambda streams: sorted(streams, key=lambda s: hashlib.sha256(f"{seed}{s.id}".encode()).digest())
