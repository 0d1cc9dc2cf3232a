"""Which patterns emerge from the defaults: `python benchmarks/patterns.py`.

Paired runs of Riverton on the same residents, needs and random numbers, parameters at their
defaults. One line a claim: the mean paired difference, its 90 % interval, and whether it holds. The
result stands in docs/validation.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

import takeup
from takeup.scenario.schema import Scenario

RIVERTON = Path(__file__).resolve().parent.parent / "scenarios" / "riverton"
Values = npt.NDArray[np.float64]

TELL_STAFF = 'why = { kind = "communication", audience = "staff" }'
TELL = 'tell = { kind = "communication", medium = "local-press", start = 22 }'
COURSE = 'course = { kind = "training", seats = 16 }'
CHAMPIONS = 'champions = {{ kind = "champions", choice = "{}", share = 0.05 }}'


class Bench:
    """Runs variants of Riverton and keeps what they gave."""

    def __init__(self, replicates: int, folder: Path) -> None:
        self.replicates = replicates
        self.folder = folder

    def plan(self, name: str, programme: str = "", *overrides: str) -> Scenario:
        """Return Riverton's baseline with a programme and changes."""
        file = self.folder / f"{name}.toml"
        base = RIVERTON / "baseline.toml"
        file.write_text(f'extends = "{base}"\nname = "{name}"\n[programme]\n{programme}\n')
        return takeup.load(file, ["run.uncertainty=seed", *overrides])

    def run(self, *plans: Scenario) -> list[dict[str, Values]]:
        """Return the KPIs of the place by plan: (replicates, weeks)."""
        results = takeup.simulate(plans, replicates=self.replicates)
        place = results.sel(group="all")
        return [
            {str(k): place[k].values[index] for k in place.data_vars} for index in range(len(plans))
        ]


def end(series: Values) -> Values:
    """Return the level at the horizon, by replicate."""
    return np.nanmean(series[:, -8:], axis=1)


def logit(share: Values) -> Values:
    """Return log-odds."""
    return np.log(share / (1.0 - share))


def say(claim: str, difference: Values, unit: str = "") -> None:
    """Print a claim that a difference is above zero, with its interval."""
    count = len(difference)
    half = float(student.ppf(0.95, count - 1) * difference.std(ddof=1) / count**0.5)
    mean = float(difference.mean())
    verdict = "holds" if mean - half > 0 else "does not" if mean + half < 0 else "unclear"
    print(f"{verdict:9} {mean:+9.4f} ± {half:.4f} {unit:8} {claim}", flush=True)


def stalls(bench: Bench) -> None:
    """Pattern 1: slow and short without a programme, far further with one."""
    weeks = "run.weeks=260"
    full = takeup.load(RIVERTON / "full-plan.toml", ["run.uncertainty=seed", weeks])
    base, plan = bench.run(bench.plan("base", "", weeks), full)
    rise = end(base["digital_take_up"]) - np.nanmean(base["digital_take_up"][:, -60:-52], axis=1)
    say("1  without a programme take-up rises by under 2 points in year 5", 0.02 - rise)
    say("1  and ends below one half", 0.5 - end(base["digital_take_up"]))
    say(
        "1  the full plan takes it further",
        end(plan["digital_take_up"]) - end(base["digital_take_up"]),
    )


def dips(bench: Bench) -> None:
    """Pattern 2: go-live brings a dip; training before it makes it shallower."""
    live = 61  # benefit claims, 2026-03-02
    target = 'target = { departments = ["benefits"] }'
    early = f'c = {{ kind = "training", seats = 30, start = 40, weeks = 20, {target} }}'
    late = f'c = {{ kind = "training", seats = 30, start = {live}, weeks = 20, {target} }}'
    never = 'services.benefit-claims.go_live="never"'
    plans = [bench.plan("base"), bench.plan("never", "", never)]
    plans += [bench.plan("early", early), bench.plan("late", late)]
    base, without, before, after = bench.run(*plans)
    weeks = slice(live, live + 10)
    time = {
        name: np.nanmean(kpis["processing_time"][:, weeks], axis=1)
        for name, kpis in zip(
            ("base", "never", "early", "late"), (base, without, before, after), strict=True
        )
    }
    say(
        "2  go-live lengthens processing in the ten weeks after it",
        time["base"] - time["never"],
        "weeks",
    )
    say("2  less with training finished before it", time["base"] - time["early"], "weeks")
    say("2  more with training that starts at it", time["late"] - time["base"], "weeks")


