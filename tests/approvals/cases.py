"""One identity with an owner and security beside it, and requests about it, set up through the services."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from approvals.models import ApprovalSlot, Grant, GrantRequest
from approvals.rules.deciders import SlotKind
from approvals.services.grants.decisions import Verdict, decide
from approvals.services.requests.requests import Line, Request, save_draft, submit
from inventory.models import Identity, Role, Team, User, Vendor
from inventory.policy.grants.terms import GrantTerms
from tests import builders
from tests.builders import NOW

TODAY = NOW.date()
PARTNER = "444455556666"
REASON = "The newsletter goes out through them."


def days(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def terms(identity: Identity, **given: Any) -> GrantTerms:
    """A role of the partner, as one address, for 60 days."""
    usual: dict[str, Any] = {
        "identity_arn": identity.arn,
        "principals": (f"arn:aws:iam::{PARTNER}:role/mailer",),
        "actions": ("ses:SendEmail",),
        "from_addresses": (f"news@{identity.name}",),
        "ends_on": days(60),
    }
    return GrantTerms(**usual | given)


@dataclass
class Estate:
    """Two owners in one team, two people of security, a vendor with an account and an identity."""

    team: Team = field(default_factory=lambda: builders.team(name="Shop"))
    vendor: Vendor = field(default_factory=lambda: builders.vendor(name="Brightmail", contract_ends_on=days(300)))

    def __post_init__(self) -> None:
        self.owner, self.colleague = (builders.user(Role.OWNER, teams=[self.team]) for _ in range(2))
        self.security, self.second = (builders.user(Role.SECURITY) for _ in range(2))
        builders.account(account_id=PARTNER, relationship="partner", vendor=self.vendor)
        self.identity = builders.identity(name="shop.example.com", owner_team=self.team)

    def draft(self, *, by: User | None = None, kind: str = "new", predecessor: Grant | None = None, **given: Any):
        """A draft of one line."""
        line = Line(self.identity, terms(self.identity, **given), predecessor)
        asked = Request(kind=kind, justification=REASON, lines=[line], vendor=self.vendor)
        return save_draft(asked, acting_user=by or self.owner, at=NOW)

    def pending(self, *, by: User | None = None, at: datetime = NOW, **given: Any) -> GrantRequest:
        """A submitted request."""
        return submit(self.draft(by=by, **given).pk, acting_user=by or self.owner, at=at)

    def granted(self, *, at: datetime = NOW, **given: Any) -> Grant:
        """A grant that the colleague and security approved."""
        request = self.pending(at=at, **given)
        for kind, person in ((SlotKind.OWNER, self.colleague), (SlotKind.SECURITY, self.security)):
            decide(slot_of(request, kind).pk, approval(request), acting_user=person, at=at)
        return Grant.objects.get(line__request=request)


def granted_on(identity: Identity, team: Team, vendor: Vendor, *, at: datetime = NOW, **given: Any) -> Grant:
    """A grant on an identity of another estate: asked for and approved by new people of the owning team and security.

    The partner's account has to be registered.
    """
    asker, owner = (builders.user(Role.OWNER, teams=[team]) for _ in range(2))
    line = Line(identity, terms(identity, **given))
    request = save_draft(Request("new", REASON, [line], vendor), acting_user=asker, at=at)
    submit(request.pk, acting_user=asker, at=at)
    request.refresh_from_db()
    for kind, person in ((SlotKind.OWNER, owner), (SlotKind.SECURITY, builders.user(Role.SECURITY))):
        decide(slot_of(request, kind).pk, approval(request), acting_user=person, at=at)
    return Grant.objects.get(line__request=request)


def slot_of(request: GrantRequest, kind: SlotKind) -> ApprovalSlot:
    """The open or filled slot of the only line, in the current submission."""
    return ApprovalSlot.objects.get(line__request=request, submission=request.submissions, kind=kind)


def approval(request: GrantRequest, **given: Any) -> Verdict:
    """Yes, to the terms as they are."""
    said: dict[str, Any] = {"is_approved": True, "terms_hash": request.lines.get().terms_hash}
    return Verdict(**said | {"signed_in_by": "password"} | given)
