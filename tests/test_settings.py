"""Settings: defaults, file, environment, and wrong values that stop the start by name."""

from pathlib import Path

import pytest

from content.errors import XiangtingError
from content.settings import Settings, load_settings


def test_nothing_set_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('sync_every_s = 60\nsms_gateway = "none"\n', encoding="utf-8")

    settings = load_settings(tmp_path, {"XIANGTING_SYNC_EVERY_S": "30", "XIANGTING_IS_SECURE": "true"})

    assert (settings.sync_every_s, settings.sms_gateway, settings.is_secure) == (30, "none", True)


@pytest.mark.parametrize(
    ("file", "environ", "words"),
    [
        ("sync_evry_s = 60", {}, "sync_evry_s"),
        ('sync_every_s = "often"', {}, "sync_every_s"),
        ("is_secure = 3", {}, "is_secure"),
        ("threads = true", {}, "threads"),
        ("", {"XIANGTING_THREADS": "many"}, "XIANGTING_THREADS"),
        ("threads = = 4", {}, "settings.toml"),
    ],
    ids=["unknown", "text for a number", "number for a yes", "yes for a number", "environment", "not toml"],
)
def test_wrong_value_stops_the_start_and_is_named(
    tmp_path: Path, file: str, environ: dict[str, str], words: str
) -> None:
    (tmp_path / "settings.toml").write_text(file, encoding="utf-8")

    with pytest.raises(XiangtingError, match=words):
        load_settings(tmp_path, environ)
