"""What interventions and their fields are called on the page, for people new to simulations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from takeup.programme import KINDS, Intervention
from takeup.programme.target import KEYS

Group = Literal["Lead", "Staff", "Residents", "Services", "Check"]
"""Under which heading a card stands."""

GROUPS: tuple[Group, ...] = ("Lead", "Staff", "Residents", "Services", "Check")


@dataclass(frozen=True)
class Words:
    """What a card says of an intervention.

    Attributes:
        title: a few words.
        what: what it does and to whom, in a line.
        group: heading under which it stands.
    """

    title: str
    what: str
    group: Group


_WORDS: Mapping[tuple[str, str], Words] = {
    ("leadership", ""): Words(
        "Leaders stand up for it",
        "Managers back the new way where their staff can see it, so staff want it more.",
        "Lead",
    ),
    ("change_team", ""): Words(
        "A change team",
        "People who make room for change, so that staff can take in more at the same time.",
        "Lead",
    ),
    ("communication", "staff"): Words(
        "Tell staff why",
        "Staff are told why work is changing. Without knowing why, few go along.",
        "Staff",
    ),
    ("training", "staff"): Words(
        "Train staff",
        "Courses that show staff how to work the new way. They take working hours.",
        "Staff",
    ),
    ("champions", ""): Words(
        "Champions among staff",
        "A few trained colleagues show, answer and encourage the others.",
        "Staff",
    ),
    ("engagement", "staff"): Words(
        "Staff help to design",
        "Staff take part in designing what is to come: less resistance, better services.",
        "Staff",
    ),
    ("tailored_support", "staff"): Words(
        "Help on the job",
        "A colleague sits beside staff who cannot work the new way alone yet.",
        "Staff",
    ),
    ("communication", "residents"): Words(
        "Tell residents",
        "Residents hear that services can be used online. Each way of telling wears out.",
        "Residents",
    ),
    ("training", "residents"): Words(
        "Lessons for residents",
        "Courses that give residents the skill to go online by themselves.",
        "Residents",
    ),
    ("engagement", "residents"): Words(
        "Residents help to design",
        "Residents take part in designing services that are not online yet, so these get easier.",
        "Residents",
    ),
    ("tailored_support", "residents"): Words(
        "Help for residents",
        "Someone sits beside residents who cannot go online alone, in a library for example.",
        "Residents",
    ),
    ("digital_agency", ""): Words(
        "Hire a digital agency",
        "Designers and developers make online services easier to use, and finish new ones sooner.",
        "Services",
    ),
    ("digital_playbook", ""): Words(
        "Digital first as a rule",
        "Letters and staff name the online way first; phone and counter stay open.",
        "Services",
    ),
    ("quick_win", ""): Words(
        "A quick win",
        "One simple service goes online early, and its success is shown to staff and residents.",
        "Services",
    ),
    ("security_transparency", ""): Words(
        "Openness about security",
        "Threats are shared with residents and firms: fewer and milder incidents, some worry.",
        "Services",
    ),
    ("audit", ""): Words(
        "Ask first: an audit",
        "Staff and residents are asked where they stand, so messages and courses can be aimed "
        "better.",
        "Check",
    ),
    ("review", ""): Words(
        "Regular reviews",
        "The council looks at its goals, thanks its staff, and does more or less of what you name.",
        "Check",
    ),
}
"""Words by kind and, where the kind has one, audience."""

_MEDIA: Mapping[str, str] = {
    "letter": "Letters to residents",
    "social-media": "Social media for residents",
    "local-press": "Local press for residents",
    "in-person": "Conversations with residents",
}
"""Titles of communication to residents, by medium."""


def words_of(item: Intervention) -> Words:
    """Return what a card says of an intervention."""
    audience = str(getattr(item, "audience", ""))
    words = kind_words(item.kind, audience)
    medium = _MEDIA.get(str(getattr(item, "medium", "")))
    if audience == "residents" and medium:
        return Words(medium, words.what, words.group)
    return words


def kind_words(kind: str, audience: str = "") -> Words:
    """Return what is said of a kind; one that is not described here speaks for itself.

    Args:
        kind: name of the kind, known or not.
        audience: residents or staff, if the kind has the choice.
    """
    for key in ((kind, audience), (kind, "staff")):
        if key in _WORDS:
            return _WORDS[key]
    plain = kind.replace("_", " ").capitalize()
    said = (KINDS[kind].__doc__ or plain).splitlines()[0] if kind in KINDS else plain
    return Words(plain, said, "Services")


@dataclass(frozen=True)
class Name:
    """What a field is called.

    Attributes:
        label: a few words.
        unit: what its value counts, beside the value; empty if it counts nothing.
    """

    label: str
    unit: str = ""


MONEY = "money"
"""Unit of a field in the place's currency."""

