"""The behavioural parameters as a table, or one of them in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from takeup.evidence import Parameter
from takeup.output import Paragraph, Sheet


def evidence_report(parameters: Sequence[Parameter]) -> Iterator[RenderableType]:
    """Yield the parameters for a terminal: up to three in full, more as a table.

    Args:
        parameters: which, in the order to show them.
    """
    if len(parameters) <= 3:
        for parameter in parameters:
            yield Paragraph(parameter.name, style="bold")
            yield Paragraph(
                [
                    f"  default {parameter.default:g}, plausible from {parameter.low:g} to "
                    f"{parameter.high:g} ({parameter.unit}); {parameter.status}",
                    f"  {parameter.source}",
                ]
            )
        return
    table = Sheet()
    for heading in ("parameter", "default", "from", "to", "unit", "status"):
        number = heading in ("default", "from", "to")
        table.column(heading, right=number, wraps=heading == "unit")
    for p in parameters:
        table.row(p.name, f"{p.default:g}", f"{p.low:g}", f"{p.high:g}", p.unit, p.status)
    yield table
    counts = Counter(parameter.status for parameter in parameters)
    yield Paragraph(
        f"{len(parameters)} parameters: "
        + ", ".join(
            f"{counts[status]} {status}" for status in ("measured", "derived", "assumption")
        )
        + ". `takeup evidence NAME` shows the source of one.",
        style="dim",
    )
