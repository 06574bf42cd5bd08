"""A small world for findings: store policies on an identity and judge it, as reconciliation does."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from inventory.models import Account, Finding, Identity
from inventory.policy.analysis import analyse
from inventory.services.findings.findings import FindingCounts, judge_identity, load_delegates
from tests import builders

LATER = builders.NOW + timedelta(days=10)
STRANGER = "418273950164"


def sends(identity: Identity, principal: Any, **rest: Any) -> str:
    """A policy that lets a principal send from one address."""
    limits = {"StringEquals": {"ses:FromAddress": f"news@{identity.name}"}} | rest.pop("conditions", {})
    return builders.document(builders.allow(principal, identity.arn, Condition=limits, **rest))


def role(account: str = STRANGER) -> dict[str, str]:
    """The principal element that names one role."""
    return {"AWS": f"arn:aws:iam::{account}:role/mailer"}


def open_findings(identity: Identity) -> int:
    """How many findings are open on it, hints left out."""
    return Finding.objects.open().counted().filter(identity=identity).count()


def settle(
    identity: Identity, policies: Mapping[str, str] | None = None, *, at: datetime = builders.NOW, **fields: Any
) -> FindingCounts:
    """Store what AWS says now, and judge it; without policies, judge again what is stored."""
    if policies is not None:
        for stored in identity.policies.filter(gone_at=None).exclude(name__in=policies):
            stored.versions.filter(to_at=None).update(to_at=at)
        for name, text in policies.items():
            builders.policy(text=text, identity=identity, name=name, from_at=at)
    return judge(identity, stored_policies(identity), at=at, **fields)


def judge(identity: Identity, policies: Mapping[str, str], *, at: datetime, **fields: Any) -> FindingCounts:
    """The call itself, in a transaction of its own and with the registry as it stands; then the stored counts hold."""
    registry = Account.objects.registry(on=at.date(), owner_organization=None)
    owner = identity.scope.account.account_id
    analysis = analyse(owner_account=owner, identity_arn=identity.arn, policies=policies, registry=registry, at=at)
    delegates = load_delegates()
    with transaction.atomic():
        counts = judge_identity(
            identity, analysis, policies=policies, registry=registry, delegates=delegates, at=at, **fields
        )
    assert stored_counts() == {each.pk: open_findings(each) for each in Identity.objects.all()}
    return counts


def stored_counts() -> dict[int, int]:
    """The number of open findings that each identity's row repeats."""
    return dict(Identity.objects.values_list("pk", "open_finding_count"))


def stored_policies(identity: Identity) -> dict[str, str]:
    """The current policies by name."""
    return {
        policy.name: version.text
        for policy in identity.policies.all()
        for version in policy.versions.filter(to_at=None)
    }


def open_rules(identity: Identity) -> set[str]:
    """The rules with an open finding on the identity, hints left out."""
    return set(Finding.objects.open().counted().filter(identity=identity).values_list("rule_id", flat=True))


def place(**fields: Any) -> Identity:
    """A staging subdomain identity, so that severities are the defaults."""
    account = fields.pop("account", None) or builders.account(environment="staging")
    scope = builders.scope(account=account, region=fields.pop("region", "eu-west-1"))
    return builders.identity(scope=scope, **{"name": "mail.example.com"} | fields)
