"""Writing Chinese with big keys: what each key does to the text; which words the letters may mean is content/pinyin_input's.

Every key is a submit button, so it works without script; with script only the writing is exchanged, not the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from content import pinyin_input
from kiosk.pages import services
from kiosk.public import pads

SHOWN_WORDS = 10
LETTERS, SIGNS = "letters", "signs"
SPACE = " "
SIGN_KEYS = (*"1234567890", "，", "。", "？", "！", "、", "：", "—", "（", "）", SPACE)


@dataclass(frozen=True)
class Writing:
    """What stands on the page while somebody writes. letters: typed and not yet a word; pad: "letters" or "signs";
    words: what the letters may mean, from `first` on; next_first: where the following ones begin, 0 for the start."""

    text: str
    letters: str
    pad: str
    words: tuple[str, ...]
    first: int
    next_first: int
    letter_keys: tuple[str, ...] = (*pads.LETTER_KEYS[:-2], pads.ERASE)
    sign_keys: tuple[str, ...] = (*SIGN_KEYS, pads.ERASE)


def press(form: Mapping[str, str], *, longest: int) -> Writing:
    """The writing after the key of this form: "letter", "sign", "take" (a word), "turn" (to the other keys) or "more"."""
    text, letters = form.get("text", "")[:longest], form.get("letters", "").lower()[: pinyin_input.MAX_TYPED]
    pad = form.get("turn") or form.get("pad", "")
    if letter := form.get("letter", ""):
        text, letters = _press_letter(text, letters, letter)
    elif word := form.get("take", ""):
        text, letters = _take(text, letters, word)
    elif sign := form.get("sign", ""):
        text, letters = _press_sign(text, letters, sign)
    first = int(form["more"]) if form.get("more", "").isdecimal() and len(form["more"]) < 4 else 0
    return _writing(text[:longest], letters, SIGNS if pad == SIGNS else LETTERS, first)


def _press_letter(text: str, letters: str, letter: str) -> tuple[str, str]:
    """A letter more, or one thing less: a letter while there are any, else the last character of the text."""
    if letter != pads.ERASE:
        allowed = "".join(pads.LETTER_KEYS[:-2])
        return text, pads.press(
            letters.upper(), letter, allowed=allowed, longest=pinyin_input.MAX_TYPED
        ).lower()
    return (text, letters[:-1]) if letters else (text[:-1], "")


def _press_sign(text: str, letters: str, sign: str) -> tuple[str, str]:
    """A sign behind a word that was not yet taken takes the likeliest one first, as telephones do."""
    if sign == pads.ERASE:
        return _press_letter(text, letters, sign)
    if sign not in SIGN_KEYS:
        return text, letters
    if letters:
        text, _rest = _take(text, letters, (_words(letters) or [letters])[0])
    return text + sign, ""


def _take(text: str, letters: str, word: str) -> tuple[str, str]:
    """A word goes into the text; what it leaves over of the letters stays. The letters themselves can be taken too."""
    if word == letters:
        return text + letters, ""
    for candidate in pinyin_input.candidates(letters, _village_words()):
        if candidate.word == word:
            return text + word, candidate.rest
    return text, letters


def _writing(text: str, letters: str, pad: str, first: int) -> Writing:
    words = [*_words(letters), letters] if letters else []
    first = first if first < len(words) else 0
    rest = first + SHOWN_WORDS
    return Writing(text, letters, pad, tuple(words[first:rest]), first, rest if rest < len(words) else 0)


def _words(letters: str) -> list[str]:
    return [candidate.word for candidate in pinyin_input.candidates(letters, _village_words())]


def _village_words() -> list[str]:
    return pinyin_input.words_of(services().node.views.read(), g.village)
