"""Notices: somebody is told something once, in the transaction of what it tells of."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from inventory.models import Delivery, Notice, NoticeKind, User
from inventory.services.notices.hooks import post_to_hooks
from inventory.services.notices.mails import mail_subject

__all__ = ["NoticeKind", "answered", "tell", "tell_address"]

_LONGEST = 1000


def tell(
    people: Iterable[User],
    *,
    kind: NoticeKind,
    key: str,
    text: str,
    path: str,
    at: datetime,
    is_urgent: bool = False,
) -> None:
    """One notice for each active person; who was told under this key before is not told again.

    ``text`` is one plain sentence, ``path`` the page that answers it and never an action. Mails are made of notices
    later: urgent ones at once, the others with the person's digest. Containment is posted to the hooks as well.
    """
    line = " ".join(text.split())[:_LONGEST]
    Notice.objects.bulk_create(
        (
            Notice(person=person, kind=kind, key=key, text=line, path=path, made_at=at, is_urgent=is_urgent)
            for person in _each_once(people)
        ),
        ignore_conflicts=True,
    )
    if kind == NoticeKind.CONTAIN:
        post_to_hooks(kind=kind, key=key, text=line, path=path, at=at)


def answered(keys: Iterable[str], *, at: datetime) -> None:
    """Somebody has done what these notices ask for: they wait for nobody any more."""
    Notice.objects.unread().filter(key__in=list(keys)).update(read_at=at)


def tell_address(address: str, *, key: str, subject: str, text: str, at: datetime) -> None:
    """One mail to somebody without an account, once for each key; it carries no link and no internal detail."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                channel=Delivery.Channel.MAIL,
                key=f"{key}:{address.lower()}",
                to=address,
                subject=mail_subject(subject),
                text=f"DEMO: every name in this mail is invented.\n\n{text}" if settings.SESGOV_DEMO else text,
                made_at=at,
                due_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _each_once(people: Iterable[User]) -> list[User]:
    """Active people by their key, always in the same order: two who tell the same people do not lock each other out."""
    active = {person.pk: person for person in people if person.is_active}
    return [active[key] for key in sorted(active)]
