"""What was probably meant by a value of the wrong form, or by a key that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from takeup.errors import did_you_mean, nearest
from takeup.output import shortened
from takeup.programme import KINDS, SHOCKS
from takeup.programme.plain import is_number
from takeup.programme.target import Target
from takeup.scenario.read.json_schema import Node, node
from takeup.scenario.read.syntax import without_unit
from takeup.scenario.read.written import moment, number, truth

# ---------------------------------------------------------------- values


def hint(here: Node, value: Any) -> str:
    """Return a question or an advice that follows the words of what is wrong; empty if none.

    Args:
        here: the part of the JSON schema that the value does not fit.
        value: what is there instead.
    """
    if "anyOf" in here:
        return next(filter(None, (hint(branch, value) for branch in here["anyOf"])), "")
    return _for(here, value)


def _for(wanted: Node, value: Any) -> str:
    kind = wanted.get("type")
    if kind == "array":
        return _list(wanted, value)
    if isinstance(value, list | tuple):
        one = len(value) == 1 and isinstance(value[0], str | int | float)
        return f"; without brackets: {_toml(value[0])}" if one else ""
    if kind == "boolean":
        return _truth(value)
    if kind in ("integer", "number"):
        return _number(wanted, value, whole=kind == "integer")
    if kind == "string" and wanted.get("format") == "date":
        return _date(value)
    if kind == "string" or "enum" in wanted or "const" in wanted:
        return _text(wanted, value)
    return ""


def _list(wanted: Node, value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        items = re.split(r"\s*[,;]\s*", value.strip()) if isinstance(value, str) else [value]
        return f"; did you mean [{', '.join(map(_toml, items))}]?"
    return ""


def _truth(value: Any) -> str:
    if isinstance(value, str) and (found := truth(value)):
        return f"; write {str(found.value).lower()} without quotes"
    if value in (0, 1) and not isinstance(value, str):
        return f"; did you mean {str(bool(value)).lower()}?"
    return ""


def _number(wanted: Node, value: Any, whole: bool) -> str:
    if isinstance(value, str):
        return _quoted_number(wanted, value)
    if not is_number(value):
        return ""
    if whole and isinstance(value, float):
        return _whole(wanted, value)
    high = wanted.get("maximum", wanted.get("exclusiveMaximum"))
    if high is not None and high <= 1 < value <= 100 and _within(wanted, value / 100):
        return f"; did you mean {float(f'{value / 100:.12g}')}? ({value:g} % is written so)"
    return ""


def _quoted_number(wanted: Node, value: str) -> str:
    found = number(value)
    try:
        plain: Any = (
            float(value) if re.fullmatch(r"\s*[+-]?\d+(\.\d+)?([eE]\d+)?\s*", value) else None
        )
    except ValueError:
        plain = None
    if plain is not None:
        written = value.strip()
        if wanted.get("type") == "integer" and plain == int(plain):
            written = str(int(plain)) if abs(plain) < 1e15 else written
        more = _number(wanted, plain, whole=False)
        return more or f"; a number has no quotes: write {shortened(written)}"
    return f"; it {found.text}, without quotes" if found else ""


def _whole(wanted: Node, value: float) -> str:
    thousands = round(value * 1000, 6)
    as_thousands = (
        f"{int(thousands):_}" if thousands.is_integer() and 1 <= value < 1000
        and _within(wanted, thousands) else ""
    )  # fmt: skip
    if value.is_integer():
        if as_thousands and not _within(wanted, value):
            return f"; did you mean {as_thousands}? A dot is the decimal point here"
        more = f", or {as_thousands} if the dot stands between thousands" if as_thousands else ""
        return f"; write {int(value)}{more}" if abs(value) < 1e15 else ""
    return f"; did you mean {as_thousands}? A dot is the decimal point here" if as_thousands else ""


def _within(wanted: Node, value: float) -> bool:
    return bool(
        wanted.get("minimum", value) <= value <= wanted.get("maximum", value)
        and wanted.get("exclusiveMinimum", value - 1) < value
        and value < wanted.get("exclusiveMaximum", value + 1)
    )


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        return f"; write the day alone: {value.date()}"
    if isinstance(value, str):
        try:
            return f"; a date has no quotes: write {date.fromisoformat(value.strip())}"
        except ValueError:
            found = moment(value)
            return f"; it {found.text}, without quotes" if found else ""
    if type(value) is int:
        return _numbered_day(value)
    return ""


def _numbered_day(value: int) -> str:
    """Return the day of a number such as 20260601, or as spreadsheets count days."""
    try:
        return f"; did you mean {datetime.strptime(str(value), '%Y%m%d').date()}?"
    except ValueError:
        counted = 25_000 <= value <= 75_000  # from 1968 to 2105
        day = date(1899, 12, 30) + timedelta(days=value) if counted else None
        return f"; did you mean {day}, a spreadsheet's day {value}?" if day else ""


def _text(wanted: Node, value: Any) -> str:
    names: Sequence[str] = [str(name) for name in wanted.get("enum", ())]
    if isinstance(value, str):
        if names:
            return nearest(value, names)
        return _pattern(wanted.get("pattern", ""), value)
    if is_number(value) and not names and not wanted.get("pattern"):
        return f"; a text has quotes: write {_toml(str(value))}"
    return ""


_SIGNS = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR"}


def _pattern(pattern: str, value: str) -> str:
    if "A-Z" in pattern:
        known = _SIGNS.get(value.strip()) or re.sub(r"[^A-Z]", "", value.upper())
        return f'; did you mean "{known}"?' if len(known) == 3 else ""
    return id_hint(value) if pattern else ""


def id_hint(written: str) -> str:
    """Return a question about an id that has other characters than it may have."""
    made = re.sub(r"[^a-z0-9]+", "-", written.lower()).strip("-")
    return f'; did you mean "{made}"?' if re.fullmatch(r"[a-z][a-z0-9-]{0,39}", made) else ""


def _toml(value: Any) -> str:
    return f'"{shortened(value)}"' if isinstance(value, str) else str(value)


# ---------------------------------------------------------------- keys

_TABLES = {
    "programme": "interventions intervention program programmes programs measures measure actions "
    "action plan plans levers",
    "services": "service transactions",
    "departments": "department dept depts directorates teams",
    "shocks": "shock events event risks incidents",
    "goals": "goal target targets kpis objectives",
    "run": "simulation settings config options general",
    "place": "council city town municipality population residents local_authority area",
    "parameters": "parameter params param",
    "network": "networks social_network",
    "name": "title label",
    "description": "notes note comment comments about desc",
    "extends": "base baseline inherits include includes scenario based_on parent",
}
_KEYS: Mapping[str, Mapping[str, str]] = {
    "run": {
        "weeks": "duration length horizon years months period end until end_date",
        "start": "start_date begin from date",
        "replicates": "runs repeats repetitions repetition iterations replications n_runs",
        "sample": "agents sample_size n people size",
        "seed": "random_seed",
        "warm_up": "burn_in burnin spin_up",
        "discount_rate": "discount interest interest_rate",
    },
    "place": {
        "residents": "population inhabitants people citizens size",
        "wards": "areas districts neighbourhoods neighborhoods ward regions",
        "age": "ages age_bands age_groups age_distribution",
        "income": "incomes",
        "access": "internet internet_access devices online connectivity",
        "skill": "skills digital_skill digital_skills literacy digital_literacy",
        "support_need": "support needs support_needs disability",
        "households": "household household_size household_sizes",
        "prices": "price cost costs price_list",
        "currency": "money",
    },
    "network": {"degree": "ties contacts friends mean_degree", "kind": "type", "file": "path csv"},
    "departments": {
        "staff": "headcount employees fte people size workforce",
        "hourly_cost": "salary wage wages hourly_rate pay rate cost hourly_wage",
        "weekly_hours": "hours hours_per_week working_hours",
        "frontline": "front_line front_office",
        "managers": "manager management",
        "name": "title label",
    },
    "services": {
        "yearly_volume": "volume annual_volume transactions contacts demand cases requests "
        "yearly_cases",
        "go_live": "launch launch_date live date start start_date golive go_live_date online_from",
        "take_up": "uptake digital_share takeup online_share adoption digital online share",
        "department": "dept owner team departments",
        "minutes": "time handling_time duration minute effort",
        "name": "title label",
    },
    "programme": {
        "start": "start_date begin from date starts",
        "until": "end end_date to finish stop ends",
        "kind": "type category",
        "enabled": "active on disabled off",
        "target": "targets who people for group groups audience_target",
        "intensity": "strength level dose effort",
        "sessions": "capacity",
        "seats": "places people trainees capacity",
        "places": "seats",
        "medium": "channel media channels",
    },
    "goals": {
        "kpi": "metric measure indicator kpis name",
        "target": "value goal level threshold",
        "by": "deadline date until due when end week start",
        "group": "for who groups audience",
    },
}  # fmt: skip
_SPANS = {"months": 13 / 3, "years": 52.0, "quarters": 13.0, "days": 1 / 7}
_MONEY = ("cost", "costs", "budget", "price", "spend", "money", "fee", "total_cost", "amount")


def plain(key: str) -> str:
    """Return a key in small letters with underscores, from whatever way of writing it."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key)
    return re.sub(r"[\s-]+", "_", parted.strip()).lower()


