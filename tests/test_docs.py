"""The documents say what the code says: names, tables, figures, snippets and links.

Tables between `<!-- generated: NAME -->` and `<!-- end -->` are written by this file:
`python tests/test_docs.py` brings them up to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
import pytest
from pydantic import BaseModel

import takeup
from takeup.evidence import PARAMETERS
from takeup.experiments.definition import DESIGNS, Record
from takeup.kpis import CITIZEN, GAPS, KPI_NAMES, KPIS, SERVICE
from takeup.model import rules
from takeup.model.simulation import Simulation
from takeup.programme import KINDS, Intervention, Target
from takeup.programme.communication import MEDIA
from takeup.programme.segments import AGES
from takeup.results.store import write
from takeup.scenario import schema
from takeup.scenario.schema import (
    Department,
    Minutes,
    Network,
    Place,
    Prices,
    Run,
    Scenario,
    Service,
    Structure,
    Ward,
)

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "scenarios" / "README.md",
    *sorted(DOCS.glob("*.md")),
]
RIVERTON = ROOT / "scenarios" / "riverton"

TABLES: dict[str, type[BaseModel]] = {
    cls.__name__.lower(): cls
    for cls in (
        Scenario, Run, Place, Ward, Prices, Network, Structure, Department, Service, Minutes,
        Intervention, Target,
    )
}  # fmt: skip


# ---------------------------------------------------------------- tables made from the code


def generated(name: str) -> str:
    """Return the Markdown table of that name."""
    if name in TABLES:
        return _markdown(("field", "type", "default", "meaning"), _fields(TABLES[name]))
    makers = {
        "kinds": _kinds,
        "kpis": _kpis,
        "media": _media,
        "designs": _designs,
        "record": _record,
    }
    return makers[name]()


def _kinds() -> str:
    """Return a table for every kind of intervention, of what it adds to all others."""
    common = Intervention.model_fields.keys()
    parts = []
    for kind, cls in KINDS.items():
        rows = list(_fields(cls, leave_out=common))
        parts.append(f'`kind = "{kind}"`')
        parts.append(_markdown(("field", "type", "default", "meaning"), rows))
    return "\n\n".join(parts)


def _designs() -> str:
    """Return a table of the keys of every design."""
    rows = [
        (f"`{kind}`" if first else "", *row)
        for kind, cls in DESIGNS.items()
        for first, row in zip(
            (True, *[False] * len(cls.model_fields)),
            (("", "", "", _first_line(cls)), *_fields(cls, leave_out=("kind",))),
            strict=False,
        )
    ]
    return _markdown(("`kind`", "key", "type", "default", "meaning"), rows)


def _first_line(cls: type[BaseModel]) -> str:
    return (cls.__doc__ or "").splitlines()[0]


def _record() -> str:
    return _markdown(("key", "type", "default", "meaning"), _fields(Record))


def _kpis() -> str:
    rows = [
        (
            f"`{kpi.name}`",
            kpi.unit,
            {1: "↑", -1: "↓", 0: ""}[kpi.better],
            ", ".join(getattr(kpi, "families", ("all",))),
            kpi.definition,
        )
        for kpi in (*KPIS, *GAPS)
    ]
    return _markdown(("KPI", "unit", "better", "groups", "definition"), rows)


def _media() -> str:
    rows = [
        (f"`{name}`", *(f"{reach:g}" for reach in medium.reach), f"{medium.wear_out:g}",
         f"{medium.cost:g}")
        for name, medium in MEDIA.items()
    ]  # fmt: skip
    return _markdown(("medium", *AGES, "wear-out, weeks", "cost a resident and week"), rows)


def _fields(
    cls: type[BaseModel], leave_out: Sequence[str] | Any = ()
) -> Iterator[tuple[str, str, str, str]]:
    whole = schema()
    table = cls.model_json_schema()
    definitions = {**table.get("$defs", {}), **whole["$defs"]}
    for name, field in cls.model_fields.items():
        if name in leave_out:
            continue
        default = "required" if field.is_required() else _value(field.default)
        kind = _type(table["properties"][name], definitions)
        yield f"`{name}`", kind, default, field.description or "which intervention it is"


def _value(value: Any) -> str:
    """Return a default as one would write it in TOML."""
    if value is None or value in ((), {}, ""):
        return "–"
    if isinstance(value, BaseModel):
        return "its defaults"
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    return value.isoformat() if isinstance(value, date) else f"{value:_}"


def _type(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what a part of the JSON schema allows, in few words."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return _type(definitions[name], definitions)
    if "anyOf" in node:
        branches = [branch for branch in node["anyOf"] if branch.get("type") != "null"]
        return " or ".join(_type(branch, definitions) for branch in branches)
    if "const" in node or "enum" in node:
        values = node.get("enum", [node.get("const")])
        return ", ".join(f'`"{value}"`' for value in values)
    kind = node.get("type")
    if kind == "string":
        return "date" if node.get("format") == "date" else "id" if "a-z" in node.get(
            "pattern", "") else "text"  # fmt: skip
    if kind in ("integer", "number"):
        return ("whole number" if kind == "integer" else "number") + _bounds(node)
    if kind == "array":
        items = node.get("items", {})
        inner = "tables" if "$ref" in items else _type(items, definitions)
        return f"list of {inner}"
    if kind == "boolean":
        return "true, false"
    names = node.get("propertyNames", {}).get("enum", [])
    return f"table: {', '.join(names)}" if names and len(names) <= 3 else (
        f"table: {names[0]} … {names[-1]}" if names else "table")  # fmt: skip


def _bounds(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f", {low:g} to {high:_}"
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    parts = [f"{sign} {node[key]:g}" for key, sign in signs.items() if key in node]
    return f", {' and '.join(parts)}" if parts else ""


def _markdown(head: Sequence[str], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(\n<!-- end -->)", re.DOTALL)


def up_to_date(text: str) -> str:
    """Return a page with its generated tables as the code has them."""
    return _GENERATED.sub(lambda part: f"{part[1]}\n{generated(part[2])}\n{part[4]}", text)


# ---------------------------------------------------------------- names


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def code_words(text: str) -> set[str]:
    """Return every name that stands alone between backticks."""
    return set(re.findall(r"`([a-z_0-9-]+)`", text))


def cells(text: str, heading: str) -> Iterator[str]:
    """Yield the cells of all columns of that heading in all tables."""
    column: int | None = None
    for line in text.splitlines():
        if not line.startswith("|"):
            column = None
            continue
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if heading in row:
            column = row.index(heading)
        elif column is not None and column < len(row):
            yield row[column]


RULES = {
    name
    for name, value in vars(rules).items()
    if isinstance(value, FunctionType) and value.__module__ == rules.__name__
}


def test_every_parameter_is_in_the_model_and_every_one_there_exists() -> None:
    text = page("model.md")
    assert PARAMETERS.keys() - code_words(text) == set()
    named = code_words("\n".join(cells(text, "parameters")))
    assert len(named) > 50
    assert named - PARAMETERS.keys() == set()


def test_every_rule_is_in_the_model_and_every_one_there_exists() -> None:
    text = page("model.md")
    assert RULES - code_words(text) == set()
    named = code_words("\n".join(cells(text, "rule")))
    assert len(named) > 20
    assert named - RULES == set()


def test_every_kpi_is_documented() -> None:
    assert set(KPI_NAMES) - code_words(page("model.md") + page("results.md")) == set()


def test_every_field_of_a_scenario_is_documented() -> None:
    words = code_words(page("scenarios.md"))
    for cls in (*TABLES.values(), *KINDS.values()):
        assert cls.model_fields.keys() - words == set(), cls.__name__


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_generated_tables_are_up_to_date(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == up_to_date(text), "run `python tests/test_docs.py`"


def test_the_tables_are_there() -> None:
    text = page("scenarios.md") + page("model.md") + page("sweeps.md")
    made = {name for _, name, _, _ in _GENERATED.findall(text)}
    assert made == {*TABLES, "kinds", "kpis", "media", "designs", "record"}


# ---------------------------------------------------------------- links and snippets


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file) if file else path
        assert found.exists(), f"{path.name}: {target}"
        if anchor:
            assert anchor in anchors(found.read_text(encoding="utf-8")), f"{path.name}: {target}"


def anchors(text: str) -> set[str]:
    """Return the anchors of headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def snippets(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_snippets_compile(path: Path) -> None:
    for number, code in enumerate(snippets(path)):
        compile(code, f"{path.name}[{number}]", "exec")


def test_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(takeup, "load", quick_load)
    namespace: dict[str, Any] = {}
    for code in snippets(ROOT / "README.md"):
        exec(code.replace("replicates=32", "replicates=2"), namespace)
    assert "Riverton, full plan against" in capsys.readouterr().out


def test_reading_results_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    plans = [quick_load(RIVERTON / f"{name}.toml") for name in ("baseline", "full-plan")]
    write(takeup.simulate(plans, replicates=3), tmp_path / "results" / "baseline-compared")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    codes = snippets(DOCS / "results.md")
    assert len(codes) >= 2
    for code in codes:
        exec(code, namespace)
    assert "digital_take_up" in capsys.readouterr().out


def quick_load(path: Path | str, overrides: Sequence[str] = ()) -> Scenario:
    """Load a scenario with few residents."""
    from takeup.scenario import load

    return load(path, [*overrides, "run.sample=500"])


def test_scenario_snippets_are_valid(tmp_path: Path) -> None:
    text = page("scenarios.md")
    plans = [
        code
        for code in re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S)
        if code.startswith("extends")
    ]
    assert plans
    for number, code in enumerate(plans):
        file = tmp_path / f"plan-{number}.toml"
        file.write_text(code.replace('"baseline.toml"', f'"{RIVERTON}/baseline.toml"'), "utf-8")
        assert takeup.load(file).programme


