"""Tables and paragraphs lose nothing, whatever the width."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from takeup.output import Paragraph, Sheet, folded, readable, shortened, to_text, visible

NAME = "[x] [/y] − 北京 :rocket: 😀 [bold]a name of sixty characters[/bold]"
WORDS = st.text("abc-[]/$_ −北😀:1", max_size=70).map(str.strip)


def printed(text: str) -> Counter[str]:
    """Return how often each character is there, blanks apart."""
    return Counter("".join(text.split()))


def sheet(rows: list[tuple[str, str, float]], title: str = NAME) -> Sheet:
    made = Sheet(title)
    made.column("what [/it] is")
    made.column("department")
    made.column("difference", right=True)
    made.column("90 % of runs", right=True, wraps=True)
    made.column("plan is", wraps=False)
    for name, department, value in rows:
        made.row(name, department, f"{value:,.2f}", f"{value:+.1f} to {value:+.1f}", "better  99 %")
    return made


ROWS = st.lists(st.tuples(WORDS, WORDS, st.floats(-1e6, 1e6)), min_size=1, max_size=4)


@settings(max_examples=60)
@given(ROWS, st.integers(40, 130))
def test_a_table_loses_no_character_and_keeps_its_width(
    rows: list[tuple[str, str, float]], width: int
) -> None:
    text = to_text(sheet(rows), width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    whole = to_text(sheet(rows), width=1000)
    close = "".join(text.split())
    cells = [
        cell
        for name, department, value in rows
        for cell in (name, department, f"{value:,.2f}", f"{value:+.1f} to {value:+.1f}")
    ]
    beside = printed(text) == printed(whole)
    assert beside or all("".join(cell.split()) in close for cell in cells)  # in one block a row


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_a_long_name_beside_numbers(width: int) -> None:
    text = to_text(sheet([(NAME, "x" * 60, -1234567.0)]), width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "-1,234,567.00" in text  # numbers are never broken
    assert "better 99 %" in text or "better  99 %" in text
    assert text.count("x") == 60 + 2 * NAME.count("x")


def test_a_table_takes_the_width_that_it_needs_and_no_more() -> None:
    row = [("w" * 70, "d" * 40, 1.0)]
    assert max(map(len, to_text(sheet(row, ""), width=250).splitlines())) < 170
    filled = Sheet("t", fill=True)
    filled.column("what")
    filled.column("n", right=True)
    filled.row("x", "1")
    assert max(map(len, to_text(filled, width=250).splitlines())) == 100
    assert max(map(len, to_text(filled, width=60).splitlines())) == 60


@given(WORDS, st.integers(8, 60), st.integers(0, 4))
def test_folded_lines_hold_all_there_is(text: str, width: int, hang: int) -> None:
    lines = folded(text, width, hang)
    assert all(cell_len(line) <= width for line in lines)
    assert printed("".join(lines)) == printed(text)


def test_words_stay_whole_and_a_number_stays_with_its_per_cent() -> None:
    assert folded("  one two three 40 % four", 18, 2) == ["  one two three", "    40 % four"]
    assert folded("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert folded("", 4) == [""]


def test_controls_are_shown_and_words_of_any_script_are_left_alone() -> None:
    said = visible("a\x1b[31m\u202e\u200b\u2028\x9b\r\n\t\ud800 北京 é\u00a0x")
    assert said == r"a\x1b[31m\u202e\u200b\u2028\x9b\r\n\t\ud800 北京 é" + "\u00a0x"
    for written in ("👩\u200d👧 x", "نامه\u200cها"):  # a picture of two, and Persian as it is spelt
        assert visible(written) == written
    assert visible("a\u200db \u200d北") == r"a\u200db \u200d北"
    assert visible("a\u00a0b", blanks=True) == r"a\xa0b"
    assert "\x1b" not in to_text(sheet([("\x1b[31m", "\x9b", 1.0)], "\x1b]0;x\x07"))
    assert "\x1b" not in to_text(Paragraph("\x1b[31m"))


def test_what_is_copied_stays_in_one_piece_and_whole() -> None:
    path = "/a/folder of/" + "a-long-name-" * 12
    for width in (40, 80, 200):
        assert to_text(Paragraph(path, wraps=False), width=width) == f"{path}\n"


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("−×…→₂≥ ±½", "ascii", "-x...->2>= +/-1/2"),
        ("−é北€", "cp1252", "-é\\u5317€"),
        ("Zürich, Łódź, Straße", "ascii", "Zurich, Lodz, Strasse"),
        ("😀\ud800", "latin-1", "\\U0001f600\\ud800"),
        ("\ud800", "utf-8", "\\ud800"),
        ("−北", "utf-8", "−北"),
        ("−", "no-such-codec", "-"),
    ],
)
def test_what_an_encoding_lacks_is_replaced(text: str, encoding: str, said: str) -> None:
    assert readable(text, encoding) == said


def test_what_is_too_long_loses_its_middle() -> None:
    text = shortened("a" * 50 + "b" * 50, 30, middle=True)
    assert len(text) == 30
    assert text.startswith("a")
    assert text.endswith("b")
    assert shortened("short", 30, middle=True) == "short"
    assert shortened("a" * 50 + "b" * 50, 30) == "a" * 27 + "..."
