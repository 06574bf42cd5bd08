"""How the list of identities is narrowed."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory import populations
from inventory.filters.fields import (
    ENVIRONMENT_CHOICES,
    REACH_CHOICES,
    TRUST_CHOICES,
    account_digits,
    choice,
    hidden,
    row_number,
    scopes_of,
    search_box,
    vendor_accounts,
)
from inventory.models import Delegation, Identity, Team, User
from inventory.paths import RIGHTS, paths_of, paths_to, reached

SENDER_CHOICES = [
    ("outside", "Somebody outside"),
    ("none", "Nobody outside"),
    ("unapproved", "Not approved"),
    ("approved", "Nobody unapproved"),
]


class IdentityFilter(filters.FilterSet):
    """Identities by who can send as them, who owns them and where they stand."""

    q = search_box("Name, account or owner")
    reach = choice("Reach", REACH_CHOICES, method="by_reach")
    trust = choice("Trust", TRUST_CHOICES, field_name="widest_trust")
    sender = choice("Senders", SENDER_CHOICES, method="by_sender")
    seen = choice("Sight", [("complete", "Seen completely"), ("unseen", "Not seen")], method="by_sight")
    owner = choice(
        "Owner",
        [("resolved", "Resolved"), ("tag", "By tag"), ("assigned", "Assigned only"), ("missing", "Missing")],
        method="by_owner",
    )
    environment = choice("Environment", ENVIRONMENT_CHOICES, method="by_environment")
    dkim = choice("DKIM", [("on", "On"), ("off", "Off")], method="by_dkim")
    region = hidden(field_name="scope__region")
    account = hidden(field_name="scope__account__account_id", method="by_account")
    sending_name = hidden(field_name="sending_name")
    owner_team = hidden(method="by_number")
    owner_user = hidden(method="by_number")
    owner_rule = hidden(method="by_number")
    delegate = hidden(method="by_delegate")
    vendor = hidden(method="by_vendor")
    right = filters.ChoiceFilter(choices=list(RIGHTS.items()), method="by_right", widget=forms.HiddenInput)

    class Meta:
        model = Identity
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        text = value.strip()
        found = (
            Q(name__icontains=text)
            | Q(scope__in=scopes_of(text).values("pk"))
            | Q(owner_team__in=Team.objects.order_by().filter(name__icontains=text).values("pk"))
            | Q(owner_user__in=User.objects.order_by().filter(name__icontains=text).values("pk"))
            | Q(owner_tag_value__icontains=text)
        )
        return rows.filter(found)

    def by_reach(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(widest_reach=value)

    def by_sender(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        if value in ("unapproved", "approved"):
            unapproved = populations.has_unapproved_delegate()
            return rows.filter(unapproved) if value == "unapproved" else rows.exclude(unapproved)
        outside = populations.has_outside_sender()
        return rows.filter(outside) if value == "outside" else rows.exclude(outside)

    def by_sight(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        seen = populations.is_completely_seen(timezone.now())
        return rows.filter(seen) if value == "complete" else rows.exclude(seen)

    def by_owner(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        resolved = populations.has_resolved_owner()
        if value == "tag":
            return rows.filter(resolved, owner_source=Identity.OwnerSource.TAG)
        if value == "assigned":
            return rows.filter(resolved).exclude(owner_source=Identity.OwnerSource.TAG)
        return rows.filter(resolved) if value == "resolved" else rows.exclude(resolved)

    def by_environment(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(environment="" if value == "none" else value)

    def by_account(self, rows: QuerySet[Identity], name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(**{name: account_digits(value) or value})

    def by_number(self, rows: QuerySet[Identity], name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(**{name: row_number(value)})

    def by_dkim(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(dkim_enabled=value == "on")

    def by_delegate(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(self._reached_by(paths_to(self.request.user, account_digits(value) or value)))

    def by_vendor(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(self._reached_by(paths_of(self.request.user, vendor_accounts(value))))

    def by_right(self, rows: QuerySet[Identity], _name: str, _value: str) -> QuerySet[Identity]:
        """Goes with a delegate or a vendor, who narrow by it."""
        return rows

    def _reached_by(self, rows: QuerySet[Delegation]) -> Q:
        return reached(rows, self.form.cleaned_data.get("right") or "")
