"""The lines of a flow chart's boxes: Chinese breaks anywhere, a Latin word nowhere unless no line could hold it."""

import pytest

from kiosk import flow_chart


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("公示", ["公示"]),
        ("入户调查与信息核对，由镇社会救助岗办理", ["入户调查与信息核对，由镇", "社会救助岗办理"]),
        ("7 days · clock stopped", ["7 days · clock", "stopped"]),
        ("a" * 30, ["a" * 21, "a" * 9]),
        ("", []),
    ],
    ids=["short", "Chinese", "words", "a word too long", "nothing"],
)
def test_a_line_breaks_where_a_reader_would(text: str, lines: list[str]) -> None:
    assert list(flow_chart._wrapped(text, 12)) == lines
