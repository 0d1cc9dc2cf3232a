"""Mesa's own page on TakeupModel: its controls, its plots, and two components of ours.

For those who know Mesa. The numbers are those of `takeup.simulate` for the same scenario, replicate
and sample.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import solara
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from takeup.errors import TakeupError
from takeup.kpis import KPIS
from takeup.mesa.agents import ADKAR, Citizen, StaffMember
from takeup.mesa.model import TakeupModel
from takeup.programme.segments import AGES
from takeup.scenario.schema.scenario import Run, Scenario
from takeup.view.say.text import Table, Trouble, Words
from takeup.view.session.session import use_session

with warnings.catch_warnings():
    # Mesa 3.3 breaks a rule of Solara's in a way that does no harm; Solara warns on import.
    warnings.simplefilter("ignore", UserWarning)
    from mesa.visualization import Slider, SolaraViz, make_plot_component

SAMPLE = 1_000
"""Residents simulated at first, so that every step is drawn at once."""

LEAST_SAMPLE, MOST_SAMPLE, MOST_REPLICATE, MOST_DOSE = 200, 10_000, 15, 2.0
"""Ends of the sliders."""

_TITLES = {kpi.name: kpi.title for kpi in KPIS}
_PLOTS = (
    {"digital_take_up": "#0072B2", "adoption": "#009E73", "staff_adoption": "#D55E00"},
    {f"blocked_at_{element}": colour for element, colour in zip(
        ADKAR, ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"), strict=True)},
)  # fmt: skip


class DosedModel(TakeupModel):
    """A TakeupModel whose doses Mesa's sliders can turn up and down.

    Args:
        plan: a scenario.
        replicate: number of the replicate.
        sample: residents simulated, at most those of the place.
        training: factor on the dose of all training.
        communication: factor on the dose of all communication.

    What a browser sends beyond the ends of its sliders counts as their ends: all pages share one
    process with this model.
    """

    def __init__(
        self,
        plan: Scenario,
        replicate: int = 0,
        sample: int = SAMPLE,
        training: float = 1.0,
        communication: float = 1.0,
    ) -> None:
        def within(low: float, value: Any, high: float) -> float:
            return max(low, min(float(value), high))

        factors = {
            "training": within(0.0, training, MOST_DOSE),
            "communication": within(0.0, communication, MOST_DOSE),
        }
        most = min(MOST_SAMPLE, plan.place.residents)
        size = {"sample": int(within(min(LEAST_SAMPLE, most), sample, most))}
        run = Run.model_validate({**plan.run.model_dump(), **size})
        programme = {
            name: item.at(factors.get(item.kind, 1.0)) for name, item in plan.programme.items()
        }
        super().__init__(
            plan.model_copy(update={"run": run, "programme": programme}),
            replicate=int(within(0, replicate, MOST_REPLICATE)),
        )


@solara.component
def MesaPage() -> None:
    """Show the session's setting with Mesa's SolaraViz."""
    session = use_session()
    try:
        scenario = session.setting.value.scenario(session.server.councils)
    except TakeupError as error:
        Trouble(text=str(error))
        return
    Words(
        text="The model in Mesa's own page, for those who know Mesa. The other pages say "
        "more to others."
    )
    MesaView(scenario).key(str(session.setting.value))


@solara.component
def MesaView(scenario: Scenario) -> None:
    """Show a scenario with Mesa's SolaraViz; usable in a notebook too."""
    model = solara.use_memo(lambda: DosedModel(scenario), [scenario])
    SolaraViz(
        model,
        components=[
            *(make_plot_component(measures, post_process=_readable) for measures in _PLOTS),
            departments,
            residents,
        ],
        model_params=parameters(scenario),
        play_interval=50,
        name=f"Mesa: {scenario.name}",
    )


def parameters(scenario: Scenario) -> dict[str, Any]:
    """Return what Mesa's page can change: sliders for what the programme has, the rest fixed."""
    most = scenario.place.residents
    found: dict[str, Any] = {
        "plan": scenario,
        "replicate": Slider("Replicate", 0, 0, MOST_REPLICATE, 1),
        "sample": Slider(
            "Residents simulated",
            min(SAMPLE, most),
            min(LEAST_SAMPLE, most),
            min(MOST_SAMPLE, most),
            100,
        ),
    }
    kinds = {item.kind for item in scenario.programme.values()}
    for kind in ("training", "communication"):
        if kind in kinds:
            found[kind] = Slider(f"{kind.capitalize()} (times the plan)", 1.0, 0.0, MOST_DOSE, 0.1)
    return found


def departments(model: TakeupModel) -> None:
    """Show the departments of a model: who works the new way, and what the others lack."""
    rows = []
    for department, staff in _groups(model, StaffMember, "department"):
        blocked = [member.barrier for member in staff if not member.adopted]
        lacking = {element: blocked.count(element) for element in ADKAR if element in blocked}
        most = max(lacking, key=lambda element: lacking[element], default="nothing")
        adopted = sum(member.adopted for member in staff)
        name = model.plan.departments[department].name
        rows.append([name, f"{adopted} of {len(staff)}", most])
    heads = ["Department", "Staff who work the new way", "Most others lack"]
    Table(heads=heads, rows=rows, caption="Departments")


def residents(model: TakeupModel) -> None:
    """Show the residents of a model by age: how many were online, their skill and their trust."""
    groups = dict(_groups(model, Citizen, "age"))
    rows = []
    for age in AGES:
        if people := groups.get(age):
            count = len(people)
            online = sum(person.online for person in people) / count
            skill = sum(person.skill for person in people) / count
            trust = sum(person.trust for person in people) / count
            rows.append([age.replace("-", "–"), f"{online:.0%}", f"{skill:.2f}", f"{trust:.2f}"])
    heads = ["Age", "Online in a year", "Digital skill", "Trust"]
    Table(heads=heads, rows=rows, caption="Residents")


def _groups(model: TakeupModel, kind: type, by: str) -> list[tuple[str, list[Any]]]:
    agents = model.agents_by_type[kind].groupby(by, result_type="list").groups
    return [(name, list(members)) for name, members in agents.items()]


def _readable(axes: Axes) -> None:
    """Give a plot titles in place of names, and per cents."""
    for line in axes.get_lines():
        line.set_label(_TITLES.get(str(line.get_label()), str(line.get_label())))
    axes.legend(loc="best", fontsize=8)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, max(10, *(np.size(line.get_xdata()) for line in axes.get_lines())))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(axis="y", alpha=0.3)
