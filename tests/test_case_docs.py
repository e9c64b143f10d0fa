"""docs/cases.md prints the one table of states and moves; this proves that it is the one the code obeys."""

from pathlib import Path

from content.case_states import ACTIONS, STATES, TRANSITIONS

PAGE = (Path(__file__).parent.parent / "docs" / "cases.md").read_text(encoding="utf-8")


def rows_under(heading: str) -> list[str]:
    """The rows of the table under a heading, without its head."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line for line in part.splitlines() if line.startswith("| `")]


def test_states_are_those_of_the_code() -> None:
    assert rows_under("States") == [f"| `{state}` | {words} |" for state, words in STATES.items()]


def test_moves_are_those_of_the_code() -> None:
    assert rows_under("Moves") == [
        f"| `{kind}` | {action.words} | {', '.join(sorted(action.speakers))} |"
        for kind, action in ACTIONS.items()
    ]


def test_transitions_are_those_of_the_code() -> None:
    assert rows_under("What may follow what") == [
        f"| `{before}` | `{kind}` | `{after}` |" for (before, kind), after in TRANSITIONS.items()
    ]
