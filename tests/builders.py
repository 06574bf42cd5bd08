"""Builders: one valid row each, with every detail that a test does not care about filled in.

Each takes the values that matter as keywords; what it needs and was not given, it builds. Times default to ``NOW``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from inventory.models import (
    Account,
    AccountVerification,
    CollectionRun,
    Delegation,
    DelegationState,
    Delivery,
    Finding,
    FindingEpisode,
    Identity,
    IdentityState,
    Membership,
    Organization,
    Outcome,
    PolicyVersion,
    RiskAcceptance,
    Role,
    Scope,
    ScopeRun,
    SendingName,
    SendingPolicy,
    Severity,
    Team,
    User,
    Vendor,
)
from inventory.models.findings import SEVERITY_RANK
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

_numbers = count(1)


def user(*roles: str, teams: Iterable[Team] = (), password: str | None = None, **fields: Any) -> User:
    """A person with the given roles; without a password they can only be logged in by force."""
    number = next(_numbers)
    person = User(
        **{"email": f"person{number}@example.org", "name": f"Person {number}", "created_at": NOW} | fields,
        roles=[Role(role).value for role in roles],
    )
    person.set_password(password)
    person.save()
    for each in teams:
        Membership.objects.create(user=person, team=each, created_at=NOW)
    return person


def team(**fields: Any) -> Team:
    """An active team."""
    return Team.objects.create(**{"name": f"Team {next(_numbers)}", "created_at": NOW} | fields)


def sending_name(**fields: Any) -> SendingName:
    """A confirmed name; identities built before or after say themselves whether they stand under it."""
    return SendingName.objects.create(**{"domain": f"name{next(_numbers)}.example.com", "created_at": NOW} | fields)


def verification(**fields: Any) -> AccountVerification:
    """A check of a partner's account, 30 days old, that fits what the registry says."""
    values = {"account": fields["account"] if "account" in fields else account(relationship="partner")} | fields
    checked = values["account"]
    defaults: dict[str, Any] = {
        "vendor": checked.vendor,
        "relationship": checked.relationship,
        "verified_at": NOW - timedelta(days=30),
        "method": AccountVerification.Method.CONTRACT,
        "evidence": "Annex 2 of the contract.",
        "valid_until": (NOW + timedelta(days=335)).date(),
    }
    values = defaults | values
    values["verified_by"] = values.get("verified_by") or user("security")
    return AccountVerification.objects.create(**values)


def vendor(**fields: Any) -> Vendor:
    """A vendor whose contract runs for another 300 days."""
    defaults = {
        "name": f"Vendor {next(_numbers)}",
        "contract_ends_on": (NOW + timedelta(days=300)).date(),
        "created_at": NOW,
    }
    return Vendor.objects.create(**defaults | fields)


def organization(**fields: Any) -> Organization:
    """Our own organization, unless told otherwise."""
    defaults = {
        "organization_id": f"o-{next(_numbers):010d}",
        "relationship": Organization.Relationship.OWN,
        "created_at": NOW,
    }
    return Organization.objects.create(**defaults | fields)


def account(**fields: Any) -> Account:
    """A managed production account."""
    number = next(_numbers)
    defaults = {
        "account_id": f"{100_000_000_000 + number}",
        "name": f"account-{number}",
        "environment": Account.Environment.PRODUCTION,
        "relationship": Account.Relationship.MANAGED,
        "created_at": NOW,
    }
    return Account.objects.create(**defaults | fields)


def scope(**fields: Any) -> Scope:
    """A scope that was completely read at ``NOW``; ``last_outcome=""`` gives one that was never read."""
    defaults: dict[str, Any] = {"region": "eu-west-1", "last_outcome": Outcome.COMPLETE}
    values = defaults | fields
    if values["last_outcome"]:
        values = {"last_attempt_at": NOW} | values
    if values["last_outcome"] == Outcome.COMPLETE:
        values = {"last_complete_at": NOW, "baseline_at": NOW} | values
    if "account" not in values:
        values["account"] = account()
    return Scope.objects.create(**values)


