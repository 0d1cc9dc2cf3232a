"""Draws that fit data: a Parquet file of rows with weights, and which row a replicate uses.

A column `weight`, and a column for everything that was free: a behavioural parameter by its name,
or a fact of the scenario by its dotted key, such as `services.planning.usability`. What made the
file is JSON in its metadata, under `takeup`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite, sqrt
from pathlib import Path
from stat import S_ISREG
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from takeup.arguments import near, told
from takeup.errors import InputError, OutputError
from takeup.evidence.parameters import PARAMETERS, domain, is_divisor

WEIGHT = "weight"
FORMAT = 1
MOST_BYTES = 200_000_000
"""Bytes that a file can have: a million rows of 25 columns."""

_METADATA = b"takeup"
_PARTS = 1 << 40
"""Parts of the largest weight in which weights are counted, so that no sum is rounded."""

_MOST_PROBLEMS = 10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Posterior:
    """Joint draws of what was free, each with a weight.

    Attributes:
        name: what messages call its file.
        digest: SHA-256 of the file's bytes.
        columns: names of what was free.
        values: draws, (rows, columns).
        weights: of every row, adding up to 1, (rows,).
        about: what made it; empty if the file does not say.
    """

    name: str
    digest: str
    columns: tuple[str, ...]
    values: Floats
    weights: Floats
    about: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.weights)

    @property
    def effective_sample(self) -> float:
        """Rows of equal weight that would say as much: 1 ÷ the sum of squared weights."""
        return float(1.0 / np.square(self.weights).sum())

    @property
    def stated(self) -> Mapping[str, float]:
        """What the scenario that was fitted stated of each fact, by dotted key."""
        return _numbers(self.about.get("stated"))

    def row(self, seed: int, replicate: int) -> int:
        """Return the row that a replicate uses, however many replicates there are.

        Rows are resampled to as many of equal weight, each as often as its share of them up to
        one, and put into an order that depends on the seed alone.

        Raises:
            InputError: there are not as many rows.
        """
        self.require(replicate + 1)
        return _order(self, seed)[replicate]

    def draw(self, seed: int, replicate: int) -> dict[str, float]:
        """Return what a replicate draws, by column.

        Raises:
            InputError: there are not as many rows.
        """
        values = self.values[self.row(seed, replicate)].tolist()
        return dict(zip(self.columns, values, strict=True))

    def require(self, replicates: int) -> None:
        """Raise InputError if there are fewer rows than replicates."""
        if replicates > len(self):
            raise InputError(
                f"{self.name}: has {len(self)} rows, too few for {replicates} replicates, each of "
                f"which takes a row of its own: run at most {len(self)}, or calibrate with more "
                "draws"
            )

    def narrowed(self) -> dict[str, float]:
        """Return by column the standard deviation of the draws ÷ that before there were data.

        NaN for a fact of which the file does not say how uncertain it was.
        """
        centred = self.values - self.weights @ self.values
        spread = np.sqrt(self.weights @ np.square(centred))
        before = _numbers(self.about.get("prior_spread"))
        return {
            name: float(sd) / known if (known := before.get(name, _prior(name))) > 0 else np.nan
            for name, sd in zip(self.columns, spread, strict=True)
        }


def _numbers(value: Any) -> dict[str, float]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(k): float(v) for k, v in pairs if isinstance(v, int | float) and isfinite(v)}


def _prior(name: str) -> float:
    """Return the standard deviation of a parameter as its evidence leaves it; 0 if it has none."""
    if name not in PARAMETERS:
        return 0.0
    p = PARAMETERS[name]
    a, b, c = p.low, p.default, p.high
    return sqrt(max(0.0, a * a + b * b + c * c - a * b - a * c - b * c) / 18.0)


@lru_cache(maxsize=32)
def _order(posterior: Posterior, seed: int) -> list[int]:
    """Return a row for every replicate: systematic resampling, then a permutation.

    Weights are whole numbers here: equal ones give every row exactly once.
    """
    rows = len(posterior)
    uniforms = np.random.default_rng([seed, crc32(b"posterior")]).random(rows + 1)
    largest = float(posterior.weights.max())
    parts = [round(weight / largest * _PARTS) for weight in posterior.weights.tolist()]
    total = sum(parts)
    offset = min(int(float(uniforms[0]) * total), total - 1)
    chosen: list[int] = []
    reached = 0
    for row, part in enumerate(parts):
        reached += part * rows
        while len(chosen) < rows and len(chosen) * total + offset < reached:
            chosen.append(row)
    return [chosen[at] for at in np.argsort(uniforms[1:], kind="stable").tolist()]


# ---------------------------------------------------------------- reading


def read_posterior(path: str | os.PathLike[str], name: str = "") -> Posterior:
    """Return the draws of a file; one that has been read and is as it was is not read again.

    Args:
        path: the file.
        name: what messages call it; left out: its path.

    Raises:
        InputError: listing what is wrong, with file, column and row (from 0).
    """
    name = name or os.fspath(path)
    try:
        found = os.stat(path)
        if not S_ISREG(found.st_mode):
            raise InputError(f"{name}: is not a file but a folder, a device or a pipe")
        if found.st_size > MOST_BYTES:
            raise InputError(
                f"{name}: has {found.st_size / 1e6:.0f} MB, and a posterior has at most "
                f"{MOST_BYTES / 1e6:g} MB: keep fewer rows"
            )
        state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        return _read(os.path.abspath(path), name, state)
    except OSError as error:
        said = error.strerror or str(error)
        raise InputError(f"{name}: cannot be read: {said[0].lower() + said[1:]}") from None
    except ValueError:
        raise InputError(f"{name}: is not the name of a file") from None


@lru_cache(maxsize=16)
def _read(path: str, name: str, state: tuple[int, ...]) -> Posterior:
    data = Path(path).read_bytes()
    return _parsed(data, name)


def _parsed(data: bytes, name: str) -> Posterior:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(io.BytesIO(data)).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        short = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise InputError(
            f"{name}: is not a Parquet file, as `takeup calibrate` writes it ({short})"
        ) from None
    about = _about(name, (table.schema.metadata or {}).get(_METADATA))
    columns: dict[str, Floats] = {}
    problems: list[str] = []
    for column, count in Counter(table.column_names).items():
        if column.startswith("__index_level_"):  # of a data frame
            continue
        if count > 1:
            problems.append(f"column {column}: is there {count} times; names must differ")
            continue
        values = table.column(column)
        kind = values.type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            problems.append(f"column {column}: must hold numbers, not {kind}")
            continue
        columns[column] = values.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    problems += _flaws(columns, bool(problems))
    if problems:
        raise InputError([f"{name}: {problem}" for problem in problems[:_MOST_PROBLEMS]])
    weights = columns.pop(WEIGHT)
    weights = weights / weights.max()  # so that no sum is too large for a float
    return Posterior(
        name=name,
        digest=hashlib.sha256(data).hexdigest(),
        columns=tuple(columns),
        values=np.column_stack(list(columns.values())),
        weights=weights / weights.sum(),
        about=about,
    )


def _about(name: str, said: bytes | None) -> Mapping[str, Any]:
    try:
        about = json.loads(said) if said else {}
    except ValueError:
        about = None
    if not isinstance(about, dict):
        raise InputError(f"{name}: what made it (its metadata `takeup`) is not readable")
    known = about.get("format", FORMAT)
    if type(known) is not int or known > FORMAT:
        raise InputError(
            f"{name}: has format {told(known)}, and this version of takeup reads up to {FORMAT}; "
            "install a later one"
        )
    return about


def _flaws(columns: Mapping[str, Floats], partial: bool = False) -> Iterator[str]:
    """Yield what is wrong with columns, in words that follow the file's name."""
    weights = columns.get(WEIGHT)
    if weights is None:
        if not partial:
            yield f"has no column `{WEIGHT}`, which says how much every row counts"
    elif not len(weights):
        yield "has no rows"
    else:
        yield from _where(WEIGHT, weights, ~(weights >= 0.0) | np.isinf(weights), "at least 0")
        if not (weights > 0.0).any() and not (weights < 0.0).any() and not np.isnan(weights).any():
            yield f"column {WEIGHT}: is 0 in every row; at least one has to count"
    free = [name for name in columns if name != WEIGHT]
    if not free and not partial:
        yield f"has no column but `{WEIGHT}`: give one for every parameter or fact that was fitted"
    for name in free:
        values = columns[name]
        if "." in name:
            yield from _where(name, values, ~np.isfinite(values), "a number")
        elif name not in PARAMETERS:
            yield (
                f"column {name}: is no behavioural parameter{near(name, PARAMETERS)}, nor a dotted "
                "key of a fact, such as services.waste.usability"
            )
        else:
            low, high = domain(PARAMETERS[name])
            outside = ~((values >= low) & (values <= high))
            divides = is_divisor(name)
            bounds = f"{'above' if divides else 'at least'} {low:g} and at most {high:g}"
            yield from _where(name, values, outside | (divides & (values == 0.0)), bounds)


