"""A scenario to start from: valid, small, and commented with the schema's own descriptions."""

from __future__ import annotations

import json
import textwrap
import tomllib
from importlib.resources import files
from typing import Any

from takeup.evidence import PARAMETERS
from takeup.scenario.json_schema import node
from takeup.scenario.lines import Path, key_lines

_WIDTH = 100
_HEAD = """\
# A scenario for takeup. Check it: takeup check FILE. Run it: takeup run FILE.
# What a comment says of a key holds wherever the key occurs. Values left out have a default.
# A plan is a file of its own: `extends = "this-file.toml"`, and what differs.
# The figures describe no real place; all are assumptions.
"""


def starter(name: str) -> str:
    """Return the TOML text of a small fictional place, ready to be changed.

    Two departments, three services and one intervention of each kind.

    Args:
        name: name of the place and of the scenario.
    """
    text = files("takeup.scenario").joinpath("starter.toml").read_text(encoding="utf-8")
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
    return _HEAD + "\n" + _named("\n".join(lines), name) + "\n"


def _described(path: Path, data: dict[str, Any]) -> str:
    if path[0] == "parameters" and len(path) == 2:
        return str(PARAMETERS[str(path[1])].source)
    kind = None
    if path[0] == "programme" and len(path) > 1:
        kind = data["programme"][path[1]]["kind"]
    here = node(path, kind)
    options = " | ".join(here.get("enum", ()))
    return (options and f"{options}: ") + str(here.get("description", ""))


def _commented(line: str, comment: str) -> str:
    """Return a line with its comment: behind it where there is room, else above it."""
    behind = f"{line}  # {comment}"
    if len(behind) <= _WIDTH and not line.startswith("["):
        return behind
    indent = line[: len(line) - len(line.lstrip())]
    mark = f"{indent}# "
    above = textwrap.wrap(comment, _WIDTH, initial_indent=mark, subsequent_indent=mark)
    return "\n".join([*above, line])


def _named(text: str, name: str) -> str:
    printable = "".join(c for c in name if c.isprintable()).strip() or "Newplace"
    quoted = json.dumps(printable, ensure_ascii=False)
    return text.replace('"NAME"', quoted).replace('"PLACE"', quoted)
