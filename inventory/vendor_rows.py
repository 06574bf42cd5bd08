"""Vendors as lists show them, and the one door to them."""

from typing import Any

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from inventory.models import Account, User, Vendor
from inventory.paths import paths


def visible_vendors(user: User) -> QuerySet[Vendor]:
    """All for readers of the inventory; for an owner those whose accounts may act as one of their identities."""
    if user.reads_inventory:
        return Vendor.objects.all()
    named = paths(user).exclude(account_id="").order_by().values("account_id")
    return Vendor.objects.filter(pk__in=Account.objects.filter(account_id__in=named).order_by().values("vendor"))


def vendors(user: User) -> QuerySet[Any, Any]:
    """Vendors with what they can do to us, the nearest end of a contract first."""
    on = timezone.localdate()
    verified = Account.objects.verified(on).order_by().values("pk")
    own = Account.objects.filter(vendor=OuterRef(OuterRef("pk"))).order_by().values("account_id")
    senders = paths(user).filter(can_send=True, account_id__in=own).order_by()
    rows: QuerySet[Any, Any] = visible_vendors(user).select_related("sponsor")
    rows = rows.annotate(
        account_count=Count("accounts", distinct=True),
        verified_count=Count("accounts", distinct=True, filter=Q(accounts__in=verified)),
        sendable=_sum(senders, Count("identity", distinct=True)),
        worst_trust=_sum(senders, Min("trust_rank"), none=99),
    )
    return rows.order_by("contract_ends_on", "name")


def _sum(rows: QuerySet[Any, Any], expression: Any, none: int = 0) -> Coalesce:
    summed = rows.annotate(one=Value(1)).values("one").annotate(sum=expression).values("sum")
    return Coalesce(Subquery(summed, output_field=IntegerField()), none)
