"""Sealing: an edition of a campaign's evidence is made once, kept byte for byte, and its hash mailed."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max

from approvals.models import EvidencePack, PackPart
from approvals.rules.campaigns import CampaignState
from approvals.services.campaigns.campaigns import locked_campaign
from approvals.services.evidence.manifest import Sealing
from approvals.services.evidence.pack import build
from approvals.services.evidence.signing import signer
from inventory.models import NoticeKind, Role, User
from inventory.services.audit import record
from inventory.services.audit_chain.sealing import seal
from inventory.services.notices.notices import tell
from inventory.services.refusals import ConflictError

SEALS = frozenset({Role.SECURITY, Role.AUDITOR})
SEALED_FROM = (
    CampaignState.SIGNED,
    CampaignState.REMEDIATING,
    CampaignState.CLOSED,
    CampaignState.CLOSED_INCOMPLETE,
)
# Any number, the same for everybody who seals a pack: packs follow one another in one line.
_LOCK = 7_305_912_661
_PART = 1024 * 1024


def seal_pack(campaign_id: int, *, acting_user: User | None, at: datetime) -> EvidencePack:
    """Make the next edition, of a review that is signed. Call it outside of a transaction.

    Raises :class:`ConflictError` where the review is not signed, :class:`SigningKeyError` where nothing can be signed.
    """
    if acting_user is not None and not acting_user.has_role(SEALS):
        raise PermissionDenied
    key = signer()
    head = seal(at=at)
    with transaction.atomic(), tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        campaign = locked_campaign(campaign_id)
        if campaign.state not in SEALED_FROM:
            raise ConflictError(
                f"{campaign} is {campaign.state.replace('_', ' ')}: evidence is sealed once it is signed."
            )
        last = EvidencePack.objects.order_by("-pk").first()
        edition = (EvidencePack.objects.filter(campaign=campaign).aggregate(last=Max("edition"))["last"] or 0) + 1
        previous = last.pack_hash if last else ""
        sealing = Sealing(edition, at, acting_user, previous, head, key.fingerprint)
        built = build(campaign, sealing, key, file)
        pack = EvidencePack.objects.create(
            campaign=campaign,
            edition=edition,
            sealed_at=at,
            sealed_by=acting_user,
            pack_hash=built.pack_hash,
            previous_hash=previous,
            head_position=head.position,
            head_hash=head.hash,
            fingerprint=key.fingerprint,
            size=file.tell(),
        )
        _keep(pack, file)
        data = {"pack_sha256": pack.pack_hash, "previous": previous, "head": head.hash, "edition": edition}
        record(at=at, actor=acting_user, action="evidence.sealed", target=pack, data=data)
        _tell(pack)
    return pack


def bytes_of(pack: EvidencePack) -> Iterator[bytes]:
    """The file, piece by piece."""
    for part in pack.parts.order_by("number").iterator(chunk_size=1):
        yield bytes(part.content)


def _keep(pack: EvidencePack, file: IO[bytes]) -> None:
    file.seek(0)
    number = 0
    while content := file.read(_PART):
        PackPart.objects.create(pack=pack, number=number, content=content)
        number += 1


def _tell(pack: EvidencePack) -> None:
    """Pack hash and chain head go to reviewers and auditors, so that they lie outside of sesgov as well."""
    reviewers = pack.campaign.items.exclude(decided_by=None).order_by().values("decided_by")
    auditors = User.objects.active().filter(roles__contains=[Role.AUDITOR])
    people = User.objects.filter(pk__in=reviewers) | User.objects.filter(pk__in=auditors.values("pk"))
    tell(
        people.distinct(),
        kind=NoticeKind.REVIEW,
        key=f"evidence-{pack.pk}",
        text=f"Evidence of {pack} is sealed. Keep this: pack {pack.pack_hash}, audit chain {pack.head_hash} at "
        f"position {pack.head_position}, signing key {pack.fingerprint}.",
        path=f"/reviews/{pack.campaign_id}/",
        at=pack.sealed_at,
        is_urgent=True,
    )
