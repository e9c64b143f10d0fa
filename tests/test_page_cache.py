"""Kept pages: never older than the views, never another reader's, never a page that did not ask for it."""

from typing import Any

import pytest

from kiosk.page_cache import HEADER, KIND, PageCache


class FakeViews:
    generation = 1


class App:
    """A WSGI application that counts how often it renders."""

    def __init__(self, *, may_keep: bool = True, status: str = "200 OK") -> None:
        self.rendered, self.may_keep, self.status = 0, may_keep, status

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.rendered += 1
        headers = [("Content-Type", "text/html")]
        start_response(self.status, [*headers, (HEADER, "1")] if self.may_keep else headers)
        return [f"page {self.rendered} {environ['PATH_INFO']}".encode()]


def _get(cache: PageCache, path: str = "/", **environ: str) -> bytes:
    headers: list[Any] = []
    body = b"".join(
        cache(
            {"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ},
            lambda status, sent, *rest: headers.extend(sent),
        )
    )
    assert HEADER not in dict(headers)
    return body


@pytest.fixture
def views() -> FakeViews:
    return FakeViews()


def _cache(app: App, views: FakeViews) -> PageCache:
    return PageCache(app, views, clock=lambda: 1000.0)  # type: ignore[arg-type]


def test_unchanged_page_is_rendered_once(views: FakeViews) -> None:
    app = App()
    cache = _cache(app, views)

    assert _get(cache) == _get(cache) == b"page 1 /"
    assert app.rendered == 1


def test_page_is_rendered_again_once_a_view_has_changed(views: FakeViews) -> None:
    cache = _cache(App(), views)
    _get(cache)
    views.generation += 1

    assert _get(cache) == b"page 2 /"


@pytest.mark.parametrize(
    "other",
    [
        {"PATH_INFO": "/b"},
        {"QUERY_STRING": "page=2"},
        {"HTTP_COOKIE": "look=en"},
        {"HTTP_HX_REQUEST": "true"},
    ],
    ids=["path", "query", "look", "fragment"],
)
def test_other_page_or_reader_gets_its_own(views: FakeViews, other: dict[str, str]) -> None:
    app = App()
    cache = _cache(app, views)
    _get(cache)

    cache({"REQUEST_METHOD": "GET", "PATH_INFO": "/", **other}, lambda *args: None)

    assert app.rendered == 2


def test_page_that_did_not_ask_for_it_is_never_kept(views: FakeViews) -> None:
    app = App(may_keep=False)
    cache = _cache(app, views)
    _get(cache)

    assert _get(cache) == b"page 2 /"


def test_page_begun_before_an_event_is_not_kept_after_it(views: FakeViews) -> None:
    class ChangesMeanwhile(App):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
            views.generation += 1
            return super().__call__(environ, start_response)

    app = ChangesMeanwhile()
    cache = _cache(app, views)
    _get(cache)

    _get(cache)

    assert app.rendered == 2


def test_page_that_sets_a_cookie_is_never_kept(views: FakeViews) -> None:
    class SetsCookie(App):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
            return super().__call__(
                environ, lambda status, headers: start_response(status, [*headers, ("Set-Cookie", "visit=1")])
            )

    cache = _cache(SetsCookie(), views)
    cache({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *args: None)

    body = b"".join(cache({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *args: None))

    assert body == b"page 2 /"


def test_form_post_goes_straight_to_the_application(views: FakeViews) -> None:
    app = App()
    cache = _cache(app, views)
    for _ in range(2):
        cache({"REQUEST_METHOD": "POST", "PATH_INFO": "/"}, lambda *args: None)

    assert app.rendered == 2


def test_a_page_is_counted_each_time_it_goes_out_kept_or_not(views: FakeViews) -> None:
    class HasKind(App):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
            return super().__call__(
                environ, lambda status, headers: start_response(status, [*headers, (KIND, "home")])
            )

    counted: list[str] = []
    for app in (HasKind(), HasKind(may_keep=False)):
        cache = PageCache(app, views, counted.append, clock=lambda: 1000.0)  # type: ignore[arg-type]
        for _ in range(3):
            sent: list[Any] = []
            cache(
                {"REQUEST_METHOD": "GET", "PATH_INFO": "/"},
                lambda _status, headers, to=sent: to.extend(headers),
            )
            assert KIND not in dict(sent)

    assert counted == ["home"] * 6
