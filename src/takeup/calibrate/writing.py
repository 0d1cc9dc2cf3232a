"""What a calibration leaves in its folder: draws, tables, a picture, and what they say in words."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from takeup.calibrate.fitting import IDENTIFIED, QUANTILES, Fit, Forecast, Told
from takeup.evidence import write_posterior
from takeup.kpis import BY_NAME
from takeup.report.panels import save
from takeup.report.style import GRID, INK, QUIET
from takeup.runs.version import model_version

POSTERIOR = "posterior.parquet"
TIMING = ("place.trend.drift", "go_live")
"""What says when, and not why."""

_RIVALS = {"last": "last value", "damped": "damped trend", "logistic": "logistic", "bass": "Bass"}
_BEFORE, _AFTER = "#8fbfe0", "#D55E00"
_COLUMNS = 3


def write_fit(found: Fit, folder: Path) -> list[str]:
    """Write all files of a calibration into a folder; returns their names.

    Raises:
        OutputError: the draws cannot be written.
    """
    scenario = found.calibration.scenario
    spreads = {one.name: one.prior_spread for one in found.told if one.name in found.draws}
    stated = {}
    if scenario is not None:
        values = {name: _stated(scenario, name) for name in found.draws if "." in name}
        stated = {name: value for name, value in values.items() if value is not None}
    write_posterior(
        folder / POSTERIOR, found.draws, found.weights,
        scenario="" if scenario is None else scenario.name,
        stated=stated, prior_spread=spreads,
    )  # fmt: skip
    _write_table(folder / "identified.csv", _identified_rows(found))
    _write_table(folder / "forecast.csv", _forecast_rows(found))
    pictures = save(figure_of(found), folder, "fit")
    text = "\n\n".join(sentences(found)) + "\n"
    (folder / "summary.md").write_text(f"# {found.calibration.name}\n\n{text}", encoding="utf-8")
    about = {
        "takeup": model_version(), "calibration": str(found.calibration.file),
        "runs": list(found.waves), "left": found.left, "effective": found.effective,
    }  # fmt: skip
    (folder / "calibration.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    names = [POSTERIOR, "identified.csv", "forecast.csv", *(path.name for path in pictures)]
    return [*names, "summary.md", "calibration.json"]


def _stated(scenario: Any, key: str) -> float | None:
    """Return the number that a scenario states of today at a dotted key, if it is one."""
    here: Any = scenario.root()
    for part in key.split("."):
        here = here.get(part) if isinstance(here, dict) else getattr(here, part, None)
    return float(here) if isinstance(here, int | float) and not isinstance(here, bool) else None


# ---------------------------------------------------------------- tables


def _write_table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def by_what_is_known(found: Fit) -> list[Told]:
    """Return what was free, what the data say most about first."""
    return sorted(found.told, key=lambda one: one.ratio)


def _identified_rows(found: Fit) -> list[dict[str, Any]]:
    return [
        {
            "free": one.name,
            "prior_mean": f"{one.prior_mean:.6g}",
            "prior_sd": f"{one.prior_spread:.6g}",
            "posterior_mean": f"{one.mean:.6g}",
            "posterior_sd": f"{one.spread:.6g}",
            "ratio": f"{one.ratio:.3f}",
            "identified": "yes" if one.identified else "no",
        }
        for one in by_what_is_known(found)
    ]


def _forecast_rows(found: Fit) -> list[dict[str, Any]]:
    rows = []
    for each in found.forecasts:
        known = each.one.known
        came = [*each.held_out, *[float("nan")] * len(each.ends)]
        for at, end in enumerate(each.ends[known:]):
            row = {"series": each.one.name, "kpi": each.one.kpi, "date": end}
            row["observed"] = f"{came[at]:.6g}" if isfinite(came[at]) else ""
            for quantile, values in zip(QUANTILES, each.quantiles, strict=True):
                row[f"q{round(100 * quantile):02d}"] = f"{values[at]:.6g}"
            for name in _RIVALS:
                said = each.rivals.get(name)
                row[name] = "" if said is None else f"{said[at]:.6g}"
            rows.append(row)
    return rows


# ---------------------------------------------------------------- words


def sentences(found: Fit) -> Iterator[str]:
    """Yield what the data say, and do not say, in plain English."""
    runs = " + ".join(f"{count:,}" for count in found.waves)
    yield (
        f"{runs} runs of the model were weighed by how well they meet the data; together they are "
        f"worth {found.effective:,.0f} draws of equal weight."
    )
    if len(found.waves) > 1:
        yield f"After the first wave {100 * found.left:.0f} % of the ranges were not ruled out."
    known = [one for one in by_what_is_known(found) if one.identified]
    why = [one for one in known if one.name not in TIMING]
    if why:
        named = ", ".join(f"{one.name} ({one.mean:.3g} ± {one.spread:.2g})" for one in why[:6])
        yield f"The data say something about: {named}."
    if not why:
        yield (
            "Your data say when, not why: they do not tell one behaviour of people from another. "
            "Ranges stay as the evidence leaves them, so plans differ as much as before."
        )
    else:
        others = len(found.told) - len(known)
        yield (
            f"Of {others} others they say next to nothing: the spread after is {IDENTIFIED} of "
            "that before, or more."
        )
    for each in found.forecasts:
        yield from _of_forecast(each)
    yield (
        "What runs leave unexplained goes on in the forecast: it is as wide as it was for real "
        "services. Plans that are compared by these draws are without it."
    )
    yield (
        f"To use it: `takeup compare BASELINE PLAN --set run.uncertainty=posterior --set "
        f"run.posterior={POSTERIOR}`, with the path of that file."
    )


def _of_forecast(each: Forecast) -> Iterator[str]:
    share = BY_NAME[each.one.kpi].unit == "share"
    scale, unit = (100.0, " %") if share else (1.0, "")
    low, _, middle, _, high = each.quantiles[:, -1] * scale
    yield (
        f"{each.one.name}: by {each.ends[-1]:%B %Y} {middle:.0f}{unit}, and with nine chances in "
        f"ten between {low:.0f} and {high:.0f}{unit}, if all goes on as it did."
    )
    if not len(each.held_out):
        return
    errors = {name: value * scale for name, value in each.errors().items()}
    own = errors.pop("calibrated")
    said = ", ".join(f"{_RIVALS.get(name, name)} {value:.1f}" for name, value in errors.items())
    held = round(each.inside(0) * len(each.held_out))
    better = min(errors.values()) > own if errors else True
    yield (
        f"Of {len(each.held_out)} values that were held out, {held} lie in the 90 % band; it "
        f"errs in the middle by {own:.1f}{' points' if share else ''} ({said}): "
        + ("better than all of these." if better else "not better than the best of these.")
    )


# ---------------------------------------------------------------- the picture


def figure_of(found: Fit) -> Figure:
    """Return a panel for every series: data, bands before and after them, what was held out."""
    count = len(found.forecasts)
    columns = min(_COLUMNS, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(4.6 * columns, 3.2 * rows + 0.5), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax, each in zip(axes.flat, found.forecasts, strict=False):
        _draw(ax, each)
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    return figure


def _draw(ax: Axes, each: Forecast) -> None:
    share = BY_NAME[each.one.kpi].unit == "share"
    scale = 100.0 if share else 1.0
    days = np.array([date2num(end) for end in each.ends])  # type: ignore[no-untyped-call]
    known, points = each.one.known, len(each.one.value)
    before, after = scale * each.before, scale * each.quantiles
    ax.fill_between(days, before[0], before[-1], color=_BEFORE, alpha=0.35, lw=0,
                    label="before the data, 90 %")  # fmt: skip
    ax.fill_between(days[known:], after[0], after[-1], color=_AFTER, alpha=0.25, lw=0,
                    label="forecast, 90 %")  # fmt: skip
    ax.plot(days[known:], after[2], color=_AFTER, lw=1.6, label="its middle")
    ax.plot(days[:known], scale * each.one.value[:known], ".-", color=INK, lw=1.0, ms=4,
            label="data")  # fmt: skip
    if points > known:
        ax.plot(days[known:points], scale * each.one.value[known:], "o", mfc="white", mec=INK,
                ms=4, label="held out")  # fmt: skip
    ax.axvline(days[known - 1], color=QUIET, lw=0.8, ls=":")
    ax.set_title(each.one.name, loc="left", fontsize=9, color=INK)
    ax.set_ylabel(f"{BY_NAME[each.one.kpi].title}{', %' if share else ''}", fontsize=8)
    if share:
        ax.set_ylim(0, 100)
    ax.xaxis_date()
    ax.tick_params(labelsize=8)
    ax.grid(color=GRID, lw=0.6)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
