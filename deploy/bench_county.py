"""Measures the console of a whole county: every page as a clerk opens it, on a home that `run.py generate` has filled.

The pages are asked for in this process, without a network: what is measured is the program and its queries, and the machine's
own time for a page (a bare Flask page) stands beside them.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from content import demo_people
from content.drafts import Drafts
from content.node import Node, open_node
from content.sessions import Sessions
from deploy.bench import Row
from kiosk.app import create_app
from kiosk.services import Services
from sync.enrol import Register

ROUNDS = 12
PAGE_MS, STATISTICS_MS = 200, 1000


@dataclass(frozen=True)
class Page:
    """A page of the console or the portal; addresses: asked for in turn, so that no answer is only a repetition."""

    name: str
    addresses: tuple[str, ...]
    target_ms: int = PAGE_MS


def run_bench(home: Path, *, rounds: int = ROUNDS) -> Iterator[Row]:
    """Every page of the county in `home`, signed in as the demonstration's county clerk."""
    begun = time.perf_counter()
    with ExitStack() as running:
        node = open_node(home)
        running.callback(node.close)
        yield Row("open the county", f"{time.perf_counter() - begun:.2f} s")
        yield Row("in it", _contents(node))
        app = _app(node)
        bare = _times(_bare(), ["/"], rounds * 4)
        yield Row("bare Flask page of 12 kB", _figure(bare))
        client = _signed_in(app)
        first = _times(client, ["/county"], 1)  # it loads languages and templates for all that follow
        yield Row("console: first page after the start", f"{first.wall[0]:.0f} ms")
        for page in pages_of(node):
            yield _row(page, _times(client, page.addresses, rounds))
        yield Row("resident at the end", f"{_resident_mb():.0f} MB")


def pages_of(node: Node) -> list[Page]:
    """What is opened: lists at their first page, deep inside, filtered and sorted; single things; every figure."""
    db = node.views.read()
    village, town = db.execute(
        "SELECT code, town_code FROM villages ORDER BY code LIMIT 1 OFFSET 1"
    ).fetchone()
    sample = db.execute("SELECT case_no FROM cases ORDER BY case_no LIMIT 40").fetchall()
    low = db.execute("SELECT village, case_no FROM cases WHERE score BETWEEN 1 AND 2 LIMIT 20").fetchall()
    return [
        Page("console: overview", ("/county",)),
        Page("console: cases", ("/county/cases", "/county/cases?page=2", "/county/cases?page=500")),
        Page("console: cases, sorted", ("/county/cases?sort=filed", "/county/cases?sort=village&page=30")),
        Page(
            "console: cases, filtered",
            (
                "/county/cases?state=collected",
                "/county/cases?due=overdue",
                f"/county/cases?village={village}",
                f"/county/cases?village={village}&state=filed",
            ),
        ),
        Page("console: one case", tuple(f"/county/cases/{row[0]}" for row in sample)),
        Page("console: feedback", ("/county/feedback", "/county/feedback?state=answered&page=20")),
        Page(
            "console: supervision",
            tuple(f"/county/supervision{more}" for more in ("", "/cards", "/findings", "/rules", "/phones")),
        ),
        Page("console: ratings", ("/county/ratings", "/county/ratings?state=open&page=9")),
        Page("console: one bad rating", tuple(f"/county/ratings/{row[0]}/{row[1]}" for row in low)),
        Page("console: villages", ("/county/villages", f"/county/villages/{village}")),
        Page("console: publications", ("/county/publications", "/county/publications?page=200")),
        Page("console: disclosure clock", ("/county/disclosure", f"/county/disclosure?town={town}")),
        Page(
            "console: guides, programmes, catalogue",
            ("/county/guides", "/county/programmes", "/county/catalogue", "/county/catalogue/vote-limit"),
        ),
        Page(
            "console: departments, accounts", ("/county/departments", "/county/accounts", "/county/calendar")
        ),
        Page(
            "console: audit log", ("/county/audit", "/county/audit?page=5", f"/county/audit?place={village}")
        ),
        Page(
            "statistics: county",
            tuple(f"/county/statistics?by={by}" for by in ("town", "village", "department", "item")),
            STATISTICS_MS,
        ),
        Page(
            "statistics: a town, a village, two years",
            (
                f"/county/statistics?town={town}",
                f"/county/statistics?village={village}",
                f"/county/statistics?since={two_years_ago(node)}",
            ),
            STATISTICS_MS,
        ),
        Page(
            "statistics: use of kiosk and texts",
            ("/county/statistics/usage", f"/county/statistics/usage?by=village&since={two_years_ago(node)}"),
            STATISTICS_MS,
        ),
        Page(
            "statistics: xlsx, CSV",
            ("/county/statistics/xlsx?by=village", "/county/statistics/csv"),
            STATISTICS_MS,
        ),
        Page("portal: front", ("/", f"/?town={town}")),
        Page(
            "portal: search",
            tuple(f"/?q={word}" for word in ("补贴", "公益林", "收支公开", "道路", "没有这个词")),
        ),
        Page("portal: guides", ("/guides", "/guides/QX-G06")),
        Page("portal: figures", ("/statistics", f"/statistics?town={town}"), STATISTICS_MS),
        Page("portal: a village", (f"/v/{village}/", f"/v/{village}/open/finance", f"/v/{village}/guides")),
    ]


