"""Which patterns emerge from the model: `python benchmarks/patterns.py`.

Every pattern is a few plans of Riverton, run in pairs on the same residents, needs and random
numbers, and claims about their differences. First with the parameters at their defaults and chance
only (does the claim hold beyond noise?), then with the parameters drawn from their ranges (in what
share of the draws does it hold?). Prints a table; `--figures DIR` draws a figure a pattern. The
result stands in docs/validation.md; tests/test_patterns.py holds what is said there.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr
from scipy.stats import t as student

import takeup
from takeup.model.run.simulation import simulate_counters
from takeup.model.world.world import World, make_world, world_key
from takeup.results.summarise import summarise
from takeup.runs.describe import run_info
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario

RIVERTON = Path(__file__).resolve().parent.parent / "scenarios" / "riverton"
Values = npt.NDArray[np.float64]
Runs = Mapping[str, Mapping[str, Values]]
"""KPIs of the place by plan and name: (replicates, weeks)."""


@dataclass(frozen=True)
class Plan:
    """Riverton's baseline with a programme, shocks, changes and other facts about today."""

    programme: str = ""
    shocks: str = ""
    changes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A difference that is above zero, replicate by replicate, if the claim holds."""

    text: str
    difference: Callable[[Runs], Values]
    unit: str = "points"


@dataclass(frozen=True)
class Pattern:
    """What should emerge, the plans that would show it, and what exactly is claimed."""

    number: int
    title: str
    plans: Mapping[str, Plan]
    claims: tuple[Claim, ...]
    kpi: str  # of the figure
    weeks: int = 156


def end(series: Values) -> Values:
    """Return the level at the horizon, by replicate."""
    return np.nanmean(series[:, -8:], axis=1)


def over(series: Values, first: int, after: int) -> Values:
    """Return the mean of some weeks, by replicate."""
    return np.nanmean(series[:, first:after], axis=1)


def logit(share: Values) -> Values:
    """Return log-odds."""
    return np.log(share / (1.0 - share))


def gain(kpi: str, plan: str, other: str) -> Callable[[Runs], Values]:
    """Return by how much a plan ends above another."""
    return lambda runs: end(runs[plan][kpi]) - end(runs[other][kpi])


# ---------------------------------------------------------------- 1 to 4: staff and programme

TELL_STAFF = 'why = { kind = "communication", audience = "staff" }'
TELL = 'tell = { kind = "communication", medium = "local-press", start = 22 }'
COURSE = 'course = { kind = "training", seats = 16 }'
FULL = "\n".join((
    TELL_STAFF, TELL, COURSE,
    'lead = { kind = "leadership" }',
    'book = { kind = "digital_playbook" }',
    'agency = { kind = "digital_agency", weeks = 104 }',
))  # fmt: skip
LIVE = 61  # benefit claims, 2026-03-02

stalls = Pattern(
    1, "Take-up stalls without a programme, and goes much further with one",
    {"none": Plan(), "programme": Plan(FULL)},
    (
        Claim("without a programme the fifth year adds under 2 points",
              lambda r: 0.02 - (over(r["none"]["digital_take_up"], 234, 260)
                                - over(r["none"]["digital_take_up"], 182, 208))),
        Claim("and it ends below one half", lambda r: 0.5 - end(r["none"]["digital_take_up"])),
        Claim("a programme takes it more than 5 points further",
              lambda r: gain("digital_take_up", "programme", "none")(r) - 0.05),
    ),
    "digital_take_up", 260,
)  # fmt: skip


def _course(start: int) -> str:
    target = 'target = { departments = ["benefits"] }'
    return f'c = {{ kind = "training", seats = 30, start = {start}, weeks = 20, {target} }}'


def _time(runs: Runs, plan: str) -> Values:
    return over(runs[plan]["processing_time"], LIVE, LIVE + 10)


dips = Pattern(
    2, "Go-live brings a dip; training before it makes it shallower, training at it deeper",
    {
        "no training": Plan(),
        "no go-live": Plan(changes=('services.benefit-claims.go_live="never"',)),
        "trained before": Plan(_course(40)),
        "trained at go-live": Plan(_course(LIVE)),
    },
    (
        Claim("go-live lengthens processing in the ten weeks after it",
              lambda r: _time(r, "no training") - _time(r, "no go-live"), "weeks"),
        Claim("less with training finished before it",
              lambda r: _time(r, "no training") - _time(r, "trained before"), "weeks"),
        Claim("more with training that starts at it",
              lambda r: _time(r, "trained at go-live") - _time(r, "no training"), "weeks"),
    ),
    "processing_time",
)  # fmt: skip

PRODUCT = ("structure.readiness=product",)
CLOSED_MINDS = tuple(
    f"departments.{d}.resistance=0.95"
    for d in ("revenues", "benefits", "education", "planning", "environment")
)


def _synergy(scale: Callable[[Values], Values], form: str = "") -> Callable[[Runs], Values]:
    def difference(runs: Runs) -> Values:
        none, tell, train, both = (
            scale(end(runs[f"{name}{form}"]["staff_adoption"]))
            for name in ("nothing", "told", "trained", "both")
        )
        return both - tell - train + none

    return difference


synergy = Pattern(
    3, "Telling and training staff do more together than the sum of each",
    {
        "nothing": Plan(), "told": Plan(TELL_STAFF), "trained": Plan(COURSE),
        "both": Plan(f"{TELL_STAFF}\n{COURSE}"),
        "nothing, product": Plan(changes=PRODUCT),
        "told, product": Plan(TELL_STAFF, changes=PRODUCT),
        "trained, product": Plan(COURSE, changes=PRODUCT),
        "both, product": Plan(f"{TELL_STAFF}\n{COURSE}", changes=PRODUCT),
        "unwilling": Plan(facts=CLOSED_MINDS),
        "unwilling, trained": Plan(COURSE, facts=CLOSED_MINDS),
    },
    (
        Claim("in level", _synergy(lambda x: x)),
        Claim("in log-odds", _synergy(logit), "log-odds"),
        Claim("in level, product form", _synergy(lambda x: x, ", product")),
        Claim("in log-odds, product form", _synergy(logit, ", product"), "log-odds"),
        Claim("training does less than half as much where desire is missing",
              lambda r: 0.5 * gain("staff_adoption", "trained", "nothing")(r)
              - gain("staff_adoption", "unwilling, trained", "unwilling")(r)),
    ),
    "staff_adoption",
)  # fmt: skip

DEAF = ("parameters.champion_weight=0.0", "parameters.coaching=0.0")


def _champions(choice: str) -> str:
    return f'{COURSE}\nchampions = {{ kind = "champions", choice = "{choice}", share = 0.05 }}'


champions = Pattern(
    4, "Champions: nomination beats random choice, the most-connected need not",
    {
        "none": Plan(COURSE),
        **{choice: Plan(_champions(choice)) for choice in ("random", "nomination", "degree")},
        "none, deaf": Plan(COURSE, changes=DEAF),
        "nomination, deaf": Plan(_champions("nomination"), changes=DEAF),
    },
    (
        Claim("champions chosen at random help", gain("staff_adoption", "random", "none")),
        Claim("nomination beats random", gain("staff_adoption", "nomination", "random")),
        Claim("the most-connected beat random (need not)",
              gain("staff_adoption", "degree", "random")),
        Claim("without peer influence champions do not help by half a point",
              lambda r: 0.005 - gain("staff_adoption", "nomination, deaf", "none, deaf")(r)),
    ),
    "staff_adoption",
)  # fmt: skip

# ---------------------------------------------------------------- 5 to 7: residents


def _sessions(number: int) -> str:
    return f'help = {{ kind = "tailored_support", sessions = {number}, start = 22 }}'


inclusion = Pattern(
    5, "Take-up first widens the gap between ages; enough assisted sessions narrow it",
    {"none": Plan(), "60 sessions a week": Plan(_sessions(60)),
     "1,500 sessions a week": Plan(_sessions(1500))},
    (
        Claim("go-lives first widen the gap",
              lambda r: r["none"]["inclusion_gap_age"][:, 21:100].max(axis=1)
              - over(r["none"]["inclusion_gap_age"], 15, 21)),
        Claim("enough sessions narrow it by more than 3 points",
              lambda r: -gain("inclusion_gap_age", "1,500 sessions a week", "none")(r) - 0.03),
        Claim("too few do less than a quarter of that",
              lambda r: 0.25 * -gain("inclusion_gap_age", "1,500 sessions a week", "none")(r)
              + gain("inclusion_gap_age", "60 sessions a week", "none")(r)),
    ),
    "inclusion_gap_age",
)  # fmt: skip

POOR = tuple(
    f"services.{s}.usability=0.4" for s in ("waste", "school-admissions", "benefit-claims")
)
SERVICES = (
    "council-tax", "parking-permits", "planning", "waste", "school-admissions", "benefit-claims",
)  # fmt: skip
AWFUL = (*(f"services.{s}.usability=0.25" for s in SERVICES), "parameters.failure_contacts=2.0")
LETTERS = 'letters = { kind = "communication", medium = "letter", start = 22, intensity = 2.0 }'
BOOK = 'book = { kind = "digital_playbook", start = 22 }'

usability = Pattern(
    6, "Poor usability at launch raises avoidable contact; all contacts only above a threshold",
    {"good": Plan(), "poor": Plan(changes=POOR), "good, told": Plan(LETTERS),
     "awful": Plan(changes=AWFUL), "awful, told": Plan(LETTERS, changes=AWFUL)},
    (
        Claim("launching with poor usability raises avoidable contact",
              gain("avoidable_contact", "poor", "good")),
        Claim("more take-up lowers contacts where (1 − C) r + C h < 1",
              gain("contacts", "good", "good, told"), "contacts a week"),
        Claim("and raises them where it is above 1",
              gain("contacts", "awful, told", "awful"), "contacts a week"),
    ),
    "avoidable_contact",
)  # fmt: skip


def _lost(runs: Runs, plan: str, first: int, after: int) -> Values:
    return over(runs["quiet"]["trust"] - runs[plan]["trust"], first, after)


trust = Pattern(
    7, "Trust falls faster than it recovers",
    {
        "quiet": Plan(),
        "breach": Plan(shocks='b = { kind = "breach", start = 60 }'),
        "outage": Plan(shocks='o = { kind = "outage", start = 60, weeks = 8, severity = 1.0 }'),
        "breach, threat data shared": Plan(
            'lab = { kind = "security_transparency" }', 'b = { kind = "breach", start = 60 }'),
    },
    (
        Claim("a breach costs trust at once", lambda r: _lost(r, "breach", 60, 61)),
        Claim("more than half of it is still lost 8 weeks later",
              lambda r: _lost(r, "breach", 68, 69) - 0.5 * _lost(r, "breach", 60, 61)),
        Claim("eight weeks of outage: 8 weeks after it more than half is still lost",
              lambda r: _lost(r, "outage", 76, 77) - 0.5 * _lost(r, "outage", 67, 68)),
        Claim("with threat data shared it costs less",
              lambda r: _lost(r, "breach", 60, 76)
              - _lost(r, "breach, threat data shared", 60, 76)),
    ),
    "trust",
)  # fmt: skip

# ---------------------------------------------------------------- 8 to 13: programme and shocks

STAFF_PROGRAMME = (
    'kind = "communication", audience = "staff", staff_reach = 0.2',
    'kind = "leadership"',
    'kind = "engagement", audience = "staff", places = 25',
    'kind = "training", seats = 40',
    'kind = "champions", share = 0.08',
    'kind = "tailored_support", audience = "staff", sessions = 60',
)


def _paced(gap: int) -> str:
    """Return the same six interventions of 26 weeks, each starting `gap` weeks after the last."""
    return "\n".join(
        f"i{n} = {{ {what}, start = {8 + n * gap}, weeks = 26 }}"
        for n, what in enumerate(STAFF_PROGRAMME)
    )


TEAM = 'team = { kind = "change_team", members = 8 }'

saturation = Pattern(
    8, "Everything at once is worse than a sequence of equal cost, unless there is a change team",
    {
        "sequence": Plan(_paced(13)), "at once": Plan(_paced(0)),
        "sequence, team": Plan(f"{_paced(13)}\n{TEAM}"),
        "at once, team": Plan(f"{_paced(0)}\n{TEAM}"),
    },
    (
        Claim("the sequence ends with more staff who adopted",
              gain("staff_adoption", "sequence", "at once")),
        Claim("a change team takes away more than half of what everything at once loses",
              lambda r: 0.5 * gain("staff_adoption", "sequence", "at once")(r)
              - gain("staff_adoption", "sequence, team", "at once, team")(r)),
    ),
    "staff_adoption",
)  # fmt: skip

CLOSURE = 'c = { kind = "counter_closure", start = 60, weeks = 16 }'


def _jump(runs: Runs, first: int, after: int) -> Values:
    return over(
        runs["counters closed"]["digital_take_up"] - runs["open"]["digital_take_up"], first, after
    )


closure = Pattern(
    9, "Closing the counters makes take-up jump, and part of the jump stays",
    {"open": Plan(), "counters closed": Plan(shocks=CLOSURE)},
    (
        Claim("take-up jumps while counters are closed", lambda r: _jump(r, 64, 76)),
        Claim("part of it is still there 50 weeks later", lambda r: _jump(r, 122, 130)),
    ),
    "digital_take_up",
)  # fmt: skip


def _order(waste: int, claims: int) -> Plan:
    quick = 'services.waste.go_live="never"' if waste < 0 else f"services.waste.go_live={waste}"
    return Plan(COURSE, changes=(quick, f"services.benefit-claims.go_live={claims}"))


order = Pattern(
    10, "Quick wins first beat the hardest service first",
    {
        "simple service first": _order(12, 64),
        "hardest service first": _order(64, 12),
        "quick win, shown": Plan(
            f'{COURSE}\nwin = {{ kind = "quick_win", service = "waste", start = 6 }}',
            changes=("services.waste.go_live=64", "services.benefit-claims.go_live=64"),
        ),
        "not brought forward": Plan(
            COURSE, changes=("services.waste.go_live=64", "services.benefit-claims.go_live=64")
        ),
    },
    (
        Claim("mean take-up of the three years is higher",
              lambda r: over(r["simple service first"]["digital_take_up"], 0, 156)
              - over(r["hardest service first"]["digital_take_up"], 0, 156)),
        Claim("residents are more satisfied on the way",
              lambda r: over(r["simple service first"]["user_satisfaction"], 12, 64)
              - over(r["hardest service first"]["user_satisfaction"], 12, 64)),
        Claim("more staff have adopted after three years",
              gain("staff_adoption", "simple service first", "hardest service first")),
        Claim("a quick win that is shown raises desire in the half year after it",
              lambda r: over(r["quick win, shown"]["staff_desire"], 14, 40)
              - over(r["not brought forward"]["staff_desire"], 14, 40)),
    ),
    "digital_take_up",
)  # fmt: skip

HELD = ("parameters.release=0.0",)
WORTH = f"{TELL_STAFF}\n{COURSE}\n{BOOK}"


def _cumulated(runs: Runs, plan: str, other: str) -> Values:
    saved = runs[other]["service_cost"] - runs[plan]["service_cost"]
    return (saved - runs[plan]["programme_cost"] + runs[other]["programme_cost"]).cumsum(axis=1)


money = Pattern(
    11, "Cost per transaction falls with take-up, and pays back after years, or never",
    {
        "none": Plan(), "programme": Plan(WORTH),
        "time held": Plan(changes=HELD), "time held, programme": Plan(WORTH, changes=HELD),
    },
    (
        Claim("a programme lowers the cost of a transaction",
              gain("cost_per_transaction", "none", "programme"), "GBP"),
        Claim("it has not paid back after one year",
              lambda r: -_cumulated(r, "programme", "none")[:, 52] / 1e3, "thousand GBP"),
        Claim("it has paid back after five",
              lambda r: _cumulated(r, "programme", "none")[:, -1] / 1e3, "thousand GBP"),
        Claim("it never does where released time is not used",
              lambda r: -_cumulated(r, "time held, programme", "time held")[:, -1] / 1e3,
              "thousand GBP"),
    ),
    "cost_per_transaction", 260,
)  # fmt: skip

AUDIT = 'audit = { kind = "audit", takes = 8, weeks = 8, fixed_cost = 20000 }'


def _aimed(aimed: bool) -> str:
    aim = ', aim = "barrier"' if aimed else ""
    tailored = ", tailored = true" if aimed else ""
    return (
        f'course = {{ kind = "training", seats = 12, start = 10, weeks = 52{aim} }}\n'
        f'why = {{ kind = "communication", audience = "staff", start = 10{tailored} }}\n'
        f'tell = {{ kind = "communication", medium = "local-press", start = 22{tailored} }}'
    )


audit = Pattern(
    12, "An audit pays when what follows uses it, and not when nothing does",
    {
        "aimed": Plan(_aimed(True)), "aimed, audited": Plan(f"{_aimed(True)}\n{AUDIT}"),
        "not aimed": Plan(_aimed(False)), "not aimed, audited": Plan(f"{_aimed(False)}\n{AUDIT}"),
    },
    (
        Claim("take-up gains from the audit where what follows is tailored to it",
              gain("digital_take_up", "aimed, audited", "aimed")),
        Claim("and so do staff who adopted", gain("staff_adoption", "aimed, audited", "aimed")),
        Claim("the audit pays for itself in five years, if used",
              lambda r: _cumulated(r, "aimed, audited", "aimed")[:, -1] / 1e3, "thousand GBP"),
        Claim("not where nothing uses it",
              lambda r: -_cumulated(r, "not aimed, audited", "not aimed")[:, -1] / 1e3,
              "thousand GBP"),
    ),
    "staff_adoption", 260,
)  # fmt: skip

NO_SUPPLY = tuple(
    f'services.{s}.go_live="never"' for s in ("waste", "school-admissions", "benefit-claims")
)
plateau = Pattern(
    13, "Without new supply take-up sits on a plateau, and a shock moves it",
    {
        "no new services": Plan(changes=NO_SUPPLY),
        "counters closed": Plan(shocks=CLOSURE, changes=NO_SUPPLY),
    },
    (
        Claim("from the second year on take-up moves by under 1.5 points a year",
              lambda r: 0.015 - 0.25 * np.abs(
                  end(r["no new services"]["digital_take_up"])
                  - over(r["no new services"]["digital_take_up"], 52, 60))),
        Claim("a shock moves it by more than half a point",
              lambda r: over(r["counters closed"]["digital_take_up"]
                             - r["no new services"]["digital_take_up"], 64, 76) - 0.005),
    ),
    "digital_take_up", 260,
)  # fmt: skip

PATTERNS = (
    stalls, dips, synergy, champions, inclusion, usability, trust, saturation, closure, order,
    money, audit, plateau,
)  # fmt: skip


# ---------------------------------------------------------------- running and judging


def load(pattern: Pattern, uncertainty: str, sample: int) -> list[Scenario]:
    """Return the plans of a pattern as scenarios."""
    with tempfile.TemporaryDirectory() as folder:
        scenarios = []
        for number, (name, plan) in enumerate(pattern.plans.items()):
            file = Path(folder) / f"{number}.toml"
            file.write_text(
                f'extends = "{RIVERTON / "baseline.toml"}"\nname = "{name}"\n'
                f"[programme]\n{plan.programme}\n[shocks]\n{plan.shocks}\n"
            )
            run = {"uncertainty": uncertainty, "weeks": pattern.weeks, "sample": sample}
            # What happens anyway is no pattern that emerges: it is put in.
            changes = ["place.trend=none", *(f"run.{key}={value}" for key, value in run.items())]
            changes += plan.changes
            scenarios.append(takeup.load(file, changes, plan.facts))
        return scenarios


def run(pattern: Pattern, replicates: int, uncertainty: str = "seed", sample: int = 10_000) -> Runs:
    """Run the plans of a pattern in pairs; keeps only the place as a whole, to save memory."""
    scenarios = load(pattern, uncertainty, sample)

    def replicate(number: int) -> list[dict[str, Values]]:
        worlds: dict[str, World] = {}
        found = []
        for scenario in scenarios:
            case = Case.of(scenario, number)
            key = world_key(case.scenario, case.key)
            if key not in worlds:
                worlds[key] = make_world(case.scenario, case.key)
            counters = simulate_counters(case.scenario, case.key, worlds[key])
            values = summarise(counters, run_info(scenario))
            found.append({name: table[:, 0] for name, table in values.items()})
        return found

    with ThreadPoolExecutor(os.cpu_count()) as executor:
        runs = list(executor.map(replicate, range(replicates)))
    return {
        name: {kpi: np.stack([plans[index][kpi] for plans in runs]) for kpi in runs[0][index]}
        for index, name in enumerate(pattern.plans)
    }


def interval(difference: Values) -> tuple[float, float]:
    """Return the mean and the half-width of its 90 % interval."""
    count = len(difference)
    half = float(student.ppf(0.95, count - 1) * difference.std(ddof=1) / count**0.5)
    return float(difference.mean()), half


def verdict(difference: Values) -> str:
    """Say whether a claim holds beyond noise."""
    mean, half = interval(difference)
    return "holds" if mean - half > 0 else "does not" if mean + half < 0 else "unclear"


def depends_on(pattern: Pattern, difference: Values) -> str:
    """Say which two parameters the difference goes with most over the draws (rank correlation).

    Only those that count: among so many parameters the largest correlation is far from 0 by chance.
    """
    scenario = load(pattern, "both", 100)[0]
    drawn = [
        Case.of(scenario, number).scenario.parameter_values() for number in range(len(difference))
    ]
    ranked = sorted(
        ((float(spearmanr([d[name] for d in drawn], difference).statistic), name)
         for name in drawn[0] if len({d[name] for d in drawn}) > 1),
        key=lambda pair: -abs(pair[0]),
    )  # fmt: skip
    least = least_rank_correlation(len(difference), len(ranked))
    return ", ".join(f"`{name}` ({v:+.2f})" for v, name in ranked[:2] if abs(v) >= least)


def least_rank_correlation(draws: int, tested: int) -> float:
    """Return the rank correlation that the largest of so many reaches by chance in 5 % of cases.

    Args:
        draws: independent draws that are ranked; with fewer than three nothing can be said.
        tested: parameters, each of which might have come out first (Bonferroni).
    """
    if draws < 3:
        return math.inf
    t = float(student.ppf(1.0 - 0.025 / tested, draws - 2))
    return t / (draws - 2 + t * t) ** 0.5


def draw(pattern: Pattern, runs: Runs, draws: Runs, file: Path) -> None:
    """Draw the plans over time, with the band of the draws, and the claims' differences."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    for number, name in enumerate(pattern.plans):
        series, color = runs[name][pattern.kpi], f"C{number % 10}"
        smooth = np.nanmean(series, axis=0)
        kernel = np.ones(4) / 4
        weeks = np.arange(len(smooth))[3:]
        left.plot(weeks, np.convolve(smooth, kernel, "valid"), color=color, lw=1.4, label=name)
    left.set_xlabel("week")
    left.set_title(f"{pattern.kpi.replace('_', ' ')}, mean at the defaults", fontsize=9, loc="left")
    left.legend(fontsize=7, frameon=False)
    for row, claim in enumerate(pattern.claims):
        difference = claim.difference(draws)
        scale = max(1e-12, float(np.nanquantile(np.abs(difference), 0.95)))
        at = np.clip(difference / scale, -1.1, 1.1)
        spread = 0.28 * np.sin(np.arange(len(at)) * 2.399963)  # so that points do not hide others
        right.scatter(
            at, -row + spread, s=5, lw=0, alpha=0.5,
            c=np.where(difference > 0, "#1b7837", "#b2182b"),
        )  # fmt: skip
        share = float((difference > 0).mean())
        right.text(1.2, -row, f"{share:.0%}", va="center", fontsize=9)
        right.text(-1.15, -row + 0.36, claim.text, fontsize=7, va="bottom")
    right.axvline(0, color="0.4", lw=0.8)
    right.set_xlim(-1.2, 1.4)
    right.set_ylim(-len(pattern.claims) + 0.4, 0.9)
    right.set_yticks([])
    right.set_xticks([0])
    right.set_xticklabels(["0"])
    right.set_title(
        f"{len(difference)} draws from the ranges: right of 0 the claim holds", fontsize=9,
        loc="left",
    )  # fmt: skip
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    right.spines["left"].set_visible(False)
    figure.suptitle(f"{pattern.number}. {pattern.title}", fontsize=10, x=0.01, ha="left")
    figure.savefig(file, dpi=110)
    plt.close(figure)


