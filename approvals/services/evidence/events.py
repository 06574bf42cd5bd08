"""The events of a pack: the audit chain without a gap, from the beginning of the review to the sealing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from approvals.models import Campaign
from inventory.models import AuditLink
from inventory.services.audit_chain.content import GENESIS, Head, Told, link_content

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class EventSegment:
    """The links from the campaign's first event up to a head."""

    campaign: Campaign
    head: Head

    def first(self) -> int:
        """The position of the event that began the campaign."""
        mine = AuditLink.objects.filter(event__object_type="campaign", event__object_id=str(self.campaign.pk))
        return mine.order_by("position").values_list("position", flat=True)[0]

    def bounds(self) -> dict[str, object]:
        """Where it begins, and the hash of the link before."""
        first = self.first()
        before = AuditLink.objects.filter(position=first - 1).first()
        return {"first_position": first, "previous_hash": before.hash if before else GENESIS}

    def lines(self) -> Iterator[str]:
        """One JSON object a line, as :mod:`inventory.services.audit_chain.content` says."""
        links = AuditLink.objects.filter(position__gte=self.first(), position__lte=self.head.position)
        for link in links.select_related("event").order_by("position").iterator(chunk_size=_CHUNK):
            event = link.event
            told = Told(
                event=event.pk,
                at=event.at,
                actor=event.actor_id,
                actor_name=event.actor_name,
                action=event.action,
                object_type=event.object_type,
                object_id=event.object_id,
                object_name=event.object_name,
                data=event.data,
            )
            said = link_content(told, position=link.position, previous=link.previous, sealed_at=link.sealed_at)
            yield json.dumps(said | {"hash": link.hash}, sort_keys=True, ensure_ascii=False) + "\n"
