"""Fitting to data from the command line: one series, and a whole council."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from takeup import cli, load
from takeup.evidence import read_posterior
from takeup.scenario.schema.case import Case

SERIES = [0.20, 0.215, 0.235, 0.25, 0.27, 0.285, 0.305, 0.32]
HEAD = '[[observe]]\nfile = "data.csv"\n'
ONE = ("--workers", 1)


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, stdout, stderr."""
    sys.argv = ["takeup", *map(str, arguments)]
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capsys.readouterr()
    code = stop.value.code
    return (code if isinstance(code, int) else 0), out, err


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = [f"{2020 + n // 4}-{3 * (n % 4) + 3:02d},{100 * v},9000" for n, v in enumerate(SERIES)]
    Path("data.csv").write_text("\n".join(["period_end,digital_pct,volume", *rows]), "utf-8")


def table(file: str) -> list[dict[str, str]]:
    with Path(file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_series_is_fitted_and_its_draws_are_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Path("fit.toml").write_text(f"{HEAD}[hold_out]\nlast = 0.3\n", "utf-8")
    code, out, _ = call(capsys, "check", "fit.toml")
    assert code == 0
    assert "data: 5 values of digital_take_up from 2020-04-01 are fitted, 3 later" in out
    code, out, _ = call(capsys, "calibrate", "fit.toml", "--runs", 200, *ONE)
    assert code == 0
    assert "place.trend.drift" in out
    folder = Path("results/fit")
    assert {path.name for path in folder.iterdir()} == {
        "posterior.parquet", "identified.csv", "forecast.csv", "fit.png", "fit.svg",
        "summary.md", "calibration.json",
    }  # fmt: skip
    posterior = read_posterior(folder / "posterior.parquet")
    assert posterior.effective_sample >= 50
    drift = next(r for r in table("results/fit/identified.csv") if r["free"] == "place.trend.drift")
    assert float(drift["ratio"]) < 0.9
    # It rose by 0.37 log-odds a year: the drift does.
    assert 0.1 < float(drift["posterior_mean"]) < 0.7
    ahead = table("results/fit/forecast.csv")
    assert [row["observed"] != "" for row in ahead] == [True] * 3 + [False] * 8
    for row in ahead:
        quantiles = [float(row[name]) for name in ("q05", "q25", "q50", "q75", "q95")]
        assert quantiles == sorted(quantiles)
    widths = [float(row["q95"]) - float(row["q05"]) for row in ahead]
    assert widths[0] < widths[-1]
    assert "of 3 values that were held out" in (folder / "summary.md").read_text("utf-8").lower()

    # The same runs once more, on two workers: not one is done again, and not a bit differs.
    code, _, err = call(capsys, "calibrate", "fit.toml", "--runs", 200, "--out", "again",
                        "--workers", 2)  # fmt: skip
    assert code == 0
    again = read_posterior("again/posterior.parquet")
    np.testing.assert_array_equal(again.weights, posterior.weights)
    np.testing.assert_array_equal(again.values, posterior.values)

    # And a council uses its draws.
    (tmp_path / "town.toml").write_text(
        (Path(__file__).parents[1] / "scenario" / "town.toml").read_text("utf-8"), "utf-8"
    )
    scenario = load("town.toml", ["run.uncertainty=posterior",
                                  "run.posterior=results/fit/posterior.parquet"])  # fmt: skip
    drawn = {Case.of(scenario, r).scenario.parameters["habit_weight"] for r in range(4)}
    column = posterior.values[:, posterior.columns.index("habit_weight")]
    assert drawn <= set(column.tolist())

    code, _, err = call(capsys, "calibrate", "fit.toml", "--runs", 200, *ONE)
    assert code == 2
    assert "--force" in err


def test_too_few_runs_conclude_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("fit.toml").write_text(HEAD, "utf-8")
    code, out, err = call(capsys, "calibrate", "fit.toml", "--runs", 20, *ONE)
    assert (code, out) == (2, "")
    assert "nothing can be concluded" in err
    assert "--runs" in err
    assert not Path("results/fit").exists()


@pytest.mark.slow
def test_a_council_is_fitted_in_two_waves(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    town = Path(__file__).parents[1] / "scenario" / "town.toml"
    (tmp_path / "town.toml").write_text(town.read_text("utf-8"), "utf-8")
    start = load("town.toml").run.start.year
    rows = [f"{start + 1 + n // 4}-{3 * (n % 4) + 1:02d}-15,{0.5 + 0.01 * n}" for n in range(6)]
    Path("seen.csv").write_text("\n".join(["date,digital_take_up", *rows]), "utf-8")
    Path("fit.toml").write_text(
        'scenario = "town.toml"\n[[observe]]\nfile = "seen.csv"\nservice = "waste"\n'
        "[free]\nevidence = true\nplace.trust = { low = 0.4, high = 0.8 }\n",
        "utf-8",
    )
    code, _, err = call(capsys, "calibrate", "fit.toml", "--runs", 120, *ONE)
    assert code == 0, err
    about = json.loads(Path("results/fit/calibration.json").read_text("utf-8"))
    assert about["runs"][0] == 120
    assert len(about["runs"]) == 2
    posterior = read_posterior("results/fit/posterior.parquet")
    assert "place.trust" in posterior.columns
    assert posterior.stated["place.trust"] == load("town.toml").place.trust


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "observe: is missing"),
        (f"{HEAD}windw = 1\n", "fit.toml, line 3: observe[1].windw"),
        (f'{HEAD}group = "age:75+"\n', "needs a scenario"),
        (f"{HEAD}[free]\nhabit_wieght.evidence = true\n", 'did you mean "habit_weight"'),
        (f"{HEAD}[free]\nhabit_weight = 3\n", "line 4: parameters.habit_weight: must be a range"),
        (f"{HEAD}[free]\ngo_live = {{ low = 5, high = 2 }}\n", "0 <= low < high"),
        (f"{HEAD}[hold_out]\nlast = 1.5\n", "line 4: hold_out.last"),
        (f"{HEAD}[hold_out]\nlast = 0.9\n", "at least 2 must be left to fit"),
        ('[[observe]]\nfile = "none.csv"\n', "none.csv: cannot be read"),
        ('scenario = "none.toml"\n' + HEAD, "none.toml"),
    ],
)
def test_mistakes_are_told_with_line_and_key(
    capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    Path("fit.toml").write_text(text, "utf-8")
    code, out, err = call(capsys, "calibrate", "fit.toml", *ONE)
    assert (code, out) == (2, "")
    assert said in err.replace("\n    ", " ")
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("period_end,take_up\n2020-03,5\n", "has no column to fit"),
        ("when,digital_pct\n2020-03,5\n", "has no column date"),
        ("date,digital_pct\n2020-03,5\n2020-03,6\n", "row 3: has the date of row 2 again"),
        ("date,digital_pct\n2020-06,5\n2020-03,6\n", "row 3: is earlier than row 2"),
        ("date,digital_pct\n2020-06,105\n2020-09,6\n", "row 2: digital_pct must be from 0 to 100"),
        ("date,digital_pct\n2020-13,5\n", "row 2: date must be as 2014-03-31"),
        ("date;digital_pct\n2020-03;5\n", "separate its columns by commas"),
        ("date,digital_pct\nMarch,5\n", "row 2: date must be as 2014-03-31"),
        ("date,digital_pct\n", "holds no values"),
    ],
)
def test_mistakes_in_data_are_told_with_file_and_row(
    capsys: pytest.CaptureFixture[str], data: str, said: str
) -> None:
    Path("data.csv").write_text(data, "utf-8")
    Path("fit.toml").write_text(HEAD, "utf-8")
    code, out, err = call(capsys, "calibrate", "fit.toml", *ONE)
    assert (code, out) == (2, "")
    assert said in err.replace("\n    ", " ")
