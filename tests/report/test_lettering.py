"""Names in figures: as they are written, whole, and without taking the panels' room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from synthetic import made_up_dataset
from takeup.analysis.calendar import calendar_of
from takeup.analysis.comparison import compare
from takeup.report import lettering
from takeup.report.calendar import draw, lay_out
from takeup.report.figures import difference_figure, trajectories_figure
from takeup.report.grid import panels
from takeup.report.lettering import MISSING, drawn, fit, inches, ticks
from takeup.report.panels import save
from takeup.report.staff import staff_figure
from takeup.report.style import line_styles
from takeup.results.info import Mark

HOSTILE = (
    "[x] [/y] − 北京 and a name of sixty characters, which is long",
    "_$a_b$ [phase 2] 😀 a plan whose name is of sixty characters",
    "W" * 60,
)


def texts(figure: Figure) -> list[Text]:
    found = figure.findobj(Text)
    return [text for text in found if isinstance(text, Text) and text.get_text()]


def said(figure: Figure) -> str:
    return "".join("".join(text.get_text().split()) for text in texts(figure))


def heights(figure: Figure) -> list[float]:
    """Return the heights of the panels once they are laid out, legend and calendar apart."""
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.execute(figure)
    figure.set_layout_engine("none")
    tall = [axes.get_position().height * figure.get_figheight() for axes in figure.axes]
    return tall[1:-1]


def figure_of(kind: str, names: tuple[str, ...]) -> Figure:
    dataset = made_up_dataset({name: 0.3 * index for index, name in enumerate(names)})
    title = f"{names[0]}: what changes"
    if kind == "staff":
        return staff_figure(dataset, title=title, baseline=names[0])
    if kind == "levels":
        return trajectories_figure(dataset, ["trust", "backlog"], title=title, baseline=names[0])
    return difference_figure(
        compare(dataset), ["trust", "backlog"], marks=calendar_of(dataset), title=title
    )


@pytest.mark.parametrize("kind", ["staff", "levels", "difference"])
def test_hostile_names_are_whole_and_leave_panels_their_size(kind: str) -> None:
    figure, plain = (figure_of(kind, names) for names in (HOSTILE, ("A", "B", "C")))
    share = np.array(heights(figure)) / np.array(heights(plain))
    assert 0.94 < share.min() <= share.max() < 1.2
    width = figure.get_figwidth() * figure.dpi
    for name in HOSTILE:
        assert "".join(drawn(name).split()) in said(figure)
    for text in texts(figure):
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent()
            assert box.x0 > -2, text
            assert box.x1 < width + 2, text


def test_dollars_are_not_mathematics_and_an_underscore_hides_nothing(tmp_path: Path) -> None:
    figure = panels(
        ["one"], lambda axes, _: ticks(axes.yaxis, [0, 1], ["$x$", "_y"]),
        [axes_handle("$a$ and $b$"), axes_handle("_hidden")], "$\\frac{1}{2}$",
        columns=1, size=(4.0, 2.0),
    )  # fmt: skip
    for text in texts(figure):
        if "$" in text.get_text():
            assert not text.get_parse_math()
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["$a$ and $b$", "_hidden"]
    svg = save(figure, tmp_path, "x")[1].read_text(encoding="utf-8")
    for name in ("$a$ and $b$", "_hidden", "$\\frac{1}{2}$", "$x$", "_y"):
        assert name in svg


def axes_handle(label: str) -> object:
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label)


def test_what_no_font_has_is_a_box_that_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "FAMILIES", ("DejaVu Sans",))
    lettering._charmaps.cache_clear()
    try:
        assert drawn("北é😀\x1b\n") == f"{MISSING}é😀\\x1b\n"
        for name, boxes in (("北京", True), ("Plain", False)):
            figure = trajectories_figure(made_up_dataset({name: 0.5}), ["trust"], title=name)
            told = [text for text in texts(figure) if "no font here has" in text.get_text()]
            assert bool(told) == boxes
    finally:
        lettering._charmaps.cache_clear()


def test_fonts_that_are_there_are_used_only_for_what_is_missing() -> None:
    assert lettering.font_for("plain é") == {"parse_math": False}
    if drawn("北") == "北":
        assert lettering.font_for("北")["family"][0] == "DejaVu Sans"


@pytest.mark.parametrize("name", [*HOSTILE, "北京" * 30, "a" * 500, "two words"])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_text_fits_its_room(name: str, lines: int) -> None:
    text, size = fit(name, 2.5, 9, lines=lines)
    assert text.count("\n") < lines
    assert inches(text, size) <= 2.5 + 1e-6
    assert size == 9 or name != "two words"
    if len(name) < 120:
        assert "".join(text.split()) == "".join(drawn(name).split())


def test_long_names_share_the_calendar_without_meeting() -> None:
    weeks, width = 30, 5.8
    names = ["北京" * 30, "W" * 60, "a fairly long name of a service " * 2, "short"]
    marks = [Mark("go-live", name, 14 + i, 14 + i) for i, name in enumerate(names)]
    marks += [Mark("intervention", name, 3 * i, 3 * i + 9) for i, name in enumerate(names)]
    strip = lay_out({"Plan": marks}, ["Plan"], weeks, width)
    figure = Figure((width, strip.height))
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    dates = np.datetime64("2025-01-06") + 7 * np.arange(weeks).astype("timedelta64[D]")
    axes.set_xlim(dates[0], dates[-1])
    draw(axes, strip, line_styles(["Plan"], None), dates, width)
    lettering.settle(figure)
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == len(marks)
    for index, box in enumerate(boxes):
        assert box.x0 > -5
        assert box.x1 < width * figure.dpi + 5
        for other in boxes[:index]:
            across = min(box.x1, other.x1) - max(box.x0, other.x0)
            up = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert across < 1 or up < 3