def run(**fields: Any) -> CollectionRun:
    """A finished and complete run; ``state="running"`` gives one that still reads."""
    defaults: dict[str, Any] = {
        "state": CollectionRun.State.FINISHED,
        "trigger": CollectionRun.Trigger.SCHEDULE,
        "created_at": NOW,
        "deadline_at": NOW + timedelta(hours=6),
    }
    values = defaults | fields
    if values["state"] == CollectionRun.State.FINISHED:
        values = {"outcome": Outcome.COMPLETE, "finished_at": NOW + timedelta(minutes=2)} | values
    return CollectionRun.objects.create(**values)


def scope_run(**fields: Any) -> ScopeRun:
    """One scope of one run, waiting to be read."""
    defaults: dict[str, Any] = {"due_at": NOW}
    values = defaults | fields
    values["run"] = values.get("run") or run(state=CollectionRun.State.RUNNING)
    values["scope"] = values.get("scope") or scope()
    return ScopeRun.objects.create(**values)


def identity(**fields: Any) -> Identity:
    """A verified domain identity that nobody outside can send as."""
    defaults: dict[str, Any] = {
        "name": f"shop{next(_numbers)}.example.com",
        "identity_type": Identity.Type.DOMAIN,
        "is_verified": True,
        "verification_status": "SUCCESS",
        "dkim_enabled": True,
        "dkim_status": "SUCCESS",
        "first_seen_at": NOW - timedelta(days=30),
        "last_read_at": NOW,
    }
    values = defaults | fields
    place = values["scope"] = values.get("scope") or scope()
    arn = f"arn:aws:ses:{place.region}:{place.account.account_id}:identity/{values['name']}"
    values = {
        "sending_name": values["name"].rpartition("@")[2],
        "arn": arn,
        "environment": place.account.environment,
    } | values
    created = Identity.objects.create(**values)
    IdentityState.objects.create(
        identity=created,
        from_at=created.first_seen_at,
        environment=created.environment,
        owner_team=created.owner_team,
        owner_user=created.owner_user,
        owner_source=created.owner_source,
    )
    return created


def document(*statements: Mapping[str, Any]) -> str:
    """The text of a policy made of statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def allow(principal: Any, identity_arn: str, action: Any = "ses:SendEmail", **rest: Any) -> dict[str, Any]:
    """An Allow statement; keywords become further elements, e.g. ``Condition={...}``."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": identity_arn} | rest


def policy(*, text: str, identity: Identity, name: str = "partner", **version_fields: Any) -> PolicyVersion:
    """The current version of a named policy; a second call for the same name closes the first version."""
    at = version_fields.setdefault("from_at", NOW - timedelta(days=20))
    parent, _ = SendingPolicy.objects.get_or_create(identity=identity, name=name, defaults={"first_seen_at": at})
    parent.versions.filter(to_at=None).update(to_at=at)
    digest = hashlib.sha256(text.encode()).hexdigest()
    defaults: dict[str, Any] = {"raw_hash": digest, "canonical_hash": digest}
    values = defaults | version_fields
    values["run"] = values.get("run") or run()
    return PolicyVersion.objects.create(policy=parent, number=parent.versions.count() + 1, text=text, **values)


def delegation(**fields: Any) -> Delegation:
    """A live delegation to a whole unknown account, with its open state; the identity's ranks follow it."""
    defaults: dict[str, Any] = {
        "policy_name": "partner",
        "account_id": "444455556666",
        "reach": Reach.ACCOUNT.value,
        "trust": Trust.UNKNOWN.value,
        "can_send": True,
        "first_seen_at": NOW - timedelta(days=20),
    }
    values = defaults | fields
    values = {"principal": values["account_id"] or "*"} | values
    values["identity"] = values.get("identity") or identity()
    reach, trust = Reach(values["reach"]), Trust(values["trust"]) if values["trust"] else None
    values = {"reach_rank": reach.rank, "trust_rank": trust.rank if trust else 99} | values
    created = Delegation.objects.create(**values)
    DelegationState.objects.create(
        delegation=created,
        from_at=created.first_seen_at,
        state_hash="0" * 64,
        reach=created.reach,
        trust=created.trust,
        can_send=created.can_send,
        statements=created.statements,
    )
    _repeat_widest(created.identity)
    return created


