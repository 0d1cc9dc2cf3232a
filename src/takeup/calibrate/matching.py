"""History matching: what an emulator of the runs rules out, and points in what is left.

Vernon, Goldstein & Bower 2010: a point is ruled out where what the emulator says of it lies further
from the data than three standard deviations of all that is uncertain.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc, spearmanr

from takeup.calibrate.observed import Floats
from takeup.errors import InputError

CUT = 3.0
_CANDIDATES = 4096
_INPUTS = 8
"""Inputs of an emulator: those that go most with what it emulates."""
_MOST_RUNS = 400
_LEAST_LEFT = 0.002
"""Share of the ranges below which the data and the model do not meet."""


def not_ruled_out(
    units: Floats, said: Floats, data: Floats, variance: Floats, points: int, seed: int = 1
) -> tuple[Floats, npt.NDArray[np.bool_], float]:
    """Return points that are not ruled out, which runs are not, and which share of the ranges.

    Args:
        units: positions of the runs in every range, (runs, free).
        said: what they say of what was observed, (runs, outputs).
        data: what was observed, (outputs,).
        variance: of the data from a run that is right, (outputs,).
        points: how many are wanted, at most.
        seed: of the candidates.

    Returns:
        New points, (points, free); whether each run is not ruled out, (runs,); the share.

    Raises:
        InputError: scikit-learn is missing, or everything is ruled out.
    """
    try:
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
    except ImportError:
        raise InputError(
            'fitting a whole council needs scikit-learn: pip install "takeup[calibrate]"'
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on how evenly points spread if they are no power of 2
        tried = qmc.Sobol(units.shape[1], rng=seed).random(_CANDIDATES)
    worst, own = np.zeros(len(tried)), np.zeros(len(units))
    for output in range(said.shape[1]):
        values = said[:, output]
        there = np.flatnonzero(np.isfinite(values))[:_MOST_RUNS]
        if len(there) < 20 or np.ptp(values[there]) < 1e-9:
            continue
        goes = np.array([
            abs(np.nan_to_num(spearmanr(units[there, i], values[there]).statistic))
            for i in range(units.shape[1])
        ])  # fmt: skip
        inputs = np.argsort(-goes, kind="stable")[:_INPUTS]
        kernel = ConstantKernel(1.0) * RBF(1.0, (0.1, 30.0)) + WhiteKernel(0.3, (1e-4, 10.0))
        emulator = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a length at the end of its range is as good
            emulator.fit(units[np.ix_(there, inputs)], values[there])
        for places, highest in ((tried, worst), (units, own)):
            mean, spread = emulator.predict(places[:, inputs], return_std=True)
            apart = np.abs(mean - data[output]) / np.sqrt(spread**2 + variance[output])
            np.maximum(highest, apart, out=highest)
    left = np.flatnonzero(worst < CUT)
    share = len(left) / len(tried)
    if share < _LEAST_LEFT:
        raise InputError(
            "no run can have made these data: everything in the ranges of [free] is ruled out "
            f"(the nearest is {worst.min():.1f} standard deviations off); widen the ranges, free "
            "more, or look at the data and at the scenario's facts"
        )
    return tried[left[:points]], own < CUT, share
