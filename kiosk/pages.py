"""How a page is put together: what layouts know (`ui`), page or fragment, and filters for money and time."""

import functools
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request, session, url_for
from flask_babel import format_date, format_datetime, gettext

from content import accounts, installed, money, villages
from content.clock import VILLAGE_ZONE, from_text
from content.villages import Village
from kiosk.i18n import DEFAULT, look_of_request
from kiosk.page_cache import HEADER
from kiosk.services import Services
from kiosk.shipped_names import in_language

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
PUBLIC_IDLE_S, PERSONAL_IDLE_S = 90, 60


@dataclass(frozen=True)
class NavEntry:
    """An entry of the desk's or the console's menu. heading: of a group that begins with it; key: its access key."""

    word: Any
    url: str
    icon: str
    is_here: bool
    heading: Any = ""
    key: str = ""


@dataclass(frozen=True)
class Ui:
    """What every layout shows around a page."""

    lang: str
    is_large: bool
    is_contrast: bool
    place: str  # "kiosk" | "portal" | "desk" | "county"
    village: Village | None
    now: datetime
    last_sync: str
    home_url: str
    back_url: str | None
    listen_url: str | None
    can_print: bool  # sheets: a printer at the kiosk, PDF at the desk and the portal
    has_slips: bool
    sound_url: str
    sound_state: str  # of a page that is being listened to: "ready" | "coming" | "failed", else ""
    toggle_large_url: str
    toggle_contrast_url: str
    toggle_lang_url: str
    idle_s: int
    nav: list[NavEntry]
    office_name: str
    user_name: str
    sign_out_url: str
    account: Any

    @staticmethod
    def static(path: str) -> str:
        """The address of a static file with its version, so that it may be cached for ever."""
        return _static_address(path)

    @staticmethod
    def version() -> str:
        """What the browser has been given, as eight hex digits: another one after an upgrade."""
        return _version()


def services() -> Services:
    """What run.py wired this application with."""
    found: Services = current_app.extensions["xiangting"]
    return found


def show(
    template: str, *, fragment: str = "", status: int = 200, back: str | None = None, **context: Any
) -> Response:
    """A page, or only its fragment when htmx asks for one (but not for a boosted link or the history).

    back: where the back button leads, "" or None for no button. Public GET pages without a form may be kept by
    the page cache.
    """
    headers = request.headers
    is_piece = "HX-Request" in headers and not (
        "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    )
    is_piece = is_piece and bool(fragment)
    name = fragment if is_piece else template
    response = make_response(render_template(name, ui=make_ui(back), is_piece=is_piece, **context), status)
    response.headers["Vary"] = "HX-Request, HX-Boosted, HX-History-Restore-Request"
    return response


def keep_if_public(response: Response) -> Response:
    """For public pages: say that the page may be kept, unless it holds a form's token, which is one visitor's own.

    The token's cookie is only set after this, so it is not enough to look for the cookie.
    """
    is_plain = "csrf_token" not in g and not session.modified and "Set-Cookie" not in response.headers
    is_lasting = not (g.get("is_personal") or g.get("is_fleeting"))
    if request.method == "GET" and response.status_code == 200 and is_plain and is_lasting:
        response.headers[HEADER] = "1"
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def make_ui(back: str | None) -> Ui:
    """What the layout needs to know on this request."""
    wired, look = services(), look_of_request()
    db = wired.node.views.read()
    village_code = g.get("village") or ("" if wired.node.is_county else wired.node.config.code)
    here = request.full_path.rstrip("?")
    account = g.get("account")
    place = g.get("place", "portal" if wired.node.is_county else "kiosk")
    return Ui(
        lang=look["lang"],
        is_large=bool(look["large"]),
        is_contrast=bool(look["contrast"]),
        place=place,
        village=villages.get(db, village_code) if village_code else None,
        now=wired.node.clock().astimezone(VILLAGE_ZONE),
        last_sync=local_time(wired.sync_state.last_success()) if wired.sync_state else "",
        home_url=g.get("home_url", "/"),
        back_url=back or None,
        listen_url=g.get("listen_url"),
        can_print=installed.can_typeset() and (place != "kiosk" or bool(wired.paper.print_command)),
        has_slips=bool(wired.paper.slip_printer),
        sound_url=g.get("sound_url", ""),
        sound_state=g.get("sound_state", ""),
        toggle_large_url=url_for("look.change", next=here, large="" if look["large"] else "1"),
        toggle_contrast_url=url_for("look.change", next=here, contrast="" if look["contrast"] else "1"),
        toggle_lang_url=url_for("look.change", next=here, lang="en" if look["lang"] == DEFAULT else DEFAULT),
        idle_s=PERSONAL_IDLE_S if g.get("is_personal") else PUBLIC_IDLE_S,
        nav=g.get("nav", []),
        office_name=wired.node.config.name,
        user_name=account.display_name if account else "",
        sign_out_url=url_for("sign_in.out"),
        account=account,
    )


def safe_next(address: str, fallback: str = "/") -> str:
    """`address` when it stays on this site, else `fallback`: nothing leads out of the kiosk."""
    parts = urlsplit(address)
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return address if is_local and not address.startswith(("//", "/\\")) else fallback


def page_number(name: str = "page") -> int:
    """The page asked for, from 1; nonsense is page 1. name: of the query's word for it."""
    asked = request.args.get(name, "1")
    return max(1, min(int(asked), 100_000)) if asked.isdecimal() and len(asked) < 7 else 1


def asked_here(*without: str) -> dict[str, str]:
    """This page's query, to be carried into an address of ours; without these names, and without those that mean something
    to `url_for` itself, or anybody could bend our links by what they ask for."""
    query = request.args.to_dict()
    return {
        name: said
        for name, said in query.items()
        if name not in ("endpoint", *without) and not name.startswith("_")
    }


def local_time(text: str) -> str:
    """A stored UTC time as people read it in the village: "11月1日 16:00"; "" for none."""
    if not text:
        return ""
    pattern = gettext("M月d日 HH:mm")
    return format_datetime(from_text(text), pattern)


def local_day(text: str) -> str:
    """A stored UTC time or an ISO date as a day: "2026年11月1日"; "" for none."""
    if not text:
        return ""
    pattern = gettext("yyyy年M月d日")
    if len(text) == 10:
        return format_date(datetime.strptime(text, "%Y-%m-%d").date(), pattern)  # noqa: DTZ007  a day has no zone
    return format_datetime(from_text(text), pattern)


def person_name(account: str) -> str:
    """What people call who has this account; the account's own name where it is not known."""
    found = accounts.get(services().node.views.read(), account)
    return found.display_name if found else account


def add_filters(app: Flask) -> None:
    """Filters that templates may use: fen -> yuan, stored time -> local time and day, account -> person, a shipped name -> its language."""
    app.add_template_filter(money.yuan, "yuan")
    app.add_template_filter(local_time)
    app.add_template_filter(local_day)
    app.add_template_filter(person_name)
    app.add_template_filter(in_language)


@functools.cache
def _version() -> str:
    told = hashlib.sha256()
    for path in sorted(file for folder in (STATIC, TEMPLATES) for file in folder.rglob("*.*")):
        told.update(path.read_bytes())
    return told.hexdigest()[:8]


@functools.cache
def _static_address(path: str) -> str:
    """With eight hex digits of the file's hash; "0" for a file that is not there (its address then answers 404)."""
    try:
        version = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:8]
    except OSError:
        version = "0"
    return url_for("static", filename=path, v=version)
