"""The choices of a request that is being written: who may be named, and what one may ask for."""

from datetime import date

from django.db.models import Q, QuerySet

from approvals.forms.request_form import RequestForm
from inventory.models import Account, Identity, User
from inventory.policy.account_ids import grouped_account_id

_FEW = 12
_FOUND = 20
_OWN_SHOWN = 500
_LONGEST_KEY = 18


def sender_choices(user: User, on: date) -> list[tuple[str, object]]:
    """Companies with their accounts; for readers of the inventory the company's own accounts as well: two queries."""
    partners: dict[str, list[tuple[str, str]]] = {}
    rows = Account.objects.filter(relationship=Account.Relationship.PARTNER).select_related("vendor")
    usable = [each for each in rows.order_by("vendor__name", "name", "account_id") if not each.has_ended(on)]
    for each in usable:
        partners.setdefault(each.vendor.name if each.vendor else "Other accounts", []).append(_choice(each))
    for vendor in {each.vendor for each in usable if each.vendor}:
        number = len(partners[vendor.name])
        if number > 1:
            partners[vendor.name].insert(0, (f"vendor-{vendor.pk}", f"{vendor.name}: all {number} accounts"))
    groups: list[tuple[str, object]] = [("", "Choose, or write it below"), *partners.items()]
    own = Account.objects.visible_to(user).exclude(
        relationship__in=(Account.Relationship.PARTNER, Account.Relationship.FORMER)
    )
    ours = [_choice(each) for each in own.order_by("name", "account_id")[:_OWN_SHOWN]]
    return [*groups, ("Our own accounts", ours)] if ours else groups


def _choice(account: Account) -> tuple[str, str]:
    words = [account.vendor.name] if account.vendor and account.relationship == Account.Relationship.PARTNER else []
    words += [account.name] if account.name and account.name not in words else []
    return f"account-{account.account_id}", ", ".join([*words, grouped_account_id(account.account_id)])


def identity_choices(user: User, form: RequestForm) -> tuple[list[Identity], bool]:
    """What is shown to be ticked: what is ticked already and what was looked for; whether there is more to find."""
    rows = askable(user).order_by("sending_name", "name", "scope__region", "id")
    first = list(rows[: _FEW + 1])
    if len(first) <= _FEW:
        return first, False
    ticked = ticked_in(form)
    wanted = str(form["find"].value() or "").strip().lower()
    found = list(rows.filter(pk__in=ticked)) if ticked else []
    if wanted:
        looked_for = rows.filter(Q(name__icontains=wanted) | Q(sending_name__icontains=wanted)).exclude(pk__in=ticked)
        found += list(looked_for[:_FOUND])
    return sorted(found, key=lambda each: (each.sending_name, each.name, each.scope.region, each.pk)), True


def ticked_in(form: RequestForm) -> list[int]:
    """The ids that are ticked, whether or not the rest holds."""
    said = [str(getattr(each, "pk", each)) for each in form["identities"].value() or []]
    return [int(each) for each in said if each.isdecimal() and len(each) < _LONGEST_KEY]


def askable(user: User) -> QuerySet[Identity]:
    """The identities that one may ask for."""
    rows = Identity.objects.visible_to(user).live()
    return rows.select_related("scope__account", "owner_team", "owner_user")
