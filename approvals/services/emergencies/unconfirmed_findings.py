"""Findings about access that one person gave and two others did not agree to; open until a reading sees it gone."""

from datetime import datetime
from typing import Any

from django.db import transaction

from approvals.models import Grant
from approvals.rules.states import Observation
from inventory.models import CollectionRun, Finding, FindingEpisode, Identity
from inventory.policy.rules import RULES
from inventory.services.audit import record
from inventory.services.each import do_each
from inventory.services.findings.finding_episodes import compare, write
from inventory.services.findings.finding_rows import Wanted, finding_key
from inventory.services.judging.identity_copies import lock_family

UNCONFIRMED = "break-glass-unconfirmed"
_GONE = (Observation.REMOVED, Observation.NOT_OBSERVED)


def settle_unconfirmed(identity: Identity, *, run: CollectionRun | None, at: datetime) -> int:
    """Bring them in line with what became of such grants, in a transaction; idempotent. How many were closed."""
    lock_family(identity.scope, identity.name)
    grants = Grant.objects.unconfirmed().filter(identity=identity)
    wanted = {each.key: each for each in (_wanted(grant, identity) for grant in grants if not _is_gone(grant))}
    known = Finding.objects.filter(identity=identity, rule_id=UNCONFIRMED)
    changes = compare(wanted, known, lambda _: FindingEpisode.Reason.FIXED, at=at, seen=identity.pk if run else None)
    write(changes, at=at, run=run, is_baseline=False)
    said = changes.audited()
    if said:
        record(at=at, actor=None, action="findings.changed", target=identity, data=said | {"run": run and run.pk})
    return len(changes.closed)


def settle_seen(*, at: datetime) -> int:
    """Close those that a reading since saw gone, an identity at a time; how many."""
    found = Finding.objects.open().filter(rule_id=UNCONFIRMED).values("identity")
    grants = Grant.objects.unconfirmed().filter(identity__in=found)
    gone = [each for each in grants.select_related("identity__scope__account", "observed_by_run") if _is_gone(each)]
    return sum(do_each(lambda grant: _settle_one(grant, at=at), gone))


@transaction.atomic
def _settle_one(grant: Grant, *, at: datetime) -> int:
    return settle_unconfirmed(grant.identity, run=grant.observed_by_run, at=at)


def _is_gone(grant: Grant) -> bool:
    """Whether a reading after the end saw no such access."""
    ended, seen = grant.unconfirmed_at, grant.observed_at
    return ended is not None and seen is not None and seen > ended and grant.observation in _GONE


def _wanted(grant: Grant, identity: Identity) -> Wanted:
    terms = grant.grant_terms
    names = ", ".join((*terms.principals, *(f"{each.service} for {each.source_account}" for each in terms.services)))
    text = f"{names} was let in at once under grant {grant.pk}, and two people did not agree to it."
    subject = grant.account_ids[0] if len(grant.account_ids) == 1 else ""
    key = finding_key(identity, UNCONFIRMED, "", subject)
    evidence: dict[str, Any] = {"text": text, "statement": None, "path": []}
    return Wanted(key, identity, UNCONFIRMED, "", subject, RULES[UNCONFIRMED].severity, evidence)
