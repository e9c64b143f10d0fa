"""Where the parts of a node meet: which services run on it and what each is given."""

from collections.abc import Callable
from contextlib import ExitStack

from flask import Blueprint, Flask

from content import case_sweep
from content.drafts import Drafts
from content.node import Node
from content.rounds import Rounds, Step
from content.sessions import Sessions
from content.settings import Settings
from content.speaker import Speaker
from content.speech import make_speech
from content.supervision_watch import Watch
from deploy.sms_wiring import news_text, wire_sms
from kiosk.app import create_app
from kiosk.printing.slips import check_printer
from kiosk.public import spoken
from kiosk.services import Paper, Services
from sms.service import SmsService
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
    sms, called = wire_sms(node, settings)
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
            news_text=lambda title: news_text(node, settings, title),
            sms_state=sms.desk if sms else None,
        )
    )
    _mount(app, called)
    if sms is not None:
        _start(sms, running)
    _go_rounds(node, nudge, running)
    if speaker is not None:
        speaker.start(lambda: spoken.published(app, node.views.read(), node.config.code))
        running.callback(speaker.stop)
    return app


def wire_county(
    node: Node, settings: Settings, running: ExitStack, *, has_phone_pages: bool = False
) -> Flask:
    """A county's portal, console, hub and text messages; what is started ends with `running`."""
    register = Register(node.record)
    sms, called = wire_sms(node, settings, register.seal_key_of)
    speaker = _make_speaker(node, settings)
    app = create_app(
        Services(
            node=node,
            sessions=Sessions(node.record),
            drafts=Drafts(node.record),
            devices=register,
            sms_state=sms.desk if sms else None,
            nudge=sms.worker.nudge if sms else _do_nothing,
            sms_number=settings.sms_number,
            is_secure=settings.is_secure,
            speaker=speaker,
        )
    )
    if speaker is not None:
        speaker.start()  # hundreds of villages: what is asked for, not everything
        running.callback(speaker.stop)
    _mount(app, [make_hub(node, register), *called])
    if sms is not None:
        if has_phone_pages:
            for pages in sms.blueprints():
                app.register_blueprint(pages)
        _start(sms, running)
    _go_rounds(node, sms.worker.nudge if sms else _do_nothing, running)
    return app


def _mount(app: Flask, called: list[Blueprint]) -> None:
    """Pages that machines call: they sign or carry a password, and have no form's token."""
    for machines in called:
        app.register_blueprint(machines)
        app.extensions["csrf"].exempt(machines)


def _go_rounds(node: Node, nudge: Callable[[], None], running: ExitStack) -> None:
    """What comes due by itself: silence that counts as acceptance, and at the county reminders and cards."""

    def settle() -> None:
        node.views.catch_up()
        nudge()

    steps: list[Step] = [lambda: case_sweep.deem_due(node.record, node.views.read())]
    if node.is_county:
        steps.append(Watch(node).step)
    rounds = Rounds(steps, settle)
    rounds.start()
    running.callback(rounds.stop)


def _start(sms: SmsService, running: ExitStack) -> None:
    sms.worker.start()
    running.callback(sms.worker.stop)


def _make_paper(settings: Settings) -> Paper:
    """The village's printers. XiangtingError when one is written in a way nobody understands."""
    check_printer(settings.slip_printer)
    return Paper(settings.print_command, settings.slip_printer, settings.slip_font, settings.slip_width_px)


def _make_speaker(node: Node, settings: Settings) -> Speaker | None:
    """Reads the node's texts aloud, not yet started; None where no engine is installed."""
    speech = make_speech(node.home / "speech", settings.speech_command, settings.speech_input)
    return Speaker(speech, lambda: node.views.generation) if speech else None


def _do_nothing() -> None:
    """Nobody has to be told: a village without a county, a county without SMS."""
