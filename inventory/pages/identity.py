"""One identity: who can send as it, why, since when; its policies line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from inventory.models import Account, Delegation, Finding, Identity, PolicyVersion, SendingPolicy
from inventory.pages.analysed import analysed
from inventory.pages.finding import TONES
from inventory.pages.policy_history import Change, changes
from inventory.pages.policy_lines import Line, Remark, annotated_lines
from inventory.pages.policy_remarks import policy_remarks
from inventory.policy import delegations as engine
from inventory.policy.tightening.drafts import pretty
from inventory.policy.trust import Trust
from inventory.policy.words.requests import describe_request
from inventory.policy.words.sentences import describe

_NOT_VOUCHED_FOR = (Trust.UNKNOWN, Trust.FORMER, Trust.PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Sender:
    """One sentence of the list of who can do what."""

    sentence: str
    delegation: engine.Delegation
    since: datetime | None
    accounts: tuple[Account, ...]
    witness: str

    @property
    def witness_json(self) -> str:
        """The request that works, as ``evaluate_policy`` reads it."""
        return pretty(self.delegation.witness.to_json()) if self.delegation.witness else ""

    @property
    def tone(self) -> str:
        """``bad`` for what nobody vouches for, ``plain`` otherwise."""
        return "bad" if self.delegation.trust in _NOT_VOUCHED_FOR or self.delegation.reach.rank <= 1 else "plain"


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """One policy as the page shows it."""

    policy: SendingPolicy
    text: str
    lines: list[Line]
    history: list[Change]
    from_at: datetime


def identity_context(identity: Identity, at: datetime) -> dict[str, object]:
    """Everything on the page of one identity: a fixed number of queries, whatever its policies hold."""
    found = analysed(identity, at)
    analysis = found.analysis
    findings = list(Finding.objects.open().filter(identity=identity))
    senders = _senders(analysis, identity)
    return {
        "identity": identity,
        "account": identity.scope.account,
        "analysis": analysis,
        "outside": [each for each in senders if each.delegation.is_outside],
        "inside": [each for each in senders if not each.delegation.is_outside],
        "policies": [_part(policy, version, analysis, findings) for policy, version in found.policies],
        "gone_policies": list(identity.policies.exclude(gone_at=None)),
        "findings": [each for each in findings if each.severity != "info"],
        "hints": [each for each in findings if each.severity == "info"],
        "tags": sorted(identity.tags.items()),
        "sight": identity.scope.sight(at),
    }


def _senders(analysis: engine.Analysis, identity: Identity) -> list[Sender]:
    """Every delegation as a sentence, the least trusted and widest first; two queries."""
    since, registered = _since(identity), _registered(analysis)
    names = {
        account_id: account.vendor.name if account.vendor else account.name
        for account_id, account in registered.items()
    }
    return [
        Sender(
            sentence=describe(each, identity.name, names),
            delegation=each,
            since=_first_seen(each, since),
            accounts=tuple(registered[account_id] for account_id in each.accounts if account_id in registered),
            witness=describe_request(each.witness, names) if each.witness else "",
        )
        for each in _distinct(sorted(analysis.delegations, key=_risk))
    ]


def _registered(analysis: engine.Analysis) -> dict[str, Account]:
    """The accounts that the policies name, as far as somebody registered them."""
    mentioned = {account_id for each in analysis.delegations for account_id in each.accounts}
    return {each.account_id: each for each in Account.objects.filter(account_id__in=mentioned).select_related("vendor")}


def _risk(delegation: engine.Delegation) -> tuple[int, int, str, int]:
    trust_rank = delegation.trust.rank if delegation.trust else 99
    return trust_rank, delegation.reach.rank, delegation.policy, delegation.statement


def _distinct(delegations: Iterable[engine.Delegation]) -> Iterable[engine.Delegation]:
    """One of each: what a statement says of direct calls it need not say again of those through an endpoint."""
    seen = set()
    for each in delegations:
        said = (each.policy, each.statement, each.reach, each.trust, each.accounts, each.principals, each.services)
        if said not in seen:
            seen.add(said)
            yield each


def _since(identity: Identity) -> dict[tuple[str, str], datetime]:
    rows = Delegation.objects.filter(identity=identity, is_live=True)
    return {(each.policy_name, each.principal): each.first_seen_at for each in rows}


def _first_seen(delegation: engine.Delegation, since: Mapping[tuple[str, str], datetime]) -> datetime | None:
    named = (*delegation.accounts, *delegation.organizations, *delegation.principals, *delegation.services, "*")
    found = [since[delegation.policy, name] for name in named if (delegation.policy, name) in since]
    return min(found, default=None)


def _part(
    policy: SendingPolicy, version: PolicyVersion, analysis: engine.Analysis, findings: Iterable[Finding]
) -> PolicyPart:
    remarks = policy_remarks(policy.name, analysis) + _finding_remarks(policy.name, findings)
    return PolicyPart(
        policy=policy,
        text=version.text,
        lines=annotated_lines(version.text, remarks),
        history=changes(policy.versions.all()),
        from_at=version.from_at,
    )


def _finding_remarks(policy_name: str, findings: Iterable[Finding]) -> list[Remark]:
    """What the rules say, at each place that they name, with the way to the finding."""
    remarks = []
    for each in findings:
        if each.policy_name == policy_name:
            url = reverse("inventory:finding_detail", args=[each.pk])
            for place in (each.evidence, *each.evidence.get("places", ())):
                path = tuple(place.get("path") or ())
                remarks.append(Remark(path, str(place.get("text") or each.rule_id), TONES[each.severity], url))
    return remarks
