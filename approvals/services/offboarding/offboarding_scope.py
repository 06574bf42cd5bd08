"""What a vendor has from us: its accounts, its grants, what is asked for it, and each way in which it can act."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from approvals.models import Grant, GrantRequest, RequestLine
from approvals.rules.states import RequestState
from inventory.models import Delegation, Vendor


def account_ids(vendor: Vendor) -> list[str]:
    """The ids of its accounts."""
    return list(vendor.accounts.order_by("account_id").values_list("account_id", flat=True))


def live_paths(ids: Collection[str]) -> QuerySet[Delegation]:
    """Every live delegation to one of the accounts."""
    return Delegation.objects.live().outside().filter(account_id__in=ids)


def unended_grants(vendor: Vendor, ids: list[str], on: date) -> QuerySet[Grant]:
    """Those that let one of the accounts in today or later, or were given for the vendor."""
    rows = Grant.objects.filter(Q(vendor=vendor) | Q(account_ids__overlap=ids))
    return rows.filter(effective_ends_on__gte=on).exclude(decision="revoked").order_by("pk")


def waiting_requests(vendor: Vendor, ids: Collection[str]) -> list[GrantRequest]:
    """What is asked for the vendor or for one of its accounts, and not decided; broken glass has to be answered for."""
    waiting = GrantRequest.objects.filter(state__in=(RequestState.PENDING, RequestState.CHANGES_REQUESTED))
    waiting = waiting.exclude(kind=GrantRequest.Kind.BREAK_GLASS)
    lines = RequestLine.objects.filter(request__in=waiting.exclude(vendor=vendor)).select_related("request")
    others = {each.request for each in lines if each.grant_terms.account_ids & set(ids)}
    return sorted({*waiting.filter(vendor=vendor), *others}, key=lambda each: each.pk)
