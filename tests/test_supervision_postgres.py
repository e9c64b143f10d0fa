"""Two processes of one county on PostgreSQL go their rounds at the same time: each card is given once."""

import shutil
import threading
from pathlib import Path

from nodes import COUNTY, VILLAGE, FakeClock, make_place
from supervised import EARLY, GUIDE, MONDAY, accept, file_case, on, take_up

from content import guides
from content.node import open_node
from content.record.verify import verify
from content.supervision_watch import Watch

CASES = 4


def test_two_processes_at_once_give_each_card_once(tmp_path: Path, postgres_url: str) -> None:
    place = make_place(tmp_path, FakeClock(MONDAY), database=postgres_url)
    guides.publish(place.county.record, [GUIDE], by="test")
    take_up(place, EARLY)
    place.add_village()
    place.sync()
    for _ in range(CASES):
        accept(place, file_case(place))
    home = tmp_path / "second"
    home.mkdir()
    shutil.copytree(place.county.home / "keys", home / "keys")
    shutil.copy(place.county.home / "node.json", home)
    second = open_node(home, database=postgres_url, clock=place.clock)
    watches = [Watch(place.county), Watch(second)]

    for day in ("2026-11-20", "2026-11-24", "2026-11-27"):
        on(place, day)
        start = threading.Barrier(2)

        def go(watch: Watch, start: threading.Barrier = start) -> None:
            start.wait()
            watch.run_once()
            watch.run_once()

        threads = [threading.Thread(target=go, args=[watch]) for watch in watches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    events = [
        (event.kind, event.body.get("case_no"), event.body.get("rule"), event.body.get("card"))
        for stream in place.county.record.streams()
        if (stream.origin, stream.audience) == (COUNTY, VILLAGE)
        for event in place.county.record.events(stream, 0, stream.size)
        if event.kind.startswith("card_")
    ]
    assert len(events) == len(set(events))
    kinds = [kind for kind, *_ in events]
    # By the 20th the step's red; then yellow, red, and the red that is left lying is told on.
    assert kinds.count("card_issued") == 3 * CASES
    assert kinds.count("card_escalated") == CASES
    assert list(verify(place.county.record)) == []
    for node in (place.county, second):
        node.views.catch_up()
    assert place.county.views.digest() == second.views.digest()
    second.close()
    place.close()