# ---------------------------------------------------------------- the figures of docs/model.md

PATIENCE = PARAMETERS["patience"].default
_MEASURED = re.compile(r"(<!-- measured: delays -->\n)(.*?)(\n<!-- end -->)", re.DOTALL)
_DELAY_HEAD = ("plan", "weeks", "promised", "realised", "mean difference, weeks", "in experience")


class Delays(NamedTuple):
    """Weeks to decision by week of arrival and department; NaN where cases are still open."""

    promised: Any
    realised: Any
    cases: Any
    disrupted: Any


def delays(plan: str, replicate: int) -> Delays:
    """Run a plan and compare what cases are promised with the mean age at which they are closed.

    A case is counted in the queue at the end of every week that it waits, so the ages of a week's
    cases add up to the sum of these counts.
    """
    simulation = Simulation(takeup.load(RIVERTON / f"{plan}.toml"), replicate)
    state, weeks = simulation.state, simulation.scenario.run.weeks
    calendar = slice(simulation.world.warm_up, simulation.world.warm_up + weeks)
    owned = state.services["department"][:, None] == np.arange(len(state.departments))
    promised, ages, cases, disruption = np.zeros((4, weeks, len(state.departments)))
    for week in range(weeks):
        promised[week] = state.departments["delay"]
        before = state.queue.sum(axis=(1, 2))
        counters = simulation.advance()
        disruption[week] = state.departments["disruption"]
        waiting = state.queue.sum(axis=1)[:, calendar]
        ages += waiting.T @ owned
        work = dict(zip(SERVICE, counters.work[week].T, strict=True))
        needs = dict(zip(CITIZEN, counters.service[week].T, strict=True))
        closed = work["handled"] + work["withdrawn"] - (needs["needs"] - needs["transactions"])
        cases[week] = (closed + state.queue.sum(axis=(1, 2)) - before) @ owned
    cases[(waiting.T @ owned > 0) | (cases == 0)] = np.nan
    return Delays(promised, ages / cases, cases, disruption > 0)


