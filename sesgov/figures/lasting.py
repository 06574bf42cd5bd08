"""What a mean over closed findings hides: how long findings stay open, and whether they are fixed by their day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db.models import Q

from inventory import populations
from inventory.models import Finding, FindingEpisode
from inventory.services.settings.in_force import in_force
from sesgov.figures.facts import Facts, Sight
from sesgov.figures.remediation import WINDOW
from sesgov.figures.shapes import Figure, Link, Point, Unit, list_url
from sesgov.figures.survival import (
    Episode,
    Step,
    Watched,
    attainment,
    median,
    restricted_mean,
    survival,
    watched_in,
)

_MOST = timedelta(days=90)
_FIXED = frozenset({FindingEpisode.Reason.FIXED, FindingEpisode.Reason.IDENTITY_DELETED})


@dataclass(frozen=True, slots=True)
class Period:
    """What the 90 days up to an instant saw of some episodes: the curve, and (fixed in time, due).

    ``ended_otherwise``: how many of ``watched`` ended without a fix.
    """

    steps: tuple[Step, ...]
    watched: tuple[Watched, ...]
    kept: tuple[int, int]
    ended_otherwise: int

    @property
    def median(self) -> timedelta | None:
        """The age at which half are still open."""
        return median(self.steps)

    @property
    def restricted_mean(self) -> timedelta | None:
        """The mean time open within 90 days; ``None`` where nothing was watched."""
        return restricted_mean(self.steps, _MOST) if self.watched else None


@dataclass(frozen=True, slots=True)
class Lasting:
    """Two periods of 90 days, one after the other, and what the first look at a region found in the later one."""

    period: Period
    before: Period
    first_look: Period
    remediation_days: int


def lasting(facts: Facts) -> Lasting:
    """Two queries. Episodes of policy rules, hints left out, as they were known at the instant."""
    days = in_force().remediation_days
    allowed = timedelta(days=days)
    rows = populations.policy_episodes(facts.user).filter(
        Q(closed_at=None) | Q(closed_at__gte=facts.at - 2 * WINDOW - allowed), opened_at__lte=facts.at
    )
    cohorts: dict[bool, list[Episode]] = {False: [], True: []}
    columns = rows.order_by().values_list("opened_at", "closed_at", "reason", "is_baseline")
    for opened_at, closed_at, reason, is_baseline in columns:
        cohorts[is_baseline].append(Episode(opened_at, closed_at, reason in _FIXED))
    period = partial(_period, allowed=allowed, facts=facts)
    return Lasting(
        period(cohorts[False]),
        period(cohorts[False], back=WINDOW),
        period(cohorts[True]),
        days,
    )


def _period(episodes: Iterable[Episode], *, allowed: timedelta, facts: Facts, back: timedelta = timedelta()) -> Period:
    until = facts.at - back
    since = until - WINDOW
    return Period(
        survival(episodes, since=since, until=until),
        tuple(watched_in(episodes, since=since, until=until)),
        attainment(episodes, allowed, since=since, until=until),
        sum(not each.is_fixed and each.closed_at is not None and since < each.closed_at < until for each in episodes),
    )


def lasting_figures(facts: Facts, found: Lasting, sight: Sight) -> list[Figure]:
    """Half fixed after, mean time open, fixed in time; each compared with the 90 days before."""
    links = _links(facts, found)
    return [make(facts, found, sight, links) for make in (half_fixed, mean_open_time, fixed_in_time)]


@dataclass(frozen=True, slots=True)
class _Links:
    watched: tuple[Link, ...] = ()
    due: tuple[Link, ...] = ()


def _links(facts: Facts, found: Lasting) -> _Links:
    """Lists show what is there now: of a day that is over there are none."""
    if facts.on is not None:
        return _Links()
    ended = populations.remediations(facts.user, closed_from=facts.at - WINDOW, closed_before=facts.at)
    allowed = timedelta(days=found.remediation_days)
    due = populations.due_within(WINDOW, allowed, facts.at)
    fixed = populations.remediations(facts.user, closed_before=facts.at).filter(due)
    in_time = fixed.filter(populations.is_in_time(allowed))
    findings = Finding.objects.visible_to(facts.user).order_by()
    still_open = findings.filter(populations.is_watched())
    overdue = findings.filter(populations.is_overdue(WINDOW, allowed, facts.at))
    numbers = in_time.count(), fixed.count()
    return _Links(
        watched=(
            Link("still open", still_open.count(), list_url("finding", status="watched")),
            Link("fixed", ended.count(), list_url("remediation", days="90")),
        ),
        due=(
            Link("in time", numbers[0], list_url("remediation", due="90", kept="yes")),
            Link("fixed late", numbers[1] - numbers[0], list_url("remediation", due="90", kept="no")),
            Link("still open", overdue.count(), list_url("finding", status="overdue")),
        ),
    )


def half_fixed(facts: Facts, found: Lasting, sight: Sight, links: _Links) -> Figure:
    """Kaplan-Meier median with delayed entry: the least age t with S(t) <= 1/2, over 90 days up to the instant."""
    middle, target = found.period.median, found.remediation_days
    figure = Figure(
        key="half_fixed",
        title="Half are fixed after",
        formula="The age by which half of the findings of policy rules are fixed, those still open counted as long as "
        "they were watched (Kaplan-Meier, over the last 90 days, with delayed entry for what was found before). What "
        "the first look at a region found is left out.",
        unit=Unit.SPAN,
        reading=_seconds(middle),
        n=len(found.period.watched),
        n_of="findings watched in 90 days",
        target=f"{target} days",
        is_met=None if middle is None else middle <= timedelta(days=target),
        better="lower",
        as_of=facts.at,
        coverage=sight.sentence,
        links=links.watched,
        notes=_notes(found.period),
        previous_of="90 days",
        days_back=90,
        is_stale=sight.is_stale,
        has_days=False,
        missing="not reached" if found.period.watched else "no data",
    )
    return _compared(figure, found.before.median, len(found.before.watched))


def mean_open_time(facts: Facts, found: Lasting, sight: Sight, links: _Links) -> Figure:
    """RMST(90): the area below the survival curve from 0 to 90 days."""
    mean, target = found.period.restricted_mean, found.remediation_days
    figure = Figure(
        key="open_time",
        title="Mean time open, within 90 days",
        formula="How many of the first 90 days of its life a finding of a policy rule is open on average: the area "
        "below the survival curve (restricted mean, RMST), over the last 90 days. Unlike time to remediate it counts "
        "what is still open. What the first look at a region found is left out.",
        unit=Unit.SPAN,
        reading=_seconds(mean),
        n=len(found.period.watched),
        n_of="findings watched in 90 days",
        target=f"{target} days",
        is_met=None if mean is None else mean <= timedelta(days=target),
        better="lower",
        as_of=facts.at,
        coverage=sight.sentence,
        links=links.watched,
        notes=_notes(found.period),
        previous_of="90 days",
        days_back=90,
        is_stale=sight.is_stale,
        has_days=False,
    )
    return _compared(figure, found.before.restricted_mean, len(found.before.watched))


def fixed_in_time(facts: Facts, found: Lasting, sight: Sight, links: _Links) -> Figure:
    """Fixed within the target / due: opened + target lies in the 90 days up to the instant; open ones stay in it."""
    (in_time, due), (earlier, earlier_due) = found.period.kept, found.before.kept
    figure = Figure(
        key="in_time",
        title="Fixed in time",
        formula=f"Findings of policy rules that were fixed within {found.remediation_days} days, divided by those "
        "whose day to be fixed came in the last 90 days. What is still open past its day stays in; what ended "
        "otherwise than by a fix is left out, and so is what the first look at a region found. The period before is "
        "held against the same number of days.",
        unit=Unit.SHARE,
        reading=in_time if due else None,
        n=due,
        n_of="findings due in 90 days",
        target=f"each within {found.remediation_days} days",
        is_met=in_time == due if due else None,
        better="higher",
        as_of=facts.at,
        coverage=sight.sentence,
        links=links.due if due else (),
        previous_of="90 days",
        days_back=90,
        is_stale=sight.is_stale,
        has_days=False,
    )
    before = Point(facts.day.on - WINDOW, earlier, earlier_due, is_stale=False) if earlier_due else None
    return figure.with_trend((), before)


def _compared(figure: Figure, before: timedelta | None, n: int) -> Figure:
    seconds = _seconds(before)
    if seconds is None:
        return figure
    return figure.with_trend((), Point(figure.as_of.date() - WINDOW, seconds, n, is_stale=False))


def _notes(period: Period) -> tuple[str, ...]:
    """What the lists of open and of fixed ones leave out."""
    return (f"{period.ended_otherwise} ended in another way",) if period.ended_otherwise else ()


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())
