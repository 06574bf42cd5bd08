"""How the tag change pack is narrowed."""

import django_filters as filters

from inventory.models import Account, Identity, Team


class TagPackFilter(filters.FilterSet):
    """By account and by the owning team."""

    account = filters.ModelChoiceFilter(
        queryset=Account.objects.managed().order_by("name", "account_id"),
        field_name="scope__account",
        label="Account",
        empty_label="Account: any",
        to_field_name="account_id",
    )
    team = filters.ModelChoiceFilter(
        queryset=Team.objects.filter(is_active=True).order_by("name"),
        field_name="owner_team",
        label="Team",
        empty_label="Owner: any",
    )

    class Meta:
        model = Identity
        fields: tuple[str, ...] = ()
