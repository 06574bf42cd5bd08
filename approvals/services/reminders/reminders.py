"""Reminders: before a grant ends, and for as long as its access is there afterwards."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from approvals.models import Grant, Reminder
from approvals.rules.calendar import REMINDER_DAYS, reminder_dates
from approvals.rules.states import Decision, Observation
from approvals.services.reminders.ending_words import ending_sentence, still_live_sentence
from approvals.services.reminders.renewals import offer_renewal
from approvals.services.reminders.vendor_notices import tell_vendor
from inventory.models import User
from inventory.services.each import do_each
from inventory.services.notices.notices import NoticeKind, tell
from inventory.services.notices.recipients import operators, owner_side, security_team
from inventory.services.schedule import is_daily_due, run_daily
from inventory.services.settings.in_force import in_force

SECURITY_AFTER_DAYS = 3
LAST_STEP = 0
_JOB = "reminders"
# A step that falls on a weekend is told of on the Friday before.
_LOOKED_AHEAD = timedelta(days=max(REMINDER_DAYS) + 2)
_BEFORE_DIGEST = timedelta(minutes=15)


def remind_daily(*, at: datetime) -> bool:
    """Remind once a day, a quarter of an hour before the digests are made; says whether this caller did."""
    due = (datetime.combine(date.min, in_force().digest_at) + timedelta(days=1) - _BEFORE_DIGEST).time()
    if not is_daily_due(_JOB, at=at, time_of_day=due):
        return False
    return run_daily(_JOB, lambda: remind(at=at), at=at, time_of_day=due)


def remind(*, at: datetime) -> int:
    """Tell of every step that is due, each in a transaction of its own; how many grants were spoken of."""
    on = timezone.localdate(at)
    ending = Q(decision=Decision.APPROVED, effective_ends_on__range=(on, on + _LOOKED_AHEAD))
    still_there = Grant.objects.over(on).filter(observation=Observation.STILL_PRESENT)
    wanted = Grant.objects.filter(ending | Q(pk__in=still_there.order_by().values("pk")))
    return sum(do_each(lambda grant_id: _remind(grant_id, on=on, at=at), list(wanted.values_list("pk", flat=True))))


@transaction.atomic
def _remind(grant_id: int, *, on: date, at: datetime) -> bool:
    rows = Grant.objects.select_for_update(of=("self",)).select_related(
        "identity__scope__account", "vendor__sponsor", "line__request"
    )
    grant = rows.get(pk=grant_id)
    due = due_steps(grant, on)
    tell_vendor(grant, due, on=on, at=at)
    step = _step_to_tell(grant, due)
    if step is None or not Reminder.objects.get_or_create(grant=grant, step=step, defaults={"made_at": at})[1]:
        return False
    if step < LAST_STEP:
        _tell_still_live(grant, step, at=at)
    else:
        _tell_ending(grant, step, on=on, at=at)
    return True


def due_steps(grant: Grant, on: date) -> list[int]:
    """Every step whose day has come. After the end there is one for each day on which the access is still there."""
    if on > grant.effective_ends_on:
        is_there = grant.observation == Observation.STILL_PRESENT
        return [-(on - grant.effective_ends_on).days] if is_there else []
    if grant.decision != Decision.APPROVED:
        return []
    dates = reminder_dates(starts_on=grant.starts_on, ends_on=grant.effective_ends_on)
    return [step for step, day in dates.items() if day <= on]


def _step_to_tell(grant: Grant, due: list[int]) -> int | None:
    """The latest, so that a clock that jumped tells of one; who will not renew hears of the last alone."""
    step = min(due, default=None)
    if step is not None and step > LAST_STEP and grant.will_not_renew_at is not None:
        return None
    return step


def _tell_ending(grant: Grant, step: int, *, on: date, at: datetime) -> None:
    renewal = offer_renewal(grant, on=on, at=at) if step > LAST_STEP else ""
    people = list(owner_side(grant.identity, on=on)) or list(security_team())
    tell(
        [*people, *_sponsor(grant)],
        kind=NoticeKind.ENDING,
        key=f"grant {grant.pk} ends, step {step}",
        text=ending_sentence(grant, renewal, on=on),
        path=reverse("approvals:grant_detail", args=[grant.pk]),
        at=at,
    )


def _tell_still_live(grant: Grant, step: int, *, at: datetime) -> None:
    people = list(operators(grant.identity.scope.account))
    tell(
        [*people, *security_team()] if -step >= SECURITY_AFTER_DAYS else people,
        kind=NoticeKind.STILL_LIVE,
        key=f"grant {grant.pk} still live, day {-step}",
        text=still_live_sentence(grant),
        path=reverse("approvals:grant_detail", args=[grant.pk]),
        at=at,
    )


def _sponsor(grant: Grant) -> list[User]:
    return [grant.vendor.sponsor] if grant.vendor is not None and grant.vendor.sponsor is not None else []
