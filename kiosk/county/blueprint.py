"""The blueprint that the county's pages hang on: which menu and home they show, and that only the portal's pages are kept."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, g, request, url_for
from flask_babel import lazy_gettext

from kiosk.access import ACCESS, is_for_whole_county
from kiosk.county.area import covers
from kiosk.pages import NavEntry, keep_if_public, services

blueprint = Blueprint("county", __name__)

# The pages for everybody: they have the villagers' frame, and may be kept.
PORTAL = frozenset(
    (
        "county.front",
        "county.portal_guides",
        "county.portal_guide",
        "county.portal_guide_sheet",
        "county.portal_statistics",
        "county.portal_disclosure",
    )
)
# Menu: word, icon, the page it leads to, and its access key ("" for none); a word alone is the heading of what follows.
# Pages belong to an entry by how their names begin.
MENU = (
    (lazy_gettext("总览"), "home", "county.home", "0"),
    (lazy_gettext("办事"),),
    (lazy_gettext("办件"), "case", "county.cases", "1"),
    (lazy_gettext("群众意见"), "say", "county.feedback", "2"),
    (lazy_gettext("好差评"), "star", "county.ratings", "3"),
    (lazy_gettext("短信"), "sms", "county.texts", "t"),
    (lazy_gettext("监督"),),
    (lazy_gettext("电子监察"), "card", "county.supervision", "4"),
    (lazy_gettext("公开时钟"), "wait", "county.disclosure", "5"),
    (lazy_gettext("公开情况"), "flag", "county.publications", "p"),
    (lazy_gettext("统计"), "chart", "county.statistics", "6"),
    (lazy_gettext("规矩"),),
    (lazy_gettext("办事指南"), "guide", "county.guides", "7"),
    (lazy_gettext("惠农项目"), "grain", "county.programmes", "8"),
    (lazy_gettext("公开目录"), "sheet", "county.catalogue", "k"),
    (lazy_gettext("工作日历"), "calendar", "county.calendar", "9"),
    (lazy_gettext("承办部门"), "people", "county.departments", "b"),
    (lazy_gettext("管理"),),
    (lazy_gettext("各村情况"), "village", "county.villages", "v"),
    (lazy_gettext("账号管理"), "person", "county.accounts", "a"),
    (lazy_gettext("记录查询"), "search", "county.audit", "j"),
    (lazy_gettext("谁登录过"), "people", "staff.log", "l"),
    (lazy_gettext("动态码"), "lock", "staff.factor", "y"),
)


@blueprint.before_request
def set_frame() -> None:
    """The portal's pages have the villagers' frame, everything else the console's."""
    if request.endpoint in PORTAL:
        g.home_url = "/"
        return
    if is_for_whole_county(request.endpoint or "") and not covers(services().node.config.code):
        abort(403)
    g.place, g.home_url = "county", url_for("county.home")
    g.nav = list(_menu())


@blueprint.after_request
def _keep_portal_only(response: Response) -> Response:
    if request.endpoint in PORTAL:
        return keep_if_public(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _menu() -> Iterator[NavEntry]:
    """The entries that this account may open; a heading goes to the first one under it."""
    parts = {"county.villages": services().devices, "county.texts": services().sms_state}
    unwired, heading = {page for page, part in parts.items() if part is None}, ""
    for entry in MENU:
        if len(entry) == 1:
            heading = entry[0]
            continue
        word, icon, endpoint, key = entry
        if ACCESS[endpoint] & set(g.account.roles) and endpoint not in unwired:
            yield NavEntry(word, url_for(endpoint), icon, _is_here(endpoint), heading, key)
            heading = ""


def _is_here(endpoint: str) -> bool:
    """Whether the page belongs to this entry: "county.case" and "county.case_move" to "county.cases"."""
    here, stem = request.endpoint or "", endpoint.removesuffix("s")
    return here in (endpoint, stem) or here.startswith(f"{stem}_")
