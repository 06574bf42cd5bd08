"""What people choose to be mailed about, and which notices they have read."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from inventory.models import OPTIONAL_KINDS, Notice, NoticeChoice, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError


@transaction.atomic
def choose(*, is_urgent_at_once: bool, mailed: Collection[str], acting_user: User, at: datetime) -> NoticeChoice:
    """``mailed`` are the optional kinds that one wants in mails; what asks somebody to act is always mailed."""
    unknown = set(mailed) - {kind.value for kind in OPTIONAL_KINDS}
    if unknown:
        raise RefusedError("mailed", f"{', '.join(sorted(unknown))}: there is nothing to choose here.")
    muted = [kind.value for kind in OPTIONAL_KINDS if kind not in mailed]
    choice, _ = NoticeChoice.objects.update_or_create(
        person=acting_user, defaults={"is_urgent_at_once": is_urgent_at_once, "muted": muted}
    )
    data = {"is_urgent_at_once": is_urgent_at_once, "muted": muted}
    record(at=at, actor=acting_user, action="notices.chosen", target=choice, data=data)
    return choice


def mark_read(*, until: int, acting_user: User, at: datetime, only: int | None = None) -> int:
    """Mark one's own notices as read, up to the newest that was on the page; how many. It is nobody else's business."""
    unread = Notice.objects.visible_to(acting_user).unread().filter(pk__lte=until)
    return (unread if only is None else unread.filter(pk=only)).update(read_at=at)


def choice_of(user: User) -> NoticeChoice:
    """What the person chose; everything, at once where it is urgent, for who never did."""
    return NoticeChoice.objects.filter(person=user).first() or NoticeChoice(person=user)
