"""Words that typed pinyin may mean: the village's own first, then common ones; what the keys do is kiosk/public/keyboard.py's.

Typed is what old people type: whole syllables (dibao), only their initials (db), or something between, and often with
the sounds of the local speech, which has no zh, no -ng and takes n for l.
"""

import functools
import itertools
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from content import search, syllables
from content.publications import IN_FORCE

MAX_TYPED = 24
MAX_CANDIDATES = 40
MAX_READINGS = 3
LONGEST_VILLAGE_WORD = 8  # a title is no word: nobody types it letter by letter
_COMMON = Path(__file__).parent / "data" / "common_words.txt"
_OF_VILLAGES = Path(__file__).parent / "data" / "village_words.txt"
_AS_SPOKEN = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("v", "u"))
_FINAL_NG = re.compile("ng(?![aeiouv])")
_SCHEMA = """
CREATE TABLE words (key TEXT, initials TEXT, sound TEXT, rank INTEGER, text TEXT);
CREATE INDEX words_key ON words (key, rank);
CREATE INDEX words_initials ON words (initials, rank);
CREATE INDEX words_sound ON words (sound, rank);
"""


@dataclass(frozen=True)
class Candidate:
    """A word to tap, and what of the typed letters it leaves over ("" for none)."""

    word: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class _Word:
    """key: whole pinyin without tones and gaps; initials: one letter a character; rank: 0 for the most used."""

    key: str
    initials: str
    text: str
    rank: int


class Lexicon:
    """Words that can be looked up by the letters their pinyin begins with, by initials, and by how they are spoken.

    Kept in a database in memory: as Python objects the 24,000 common words would take 20 MB, here they take 3.
    """

    def __init__(self, words: Iterable[_Word]) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._turn = threading.Lock()  # one connection, four threads of the web server
        self._connection.executescript(_SCHEMA)
        self._connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?, ?)",
            ((word.key, word.initials, _as_spoken(word.key), word.rank, word.text) for word in words),
        )

    def exact(self, typed: str) -> list[str]:
        """Words whose whole pinyin this is, the most used first."""
        return self._find("key = ?", typed)

    def begun(self, typed: str) -> list[str]:
        """Words whose pinyin goes on from here, the most used first; at most MAX_CANDIDATES."""
        return self._find("key >= ? AND key < ?", typed, typed + "{")

    def by_initials(self, typed: str) -> list[str]:
        """Words of which only each first letter was typed."""
        return self._find("initials = ?", typed)

    def by_sound(self, typed: str) -> list[str]:
        """Words that sound so where zh is z, -ng is -n and l is n."""
        return self._find("sound = ?", _as_spoken(typed))

    def _find(self, condition: str, *values: str) -> list[str]:
        asked = f"SELECT text FROM words WHERE {condition} ORDER BY rank LIMIT {MAX_CANDIDATES}"
        with self._turn:
            return [text for (text,) in self._connection.execute(asked, values)]


def candidates(typed: str, village_words: Sequence[str] = ()) -> list[Candidate]:
    """What `typed` may mean, the likeliest first, each word once; nothing for no letters.

    village_words: those of this village (words_of), which go before everything else.
    """
    letters = "".join(char for char in typed.lower() if "a" <= char <= "z")[:MAX_TYPED]
    if not letters:
        return []
    found: dict[str, Candidate] = {}
    for candidate in _all_candidates(letters, _lexicon_of(tuple(village_words)), _common()):
        found.setdefault(candidate.word, candidate)
        if len(found) == MAX_CANDIDATES:
            break
    return list(found.values())


def words_of(db: Database, village: str) -> list[str]:
    """What a village's people type and no dictionary has: places, people on duty and on the public rolls, programmes."""
    rows = db.query(
        f"""
        SELECT name, town, duty FROM villages WHERE code = :village
        UNION ALL SELECT name, '', '[]' FROM counties
        UNION ALL SELECT DISTINCT base_name, '', '[]' FROM programme_standards
        UNION ALL SELECT DISTINCT r.name, r."group", '[]' FROM rolls p JOIN roll_rows r ON r.roll = p.event
            WHERE p.village = :village AND {IN_FORCE}
        """,
        {"village": village},
    )
    words: dict[str, None] = {}
    for row in rows:
        on_duty = [person.get("name", "") for person in msgspec.json.decode(row["duty"])]
        words |= dict.fromkeys((row["name"], row["town"], *on_duty))
    return [word for word in words if 2 <= len(word) <= LONGEST_VILLAGE_WORD and search.is_han(word)]


def _all_candidates(letters: str, village: Lexicon, common: Lexicon) -> Iterator[Candidate]:
    whole = itertools.chain(
        village.exact(letters),
        village.by_initials(letters) if len(letters) > 1 else (),
        village.begun(letters) if len(letters) > 1 else (),
        common.exact(letters),
        common.by_initials(letters)[:12] if len(letters) > 1 else (),
    )
    yield from map(Candidate, whole)
    # A sentence typed in one go: the longest word it begins with, the rest stays typed.
    if not common.exact(letters) and not common.begun(letters):
        yield from _leading(letters, village, common)
    yield from map(Candidate, common.begun(letters))
    yield from map(Candidate, (*village.by_sound(letters), *common.by_sound(letters)))
    yield from _leading(letters, village, common)


def _leading(letters: str, village: Lexicon, common: Lexicon) -> Iterator[Candidate]:
    for length in range(len(letters) - 1, 0, -1):
        start, rest = letters[:length], letters[length:]
        for word in (*village.exact(start), *common.exact(start)[:12]):
            yield Candidate(word, rest)


def _as_spoken(key: str) -> str:
    for written, said in _AS_SPOKEN:
        key = key.replace(written, said)
    return _FINAL_NG.sub("n", key)


@functools.cache
def _common() -> Lexicon:
    with _COMMON.open(encoding="utf-8") as lines:  # line by line: all at once would cost 20 MB for good
        told = (line.split() for line in lines if not line.startswith("#"))
        return Lexicon(
            _Word("".join(syllables_of), "".join(one[0] for one in syllables_of), text, rank)
            for rank, (text, *syllables_of) in enumerate(told)
        )


@functools.lru_cache(maxsize=4)
def _lexicon_of(village_words: tuple[str, ...]) -> Lexicon:
    lines = _OF_VILLAGES.read_text(encoding="utf-8").splitlines()
    shared = [word for line in lines if not line.startswith("#") for word in line.split()]
    return Lexicon(
        _Word("".join(syllables), "".join(one[0] for one in syllables), text, rank)
        for rank, text in enumerate(dict.fromkeys((*village_words, *shared)))
        for syllables in _spellings(text)
    )


def _spellings(word: str) -> Iterator[tuple[str, ...]]:
    """Every way to read a short word, so that a surname read otherwise than in the dictionary is found too."""
    most = 1 if len(word) > 4 else MAX_READINGS
    return itertools.product(*(syllables.readings(char)[:most] for char in word))
