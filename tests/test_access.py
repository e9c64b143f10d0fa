"""Every route stands in the one table of roles, and a route that does not answers nobody."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from nodes import VILLAGE, FakeClock, Place, make_place

from content import accounts
from content.accounts import Account
from content.settings import Settings
from deploy.wiring import wire_county, wire_village
from kiosk.access import ACCESS

PASSWORD = "correct horse"
ROLES = ("agent", "committee", "township", "county", "auditor", "admin")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = make_place(tmp_path_factory.mktemp("place"), FakeClock())
    place.add_village()
    password_hash = accounts.hash_password(PASSWORD)
    for role in ROLES:
        for name, area in ((f"{role}-v", VILLAGE), (f"{role}-c", VILLAGE[:6])):
            account = Account(name, role, (role,), area, password_hash)
            accounts.set_account(place.county.record, account, by="test")
    place.county.views.catch_up()
    place.sync()
    yield place
    place.close()


@pytest.fixture(scope="module")
def apps(place: Place) -> Iterator[dict[str, Flask]]:
    """The two applications as run.py wires them, with nothing started that would not end."""
    with ExitStack() as running:
        yield {
            "village": wire_village(place.villages[VILLAGE], Settings(), running, sync_every_s=3600),
            "county": wire_county(place.county, Settings(), running, has_phone_pages=True),
        }


def test_every_route_is_in_the_table_and_the_table_has_no_other(apps: dict[str, Flask]) -> None:
    endpoints = {rule.endpoint for app in apps.values() for rule in app.url_map.iter_rules()}

    assert endpoints - set(ACCESS) == set()
    assert set(ACCESS) - endpoints == {
        "twilio.take_text",
        "twilio.take_report",
        "android.greet",
        "android.exchange",
    }  # only where these gateways are chosen


def test_route_that_is_missing_from_the_table_answers_nobody(place: Place) -> None:
    with ExitStack() as running:
        app = wire_village(place.villages[VILLAGE], Settings(), running, sync_every_s=3600)
        app.add_url_rule("/forgotten", "forgotten", lambda: "secret")

        assert app.test_client().get("/forgotten").status_code == 303


def _matrix() -> Iterator[tuple[str, str]]:
    for role in (*ROLES, "nobody"):
        yield from ((role, where) for where in ("village", "county"))


@pytest.mark.parametrize(("role", "where"), list(_matrix()))
def test_role_opens_exactly_the_pages_of_its_row(apps: dict[str, Flask], role: str, where: str) -> None:
    client = apps[where].test_client()
    if role != "nobody":
        name = f"{role}-{'v' if where == 'village' else 'c'}"
        apps[where].config["WTF_CSRF_ENABLED"] = False
        signed_in = client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert signed_in.status_code == 303
    for rule in apps[where].url_map.iter_rules():
        allowed = ACCESS[rule.endpoint]
        if "GET" not in (rule.methods or ()) or rule.arguments or "public" in allowed:
            continue

        answer = client.get(rule.rule)

        if role in allowed:
            assert answer.status_code in (200, 303), rule
        else:
            assert answer.status_code == (303 if role == "nobody" else 403), rule


def test_form_without_its_token_is_refused_in_words(apps: dict[str, Flask]) -> None:
    apps["village"].config["WTF_CSRF_ENABLED"] = True

    answer = apps["village"].test_client().post("/sign-in", data={"name": "x", "password": "y"})

    assert answer.status_code == 400
    assert "放得太久" in answer.get_data(as_text=True)


def test_pages_forbid_foreign_and_inline_code(apps: dict[str, Flask]) -> None:
    for app in apps.values():
        policy = app.test_client().get("/").headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
