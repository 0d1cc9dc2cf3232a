"""What each intervention does to each KPI, alone: `python benchmarks/interventions.py`.

Riverton, every kind of intervention on its own at an ordinary dose against no programme, on paired
runs. Differences at the horizon with their 90 % intervals; chance and parameter uncertainty both.
The result stands in docs/validation.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import takeup
from takeup.analysis.comparison import compare
from takeup.scenario.schema.scenario import Scenario

RIVERTON = Path(__file__).resolve().parent.parent / "scenarios" / "riverton"

# Alone, and where one needs another to work on, with it (the pair is set against the other alone).
ALONE = {
    "communication": 'a = { kind = "communication", medium = "local-press", start = 22 }',
    "communication, staff": 'a = { kind = "communication", audience = "staff" }',
    "training": 'a = { kind = "training", seats = 16 }',
    "training, residents": 'a = { kind = "training", audience = "residents", seats = 100 }',
    "champions": 'a = { kind = "champions", share = 0.1 }',
    "leadership": 'a = { kind = "leadership" }',
    "engagement": 'a = { kind = "engagement", places = 20 }',
    "engagement, staff": 'a = { kind = "engagement", audience = "staff", places = 20 }',
    "tailored support": 'a = { kind = "tailored_support", sessions = 300 }',
    "tailored support, staff": (
        'a = { kind = "tailored_support", audience = "staff", sessions = 60 }'
    ),
    "digital agency": 'a = { kind = "digital_agency", weeks = 104 }',
    "quick win": 'a = { kind = "quick_win", service = "waste" }',
    "digital playbook": 'a = { kind = "digital_playbook" }',
    "review": 'a = { kind = "review" }',
}

KPIS = (
    "digital_take_up", "adoption", "user_satisfaction", "trust", "participation",
    "avoidable_contact", "processing_time", "staff_adoption", "staff_readiness",
    "cost_per_transaction", "inclusion_gap_age", "inclusion_gap_access",
)  # fmt: skip


def plan(folder: Path, name: str, programme: str, overrides: tuple[str, ...] = ()) -> Scenario:
    """Return Riverton's baseline with a programme."""
    file = folder / f"{name.replace(' ', '-')}.toml"
    base = RIVERTON / "baseline.toml"
    file.write_text(f'extends = "{base}"\nname = "{name}"\n[programme]\n{programme}\n')
    return takeup.load(file, list(overrides))


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plans = [plan(Path(folder), "none", "")]
        plans += [plan(Path(folder), name, text) for name, text in ALONE.items()]
        result = compare(takeup.simulate(plans, replicates=options.replicates))
    print("| " + " | ".join(["intervention", *KPIS]) + " |")
    for name in ALONE:
        cells = []
        for kpi in KPIS:
            cell = result.horizon.sel(plan=name, kpi=kpi)
            scale = 100.0 if str(cell["unit"].item()) == "share" else 1.0
            half = (float(cell["high"]) - float(cell["low"])) / 2 * scale
            cells.append(f"{float(cell['difference']) * scale:+.2f} ± {half:.2f}")
        print("| " + " | ".join([name, *cells]) + " |")


if __name__ == "__main__":
    main()
