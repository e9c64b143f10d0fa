"""The documents tell the truth: every command, setting and word that can be texted stands in the README."""

import dataclasses
import re
from pathlib import Path

import pytest

from content.settings import Settings
from deploy.commands import commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(path for path in ROOT.glob("**/*.md") if ".venv" not in path.parts)


@pytest.mark.parametrize("command", sorted(commands.commands))
def test_command_is_documented(command: str) -> None:
    assert f"run.py {command}" in README


@pytest.mark.parametrize("command", sorted(commands.commands))
def test_command_says_what_it_does(command: str) -> None:
    assert commands.commands[command].help


@pytest.mark.parametrize("setting", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_setting_is_documented_with_its_default(setting: dataclasses.Field[object]) -> None:
    [row] = [line for line in README.splitlines() if f"`{setting.name}`" in line and line.startswith("|")]

    default = str(setting.default).lower() if isinstance(setting.default, bool) else str(setting.default)
    assert default in row
    assert setting.metadata["words"]


@pytest.mark.parametrize(
    "word",
    ["查", "CX", "补贴", "财务", "公告", "办事", "投诉", "评价", "更多", "订阅", "退订", "恢复", "帮助"],
)
def test_word_that_can_be_texted_is_documented(word: str) -> None:
    assert word in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target