_OF_KIND: Mapping[tuple[str, str], Name] = {
    ("leadership", "hours"): Name("Managers' time, at strength 1", "hours a week"),
    ("audit", "hours"): Name("Staff time while it lasts", "hours a week"),
    ("audit", "quality"): Name("How thorough it is"),
    ("change_team", "members"): Name("Size of the team", "full-time posts"),
    ("change_team", "hours"): Name("Time of a member", "hours a week"),
    ("champions", "share"): Name("Champions, as a share of staff"),
    ("champions", "strength"): Name("Attention of a champion", "1 = ordinary"),
    ("champions", "hours"): Name("Time of a champion", "hours a week"),
    ("training", "seats"): Name("Places on courses", "a week"),
    ("training", "hours"): Name("Length of a course", "hours"),
    ("training", "gain"): Name("What a course gives, of what is missing"),
    ("engagement", "hours"): Name("Time that taking part takes", "hours"),
    ("tailored_support", "hours"): Name("Helper's time for a session", "hours"),
    ("digital_agency", "pace"): Name("Pace of improvement", "of what is missing, a week"),
    ("digital_agency", "seats"): Name("Staff who learn on the job", "a week"),
    ("digital_agency", "hours"): Name("Time that learning takes", "hours"),
    ("digital_agency", "gain"): Name("What learning gives, of what is missing"),
    ("digital_playbook", "hours"): Name("Staff time for the rules", "hours a week"),
    ("quick_win", "publicity"): Name("How much is made of it", "1 = ordinary"),
    ("review", "intensity"): Name("How thorough the thanks are", "1 = ordinary"),
    ("review", "hours"): Name("Managers' time, at strength 1", "hours a review"),
}

_NAMES: Mapping[str, Name] = {
    "intensity": Name("How much of it", "1 = ordinary"),
    "start": Name("Starts in the week of"),
    "weeks": Name("Lasts", "weeks"),
    "fixed_cost": Name("Paid once", MONEY),
    "weekly_cost": Name("Paid every week", MONEY),
    "audience": Name("For whom"),
    "medium": Name("By"),
    "staff_reach": Name("How many take it in", "1 = nearly everyone, a week"),
    "staff_hours": Name("Own staff's time for it", "hours a week"),
    "tailored": Name("Worded by what the last audit found"),
    "seat_cost": Name("Price of a place", MONEY),
    "aim": Name("Who gets the places"),
    "choice": Name("How they are chosen"),
    "places": Name("People who take part", "a week"),
    "session_cost": Name("Price of a session", MONEY),
    "sessions": Name("Sessions of help", "a week"),
    "transfer": Name("What stays when the contract ends"),
    "acceleration": Name("Weeks gained for each week, for what is to come", "weeks"),
    "weekly_fee": Name("Fee a week, at strength 1", MONEY),
    "compliance": Name("Callers who are told of the online way"),
    "service": Name("The service"),
    "lead": Name("Time to get it ready", "weeks"),
    "worry": Name("Trust that the first news costs"),
    "quality": Name("Quality"),
    "takes": Name("Time until the answers are there", "weeks"),
    "every": Name("A review every", "weeks"),
    "goals": Name("Goals that are looked at"),
    "adjust": Name("Measures that follow the goals"),
    "step": Name("Change at a review"),
    "least": Name("Smallest factor on a measure", "times"),
    "most": Name("Largest factor on a measure", "times"),
    "target.age": Name("Only ages"),
    "target.income": Name("Only incomes"),
    "target.access": Name("Only with or without internet"),
    "target.support": Name("Only with or without a support need"),
    "target.wards": Name("Only wards"),
    "target.services": Name("Only services"),
    "target.departments": Name("Only departments"),
    "target.roles": Name("Only roles"),
}


