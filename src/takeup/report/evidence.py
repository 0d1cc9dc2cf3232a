"""The behavioural parameters as a table, or one of them in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from takeup.evidence import Parameter


def evidence_report(parameters: Sequence[Parameter]) -> Iterator[RenderableType]:
    """Yield the parameters for a terminal: up to three in full, more as a table.

    Args:
        parameters: which, in the order to show them.
    """
    if len(parameters) <= 3:
        for parameter in parameters:
            yield Text(parameter.name, style="bold")
            yield Text(
                f"  default {parameter.default:g}, plausible from {parameter.low:g} to "
                f"{parameter.high:g} ({parameter.unit}); {parameter.status}\n  {parameter.source}"
            )
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading, justify in (
        ("parameter", "left"), ("default", "right"), ("from", "right"), ("to", "right"),
    ):  # fmt: skip
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("unit")
    table.add_column("status", no_wrap=True)
    for p in parameters:
        table.add_row(p.name, f"{p.default:g}", f"{p.low:g}", f"{p.high:g}", p.unit, p.status)
    yield table
    counts = Counter(parameter.status for parameter in parameters)
    yield Text(
        f"{len(parameters)} parameters: "
        + ", ".join(
            f"{counts[status]} {status}" for status in ("measured", "derived", "assumption")
        )
        + ". `takeup evidence NAME` shows the source of one.",
        style="dim",
    )