def delay_rows(replicates: int) -> Iterator[tuple[str, str, list[float]]]:
    """Yield plan, weeks, and the four figures of the table of delays."""
    for plan in ("baseline", "full-plan"):
        runs = [delays(plan, replicate) for replicate in range(replicates)]
        promised, realised, cases, disrupted = (
            np.stack(column) for column in zip(*runs, strict=True)
        )
        share = PATIENCE / (PATIENCE + promised) - PATIENCE / (PATIENCE + realised)
        for weeks, chosen in (("calm", ~disrupted), ("go-live", disrupted)):
            part = chosen & np.isfinite(cases)
            figures = (promised, realised, abs(promised - realised), abs(share))
            yield (
                plan,
                weeks,
                [float(np.average(figure[part], weights=cases[part])) for figure in figures],
            )


def measured(text: str) -> str:
    """Return a page with the table of delays measured anew."""
    rows = [
        (plan, weeks, *(f"{value:.2f}" for value in values[:3]), f"{values[3]:.4f}")
        for plan, weeks, values in delay_rows(16)
    ]
    table = _markdown(_DELAY_HEAD, rows)
    return _MEASURED.sub(lambda part: f"{part[1]}\n{table}\n{part[3]}", text)


def test_promised_delays_differ_from_realised_ones_as_documented() -> None:
    found = _MEASURED.search(page("model.md"))
    assert found
    rows = [line.strip("| ").split(" | ") for line in found[2].strip().splitlines()[2:]]
    documented = {(plan, weeks): list(map(float, values)) for plan, weeks, *values in rows}
    now = {(plan, weeks): values for plan, weeks, values in delay_rows(2)}
    assert documented.keys() == now.keys()
    for key, values in now.items():
        assert values[:3] == pytest.approx(documented[key][:3], abs=0.1), key
        assert values[3] == pytest.approx(documented[key][3], abs=0.0015), key


if __name__ == "__main__":
    for changed in PAGES:
        fresh = up_to_date(changed.read_text(encoding="utf-8"))
        changed.write_text(measured(fresh) if changed.name == "model.md" else fresh, "utf-8")
