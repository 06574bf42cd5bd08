"""Mails made of notices: one digest per person and day, and urgent notices at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from inventory.models import Delivery, Notice, NoticeKind, User
from inventory.services.schedule import last_due
from inventory.services.settings.in_force import in_force

_LONGEST_SUBJECT = 150
# What is older is on the page alone: nobody reads in a mail what was asked last week.
_MAILED_FOR = timedelta(days=7)
# What a person is asked to do goes first.
_ORDER = {kind: place for place, kind in enumerate(NoticeKind)}


def is_mail_due(*, at: datetime) -> bool:
    """Whether there are notices to be made into mails."""
    return _urgent(at).exists() or _for_digest(at).exists()


def make_mails(*, at: datetime) -> int:
    """Make all mails that are due, each in a transaction of its own; how many."""
    urgent = [_mail_urgent(person, at=at) for person in _people(_urgent(at))]
    digests = [_mail_digest(person, at=at) for person in _people(_for_digest(at))]
    return sum(urgent) + sum(digests)


@transaction.atomic
def _mail_urgent(person: User, *, at: datetime) -> bool:
    """The person's urgent notices in one mail."""
    notices = _locked(_urgent(at).filter(person=person))
    if not notices:
        return False
    subject = notices[0].text if len(notices) == 1 else f"{len(notices)} urgent notices"
    _mail(person, notices, key=f"urgent:{notices[0].pk}", subject=subject, at=at)
    return True


@transaction.atomic
def _mail_digest(person: User, *, at: datetime) -> bool:
    """The person's one digest of the day; what comes later waits for the next."""
    notices = _locked(_for_digest(at).filter(person=person))
    if not notices:
        return False
    subject = notices[0].text if len(notices) == 1 else _counted(notices)
    _mail(person, notices, key=f"{_digest_of(at)}{person.pk}", subject=subject, at=at)
    return True


def _urgent(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.at_once().made_between(at - _MAILED_FOR, at)


def _for_digest(at: datetime) -> QuerySet[Notice]:
    """What existed when the digest was due, for people who had none since."""
    had_one = Delivery.objects.filter(key__startswith=_digest_of(at)).values("person")
    due_at = _digest_due(at)
    return Notice.objects.to_mail().made_between(due_at - _MAILED_FOR, due_at).exclude(person__in=had_one)


def _digest_due(at: datetime) -> datetime:
    return last_due(at, in_force().digest_at, settings.SESGOV_TIME_ZONE)


def _digest_of(at: datetime) -> str:
    """What the keys of a day's digests begin with; the person follows."""
    return f"digest:{_digest_due(at):%Y-%m-%d}:"


def _people(notices: QuerySet[Notice]) -> list[User]:
    return list(User.objects.filter(pk__in=notices.order_by().values("person")).order_by("pk"))


def _locked(notices: QuerySet[Notice]) -> list[Notice]:
    """The notices, for this transaction alone: who waits for them finds them in a mail already."""
    found = list(notices.select_for_update(of=("self",)).order_by("pk"))
    return sorted(found, key=lambda notice: (_ORDER[NoticeKind(notice.kind)], notice.pk))


def _mail(person: User, notices: Sequence[Notice], *, key: str, subject: str, at: datetime) -> None:
    context = {
        "person": person,
        "notices": notices,
        "earlier": Notice.objects.unread().filter(person=person).exclude(delivery=None).count(),
        "base_url": settings.SESGOV_BASE_URL,
        "is_demo": settings.SESGOV_DEMO,
    }
    delivery = Delivery.objects.create(
        channel=Delivery.Channel.MAIL,
        key=key,
        to=person.email,
        person=person,
        subject=mail_subject(subject),
        text=render_to_string("mails/notices.txt", context),
        html=render_to_string("mails/notices.html", context),
        made_at=at,
        due_at=at,
    )
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(delivery=delivery)


def mail_subject(text: str) -> str:
    """One line that a mail program shows whole, and says whether it is only the demo."""
    marked = f"[DEMO] {text}" if settings.SESGOV_DEMO else text
    line = " ".join(marked.split())
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[: _LONGEST_SUBJECT - 1]}…"


def _counted(notices: Sequence[Notice]) -> str:
    """``3 to decide, 1 access that ends``."""
    kinds = Counter(NoticeKind(notice.kind) for notice in notices)
    return ", ".join(f"{count} {kind.label.lower()}" for kind, count in kinds.items())
