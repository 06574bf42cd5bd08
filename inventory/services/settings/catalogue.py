"""Every setting that can be set in the browser: what it holds, within which bounds, and what holds without it.

Secrets and addresses are not here: whoever runs sesgov gives them in the environment.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from inventory.models import Severity
from inventory.services.settings.kinds import NEVER, Choice, Kind, Line, Number, Stored, Switch, TimeOfDay, Words

# Shipped maxima in days; what ends access may be made shorter, for exceptions never longer.
LONGEST_DAYS = {"low": 365, "standard": 180, "high": 90, "exception": 30}
LONGEST_ACCEPTED = {Severity.CRITICAL: 30, Severity.HIGH: 90, Severity.MEDIUM: 180, Severity.LOW: 180}
REMEDIATION_DAYS = 30
REVIEWS = (("quarterly", "Every quarter"), ("half_yearly", "Every half-year"), ("by_hand", "Only by hand"))
_RISKS = {
    "low": ("Named principals as named addresses", 730),
    "standard": ("A whole account or service, or any address", 365),
    "high": ("A whole organization, or more than sending", 180),
    "exception": ("Anyone at all", LONGEST_DAYS["exception"]),
}


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that are changed together; ``follows`` says what a change means for what is there already."""

    key: str
    title: str
    lead: str
    follows: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting. ``default`` is what holds without the browser, ``shipped`` without the environment as well."""

    key: str
    section: str
    label: str
    help: str
    kind: Kind
    default: Callable[[], Stored]
    shipped: Stored
    variable: str = ""


SECTIONS = (
    Section(
        "durations",
        "Longest access",
        "For how many days access may be granted at most, by how wide it is.",
        "Holds for what is asked and decided from now on. Grants that are there keep their last day.",
    ),
    Section(
        "acceptances",
        "Longest acceptance of a risk",
        "For how many days a finding may be accepted at most, by its severity.",
        "Holds for what is asked from now on. Acceptances that are there keep their last day.",
    ),
    Section(
        "requests",
        "Requests",
        "What a request needs, and who decides where an identity has nobody.",
        "Holds for requests that are submitted or decided from now on.",
    ),
    Section(
        "owners",
        "Owner tags",
        "Which tags of an identity name its owner.",
        "The owners of all identities are found again at once; findings about them follow within minutes.",
    ),
    Section(
        "schedule",
        "Collection and digests",
        "When the estate is read each day, and when people get their mail of the day.",
        "Holds from the next time of day on.",
    ),
    Section(
        "reviews",
        "Reviews",
        "How often everything is reviewed, and why that often.",
        "Holds for campaigns that begin from now on; what was sealed keeps what it says.",
    ),
    Section(
        "targets",
        "Targets",
        "What the figures are held against.",
        "The figures page and the dashboard compare with it at once; no figure changes.",
    ),
)


def _shipped(value: Stored) -> Callable[[], Stored]:
    return lambda: value


def _longest() -> list[Definition]:
    return [
        Definition(
            f"longest_{risk}",
            "durations",
            label,
            f"Risk class {risk}.",
            Number(1, most, "days"),
            _shipped(LONGEST_DAYS[risk]),
            LONGEST_DAYS[risk],
        )
        for risk, (label, most) in _RISKS.items()
    ]


def _accepted() -> list[Definition]:
    return [
        Definition(
            f"accepted_{severity.value}",
            "acceptances",
            f"A {severity.label.lower()} finding",
            "",
            Number(1, days, "days"),
            _shipped(days),
            days,
        )
        for severity, days in LONGEST_ACCEPTED.items()
    ]


def _collect_at() -> Stored:
    at = settings.SESGOV_COLLECT_AT
    return NEVER if at is None else f"{at:%H:%M}"


DEFINITIONS = (
    *_longest(),
    *_accepted(),
    Definition(
        "require_ticket",
        "requests",
        "A ticket is required",
        "Whoever asks for access has to name one.",
        Switch(),
        lambda: settings.SESGOV_REQUIRE_TICKET,
        shipped=False,
        variable="SESGOV_REQUIRE_TICKET",
    ),
    Definition(
        "escalation_team",
        "requests",
        "Team that decides where there is no owner",
        "The name of an active team.",
        Line(200),
        lambda: settings.SESGOV_ESCALATION_TEAM,
        "",
        "SESGOV_ESCALATION_TEAM",
    ),
    Definition(
        "owner_tag_keys",
        "owners",
        "Tag keys",
        "With commas between them; the first that names somebody wins, case does not matter.",
        Words(10),
        lambda: list(settings.SESGOV_OWNER_TAG_KEYS),
        ["owner", "team", "contact"],
        "SESGOV_OWNER_TAG_KEYS",
    ),
    Definition(
        "collect_at",
        "schedule",
        "Daily collection",
        "HH:MM, or never.",
        TimeOfDay(may_be_never=True),
        _collect_at,
        "02:00",
        "SESGOV_COLLECT_AT",
    ),
    Definition(
        "digest_at",
        "schedule",
        "Mail of the day",
        "HH:MM. What is urgent does not wait for it.",
        TimeOfDay(),
        lambda: f"{settings.SESGOV_DIGEST_AT:%H:%M}",
        "08:00",
        "SESGOV_DIGEST_AT",
    ),
    Definition(
        "review_frequency", "reviews", "A campaign begins", "", Choice(REVIEWS), _shipped("quarterly"), "quarterly"
    ),
    Definition(
        "review_basis",
        "reviews",
        "Why that often",
        "A sentence for auditors: which rule or risk assessment asks for it.",
        Line(500),
        _shipped(""),
        "",
    ),
    Definition(
        "remediation_days",
        "targets",
        "Time to remediate",
        "Mean days from detection to verified fix.",
        Number(1, 365, "days"),
        _shipped(REMEDIATION_DAYS),
        REMEDIATION_DAYS,
    ),
)
BY_KEY = {definition.key: definition for definition in DEFINITIONS}


def of_section(section: str) -> list[Definition]:
    """The settings of one section, in their order."""
    return [definition for definition in DEFINITIONS if definition.section == section]
