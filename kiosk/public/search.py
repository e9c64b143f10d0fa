"""Search over what is published: words, pinyin by big buttons with the words it may mean, and common words to tap."""

import itertools

from flask import Blueprint, g, request, url_for
from sqlite_utils import Database

from content import pinyin_input, search
from kiosk.pages import services, show
from kiosk.public import pads
from kiosk.public.addresses import Answer, address_of, home_address, noun_of
from kiosk.public.words import KIND_ICONS, KIND_LOOKS, KIND_WORDS

LIMIT = 12
MAX_WORDS, LOOKED_AT = 5, 16
COMMON_WORDS = ("低保", "医保", "养老", "宅基地", "高龄津贴", "残疾", "耕地补贴", "上户口", "修路", "承包")


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/search", "search", find)


def find() -> Answer:
    """The page with its results; the results alone for htmx."""
    typed = request.args.get("q", "")[: search.MAX_QUERY_CHARS]
    key = request.args.get("key", "")
    if key in pads.LETTER_KEYS:
        typed = pads.press(typed, key, allowed="".join(pads.LETTER_KEYS), longest=search.MAX_QUERY_CHARS)
    db = services().node.views.read()
    meant = _meant(db, typed)
    hits = search.find(db, typed, village=g.village, limit=LIMIT)
    if not hits and meant:
        hits = search.find(db, meant[0], village=g.village, limit=LIMIT)
    here = url_for("public.search", q=typed)
    return show(
        "public/search.html",
        fragment="public/_search_results.html",
        back=home_address(),
        typed=typed,
        meant=meant,
        lines=[(hit, noun_of(hit), address_of(hit, back=here)) for hit in hits],
        kinds=KIND_WORDS,
        looks=KIND_LOOKS,
        icons=KIND_ICONS,
        common_words=COMMON_WORDS,
        keys=pads.LETTER_KEYS,
    )


def _meant(db: Database, typed: str) -> list[str]:
    """The words that typed letters may stand for and that find something, each to tap; none for anything else."""
    if not (typed.isascii() and typed.isalpha()):
        return []
    found = pinyin_input.candidates(typed, pinyin_input.words_of(db, g.village))
    words = [candidate.word for candidate in found if not candidate.rest and len(candidate.word) > 1]
    finding = (word for word in words[:LOOKED_AT] if search.find(db, word, village=g.village, limit=1))
    return list(itertools.islice(finding, MAX_WORDS))
