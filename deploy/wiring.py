"""Where the parts of a node meet: which services run on it and what each is given."""

from collections.abc import Callable
from contextlib import ExitStack

from flask import Blueprint, Flask

from content import case_sweep, usage
from content.drafts import Drafts
from content.node import Node
from content.rounds import Rounds, Step
from content.sessions import Sessions
from content.settings import Settings
from content.speaker import Speaker
from content.speech import make_speech
from content.supervision_watch import Watch
from content.usage import UsageCounter
from deploy.sms_wiring import news_text, wire_sms
from kiosk.app import create_app
from kiosk.printing.slips import check_printer
from kiosk.public import spoken
from kiosk.services import Paper, Services
from sms.service import SmsService
from sms.usage import texts_of
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
    counter = _make_counter(node, running)
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
            count_use=counter.add,
        )
    )
    _mount(app, called)
    if sms is not None:
        _start(sms, running)
    _go_rounds(node, nudge, running, _counting(node, counter, sms))
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
    counter = _make_counter(node, running)
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
            count_use=counter.add,
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
    _go_rounds(node, sms.worker.nudge if sms else _do_nothing, running, _counting(node, counter, sms))
    return app


def _mount(app: Flask, called: list[Blueprint]) -> None:
    """Pages that machines call: they sign or carry a password, and have no form's token."""
    for machines in called:
        app.register_blueprint(machines)
        app.extensions["csrf"].exempt(machines)


def _make_counter(node: Node, running: ExitStack) -> UsageCounter:
    """Counts what is looked at; what it holds is written down at the end."""
    counter = UsageCounter(node.record)
    running.callback(counter.flush)
    return counter


def _counting(node: Node, counter: UsageCounter, sms: SmsService | None) -> Step:
    """Write down the minute's use and, once a day, tell the county the day's; with the next sync, for a thousand villages
    would call in the same minute if each nudged."""
    other_use = texts_of(node.record) if sms else usage.no_other

    def step() -> int:
        counter.flush()
        if usage.tell(node.record, other_use):
            node.views.catch_up()
        return 0

    return step


def _go_rounds(node: Node, nudge: Callable[[], None], running: ExitStack, counting: Step) -> None:
    """What comes due by itself: silence that counts as acceptance, at the county reminders and cards, and the day's use."""

    def settle() -> None:
        node.views.catch_up()
        nudge()

    steps: list[Step] = [lambda: case_sweep.deem_due(node.record, node.views.read()), counting]
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