def two_years_ago(node: Node) -> str:
    """The first month of the longest span that can be asked for."""
    now = node.clock()
    number = now.year * 12 + now.month - 24
    return f"{number // 12}-{number % 12 + 1:02d}"


def _app(node: Node) -> Flask:
    app = create_app(
        Services(
            node=node,
            sessions=Sessions(node.record),
            drafts=Drafts(node.record),
            devices=Register(node.record),
        )
    )
    app.config.update(WTF_CSRF_ENABLED=False)
    return app


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/sign-in", data={"name": "county", "password": demo_people.PASSWORD})
    if answer.status_code != 303:
        raise RuntimeError(f"the demonstration's clerk cannot sign in: {answer.status_code}")
    return client


def _bare() -> FlaskClient:
    app = Flask("bare")
    app.get("/")(lambda: "村务公开" * 1000)
    return app.test_client()


@dataclass(frozen=True)
class Times:
    """Milliseconds of each answer: as a clerk waits, and what was computed (which a busy machine does not stretch)."""

    wall: list[float]
    cpu: list[float]


def _times(client: FlaskClient, addresses: tuple[str, ...] | list[str], rounds: int) -> Times:
    """How long each answer took. RuntimeError for one that is not 200: a fast fault would look like a good page.

    A parameter that changes each time keeps the portal's page cache out of it: these are first views.
    """
    times = Times([], [])
    for number in range(rounds):
        for address in addresses:
            asked = f"{address}{'&' if '?' in address else '?'}_={number}"
            begun, computed = time.perf_counter(), time.thread_time()
            answer = client.get(asked, follow_redirects=True)  # a page beyond the end of a small county
            times.wall.append((time.perf_counter() - begun) * 1000)
            times.cpu.append((time.thread_time() - computed) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")
    return times


def _row(page: Page, times: Times) -> Row:
    is_met = _percentile(times.wall, 95) < page.target_ms
    return Row(page.name, _figure(times), f"p95 < {page.target_ms} ms: {'met' if is_met else 'NOT MET'}")


def _figure(times: Times) -> str:
    computed = f"computed p50 {_percentile(times.cpu, 50):.0f} ms, p95 {_percentile(times.cpu, 95):.0f} ms"
    return f"p50 {_percentile(times.wall, 50):.0f} ms, p95 {_percentile(times.wall, 95):.0f} ms; {computed}"


def _percentile(times: list[float], percent: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _contents(node: Node) -> str:
    db = node.views.read()
    counts = (
        ("villages", "SELECT COUNT(*) FROM villages"),
        ("cases", "SELECT COUNT(*) FROM cases"),
        ("payments", "SELECT COALESCE(SUM(row_count), 0) FROM rolls"),
        ("publications", "SELECT (SELECT COUNT(*) FROM notices) + (SELECT COUNT(*) FROM statements)"),
    )
    return ", ".join(f"{db.execute(sql).fetchone()[0]:,} {name}" for name, sql in counts)


def _resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
