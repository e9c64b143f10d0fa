"""Search over Chinese text: nothing that holds the words is missed, and the closest comes first."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from content import demo, search
from content.search import Document

VILLAGE = "330999101201"


def _database() -> Database:
    connection = sqlite3.connect(":memory:")
    connection.executescript(search.SCHEMA)
    return Database(connection)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [
        Document(f"notice:{n['id']}", VILLAGE, n["title"], n["body"], f"{n['date']}T01:00:00Z")
        for n in demo.notices()
    ]


@pytest.fixture(scope="module")
def db(documents: list[Document]) -> Iterator[Database]:
    database = _database()
    for document in documents:
        search.put(database, document)
    yield database
    database.close()


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7])
def test_every_document_that_holds_the_characters_is_found(
    db: Database, documents: list[Document], length: int
) -> None:
    chance = random.Random(length)
    for document in documents:
        text = document.body
        start = chance.randrange(len(text) - length)
        words = text[start : start + length]
        if not words.isalnum():
            continue
        holding = {d.key for d in documents if words in d.body or words in d.title}

        found = {hit.key for hit in search.find(db, words, limit=100)}

        assert holding <= found, words


def test_title_hits_come_first_then_the_newest(db: Database) -> None:
    hits = search.find(db, "公示")

    is_in_title = ["公示" in hit.title for hit in hits]
    assert is_in_title == sorted(is_in_title, reverse=True)
    titled = [hit.at for hit in hits if "公示" in hit.title]
    assert titled == sorted(titled, reverse=True)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("zjd", "宅基地审批情况公示（第三季度）"),
        ("ZJDSP", "宅基地审批情况公示（第三季度）"),
        ("建房", "宅基地审批情况公示（第三季度）"),
        ("新农合", "2026年度医保参保进展"),
        ("修路", "村道和水渠工程进度公告"),
        ("宅基地　审批", "宅基地审批情况公示（第三季度）"),
        ("２０２６年度医保", "2026年度医保参保进展"),
        ("医保进展", "2026年度医保参保进展"),
    ],
    ids=["initials", "capitals", "synonym", "old name", "plain word", "two words", "full-width", "near miss"],
)
def test_villagers_words_find_the_notice(db: Database, words: str, title: str) -> None:
    assert title in [hit.title for hit in search.find(db, words)]


@pytest.mark.parametrize("words", ["", "  ", "，。！", "🙏"], ids=["empty", "blank", "marks", "emoji"])
def test_nothing_to_look_for_finds_nothing(db: Database, words: str) -> None:
    assert search.find(db, words) == []


@given(st.text(max_size=60))
def test_no_text_breaks_the_query(words: str) -> None:
    database = _database()
    search.put(database, Document("notice:1", VILLAGE, "村道", "硬化", "2026-11-02T01:00:00Z"))

    search.find(database, words, village=VILLAGE)


def test_village_finds_its_own_and_the_countys_only() -> None:
    database = _database()
    for key, village in (("notice:1", VILLAGE), ("notice:2", "330999101202"), ("guide:3", "")):
        search.put(database, Document(key, village, "低保", "低保", "2026-11-02T01:00:00Z"))

    assert {hit.key for hit in search.find(database, "低保", village=VILLAGE)} == {"notice:1", "guide:3"}


def test_documents_of_one_second_do_not_push_each_other_out() -> None:
    database = _database()
    for number in range(4000):
        document = Document(
            f"notice:{number}", VILLAGE, f"第{number}号", "同一秒发布", "2026-11-02T01:00:00Z"
        )
        search.put(database, document)

    assert database.execute("SELECT COUNT(*) FROM documents").fetchone()[0] == 4000
    assert search.find(database, "第3999号")[0].title == "第3999号"


def test_two_keys_with_one_number_are_both_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class SameHash:
        def __init__(self, _data: bytes) -> None:
            pass

        def digest(self) -> bytes:
            return bytes(32)

    monkeypatch.setattr(search.hashlib, "sha256", SameHash)
    database = _database()
    for key in ("notice:1", "notice:2"):
        search.put(database, Document(key, VILLAGE, key, "撞号", "2026-11-02T01:00:00Z"))

    assert {hit.key for hit in search.find(database, "撞号")} == {"notice:1", "notice:2"}


def test_what_is_removed_or_replaced_is_not_found() -> None:
    database = _database()
    search.put(database, Document("notice:1", VILLAGE, "旧题", "旧文", "2026-11-02T01:00:00Z"))
    search.put(database, Document("notice:1", VILLAGE, "新题", "新文", "2026-11-02T01:00:00Z"))

    assert search.find(database, "旧文") == []
    search.remove(database, "notice:1")
    assert search.find(database, "新文") == []


def test_snippet_shows_the_words_in_their_place(db: Database) -> None:
    [hit] = [hit for hit in search.find(db, "书面告知") if hit.title.startswith("宅基地")]

    assert "书面告知" in hit.snippet
