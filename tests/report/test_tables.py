from __future__ import annotations

import io

import pytest
from rich.console import Console

from synthetic import made_up_dataset
from takeup.analysis.comparison import compare
from takeup.analysis.goals import judge
from takeup.errors import InputError
from takeup.report.tables import comparison_tables, goals_tables, level_tables


def printed(tables: object) -> str:
    console = Console(file=io.StringIO(), width=100, highlight=False)
    for table in tables:  # type: ignore[attr-defined]
        console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("plans", [1, 2, 3])
def test_a_comparison_fits_100_columns_and_says_better_in_words(plans: int) -> None:
    levels = {"Baseline as it is": 0.0}
    levels |= {f"A plan with a long name, number {i}": 0.5 + i / 10 for i in range(plans)}
    text = printed(comparison_tables(compare(made_up_dataset(levels))))
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert "better  100 %" in text
    assert "worse     0 %" in text
    assert text.count("Processing time") == plans
    assert text.count("Whole run, GBP") == plans
    assert ("In short" in text) == (plans > 1)


def test_levels_are_shown_with_their_spread() -> None:
    text = printed(level_tables(made_up_dataset({"Only": 0.5}), ["adoption"]))
    assert "Residents using a digital service" in text
    assert " to " in text
    assert "Means over 5 replicates." in text


def test_one_replicate_has_no_spread() -> None:
    text = printed(level_tables(made_up_dataset({"Only": 0.5}, replicates=1)))
    assert " to " not in text.replace("spread to show", "")


def test_an_unknown_kpi_is_refused() -> None:
    with pytest.raises(InputError, match='did you mean "adoption"'):
        printed(level_tables(made_up_dataset(), ["adopton"]))


@pytest.mark.parametrize("plans", [0, 1, 3])
def test_goals_fit_100_columns_and_name_every_scenario(plans: int) -> None:
    levels = {"Baseline as it is": 0.0}
    levels |= {f"A plan with a long name, number {i}": 0.5 + i / 10 for i in range(plans)}
    text = printed(goals_tables(judge(made_up_dataset(levels))))
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("half: Digital take-up at least 50 %") == 1
    assert text.count("2025-03-10") >= 1
    assert "…" not in text
    for name in levels:
        assert (name in text) == (plans > 0)


def test_without_goals_there_is_no_table() -> None:
    dataset = made_up_dataset()
    dataset.attrs["goals"] = "{}"
    assert printed(goals_tables(judge(dataset))) == ""


def test_what_nothing_moves_is_left_out_unless_it_is_asked_for() -> None:
    dataset = made_up_dataset({"Only": 0.5})
    assert "Residents who took part" in printed(level_tables(dataset))
    dataset["participation"][:] = 0.0
    assert "Residents who took part" not in printed(level_tables(dataset))
    assert "Residents who took part" in printed(level_tables(dataset, ["participation"]))
    assert "Services online" not in printed(comparison_tables(compare(made_up_dataset())))