def synergy(bench: Bench) -> None:
    """Pattern 3: communication and training do more together than the sum of each alone."""
    for form in ("ces", "product"):
        change = f"structure.readiness={form}"
        plans = [
            bench.plan("none", "", change),
            bench.plan("tell", TELL_STAFF, change),
            bench.plan("train", COURSE, change),
            bench.plan("both", f"{TELL_STAFF}\n{COURSE}", change),
        ]
        none, tell, train, both = (end(kpis["staff_adoption"]) for kpis in bench.run(*plans))
        say(f"3  together more than the sum, level, {form}", both - tell - train + none)
        say(
            f"3  together more than the sum, log-odds, {form}",
            logit(both) - logit(tell) - logit(train) + logit(none),
        )
    closed = [f"departments.{d}.resistance=0.95" for d in
              ("revenues", "benefits", "education", "planning", "environment")]  # fmt: skip
    base, train, shut, shut_train = (
        end(kpis["staff_adoption"])
        for kpis in bench.run(
            bench.plan("open"), bench.plan("open-train", COURSE),
            bench.plan("shut", "", *closed), bench.plan("shut-train", COURSE, *closed),
        )
    )  # fmt: skip
    say("3  training does less where desire is missing", (train - base) - (shut_train - shut))


def champions(bench: Bench) -> None:
    """Pattern 4: nomination beats random; without peer effects nobody helps."""
    kinds = ("random", "nomination", "degree", "betweenness")
    plans = [bench.plan("none", COURSE)]
    plans += [bench.plan(kind, f"{COURSE}\n{CHAMPIONS.format(kind)}") for kind in kinds]
    none, *chosen = (end(kpis["staff_adoption"]) for kpis in bench.run(*plans))
    ends = dict(zip(kinds, chosen, strict=True))
    say("4  champions chosen at random help", ends["random"] - none)
    say("4  nomination beats random", ends["nomination"] - ends["random"])
    say("4  the most-connected beat random (need not)", ends["degree"] - ends["random"])
    deaf = ["parameters.champion_weight=0.0", "parameters.coaching=0.0"]
    without, with_them = (
        end(kpis["staff_adoption"])
        for kpis in bench.run(
            bench.plan("deaf", COURSE, *deaf),
            bench.plan("deaf-champions", f"{COURSE}\n{CHAMPIONS.format('nomination')}", *deaf),
        )
    )
    say("4  without champions' influence they do not help", 0.01 - np.abs(with_them - without))


def gap(bench: Bench) -> None:
    """Pattern 5, first half: take-up first widens the inclusion gap."""
    (base,) = bench.run(bench.plan("base"))
    before = base["inclusion_gap_age"][:, 15:21].mean(axis=1)
    widest = base["inclusion_gap_age"][:, 21:100].max(axis=1)
    say("5  go-lives first widen the gap between ages", widest - before)


def usability(bench: Bench) -> None:
    """Pattern 6: poor usability raises avoidable contact."""
    poor = [f"services.{s}.usability=0.4" for s in ("waste", "school-admissions", "benefit-claims")]
    base, bad = bench.run(bench.plan("base"), bench.plan("poor", "", *poor))
    say(
        "6  launching with poor usability raises avoidable contact",
        end(bad["avoidable_contact"]) - end(base["avoidable_contact"]),
    )


def money(bench: Bench) -> None:
    """Pattern 11: cost per transaction falls with take-up where time is released."""
    plans = [
        bench.plan("base", "", "run.weeks=260"),
        bench.plan("plan", f"{TELL}\n{TELL_STAFF}\n{COURSE}", "run.weeks=260"),
        bench.plan("held", "", "run.weeks=260", "parameters.release=0.0"),
        bench.plan(
            "held-plan",
            f"{TELL}\n{TELL_STAFF}\n{COURSE}",
            "run.weeks=260",
            "parameters.release=0.0",
        ),
    ]
    base, plan, held, held_plan = bench.run(*plans)
    cost = "cost_per_transaction"
    say("11 a programme lowers the cost of a transaction", end(base[cost]) - end(plan[cost]), "GBP")
    say(
        "11 not where released time is not used",
        0.05 - (end(held[cost]) - end(held_plan[cost])),
        "GBP",
    )


CLAIMS: tuple[Callable[[Bench], None], ...] = (
    stalls, dips, synergy, champions, gap, usability, money,
)  # fmt: skip


def main() -> None:
    """Run every claim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=32)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.replicates, Path(folder))
        for claim in CLAIMS:
            claim(bench)


if __name__ == "__main__":
    main()
