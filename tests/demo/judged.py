"""The demo estate, judged by the real engine and rules, without AWS and without a database."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache

from inventory.policy.analysis import analyse
from inventory.policy.rules import DelegateFacts, IdentitySubject, RegionCopy, Violation, judge
from inventory.policy.rules.copies import admission_lines
from inventory.policy.trust import Registry, Trust
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate import build_world

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TRUST = {"organization": Trust.ORGANIZATION, "partner": Trust.PARTNER, "former": Trust.FORMER}


def registry():
    accounts = {account.id: Trust.ORGANIZATION for account in known.ACCOUNTS}
    for outside in known.OUTSIDE:
        is_over = outside.vendor is not None and (outside.vendor.ends_in_days or 0) < 0
        accounts[outside.id] = Trust.FORMER if is_over else TRUST[outside.relationship]
    organizations = {known.ORGANIZATION_ID: Trust.ORGANIZATION, known.PARTNER_ORGANIZATION_ID: Trust.PARTNER}
    return Registry(accounts=accounts, organizations=organizations, owner_organization=known.ORGANIZATION_ID)


def delegates():
    own = [DelegateFacts(a.id, a.name, team=a.owner, environment=a.environment) for a in known.ACCOUNTS]
    outside = [
        DelegateFacts(o.id, o.name, vendor=o.vendor.name if o.vendor else "", environment=o.environment)
        for o in known.OUTSIDE
    ]
    return {facts.account_id: facts for facts in (*own, *outside)}


@cache
def judged() -> dict[tuple[str, str, str], tuple[Violation, ...]]:
    """(account, region, name) -> what is wrong there."""
    analysed = {(a.id, item["region"], item["name"]): (a, item, _analysis(a, item)) for a, item in _identities()}
    copies: dict[tuple[str, str], list[RegionCopy]] = defaultdict(list)
    for (account_id, region, name), (_, _, analysis) in analysed.items():
        copies[account_id, name].append(RegionCopy(region, admission_lines(analysis)))
    return {key: judge(_subject(*found, copies[key[0], key[2]])) for key, found in analysed.items()}


def _identities():
    accounts = {account.id: account for account in known.ACCOUNTS}
    return [(accounts[item["id"]], identity) for item in build_world()["accounts"] for identity in item["identities"]]


def _texts(item):
    return {name: text if isinstance(text, str) else json.dumps(text) for name, text in item["policies"].items()}


def _arn(account, item):
    partition = "aws-us-gov" if account is known.GOVERNMENT else "aws"
    return f"arn:{partition}:ses:{item['region']}:{account.id}:identity/{item['name']}"


def _analysis(account, item):
    return analyse(
        owner_account=account.id,
        identity_arn=_arn(account, item),
        policies=_texts(item),
        registry=registry(),
        at=AT,
    )


def _subject(account, item, analysis, copies):
    return IdentitySubject(
        name=item["name"],
        arn=_arn(account, item),
        identity_type="EMAIL_ADDRESS" if "@" in item["name"] else "DOMAIN",
        owner_account=account.id,
        analysis=analysis,
        at=AT,
        policies=_texts(item),
        environment=account.environment,
        owner_team=account.owner,
        registry=registry(),
        delegates=delegates(),
        region_copies=tuple(copy for copy in copies if copy.region != item["region"]),
    )
