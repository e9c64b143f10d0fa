"""A guide's steps as a flow chart (办理流程图), drawn on the server as SVG; like charts.py it keeps the page's text size.

Boxes stand one under the other, so that the same drawing fits a kiosk and a phone. The steps stand in words beside it.
"""

import re
from collections.abc import Iterator
from itertools import accumulate

from flask_babel import gettext as _
from markupsafe import Markup

from content.guide_fields import AT_ONCE, WORKING_DAYS, Guide, Step, Unit

# A phone in large letters is 13 em wide; two and a half go to the number at the left.
_LINE_CHARS = 10
_TEXT_EM, _LINE_EM, _PAD_EM, _ARROW_EM = 2.9, 1.35, 0.55, 1.3


def flow_chart(guide: Guide, *, chart_id: str) -> Markup:
    """The way from the application over every step to what the applicant gets; "" for a guide without steps."""
    steps = sorted(guide.steps, key=lambda step: step.no)
    if not steps:
        return Markup("")
    boxes = [_end_box(_("您来申请")), *(_step_box(step) for step in steps)]
    boxes.append(_end_box(_("拿到：%(name)s", name=guide.result.name) if guide.result.name else _("办好")))
    heights = [box.height_em for box in boxes]
    tops = [0.1, *(0.1 + end for end in accumulate(height + _ARROW_EM for height in heights))]
    drawn = Markup("").join(box.drawn(top) for box, top in zip(boxes, tops, strict=False))
    arrows = Markup("").join(_arrow(top + height) for top, height in zip(tops, heights[:-1], strict=False))
    told = " → ".join(step.name for step in steps)
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{id}-title {id}-desc" width="100%" height="{height:.2f}em">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{told}</desc>{arrows}{drawn}</svg>'
    ).format(
        id=chart_id,
        title=_("办理流程图"),
        told=told,
        height=tops[len(boxes) - 1] + heights[-1] + 0.1,
        arrows=arrows,
        drawn=drawn,
    )


def days_words(days: int | None, unit: Unit | None) -> str:
    """How long a step takes, "" where nothing is said."""
    if unit == AT_ONCE:
        return _("当场办")
    if days is None:
        return ""
    return _("%(days)s 个工作日", days=days) if unit == WORKING_DAYS else _("%(days)s 天", days=days)


class _Box:
    """One box. mark: the number in its circle, "" for the two ends, which are round."""

    def __init__(self, mark: str, title: str, notes: list[str], *, is_paused: bool = False) -> None:
        self._mark, self._is_paused = mark, is_paused
        self._title = list(_wrapped(title))
        self._notes = [line for note in notes if note for line in _wrapped(note, _LINE_CHARS + 2)]
        self.height_em = 2 * _PAD_EM + _LINE_EM * len(self._title) + _LINE_EM * 0.9 * len(self._notes)

    def drawn(self, top_em: float) -> Markup:
        """The box with its words; one whose time does not count has a broken edge."""
        frame = Markup(
            '<rect class="chart-open" x="1" y="{:.2f}em" width="99.4%" height="{:.2f}em" rx="{}"{}/>'
        ).format(
            top_em,
            self.height_em,
            8 if self._mark else 28,
            Markup(' stroke-dasharray="9 6"') if self._is_paused else "",
        )
        return frame + self._circle(top_em) + Markup("").join(self._lines(top_em))

    def _circle(self, top_em: float) -> Markup:
        if not self._mark:
            return Markup("")
        middle = top_em + _PAD_EM + _LINE_EM / 2
        return Markup(
            '<circle class="chart-bar" cx="1.5em" cy="{:.2f}em" r="0.85em"/>'
            '<text class="chart-on" x="1.5em" y="{:.2f}em" text-anchor="middle">{}</text>'
        ).format(middle, middle + 0.36, self._mark)

    def _lines(self, top_em: float) -> Iterator[Markup]:
        down = top_em + _PAD_EM + 1.02
        for line in self._title:
            yield Markup('<text class="chart-value" x="{}em" y="{:.2f}em">{}</text>').format(
                _TEXT_EM, down, line
            )
            down += _LINE_EM
        for line in self._notes:
            # The small size sits on the tspan: an em in `y` would otherwise be the small text's em.
            yield Markup('<text x="{}em" y="{:.2f}em"><tspan class="chart-soft">{}</tspan></text>').format(
                _TEXT_EM, down - 0.1, line
            )
            down += _LINE_EM * 0.9


def _end_box(title: str) -> _Box:
    return _Box("", title, [])


def _step_box(step: Step) -> _Box:
    days = days_words(step.days, step.unit)
    paused = _("不算时间") if step.clock_paused else ""
    return _Box(
        str(step.no),
        step.name,
        [step.who, " · ".join(filter(None, (days, paused)))],
        is_paused=step.clock_paused,
    )


def _arrow(top_em: float) -> Markup:
    return Markup(
        '<svg class="chart-bar" x="0.75em" y="{:.2f}em" width="1.5em" height="{}em" viewBox="0 0 30 26" '
        'preserveAspectRatio="none"><path d="M13 0h4v13h8L15 26 5 13h8z"/></svg>'
    ).format(top_em, _ARROW_EM)


def _wrapped(text: str, chars: int = _LINE_CHARS) -> Iterator[str]:
    """Lines of at most `chars` wide characters; a Latin letter or a digit takes half of one. A Latin word stays whole where
    a line can hold it."""
    line = ""
    for part in _PART.findall(text):
        if line and _width(line + part.rstrip()) > chars:
            yield line.rstrip()
            line = part.lstrip()
        else:
            line += part
        while _width(line.rstrip()) > chars:
            fits = max(1, sum(width <= chars for width in accumulate(map(_width, line))))
            yield line[:fits]
            line = line[fits:]
    if line.strip():
        yield line.rstrip()


def _width(text: str) -> float:
    return sum(0.55 if char.isascii() else 1.0 for char in text)


# What may not be parted: a word with the space behind it, or one Chinese character.
_PART = re.compile(r"[!-~]+ ?|.", re.DOTALL)
