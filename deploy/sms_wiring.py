"""Which gateway a node's text messages use, and the pages its provider or phone calls; what runs them is sms.service."""

from pathlib import Path

from flask import Blueprint

from content.errors import XiangtingError
from content.node import Node
from content.settings import Settings
from sms.android_endpoint import make_android_endpoint
from sms.gateways.android import AndroidGateway
from sms.gateways.modem import ModemGateway
from sms.gateways.phone import PhoneGateway
from sms.service import SmsService, make_sms
from sms.settings import SmsSettings
from sms.webhook import make_webhook

Wired = tuple[SmsService | None, list[Blueprint]]
OWN_LINE = ("modem", "android")  # what stands in a village too
SHORTEST_PASSWORD = 12


def wire_sms(node: Node, settings: Settings) -> Wired:
    """The SMS service that the settings choose, None for none, and the pages that machines call.

    A village has one only with a SIM of its own. XiangtingError that names a setting which is wrong or missing.
    """
    chosen = settings.sms_gateway
    if chosen == "none" or not (node.is_county or chosen in OWN_LINE):
        return None, []
    own = SmsSettings(
        settings.sms_number, settings.sms_signature, settings.sms_daily_segments, settings.sms_price_fen
    )
    if chosen == "phone":
        return make_sms(node, PhoneGateway(node.record, settings.sms_number), own), []
    if chosen == "modem":
        _require(settings, "modem_database")
        modem = ModemGateway(Path(settings.modem_database), node.clock, settings.sms_number)
        return make_sms(node, modem, own), []
    if chosen == "android":
        return _wire_android(node, settings, own)
    if chosen == "twilio":
        return _wire_twilio(node, settings, own)
    raise XiangtingError(
        f"设置 sms_gateway 应为 phone、modem、android、twilio 或 none，现在是 {chosen!r}。",
        code="bad_setting",
    )


def _wire_android(node: Node, settings: Settings, own: SmsSettings) -> Wired:
    _require(settings, "android_password")
    if len(settings.android_password) < SHORTEST_PASSWORD:
        raise XiangtingError(f"设置 android_password 至少 {SHORTEST_PASSWORD} 个字符。", code="bad_setting")
    gateway = AndroidGateway(node.record)
    sms = make_sms(node, gateway, own)
    endpoint = make_android_endpoint(
        sms.inbox,
        sms.outbox,
        gateway,
        password=settings.android_password,
        own_number=settings.sms_number,
        clock=node.clock,
        nudge=sms.worker.nudge,
    )
    return sms, [endpoint]


def _wire_twilio(node: Node, settings: Settings, own: SmsSettings) -> Wired:
    from sms.gateways import twilio  # heavy: only who sends through it pays for it

    _require(settings, "twilio_account_sid", "twilio_auth_token", "sms_number", "public_base_url")
    gateway = twilio.TwilioGateway(
        twilio.TwilioSettings(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            sender=settings.sms_number,
            public_base_url=settings.public_base_url,
        )
    )
    sms = make_sms(node, gateway, own)
    webhook = make_webhook(
        sms.inbox,
        sms.outbox,
        gateway,
        twilio.report_of,
        public_base_url=settings.public_base_url,
        clock=node.clock,
        nudge=sms.worker.nudge,
    )
    return sms, [webhook]


def _require(settings: Settings, *names: str) -> None:
    missing = [name for name in names if not getattr(settings, name)]
    if missing:
        raise XiangtingError(
            f"sms_gateway 是 {settings.sms_gateway}，还缺设置：{'、'.join(missing)}。", code="missing_setting"
        )
