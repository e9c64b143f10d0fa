"""The drawn phones as pages: texts as bubbles, a box to type in, switches for what may go wrong; only for the phone gateway."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from content.clock import VILLAGE_ZONE, from_text
from sms.gateways.phone import KINDS, PhoneGateway
from sms.numbers import canonical
from sms.segments import count_segments

MAX_PHONES = 4
MAX_CHARS = 500
HTMX = "vendor/htmx/htmx.min.js"
SAMPLES = ("13900001234", "13800005678")


def make_phone_pages(gateway: PhoneGateway, nudge: Callable[[], None]) -> Blueprint:
    """The pages under /phone. nudge: called when something was typed, so that it is answered at once."""
    pages = Blueprint(
        "phone",
        __name__,
        url_prefix="/phone",
        template_folder="templates_html",
        static_folder="static",
        static_url_path="/static",
    )

    @pages.get("/")
    def index() -> ResponseReturnValue:
        """Without numbers: the form to choose them; a form's number leads to its phone."""
        asked = _known(request.args.get("number", "").replace("，", ",").split(","))
        if asked:
            return redirect(url_for("phone.show", numbers=",".join(asked)), code=303)
        return render_template("sms/phones.html", phones=[], numbers="", **_page(gateway))

    @pages.get("/<numbers>")
    def show(numbers: str) -> ResponseReturnValue:
        """Up to four phones side by side, their numbers parted by commas."""
        known = _known(numbers.split(","))
        if not known:
            abort(404)
        return render_template("sms/phones.html", phones=known, numbers=",".join(known), **_page(gateway))

    @pages.get("/screen/<number>")
    def screen(number: str) -> ResponseReturnValue:
        """One phone's bubbles, for the page to fetch again."""
        known = _known([number]) or abort(404)
        return render_template("sms/_screen.html", number=known[0], gateway=gateway)

    @pages.post("/<numbers>")
    def send(numbers: str) -> ResponseReturnValue:
        """A text is sent from one of the phones."""
        text, sender = request.form.get("text", "").strip(), request.form.get("number", "")
        if text and canonical(sender):
            gateway.type_text(sender, text[:MAX_CHARS])
            nudge()
        return redirect(url_for("phone.show", numbers=numbers), code=303)

    @pages.post("/switches")
    def switch() -> ResponseReturnValue:
        """What goes wrong from now on."""
        error = request.form.get("error", "")
        delay = request.form.get("delay_s", "0")
        gateway.set_switches(
            error=error if error in KINDS else None,
            delay_s=min(int(delay), 3600) if delay.isdecimal() else 0,
            **{name: name in request.form for name in _FLAGS},
        )
        known = _known(request.form.get("numbers", "").split(","))
        back = url_for("phone.show", numbers=",".join(known)) if known else url_for("phone.index")
        return redirect(back, code=303)

    pages.add_app_template_filter(_clock_time, "phone_time")
    pages.add_app_template_filter(count_segments, "segments")
    return pages


_FLAGS = {
    "timeout_after_accept": "收下后不回答（超时）",
    "undelivered": "送不到（手机关机）",
    "duplicate": "回执重复",
    "out_of_order": "回执乱序",
}


def _known(numbers: list[str]) -> list[str]:
    """The numbers that can receive a text, each once, as people write them at home."""
    found = [known.removeprefix("+86") for number in numbers if (known := canonical(number))]
    return list(dict.fromkeys(found))[:MAX_PHONES]


def _page(gateway: PhoneGateway) -> dict[str, object]:
    has_htmx = bool(current_app.static_folder) and (Path(current_app.static_folder or "") / HTMX).exists()
    return {
        "gateway": gateway,
        "switches": asdict(gateway.switches),
        "flags": _FLAGS,
        "kinds": KINDS,
        "samples": SAMPLES,
        "htmx": HTMX if has_htmx else "",
    }


def _clock_time(text: str) -> str:
    """A stored time as a phone shows it: "11月3日 16:05"."""
    local = from_text(text).astimezone(VILLAGE_ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
