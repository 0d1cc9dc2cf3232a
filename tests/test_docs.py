"""The documents say what the code says: names, tables, figures, snippets and links.

Tables between `<!-- generated: NAME -->` and `<!-- end -->` are written by this file:
`python tests/test_docs.py` brings them up to date.
"""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
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
from takeup.model.run import state
from takeup.model.run.simulation import Simulation
from takeup.model.week import departments, draws, records, rules, staff
from takeup.model.world import world
from takeup.programme import (
    KINDS,
    SHOCKS,
    Event,
    Goal,
    Intervention,
    Levers,
    Shock,
    Target,
    levers,
    staffing,
)
from takeup.programme.intervention import burden
from takeup.programme.interventions.communication import MEDIA
from takeup.programme.interventions.training import train_staff
from takeup.programme.segments import AGES, Segments
from takeup.report.selection import FIGURE_KPIS, IF_MOVED, TABLE_KPIS
from takeup.results.store import write
from takeup.scenario import schema
from takeup.scenario.schema.scenario import (
    Department,
    Minutes,
    Network,
    Place,
    Prices,
    Run,
    Scenario,
    Service,
    Structure,
    Trend,
    Ward,
)
from takeup.view.server import bounds

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
        Scenario, Run, Place, Ward, Prices, Trend, Network, Structure, Department, Service, Minutes,
        Intervention, Target, Shock, Goal,
    )
}  # fmt: skip


# ---------------------------------------------------------------- tables made from the code


def generated(name: str) -> str:
    """Return the Markdown table of that name."""
    if name in TABLES:
        return _markdown(("field", "type", "default", "meaning"), _fields(TABLES[name]))
    makers = {
        "kinds": lambda: _by_kind(KINDS, Intervention),
        "shocks": lambda: _by_kind(SHOCKS, Shock),
        "kpis": _kpis,
        "media": _media,
        "designs": _designs,
        "record": _record,
        "bounds": _bounds_of_the_view,
    }
    return makers[name]()


def _by_kind(kinds: Mapping[str, type[Event]], base: type[Event]) -> str:
    """Return a table for every kind of intervention or shock, of what it adds to all others."""
    common = base.model_fields.keys()
    parts = []
    for kind, cls in kinds.items():
        rows = list(_fields(cls, leave_out=common))
        parts.append(f'`kind = "{kind}"`')
        table = _markdown(("field", "type", "default", "meaning"), rows)
        parts.append(table if rows else "No further fields.")
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


def _bounds_of_the_view() -> str:
    rows = [(f"{bound.most:,}", bound.of, bound.says or "–") for bound in bounds.ALL]
    return _markdown(("at most", "of", "what a person is told"), rows)


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
        meaning = field.description or f"which {cls.__name__.lower()} it is"
        yield f"`{name}`", kind, default, meaning


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
    parts = [
        f"{sign} {node[key]:{'_' if node[key] >= 1_000 else 'g'}}"
        for key, sign in signs.items()
        if key in node
    ]
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


def test_every_kpi_is_documented() -> None:
    assert set(KPI_NAMES) - code_words(page("model.md") + page("results.md")) == set()


def test_every_field_of_a_scenario_is_documented() -> None:
    words = code_words(page("scenarios.md"))
    for cls in (*TABLES.values(), *KINDS.values(), *SHOCKS.values()):
        assert cls.model_fields.keys() - words == set(), cls.__name__


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_generated_tables_are_up_to_date(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == up_to_date(text), "run `python tests/test_docs.py`"


def test_the_tables_are_there() -> None:
    pages = page("scenarios.md") + page("model.md") + page("sweeps.md")
    made = {name for _, name, _, _ in _GENERATED.findall(pages)}
    assert made == {*TABLES, "kinds", "shocks", "kpis", "media", "designs", "record"}


# ---------------------------------------------------------------- docs/odd.md and docs/model.md

RULES = {
    name
    for name, value in vars(rules).items()
    if isinstance(value, FunctionType) and value.__module__ == rules.__name__
} | {departments.case_minutes.__name__, departments.success_seen.__name__, staff.spread.__name__}

STREAMS = {
    name
    for module in (draws, levers)
    for name, value in vars(module).items()
    if name.isupper() and not name.startswith("_") and type(value) is int
} - {"SERVICE_SHIFT", "PROFILES"}

AT_REST = vars(Levers(Segments(("ward",), ("service",), ("department",)), posts=1))
RECORDS = {"cells", "staff", "services", "departments"}  # fields of these are attributes as well
MOVABLE = {name for name in AT_REST if not name.startswith("_")} - RECORDS

TABLE_FIELDS: dict[str, set[str]] = {
    name: set(getattr(module, name).names)
    for module, names in (
        (world, ("TRAITS", "POST")),
        (
            records,
            ("CITIZEN_STATE", "USE_STATE", "STAFF_STATE", "SERVICE_WEEK", "DEPARTMENT_WEEK",
             "PLACE_WEEK"),
        ),
        (levers, ("STAFF_LEVERS", "SERVICE_LEVERS", "DEPARTMENT_LEVERS", "RESIDENT_LEVERS")),
    )
    for name in names
} | {
    "World": {field.name for field in fields(world.World)},
    "State": {field.name for field in fields(state.State)},
    "Levers": {
        name for name in MOVABLE
        if not name.startswith(("staff_", "service_", "department_", "resident_"))
    },
}  # fmt: skip
"""Fields of the tables that odd.md lists, by the name in the heading above each."""

HELPERS = {
    "shared_hours": staffing.shared_hours,
    "burden": burden,
    "train_staff": train_staff,
}


def spans(text: str) -> set[str]:
    """Return everything between backticks, on one line and outside of blocks."""
    return set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)))


