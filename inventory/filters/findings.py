"""How findings, their cases, and those that ended are narrowed."""

from datetime import timedelta
from functools import partial
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory import populations
from inventory.filters.fields import account_digits, choice, hidden, row_number, scopes_of, search_box
from inventory.models import Finding, FindingEpisode, Severity, User
from inventory.models.findings import FindingQuerySet
from inventory.rows.finding_groups import NO_DELEGATE, VENDOR_WORDS, vendor_value
from inventory.rows.vendors import visible_vendors
from inventory.services.settings.in_force import in_force

WINDOW = timedelta(days=90)


def vendor_choices(user: User) -> list[tuple[str, str]]:
    """Vendors that the person may see and that have an account, and those who are no vendor."""
    vendors = visible_vendors(user).filter(accounts__isnull=False).distinct()
    return [*((str(each.pk), each.name) for each in vendors), *VENDOR_WORDS.items()]


def assignee_choices(user: User) -> list[tuple[str, str]]:
    """Oneself, nobody, and whoever has a finding that the person may see."""
    assigned = Finding.objects.visible_to(user).exclude(assignee=None).order_by()
    people = User.objects.filter(pk__in=assigned.values("assignee"))
    return [("me", "Mine"), ("nobody", "Unassigned"), *((str(person.pk), str(person)) for person in people)]


def target() -> timedelta:
    """Within how much time a finding is to be fixed."""
    return timedelta(days=in_force().remediation_days)


class CaseFilter(filters.FilterSet):
    """Cases by the findings that make them: what is open and counts."""

    q = search_box("Identity, account, rule or text")
    severity = choice("Severity", Severity.choices[:-1])
    standing = choice("Standing", Finding.Disposition.choices, method="by_standing")
    assignee = choice("Assigned", (), method="by_assignee")
    vendor = choice("Vendor", (), method="by_vendor")
    first = choice("Found", [("yes", "By the first look"), ("no", "Later")], method="by_first_look")
    rule = hidden(field_name="rule_id")
    identity = hidden(field_name="identity_id", method="by_identity")
    sending_name = hidden(field_name="identity__sending_name")
    subject = hidden(field_name="subject")
    delegate = hidden(method="by_delegate")
    owner = hidden(method="by_owner")
    age = hidden(method="by_age")
    group = hidden(method="as_they_are")

    class Meta:
        model = Finding
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user = self.request.user
        self.filters["assignee"].extra["choices"] = partial(assignee_choices, user)
        self.filters["vendor"].extra["choices"] = partial(vendor_choices, user)

    def filter_queryset(self, queryset: FindingQuerySet) -> FindingQuerySet:
        rows: FindingQuerySet = super().filter_queryset(queryset)
        return rows.open().counted().unaccepted(timezone.localdate())

    def search(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        text = value.strip()
        found = (
            Q(identity__name__icontains=text)
            | Q(identity__scope__in=scopes_of(text).values("pk"))
            | Q(rule_id__contains=text.lower())
            | Q(evidence__text__icontains=text)
        )
        digits = account_digits(text)
        if digits:
            found |= Q(subject__contains=digits)
        return rows.filter(found)

    def by_standing(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        return rows.standing(value, timezone.localdate())

    def by_assignee(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        if value == "nobody":
            return rows.filter(assignee=None)
        return rows.filter(assignee=self.request.user if value == "me" else int(value))

    def by_vendor(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        return rows.alias(vendor_value=vendor_value()).filter(vendor_value=value)

    def by_first_look(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        return rows.of_first_look(is_so=value == "yes")

    def by_identity(self, rows: FindingQuerySet, name: str, value: str) -> FindingQuerySet:
        return rows.filter(**{name: row_number(value)})

    def by_delegate(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        return rows.filter(subject="" if value == NO_DELEGATE else value)

    def by_owner(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        """``team-7``, ``person-7``, or ``none``."""
        kind, _, number = value.partition("-")
        if kind == "none":
            return rows.filter(identity__owner_team=None, identity__owner_user=None)
        column = {"team": "identity__owner_team", "person": "identity__owner_user"}.get(kind)
        return rows.filter(**{column: row_number(number)}) if column else rows.none()

    def by_age(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        """Open for so many whole days: ``0-7``, or ``91-`` for that and longer."""
        return rows.filter(populations.is_of_age(value, timezone.now()))

    def as_they_are(self, rows: FindingQuerySet, _name: str, _value: str) -> FindingQuerySet:
        return rows


class FindingFilter(CaseFilter):
    """Findings: the open ones, hints and accepted ones left out, unless one asks for others."""

    status = choice(
        "Status",
        [
            ("accepted", "Accepted"),
            ("hints", "Hints"),
            ("watched", "Open since the first look, accepted too"),
            ("overdue", "Open past their day to be fixed, 90 days"),
            ("gone", "No longer there"),
            ("ever", "Ever found"),
            ("all", "All, hints too"),
        ],
        method="by_status",
        empty_label="Status: open",
    )

    def filter_queryset(self, queryset: FindingQuerySet) -> FindingQuerySet:
        if not self.form.cleaned_data.get("status"):
            return super().filter_queryset(queryset)
        rows: FindingQuerySet = super(CaseFilter, self).filter_queryset(queryset)
        return rows

    def by_status(self, rows: FindingQuerySet, _name: str, value: str) -> FindingQuerySet:
        if value == "accepted":
            return rows.open().counted().accepted(timezone.localdate())
        if value == "hints":
            return rows.open().filter(severity=Severity.INFO)
        if value == "watched":
            return rows.filter(populations.is_watched())
        if value == "overdue":
            return rows.filter(populations.is_overdue(WINDOW, target(), timezone.now()))
        if value == "gone":
            return rows.counted().filter(presence=Finding.Presence.ABSENT)
        return rows.counted() if value == "ever" else rows


class RemediationFilter(filters.FilterSet):
    """Episodes that ended within a number of days."""

    days = filters.NumberFilter(label="Ended within days", method="by_days", min_value=1, max_value=3650)
    due = filters.NumberFilter(label="Due within days", method="by_due", min_value=1, max_value=3650)
    kept = choice("In time", [("yes", "In time"), ("no", "Late")], method="by_kept")
    again = choice("Found again", [("yes", "Found again since")], method="by_again")
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

    def by_due(self, rows: QuerySet[FindingEpisode], _name: str, value: Any) -> QuerySet[FindingEpisode]:
        """Those whose day to be fixed came within so many days, whenever they ended."""
        return rows.filter(populations.due_within(timedelta(days=int(value)), target(), timezone.now()))

    def by_kept(self, rows: QuerySet[FindingEpisode], _name: str, value: str) -> QuerySet[FindingEpisode]:
        in_time = populations.is_in_time(target())
        return rows.filter(in_time if value == "yes" else ~in_time)

    def by_again(self, rows: QuerySet[FindingEpisode], _name: str, _value: str) -> QuerySet[FindingEpisode]:
        return rows.filter(populations.has_come_back(timezone.now()))