def _where(name: str, values: Floats, wrong: npt.NDArray[np.bool_], right: str) -> Iterator[str]:
    """Yield a sentence about the first row of a column that is wrong."""
    if not wrong.any():
        return
    row = int(np.argmax(wrong))
    value = float(values[row])
    found = f"{value:g}" if isfinite(value) else "missing (NaN)" if value != value else "infinite"
    others = f" (and {int(wrong.sum()) - 1} other rows)" if wrong.sum() > 1 else ""
    yield f"column {name}, row {row}: must be {right}, not {found}{others}"


# ---------------------------------------------------------------- writing


def write_posterior(
    path: str | os.PathLike[str],
    draws: Mapping[str, Sequence[float] | Floats],
    weights: Sequence[float] | Floats,
    *,
    scenario: str = "",
    scenario_hash: str = "",
    stated: Mapping[str, float] | None = None,
    prior_spread: Mapping[str, float] | None = None,
) -> None:
    """Write draws that fit data, which `run.posterior` names; the file appears whole or not at all.

    Args:
        path: the file.
        draws: by parameter or dotted key of a fact, a value for every row.
        weights: of the rows, at least 0; they need not add up to 1.
        scenario: name of the scenario that was fitted.
        scenario_hash: hash of it, if any.
        stated: what it states of each fact: a plan that states something else keeps its own.
        prior_spread: standard deviation of each column before there were data; left out: for
            parameters that of their evidence.

    Raises:
        InputError: the draws could not be read back, with column and row (from 0).
        OutputError: the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        name: np.ascontiguousarray(values, np.float64)
        for name, values in {WEIGHT: weights, **draws}.items()
    }
    name, rows = os.fspath(path), len(columns[WEIGHT])
    problems = [
        f"column {column}: must have {rows} values, one a row, not {values.size}"
        for column, values in columns.items()
        if values.shape != (rows,)
    ]
    problems = problems or list(_flaws(columns))
    if problems:
        raise InputError([f"{name}: {problem}" for problem in problems])
    shares = columns[WEIGHT] / columns[WEIGHT].max()
    about = {
        "kind": "posterior",
        "format": FORMAT,
        "scenario": scenario,
        "scenario_hash": scenario_hash,
        "rows": rows,
        "effective_sample": float(shares.sum() ** 2 / np.square(shares).sum()),
        "stated": dict(stated or {}),
        "prior_spread": dict(prior_spread or {}),
    }
    table = pa.table(columns).replace_schema_metadata({_METADATA: json.dumps(about).encode()})
    beside = f"{name}.{os.getpid()}.part"
    try:
        pq.write_table(table, beside)
        os.replace(beside, name)
    except OSError as error:
        raise OutputError(f"{name}: cannot be written ({error.strerror or error})") from None
    finally:
        Path(beside).unlink(missing_ok=True)
