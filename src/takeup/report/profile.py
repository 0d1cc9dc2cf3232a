"""Where the time of a run goes, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType

from takeup.output import Sheet


def profile_table(
    weeks: int, needs: int, steps: Mapping[str, str], seconds: Mapping[str, float]
) -> Iterator[RenderableType]:
    """Yield what the steps of a week took, in their order.

    Args:
        weeks: of the run.
        needs: of residents in these weeks.
        steps: what happens in each, by its name.
        seconds: CPU time of each in all weeks together, by its name.
    """
    total = sum(seconds.values())
    yield f"CPU time of one replicate: {weeks:,} weeks, {needs:,} needs, {total * 1e3:,.1f} ms"
    sheet = Sheet(indent=2)
    sheet.column("step")
    sheet.column("ms", right=True)
    sheet.column("share", right=True)
    sheet.column("what happens")
    for name, says in steps.items():
        spent = seconds[name]
        sheet.row(name, f"{spent * 1e3:,.1f}", f"{100 * spent / total:.0f} %", says)
    yield sheet
