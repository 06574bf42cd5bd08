"""Renewals that sesgov itself asks for, so that the owner only has to say until when to keep the access."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from approvals.models import Grant, GrantRequest, RequestLine
from approvals.rules.states import LineState, RequestState
from approvals.services.requests.requests import Line, Request, save_draft, submit
from approvals.services.requests.terms_guard import Asked, longest_end
from inventory.services.refusals import RefusedError

_ASKED = "Say until when to keep it, or that it may end."
_REJECTED = "A renewal was rejected."
_LONGEST_REASON = 2000


def offer_renewal(grant: Grant, *, on: date, at: datetime) -> str:
    """Ask for a renewal of as many days again, unless somebody has, or has rejected one; what to say of it.

    A request that nobody decided lapses after seven days; the next step asks anew. Call it with the grant locked.
    """
    lines = RequestLine.objects.filter(predecessor=grant)
    if lines.filter(request__state__in=(RequestState.PENDING, RequestState.CHANGES_REQUESTED)).exists():
        return _ASKED
    if lines.filter(request__kind=GrantRequest.Kind.RENEW, state=LineState.REJECTED).exists():
        return _REJECTED
    try:
        with transaction.atomic():
            request = save_draft(_renewal(grant, on), acting_user=None, at=at)
            submit(request.pk, acting_user=None, at=at)
    except RefusedError as refusal:
        return f"It cannot be renewed as it is: {refusal.message}"
    return _ASKED


def _renewal(grant: Grant, on: date) -> Request:
    """The same access from the day after its end, for as long again as it may be."""
    before = grant.line.request
    first = grant.effective_ends_on + timedelta(days=1)
    wanted = first + (grant.ends_on - grant.starts_on)
    terms = replace(
        grant.grant_terms, starts_on=first, ends_on=wanted, time_zone=settings.SESGOV_TIME_ZONE.key
    )  # fmt: skip
    asked = Asked(grant.identity, terms, grant.vendor, grant, is_adopted=False)
    last = min(wanted, longest_end(asked, on=on))
    if last < first:
        raise RefusedError("ends_on", f"a contract ends on {last}, before the renewal would begin.")
    return Request(
        kind=GrantRequest.Kind.RENEW,
        justification=f"sesgov asks, since the access ends. It was granted for: {before.justification}"[
            :_LONGEST_REASON
        ],
        lines=[Line(grant.identity, replace(terms, ends_on=last), grant)],
        vendor=grant.vendor,
        ticket=before.ticket,
    )
