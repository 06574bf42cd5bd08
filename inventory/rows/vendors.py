"""Vendors as lists show them, and the one door to them."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Aggregate,
    BooleanField,
    Count,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from inventory.models import Account, User, Vendor
from inventory.paths import paths

NOBODY = 99


def visible_vendors(user: User) -> QuerySet[Vendor]:
    """All for readers of the inventory; for an owner those whose accounts may act as one of their identities."""
    if user.reads_inventory:
        return Vendor.objects.all()
    return Vendor.objects.filter(pk__in=visible_delegates(user).order_by().values("vendor"))


def visible_delegates(user: User) -> QuerySet[Account]:
    """Accounts of the registry whose delegate's page the person may see: an owner's are those that may act as one of
    their identities; how many others a vendor has is not for them."""
    if user.reads_inventory:
        return Account.objects.all()
    named = paths(user).exclude(account_id="").order_by().values("account_id")
    return Account.objects.filter(account_id__in=named)


def vendors(user: User) -> QuerySet[Any, Any]:
    """Vendors with what they can do to us, the nearest end of a contract first."""
    accounts = visible_delegates(user).filter(vendor=OuterRef("pk")).order_by()
    verified = accounts.filter(pk__in=Account.objects.verified(timezone.localdate()).order_by().values("pk"))
    own = Account.objects.filter(vendor=OuterRef(OuterRef("pk"))).order_by().values("account_id")
    senders = paths(user).filter(_IsAmong("account_id", ArraySubquery(own)), can_send=True).order_by()
    rows: QuerySet[Any, Any] = visible_vendors(user).select_related("sponsor")
    rows = rows.annotate(
        account_count=_sum(accounts, Count("pk")),
        verified_count=_sum(verified, Count("pk")),
        sendable=_sum(senders, Count("identity", distinct=True)),
        # A bare minimum would be looked for along the index of ranks, past everybody else's.
        worst_trust=_sum(senders, Min(F("trust_rank") + 0), none=NOBODY),
    )
    return rows.order_by("contract_ends_on", "name")


class _IsAmong(Func):
    """``= ANY(ARRAY(...))``: looks each of the few values up by its index, where ``IN`` would read all rows."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _sum(rows: QuerySet[Any, Any], expression: Aggregate, none: int = 0) -> Coalesce:
    summed = rows.annotate(one=Value(1)).values("one").annotate(sum=expression).values("sum")
    return Coalesce(Subquery(summed, output_field=IntegerField()), none)
