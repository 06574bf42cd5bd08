"""Time to remediate: from detection to verified fix."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Sum
from django.db.models.aggregates import Aggregate

from inventory import populations
from inventory.models import User
from inventory.policy.rules import APPROVAL_RULES
from inventory.services.settings.in_force import in_force
from sesgov.figures.facts import Facts
from sesgov.figures.series import BY_ACCOUNT, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile

WINDOW = timedelta(days=90)
_COUNTED = f"""
    SELECT d.day, n.account_id, sum(extract(epoch FROM e.closed_at - e.opened_at))::bigint AS value, count(*) AS "of"
    FROM days d
    JOIN inventory_findingepisode e ON e.closed_at >= d.at - interval '90 days' AND e.closed_at < d.at
    JOIN inventory_finding f ON f.id = e.finding_id
    JOIN seen n ON n.id = f.identity_id
    WHERE e.reason IN ('fixed', 'identity_deleted') AND NOT e.is_baseline AND f.severity <> 'info'
        AND f.rule_id <> ALL(%s)
    {BY_ACCOUNT}
"""
# What people approve or end is told apart: approval lead time and revocation time.
SERIES = Series(
    "remediation",
    "Time to remediate",
    Unit.DAYS,
    _COUNTED,
    needs_cases=True,
    parameters=lambda: [sorted(APPROVAL_RULES)],
)


class _Percentile(Aggregate):
    """The span below which a share of all lies, between two spans in proportion."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True, slots=True)
class Spans:
    """Elapsed spans of ``n`` episodes; without an episode there is nothing but ``n``."""

    n: int
    total: timedelta | None
    mean: timedelta | None
    median: timedelta | None
    p90: timedelta | None


def spans(user: User, until: datetime, *, is_baseline: bool = False) -> Spans:
    """``MTTR(W) = mean(closed - opened)`` over episodes closed in ``W = [until - 90 d, until)`` as fixed or deleted.

    What the first look at a region found is a cohort of its own: its true start is not known.
    """
    closed_from = until - WINDOW
    episodes = populations.remediations(user, closed_from=closed_from, closed_before=until, is_baseline=is_baseline)
    length = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    found = episodes.order_by().aggregate(
        n=Count("pk"),
        total=Sum(length),
        mean=Avg(length),
        median=_Percentile(length, share="0.5"),
        p90=_Percentile(length, share="0.9"),
    )
    return Spans(**found)


def days_text(span: timedelta | None) -> str:
    """A span in days, to one decimal."""
    return "no data" if span is None else f"{span.total_seconds() / 86_400:.1f} days"


def remediation(facts: Facts) -> Counted:
    """Mean elapsed days from detection to verified fix, over episodes that ended within 90 days."""
    found, first_look = spans(facts.user, facts.at), spans(facts.user, facts.at, is_baseline=True)
    seconds = None if found.total is None else int(found.total.total_seconds())
    target = in_force().remediation_days
    notes = [f"median {days_text(found.median)}, 90 % within {days_text(found.p90)}"] if found.n else []
    if first_look.n:
        notes.append(f"apart: {first_look.n} found by the first look, mean {days_text(first_look.mean)} since then")
    return Counted(
        seconds,
        found.n,
        None if found.mean is None else found.mean <= timedelta(days=target),
        links=(
            Link("episodes", found.n, list_url("remediation", days="90")),
            Link("found by the first look", first_look.n, list_url("remediation", days="90", cohort="first_look")),
        ),
        notes=tuple(notes),
        target=f"{target} days",
    )


TILE = Tile(
    SERIES,
    remediation,
    formula="Mean elapsed days from detection to verified fix, over findings of policy rules that ended as fixed "
    "or with their identity in the last 90 days. What the first look at a region found is counted apart: its start "
    "is not known. How long the access itself was open is not known either, since CloudTrail is not read.",
    n_of="episodes in 90 days",
    better="lower",
    is_of_any_instant=True,
    previous_of="90 days",
    days_back=90,
)
