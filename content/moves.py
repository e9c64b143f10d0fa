"""Moves: what village and county do, one after the other, to a case, to feedback, to a rating or to a card.

Each noun has its own states and its own table of moves; what a move is, how a row holds it and which comes first are
the same for all.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import msgspec

from content.record.events import Event

Speaker = Literal["village", "county"]
# The columns that every table of moves has, beside those that name the matter.
COLUMNS = """event TEXT PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, origin TEXT NOT NULL,
    audience TEXT NOT NULL, event_order TEXT NOT NULL, refs JSON NOT NULL, data JSON NOT NULL"""


@dataclass(frozen=True)
class Move:
    """One event of a matter. refs: the events it answers; order: its place among its writer's events
    to this audience ("" where it is always the same); body: what its noun's table of kinds says."""

    event: str
    kind: str
    at: str
    by: str
    origin: str
    order: str
    refs: tuple[str, ...]
    body: Any
    audience: str = ""

    @property
    def speaker(self) -> Speaker:
        """Counties have 6-digit codes."""
        return "county" if len(self.origin) == 6 else "village"


def to_row(event: Event, body: msgspec.Struct) -> dict[str, str]:
    """The COLUMNS of an event whose body has been checked."""
    return {
        "event": event.id,
        "kind": event.kind,
        "at": event.at,
        "by": event.by,
        "origin": event.origin,
        "audience": event.audience,
        "event_order": event.order,
        "refs": msgspec.json.encode(event.refs).decode(),
        "data": msgspec.json.encode(body).decode(),
    }


def from_row(row: Mapping[str, Any], bodies: Mapping[str, Any]) -> Move:
    """The move that a row holds. bodies: event kind -> the type of its body."""
    return Move(
        event=row["event"],
        kind=row["kind"],
        at=row["at"],
        by=row["by"],
        origin=row["origin"],
        audience=row["audience"],
        order=row["event_order"],
        refs=tuple(msgspec.json.decode(row["refs"])),
        body=msgspec.json.decode(row["data"], type=bodies[row["kind"]]),
    )


def in_order(moves: Iterable[Move]) -> list[Move]:
    """Causes before consequences: what a move refers to, and its writer's earlier moves.

    What that leaves open goes by claimed time and event id. A forged ring of references is cut at its earliest move.
    """
    held = {move.event: move for move in sorted(moves, key=_claimed)}
    causes = _causes(held)
    effects: dict[str, list[str]] = defaultdict(list)
    for event, before in causes.items():
        for cause in before:
            effects[cause].append(event)
    ready = [_claimed(held[event]) for event, before in causes.items() if not before]
    ordered: list[Move] = []
    while causes:
        event = heapq.heappop(ready)[1] if ready else next(iter(causes))
        del causes[event]
        ordered.append(held[event])
        for effect in effects[event]:
            if effect in causes:
                causes[effect].discard(event)
                if not causes[effect]:
                    heapq.heappush(ready, _claimed(held[effect]))
    return ordered


def _claimed(move: Move) -> tuple[str, str]:
    return move.at, move.event


def _causes(held: dict[str, Move]) -> dict[str, set[str]]:
    causes = {event: {ref for ref in move.refs if ref in held} for event, move in held.items()}
    own: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in held.values():
        own[move.origin, move.audience].append(move)
    for chain in own.values():
        for earlier, later in pairwise(sorted(chain, key=lambda move: (move.order, move.event))):
            causes[later.event].add(earlier.event)
    return causes
