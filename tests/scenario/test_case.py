from __future__ import annotations

import takeup
from examples import small_scenario
from takeup.scenario.schema.case import Case


def test_seed_leaves_the_parameters_alone():
    plan = small_scenario(run={"uncertainty": "seed"})
    assert Case.of(plan, 3) == Case(plan, 3)


def test_parameters_leave_the_random_numbers_alone():
    plan = small_scenario(run={"uncertainty": "parameters"})
    first, second = Case.of(plan, 0), Case.of(plan, 1)
    assert first.key == second.key == 0
    assert first.scenario.parameters != second.scenario.parameters


def test_both_differ_and_what_the_scenario_sets_stays():
    plan = small_scenario(parameters={"turnover": 0.2})
    assert plan.run.uncertainty == "both"
    case = Case.of(plan, 4)
    assert case.key == 4
    assert case.scenario.parameters["turnover"] == 0.2
    assert case.scenario.parameters["retry"] != plan.parameter_values()["retry"]


def test_bands_are_wider_with_uncertain_parameters():
    def spread(uncertainty: str) -> float:
        run = {"uncertainty": uncertainty, "replicates": 12, "weeks": 30}
        results = takeup.simulate(small_scenario(run=run))
        return float(results["staff_adoption"].sel(group="all").isel(week=-1).std())

    assert spread("both") > spread("seed")
