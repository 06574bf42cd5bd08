"""How the list of offboardings is narrowed."""

import django_filters as filters
from django.db.models import QuerySet

from approvals.models import Offboarding
from approvals.rules.offboarding import CaseState
from inventory.filters.fields import choice, search_box

_STATES = [(CaseState.OPEN, "Until the last day"), (CaseState.CLOSING, "Closing"), (CaseState.CLOSED, "Closed")]


class OffboardingFilter(filters.FilterSet):
    """By vendor and standing."""

    q = search_box("Vendor")
    state = choice("Standing", _STATES)

    class Meta:
        model = Offboarding
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Offboarding], _name: str, value: str) -> QuerySet[Offboarding]:
        """By the vendor's name."""
        return queryset.filter(vendor__name__icontains=value.strip())
