"""Explain: why it happened. Where residents stop, what holds staff up, what each card adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import solara
from cachetools import LRUCache

from takeup.kpis import YEAR
from takeup.model.run.simulation import QUARTER
from takeup.scenario.schema.scenario import Scenario
from takeup.view.answers.outcome import money
from takeup.view.explain.charts import residents_chart, stacked_height, staff_chart
from takeup.view.explain.contributions import (
    MEASURED,
    WHOLE,
    Results,
    cards_on,
    contribution,
    contributions,
    leave_one_out,
    levels,
    replicates_done,
    unit_of,
)
from takeup.view.explain.explained import Explained, FloatArray, explain, together
from takeup.view.explain.parts import (
    CardWords,
    Effects,
    Folded,
    Funnel,
    ResidentWords,
    StaffWords,
    folded_table,
)
from takeup.view.explain.reasons import residents_sentence, staff_sentence
from takeup.view.explain.tables import effects, funnel, residents_table, staff_table
from takeup.view.explain.verdicts import (
    CardNames,
    contributions_sentence,
    much_and_little,
    whole_and_parts,
)
from takeup.view.explain.words import FAMILY_TITLES, group_title
from takeup.view.say.chart import Chart
from takeup.view.say.charts import GHOST, PLAN
from takeup.view.say.choice import Choice
from takeup.view.say.text import Heading, Trouble, Words
from takeup.view.session.hooks import use_background
from takeup.view.session.session import Session, use_session
from takeup.view.setting.cards import cards
from takeup.view.setting.councils import Council
from takeup.view.setting.setting import Setting

RUNS = 4
"""Replicates whose residents and staff are added up."""

REPLICATES = 8
"""Replicates that tell what cards add."""

EXPLAIN_PRIORITY, CARDS_PRIORITY = (50,), (100,)
"""Behind every first answer, and the cards behind all else."""

_STYLE = Path(__file__).with_name("explain.css").read_text(encoding="utf-8")

LAST = -1
"""Choice of week that stands for the end, whatever the run's length."""

_runs: LRUCache[tuple[str, Setting], dict[tuple[str, int], Explained]] = LRUCache(32)
_results: LRUCache[tuple[str, Setting], dict[tuple[str, int], FloatArray]] = LRUCache(32)


@dataclass(frozen=True, eq=False)
class _About:
    """What the page explains.

    Its pieces read it from here, not from the session: they would be drawn for a moment with one of
    the session's values new and others old.
    """

    setting: Setting
    council: Council
    plan: Scenario

    @property
    def key(self) -> tuple[str, Setting]:
        """What results are kept under."""
        return self.council.fingerprint, self.setting


def _about(session: Session, setting: Setting) -> _About:
    councils = session.server.councils
    return _About(setting, councils[setting.council], setting.scenario(councils))


@solara.component
def Explain() -> None:
    """Say why the session's setting does what it does, beside its baseline."""
    session = use_session()
    setting = session.setting.value
    about = solara.use_memo(lambda: _about(session, setting), [setting])
    with solara.Column(gap="16px", classes=["takeup-explain"]):
        solara.Style(_STYLE)
        Heading(text=f"Why did this happen? {session.called}", level=1)
        Words(
            text="Follow the residents, then the staff, then each "
            "card. All of it is read off the same simulated people, once with your plan and once "
            "with no programme. People count here who did at least one thing online in a year; "
            "digital take-up on Play counts transactions, and is lower."
        )
        _People(session, about)
        _Cards(session, about)


# ---------------------------------------------------------------- residents and staff


@solara.component
def _People(session: Session, about: _About) -> None:
    plan = about.plan
    pair = {PLAN: plan, GHOST: about.council.baseline}
    jobs = {(name, r): (pair[name], r) for r in range(RUNS) for name in pair}
    runs, problem = use_background(
        session, about.key, explain, jobs, _runs, priority=EXPLAIN_PRIORITY, every=len(pair)
    )
    week, set_week = solara.use_state(LAST)
    family, set_family = solara.use_state("age")
    if problem:
        Trouble(text=problem)
        return
    if not all(any(which == name for which, _ in runs) for name in pair):
        _working("Following every resident and member of staff …")
        return
    of_plan, of_ghost = (
        together(run for (which, _), run in runs.items() if which == name) for name in pair
    )
    start = plan.run.start
    weeks = {_when(w, of_plan.weeks, start): w for w in reversed(of_plan.weeks)}
    shown = week if week in of_plan.weeks else of_plan.weeks[-1]
    with solara.Column(gap="16px"):
        with solara.Row(classes=["takeup-choices"], style={"align-items": "flex-end"}):
            Choice(
                label="Point in time",
                values=list(weeks),
                value=_when(shown, of_plan.weeks, start),
                event_choose=lambda text: set_week(weeks[text]),
            )
            if len(runs) < len(jobs):
                _working(f"{len(runs) // len(pair)} of {RUNS} runs so far")
            else:
                Words(text=f"Mean of {RUNS} runs")
        _Residents(plan, of_plan, of_ghost, shown, family, set_family)
        _Staff(plan, of_plan, of_ghost, shown)


