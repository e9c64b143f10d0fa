"""Languages: Chinese is what the templates say; another language is a folder of .po files, compiled at the start."""

from datetime import date
from io import BytesIO
from pathlib import Path

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, request
from flask_babel import Babel, get_locale

TRANSLATIONS = Path(__file__).parent / "translations"
DEFAULT = "zh_Hans_CN"
LANGUAGES = (DEFAULT, *sorted(path.name for path in TRANSLATIONS.iterdir() if path.is_dir()))


def set_up(app: Flask, folder: Path) -> None:
    """Translate by the reader's look cookie. Compiled catalogues go to `folder`, which must be writable."""
    for language in LANGUAGES[1:]:
        _compile(TRANSLATIONS / language, folder / language)
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT, BABEL_TRANSLATION_DIRECTORIES=str(folder))
    Babel(app, locale_selector=lambda: look_of_request()["lang"], default_timezone="Asia/Shanghai")


def look_of_request() -> dict[str, str]:
    """What the reader has chosen: lang, large ("1" or ""), contrast ("1" or "").

    Kept in a plain cookie "look" such as "en.large": it is no secret and is forgotten when the kiosk falls idle.
    """
    chosen = request.cookies.get("look", "").split(".") if request else []
    lang = next((language for language in LANGUAGES if language in chosen), DEFAULT)
    return {
        "lang": lang,
        "large": "1" if "large" in chosen else "",
        "contrast": "1" if "contrast" in chosen else "",
    }


def month_word(month: int) -> str:
    """A month's short name in the reader's language: "1月", "Jan"."""
    return format_date(date(2000, month, 1), "LLL", locale=get_locale() or DEFAULT)


def look_cookie(look: dict[str, str]) -> str:
    """The cookie's value for a look."""
    words = [look["lang"]] if look["lang"] != DEFAULT else []
    words += [name for name in ("large", "contrast") if look[name]]
    return ".".join(words)


def _compile(source: Path, target: Path) -> None:
    """One .mo of all the .po files in `source`; nothing to do while it is newer than they are."""
    sources = sorted(source.glob("*.po"))
    mo = target / "LC_MESSAGES" / "messages.mo"
    if mo.exists() and all(mo.stat().st_mtime > po.stat().st_mtime for po in sources):
        return
    catalog = Catalog(locale=source.name)
    for po in sources:
        with po.open("rb") as file:
            for message in read_po(file, locale=source.name):
                if message.id:
                    catalog[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, catalog)
    mo.parent.mkdir(parents=True, exist_ok=True)
    mo.write_bytes(compiled.getvalue())
