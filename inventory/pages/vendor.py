"""One vendor: what this company has from us, until when."""

from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from inventory.models import Account, User, Vendor
from inventory.pages.delegate import besides, shown_paths
from inventory.pages.verification import Standing, standings
from inventory.paths import blast_radius, paths_of
from inventory.rows.vendors import visible_delegates


def vendor_context(user: User, vendor: Vendor, at: datetime) -> dict[str, object]:
    """Everything on the page of one vendor; a fixed number of queries."""
    on = timezone.localdate(at)
    accounts = list(
        visible_delegates(user).filter(vendor=vendor).select_related("organization", "vendor").order_by("account_id")
    )
    ids = [each.account_id for each in accounts]
    rows = paths_of(user, ids)
    organizations = {each.organization.organization_id for each in accounts if each.organization}
    return {
        "vendor": vendor,
        "is_over": vendor.is_over(on),
        "accounts": _accounts(user, accounts, at),
        "contacts": list(vendor.contacts.all()),
        "radius": blast_radius(user, rows, ids),
        "link": f"vendor={vendor.pk}",
        "finding_link": f"vendor={vendor.pk}",
        "besides": besides(user, sorted(organizations)),
        "paths": shown_paths(rows, dict.fromkeys(ids, vendor.name)),
        "path_count": rows.count(),
    }


def _accounts(user: User, accounts: list[Account], at: datetime) -> list[tuple[Account, Standing, int]]:
    """Each account with how well it is known and as how many identities it can send."""
    on = timezone.localdate(at)
    senders = Count("identity", distinct=True, filter=Q(can_send=True))
    rows = paths_of(user, [each.account_id for each in accounts]).order_by().values("account_id")
    numbers = dict(rows.annotate(number=senders).values_list("account_id", "number"))
    known = standings(accounts, on)
    return [(each, known[each.account_id], numbers.get(each.account_id, 0)) for each in accounts]
