"""Where the parts of a node meet: which services run on it and what each is given."""

from collections.abc import Callable
from contextlib import ExitStack

from flask import Blueprint, Flask

from content.drafts import Drafts
from content.errors import XiangtingError
from content.node import Node
from content.sessions import Sessions
from content.settings import Settings
from content.speaker import Speaker
from content.speech import make_speech
from kiosk.app import create_app
from kiosk.printing.slips import check_printer
from kiosk.public import spoken
from kiosk.services import Paper, Services
from sms.gateways.phone import PhoneGateway
from sms.service import SmsService, make_sms
from sms.settings import SmsSettings
from sms.webhook import make_webhook
from sync.client import Client
from sync.enrol import Register
from sync.hub import make_hub
from sync.journal import Journal
from sync.schedule import Schedule


def wire_village(node: Node, settings: Settings, running: ExitStack, *, sync_every_s: int) -> Flask:
    """A village's kiosk and desk, and its sync when it is enrolled; what is started ends with `running`."""
    journal = Journal(node.record)
    nudge: Callable[[], None] = _do_nothing
    if node.config.hub_url:
        schedule = Schedule(Client(node, journal).sync, every_s=sync_every_s, device_key=node.keys.public_key)
        schedule.start()
        running.callback(schedule.stop)
        nudge = schedule.nudge
    speaker = _make_speaker(node, settings)
    app = create_app(
        Services(
            node=node,
            sessions=Sessions(node.record),
            drafts=Drafts(node.record),
            sync_state=journal,
            nudge=nudge,
            sms_number=settings.sms_number,
            is_secure=settings.is_secure,
            speaker=speaker,
            paper=_make_paper(settings),
        )
    )
    if speaker is not None:
        speaker.start(lambda: spoken.published(app, node.views.read(), node.config.code))
        running.callback(speaker.stop)
    return app


def wire_county(
    node: Node, settings: Settings, running: ExitStack, *, has_phone_pages: bool = False
) -> Flask:
    """A county's portal, console, hub and text messages; what is started ends with `running`."""
    register = Register(node.record)
    sms, webhook = _wire_sms(node, settings)
    speaker = _make_speaker(node, settings)
    app = create_app(
        Services(
            node=node,
            sessions=Sessions(node.record),
            drafts=Drafts(node.record),
            devices=register,
            nudge=sms.worker.nudge if sms else _do_nothing,
            sms_number=settings.sms_number,
            is_secure=settings.is_secure,
            speaker=speaker,
        )
    )
    if speaker is not None:
        speaker.start()  # hundreds of villages: what is asked for, not everything
        running.callback(speaker.stop)
    for machines in [make_hub(node, register), *webhook]:
        app.register_blueprint(machines)
        app.extensions["csrf"].exempt(machines)
    if sms is not None:
        if has_phone_pages:
            for pages in sms.blueprints():
                app.register_blueprint(pages)
        sms.worker.start()
        running.callback(sms.worker.stop)
    return app


def _make_paper(settings: Settings) -> Paper:
    """The village's printers. XiangtingError when one is written in a way nobody understands."""
    check_printer(settings.slip_printer)
    return Paper(settings.print_command, settings.slip_printer, settings.slip_font, settings.slip_width_px)


def _make_speaker(node: Node, settings: Settings) -> Speaker | None:
    """Reads the node's texts aloud, not yet started; None where no engine is installed."""
    speech = make_speech(node.home / "speech", settings.speech_command, settings.speech_input)
    return Speaker(speech, lambda: node.views.generation) if speech else None


def _wire_sms(node: Node, settings: Settings) -> tuple[SmsService | None, list[Blueprint]]:
    """The SMS service that the settings choose, None for none; and the pages that its provider calls."""
    own = SmsSettings(settings.sms_number, settings.sms_signature, settings.sms_daily_segments)
    if settings.sms_gateway == "none":
        return None, []
    if settings.sms_gateway == "phone":
        return make_sms(node, PhoneGateway(node.record, settings.sms_number), own), []
    if settings.sms_gateway == "twilio":
        return _wire_twilio(node, settings, own)
    raise XiangtingError(
        f"设置 sms_gateway 应为 phone、twilio 或 none，现在是 {settings.sms_gateway!r}。", code="bad_setting"
    )


def _wire_twilio(node: Node, settings: Settings, own: SmsSettings) -> tuple[SmsService, list[Blueprint]]:
    from sms.gateways import twilio  # heavy: only who sends through it pays for it

    missing = [
        name
        for name in ("twilio_account_sid", "twilio_auth_token", "sms_number", "public_base_url")
        if not getattr(settings, name)
    ]
    if missing:
        raise XiangtingError(f"用 Twilio 发短信还缺设置：{'、'.join(missing)}。", code="missing_setting")
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


def _do_nothing() -> None:
    """Nobody has to be told: a village without a county, a county without SMS."""
