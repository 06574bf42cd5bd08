"""Findings in groups that one step would end: all of a vendor, a delegate, a sending name, a rule or an identity."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Min, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from inventory.models import Account, Finding, Identity, Severity, Vendor
from inventory.policy.account_ids import grouped_account_id
from inventory.policy.rules import RULES

# What a finding weighs where shares of the exposure are told: one step worse counts five times as much.
POINTS = MappingProxyType({Severity.CRITICAL: 125, Severity.HIGH: 25, Severity.MEDIUM: 5, Severity.LOW: 1})
NO_DELEGATE = "none"
VENDOR_WORDS = MappingProxyType(
    {
        "unregistered": "Accounts that nobody registered",
        "registered": "Registered accounts of no vendor",
        "anyone": "Anyone with an AWS account",
        "other": "Organizations, services and deleted principals",
        NO_DELEGATE: "No delegate: the policies themselves",
    }
)
_DELEGATE_WORDS = {"*": VENDOR_WORDS["anyone"], NO_DELEGATE: VENDOR_WORDS[NO_DELEGATE]}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to group. ``key`` is also the name of the filter that narrows a list to one group, by its value.

    ``labels`` says what people call the groups with those values.
    """

    key: str
    title: str
    noun: tuple[str, str]
    value: Callable[[], Combinable]
    labels: Callable[[Iterable[str]], dict[str, str]]


def grouped(findings: QuerySet[Finding], dimension: Dimension) -> QuerySet[Any, Any]:
    """One mapping per group: value, findings, identities, cases, points of all, worst severity; the heaviest first."""
    total = findings.order_by().aggregate(points=points())["points"] or 0
    rows: QuerySet[Any, Any] = (
        findings.order_by()
        .annotate(value=dimension.value())
        .values("value")
        .annotate(
            findings=Count("pk"),
            identities=Count("identity", distinct=True),
            points=points(),
            worst=Min("severity_rank"),
            total=Value(total),
        )
        .order_by("-points", "-findings", "value")
    )
    return rows


def with_cases(groups: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """How many cases each group holds as well."""
    place = Concat("identity", Value(" "), "subject", output_field=CharField())
    rows: QuerySet[Any, Any] = groups.annotate(cases=Count(place, distinct=True))
    return rows


def points() -> Sum:
    """What findings weigh together; hints nothing."""
    weights = (When(severity=severity.value, then=weight) for severity, weight in POINTS.items())
    return Sum(Case(*weights, default=0, output_field=IntegerField()))


def share_text(part: int, total: int) -> str:
    """``40 %``; what is there is never said to be nothing, and less than all never all."""
    if not total:
        return "0 %"
    share = round(100 * part / total)
    if part and not share:
        return "under 1 %"
    return "over 99 %" if share == 100 and part < total else f"{share} %"


def vendor_value() -> Combinable:
    """The vendor of the account that a finding speaks of, by its id, else a word of :data:`VENDOR_WORDS`."""
    return Case(
        When(delegate__vendor__isnull=False, then=Cast("delegate__vendor_id", CharField())),
        When(delegate__relationship__isnull=False, then=Value("registered")),
        When(subject="*", then=Value("anyone")),
        When(subject="", then=Value(NO_DELEGATE)),
        When(subject__regex=r"^[0-9]{12}$", then=Value("unregistered")),
        default=Value("other"),
        output_field=CharField(),
    )


def _delegate_value() -> Combinable:
    return Case(When(subject="", then=Value(NO_DELEGATE)), default=F("subject"), output_field=CharField())


def _vendor_labels(values: Iterable[str]) -> dict[str, str]:
    ids = [int(value) for value in values if value.isdecimal()]
    return {str(vendor.pk): vendor.name for vendor in Vendor.objects.filter(pk__in=ids)} | VENDOR_WORDS


def _delegate_labels(values: Iterable[str]) -> dict[str, str]:
    wanted = list(values)
    known = Account.objects.filter(account_id__in=wanted).values_list("account_id", "vendor__name", "name")
    names = {account: vendor or name for account, vendor, name in known}
    return {value: _delegate_words(value, names.get(value, "")) for value in wanted}


def _delegate_words(value: str, name: str) -> str:
    if value in _DELEGATE_WORDS:
        return _DELEGATE_WORDS[value]
    shaped = grouped_account_id(value)
    return f"{name} ({shaped})" if name else f"Account {shaped}" if shaped != value else value


def _identity_labels(values: Iterable[str]) -> dict[str, str]:
    rows = Identity.objects.filter(pk__in=[int(value) for value in values]).select_related("scope__account")
    return {str(each.pk): f"{each.name} ({each.scope.account}, {each.scope.region})" for each in rows}


def _rule_labels(values: Iterable[str]) -> dict[str, str]:
    return {value: RULES[value].title if value in RULES else value for value in values}


BY_VENDOR = Dimension("vendor", "Vendor", ("vendor", "vendors"), vendor_value, _vendor_labels)
BY_DELEGATE = Dimension("delegate", "Delegate", ("delegate", "delegates"), _delegate_value, _delegate_labels)
BY_SENDING_NAME = Dimension(
    "sending_name",
    "Sending name",
    ("sending name", "sending names"),
    lambda: F("identity__sending_name"),
    lambda values: {value: value for value in values},
)
BY_RULE = Dimension("rule", "Rule", ("rule", "rules"), lambda: F("rule_id"), _rule_labels)
BY_IDENTITY = Dimension(
    "identity", "Identity", ("identity", "identities"), lambda: Cast("identity_id", CharField()), _identity_labels
)
DIMENSIONS = (BY_VENDOR, BY_DELEGATE, BY_SENDING_NAME, BY_RULE, BY_IDENTITY)
