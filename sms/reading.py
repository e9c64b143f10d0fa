"""Reads an inbound text into words: folded characters, keywords found, what is left over. It decides nothing."""

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from content import codes, syllables
from sms import words as table

_LONGEST_PHRASE = 4  # "xin nong he yi" is as many syllables as any keyword has
_PIECE_CHARS = 4  # codes are shown as Q7K2-M9XF-V
_FUZZY_PINYIN_CHARS = 5
_FUZZY_ENGLISH_CHARS = 7  # shorter English words are one slip away from other English words

_SIGNATURE = re.compile(r"^\s*【[^】]{0,20}】|【[^】]{0,20}】\s*$")
_LATIN = re.compile(r"(?:https?://|www\.)\S+|[a-z0-9]+")
_TONED = re.compile(r"(?:[a-z]+[1-5])+")
_GLUED_CODE = re.compile(
    r"(cx)(?=[a-z0-9]*[0-9])([a-z0-9]{5,10})|(bt|cw|gg|bs|pj)([0-9]+(?:q[1-4]|yue)?|q[1-4])"
)
# Looks ahead without consuming: other digits may stand before, with only a blank between.
_EIGHTEEN = re.compile(r"(?<![0-9])(?=([0-9](?:[\s\-_.,:·*]?[0-9]){16}[\s\-_.,:·*]?[0-9x]))")
_BIRTH_DATE = re.compile(r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]")
_BANK_CARD = re.compile(r"(?<![0-9])[3-9][0-9]{3}(?:[\s\-][0-9]{4}){3}")
_LONG_NUMBER = re.compile(r"[0-9]{15}")


@dataclass(frozen=True)
class Token:
    """A run of Latin letters and digits in the folded text, from `start` to `end`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """A keyword found in Latin letters: an intent, or "topic:" and the topic's word."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True)
class Words:
    """A text as the recognisers see it.

    `raw` is what was typed without an added signature; `text` is folded (half-width, small letters, no accents);
    `origin` says for each place in `text` where it was in `raw`.
    """

    raw: str
    text: str
    origin: tuple[int, ...]
    hits: tuple[Hit, ...]
    loose: tuple[Token, ...]

    @cached_property
    def compact(self) -> str:
        """`text` with letters, digits and characters only: no blanks, punctuation or emoji."""
        return "".join(char for char in self.text if char.isalnum())

    @cached_property
    def concepts(self) -> frozenset[str]:
        """What the Latin keywords mean, whatever their order."""
        return frozenset(hit.concept for hit in self.hits)

    @cached_property
    def topic(self) -> table.Topic | None:
        """What the text is about, the first of the topics table that fits."""
        for topic in table.TOPICS:
            if re.search(topic.han, self.compact) or f"topic:{topic.word}" in self.concepts:
                return topic
        return None

    @cached_property
    def latin_words(self) -> frozenset[str]:
        """Every Latin word as it stands."""
        return frozenset(token.text for token in _tokens(self.text))

    @cached_property
    def spelled(self) -> frozenset[str]:
        """What turns of speech in pinyin mean; none beside a Chinese character."""
        if not self.compact.isascii():
            return frozenset()
        plain = " ".join(re.sub("(?<=[a-z])[1-5]", "", token.text) for token in _tokens(self.text))
        return frozenset(concept for concept, said in table.SPELLED.items() if said.search(plain))

    @property
    def first_hit(self) -> Hit | None:
        """The Latin keyword that the text begins with, politeness aside."""
        if not self.hits:
            return None
        before = self.text[: self.hits[0].start]
        is_first = all(word in table.CHATTER for word in re.findall("[a-z0-9]+", before))
        han_before = "".join(char for char in before if char.isalnum() and not char.isascii())
        return self.hits[0] if is_first and re.fullmatch(f"(?:{table.POLITE})*", han_before) else None

    def typed_from(self, place: int) -> str:
        """What was typed from `place` of `text` on, without blanks and punctuation in front."""
        typed = self.raw[self.origin[place] :] if place < len(self.origin) else ""
        return re.sub(r"^[\W_]+", "", typed).strip()


def read(text: str) -> Words:
    """Reads any text; never raises."""
    raw = _SIGNATURE.sub("", _SIGNATURE.sub("", text)).strip() or text.strip()
    folded, origin = _fold(raw)
    hits, loose = _find_keywords(list(_tokens(folded)))
    return Words(raw, folded, origin, tuple(hits), tuple(loose))


def as_heard(text: str) -> str:
    """The text with every word of HEARD that it sounds like (步贴) written properly (补贴); as long as it was."""
    sounds = [syllables.readings(char) for char in text]
    for word, heard in _sounds().items():
        for place in range(len(text) - len(word) + 1):
            if all(one in sounds[place + offset] for offset, one in enumerate(heard)):
                text = text[:place] + word + text[place + len(word) :]
    return text


@functools.cache
def _sounds() -> dict[str, list[str]]:
    return {word: [syllables.readings(char)[0] for char in word] for word in table.HEARD}


def has_private_number(text: str) -> bool:
    """Whether folded `text` holds a resident ID or bank card number, or fifteen digits on end."""
    spaced = (re.sub("[^0-9x]", "", match.group(1)) for match in _EIGHTEEN.finditer(text))
    return bool(
        _LONG_NUMBER.search(text)
        or _BANK_CARD.search(text)
        or any(_BIRTH_DATE.match(number, 6) for number in spaced)
    )


