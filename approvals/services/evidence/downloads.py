"""A pack handed out: who took it stands in the audit trail."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.models import EvidencePack
from approvals.services.evidence.sealing import bytes_of
from inventory.models import User
from inventory.services.audit import record


@transaction.atomic
def hand_out(pack: EvidencePack, *, acting_user: User, at: datetime) -> Iterator[bytes]:
    """The bytes, for who reads the audit trail, since a pack holds a part of it."""
    if not acting_user.reads_audit:
        raise PermissionDenied
    record(at=at, actor=acting_user, action="evidence.downloaded", target=pack, data={"pack_sha256": pack.pack_hash})
    return bytes_of(pack)
