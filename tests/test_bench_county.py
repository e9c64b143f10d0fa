"""The county's bench opens every page it names; how fast they are is measured by `run.py bench --county`, not here."""

from flask import url_for

from content.node import Node
from deploy import bench_county
from kiosk.access import ACCESS, COUNTY


def test_every_page_of_the_bench_answers(generated: Node) -> None:
    rows = list(bench_county.run_bench(generated.home, rounds=1))

    assert len(rows) == 5 + len(bench_county.pages_of(generated))
    assert "3 villages, 120 cases" in rows[1].figure


def test_no_list_of_the_console_is_left_out(generated: Node) -> None:
    """A list is a page of the console without anything in its address to fill in."""
    app = bench_county._app(generated)
    measured = {
        address.split("?")[0] for page in bench_county.pages_of(generated) for address in page.addresses
    }
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if ACCESS.get(rule.endpoint) == COUNTY and "GET" in (rule.methods or ()) and not rule.arguments
    ]
    with app.test_request_context():
        lists = {url_for(rule.endpoint) for rule in rules}

    assert lists - measured <= {"/county/statistics/report.pdf"}