def is_one_slip(typed: str, word: str) -> bool:
    """Whether one wrong, missing, extra or exchanged letter makes `word` into `typed` (Damerau-Levenshtein 1)."""
    if typed == word or abs(len(typed) - len(word)) > 1:
        return False
    same = next(
        (i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word))
    )
    left, right = typed[same:], word[same:]
    is_exchanged = left[:2] == right[1::-1] and left[2:] == right[2:]
    return is_exchanged or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def _fold(raw: str) -> tuple[str, tuple[int, ...]]:
    chars: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(raw):
        for piece in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).lower()):
            if unicodedata.category(piece) not in ("Mn", "Me", "Cf"):
                chars.append(piece)
                origin.append(place)
    folded = "".join(chars)
    return folded if folded.isascii() else _as_usual(folded), tuple(origin)


def _as_usual(text: str) -> str:
    """The text as the tables spell it, every character in its place."""
    text = text.translate(table.OTHER_CHARACTERS)
    for slip, word in table.SLIPS.items():
        text = text.replace(slip, word)
    return text


def _tokens(text: str) -> Iterator[Token]:
    for match in _LATIN.finditer(text):
        if not match.group().startswith(("http:", "https:", "www.")):
            yield Token(match.group(), match.start(), match.end())


def _vocabulary() -> tuple[dict[str, str], dict[str, str]]:
    pinyin, english = dict(table.PINYIN_COMMANDS), dict(table.ENGLISH_COMMANDS)
    for topic in table.TOPICS:
        pinyin.update(dict.fromkeys(topic.pinyin, f"topic:{topic.word}"))
        english.update(dict.fromkeys(topic.english, f"topic:{topic.word}"))
    return pinyin, english


_PINYIN, _ENGLISH = _vocabulary()
_EXACT = _PINYIN | _ENGLISH
_FUZZY = [(word, concept) for word, concept in _PINYIN.items() if len(word) >= _FUZZY_PINYIN_CHARS] + [
    (word, concept)
    for word, concept in _ENGLISH.items()
    if len(word) >= _FUZZY_ENGLISH_CHARS and concept != "stop"
]


def _find_keywords(tokens: list[Token]) -> tuple[list[Hit], list[Token]]:
    hits: list[Hit] = []
    loose: list[Token] = []
    waiting = tokens[::-1]  # a stack: the rest of a glued word goes back on top
    is_first = True
    while waiting:
        found = _keyword_at(waiting, is_first=is_first)
        if found is None:
            loose.append(waiting.pop())
        else:
            concept, used, length = found
            start, last = waiting[-1].start, waiting[-used]
            del waiting[-used:]
            end = last.end if length is None else start + length
            hits.append(Hit(concept, start, end))
            if end < last.end:
                waiting.append(Token(last.text[length:], end, last.end))
        is_first = False
    return hits, loose


def _keyword_at(waiting: list[Token], *, is_first: bool) -> tuple[str, int, int | None] | None:
    """The keyword on top of the stack: (concept, tokens used, letters used of a glued token)."""
    token = waiting[-1]
    if _begins_a_code(waiting):
        return None
    phrases = list(_phrases(waiting))
    for used, phrase in phrases:
        if phrase in _EXACT:
            return _EXACT[phrase], used, None
        if is_first and phrase in table.SHORT_CODES:
            return table.SHORT_CODES[phrase], used, None
    if is_first and (glued := _GLUED_CODE.fullmatch(token.text)):
        code = glued.group(1) or glued.group(3)
        return table.SHORT_CODES[code], 1, len(code)
    if word := _glued_pinyin(token.text):
        return _PINYIN[word], 1, len(word)
    for used, phrase in phrases:
        if (
            len(phrase) >= _FUZZY_PINYIN_CHARS
            and token.text not in table.CHATTER
            and not _begins_inside(waiting, used)
        ):
            for word, concept in _FUZZY:
                if is_one_slip(phrase, word):
                    return concept, used, None
    return None


def _begins_a_code(waiting: list[Token]) -> bool:
    """Whether the next token, or pieces of at most four characters, make a right code: it may begin with BT or CX."""
    joined = ""
    for token in waiting[: -codes.CODE_CHARS - 1 : -1]:
        joined += token.text
        if len(joined) >= codes.CODE_CHARS:
            return any(char.isdigit() for char in joined) and codes.is_valid(joined)
        if len(token.text) > _PIECE_CHARS:
            return False
    return False


def _phrases(waiting: list[Token]) -> Iterator[tuple[int, str]]:
    """The next tokens run together, longest first, tone numbers dropped when there are at least two."""
    joined: list[str] = []
    for token in waiting[: -_LONGEST_PHRASE - 1 : -1]:
        if not token.text.isalpha() and not _TONED.fullmatch(token.text):
            break
        joined.append(token.text)
    for used in range(len(joined), 0, -1):
        phrase = "".join(joined[:used])
        if phrase.isalpha():
            yield used, phrase
        elif sum(char.isdigit() for char in phrase) >= 2:
            yield used, "".join(char for char in phrase if char.isalpha())


def _begins_inside(waiting: list[Token], used: int) -> bool:
    """Whether a keyword begins after the first of the next tokens: "ban di" is no slip of banli before "di bao"."""
    return any(phrase in _EXACT for skipped in range(1, used) for _, phrase in _phrases(waiting[:-skipped]))


def _glued_pinyin(text: str) -> str | None:
    """The pinyin keyword that `text` begins with, when another keyword or a number follows at once."""
    for length in range(min(len(text) - 1, 16), _FUZZY_PINYIN_CHARS - 1, -1):
        rest = text[length:]
        if text[:length] in _PINYIN and (any(map(str.isdigit, rest)) or rest in _PINYIN):
            return text[:length]
    return None
