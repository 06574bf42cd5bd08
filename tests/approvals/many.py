"""Many grants at once, for tests of lists; each as services write them, without the people."""

from datetime import timedelta

from approvals.models import Access, ApprovalSlot, Grant, GrantRequest, RequestLine
from approvals.rules.deciders import SLOTS
from tests import builders
from tests.approvals.cases import Estate, days
from tests.builders import NOW


def many_grants(world: Estate, number: int) -> list[Grant]:
    """Copies of one grant on further identities, ending one after the other."""
    first = world.granted()
    slots = list(ApprovalSlot.objects.filter(line=first.line))
    identities = [builders.identity(name=f"n{n}.example.com", owner_team=world.team) for n in range(min(number, 20))]
    requests = GrantRequest.objects.bulk_create(
        GrantRequest(
            kind="new",
            state="approved",
            justification="Copied.",
            vendor=world.vendor,
            requester=world.owner,
            submissions=1,
            created_at=NOW,
            submitted_at=NOW,
        )
        for _ in range(number)
    )
    lines = RequestLine.objects.bulk_create(
        RequestLine(
            request=each,
            identity=identities[n % len(identities)],
            state="approved",
            terms=first.terms,
            terms_hash=first.line.terms_hash,
            risk=first.line.risk,
        )
        for n, each in enumerate(requests)
    )
    ApprovalSlot.objects.bulk_create(
        ApprovalSlot(
            line=line,
            submission=1,
            kind=kind,
            requester=world.owner,
            verdict="approved",
            decided_by=slot.decided_by,
            decided_at=NOW,
            terms_hash=line.terms_hash,
            role_held=slot.role_held,
        )
        for line in lines
        for kind, slot in zip(SLOTS, slots, strict=True)
    )
    accesses = Access.objects.bulk_create(Access(access_hash=f"copy-{n}") for n in range(number))
    ends = [days(n % 60) for n in range(number)]
    return Grant.objects.bulk_create(
        Grant(
            line=line,
            identity=line.identity,
            vendor=world.vendor,
            access=access,
            terms=first.terms | {"ends_on": end.isoformat()},
            account_ids=first.account_ids,
            starts_on=days(0),
            ends_on=end,
            effective_ends_on=end,
            decided_at=NOW + timedelta(seconds=1),
        )
        for line, access, end in zip(lines, accesses, ends, strict=True)
    )
