"""Search over what is published: Chinese by single characters, pinyin initials, and the village's own synonyms.

FTS5's unicode61 tokenizer sees each Chinese character as a word of its own, and a search is a phrase of characters:
one, two or ten characters are found wherever they stand together. (trigram scans the table for two characters, a
segmenter misses what it cuts differently.) Hits in the title come first, then the newest.
"""

import functools
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from content import syllables
from content.clock import from_text

SCHEMA = """
CREATE TABLE documents (
    key TEXT PRIMARY KEY, place TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL,
    docid INTEGER NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE search_words USING fts5(place, title, initials, body, tokenize = 'unicode61');
"""

ENOUGH = 3  # fewer exact hits than this, and documents that hold most of the two-character pieces are added
MAX_QUERY_CHARS = 40
EVERYWHERE = "all"
SNIPPET_CHARS = 48

_SYNONYMS = Path(__file__).parent / "data" / "synonyms.txt"
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Document:
    """Something that can be found. key: "<noun>:<id>"; village: its code, "" for what the county says to all;
    index: its event's place in the stream."""

    key: str
    village: str
    title: str
    body: str
    at: str
    index: int = 0


@dataclass(frozen=True)
class Hit:
    """A document that was found, with a piece of its text around the words."""

    key: str
    village: str
    title: str
    snippet: str
    at: str


def put(db: Database, document: Document) -> None:
    """Make a document findable; one that is there under the same key is replaced."""
    remove(db, document.key)
    docid = _docid(db, document)
    place = document.village or EVERYWHERE
    db.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
        [document.key, place, document.title, document.body, document.at, docid],
    )
    db.execute(
        "INSERT INTO search_words (rowid, place, title, initials, body) VALUES (?, ?, ?, ?, ?)",
        [
            docid,
            place,
            _spaced(document.title),
            " ".join(initials(document.title)),
            _spaced(document.body),
        ],
    )


def remove(db: Database, key: str) -> None:
    """Make a document unfindable; one that is not there is no fault."""
    row = db.execute("SELECT docid FROM documents WHERE key = ?", [key]).fetchone()
    if row is not None:
        db.execute("DELETE FROM search_words WHERE rowid = ?", row)
        db.execute("DELETE FROM documents WHERE docid = ?", row)


def find(db: Database, words: str, *, village: str = "", limit: int = 20) -> list[Hit]:
    """The documents that hold `words`, title hits first, then the newest; at most `limit`.

    village: only what concerns this village (its own and the county's), "" for all. Blank words find nothing.
    """
    wanted = unicodedata.normalize("NFKC", words).strip()[:MAX_QUERY_CHARS].lower()
    pieces = _pieces(wanted)
    if not pieces:
        return []
    found: dict[int, None] = {}
    for match in _queries(wanted, pieces):
        for docid in _matching(db, match, village, limit):
            found.setdefault(docid)
        if len(found) >= limit:
            break
    if len(found) < ENOUGH:
        for docid in _matching(db, _any_pair(pieces), village, limit, by_rank=True):
            found.setdefault(docid)
    return [_hit(db, docid, wanted) for docid in list(found)[:limit]]


def initials(text: str) -> list[str]:
    """The first letter of each character's pinyin, and letters and digits as they are: "办医保2" -> b y b 2."""
    letters: list[str] = []
    for piece in _pieces(text):
        letters.append(syllables.first_letter(piece))
    return letters


def is_han(text: str) -> bool:
    """Whether every character is Chinese."""
    return all(map(_HAN.match, text))


def dump(db: Database) -> list[tuple[Any, ...]]:
    """Every findable document, in a fixed order: what two equal indexes have in common."""
    return sorted(db.execute("SELECT place, title, initials, body FROM search_words").fetchall())


def _pieces(text: str) -> list[str]:
    """The characters that count: Chinese ones, letters and digits, each by itself."""
    return [character for character in unicodedata.normalize("NFKC", text).lower() if character.isalnum()]


def _spaced(text: str) -> str:
    """The text with each character standing alone, so that the tokenizer makes a word of it.

    Letters and digits too: "2026" is then found inside "20260115", and one join is ten times faster than looking.
    """
    return " ".join(unicodedata.normalize("NFKC", text).lower())


def _docid(db: Database, document: Document) -> int:
    """A row number that grows with time: seconds, 16 bits of the place in the stream, 15 of the key's hash; then the next
    that is free.

    FTS5 walks row numbers backwards for nothing; sorting ten thousand hits by a date column would take 20 ms. It also
    writes out what it holds at every number that is lower than the last, so a batch of one second must go upwards.
    """
    seconds = int(from_text(document.at).timestamp())
    some_bits = int.from_bytes(hashlib.sha256(document.key.encode()).digest()[:2], "big") >> 1
    docid = seconds << 31 | (document.index & 0xFFFF) << 15 | some_bits
    while db.execute("SELECT 1 FROM documents WHERE docid = ?", [docid]).fetchone():
        docid += 1
    return docid


def _queries(wanted: str, pieces: list[str]) -> Iterator[str]:
    """FTS5 queries from the closest to the loosest."""
    phrase = _phrase(pieces)
    yield f"title : {phrase}"
    if wanted.isascii() and wanted.isalnum():
        yield f"initials : {_phrase(list(wanted))}"
    yield phrase
    for other in _synonyms_of(wanted):
        yield f"{{title body}} : {_phrase(_pieces(other))}"
    words = wanted.split()
    if len(words) > 1:
        yield " AND ".join(_phrase(_pieces(word)) for word in words if _pieces(word))


def _phrase(pieces: list[str]) -> str:
    """An FTS5 phrase: these characters, one after another."""
    return '"' + " ".join(pieces) + '"'


def _any_pair(pieces: list[str]) -> str:
    """Any two neighbouring characters of the query."""
    pairs = [_phrase(list(pair)) for pair in itertools.pairwise(pieces)] or [_phrase(pieces)]
    return "{title body} : (" + " OR ".join(pairs) + ")"


def _matching(db: Database, match: str, village: str, limit: int, *, by_rank: bool = False) -> Iterator[int]:
    place = f'place : ("{village}" OR "{EVERYWHERE}") AND ' if village else ""
    order = "rank" if by_rank else "rowid DESC"
    rows = db.execute(
        f"SELECT rowid FROM search_words WHERE search_words MATCH :match ORDER BY {order} LIMIT :limit",
        {"match": f"{place}({match})", "limit": limit},
    )
    return (row[0] for row in rows.fetchall())


def _hit(db: Database, docid: int, wanted: str) -> Hit:
    key, place, title, body, at = db.execute(
        "SELECT key, place, title, body, at FROM documents WHERE docid = ?", [docid]
    ).fetchone()
    village = "" if place == EVERYWHERE else place
    return Hit(key, village, title, _snippet(body, wanted), at)


def _snippet(body: str, wanted: str) -> str:
    """About 48 characters of the body, from shortly before the words."""
    line = " ".join(body.split())
    at = line.lower().find(wanted)
    start = max(0, at - SNIPPET_CHARS // 4)
    cut = line[start : start + SNIPPET_CHARS]
    return ("…" if start else "") + cut + ("…" if start + SNIPPET_CHARS < len(line) else "")


@functools.cache
def _synonym_groups() -> list[list[str]]:
    lines = _SYNONYMS.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def _synonyms_of(wanted: str) -> Iterator[str]:
    """Words that mean the same as one of the words inside the query."""
    for group in _synonym_groups():
        if any(word in wanted for word in group):
            yield from (word for word in group if word not in wanted)
