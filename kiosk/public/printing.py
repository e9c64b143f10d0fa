"""Taking an answer home on paper: a publication as a sheet of A4 or A3, a case or a proof as a slip."""

import os
import shlex
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from content import cases, codes, guides, installed, published, villages
from content.clock import local_date, to_text
from content.errors import XiangtingError
from content.published import Found
from kiosk import qr
from kiosk.pages import local_day, local_time, services, show
from kiosk.printing import pdf, sheets, slips
from kiosk.public.addresses import Answer, back_to, home_address, page_of, sms_number
from kiosk.public.words import CASE_STATES

TOKEN_FOR_S = 600
PRINT_S = 20
EVERY_S = 15


class Turns:
    """One sheet or slip every few seconds: a child at the screen must not empty the paper tray."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: datetime | None = None

    def take(self, now: datetime) -> None:
        """XiangtingError while the last one is too young."""
        with self._lock:
            if self._last and (now - self._last).total_seconds() < EVERY_S:
                raise XiangtingError(
                    _("打印机还在忙，请等十几秒再打。"), code="print_busy", is_retryable=True
                )
            self._last = now


@dataclass(frozen=True)
class Sheet:
    """What can be put on paper: its name for addresses and files, its page, and its HTML for a size."""

    noun: str
    id: str
    title: str
    html: Callable[[str], str]

    def name(self, size: str) -> str:
        """What its file is called."""
        return f"{self.id}-{size}"


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/print/<noun>/<public_id>.pdf", "print_sheet", sheet)
    public.add_url_rule("/print/<noun>/<public_id>", "print_choice", choose)
    public.add_url_rule("/print/<noun>/<public_id>", "print_now", print_now, methods=["POST"])
    public.add_url_rule("/print/slip/proof", "slip_proof", slip_proof, methods=["POST"])
    public.add_url_rule("/print/slip/case", "slip_case", slip_case, methods=["POST"])
    public.add_url_rule("/print/sent", "print_sent", sent)
    public.record_once(lambda state: state.app.extensions.setdefault("xiangting.turns", Turns()))


def sheet(noun: str, public_id: str) -> Response:
    """The PDF of a publication or a guide; ?size=A3 is the board's, A4 for taking home."""
    size = request.args.get("size", "A4")
    if size not in pdf.SIZES or not installed.can_typeset():
        abort(404)
    wanted = _sheet(noun, public_id)
    g.is_fleeting = True  # too large for the page cache, and kept as a file anyway
    return sheets.answer(wanted.html(size), name=wanted.name(size))


def choose(noun: str, public_id: str) -> Answer:
    """Which paper: sent to the printer at a kiosk that has one, as PDF elsewhere."""
    return _choose(_sheet(noun, public_id))


def print_now(noun: str, public_id: str) -> Answer:
    """Send a sheet to the kiosk's printer."""
    wanted, size = _sheet(noun, public_id), request.form.get("size", "")
    if not services().paper.print_command or size not in pdf.SIZES:
        abort(404)
    try:
        _take_turn()
        _hand_over(sheets.kept(wanted.html(size), name=wanted.name(size)), size)
    except XiangtingError as exc:
        return _choose(wanted, problem=str(exc))
    return redirect(url_for("public.print_sent", back=page_of(wanted.noun, wanted.id)), code=303)


def slip_proof() -> Answer:
    """The slip of a proof: title, code, and the way to check it at home."""
    found = _existing(request.form.get("noun", ""), request.form.get("public_id", ""))
    one = found.publication
    county = villages.get_county(services().node.views.read())
    portal = county.portal_url.rstrip("/") if county else ""
    return _print_slip(
        _("公开编号"),
        [(_("标题"), found.title), (_("编号"), codes.grouped(one.id)), (_("公开日期"), local_day(one.at))],
        [_("扫码或在机器上点“核对纸面”，看有没有被改过。")],
        f"{portal}/v/{one.village}/verify/{one.id}" if portal else "",
        back=url_for("public.proof", noun=found.noun, public_id=one.id),
    )


