"""The code on the desk that leads a telephone to a draft: opening it, and its address as the telephone finds it."""

import socket
from urllib.parse import urlsplit

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from content.phone_links import PhoneLink
from kiosk import qr
from kiosk.pages import services

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def code_of(link: PhoneLink | None) -> Markup | None:
    """The link drawn as a QR code, None where there is none. It stays neither in the memory nor in the words beside it."""
    if link is None:
        return None
    return qr.secret_code(address(link), _("二维码：用手机扫，给这份草稿拍照"))


def address(link: PhoneLink) -> str:
    """The link's address. At the machine itself the desk is at 127.0.0.1, which means the telephone to a telephone."""
    path, base = url_for("by_phone.show", token=link.token), urlsplit(request.host_url)
    if base.hostname not in _LOOPBACK:
        return f"{base.scheme}://{base.netloc}{path}"
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{_own_address() or base.hostname}{port}{path}"


def is_reachable() -> bool:
    """Whether a telephone in the same network can get through; not when the program listens to this machine alone."""
    base = urlsplit(request.host_url)
    if base.hostname not in _LOOPBACK:
        return True
    own = _own_address()
    if not own:
        return False
    try:
        socket.create_connection((own, base.port or 80), timeout=0.5).close()
    except OSError:
        return False
    return True


def open_link(draft_id: str) -> PhoneLink:
    """A new link; the one before it ends."""
    return services().drafts.links.open(draft_id)


def _own_address() -> str:
    """This machine's address in the network it would use, "" without one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737): only the route is looked up
        except OSError:
            return ""
        found: str = probe.getsockname()[0]
        return found
