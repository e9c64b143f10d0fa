"""Says whether a paper notice is what was published: its short code is typed, or its QR code leads here."""

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext as _

from content import codes, proofs, published
from content.finances import PublishedStatement
from content.ledgers import PublishedLedger
from content.money import yuan
from content.published import Published
from content.rolls import PublishedRoll
from kiosk.pages import services, show
from kiosk.public import certificates, pads
from kiosk.public.addresses import Answer, home_address, page_of
from kiosk.public.words import KIND_LOOKS, KIND_WORDS

CODE_KEYS = (*codes.ALPHABET, pads.ERASE, pads.CLEAR)


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/verify", "verify", ask)
    public.add_url_rule("/verify/<typed>", "verify_code", verify)


def ask() -> Answer:
    """The question: the code on the paper. A key of the pad comes back here until the code is whole."""
    number = codes.fold(_after_last_slash(request.args.get("number", "")))[: 2 * codes.CODE_CHARS]
    if key := request.args.get("key", ""):
        number = pads.press(number, key, allowed=codes.ALPHABET, longest=codes.CODE_CHARS)
    if not number:
        return _ask("")
    if codes.is_valid(number):
        return redirect(url_for("public.verify_code", typed=codes.normalise(number)), code=303)
    if key and len(number) < codes.CODE_CHARS:
        return _ask(number)
    return _ask(number, _wrong())


def verify(typed: str) -> Answer:
    """What stands under a code, in plain words, with the figures that must be on the paper too."""
    wired = services()
    db, number = wired.node.views.read(), codes.normalise(typed)
    if number is None:
        return _ask(codes.fold(typed)[: codes.CODE_CHARS], _wrong())
    if certificate := certificates.find(number):
        return certificates.show_state(certificate)
    found = published.find(db, number)
    if found is not None and found.publication.village != g.village and wired.node.is_county:
        village = found.publication.village
        return redirect(url_for("public.verify_code", village=village, typed=number), code=303)
    if found is None or found.publication.village != g.village:
        return _show_unknown(number)
    one = found.publication
    return show(
        "public/verify_found.html",
        back=url_for("public.verify"),
        number=codes.grouped(number),
        title=found.title,
        noun=found.noun,
        kind=KIND_WORDS[found.noun],
        kind_look=KIND_LOOKS[found.noun],
        found=one,
        figures=_figures(one),
        proof=proofs.state_of(wired.node.record, one.event),
        address=page_of(found.noun, number),
        newer=url_for("public.verify_code", typed=one.replaced_by) if one.replaced_by else "",
    )


def _ask(number: str, problem: str = "") -> Answer:
    return show(
        "public/verify.html",
        back=home_address(),
        number=number,
        grouped="-".join(filter(None, (number[:4], number[4:8], number[8:]))),
        keys=CODE_KEYS,
        problem=problem,
        status=422 if problem else 200,
    )


def _show_unknown(number: str) -> Answer:
    return show(
        "public/verify_unknown.html",
        back=url_for("public.verify"),
        number=codes.grouped(number),
        status=404,
    )


def _wrong() -> str:
    return _("编号不对。编号是九位字母和数字，请对照纸上，擦掉错的再输。")


def _figures(one: Published) -> list[tuple[str, str]]:
    """The figures somebody would change on a false paper: a right code alone proves nothing about the rest of it."""
    if isinstance(one, PublishedStatement):
        figures = one.statement
        return [
            (_("收入"), _("%(amount)s 元", amount=yuan(figures.income_fen))),
            (_("支出"), _("%(amount)s 元", amount=yuan(figures.expense_fen))),
            (_("期末结余"), _("%(amount)s 元", amount=yuan(figures.closing_fen))),
        ]
    if isinstance(one, PublishedRoll):
        return [
            (_("一共"), _("%(amount)s 元", amount=yuan(one.roll.total_fen))),
            (_("户数"), _("%(count)s 户", count=one.roll.row_count)),
        ]
    if isinstance(one, PublishedLedger):
        return [(_("行数"), _("%(count)s 行", count=one.ledger.row_count))]
    return []


def _after_last_slash(text: str) -> str:
    """A reader that types what it scans gives the whole address of the QR code."""
    return text.strip().rstrip("/").rpartition("/")[2]
