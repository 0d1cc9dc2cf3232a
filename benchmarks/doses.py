"""How much more of an intervention does: `python benchmarks/doses.py [--figure FILE]`.

Eight doses of every kind of intervention in Riverton against none, on paired runs with parameters
at their defaults. An intervention that needs something to work on (an audit, a change team, threat
data) gets it. Effects should be there and then diminish; the last column says by how much the
second half of the doses adds less than the first.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from patterns import Pattern, Plan, Values, over, run

DOSES = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
"""As shares of the largest dose tried."""


@dataclass(frozen=True)
class Ladder:
    """Eight doses of one intervention.

    Attributes:
        fields: of the intervention, as TOML, with its dose as `{}`.
        most: largest dose tried.
        unit: of the dose.
        kpi: what it should move.
        sign: 1 if up, −1 if down.
        besides: what else is in the programme, at every dose and without.
        shocks: what happens.
        changes: of the baseline.
    """

    fields: str
    most: float
    unit: str
    kpi: str
    sign: int = 1
    besides: str = ""
    shocks: str = ""
    changes: tuple[str, ...] = ()


MANY = "\n".join(
    f'm{n} = {{ kind = "communication", audience = "staff", staff_reach = 0.0{n + 2} }}'
    for n in range(7)
)
TAILORED = (
    'why = { kind = "communication", audience = "staff", start = 10, tailored = true }\n'
    'tell = { kind = "communication", medium = "letter", start = 10, tailored = true }'
)
BREACHES = 'breach = { kind = "breach", per_year = 2.0 }'
LATE = 'kind = "communication", medium = "letter", weeks = 40, start = 110, intensity = {}'

LADDERS = {
    "communication": Ladder(LATE, 4.0, "intensity", "digital_take_up"),
    "training": Ladder('kind = "training", seats = {}', 64.0, "seats a week", "staff_adoption"),
    "champions": Ladder(
        'kind = "champions", choice = "nomination", share = {}', 0.4, "share of staff",
        "staff_desire",
    ),
    "leadership": Ladder('kind = "leadership", intensity = {}', 3.0, "intensity", "staff_desire"),
    "engagement": Ladder(
        'kind = "engagement", places = {}', 40.0, "places a week", "completion_rate"
    ),
    "tailored support": Ladder(
        'kind = "tailored_support", sessions = {}', 4000.0, "sessions a week", "inclusion_gap_age",
        -1,
    ),
    "digital agency": Ladder(
        'kind = "digital_agency", intensity = {}', 3.0, "intensity", "digital_take_up"
    ),
    "quick win": Ladder(
        'kind = "quick_win", service = "waste", start = 90, publicity = {}', 3.0, "publicity",
        "staff_desire", changes=("services.waste.go_live=150",),
    ),
    "audit": Ladder(
        'kind = "audit", quality = {}', 1.0, "quality", "staff_awareness", besides=TAILORED
    ),
    "change team": Ladder(
        'kind = "change_team", members = {}', 16.0, "members", "staff_awareness", besides=MANY
    ),
    "digital playbook": Ladder(
        'kind = "digital_playbook", intensity = {}', 3.0, "intensity", "digital_take_up"
    ),
    "security transparency": Ladder(
        'kind = "security_transparency", intensity = {}', 3.0, "intensity", "trust",
        shocks=BREACHES,
    ),
    "review": Ladder(
        'kind = "review", intensity = {}', 3.0, "intensity", "staff_reinforcement"
    ),
}  # fmt: skip


def responses(ladder: Ladder, replicates: int, sample: int) -> Values:
    """Return the effect of every dose in the last year, in the good direction, by replicate."""
    plans = {"none": Plan(ladder.besides, ladder.shocks, ladder.changes)}
    for dose in DOSES:
        it = ladder.fields.format(dose * ladder.most)
        plans[str(dose)] = Plan(f"it = {{ {it} }}\n{ladder.besides}", ladder.shocks, ladder.changes)
    runs = run(Pattern(0, "", plans, (), ladder.kpi), replicates, sample=sample)
    none = over(runs["none"][ladder.kpi], 104, 156)
    return np.array(
        [ladder.sign * (over(runs[str(dose)][ladder.kpi], 104, 156) - none) for dose in DOSES]
    )


def main() -> None:
    """Run every ladder, print it, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=16)
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    found = {}
    print(
        "| intervention | KPI, points | half the largest dose | the largest | second half ÷ first |"
    )
    print("|---|---|---|---|---|")
    for name, ladder in LADDERS.items():
        effect = 100.0 * responses(ladder, options.replicates, options.sample)
        found[name] = effect
        mean = effect.mean(axis=1)
        half, full = mean[len(DOSES) // 2 - 1], mean[-1]
        print(
            f"| {name}, up to {ladder.most:g} {ladder.unit} | {ladder.kpi} | {half:+.2f} | "
            f"{full:+.2f} | {(full - half) / half:.2f} |",
            flush=True,
        )
    if options.figure:
        draw(found, options.figure)


def draw(found: dict[str, Values], file: Path) -> None:
    """Draw a panel for every intervention: the effect against the dose, with its 90 % interval."""
    import matplotlib.pyplot as plt

    columns = 4
    lines = -(-len(found) // columns)
    figure, panels = plt.subplots(
        lines, columns, figsize=(12, 2.5 * lines), layout="constrained", squeeze=False
    )
    for axes in panels.flat[len(found) :]:
        axes.set_visible(False)
    for axes, (name, effect) in zip(panels.flat, found.items(), strict=False):
        ladder = LADDERS[name]
        doses = np.array([0.0, *DOSES]) * ladder.most
        mean = np.array([0.0, *effect.mean(axis=1)])
        half = 1.75 * np.array([0.0, *effect.std(axis=1, ddof=1)]) / effect.shape[1] ** 0.5
        axes.fill_between(doses, mean - half, mean + half, color="#4393c3", alpha=0.3, lw=0)
        axes.plot(doses, mean, "o-", color="#2166ac", ms=3, lw=1.2)
        axes.axhline(0, color="0.6", lw=0.6)
        axes.set_title(name, fontsize=10, loc="left")
        axes.set_xlabel(ladder.unit, fontsize=8)
        sign = "−" if ladder.sign < 0 else ""
        axes.set_ylabel(f"{sign}{ladder.kpi.replace('_', ' ')}, points", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main()
