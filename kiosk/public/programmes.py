"""Subsidy programmes in plain words, and 算一算: what a quantity gives at a dated rate; who received what is rolls'."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, abort, request, url_for

from content import money, reading, subsidies
from content.speech import Passage
from content.subsidies import Explanation, Programme, Standard
from kiosk import listening
from kiosk.pages import page_number, services, show
from kiosk.public import pads
from kiosk.public.addresses import Answer, back_to, phone_code, sms_code, sms_number
from kiosk.public.paging import PAGE_SIZE, make_pager

FIELDS = ("quantity", "paid")


@dataclass(frozen=True)
class Sum:
    """What comes out of the calculator. expected_fen: None while no quantity is typed; explanation: None while no
    payment is; same_as: the standards that would give exactly this payment."""

    expected_fen: int | None = None
    explanation: Explanation | None = None
    same_as: tuple[Standard, ...] = ()


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/programmes", "programmes", programmes)
    public.add_url_rule("/programmes/<path:name>", "programme", show_programme)
    public.add_url_rule("/calculator", "calculators", calculators)
    public.add_url_rule("/calculator/<standard_id>", "calculator", calculator)


def programmes() -> Answer:
    """Every programme, the county's own first."""
    found = subsidies.list_programmes(services().node.views.read())
    return _show_list("public/programmes.html", found)


def show_programme(name: str) -> Answer:
    """One programme: for whom, how much where and when, and where to ask."""
    found = subsidies.get_programme(services().node.views.read(), name)
    if found is None:
        abort(404)
    listening.offer(Passage(reading.of_programme(found)))
    return show(
        "public/programme.html",
        back=back_to(url_for("public.programmes")),
        programme=found,
        newest=found.standards[0],
        code=sms_code("BT"),
        sms_number=sms_number(),
        phone_code=phone_code(),
    )


def calculators() -> Answer:
    """The programmes whose standard can be multiplied, to choose one."""
    found = subsidies.list_programmes(services().node.views.read())
    return _show_list("public/calculators.html", [one for one in found if countable(one)])


def calculator(standard_id: str) -> Answer:
    """Quantity times a dated rate, against what was paid if that is typed too."""
    found = subsidies.list_programmes(services().node.views.read())
    pairs = [(one, standard) for one in found for standard in countable(one) if standard.id == standard_id]
    if not pairs:
        abort(404)
    (owner, standard), (active, typed) = pairs[0], _typed()
    return show(
        "public/calculator.html",
        back=url_for("public.programme", name=owner.name),
        programme=owner,
        standard=standard,
        others=countable(owner),
        keys=pads.NUMBER_KEYS,
        active=active,
        typed=typed,
        sum=_work_out(owner, standard, typed["quantity"], typed["paid"]),
    )


def countable(programme: Programme) -> tuple[Standard, ...]:
    """The standards that a quantity can be multiplied with: a guarantee is paid as a difference, not as a product."""
    return tuple(one for one in programme.standards if one.rate_fen is not None and not one.is_differential)


def _show_list(template: str, found: list[Programme]) -> Answer:
    number = page_number()
    return show(
        template,
        back=url_for("public.section", section="subsidy"),
        section="subsidy",
        part="programmes",
        programmes=found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        countable=countable,
        has_own=any(one.ours for one in found),
        pager=make_pager(number, len(found)),
    )


def _typed() -> tuple[str, dict[str, str]]:
    """The field that keys go to, and what stands in each field after the key of this request."""
    active = request.args.get("field", "")
    active = active if active in FIELDS else FIELDS[0]
    typed = {name: _as_typed(request.args.get(name, "")) for name in FIELDS}
    typed[active] = pads.press_amount(typed[active], request.args.get("key", ""))
    return active, typed


def _as_typed(text: str) -> str:
    """What the pad would have made of these characters: nonsense falls away."""
    typed = ""
    for char in text.strip()[:20]:
        typed = pads.press_amount(typed, char)
    return typed


def _work_out(owner: Programme, standard: Standard, quantity: str, paid: str) -> Sum:
    if not Decimal(quantity or 0):
        return Sum()
    expected = subsidies.calculate(Decimal(quantity), standard)
    if not Decimal(paid or 0):
        return Sum(expected)
    others = countable(owner)
    explained = subsidies.explain(Decimal(quantity), standard, money.parse(paid.rstrip(".")), others=others)
    return Sum(expected, explained, tuple(one for one in others if one.id in explained.same_as))