def column(heading: str, text: str | None = None) -> Counter[str]:
    """Return how often each name stands in columns of that heading in odd.md or a part of it."""
    parts = cells(page("odd.md") if text is None else text, heading)
    return Counter(name for cell in parts for name in re.findall(r"`([\w-]+)`", cell))


def part(name: str, title: str) -> str:
    """Return what stands in a page under the heading with that title, up to the next one."""
    found = re.search(
        rf"^#+ {re.escape(title)}(?=\n|:)[^\n]*\n(.*?)(?=^#{{1,6}} |\Z)", page(name), re.M | re.S
    )
    assert found, f"{name} has no heading {title}"
    return found[1]


@cache
def words_of_the_code() -> set[str]:
    """Return every name of the package: of what it defines and uses, of parameters and KPIs."""
    words = {*PARAMETERS, *KPI_NAMES}
    for file in (ROOT / "src" / "takeup").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for attribute in ("id", "attr", "arg", "name", "value"):
                word = getattr(node, attribute, None)
                if isinstance(word, str):
                    words.add(word)
    for file in (ROOT / "src" / "takeup").rglob("*.toml"):
        for table in tomllib.loads(file.read_text(encoding="utf-8")).values():
            words.update(table if isinstance(table, dict) else ())
    return words | {"takeup"}


def is_in_the_code(name: str) -> bool:
    if "/" in name or name.endswith(".py"):
        return any((folder / name).exists() for folder in (ROOT, ROOT / "src" / "takeup"))
    return all(word in words_of_the_code() for word in name.split("."))


def moved_by(cls: type[Event]) -> set[str]:
    """Return the levers that a kind of intervention or shock moves, by the text of its file."""
    module = inspect.getmodule(cls)
    assert module
    source = inspect.getsource(module)
    used = [inspect.getsource(helper) for name, helper in HELPERS.items() if f"{name}(" in source]
    return MOVABLE & set(re.findall(r"levers\.(\w+)", "\n".join([source, *used])))


def test_every_rule_stands_in_odd_once_and_every_one_there_exists() -> None:
    assert column("rule") == Counter(RULES)


def test_every_parameter_stands_at_an_equation_of_odd_and_every_one_there_exists() -> None:
    assert column("parameters").keys() == PARAMETERS.keys()


def test_every_stream_of_draws_is_in_odd() -> None:
    assert column("stream") == Counter(STREAMS)


def test_results_say_which_kpis_are_shown() -> None:
    rows = part("results.md", "Which KPIs are shown")

    def of(about: str) -> list[str]:
        (cell,) = re.findall(rf"^\| {re.escape(about)} \| ([^|;]*)", rows, re.MULTILINE)
        return re.findall(r"`(\w+)`", cell)

    assert of("tables and `trajectories`") == list(FIGURE_KPIS)
    only = [kpi for kpi in TABLE_KPIS if kpi not in FIGURE_KPIS]
    assert of("tables") == [kpi for kpi in only if kpi not in IF_MOVED]
    assert set(of("tables, if anything moves them")) == IF_MOVED
    told = {*TABLE_KPIS, *of("files only")}
    left = [kpi for kpi in KPI_NAMES if kpi not in told]
    assert all(kpi.startswith(("blocked_at_", "staff_")) for kpi in left), left


@pytest.mark.parametrize("name", TABLE_FIELDS)
def test_every_field_of_state_and_levers_is_in_odd(name: str) -> None:
    assert column("field", part("odd.md", f"`{name}`")) == Counter(TABLE_FIELDS[name])


@pytest.mark.parametrize(
    ("title", "heading", "kinds"), [("Interventions", "kind", KINDS), ("Shocks", "shock", SHOCKS)]
)
def test_odd_says_which_levers_every_kind_moves(
    title: str, heading: str, kinds: Mapping[str, type[Event]]
) -> None:
    text = part("odd.md", title)
    named = [*column(heading, text)]
    assert sorted(named) == sorted(kinds)
    for kind, cell in zip(named, list(cells(text, "levers"))[1:], strict=True):
        assert code_words(cell) == moved_by(kinds[kind]), kind


@pytest.mark.parametrize("name", ["odd.md", "model.md"])
def test_every_name_between_backticks_exists(name: str) -> None:
    names = {span for span in spans(page(name)) if " " not in span}
    assert {span for span in names if not is_in_the_code(span)} == set()


def test_odd_has_nothing_but_names_between_backticks() -> None:
    assert {span for span in spans(page("odd.md")) if not re.fullmatch(r"[\w./-]+", span)} == set()


@pytest.mark.parametrize(("title", "kinds"), [("Interventions", KINDS), ("Shocks", SHOCKS)])
def test_the_model_has_a_part_for_every_kind(title: str, kinds: Mapping[str, Any]) -> None:
    text = page("model.md").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^### `(\w+)`$", text, re.M)) == sorted(kinds)


# ---------------------------------------------------------------- links and snippets


def links(path: Path) -> list[str]:
    """Return what a page points to within the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    return [target for target in found if not re.match(r"\w+://|mailto:", target)]


@pytest.mark.parametrize(
    "path", list(filter(links, PAGES)), ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_relative_links_lead_somewhere(path: Path) -> None:
    for target in links(path):
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


@pytest.mark.parametrize(
    "path", list(filter(snippets, PAGES)), ids=lambda p: p.relative_to(ROOT).as_posix()
)
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
