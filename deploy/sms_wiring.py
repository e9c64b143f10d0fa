"""Which gateway a node's text messages use, and the pages its provider or phone calls; what runs them is sms.service."""

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint

from content import villages
from content.errors import XiangtingError
from content.node import Node
from content.settings import Settings
from sms import templates
from sms.android_endpoint import make_android_endpoint
from sms.gateway import Gateway
from sms.gateways.android import AndroidGateway
from sms.gateways.modem import ModemGateway
from sms.gateways.phone import PhoneGateway
from sms.service import SmsService, make_sms
from sms.settings import SmsSettings
from sms.webhook import make_webhook

Wired = tuple[SmsService | None, list[Blueprint]]
OWN_LINE = ("modem", "android")  # what stands in a village too
GATEWAYS = ("phone", "modem", "android", "twilio")
SHORTEST_PASSWORD = 12


def news_text(node: Node, settings: Settings, title: str) -> str:
    """What a village's subscribers are texted when something of this title is published."""
    village = villages.get(node.views.read(), node.config.code)
    signed = templates.signed_by(settings.sms_signature or (village.name if village else node.config.name))
    return templates.word("new_notice", {"title": title}, signature=signed).text


def _no_key(_village: str) -> bytes:
    return b""


def wire_sms(node: Node, settings: Settings, village_key: Callable[[str], bytes] = _no_key) -> Wired:
    """The SMS service that the settings choose, None for none, and the pages that machines call.

    A village has one only with a SIM of its own. village_key: of a village's device, to seal to. XiangtingError that
    names a setting which is wrong or missing.
    """
    chosen, second = settings.sms_gateway, settings.sms_second_gateway
    if chosen == "none" or not (node.is_county or chosen in OWN_LINE):
        return None, []
    own = SmsSettings(
        settings.sms_number,
        settings.sms_second_number,
        settings.sms_signature,
        settings.sms_daily_segments,
        settings.sms_price_fen,
    )
    gateway = _make("sms_gateway", chosen, settings.sms_number, node, settings)
    helper = None
    if second != "none":
        if second == chosen:
            raise XiangtingError("设置 sms_second_gateway 要和 sms_gateway 不同。", code="bad_setting")
        helper = _make("sms_second_gateway", second, settings.sms_second_number, node, settings)
    sms = make_sms(node, gateway, own, helper=helper, village_key=village_key)
    called = [_pages_of(one, sms, settings) for one in sms.gateways]
    return sms, [pages for pages in called if pages]


def _make(setting: str, chosen: str, number: str, node: Node, settings: Settings) -> Gateway:
    """The gateway that `setting` names, with its own number."""
    if chosen not in GATEWAYS:
        raise XiangtingError(
            f"设置 {setting} 应为 phone、modem、android、twilio 或 none，现在是 {chosen!r}。",
            code="bad_setting",
        )
    if chosen == "phone":
        return PhoneGateway(node.record, number)
    if chosen == "modem":
        _require(chosen, settings, "modem_database")
        return ModemGateway(Path(settings.modem_database), node.clock, number)
    if chosen == "android":
        _require(chosen, settings, "android_password")
        if len(settings.android_password) < SHORTEST_PASSWORD:
            raise XiangtingError(
                f"设置 android_password 至少 {SHORTEST_PASSWORD} 个字符。", code="bad_setting"
            )
        return AndroidGateway(node.record)
    return _make_twilio(setting, number, settings)


def _make_twilio(setting: str, number: str, settings: Settings) -> Gateway:
    from sms.gateways import twilio  # heavy: only who sends through it pays for it

    own = "sms_number" if setting == "sms_gateway" else "sms_second_number"
    _require("twilio", settings, "twilio_account_sid", "twilio_auth_token", own, "public_base_url")
    return twilio.TwilioGateway(
        twilio.TwilioSettings(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            sender=number,
            public_base_url=settings.public_base_url,
        )
    )


def _pages_of(gateway: Gateway, sms: SmsService, settings: Settings) -> Blueprint | None:
    """The pages that the gateway's phone or provider calls."""
    clock, nudge = sms.node.clock, sms.worker.nudge
    if isinstance(gateway, AndroidGateway):
        number = settings.sms_number if gateway is sms.gateways[0] else settings.sms_second_number
        return make_android_endpoint(
            sms.inbox,
            sms.outbox,
            gateway,
            password=settings.android_password,
            own_number=number,
            clock=clock,
            nudge=nudge,
        )
    if gateway.name != "twilio":
        return None
    from sms.gateways import twilio  # loaded already, by the one that made it

    assert isinstance(gateway, twilio.TwilioGateway)
    return make_webhook(
        sms.inbox,
        sms.outbox,
        gateway,
        twilio.report_of,
        public_base_url=settings.public_base_url,
        clock=clock,
        nudge=nudge,
    )


def _require(chosen: str, settings: Settings, *names: str) -> None:
    missing = [name for name in names if not getattr(settings, name)]
    if missing:
        raise XiangtingError(f"短信网关是 {chosen}，还缺设置：{'、'.join(missing)}。", code="missing_setting")
