"""Puts the SMS service of a node together; run.py chooses the gateway, starts the worker and mounts the pages."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint

from content.node import Node
from sms.desk_view import DeskView
from sms.gateway import Gateway
from sms.gateways.phone import PhoneGateway
from sms.inbox import Inbox
from sms.invitations import Inviter
from sms.notify import Notifier
from sms.outbox import Outbox
from sms.phone_page import make_phone_pages
from sms.settings import SmsSettings
from sms.worker import Worker


@dataclass(frozen=True)
class SmsService:
    """The parts of one node's SMS service. Nothing runs before `worker.start()`."""

    node: Node
    gateways: tuple[Gateway, ...]
    settings: SmsSettings
    outbox: Outbox
    inbox: Inbox
    worker: Worker
    desk: DeskView

    def blueprints(self) -> list[Blueprint]:
        """The drawn phones, where the gateway is one; Twilio's webhook is made by sms.webhook.make_webhook."""
        drawn = [gateway for gateway in self.gateways if isinstance(gateway, PhoneGateway)]
        return [make_phone_pages(gateway, self.worker.nudge) for gateway in drawn]


def _unknown_key(_village: str) -> bytes:
    return b""


def make_sms(
    node: Node,
    gateway: Gateway,
    settings: SmsSettings | None = None,
    *,
    helper: Gateway | None = None,
    village_key: Callable[[str], bytes] = _unknown_key,
) -> SmsService:
    """The service on this node with this gateway, and one that helps it out; village_key: of a village's device; its tables are made where they are missing."""
    settings = settings or SmsSettings()
    gateways = (gateway, helper) if helper else (gateway,)
    outbox = Outbox(node.record, settings)
    inbox = Inbox(node, outbox, settings, village_key)
    notifier = Notifier(node, outbox, settings)
    inviter = Inviter(node, outbox, settings) if node.is_county else None  # only the county opens the forms
    worker = Worker(node, notifier, inbox, outbox, gateways, inviter)
    desk = DeskView(node, outbox, gateways, settings, worker.nudge)
    return SmsService(node, gateways, settings, outbox, inbox, worker, desk)
