from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from known_functions import (
    ISHIGAMI,
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    as_design,
    as_outcomes,
    ishigami,
)
from takeup.analysis.points import point_means
from takeup.analysis.sensitivity import Sensitivity, cautions, in_words, sensitivity, what_matters
from takeup.errors import InputError

LINEAR: dict[str, Any] = {
    "num_vars": 4,
    "names": ["strong", "middling", "weak", "idle"],
    "bounds": [[0.0, 2.0], [10.0, 11.0], [0.0, 1.0], [-1.0, 1.0]],
}


def linear(x: np.ndarray) -> np.ndarray:
    return 4 * x[:, 0] + 4 * x[:, 1] - 1 * x[:, 2] + 7.0


def sobol(problem: dict[str, Any], n: int, second: bool, **more: Any) -> Sensitivity:
    points = sobol_sample.sample(problem, n, calc_second_order=second, seed=11)
    design = as_design(points, problem["names"])
    outcomes = as_outcomes(design, **more)
    return sensitivity("sobol", problem, design, point_means(design.index, outcomes))


def morris_design(n: int = 12, problem: dict[str, Any] = LINEAR) -> pd.DataFrame:
    return as_design(morris_sample.sample(problem, n, num_levels=4, seed=11), problem["names"])


@pytest.mark.parametrize("second", [False, True])
def test_indices_of_ishigami_agree_with_the_analytic_ones(second: bool) -> None:
    found = sobol(ISHIGAMI, 2048, second, trust=ishigami).of("trust")
    for name in ISHIGAMI["names"]:
        assert found.loc[name, "S1"] == pytest.approx(ISHIGAMI_FIRST[name], abs=0.02)
        assert found.loc[name, "ST"] == pytest.approx(ISHIGAMI_TOTAL[name], abs=0.02)
        assert abs(found.loc[name, "ST"] - ISHIGAMI_TOTAL[name]) < 2 * found.loc[name, "ST_half"]
    assert list(found.index) == ["x1", "x2", "x3"]
    assert list(found["rank"]) == [1, 2, 3]


def test_intervals_get_narrower_with_points_and_do_not_change_from_call_to_call() -> None:
    few, many = (sobol(ISHIGAMI, n, False, trust=ishigami) for n in (128, 2048))
    assert (many.of("trust")["ST_half"] < few.of("trust")["ST_half"] / 2).all()
    again = sobol(ISHIGAMI, 128, False, trust=ishigami)
    pd.testing.assert_frame_equal(few.table, again.table)


def test_indices_do_not_depend_on_unit_or_level() -> None:
    found = sobol(ISHIGAMI, 256, False, trust=ishigami, backlog=lambda x: 1e5 + 1e3 * ishigami(x))
    pd.testing.assert_frame_equal(found.of("trust"), found.of("backlog"), rtol=1e-6)


def test_an_additive_function_has_no_interaction_and_its_variances_add_up() -> None:
    found = sobol(LINEAR, 1024, False, trust=linear).of("trust")
    assert found["S1"].sum() == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(found["S1"], found["ST"], atol=0.02)
    assert found.loc["strong", "ST"] == pytest.approx(64 / (64 + 16 + 1), abs=0.02)
    assert found.loc["idle", "ST"] == 0.0


def test_morris_gives_the_effect_over_the_whole_range() -> None:
    design = morris_design()
    found = sensitivity(
        "morris", LINEAR, design, point_means(design.index, as_outcomes(design, trust=linear))
    ).of("trust")
    expected = {"strong": 8.0, "middling": 4.0, "weak": -1.0, "idle": 0.0}
    for name, effect in expected.items():
        assert found.loc[name, "mu"] == pytest.approx(effect)
        assert found.loc[name, "mu_star"] == pytest.approx(abs(effect))
        assert found.loc[name, "sigma"] == pytest.approx(0, abs=1e-9)
    assert list(found.index) == ["strong", "middling", "weak", "idle"]


def test_points_out_of_order_are_refused() -> None:
    for method, design in (
        ("morris", morris_design()),
        ("sobol", as_design(sobol_sample.sample(LINEAR, 8, seed=1), LINEAR["names"])),
    ):
        mixed = design.sample(frac=1.0, random_state=1)
        means = point_means(mixed.index, as_outcomes(mixed, trust=linear))
        with pytest.raises(InputError, match=r"no (Morris trajectory|Sobol' design)"):
            sensitivity(method, LINEAR, mixed, means)  # type: ignore[arg-type]
        part = design.iloc[:-1]
        means = point_means(part.index, as_outcomes(part, trust=linear))
        with pytest.raises(InputError, match=r"no (Morris|Sobol') design"):
            sensitivity(method, LINEAR, part, means)  # type: ignore[arg-type]


def test_kpis_without_indices_are_left_out_and_said() -> None:
    def holed(x: np.ndarray) -> np.ndarray:
        return np.where(x[:, 0] > 3, np.nan, x[:, 0])

    found = sobol(
        ISHIGAMI,
        64,
        False,
        trust=ishigami,
        backlog=lambda x: np.full(len(x), 0.1),
        withdrawn=holed,
    )
    assert found.kpis == ("trust",)
    assert found.left_out["backlog"] == "is the same at every point"
    assert "has no value at" in found.left_out["withdrawn"]
    text = " ".join(cautions(found))
    assert "backlog is the same at every point: left out" in text
    with pytest.raises(InputError, match="no KPI has indices"):
        sobol(ISHIGAMI, 64, False, backlog=lambda x: np.ones(len(x)))


def test_weeks_have_indices_of_their_own() -> None:
    points = sobol_sample.sample(LINEAR, 256, calc_second_order=False, seed=11)
    design = as_design(points, LINEAR["names"])
    weekly = {
        0: pd.DataFrame({"trust": np.ones(len(design))}, index=design.index),
        10: pd.DataFrame({"trust": design["strong"]}, index=design.index),
        20: pd.DataFrame({"trust": design["weak"]}, index=design.index),
    }
    means = point_means(design.index, as_outcomes(design, trust=linear))
    found = sensitivity("sobol", LINEAR, design, means, weekly).weekly
    assert sorted(set(found["week"])) == [10, 20]
    lead = found[found["rank"] == 1].set_index("week")["parameter"]
    assert dict(lead) == {10: "strong", 20: "weak"}


def test_what_matters_is_said_in_plain_words() -> None:
    found = sobol(
        LINEAR, 512, False, trust=linear, adoption=linear, backlog=lambda x: x[:, 2] * x[:, 1]
    )
    text = what_matters(found)
    assert "Over 3 KPIs strong matters most" in text
    assert "ranks first for 2 of them" in text
    assert "Other KPIs are led by weak." in text
    assert text.endswith("idle hardly matters for any of them.")
    sentence = next(in_words(found, {"trust": "Trust in the council"}))
    assert sentence.startswith("Trust in the council: strong matters most, 79 % of the variance")
    assert "then middling (20 %)" in sentence
    alone = sobol(LINEAR, 512, False, trust=linear)
    assert what_matters(alone).startswith("trust: strong matters most")
    assert what_matters(alone).endswith("weak and idle hardly matter.")


def test_noise_and_width_are_warned_of() -> None:
    found = sobol(ISHIGAMI, 32, False, replicates=2, noise=3.0, trust=ishigami)
    text = " ".join(cautions(found))
    assert "Rough: some total indices of trust" in text
    assert "Chance is" in text
    assert "One replicate" not in text
    assert "One replicate" in " ".join(cautions(sobol(ISHIGAMI, 32, False, trust=ishigami)))