def name_of(kind: str, field: str) -> Name:
    """Return what a field of a kind is called; one that is not named here speaks for itself."""
    known = _OF_KIND.get((kind, field)) or _NAMES.get(field)
    return known or Name(field.rpartition(".")[2].replace("_", " ").capitalize())


_CHOICES: Mapping[str, str] = {
    "social-media": "Social media",
    "local-press": "Local press",
    "in-person": "Conversations in person",
    "untrained": "Anyone untrained",
    "barrier": "First those whom it holds back (as far as an audit knows)",
    "random": "At random",
    "nomination": "A colleague names a friend",
    "degree": "Those with most contacts",
    "betweenness": "Those who link groups",
    "low": "Low income",
    "middle": "Middle income",
    "high": "High income",
    "without": "Without internet",
    "with": "With internet",
    "none": "No support need",
    "needs-support": "Support need",
}


def choice_words(value: str) -> str:
    """Return what the page calls one of the choices of a field."""
    if value[:1].isdigit():  # an age band
        return value
    return _CHOICES.get(value) or value[:1].upper() + value[1:].replace("-", " ")


_OF_AUDIENCE: Mapping[tuple[str, str], str] = {
    ("communication", "medium"): "residents",
    ("communication", "staff_reach"): "staff",
    ("training", "hours"): "staff",
    ("training", "aim"): "staff",
    ("engagement", "hours"): "staff",
    ("tailored_support", "hours"): "staff",
}
"""Fields that mean something for one audience only."""


def fields_of(item: Intervention) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of an intervention that mean something.

    `weeks` stands for `until` as well, and a part of the target is a field `target.age`.

    Returns:
        Those that a card shows at once, the most telling first: what it cannot be without, its
        dose, its calendar, audience and first target; and all others.
    """
    cls = type(item)
    audience = str(getattr(item, "audience", cls.AUDIENCE))
    apart = {"kind", "enabled", "until", "target", "start", "weeks", "fixed_cost", "weekly_cost"}
    own = [
        name
        for name in cls.model_fields
        if name not in apart and _OF_AUDIENCE.get((item.kind, name), audience) == audience
    ]
    required = [name for name in own if cls.model_fields[name].is_required()]
    targets = [f"target.{key}" for key in target_keys(item)]
    length = "takes" if "takes" in own else "weeks"  # what is finished by itself needs no end
    telling = [name for name in ("medium", "every", "adjust", "audience") if name in own]
    main = tuple(dict.fromkeys([*required, cls.DOSE, "start", length, *telling, *targets[:_SHOWN]]))
    rest = [*targets, *own, "weeks", "fixed_cost", "weekly_cost"]
    return main, tuple(name for name in dict.fromkeys(rest) if name not in main)


_SHOWN = 2
"""Parts of a target that a card shows at once: services and ages, or departments and roles."""


def target_keys(item: Intervention) -> tuple[str, ...]:
    """Return the keys of a target that mean something for an intervention."""
    return keys_of(type(item), str(getattr(item, "audience", type(item).AUDIENCE)))


def keys_of(cls: type[Intervention], addressed: str) -> tuple[str, ...]:
    """Return the keys of a target that mean something for a kind and whom it addresses."""
    if "service" in cls.model_fields:  # it names the one that it is about
        return ()
    also = ("services",) if cls.ABOUT_SERVICES and addressed == "residents" else ()
    known = {str(whom): keys for whom, keys in KEYS.items()}
    return (*also, *known.get(addressed, ()))