def main() -> None:
    """Run every pattern, print what holds, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=32, help="pairs at the defaults")
    parser.add_argument("--draws", type=int, default=256, help="draws from the ranges; 0: none")
    parser.add_argument("--sample", type=int, default=10_000, help="residents simulated")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of patterns")
    parser.add_argument("--figures", type=Path, help="folder for the figures")
    options = parser.parse_args()
    print("| pattern | claim | at the defaults | | draws in which it holds | goes with |")
    print("|---|---|---|---|---|---|")
    for pattern in PATTERNS:
        if options.only and pattern.number not in options.only:
            continue
        runs = run(pattern, options.replicates, sample=options.sample)
        draws = run(pattern, options.draws, "both", options.sample) if options.draws else None
        for claim in pattern.claims:
            difference = claim.difference(runs)
            mean, half = interval(difference)
            scale = 100.0 if claim.unit == "points" else 1.0
            share = goes_with = ""
            if draws is not None:
                over_draws = claim.difference(draws)
                share = f"{float((over_draws > 0).mean()):.0%}"
                if (over_draws > 0).mean() < 0.95:
                    goes_with = depends_on(pattern, over_draws)
            print(
                f"| {pattern.number} | {claim.text} | {verdict(difference)} | "
                f"{mean * scale:+.2f} ± {half * scale:.2f} {claim.unit} | {share} | {goes_with} |",
                flush=True,
            )
        if options.figures and draws is not None:
            options.figures.mkdir(parents=True, exist_ok=True)
            draw(pattern, runs, draws, options.figures / f"pattern-{pattern.number:02d}.png")


if __name__ == "__main__":
    main()
