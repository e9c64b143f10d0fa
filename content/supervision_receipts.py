"""When the county had what a village says (the times of its countersignatures): what a village's own clock cannot change."""

import bisect
from datetime import UTC, datetime, timedelta

from content.clock import to_text
from content.record.events import Event, parse_event_id, read_header
from content.record.store import Record
from content.supervision_findings import Placed

# Signatures this close together belong to one exchange, in which everything comes at once, cases first.
ONE_EXCHANGE = timedelta(hours=1)


class Receipts:
    """The countersignatures of one record, read once for each village; good for one round."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._signed: dict[str, list[int]] = {}

    def received_at(self, event: str) -> datetime | None:
        """When the county signed for this event; None where it has not, or the event is its own."""
        try:
            stream, index = parse_event_id(event)
        except ValueError:
            return None
        head = self._record.cosigned_head(stream, index)
        return datetime.fromtimestamp(head.cosigned_at, UTC) if head and head.cosigned_at else None

    def place(self, event: Event) -> Placed:
        """An event of a case with what can be known of when it was written."""
        received = None if event.is_from_county else self.received_at(event.id)
        known = self._exchange_before(event.origin, received) if received else None
        return Placed(
            event=event.id,
            kind=event.kind,
            at=event.at,
            by=event.by,
            is_from_county=event.is_from_county,
            before_at=self._claimed_before(event),
            known_at=to_text(known) if known else "",
            received_at=to_text(received) if received else "",
        )

    def _claimed_before(self, event: Event) -> str:
        """What the event before it in its stream claims, "" for none."""
        before = self._record.entries(event.stream, event.index - 1, event.index)
        return read_header(before[0].header).at if before else ""

    def _exchange_before(self, village: str, moment: datetime) -> datetime | None:
        """The last exchange of this village before the one of that moment."""
        if village not in self._signed:
            streams = [stream.id for stream in self._record.streams() if stream.origin == village]
            self._signed[village] = self._record.signing_times(streams)
        times = self._signed[village]
        place = bisect.bisect_left(times, (moment - ONE_EXCHANGE).timestamp())
        return datetime.fromtimestamp(times[place - 1], UTC) if place else None
