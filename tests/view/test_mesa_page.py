"""Mesa's own page runs on TakeupModel and shows its numbers."""

from __future__ import annotations

import numpy as np
import pytest
import solara

import takeup
from examples import small_scenario
from takeup.mesa.model import TakeupModel
from takeup.view.watch import mesa_page
from takeup.view.watch.mesa_page import DosedModel, MesaView, parameters

PROGRAMME = {"train": {"kind": "training", "start": 2, "seats": 30.0}}


def test_the_model_is_the_one_that_takeup_runs() -> None:
    scenario = small_scenario(programme=PROGRAMME)
    model = DosedModel(scenario, replicate=1, sample=400)
    while model.running:
        model.step()
    found = model.datacollector.get_model_vars_dataframe()
    results = takeup.simulate([scenario], replicates=2).isel(scenario=0, replicate=1)
    for kpi in ("digital_take_up", "staff_adoption", "adoption"):
        expected = results[kpi].sel(group="all").values
        assert np.allclose(found[kpi].to_numpy(), expected, equal_nan=True)


def test_doses_move_what_they_dose() -> None:
    scenario = small_scenario(programme=PROGRAMME)
    knowledge = []
    for factor in (0.0, 1.0, 2.0):
        model = DosedModel(scenario, sample=400, training=factor)
        for _ in range(12):
            model.step()
        knowledge.append(model.kpi("staff_knowledge"))
    assert knowledge[0] < knowledge[1] < knowledge[2]


def test_every_slider_is_a_parameter_of_the_model_within_its_bounds() -> None:
    scenario = small_scenario(programme=PROGRAMME)
    offered = parameters(scenario)
    assert set(offered) == {"plan", "replicate", "sample", "training"}
    for name in ("min", "value", "max"):
        values = {k: getattr(v, name) for k, v in offered.items() if k != "plan"}
        model = DosedModel(scenario, **values)
        model.step()
        assert isinstance(model, TakeupModel)


def test_solara_viz_renders_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(
        mesa_page, "DosedModel", lambda *args: made.append(DosedModel(*args)) or made[-1]
    )
    _, rendered = solara.render(MesaView(small_scenario(programme=PROGRAMME)), handle_error=False)
    assert len(made) == 1
    rendered.close()


def test_what_lies_beyond_the_sliders_counts_as_their_ends() -> None:
    scenario = small_scenario(programme=PROGRAMME)
    largest = DosedModel(scenario, replicate=10**9, sample=10**9, training=1e9)
    assert largest.plan.run.sample == min(10_000, scenario.place.residents)
    assert largest.plan.programme["train"].seats == 60.0
    smallest = DosedModel(scenario, replicate=-5, sample=-1, training=-1.0)
    assert smallest.plan.run.sample == 200
    assert smallest.plan.programme["train"].seats == 0.0
