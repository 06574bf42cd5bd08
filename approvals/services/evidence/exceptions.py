"""Exceptions: whatever was let stand although it is not as it should be, and who let it."""

from collections.abc import Iterator, Sequence

from approvals.models import Campaign, Grant
from approvals.services.evidence.periods import period
from inventory.models import RiskAcceptance, ScopeDeclaration


def exceptions(campaign: Campaign) -> Iterator[Sequence[object]]:
    """Whatever was let stand although it is not as it should be, and who let it."""
    yield from _override(campaign)
    yield from _accepted_risks(campaign)
    yield from _declared_unused(campaign)
    yield from _given_at_once(campaign)


def _override(campaign: Campaign) -> Iterator[Sequence[object]]:
    if campaign.override_reason:
        by = campaign.overridden_by.email if campaign.overridden_by else ""
        kind = "staged although not complete"
        yield (kind, campaign.shortfall, by, "", campaign.staged_at, None, campaign.override_reason)


def _accepted_risks(campaign: Campaign) -> Iterator[Sequence[object]]:
    rows = RiskAcceptance.objects.filter(requested_at__lt=period(campaign)[1], until__gte=campaign.period_from)
    for each in rows.select_related("finding__identity", "requested_by", "decided_by").order_by("pk"):
        what = f"{each.finding.rule_id} on {each.finding.identity.arn}"
        by, decider = each.requested_by.email, each.decided_by.email if each.decided_by else ""
        yield (f"{each.kind}, {each.decision}", what, by, decider, each.requested_at, each.until, each.justification)


def _declared_unused(campaign: Campaign) -> Iterator[Sequence[object]]:
    rows = ScopeDeclaration.objects.filter(declared_at__lt=period(campaign)[1], ends_on__gte=campaign.period_from)
    for each in rows.select_related("scope__account", "declared_by").order_by("pk"):
        by = each.declared_by.email
        yield ("declared unused", str(each.scope), by, "", each.declared_at, each.ends_on, each.evidence)


def _given_at_once(campaign: Campaign) -> Iterator[Sequence[object]]:
    begin, end = period(campaign)
    rows = Grant.objects.filter(decided_at__gte=begin, decided_at__lt=end).exclude(confirm_by=None)
    for grant in rows.select_related("identity", "line__request__requester").order_by("pk"):
        asked, what = grant.line.request, f"grant {grant.pk} on {grant.identity.arn}"
        by = asked.requester.email if asked.requester else ""
        yield ("given at once (break-glass)", what, by, "", grant.decided_at, grant.ends_on, asked.justification)
