"""Files to start from: valid, small, and commented with the schema's own descriptions."""

from __future__ import annotations

import json
import textwrap
import tomllib
from importlib.resources import files
from typing import Any

from takeup.evidence import PARAMETERS
from takeup.programme import KINDS
from takeup.scenario.read.json_schema import is_required, node
from takeup.scenario.read.lines import Path, key_lines

_WIDTH = 100
_BASELINE_HEAD = """\
# A baseline for takeup: a place, its staff, its services and a goal, without a programme.
# Check it: takeup check FILE. Run it: takeup run FILE.
# What a comment says of a key holds wherever the key occurs. A key that is required has no default.
# A plan is a file of its own: `extends = "this-file.toml"`, and what differs.
# The figures describe no real place; all are assumptions.
"""
_PLAN_HEAD = """\
# A plan for takeup: a programme of three interventions for the place of a baseline.
# The kinds that there are stand where the first is stated; `takeup schema` prints the keys of each.
# Check it: takeup check FILE. Compare it: takeup compare BASELINE FILE.
# What a comment says of a key holds wherever the key occurs. A key that is required has no default.
# An intervention of a file that this extends is switched off by `enabled = false`.
# The figures are assumptions; services and departments are those of the baseline.
"""


def starter(name: str) -> str:
    """Return the TOML text of a small fictional place, ready to be changed.

    Three departments, three services and a goal, without a programme.

    Args:
        name: name of the place and of the scenario.
    """
    printable = _printable(name) or "Newplace"
    return _BASELINE_HEAD + "\n" + _written("starter.toml", NAME=printable, PLACE=printable)


def plan_starter(baseline_name: str) -> str:
    """Return the TOML text of a plan that extends what `starter` wrote.

    Three interventions, and the names of all the kinds there are.

    Args:
        baseline_name: file of the baseline, relative to the folder of the plan: "baseline.toml".
    """
    return _PLAN_HEAD + "\n" + _written("plan.toml", BASELINE=baseline_name, NAME="A first plan")


def _written(template: str, **texts: str) -> str:
    """Return a template with the descriptions of its keys, each once, and with texts filled in."""
    text = files("takeup.scenario.tell").joinpath(template).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    descriptions: dict[int, str] = {}
    for path, number in key_lines(text).items():
        descriptions.setdefault(number, _described(path, data))
    said: set[str] = set()
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        comment = descriptions.get(number, "")
        if comment and comment not in said:
            said.add(comment)
            lines.append(_commented(line, comment))
        else:
            lines.append(line)
    written = "\n".join(lines) + "\n"
    for mark, filling in texts.items():
        written = written.replace(f'"{mark}"', json.dumps(filling, ensure_ascii=False))
    return written


def _described(path: Path, data: dict[str, Any]) -> str:
    if path[0] == "parameters" and len(path) == 2:
        return str(PARAMETERS[str(path[1])].source)
    kind = None
    if path[0] == "programme" and len(path) > 1:
        kind = data["programme"][path[1]]["kind"]
    here = node(path, kind)
    if path[-1] == "kind":
        return f"{' | '.join(KINDS)} (required)"
    options = " | ".join(here.get("enum", ()))
    words = (options and f"{options}: ") + str(here.get("description", ""))
    return f"{words} (required)" if words and is_required(path, kind) else words


def _commented(line: str, comment: str) -> str:
    """Return a line with its comment: behind it where there is room, else above it."""
    behind = f"{line}  # {comment}"
    if len(behind) <= _WIDTH and not line.startswith("["):
        return behind
    indent = line[: len(line) - len(line.lstrip())]
    mark = f"{indent}# "
    above = textwrap.wrap(comment, _WIDTH, initial_indent=mark, subsequent_indent=mark)
    return "\n".join([*above, line])


def _printable(name: str) -> str:
    return "".join(c for c in name if c.isprintable()).strip()
