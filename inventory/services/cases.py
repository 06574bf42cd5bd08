"""Cases: what one delegate can do to one identity, as the findings that ending it would close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models

from inventory.models import Account, Finding, User
from inventory.policy.rules.exposure import WEIGHTS
from inventory.policy.rules.parties import account_label
from inventory.policy.rules.subjects import DelegateFacts


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
    """The cases whose ending removes the most exposure, hints and what was accepted left out: three queries.

    Equal ones: production first, then a domain before an address, then the one open for longest.
    """
    findings = Finding.objects.visible_to(user).open().counted().unaccepted(on)
    ranked = _ranked(findings, limit)
    by_place: dict[tuple[int, str], list[Finding]] = {}
    for finding in _of(findings, ranked):
        by_place.setdefault((finding.identity_id, finding.subject), []).append(finding)
    delegates = _delegates(subject for _, subject, _ in ranked)
    return [
        Case(subject, _words(subject, delegates), weight, tuple(by_place[identity, subject]))
        for identity, subject, weight in ranked
    ]


def _ranked(findings: "models.QuerySet[Finding]", limit: int) -> list[tuple[int, str, int]]:
    """Identity, subject and exposure of the worst cases."""
    weight = models.Case(
        *(models.When(severity=severity.value, then=weight) for severity, weight in WEIGHTS.items()),
        default=0,
        output_field=models.BigIntegerField(),
    )
    is_production = models.Case(models.When(identity__environment="production", then=0), default=1)
    is_domain = models.Case(models.When(identity__identity_type="DOMAIN", then=0), default=1)
    cases = (
        findings.order_by()
        .values("identity", "subject")
        .annotate(
            exposure=models.Sum(weight),
            first=models.Min(is_production),
            second=models.Min(is_domain),
            since=models.Min("first_opened_at"),
        )
        .order_by("-exposure", "first", "second", "since", "identity", "subject")
    )
    return [(case["identity"], case["subject"], case["exposure"]) for case in cases[:limit]]


def _of(findings: "models.QuerySet[Finding]", ranked: Iterable[tuple[int, str, int]]) -> "models.QuerySet[Finding]":
    wanted = models.Q(pk__in=[])
    for identity, subject, _ in ranked:
        wanted |= models.Q(identity=identity, subject=subject)
    return findings.filter(wanted).select_related("identity__scope__account", "identity__owner_team")


def _delegates(subjects: Iterable[str]) -> dict[str, DelegateFacts]:
    wanted = [subject for subject in subjects if len(subject) == 12]
    known = Account.objects.filter(account_id__in=wanted).select_related("vendor")
    return {
        account.account_id: DelegateFacts(
            account.account_id, name=account.name, vendor=account.vendor.name if account.vendor else ""
        )
        for account in known
    }


def _words(subject: str, delegates: dict[str, DelegateFacts]) -> str:
    if subject == "*":
        return "Anyone with an AWS account"
    if len(subject) == 12 and subject.isdigit():
        return account_label(subject, delegates)
    return subject
