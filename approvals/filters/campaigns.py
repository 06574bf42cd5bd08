"""How the list of reviews is narrowed."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from approvals.campaign_words import CAMPAIGN_STATE
from approvals.models import Campaign
from approvals.rows.campaigns import narrowed_to_late
from approvals.rules.campaigns import CampaignState
from inventory.filters.fields import choice, search_box

RUNNING, OVER = "running", "over"
_FINAL = [state for state in CampaignState if state.is_final]


class CampaignFilter(filters.FilterSet):
    """By name and standing."""

    q = search_box("Name")
    state = choice(
        "Standing",
        [
            (RUNNING, "Not ended"),
            ("late", "Overdue"),
            (OVER, "Ended"),
            *((key.value, word.label) for key, word in CAMPAIGN_STATE.items()),
        ],
        method="by_state",
    )

    class Meta:
        model = Campaign
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Campaign], _name: str, value: str) -> QuerySet[Campaign]:
        return rows.filter(name__icontains=value.strip())

    def by_state(self, rows: QuerySet[Campaign], _name: str, value: str) -> QuerySet[Campaign]:
        if value == RUNNING:
            return rows.exclude(state__in=_FINAL)
        if value == OVER:
            return rows.filter(state__in=_FINAL)
        return narrowed_to_late(rows, timezone.localdate()) if value == "late" else rows.filter(state=value)
