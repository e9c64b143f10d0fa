"""The arrows of docs/architecture.md: deploy and run.py -> kiosk, sms, sync -> content; nothing points back or across."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "content": {"content"},
    "kiosk": {"kiosk", "content"},
    "sms": {"sms", "content"},
    "sync": {"sync", "content"},
}
OURS = {"content", "kiosk", "sms", "sync", "deploy", "run", "tests"}
# Heavy libraries that one command or one fold needs, imported where they are used; each says so in a comment.
LATE_IMPORTS = {"openpyxl", "pypinyin", "msvcrt", "fcntl", "resource", "deploy"}
MAX_LINES = 400


@dataclass(frozen=True)
class Module:
    """What these tests ask of a module. imported_late: by an import inside a function."""

    imported: frozenset[str]
    imported_late: frozenset[str]
    lines: int
    docstring: str | None


@cache
def _module(path: Path) -> Module:
    """Read and parsed once for all tests."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    late = frozenset(name for function in functions for name in _imports(function))
    return Module(frozenset(_imports(tree)), late, len(text.splitlines()), ast.get_docstring(tree))


@cache
def _modules() -> list[Path]:
    return sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_arrows_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]

    assert _module(path).imported & OURS <= MAY_IMPORT[package]


@pytest.mark.parametrize("path", [*_modules(), ROOT / "run.py"], ids=_name)
def test_imports_stand_at_the_top(path: Path) -> None:
    assert _module(path).imported_late <= LATE_IMPORTS


@pytest.mark.parametrize("path", [*_modules(), ROOT / "run.py"], ids=_name)
def test_module_is_short_enough_to_read_at_once(path: Path) -> None:
    assert _module(path).lines <= MAX_LINES


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_module_opens_with_a_sentence(path: Path) -> None:
    assert _module(path).docstring


def test_only_the_record_package_touches_the_records_tables() -> None:
    users = [path for path in _modules() if "content.record.tables" in path.read_text(encoding="utf-8")]

    assert {path.parent.name for path in users} == {"record"}
