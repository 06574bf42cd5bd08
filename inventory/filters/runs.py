"""How runs are narrowed."""

import django_filters as filters

from inventory.filters.fields import (
    choice,
)
from inventory.models import CollectionRun, Outcome


class RunFilter(filters.FilterSet):
    """Runs by how they went."""

    outcome = choice("Outcome", Outcome.choices)

    class Meta:
        model = CollectionRun
        fields: tuple[str, ...] = ()