def key_hint(path: tuple[str | int, ...], known: Sequence[str], value: Any) -> str:
    """Return what was probably meant by a key that is not known, in brackets or after a semicolon.

    Args:
        path: the keys that lead to it.
        known: the keys that there are in its place.
        value: what it says.
    """
    key = str(path[-1])
    name = plain(key)
    bare = without_unit(name)
    same = [k for k in known if plain(k) in (name, bare)]
    if same:
        return f" (did you mean {_named(same[0])}?)"
    table = str(path[0]) if len(path) > 1 else ""
    if not table:
        return _table_hint(key, name, known, value)
    table = "programme" if table == "shocks" else table
    return (
        next(_own_hints(table, name, known, value), "")
        or next(_own_hints(table, bare, known, value), "")
        or nearest(key, known)
        or elsewhere(key, path)
        or did_you_mean(key, known)
    )


def _named(key: str) -> str:
    return f'"{key}"'


def _table_hint(key: str, name: str, known: Sequence[str], value: Any) -> str:
    kind = value.get("kind") if isinstance(value, Mapping) else None
    for table, kinds in (("programme", KINDS), ("shocks", SHOCKS)):
        if (isinstance(kind, str) and kind in kinds) or name in kinds:
            return f"; write [{table}.{key}]"
    if isinstance(value, Mapping):
        for table in ("services", "departments", "goals"):
            if value and value.keys() <= node((table, "x")).get("properties", {}).keys():
                return f"; write [{table}.{key}]" if name not in _TABLES[table].split() else (
                    f"; write [{table}...]")  # fmt: skip
    for table, words in _TABLES.items():
        of_text = table in ("name", "description", "extends")
        if name in words.split() and isinstance(value, Mapping) != of_text:
            whole = f"; write [{table}...] instead of [{key}...]"
            return f"; did you mean {table}?" if of_text else whole
    return nearest(key, known) or elsewhere(key, (key,)) or did_you_mean(key, known)


