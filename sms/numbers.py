"""Phone numbers as texts carry them: one spelling for each, and which senders are machines; whose they are is contacts.py."""

import re
import unicodedata

_COUNTRY = "+86"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FOREIGN = re.compile(r"\+[1-9][0-9]{7,14}")
# Operators, banks, hotlines and bulk senders: answering them starts a loop, or costs money.
_SERVICE = re.compile(r"100[0-9]{2,3}|1[12][0-9]{1,6}|9[56][0-9]{1,9}|106[0-9]*")


def canonical(text: str) -> str | None:
    """The number in E.164 ("+8613900001234"), or None for what can receive no text (land lines, short numbers, words)."""
    plain = re.sub(r"[\s\-()（）]", "", unicodedata.normalize("NFKC", text))
    plain = "+" + plain[2:] if plain.startswith("00") else plain
    home = plain.removeprefix(_COUNTRY)
    if home.startswith("86") and len(home) == 13:
        home = home[2:]
    if _MOBILE.fullmatch(home):
        return _COUNTRY + home
    is_foreign = _FOREIGN.fullmatch(plain) and not plain.startswith(_COUNTRY)
    return plain if is_foreign else None


def is_person(sender: str, *own_numbers: str) -> bool:
    """Whether a sender may be answered: not a service number, not a name in letters, not our own number."""
    number = canonical(sender)
    home = re.sub(r"\D", "", sender.removeprefix(_COUNTRY))
    if number is None or _SERVICE.fullmatch(home):
        return False
    return number not in [canonical(own) for own in own_numbers]


def masked(number: str) -> str:
    """ "139****1234": enough for staff to compare, too little to call."""
    home = number.removeprefix(_COUNTRY)
    return f"{home[:3]}****{home[-4:]}" if len(home) >= 8 else "****"
