"""Comments on findings."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from inventory.models import Finding, FindingComment, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_text

LONGEST = 4000


@transaction.atomic
def add_comment(finding: Finding, text: str, *, acting_user: User, at: datetime) -> FindingComment:
    """Say something about a finding, for good: nobody can change or remove it."""
    if not Finding.objects.actionable_by(acting_user).filter(pk=finding.pk).exists():
        raise PermissionDenied
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise RefusedError("text", "Nothing is written yet. Write what the next person has to know.")
    check_text("text", said, LONGEST)
    comment = FindingComment.objects.create(finding=finding, author=acting_user, at=at, text=said)
    record(at=at, actor=acting_user, action="finding.commented", target=finding, data={"comment": comment.pk})
    return comment
