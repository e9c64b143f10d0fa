"""Typing with big buttons: what a key does to the text typed so far, the same with and without script."""

import re
import string

ERASE, CLEAR = "←", "×"
NUMBER_KEYS = (*"123456789", ".", "0", ERASE)
ID_KEYS = (*"123456789", "X", "0", ERASE)
PHONE_KEYS = (*"123456789", CLEAR, "0", ERASE)
LETTER_KEYS = (*string.ascii_uppercase, ERASE, CLEAR)


def press(typed: str, key: str, *, allowed: str, longest: int) -> str:
    """The text after a key: a character is added while there is room, `ERASE` takes one away, `CLEAR` all of them."""
    if key == ERASE:
        return typed[:-1]
    if key == CLEAR:
        return ""
    return typed + key if len(key) == 1 and key in allowed and len(typed) < longest else typed


def press_amount(typed: str, key: str) -> str:
    """The same for a number with at most seven digits, one point and two digits behind it."""
    pressed = press(typed, key, allowed="0123456789.", longest=10)
    pressed = "0." if pressed == "." else pressed
    return pressed if re.fullmatch(r"(\d{1,7}(\.\d{0,2})?)?", pressed) else typed
