"""Banks of runs: points of what is free, run as a sweep that can be gone on with."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import qmc

from takeup.calibrate.bank import START
from takeup.calibrate.definition import Calibration, Observed
from takeup.calibrate.observed import QUARTER, Floats
from takeup.errors import InputError, OutputError
from takeup.experiments.definition import (
    Experiment,
    LatinHypercube,
    PointList,
    Record,
    bases,
    faults_of,
    said_at,
)
from takeup.experiments.point_list import read_points
from takeup.experiments.variation import Range, Variation
from takeup.results.sweep import open_sweep
from takeup.runs.version import model_version
from takeup.scenario.read.load import Source, parsed_layer

SEED = "run.seed"
"""Every run of a bank has random numbers of its own."""

STATED = "facts.services.service.take_up"
"""Of the council of one: spread over the bank, so that any series begins near some runs."""

AHEAD = 8
"""Quarters of a forecast beyond the last value."""

_ROUND = 8  # quarters: series of about the same length share a bank
_LONGEST = 1040  # weeks of a run

RunSweep = Callable[[Experiment, Path], Any]
"""Runs an experiment into a folder: `sweep` with its workers and what watches it."""


@dataclass(frozen=True)
class Bank:
    """Runs, and where each stands in the ranges.

    Attributes:
        free: what is free, by dotted key: values, (runs,).
        units: positions from 0 to 1 in every range, (runs, free).
        weekly: by series, the weekly values of what was observed, (runs, weeks).
        start: first day of the runs.
        stated: of councils of one that share a bank, their stated take-up, (runs,); else empty.
    """

    free: Mapping[str, Floats]
    units: Floats
    weekly: Sequence[Floats]
    start: date
    stated: Floats

    def __len__(self) -> int:
        return len(self.units)

    def joined(self, other: Bank) -> Bank:
        """Return the runs of both."""
        return Bank(
            {name: np.concatenate([v, other.free[name]]) for name, v in self.free.items()},
            np.concatenate([self.units, other.units]),
            [np.concatenate(pair) for pair in zip(self.weekly, other.weekly, strict=True)],
            self.start,
            np.concatenate([self.stated, other.stated]),
        )


def is_council_of_one(calibration: Calibration) -> bool:
    """Return whether a fit is that of a single series of yearly take-up, of which no more is known.

    Such fits share a bank, whatever their series.
    """
    (first, *others) = calibration.observed
    return (
        calibration.source is None
        and not others
        and first.window > 1
        and first.kpi == "digital_take_up"
    )


def experiment_of(calibration: Calibration, runs: int) -> Experiment:
    """Return the experiment whose runs are the first bank of a calibration.

    Raises:
        InputError: a value is impossible or the scenario begins after the data, with file and line.
    """
    varied: dict[str, Variation] = dict(calibration.free)
    constants: dict[str, Any] = {
        "run.uncertainty": "seed",
        "place.trend.jumps": False,
        "place.trend.walk": False,
    }
    source = calibration.source
    if source is None:
        source, start = _council(calibration), _first_day(calibration)
        constants |= {"run.start": start, "run.replicates": 1}
        if calibration.go_live is None and is_council_of_one(calibration):
            varied[STATED] = Range(0.02, 0.97)
    else:
        assert calibration.scenario is not None
        start = calibration.scenario.run.start
        if calibration.scenario.run.posterior is not None:
            constants["run.posterior"] = None
    constants["run.weeks"] = _weeks(calibration, start)
    varied[SEED] = Range(1, 2**31 - 1, whole=True)
    base, amiss = bases({"": source}, constants, calibration.file)
    problems = list(amiss)
    for name, variation in calibration.free.items() if not amiss else ():
        at = calibration.places.get(name)
        for _, text in faults_of(name, variation, {"": source}, constants, calibration.file, amiss):
            said = text.removeprefix(f"{name}: ")
            problems.append(said_at(calibration.layer, at, said, name) if at else text)
    if problems:
        raise InputError(problems)
    (scenario,) = base.values()
    kpis = tuple(dict.fromkeys(one.kpi for one in calibration.observed))
    groups = tuple(dict.fromkeys(group_of(calibration, one) for one in calibration.observed))
    return Experiment(
        file=calibration.file,
        name="bank",
        description="",
        sources={scenario.name: source},
        base=base,
        replicates=1,
        design=LatinHypercube(kind="latin_hypercube", points=runs),
        constants=constants,
        varied=varied,
        record=Record(kpis=kpis, groups=tuple(group for group in groups if group != "all")),
        layer=calibration.layer,
        places=calibration.places,
    )


def group_of(calibration: Calibration, one: Observed) -> str:
    """Return the group of results that a series is compared with."""
    if calibration.source is None and len(calibration.observed) > 1:
        return f"service:{_id(calibration.observed.index(one))}"
    return one.group


def _id(number: int) -> str:
    return "service" if number == 0 else f"service-{number + 1}"


def _council(calibration: Calibration) -> Source:
    """Return a council with a service for every series, each with its first value as its take-up.

    Of a single series that shares its bank with others it is varied instead.
    """
    place = files("takeup.calibrate").joinpath("council_of_one.toml")
    text = place.read_text(encoding="utf-8")  # the service is the last table in it
    if calibration.go_live is not None:
        text += f"go_live = {_first_day(calibration)}\n"
    elif not is_council_of_one(calibration):
        text += f"take_up = {_first_value(calibration.observed[0])}\n"
    for number, one in list(enumerate(calibration.observed))[1:]:
        text += (
            f'[services.{_id(number)}]\nname = "Service {number + 1}"\n'
            'department = "department"\nyearly_volume = 2_000\n'
            "minutes = { digital = 2.0, rekeying = 6.0, phone = 10.0, counter = 15.0 }\n"
            f"take_up = {_first_value(one)}\n"
        )
    return Source.of([parsed_layer(str(place), text)])


def _first_value(one: Observed) -> float:
    first = float(one.value[0]) if one.kpi == "digital_take_up" else 0.5
    return round(min(max(first, 0.02), 0.97), 4)


def _first_day(calibration: Calibration) -> date:
    """Return the Monday on which the runs of a made council begin."""
    if is_council_of_one(calibration):
        return START  # whatever the series: that shares the bank
    first = min(one.ends[0] - timedelta(weeks=one.window) for one in calibration.observed)
    return first - timedelta(days=first.weekday())


def _weeks(calibration: Calibration, start: date) -> int:
    if is_council_of_one(calibration):
        (one,) = calibration.observed
        quarters = _quarters(one) + AHEAD
        if calibration.go_live is not None:
            quarters += -(-calibration.go_live[1] // QUARTER)
        weeks = -(-quarters // _ROUND) * _ROUND * QUARTER
        if weeks > _LONGEST:
            weeks = max(_LONGEST, quarters * QUARTER)
    else:
        early = [one for one in calibration.observed if one.ends[0] < start + timedelta(weeks=1)]
        if early:
            raise InputError(
                f"{calibration.file}: run.start: is {start}, and {early[0].name} has a value of "
                f"{early[0].ends[0]}; state an earlier start in the scenario, or leave values out"
            )
        last = max(one.ends[-1] for one in calibration.observed)
        weeks = -(-(last - start).days // 7) + AHEAD * QUARTER
        if calibration.scenario is not None:
            weeks = max(weeks, calibration.scenario.run.weeks)
    if weeks > _LONGEST:
        raise InputError(
            f"{calibration.file}: the data need runs of {weeks} weeks, and at most {_LONGEST} are "
            "possible; leave early values out"
        )
    return weeks


def _quarters(one: Observed) -> int:
    first, last = one.ends[0], one.ends[-1]
    return round(((last.year - first.year) * 12 + last.month - first.month) / 3)


# ---------------------------------------------------------------- running


def first_wave(
    calibration: Calibration, experiment: Experiment, folder: Path, run: RunSweep, runs: int
) -> Bank:
    """Do what is missing of the first bank of a calibration, and return it.

    Its points are those of a Sobol' sequence: a longer bank begins as a shorter one, whose runs are
    found in the cache.
    """
    names = [name for name in experiment.varied if name != SEED]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on how evenly points spread if they are no power of 2
        points = qmc.Sobol(len(names), rng=1).random(runs)
    return _wave(calibration, experiment, folder, run, 1, names, points)


def later_wave(
    calibration: Calibration, experiment: Experiment, folder: Path, run: RunSweep,
    number: int, units: Floats,
) -> Bank:  # fmt: skip
    """Run points that are not ruled out, and return them.

    Args:
        calibration: the calibration.
        experiment: of its first wave.
        folder: of banks.
        run: runs an experiment.
        number: of the wave, from 2.
        units: positions from 0 to 1 in every range that is free, (points, free).
    """
    return _wave(calibration, experiment, folder, run, number, list(calibration.free), units)


def _wave(
    calibration: Calibration, experiment: Experiment, folder: Path, run: RunSweep,
    number: int, names: list[str], units: Floats,
) -> Bank:  # fmt: skip
    """Run points, each with random numbers of its own, as a sweep over a list of them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, SEED])
    for at, row in enumerate(units.tolist()):
        values = [experiment.varied[name].at(u) for name, u in zip(names, row, strict=True)]
        seed = int(np.random.default_rng([number, at]).integers(1, 2**31 - 1))
        writer.writerow([*map(repr, values), seed])
    digest = _digest([experiment.stated(), text.getvalue()])
    place = Path(os.path.abspath(folder)) / f"wave-{number}-{digest}"
    file = place.with_name(f"{place.name}.csv")
    _write(file, text.getvalue())
    listed = read_points(calibration.file, str(file))
    wave = replace(
        experiment, design=PointList(kind="list", file=str(file)), listed=listed,
        varied=dict(listed.varied),
    )  # fmt: skip
    run(wave, place)
    free = [names.index(name) for name in calibration.free]
    return _bank(calibration, wave, place, units[:, free])


def _bank(calibration: Calibration, experiment: Experiment, place: Path, units: Floats) -> Bank:
    found = open_sweep(place)
    ran = np.ones(len(units), bool)
    weekly = []
    for one in calibration.observed:
        frame = found.trajectories([one.kpi], group=group_of(calibration, one))
        table = frame.pivot(index="point", columns="week", values=one.kpi)
        ran &= np.isin(np.arange(len(units)), table.index)
        weekly.append(table.reindex(range(len(units))).to_numpy(float))
    if ran.sum() < len(units) / 2:
        error = found.failures["error"].iloc[0] if len(found.failures) else "see its failures"
        raise OutputError(f"{place}: half of the runs failed: {error}")
    free = {name: found.design[name].to_numpy(float)[ran] for name in calibration.free}
    (base,) = experiment.base.values()
    stated = found.design[STATED].to_numpy(float)[ran] if STATED in found.design else np.empty(0)
    return Bank(free, units[ran], [values[ran] for values in weekly], base.run.start, stated)


def _digest(stated: Any) -> str:
    text = json.dumps([model_version(), stated], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all; one that is there is the same."""
    if file.exists():
        return
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, file)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror or error})") from None
    finally:
        beside.unlink(missing_ok=True)
