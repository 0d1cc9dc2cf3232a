"""A chart that ECharts draws.

The option travels as text: Solara would look for elements in every number of it at every redraw,
and the browser would watch each of them for changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import solara
from reacton.core import Element


def Chart(
    option: Mapping[str, Any], label: str, *, height: int = 200, name: str = ""
) -> Element[Any]:
    """Draw a chart.

    Args:
        option: as ECharts wants it.
        label: what it shows, in words.
        height: in pixels; it is as wide as there is room.
        name: what it is found by.
    """
    text = json.dumps(option, separators=(",", ":"), allow_nan=False)
    return _Chart(option=text, label=label, height=height, name=name)


@solara.component_vue("chart.vue")
def _Chart(option: str, label: str, height: int, name: str) -> None:
    pass
