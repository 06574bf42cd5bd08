"""How each list can be narrowed; the export narrows the same way."""

import re
from datetime import timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory import populations
from inventory.models import Account, CollectionRun, Finding, FindingEpisode, Identity, Outcome, SendingPolicy, Severity
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.words import ENVIRONMENT, REACH, TRUST

REACH_CHOICES = [(reach.value, REACH[reach].label) for reach in Reach if reach is not Reach.INERT]
TRUST_CHOICES = [(trust.value, TRUST[trust].label) for trust in Trust]
ENVIRONMENT_CHOICES = [("none", ENVIRONMENT[""])] + [(key, label) for key, label in ENVIRONMENT.items() if key]
_SEPARATORS = re.compile(r"[\s-]")


def account_digits(text: str) -> str:
    """The digits of what may be part of an account id, ``4444-5555-6666`` included; else empty."""
    digits = _SEPARATORS.sub("", text)
    return digits if digits.isdecimal() else ""


def search_box(placeholder: str) -> filters.CharFilter:
    """Free text; the filter set says in ``search`` what it looks at."""
    widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder})
    return filters.CharFilter(method="search", label="Search", max_length=320, widget=widget)


def choice(label: str, choices: Any, **options: Any) -> filters.ChoiceFilter:
    """A choice that begins with "any"."""
    return filters.ChoiceFilter(**{"label": label, "choices": choices, "empty_label": f"{label}: any"} | options)


def hidden(**options: Any) -> filters.CharFilter:
    """A filter that links set and nobody types."""
    return filters.CharFilter(widget=forms.HiddenInput, max_length=320, **options)


class IdentityFilter(filters.FilterSet):
    """Identities by who can send as them, who owns them and where they stand."""

    q = search_box("Name, account or owner")
    reach = choice("Reach", REACH_CHOICES, method="by_reach")
    trust = choice("Trust", TRUST_CHOICES, field_name="widest_trust")
    sender = choice("Senders", [("outside", "Somebody outside"), ("none", "Nobody outside")], method="by_sender")
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

    class Meta:
        model = Identity
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        text = value.strip()
        found = (
            Q(name__icontains=text)
            | Q(scope__account__name__icontains=text)
            | Q(owner_team__name__icontains=text)
            | Q(owner_user__name__icontains=text)
            | Q(owner_tag_value__icontains=text)
        )
        digits = account_digits(text)
        return rows.filter(found | Q(scope__account__account_id__contains=digits) if digits else found)

    def by_reach(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(widest_reach=value)

    def by_sender(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
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

    def by_dkim(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(dkim_enabled=value == "on")


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


class RemediationFilter(filters.FilterSet):
    """Episodes that ended within a number of days."""

    days = filters.NumberFilter(label="Ended within days", method="by_days", min_value=1, max_value=3650)

    class Meta:
        model = FindingEpisode
        fields: tuple[str, ...] = ()

    def by_days(self, rows: QuerySet[FindingEpisode], _name: str, value: Any) -> QuerySet[FindingEpisode]:
        return rows.filter(closed_at__gte=timezone.now() - timedelta(days=int(value)))


class DelegateFilter(filters.FilterSet):
    """Outside accounts by what is known of them and whether they may send; over mappings, not rows."""

    q = search_box("Account id or name")
    trust = choice(
        "Trust",
        [("unregistered", "Nobody registered them"), *TRUST_CHOICES[1:]],
        method="by_trust",
    )
    sends = choice("Rights", [("yes", "Can send"), ("no", "Cannot send")], method="by_sends")

    def search(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        digits, text = account_digits(value), value.strip()
        if digits:
            return rows.filter(account_id__contains=digits)
        named = Account.objects.filter(Q(name__icontains=text) | Q(vendor__name__icontains=text))
        return rows.filter(account_id__in=named.values("account_id"))

    def by_trust(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        ranks = populations.UNREGISTERED_RANKS if value == "unregistered" else (Trust(value).rank,)
        return rows.filter(worst_trust__in=ranks)

    def by_sends(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(sendable__gt=0) if value == "yes" else rows.filter(sendable=0)


class PolicyFilter(filters.FilterSet):
    """Policies by what they say of everyone."""

    q = search_box("Policy, identity or account")
    wildcard = choice("Principal", [("any", "Names everyone"), ("public", "Lets anyone in")], method="by_wildcard")

    class Meta:
        model = SendingPolicy
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        text = value.strip()
        found = (
            Q(name__icontains=text)
            | Q(identity__name__icontains=text)
            | Q(identity__scope__account__name__icontains=text)
        )
        digits = account_digits(text)
        return rows.filter(found | Q(identity__scope__account__account_id__contains=digits) if digits else found)

    def by_wildcard(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        if value == "public":
            return rows.filter(populations.is_public_policy())
        return rows.filter(populations.has_wildcard(rows))


class AccountFilter(filters.FilterSet):
    """Registered accounts by what they are to us."""

    q = search_box("Name, account id or vendor")
    relationship = choice("Relationship", Account.Relationship.choices)
    environment = choice("Environment", ENVIRONMENT_CHOICES, method="by_environment")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        text = value.strip()
        found = Q(name__icontains=text) | Q(vendor__name__icontains=text)
        digits = account_digits(text)
        return rows.filter(found | Q(account_id__contains=digits) if digits else found)

    def by_environment(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return rows.filter(environment="" if value == "none" else value)


class RunFilter(filters.FilterSet):
    """Runs by how they went."""

    outcome = choice("Outcome", Outcome.choices)

    class Meta:
        model = CollectionRun
        fields: tuple[str, ...] = ()
