"""Rendered public pages, kept until an event changes a view: most taps on a kiosk show a page that was shown before.

Here, where every page passes, is also counted what kind of page it was.
"""

import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from content.views import Views

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

KEPT_PAGES = 4000
KEPT_BYTES = 2 * 1024 * 1024  # packed: about a thousand pages
HEADER = "X-Page-May-Be-Kept"
KIND = "X-Page-Kind"  # what the page is counted as; it goes no further than this layer

Kept = tuple[str, list[tuple[str, str]], bytes, str]  # status, headers, packed body, kind


def _count_nothing(_kind: str) -> None:
    """Where nobody counts."""


class PageCache:
    """A WSGI layer around the application. It keeps a page only when the page says so with HEADER.

    A kept page is good while the views are unchanged and the minute lasts (pages show the time). count: told the KIND of
    each page that goes out and has one.
    """

    def __init__(
        self,
        app: Wsgi,
        views: Views,
        count: Callable[[str], None] = _count_nothing,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app, self._views, self._count, self._clock = app, views, count, clock
        self._pages: dict[tuple[str, ...], Kept] = {}
        self._bytes = 0
        self._good_for: tuple[int, int] = (-1, -1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        self._forget_if_changed()
        key = _key(environ)
        kept = self._pages.get(key)
        if kept is not None:
            start_response(kept[0], kept[1])
            if kept[3]:
                self._count(kept[3])
            return [zlib.decompress(kept[2])]
        return self._render(key, environ, start_response)

    def _forget_if_changed(self) -> None:
        now = (self._views.generation, int(self._clock() // 60))
        if now != self._good_for:
            self._pages, self._bytes, self._good_for = {}, 0, now

    def _render(
        self, key: tuple[str, ...], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer: list[Any] = []
        good_for = self._good_for
        body_parts = self._app(environ, lambda *args: answer.append(args))
        status = answer[0][0]
        told = dict(answer[0][1])
        headers = [header for header in answer[0][1] if header[0] not in (HEADER, KIND)]
        kind = told.get(KIND, "")
        if kind:
            self._count(kind)
        # Flask sets its session cookie after the application has had its say.
        if HEADER not in told or "Set-Cookie" in told:
            start_response(status, headers, *answer[0][2:])
            return body_parts
        body = b"".join(body_parts)
        # A page that was begun before an event may not be kept after it.
        if self._good_for == good_for and self._views.generation == good_for[0]:
            self._keep(key, (status, headers, zlib.compress(body, level=1), kind))
        start_response(status, headers)
        return [body]

    def _keep(self, key: tuple[str, ...], page: Kept) -> None:
        if len(self._pages) < KEPT_PAGES and self._bytes + len(page[2]) < KEPT_BYTES:
            self._pages[key] = page
            self._bytes += len(page[2])


def _key(environ: Environ) -> tuple[str, ...]:
    """What a page may depend on: address, host, the reader's look, and whether htmx asks for a piece."""
    return (
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("HTTP_COOKIE", ""),
        environ.get("HTTP_HX_REQUEST", ""),
        environ.get("HTTP_HX_BOOSTED", ""),
        environ.get("HTTP_HX_HISTORY_RESTORE_REQUEST", ""),
    )
