"""How acceptances are narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory.filters.fields import account_digits, choice, search_box
from inventory.models import RiskAcceptance


class AcceptanceFilter(filters.FilterSet):
    """Those that wait or are in force, unless one asks for others."""

    q = search_box("Identity, delegate, person or reason")
    status = choice(
        "Status",
        [
            ("pending", "Waiting for a decision"),
            ("live", "In force"),
            ("soon", "Ends within 14 days"),
            ("over", "Over"),
            ("refused", "Rejected, withdrawn or lapsed"),
            ("all", "All"),
        ],
        method="by_status",
        empty_label="Status: waiting or in force",
    )
    kind = choice("Kind", RiskAcceptance.Kind.choices)

    class Meta:
        model = RiskAcceptance
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[RiskAcceptance]) -> QuerySet[RiskAcceptance]:
        rows: QuerySet[RiskAcceptance] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("status"):
            return rows
        live = RiskAcceptance.objects.in_force(timezone.localdate())
        return rows.filter(Q(decision=RiskAcceptance.Decision.PENDING) | Q(pk__in=live.order_by().values("pk")))

    def search(self, rows: QuerySet[RiskAcceptance], _name: str, value: str) -> QuerySet[RiskAcceptance]:
        text = value.strip()
        found = (
            Q(finding__identity__name__icontains=text)
            | Q(justification__icontains=text)
            | Q(requested_by__name__icontains=text)
            | Q(decided_by__name__icontains=text)
        )
        digits = account_digits(text)
        return rows.filter(found | Q(finding__subject__contains=digits) if digits else found)

    def by_status(self, rows: QuerySet[RiskAcceptance], _name: str, value: str) -> QuerySet[RiskAcceptance]:
        on = timezone.localdate()
        every = RiskAcceptance.objects.order_by()
        refused = ("rejected", "withdrawn", "lapsed")
        chosen = {
            "pending": every.pending(),
            "live": every.in_force(on),
            "soon": every.ending_soon(on),
            "over": every.over(on),
            "refused": every.filter(decision__in=refused),
        }.get(value)
        return rows if chosen is None else rows.filter(pk__in=chosen.values("pk"))