def _own_hints(table: str, name: str, known: Sequence[str], value: Any) -> Iterator[str]:
    if name in _MONEY and (costs := [k for k in known if "cost" in k or "fee" in k]):
        said = {
            "fixed_cost": "fixed_cost (once)",
            "weekly_cost": "weekly_cost (in every week it runs)",
        }
        yield f"; write {' or '.join(said.get(cost, cost) for cost in costs)}"
    span = next((s for s in _SPANS if name in (s, s[:-1])), None)
    if span and "weeks" in known:
        weeks = max(1, round(value * _SPANS[span])) if is_number(value) and 0 < value < 1e4 else 26
        yield f"; write weeks = {weeks}"
    if name in ("duration", "length", "time", "how_long", "period") and "weeks" in known:
        yield "; write weeks = ... for how long, or until = ... for its end"
    if table == "programme" and name in Target.model_fields:
        yield f"; write target = {{ {name} = [...] }}"
    for meant, words in _KEYS.get(table, {}).items():
        if name in words.split() and meant in known:
            yield f"; did you mean {meant}?"


def elsewhere(key: str, path: tuple[str | int, ...]) -> str:
    """Return where a key is known that is not known here, as after a missing or a later header."""
    for table in ("run", "place", "network", "structure"):
        if key in node((table,)).get("properties", {}) and path[:2] != (table, key):
            return f"; it belongs under [{table}], before any other table"
    for table in ("departments", "services", "goals"):
        if key in node((table, "x")).get("properties", {}) and key != "name":
            noun = str(path[1]) if path[0] == table and len(path) > 2 else "ID"
            return f"; it belongs under [{table}.{noun}]"
    return ""
