"""Makes the web application of a node: the kiosk and desk at a village, the portal and console at a county."""

import logging
from pathlib import Path

from flask import Flask, Response, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import FileSystemBytecodeCache
from werkzeug.exceptions import HTTPException

from content.errors import XiangtingError
from kiosk import access, by_phone, files, i18n, idle, listening, look, page_kinds, sign_in, staff
from kiosk.county import make_county
from kiosk.desk import make_desk
from kiosk.page_cache import PageCache
from kiosk.pages import add_filters, show
from kiosk.pages import services as services_of_app
from kiosk.public import make_public
from kiosk.services import Services

log = logging.getLogger(__name__)

MAX_UPLOAD_BYTES = 21 * 1024 * 1024  # a file may have 20 MiB; the rest is the form around it
CSP = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}


def create_app(services: Services) -> Flask:
    """The application; what it needs is in `services`, and nothing is started here."""
    app = Flask(__name__)
    app.secret_key = services.node.keys.secret_for("cookies")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        SESSION_COOKIE_NAME="visit",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=services.is_secure,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["xiangting"] = services
    _keep_compiled_templates(app, services.node.home / "templates")  # before anything makes the environment
    i18n.set_up(app, services.node.home / "translations")
    add_filters(app)
    app.before_request(_find_account)
    access.guard(app)
    app.after_request(_add_headers)
    app.after_request(staff.note_action)
    _add_errors(app)
    app.register_blueprint(files.blueprint)
    app.register_blueprint(idle.blueprint)
    app.register_blueprint(listening.blueprint)
    app.register_blueprint(look.blueprint)
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(staff.blueprint)
    _add_pages(app, services)
    csrf = CSRFProtect(app)
    app.extensions["csrf"] = csrf
    app.wsgi_app = PageCache(app.wsgi_app, services.node.views, page_kinds.counted_by(services.count_use))  # type: ignore[method-assign]
    return app


def _keep_compiled_templates(app: Flask, folder: Path) -> None:
    """Compiling is half of a page's first view, and its leavings stay in the process's memory."""
    folder.mkdir(exist_ok=True)
    app.jinja_options = {**app.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}


def _add_pages(app: Flask, services: Services) -> None:
    """A village's pages stand at /, at the county each village's stand at /v/<code>."""
    if services.node.is_county:
        app.register_blueprint(make_public(portal=True), url_prefix="/v/<village>")
        app.register_blueprint(make_county(services))
    else:
        app.register_blueprint(make_public(portal=False))
        app.register_blueprint(make_desk(services))
        app.register_blueprint(by_phone.blueprint)


def _find_account() -> None:
    """Put the signed-in account into `g`, None for a visitor; public pages do not look."""
    g.account = None
    token = request.cookies.get(sign_in.COOKIE)
    if token:
        wired = services_of_app()
        is_activity = request.endpoint not in access.ASKING_AGAIN
        session = wired.sessions.find(wired.node.views.read(), token, is_activity=is_activity)
        g.account = session.account if session else None


def _add_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _add_errors(app: Flask) -> None:
    """Errors in words: what happened and what to do next; never a stack trace."""

    @app.errorhandler(XiangtingError)
    def _ours(exc: XiangtingError) -> Response:
        status = 404 if exc.code in ("not_found", "no_draft", "no_case") else 422
        return show("error.html", status=status, back="/", words=str(exc))

    @app.errorhandler(CSRFError)
    def _stale_form(_exc: CSRFError) -> Response:
        words = _("这一页放得太久了。请按返回，再做一次。您填的内容没有丢。")
        return show("error.html", status=400, back=request.full_path.rstrip("?"), words=words)

    @app.errorhandler(HTTPException)
    def _http(exc: HTTPException) -> Response:
        words = {
            403: _("您的账号不能打开这一页。"),
            404: _("这里没有内容，可能已经撤下或地址写错了。"),
            405: _("请从页面上的按钮进入。"),
            413: _("文件太大了，最多 20 MB。照片可以先压缩，文档可以拆成几份。"),
        }
        return show(
            "error.html",
            status=exc.code or 500,
            back=request.path if exc.code == 413 else "/",
            words=words.get(exc.code or 500, _("没有成功，请再试一次。")),
        )

    @app.errorhandler(Exception)
    def _fault(_exc: Exception) -> Response | str:
        log.exception("fault on %s", request.endpoint)
        try:
            return show(
                "error.html",
                status=500,
                back="/",
                words=_("机器出了点问题，已经记下来了。请返回再试，或请代办员帮忙。"),
            )
        except Exception:  # noqa: BLE001  the layout itself may be what is broken: a bare sentence is better than nothing
            return Response(render_template("bare_error.html"), 500)
