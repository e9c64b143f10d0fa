"""Charts drawn on the server as SVG: pure functions from fen or counts and labels to markup; no styles, no scripts, no scaling text.

Everything stands at percent across and em down, so a chart fills its column while its words keep the page's own size
(32 px on the kiosk, 44 px in large mode, 18 px on a phone). Colours come from the classes of static/app.css.
The same numbers stand in a table beside every chart: that is the page's duty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from unicodedata import east_asian_width

from flask_babel import gettext as _
from markupsafe import Markup

from content.money import yuan
from kiosk.i18n import month_word

MAX_BARS = 6
MAX_MONTHS = 24

_LABEL_CHARS = 14
_ROW_EM = 3.1
_PLOT_EM = 9.0
_LEGEND_EM = 2.8
_SCALE_PERCENT = 15  # left of the columns, for the sums beside the lines
_FEN_PER_YUAN = 100
_FEN_PER_WAN = 1_000_000


Written = Callable[[int], str]


def counted(number: int) -> str:
    """A count as charts and tables write it: 12345 as "12,345"."""
    return f"{number:,}"


@dataclass(frozen=True)
class Bar:
    """One bar; `section` (party, village, finance, subsidy, alarm) gives its colour, '' takes the page's.

    amount_fen: or a count, where the chart is written with `counted`.
    """

    label: str
    amount_fen: int
    section: str = ""


@dataclass(frozen=True)
class Series:
    """One row of columns, a value for each month; `is_open` draws outlines, to differ without colour."""

    name: str
    amounts_fen: Sequence[int]
    section: str = ""
    is_open: bool = False


def bar_chart(
    bars: Sequence[Bar],
    *,
    chart_id: str,
    title: str,
    description: str = "",
    unit: str = "元",
    written: Written = yuan,
) -> Markup:
    """One to six horizontal bars, each under its label and its value in yuan (counts: `written=counted` and a unit).

    `chart_id` must be the only one on its page; `description` is read aloud after the title (default: the values).
    Raises ValueError for no bars, more than six, or an amount below zero: a length cannot show it.
    """
    if not 1 <= len(bars) <= MAX_BARS:
        raise ValueError(f"a bar chart takes 1 to {MAX_BARS} bars, not {len(bars)}")
    if any(bar.amount_fen < 0 for bar in bars):
        raise ValueError("a bar cannot be shorter than nothing: show negative amounts in the table")
    longest = max(bar.amount_fen for bar in bars)
    rows = Markup("").join(_bar_row(bar, place, longest, unit, written) for place, bar in enumerate(bars))
    told = description or "；".join(f"{bar.label} {written(bar.amount_fen)} {unit}" for bar in bars)
    return _frame(chart_id, title, told, len(bars) * _ROW_EM, rows)


def trend_chart(
    months: Sequence[str],
    series: Sequence[Series],
    *,
    chart_id: str,
    title: str,
    description: str = "",
    unit: str = "元",
    written: Written = yuan,
) -> Markup:
    """Columns for up to 24 months ('YYYY-MM', oldest first), one or two series side by side; below zero hangs down.

    The scale is marked at its top and at zero; January and the first month carry their year.
    Raises ValueError for no month, more than 24, no or more than two series, or a series of another length.
    """
    if not 1 <= len(months) <= MAX_MONTHS:
        raise ValueError(f"a trend takes 1 to {MAX_MONTHS} months, not {len(months)}")
    if not 1 <= len(series) <= 2 or any(len(row.amounts_fen) != len(months) for row in series):
        raise ValueError("a trend takes one or two series with a value for each month")
    mark = _short_yuan if written is yuan else written
    scale = _Scale.over([amount for row in series for amount in row.amounts_fen], mark)
    columns = _columns(series, len(months), scale)
    parts = [_legend(series), scale.lines(), *columns, scale.marks(), _month_labels(months, scale)]
    told = description or _told_trend(months, series, unit, written)
    return _frame(chart_id, title, told, _LEGEND_EM + _PLOT_EM + 2.6, Markup("").join(parts))


def _frame(chart_id: str, title: str, description: str, height_em: float, inside: Markup) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{id}-title {id}-desc" width="100%" height="{height:.1f}em">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc>{inside}</svg>'
    ).format(id=chart_id, title=title, desc=description, height=height_em, inside=inside)


def _bar_row(bar: Bar, place: int, longest_fen: int, unit: str, written: Written) -> Markup:
    top = place * _ROW_EM
    share = 100 * bar.amount_fen / longest_fen if longest_fen else 0
    return Markup(
        '<g class="{section}"><text x="0" y="{text:.2f}em">{label}</text>'
        '<text class="chart-value" x="100%" y="{text:.2f}em" text-anchor="end">{value} {unit}</text>'
        '<rect class="chart-track" x="0" y="{bar:.2f}em" width="100%" height="0.95em"/>'
        '<rect class="chart-bar" x="0" y="{bar:.2f}em" width="{share:.2f}%" height="0.95em"/></g>'
    ).format(
        section=_section_class(bar.section),
        label=_shorten(bar.label),
        value=written(bar.amount_fen),
        unit=unit,
        text=top + 1.1,
        bar=top + 1.5,
        share=share,
    )


@dataclass(frozen=True)
class _Scale:
    """From fen to em down the plot; `top_fen` and `bottom_fen` are round numbers around all values and zero."""

    top_fen: int
    bottom_fen: int
    written: Written

    @classmethod
    def over(cls, amounts_fen: Sequence[int], written: Written) -> "_Scale":
        top, bottom = _round_up(max(0, *amounts_fen)), -_round_up(-min(0, *amounts_fen))
        return cls(top if top or bottom else _FEN_PER_YUAN, bottom, written)

    def em(self, amount_fen: int) -> float:
        return _LEGEND_EM + _PLOT_EM * (self.top_fen - amount_fen) / (self.top_fen - self.bottom_fen)

    def lines(self) -> Markup:
        grid = Markup("").join(self._line(mark, "chart-grid") for mark in self._round_sums())
        return grid + self._line(0, "chart-base")

    def marks(self) -> Markup:
        """The round sums in words, drawn last so that a tall column does not hide them."""
        return Markup("").join(
            Markup(
                '<text class="chart-mark" x="0" y="{:.2f}em" dy="-0.25em"><tspan class="chart-soft">{}</tspan></text>'
            ).format(self.em(mark), self.written(mark))
            for mark in self._round_sums()
        )

    def _round_sums(self) -> list[int]:
        return [mark for mark in dict.fromkeys((self.top_fen, self.top_fen // 2, self.bottom_fen)) if mark]

    def _line(self, amount_fen: int, kind: str) -> Markup:
        return Markup('<line class="{}" x1="0" x2="100%" y1="{y:.2f}em" y2="{y:.2f}em"/>').format(
            kind, y=self.em(amount_fen)
        )


def _columns(series: Sequence[Series], months: int, scale: _Scale) -> list[Markup]:
    step = (100 - _SCALE_PERCENT) / months
    width = step * 0.76 / len(series)
    drawn = []
    for row, one in enumerate(series):
        rects = Markup("").join(
            _column(
                _SCALE_PERCENT + step * (month + 0.12) + row * width,
                width,
                amount,
                scale,
                is_open=one.is_open,
            )
            for month, amount in enumerate(one.amounts_fen)
        )
        drawn.append(Markup('<g class="{}">{}</g>').format(_section_class(one.section), rects))
    return drawn


def _column(left: float, width: float, amount_fen: int, scale: _Scale, *, is_open: bool) -> Markup:
    top, foot = sorted((scale.em(amount_fen), scale.em(0)))
    return Markup('<rect class="{}" x="{:.2f}%" y="{:.2f}em" width="{:.2f}%" height="{:.2f}em"/>').format(
        "chart-open" if is_open else "chart-bar", left, top, width, foot - top
    )


def _legend(series: Sequence[Series]) -> Markup:
    return Markup("").join(
        Markup(
            '<g class="{section}"><rect class="{look}" x="{x}%" y="0.2em" width="0.9em" height="0.9em"/>'
            '<text x="{x}%" y="1em" dx="1.25em">{name}</text></g>'
        ).format(
            section=_section_class(one.section),
            look="chart-open" if one.is_open else "chart-bar",
            x=30 * place,
            name=_shorten(one.name),
        )
        for place, one in enumerate(series)
    )


def _month_labels(months: Sequence[str], scale: _Scale) -> Markup:
    """Every month, or every third of a long row; January always, because the year stands under it."""
    step = (100 - _SCALE_PERCENT) / len(months)
    every = 1 if len(months) <= 8 else 3
    foot = scale.em(scale.bottom_fen)
    has_early_january = any(month.endswith("-01") for month in months[1 : every + 1])
    labels = []
    for place, month in enumerate(months):
        year, number = month.split("-")
        middle = _SCALE_PERCENT + step * (place + 0.5)
        if int(number) % every == 1 % every:
            labels.append(_label(middle, foot + 1.2, month_word(int(number))))
        if number == "01" or (place == 0 and not has_early_january):
            labels.append(_label(middle, foot + 2.4, _("%(year)s年", year=year)))
    return Markup("").join(labels)


def _label(across: float, down_em: float, text: str) -> Markup:
    # The small size sits on the tspan: an em in `y` would otherwise be the small text's em.
    return Markup(
        '<text x="{:.2f}%" y="{:.2f}em" text-anchor="middle"><tspan class="chart-soft">{}</tspan></text>'
    ).format(across, down_em, text)


def _told_trend(months: Sequence[str], series: Sequence[Series], unit: str, written: Written) -> str:
    last = "；".join(f"{one.name} {written(one.amounts_fen[-1])} {unit}" for one in series)
    return f"{months[0]} 到 {months[-1]}；{months[-1]}：{last}"


def _round_up(amount_fen: int) -> int:
    """The next 1, 2 or 5 with zeros, so that the scale reads as a round sum; 0 stays 0."""
    step = 1
    while amount_fen > 10 * step:
        step *= 10
    return next((step * lead for lead in (1, 2, 5, 10) if step * lead >= amount_fen), 0) if amount_fen else 0


def _short_yuan(amount_fen: int) -> str:
    if abs(amount_fen) >= _FEN_PER_WAN:
        return _("%(number)s 万元", number=_plain(amount_fen, _FEN_PER_WAN))
    return _("%(number)s 元", number=_plain(amount_fen, _FEN_PER_YUAN))


def _plain(amount_fen: int, fen_per_unit: int) -> str:
    return f"{(Decimal(amount_fen) / fen_per_unit).normalize():f}"


def _shorten(label: str) -> str:
    """A label of at most _LABEL_CHARS Chinese characters; a Latin letter is half as wide."""
    widths = list(accumulate(1.0 if east_asian_width(char) in "WF" else 0.5 for char in label))
    if not label or widths[-1] <= _LABEL_CHARS:
        return label
    return label[: sum(width < _LABEL_CHARS for width in widths)] + "…"


def _section_class(section: str) -> str:
    return f"is-{section}" if section else "chart-own"
