"""Policy versions: each document as it was read, from when to when."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from inventory.models import CollectionRun, Identity, PolicyVersion, SendingPolicy


@dataclass(slots=True)
class PolicyChanges:
    """Names of policies by what became of them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def save_policies(
    identity: Identity, documents: Mapping[str, str], *, at: datetime, run: CollectionRun
) -> PolicyChanges:
    """Bring the stored policies in line with one successful reading; the same again changes nothing."""
    changes = PolicyChanges()
    known = {policy.name: policy for policy in identity.policies.order_by("name")}
    current = {version.policy_id: version for version in _current(identity)} if known else {}
    for name, text in sorted(documents.items()):
        policy = known.get(name)
        if policy is None:
            policy = SendingPolicy.objects.create(identity=identity, name=name, first_seen_at=at)
            _add_version(policy, 1, text, at=at, run=run)
            changes.added.append(name)
        else:
            _save_document(policy, text, current.get(policy.pk), changes, at=at, run=run)
    for name, policy in sorted(known.items()):
        if name not in documents and policy.gone_at is None:
            _end(policy, at)
            changes.gone.append(name)
    return changes


def end_policies(identity: Identity, *, at: datetime) -> list[str]:
    """The identity is gone, and its policies with it; returns their names."""
    ended = list(identity.policies.filter(gone_at=None).order_by("name"))
    for policy in ended:
        _end(policy, at)
    return [policy.name for policy in ended]


def current_documents(identity: Identity) -> dict[str, str]:
    """What each policy of the identity says now, by name."""
    return {version.policy.name: version.text for version in _current(identity).select_related("policy")}


def raw_hash(text: str) -> str:
    """SHA-256 of the document as it is."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_hash(text: str) -> str:
    """SHA-256 of what the document says: without regard to blanks and the order of keys; as it is where no JSON."""
    try:
        said = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return raw_hash(text)
    return raw_hash(said)


def _current(identity: Identity) -> "models.QuerySet[PolicyVersion]":
    return PolicyVersion.objects.current().filter(policy__identity=identity).order_by("pk")


def _save_document(
    policy: SendingPolicy,
    text: str,
    current: PolicyVersion | None,
    changes: PolicyChanges,
    *,
    at: datetime,
    run: CollectionRun,
) -> None:
    if current is not None and current.raw_hash == raw_hash(text):
        return
    if current is not None:
        PolicyVersion.objects.filter(pk=current.pk).update(to_at=at)
    if policy.gone_at is not None:
        policy.gone_at = None
        policy.save(update_fields=["gone_at"])
    (changes.changed if current else changes.added).append(policy.name)
    _add_version(policy, policy.versions.count() + 1, text, at=at, run=run)


def _add_version(policy: SendingPolicy, number: int, text: str, *, at: datetime, run: CollectionRun) -> None:
    PolicyVersion.objects.create(
        policy=policy,
        number=number,
        text=text,
        raw_hash=raw_hash(text),
        canonical_hash=canonical_hash(text),
        from_at=at,
        run=run,
    )


def _end(policy: SendingPolicy, at: datetime) -> None:
    policy.gone_at = at
    policy.save(update_fields=["gone_at"])
    policy.versions.filter(to_at=None).update(to_at=at)
