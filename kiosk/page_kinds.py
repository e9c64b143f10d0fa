"""What kind of page is counted when a villager looks at one; who looks, and for what, is not asked."""

from collections.abc import Callable

from flask import Response, g, request

from content.usage import Channel
from kiosk.page_cache import KIND
from kiosk.pages import services
from kiosk.services import CountUse

# The pages of a public section say themselves which it is (`g.section`, or the address).
KINDS = {
    "public.home": "home",
    "public.contacts": "help",
    "public.help": "help",
    **dict.fromkeys(("public.section", "public.section_notices", "public.item", "public.notice"), ""),
    **dict.fromkeys(("public.statements", "public.statement", "public.trend", "public.entries"), "finance"),
    **dict.fromkeys(("public.entry", "public.ledgers", "public.ledger"), "finance"),
    **dict.fromkeys(("public.programmes", "public.programme", "public.rolls", "public.roll"), "subsidy"),
    **dict.fromkeys(("public.calculators", "public.calculator"), "subsidy"),
    **dict.fromkeys(("public.guides", "public.guide_list", "public.guide"), "guides"),
    "public.search": "search",
    **dict.fromkeys(("public.verify", "public.proof"), "verify"),
    **dict.fromkeys(("public.case", "public.apply"), "cases"),
    "public.mine": "mine",
    **dict.fromkeys(("public.say", "public.say_kind", "public.say_answers", "public.say_mine"), "say"),
    "public.follow": "follow",
}


def tell(response: Response) -> Response:
    """After a public page: its kind for the page cache, which counts it now and each time that it shows it again.

    A piece of a page, an answer to a form and a page that is not there are not counted.
    """
    is_piece = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    kind = _kind()
    if kind and request.method == "GET" and response.status_code == 200 and not is_piece:
        response.headers[KIND] = f"{g.village} {_channel()} {kind}"
    return response


def counted_by(count_use: CountUse) -> Callable[[str], None]:
    """What the page cache calls with a kind."""

    def count(kind: str) -> None:
        village, channel, what = kind.split(" ")
        count_use((village, channel, what))

    return count


def take_back_home() -> None:
    """The front page that comes next is nobody's."""
    node = services().node
    if not node.is_county:
        services().count_use((node.config.code, _channel(), "home"), -1)


def _kind() -> str:
    found = KINDS.get(request.endpoint or "")
    if found == "":
        return str(g.get("section") or (request.view_args or {}).get("section", ""))
    return found or ""


def _channel() -> Channel:
    return "portal" if services().node.is_county else "kiosk"
