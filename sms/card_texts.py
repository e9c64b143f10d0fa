"""How a card is told to staff by text: what it is about in a few words, no name, no content; who is told is staff_contacts.py's."""

from content import codes
from content.supervision import Card

Said = tuple[str, dict[str, str]]

COLOURS = {"reminder": "提醒", "yellow": "黄牌", "red": "红牌"}
CLOCKS = {
    "accept": "受理期限",
    "step": "环节时限",
    "promised": "承诺时限",
    "legal": "法定时限",
    "feedback_accept": "受理期限",
    "feedback_answer": "答复期限",
    "disclosure": "公开期限",
}
ABOUT = {"case": "办件", "feedback": "群众意见", "disclosure": "公开事项"}


def issued(card: Card) -> Said:
    """A reminder or card that was given just now."""
    if card.rectify_by:
        return "staff_card_by", {**_parameters(card), "rectify_by": _day(card.rectify_by)}
    return "staff_card", _parameters(card)


def escalated(card: Card) -> Said:
    """One that is still not put right, for those above."""
    return "staff_card_up", _parameters(card)


def _parameters(card: Card) -> dict[str, str]:
    number = card.case_no.partition(" ")[0] if card.subject == "disclosure" else codes.grouped(card.case_no)
    return {
        "colour": COLOURS[card.colour],
        "about": f"{ABOUT[card.subject]}{number}",
        "clock": CLOCKS.get(card.basis, "期限"),
        "due_on": _day(card.due_on),
    }


def _day(text: str) -> str:
    _year, month, day = text.split("-")
    return f"{int(month)}月{int(day)}日"
