"""Cases: what one delegate can do to one identity, as the findings that ending it would close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from inventory.models import Account, Finding, User
from inventory.models.findings import FindingQuerySet
from inventory.policy.account_ids import is_account_id
from inventory.policy.rules import APPROVAL_RULES
from inventory.policy.rules.exposure import WEIGHTS
from inventory.policy.rules.parties import account_label
from inventory.policy.rules.subjects import DelegateFacts

# Above any id that a finding will ever have.
_RANK_STEP = 10**15


@dataclass(frozen=True, slots=True)
class Case:
    """``findings`` worst first, all on one identity and about one delegate.

    ``subject`` is the delegate as on :class:`inventory.models.Finding`, ``*`` for anyone and empty where the findings
    speak of the identity or a policy as a whole; ``delegate`` says the same in words. ``exposure`` is what
    :func:`inventory.policy.rules.exposure.exposure` makes of them.
    """

    subject: str
    delegate: str
    exposure: int
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The finding that opens the case."""
        return self.findings[0]


def worst_cases(user: User, *, on: date, limit: int = 10) -> list[Case]:
    """The cases whose ending removes the most exposure, hints and what was accepted left out: three queries."""
    return first_cases(Finding.objects.visible_to(user).open().counted().unaccepted(on), limit)


def first_cases(findings: FindingQuerySet, limit: int) -> list[Case]:
    """The first cases that the findings make."""
    ranked = [(case["identity"], case["subject"], case["exposure"]) for case in case_rows(findings)[:limit]]
    by_place: dict[tuple[int, str], list[Finding]] = {}
    for finding in _of(findings, ranked):
        by_place.setdefault((finding.identity_id, finding.subject), []).append(finding)
    delegates = delegate_facts(subject for _, subject, _ in ranked)
    return [
        Case(subject, delegate_words(subject, delegates), weight, tuple(by_place[identity, subject]))
        for identity, subject, weight in ranked
    ]


def case_rows(findings: "models.QuerySet[Any, Any]") -> "models.QuerySet[Any, Any]":
    """One mapping per case: ``identity``, ``subject``, ``exposure``, ``findings``, ``since``, ``worst``.

    The one whose ending removes most comes first; equal ones: production first, then a domain before an address, then
    the one open for longest. ``worst`` is the id of the worst finding, by :func:`worst_id`.
    """
    weight = models.Case(
        *(models.When(severity=severity.value, then=weight) for severity, weight in WEIGHTS.items()),
        default=0,
        output_field=models.BigIntegerField(),
    )
    is_production = models.Case(models.When(identity__environment="production", then=0), default=1)
    is_domain = models.Case(models.When(identity__identity_type="DOMAIN", then=0), default=1)
    rows: models.QuerySet[Any, Any] = (
        findings.order_by()
        .values("identity", "subject")
        .annotate(
            exposure=models.Sum(weight),
            findings=models.Count("pk"),
            worst=models.Min(
                models.F("severity_rank") * _RANK_STEP + models.F("pk"), output_field=models.BigIntegerField()
            ),
            first=models.Min(is_production),
            second=models.Min(is_domain),
            since=models.Min("first_opened_at"),
        )
        .order_by("-exposure", "first", "second", "since", "identity", "subject")
    )
    return rows


def worst_id(worst: int) -> int:
    """The id in the ``worst`` of :func:`case_rows`, which sorts by severity before it sorts by id."""
    return worst % _RANK_STEP


def _of(findings: FindingQuerySet, ranked: Iterable[tuple[int, str, int]]) -> "models.QuerySet[Finding]":
    wanted = models.Q(pk__in=[])
    for identity, subject, _ in ranked:
        wanted |= models.Q(identity=identity, subject=subject)
    # What a policy lets somebody do opens a case; that nobody approved it comes after.
    is_of_approval = models.Case(models.When(rule_id__in=APPROVAL_RULES, then=1), default=0)
    rows = findings.filter(wanted).select_related("identity__scope__account", "identity__owner_team")
    return rows.order_by("severity_rank", is_of_approval, "-first_opened_at", "id")


def delegate_facts(subjects: Iterable[str]) -> dict[str, DelegateFacts]:
    """What the registry says of the accounts among subjects of findings: one query."""
    wanted = [subject for subject in subjects if len(subject) == 12]
    known = Account.objects.filter(account_id__in=wanted).select_related("vendor")
    return {
        account.account_id: DelegateFacts(
            account.account_id, name=account.name, vendor=account.vendor.name if account.vendor else ""
        )
        for account in known
    }


def delegate_words(subject: str, delegates: dict[str, DelegateFacts]) -> str:
    """The subject of a finding as people know it."""
    if subject == "*":
        return "Anyone with an AWS account"
    if is_account_id(subject):
        return account_label(subject, delegates)
    return subject
