"""The patterns that docs/validation.md says emerge, emerge: on paired runs, at the defaults."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import patterns

# Claims that do not hold at the defaults, or cannot be told from noise: docs/validation.md says so.
NOT_SEEN = {
    "nomination beats random",
    "the most-connected beat random (need not)",
    "more staff have adopted after three years",
    "and so do staff who adopted",
    "a change team takes away more than half of what everything at once loses",
    "the audit pays for itself in five years, if used",
}
FAINT = {"less with training finished before it", "more with training that starts at it"}


def test_every_pattern_of_the_list_is_there() -> None:
    assert [pattern.number for pattern in patterns.PATTERNS] == list(range(1, 14))
    texts = {claim.text for pattern in patterns.PATTERNS for claim in pattern.claims}
    assert texts >= NOT_SEEN | FAINT


@pytest.mark.parametrize("pattern", patterns.PATTERNS, ids=lambda p: f"{p.number}")
def test_a_pattern_emerges(pattern: patterns.Pattern) -> None:
    runs = patterns.run(pattern, replicates=8, sample=4000)
    claims = [claim for claim in pattern.claims if claim.text not in NOT_SEEN | FAINT]
    assert claims
    for claim in claims:
        assert patterns.verdict(claim.difference(runs)) == "holds", claim.text


@pytest.mark.slow
def test_a_faint_pattern_emerges() -> None:
    runs = patterns.run(patterns.dips, replicates=24)
    for claim in patterns.dips.claims:
        assert patterns.verdict(claim.difference(runs)) == "holds", claim.text
