"""The drain: deliveries leave one by one, each claimed and committed before it is sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from inventory.models import Delivery, User
from inventory.services.audit import record
from inventory.services.notices.mail_transport import send_mail
from inventory.services.notices.outcomes import Outcome, refused
from inventory.services.notices.post_transport import post
from inventory.services.refusals import ConflictError

STALE_AFTER = timedelta(minutes=10)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
_DIED = "Whoever sent it died meanwhile: it may have left or not."


def is_drain_due(*, at: datetime) -> bool:
    """Whether something is to be sent, or somebody died over it."""
    return Delivery.objects.due(at).exists() or Delivery.objects.stale(at - STALE_AFTER).exists()


def drain(clock: Callable[[], datetime], *, until: datetime) -> int:
    """Send what is due, one after the other; how many were tried."""
    give_up_stale(at=clock())
    tried = 0
    while clock() < until and (delivery := claim(at=clock())) is not None:
        settle(delivery, _sent(delivery, at=clock()), at=clock())
        tried += 1
    return tried


@transaction.atomic
def claim(*, at: datetime) -> Delivery | None:
    """The next that is due, for this caller alone. It is committed before anything is sent."""
    due = Delivery.objects.due(at).select_for_update(skip_locked=True, of=("self",))
    delivery = due.select_related("person").order_by("due_at", "id").first()
    if delivery is None:
        return None
    delivery.state, delivery.claimed_at, delivery.due_at = Delivery.State.CLAIMED, at, None
    delivery.tries += 1
    delivery.save(update_fields=["state", "claimed_at", "due_at", "tries"])
    return delivery


def settle(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """Write down what became of a claim; one that was claimed anew meanwhile is somebody else's."""
    Delivery.objects.filter(
        pk=delivery.pk, tries=delivery.tries, state__in=(Delivery.State.CLAIMED, Delivery.State.UNCERTAIN)
    ).update(
        state=outcome.state,
        settled_at=at,
        problem=outcome.problem,
        due_at=_next_try(delivery, outcome, at),
    )


def give_up_stale(*, at: datetime) -> None:
    """What was claimed and never settled: a webhook is posted again under its key, all else is uncertain."""
    stale = Delivery.objects.stale(at - STALE_AFTER)
    again = stale.filter(channel=Delivery.Channel.WEBHOOK, tries__lte=len(PAUSES))
    again.update(state=Delivery.State.WAITING, due_at=at, problem=_DIED)
    stale.update(state=Delivery.State.UNCERTAIN, settled_at=at, problem=_DIED)


@transaction.atomic
def send_anew(delivery_id: int, *, acting_user: User, at: datetime) -> Delivery:
    """Somebody decides that what is uncertain or failed is sent once more. Raises :class:`ConflictError`."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state not in (Delivery.State.UNCERTAIN, Delivery.State.FAILED):
        state = Delivery.State(delivery.state).label.lower()
        raise ConflictError(f"It is {state} by now, so there is nothing to send anew.")
    data = {"state": delivery.state, "problem": delivery.problem, "to": delivery.to}
    delivery.state, delivery.due_at = Delivery.State.WAITING, at
    delivery.save(update_fields=["state", "due_at"])
    record(at=at, actor=acting_user, action="delivery.sent_anew", target=delivery, data=data)
    return delivery


def _sent(delivery: Delivery, *, at: datetime) -> Outcome:
    if delivery.person is not None and not delivery.person.is_active:
        return refused("They are no longer active, so nothing is sent to them.", is_final=True)
    return send_mail(delivery) if delivery.channel == Delivery.Channel.MAIL else post(delivery, at=at)


def _next_try(delivery: Delivery, outcome: Outcome, at: datetime) -> datetime | None:
    if outcome.state != Delivery.State.FAILED or outcome.is_final or delivery.tries > len(PAUSES):
        return None
    return at + PAUSES[delivery.tries - 1]
