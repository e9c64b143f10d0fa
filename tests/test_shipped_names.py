"""Names that are the same in every county have their English; a county's own stay as they are."""

from pathlib import Path

import msgspec
import pytest
from flask import Flask

from content import disclosure, guides
from kiosk import i18n, shipped_names

DATA = Path(disclosure.__file__).parent / "data"


def test_every_item_and_every_tag_that_is_shipped_is_listed() -> None:
    tags = [msgspec.to_builtins(guide.tags).values() for guide in guides.load_guides(DATA / "guides.json")]

    assert {item.name for item in disclosure.read_catalogue(DATA / "catalogue.csv")} == {
        str(name) for name in shipped_names.ITEMS
    }
    assert {tag for kinds in tags for kind in kinds for tag in kind} == {
        str(name) for name in shipped_names.TAGS
    }


@pytest.mark.parametrize(
    ("look", "name", "shown"),
    [
        ("en", "各项资产", "Assets"),
        ("en", "养老", "Old age"),
        ("en", "本县另加的事项", "本县另加的事项"),
        ("en", "", ""),
        ("", "各项资产", "各项资产"),
    ],
)
def test_a_name_is_shown_in_the_readers_language(tmp_path: Path, look: str, name: str, shown: str) -> None:
    app = Flask(__name__)
    i18n.set_up(app, tmp_path)

    with app.test_request_context(headers={"Cookie": f"look={look}"}):
        assert shipped_names.in_language(name) == shown
