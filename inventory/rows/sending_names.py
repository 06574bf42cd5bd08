"""Sending names as lists show them: those that somebody confirmed, and those that only the inventory suggests."""

from typing import Any

from django.db.models import Aggregate, Case, Count, F, IntegerField, Min, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from inventory.models import Identity, SendingName, User
from inventory.policy.reach import Reach

NOBODY = 99
_UNDETERMINED = Case(When(widest_reach=Reach.UNDETERMINED.value, then=1), default=0, output_field=IntegerField())
# What a name's identities come to; ``width`` is the rank of the widest reach, twice, so that "undetermined", which
# shares the rank of "public", stands behind it.
_SUMS: dict[str, Aggregate] = {
    "identities": Count("pk"),
    "accounts": Count("scope__account", distinct=True),
    "regions": Count("scope__region", distinct=True),
    "worst_trust": Min("trust_rank"),
    "width": Min(F("reach_rank") * 2 + _UNDETERMINED),
    "open_findings": Sum("open_finding_count"),
}
_WITHOUT = {"worst_trust": NOBODY, "width": NOBODY * 2}
REACH_OF_WIDTH = {reach.rank * 2 + (reach is Reach.UNDETERMINED): reach for reach in Reach}


def confirmed_names(user: User) -> QuerySet[Any, Any]:
    """Names that somebody confirmed, also those without an identity, the riskiest first."""
    of_name = Identity.objects.visible_to(user).live().filter(sending_name=OuterRef("domain")).order_by()
    sums = {
        name: Coalesce(
            Subquery(of_name.values("sending_name").annotate(sum=each).values("sum"), output_field=IntegerField()),
            _WITHOUT.get(name, 0),
        )
        for name, each in _SUMS.items()
    }
    rows: QuerySet[Any, Any] = SendingName.objects.visible_to(user).select_related("owner_team").annotate(**sums)
    return rows.order_by("worst_trust", "width", "domain")


def suggested_names(user: User) -> QuerySet[Any, Any]:
    """One mapping per domain that identities were found under and nobody confirmed."""
    confirmed = SendingName.objects.order_by().values("domain")
    found = Identity.objects.visible_to(user).live().exclude(sending_name__in=confirmed).order_by()
    rows: QuerySet[Any, Any] = found.values(domain=F("sending_name")).annotate(**_SUMS)
    return rows.order_by("worst_trust", "width", "domain")