@solara.component
def _Residents(
    scenario: Scenario,
    plan: Explained,
    ghost: Explained,
    week: int,
    family: str,
    set_family: Callable[[str], None],
) -> None:
    families = {title: key for key, title in FAMILY_TITLES.items()}
    rows = [
        (group, group_title(group, scenario))
        for group in plan.groups
        if group.partition(":")[0] in ("all", family)
    ]
    with _section("Residents: where do they stop?"):
        Funnel(steps=funnel(plan, ghost, week))
        Words(text=residents_sentence(plan, ghost, week, scenario))
        Choice(
            label="Show residents by",
            values=list(families),
            value=FAMILY_TITLES[family],
            event_choose=lambda title: set_family(families[title]),
        )
        if family == "service":
            Words(
                text="Of a single service, “did it online” means that they tried it, done or not.",
                look="takeup-note",
            )
        _chart(
            residents_chart(plan, ghost, week, rows),
            stacked_height(len(rows)),
            f"Where residents stop, by {FAMILY_TITLES[family].lower()}",
        )
        folded_table(*residents_table(plan, ghost, week, rows))
        Folded("What the words mean", [ResidentWords()])


@solara.component
def _Staff(scenario: Scenario, plan: Explained, ghost: Explained, week: int) -> None:
    names = {key: department.name for key, department in scenario.departments.items()}
    with _section("Staff: what holds them up?"):
        Words(text=staff_sentence(plan, ghost, week, scenario))
        _chart(
            staff_chart(plan, ghost, week, names),
            stacked_height(len(names)),
            "Where staff stand, by department",
        )
        folded_table(*staff_table(plan, ghost, week, names))
        Folded("What the words mean", [StaffWords()])


# ---------------------------------------------------------------- cards


@solara.component
def _Cards(session: Session, about: _About) -> None:
    on = cards_on(about.plan)
    jobs = leave_one_out(about.plan, about.council.baseline, REPLICATES) if on else {}
    a_round = len(on) + 2
    results, problem = use_background(
        session, about.key, levels, jobs, _results, priority=CARDS_PRIORITY, every=a_round
    )
    measure, set_measure = solara.use_state(next(iter(MEASURED)))
    with _section("Cards: what does each one add?"):
        if problem:
            Trouble(text=problem)
        elif not on:
            Words(text="No card is on. Switch some on under Play and come back.")
        else:
            _Contributions(session, about, on, results, measure, set_measure)


@solara.component
def _Contributions(
    session: Session,
    about: _About,
    on: tuple[str, ...],
    results: Results,
    measure: str,
    set_measure: Callable[[str], None],
) -> None:
    councils = session.server.councils
    shown = solara.use_memo(
        lambda: {c.key: c for c in cards(about.setting, councils)}, [about.setting]
    )
    currency = about.plan.place.currency
    names = CardNames(
        {key: shown[key].title for key in on},
        {key: money(shown[key].cost, currency) for key in on},
    )
    unit = unit_of(measure, currency)
    found = contributions(results, on, measure)
    done = replicates_done(results, on)
    titles = {title: name for name, title in MEASURED.items()}
    Words(
        text="A bar says what this one card adds to your plan at the end of the run: the plan with "
        "all cards, less the same plan without it. The black line is the range in which the true "
        "mean lies with 90 in 100 chances. Where it crosses zero, the model is not sure."
    )
    Choice(
        label="Judge the cards by",
        values=list(titles),
        value=MEASURED[measure],
        event_choose=lambda title: set_measure(titles[title]),
    )
    if done < REPLICATES:
        _working(
            f"Trying the plan without each of its {len(on)} cards: {done} of {REPLICATES} rounds. "
            "You can go on meanwhile."
        )
    if not found:
        return
    Words(text=contributions_sentence(found, names.titles))
    much, little = much_and_little(found)
    Effects(cards=effects(much, found, names, unit))
    if little:
        Folded(
            f"{len(little)} more cards, which add little",
            [Effects(cards=effects(little, found, names, unit))],
        )
    Words(text=whole_and_parts(contribution(results, WHOLE, measure), found, unit))
    Folded("How this is worked out", [CardWords(cards=len(on), replicates=REPLICATES)])


# ---------------------------------------------------------------- pieces


@contextmanager
def _section(title: str) -> Iterator[None]:
    with solara.Card(margin=0), solara.Column(gap="10px"):
        Heading(text=title, level=2)
        yield


def _chart(option: dict[str, Any], height: int, label: str) -> None:
    """Draw two bars a row, with a word on which is which."""
    Words(
        text=f"Thick bar: {PLAN.lower()}. Thin bar below it: {GHOST.lower()}. "
        "Numbers are per cent.",
        look="takeup-note",
    )
    Chart(option, f"{label}. The table below has the numbers.", height=height)


def _working(text: str) -> None:
    with solara.Row(style={"align-items": "center"}, gap="8px"):
        solara.SpinnerSolara(size="24px")
        Words(text=text)


def _when(week: int, weeks: Sequence[int], start: date) -> str:
    """Return what a choice of week is called."""
    day = f"{start + timedelta(weeks=week):%b %Y}"
    if week == 0:
        return f"{day}, at the start"
    years, quarters = divmod(week // QUARTER, YEAR // QUARTER)
    parts = [f"{years} year{'s' * (years != 1)}"] if years else []
    parts += [f"{3 * quarters} months"] if quarters else []
    after = f"after {' and '.join(parts)}" if week % QUARTER == 0 else f"after {week} weeks"
    return f"{day}, at the end, {after}" if week == weeks[-1] else f"{day}, {after}"
