"""How findings, and those that ended, are narrowed."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory.filters.fields import (
    account_digits,
    choice,
    hidden,
    search_box,
)
from inventory.models import Account, Finding, FindingEpisode, Severity


class FindingFilter(filters.FilterSet):
    """Findings: the open ones, hints left out, unless one asks for others."""

    q = search_box("Identity, account, rule or text")
    severity = choice("Severity", Severity.choices[:-1])
    status = choice(
        "Status",
        [("hints", "Hints"), ("gone", "No longer there"), ("all", "All")],
        method="by_status",
        empty_label="Status: open",
    )
    rule = hidden(field_name="rule_id")
    identity = hidden(field_name="identity_id", method="by_identity")
    subject = hidden(field_name="subject")
    sending_name = hidden(field_name="identity__sending_name", method="by_sending_name")
    vendor = hidden(method="by_vendor")

    class Meta:
        model = Finding
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("status"):
            return rows
        return rows.exclude(presence=Finding.Presence.ABSENT).exclude(severity=Severity.INFO)

    def search(self, rows: QuerySet[Finding], _name: str, value: str) -> QuerySet[Finding]:
        text = value.strip()
        found = (
            Q(identity__name__icontains=text)
            | Q(identity__scope__account__name__icontains=text)
            | Q(rule_id__icontains=text)
            | Q(evidence__text__icontains=text)
        )
        digits = account_digits(text)
        if digits:
            found |= Q(subject__contains=digits) | Q(identity__scope__account__account_id__contains=digits)
        return rows.filter(found)

    def by_status(self, rows: QuerySet[Finding], _name: str, value: str) -> QuerySet[Finding]:
        if value == "hints":
            return rows.filter(severity=Severity.INFO).exclude(presence=Finding.Presence.ABSENT)
        return rows.filter(presence=Finding.Presence.ABSENT) if value == "gone" else rows

    def by_identity(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        return rows.filter(**{name: int(value)}) if value.isdecimal() and len(value) < 19 else rows.none()

    def by_sending_name(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        return rows.filter(**{name: value}, identity__gone_at=None)

    def by_vendor(self, rows: QuerySet[Finding], _name: str, value: str) -> QuerySet[Finding]:
        if not value.isdecimal() or len(value) > 18:
            return rows.none()
        accounts = Account.objects.filter(vendor=int(value)).order_by()
        return rows.filter(subject__in=accounts.values("account_id"))


class RemediationFilter(filters.FilterSet):
    """Episodes that ended within a number of days."""

    days = filters.NumberFilter(label="Ended within days", method="by_days", min_value=1, max_value=3650)
    cohort = choice(
        "Found",
        [("first_look", "By the first look")],
        method="by_cohort",
        empty_label="Found: since the first look",
    )

    class Meta:
        model = FindingEpisode
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[FindingEpisode]) -> QuerySet[FindingEpisode]:
        rows: QuerySet[FindingEpisode] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("cohort") else rows.filter(is_baseline=False)

    def by_cohort(self, rows: QuerySet[FindingEpisode], _name: str, _value: str) -> QuerySet[FindingEpisode]:
        return rows.filter(is_baseline=True)

    def by_days(self, rows: QuerySet[FindingEpisode], _name: str, value: Any) -> QuerySet[FindingEpisode]:
        return rows.filter(closed_at__gte=timezone.now() - timedelta(days=int(value)))
