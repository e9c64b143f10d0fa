"""A picture seen nearer by buttons (there is no pinching on the kiosk): vouchers, scanned originals, pictures of a notice."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, abort, request, url_for

from content import files
from kiosk.files import SHOWN
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, back_to, home_address

ZOOMS = (1, 2, 3)
# A picture of unknown size lies in a square of its own; the browser fits it in.
UNKNOWN_SIZE = (1000, 1000)


@dataclass(frozen=True)
class View:
    """A part of a picture: the rectangle that is shown and where the buttons lead, "" where they lead nowhere."""

    width: int
    height: int
    box: str
    zoom: int
    left: str
    right: str
    up: str
    down: str
    nearer: str
    farther: str


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/photo/<sha256>", "photo", photo)


def photo(sha256: str) -> Answer:
    """One published picture by its hash."""
    if files.media_type(services().node.views.read(), sha256) not in SHOWN:
        abort(404)
    back = back_to(home_address())
    view = view_of(*UNKNOWN_SIZE, lambda **at: url_for("public.photo", sha256=sha256, back=back, **at))
    return show("public/photo.html", back=back, sha256=sha256, view=view)


def view_of(width: int, height: int, address: Callable[..., str]) -> View:
    """The part that this request asks for, in half steps: at zoom 2 there are 3 × 3 places to look at, at zoom 3 5 × 5.

    address: makes the address of another part from zoom, x and y.
    """
    zoom = request.args.get("zoom", 1, type=int)
    zoom = zoom if zoom in ZOOMS else 1
    across, down = (min(max(request.args.get(name, 0, type=int), 0), _last(zoom)) for name in ("x", "y"))

    def at(zoom_to: int, x: int, y: int) -> str:
        is_there = zoom_to in ZOOMS and 0 <= x <= _last(zoom_to) and 0 <= y <= _last(zoom_to)
        return address(zoom=zoom_to, x=x, y=y) if is_there else ""

    return View(
        width=width,
        height=height,
        box=f"{across * width / zoom / 2:.0f} {down * height / zoom / 2:.0f} {width / zoom:.0f} {height / zoom:.0f}",
        zoom=zoom,
        left=at(zoom, across - 1, down),
        right=at(zoom, across + 1, down),
        up=at(zoom, across, down - 1),
        down=at(zoom, across, down + 1),
        nearer=at(zoom + 1, across, down),
        farther=at(zoom - 1, min(across, _last(zoom - 1)), min(down, _last(zoom - 1))),
    )


def _last(zoom: int) -> int:
    return max(0, 2 * (zoom - 1))
