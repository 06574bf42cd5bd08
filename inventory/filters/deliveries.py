"""How deliveries are narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory.filters.fields import choice, search_box
from inventory.models import Delivery


class DeliveryFilter(filters.FilterSet):
    """By state, way, and whom or what they are about."""

    q = search_box("Address or subject")
    state = choice("State", Delivery.State.choices)
    channel = choice("Way", Delivery.Channel.choices)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Delivery], _name: str, value: str) -> QuerySet[Delivery]:
        text = value.strip()
        return rows.filter(Q(to__icontains=text) | Q(subject__icontains=text))