def finding(**fields: Any) -> Finding:
    """An open high finding with its open episode."""
    at = fields.get("first_opened_at", NOW - timedelta(days=3))
    defaults: dict[str, Any] = {
        "rule_id": "unknown-account-send",
        "policy_name": "partner",
        "subject": "444455556666",
        "severity": Severity.HIGH.value,
        "presence": Finding.Presence.PRESENT,
        "evidence": {"text": "An account that nobody registered can send.", "statement": 0, "path": []},
        "first_opened_at": at,
        "last_seen_at": NOW,
    }
    values = defaults | fields
    values["identity"] = values.get("identity") or identity()
    place = values["identity"].scope
    parts = (
        values["rule_id"],
        place.account.account_id,
        place.region,
        values["identity"].name,
        values["policy_name"],
        values["subject"],
    )
    values = {
        "key": hashlib.sha256("\n".join(parts).encode()).hexdigest(),
        "severity_rank": SEVERITY_RANK[values["severity"]],
    } | values
    created = Finding.objects.create(**values)
    if created.presence != Finding.Presence.ABSENT:
        episode(finding=created, opened_at=created.first_opened_at)
        if created.severity != Severity.INFO:
            created.identity.open_finding_count += 1
            created.identity.save(update_fields=["open_finding_count"])
    return created


def risk_acceptance(**fields: Any) -> RiskAcceptance:
    """A request to let a finding stand for 20 days, not decided."""
    defaults: dict[str, Any] = {
        "kind": RiskAcceptance.Kind.RISK,
        "severity": Severity.HIGH.value,
        "requested_at": NOW,
        "justification": "The partner moves to its own domain in January.",
        "until": (NOW + timedelta(days=20)).date(),
    }
    values = defaults | fields
    values["finding"] = values.get("finding") or finding()
    values["requested_by"] = values.get("requested_by") or user("security")
    return RiskAcceptance.objects.create(**values)


def episode(**fields: Any) -> FindingEpisode:
    """An episode of a finding: open, or closed as fixed where ``closed_at`` is given."""
    defaults: dict[str, Any] = {"opened_at": NOW - timedelta(days=3)}
    values = defaults | fields
    if values.get("closed_at"):
        values = {"reason": FindingEpisode.Reason.FIXED} | values
    if "finding" not in values:
        values["finding"] = finding(presence=Finding.Presence.ABSENT)
    return FindingEpisode.objects.create(**values)


def delivery(**fields: Any) -> Delivery:
    """A mail to a person that is to be sent."""
    defaults: dict[str, Any] = {
        "channel": Delivery.Channel.MAIL,
        "key": f"test:{next(_numbers)}",
        "subject": "Decide on a request",
        "text": "Brightmail asks for access.",
        "made_at": NOW,
    }
    values = defaults | fields
    if "person" not in values and values["channel"] == Delivery.Channel.MAIL:
        values["person"] = user("security")
    values = {"to": values["person"].email if values.get("person") else "hooks.example.com"} | values
    values = {"due_at": NOW if values.get("state", "waiting") == "waiting" else None} | values
    return Delivery.objects.create(**values)


def _repeat_widest(subject: Identity) -> None:
    """What reconciliation keeps on the identity for its lists."""
    live = list(Delegation.objects.filter(identity=subject, is_live=True).order_by("trust_rank", "reach_rank"))
    outside = [each for each in live if Reach(each.reach).is_outside]
    if live:
        subject.trust_rank, subject.reach_rank = live[0].trust_rank, min(each.reach_rank for each in live)
        subject.widest_trust = live[0].trust
        subject.widest_reach = min(live, key=lambda each: each.reach_rank).reach
    subject.delegate_count = len({each.principal for each in outside})
    subject.save()
