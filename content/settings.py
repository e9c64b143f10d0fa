"""Settings: what may be set for a node, from environment variables or home/settings.toml; a wrong value stops the start."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from content.errors import XiangtingError

PREFIX = "XIANGTING_"


def _setting(default: Any, words: str) -> Any:
    return field(default=default, metadata={"words": words})


@dataclass(frozen=True)
class Settings:
    """Every setting with its default. In the environment each is XIANGTING_ and the name in capitals."""

    sync_every_s: int = _setting(300, "How often a village syncs with its county, in seconds.")
    threads: int = _setting(4, "How many requests the web server handles at once.")
    public_base_url: str = _setting(
        "",
        "The address under which the county's hub is reached from outside, such as https://portal.example.cn.",
    )
    sms_gateway: str = _setting(
        "phone",
        "How texts leave: phone (drawn in the browser), modem, android, twilio or none; a village has its own only with modem or android.",
    )
    sms_number: str = _setting("", "The number that residents text to, shown at the kiosk and in QR codes.")
    sms_second_gateway: str = _setting(
        "none",
        "What helps out when that one stands still or is behind: modem, android, twilio, phone or none.",
    )
    sms_second_number: str = _setting("", "The number of the second gateway.")
    sms_signature: str = _setting("", "What stands in 【】 before each text; empty for the village's name.")
    sms_daily_segments: int = _setting(500, "How many segments a village may send unasked in a day.")
    sms_price_fen: int = _setting(5, "What one segment costs, in fen, for the composer's preview.")
    modem_database: str = _setting("", "The SQLite file of Gammu SMSD, which drives a local SIM.")
    android_password: str = _setting(
        "", "The password of the Android phone that polls /sms/android; best given in the environment."
    )
    twilio_account_sid: str = _setting("", "The account at Twilio.")
    twilio_auth_token: str = _setting("", "The secret of that account; best given in the environment.")
    speech_command: str = _setting(
        "espeak-ng -v {voice} -s 160 -w {wav} --stdin",
        "What reads texts aloud: text on stdin, sound into {wav}; empty for no reading aloud.",
    )
    speech_input: str = _setting(
        "pinyin", "What that command is given for Chinese: pinyin (espeak-ng) or characters (a better voice)."
    )
    print_command: str = _setting(
        "",
        "Hands {pdf} of {size} (A4, A3) to the kiosk's printer, such as lp -o media={size} {pdf}; empty for none.",
    )
    slip_printer: str = _setting(
        "", "The thermal printer: file:/path, usb:04b8:0e15 or network:192.168.1.9; empty for none."
    )
    slip_width_px: int = _setting(384, "How many dots a slip is wide: 384 for 58 mm paper, 576 for 80 mm.")
    slip_font: str = _setting("", "A font file with Chinese for slips; empty for the system's.")
    is_secure: bool = _setting(
        False, "Whether pages are served over HTTPS only, so that cookies are marked secure."
    )
    log_level: str = _setting("WARNING", "How much is logged: DEBUG, INFO, WARNING or ERROR.")


def load_settings(home: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the node in `home`: the environment goes before settings.toml, that before the defaults.

    Raises XiangtingError that names a setting which is unknown or has a wrong value.
    """
    given = {**_from_file(home / "settings.toml"), **_from_environment(environ)}
    known = {item.name: item for item in fields(Settings)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise XiangtingError(
                f"没有叫 {name} 的设置。可用的有：{'、'.join(known)}。", code="unknown_setting"
            )
        values[name] = _convert(name, value, type(known[name].default))
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise XiangtingError(f"设置文件 {path} 读不懂：{exc}", code="bad_settings") from exc


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    known = {PREFIX + item.name.upper(): item.name for item in fields(Settings)}
    return {known[name]: value for name, value in environ.items() if name in known}


def _convert(name: str, value: Any, kind: type) -> Any:
    """The value as its type; text from the environment may say 1/0, true/false for a yes or no."""
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if kind is bool and str(value).lower() in ("1", "true", "yes", "0", "false", "no"):
        return str(value).lower() in ("1", "true", "yes")
    if kind is int and str(value).strip().isdecimal():
        return int(value)
    wanted = {bool: "true 或 false", int: "整数", str: "文字"}[kind]
    raise XiangtingError(
        f"设置 {name}（{PREFIX}{name.upper()}）应为{wanted}，现在是 {value!r}。", code="bad_setting"
    )