def slip_case() -> Answer:
    """The slip of a case that this visitor has just seen: number, state and date; nothing of the person."""
    g.is_personal = True
    try:
        case_no = _tokens().loads(request.form.get("token", ""), max_age=TOKEN_FOR_S)
    except BadSignature:
        return redirect(url_for("public.case"), code=303)
    db = services().node.views.read()
    case = cases.get(db, case_no)
    if case is None:
        abort(404)
    guide, number = guides.get(db, case.guide_id, version=case.guide_version), sms_number()
    pairs = [(_("编号"), codes.grouped(case_no)), (_("状态"), str(CASE_STATES[case.state]))]
    if guide:
        pairs.insert(0, (_("事项"), guide.name))
    if case.status.promised_on:
        pairs.append((_("答应办结"), local_day(case.status.promised_on)))
    notes = (
        [_("发短信 CX %(number)s 到 %(phone)s，随时可查。", number=case_no, phone=number)] if number else []
    )
    code = f"SMSTO:{number}:CX {case_no}" if number else ""
    return _print_slip(_("办件小票"), pairs, notes, code, back=home_address())


def sent() -> Answer:
    """The printer has it."""
    return show("public/print_sent.html", back=back_to(home_address()))


def case_token(case_no: str) -> str:
    """Lets this visitor print the slip of a case for ten minutes; "" where there is no slip printer."""
    return _tokens().dumps(case_no) if services().paper.slip_printer else ""


def _existing(noun: str, public_id: str) -> Found:
    if noun not in sheets.NOUNS:
        abort(404)
    found = published.find(services().node.views.read(), public_id, noun=noun)
    if found is None or found.publication.village != g.village:
        abort(404)
    return found


def _sheet(noun: str, public_id: str) -> Sheet:
    db = services().node.views.read()
    if noun == "guide":
        return _guide_sheet(public_id)
    found = _existing(noun, public_id)
    return Sheet(noun, found.publication.id, found.title, lambda size: sheets.html_of(db, found, size=size))


def _guide_sheet(guide_id: str) -> Sheet:
    node = services().node
    db = node.views.read()
    guide = guides.in_force(db, guide_id, on=local_date(node.clock()))
    village, county = villages.get(db, g.village), villages.get_county(db)
    if guide is None:
        abort(404)
    portal = county.portal_url.rstrip("/") if county else ""
    place = f"{village.town} {village.name}" if village else ""
    code = qr.address_code(f"{portal}/guides/{guide_id}") if portal else None
    return Sheet(
        "guide",
        guide_id,
        guide.name,
        lambda size: sheets.guide_html(guide, place=place, size=size, code=code),
    )


def _choose(sheet: Sheet, *, problem: str = "") -> Answer:
    return show(
        "public/print.html",
        back=page_of(sheet.noun, sheet.id),
        title=sheet.title,
        noun=sheet.noun,
        public_id=sheet.id,
        has_printer=bool(services().paper.print_command),
        problem=problem,
        status=422 if problem else 200,
    )


def _hand_over(path: Path, size: str) -> None:
    """Give a PDF to the print command. XiangtingError when it fails."""
    words = shlex.split(services().paper.print_command, posix=os.name == "posix")
    command = [word.replace("{pdf}", str(path)).replace("{size}", size) for word in words]
    try:
        subprocess.run(command, capture_output=True, timeout=PRINT_S, check=True)
    except (OSError, subprocess.SubprocessError) as exc:
        raise XiangtingError(
            _("打印机没有收下。请看看有没有纸、有没有连好，再试一次。"), code="print_failed"
        ) from exc


def _take_turn() -> None:
    turns: Turns = current_app.extensions["xiangting.turns"]
    turns.take(services().node.clock())


def _print_slip(
    title: str, pairs: list[tuple[str, str]], notes: list[str], code: str, *, back: str
) -> Answer:
    wired = services()
    if not wired.paper.slip_printer:
        abort(404)
    village = villages.get(wired.node.views.read(), g.village)
    printed = _("%(when)s 打印", when=local_time(to_text(wired.node.clock())))
    notes = [*notes, f"{village.name} {village.office_phone}" if village else "", printed]
    slip = slips.make_slip(
        title, pairs, [note.strip() for note in notes if note.strip()], code, wired.paper.slip_width_px
    )
    _take_turn()
    slips.send(slip, wired.paper.slip_printer, font=wired.paper.slip_font)
    return redirect(url_for("public.print_sent", back=back), code=303)


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services().node.keys.secret_for("slip"))
