"""The blueprint that the county's pages hang on: which menu and home they show, and that only the portal's front is kept."""

from flask import Blueprint, Response, g, request, url_for
from flask_babel import lazy_gettext

from kiosk.access import ACCESS
from kiosk.pages import keep_if_public, services

blueprint = Blueprint("county", __name__)

FRONT = "county.front"
# Menu: word, icon, the page it leads to, and the other pages that belong to it by how their names begin.
MENU = (
    (lazy_gettext("总览"), "home", "county.home"),
    (lazy_gettext("办件"), "case", "county.cases"),
    (lazy_gettext("群众意见"), "say", "county.feedback"),
    (lazy_gettext("好差评"), "star", "county.ratings"),
    (lazy_gettext("电子监察"), "card", "county.supervision"),
    (lazy_gettext("短信"), "sms", "county.texts"),
    (lazy_gettext("各村"), "village", "county.villages"),
    (lazy_gettext("公开时钟"), "wait", "county.disclosure"),
    (lazy_gettext("统计"), "chart", "county.statistics"),
    (lazy_gettext("公开情况"), "flag", "county.publications"),
    (lazy_gettext("办事指南"), "guide", "county.guides"),
    (lazy_gettext("惠农项目"), "grain", "county.programmes"),
    (lazy_gettext("公开目录"), "sheet", "county.catalogue"),
    (lazy_gettext("承办部门"), "people", "county.departments"),
    (lazy_gettext("账号"), "people", "county.accounts"),
    (lazy_gettext("记录查询"), "search", "county.audit"),
    (lazy_gettext("谁登录过"), "people", "staff.log"),
    (lazy_gettext("动态码"), "lock", "staff.factor"),
)


@blueprint.before_request
def set_frame() -> None:
    """The portal's front has the villagers' frame, everything else the console's."""
    if request.endpoint == FRONT:
        g.home_url = "/"
        return
    g.place, g.home_url = "county", url_for("county.home")
    g.nav = [
        (word, url_for(endpoint), icon, _is_here(endpoint))
        for word, icon, endpoint in MENU
        if ACCESS[endpoint] & set(g.account.roles)
        and (endpoint != "county.villages" or services().devices)
        and (endpoint != "county.texts" or services().sms_state)
    ]


@blueprint.after_request
def _keep_front_only(response: Response) -> Response:
    if request.endpoint == FRONT:
        return keep_if_public(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_here(endpoint: str) -> bool:
    """Whether the page belongs to this entry: "county.case" and "county.case_move" to "county.cases"."""
    here, stem = request.endpoint or "", endpoint.removesuffix("s")
    return here in (endpoint, stem) or here.startswith(f"{stem}_")
