"""The demo estate as a world for the double of AWS: eleven commercial accounts, one in GovCloud, 400 identities."""

from typing import Any

from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_accounts import ACCOUNTS, REGIONS, EstateAccount, OutsideAccount
from sesgov.demo.estate_cases import CASES, Case
from sesgov.demo.estate_identities import hygiene, lot, names, regions, tags
from sesgov.demo.estate_policies import VENDOR_NETWORK, Statement, document, own, role, well_limited

World = dict[str, Any]
Policies = dict[str, list[Statement] | str]
# Who helps which account, as one role: the ordinary, well-limited delegation.
HELPERS: dict[str, tuple[OutsideAccount, str]] = {
    known.MANAGEMENT.key: (known.PELLEGRIN_SENDING, "campaign-sender"),
    known.SHOP.key: (known.PELLEGRIN_SENDING, "campaign-sender"),
    known.NEWSLETTER.key: (known.PELLEGRIN_SENDING, "campaign-sender"),
    known.SHOP_STAGING.key: (known.PELLEGRIN_TESTING, "preview"),
    known.DATA_STAGING.key: (known.PELLEGRIN_TESTING, "preview"),
    known.PAYMENTS.key: (known.VANTRELL_INVOICES, "invoice-sender"),
    known.SUPPORT.key: (known.OSTERMARK_DESK, "desk-mailer"),
    known.PEOPLE.key: (known.OSTERMARK_DESK, "desk-mailer"),
    known.LOGISTICS.key: (known.DUNMERE_TRACKING, "tracking-mailer"),
}
SELF_ONLY = 14
WELL_LIMITED = 34


def build_world() -> World:
    """The world file (see ``aws_double.world``); the same on every call."""
    return {
        "organization": {"id": known.ORGANIZATION_ID, "management_account": known.MANAGEMENT.id},
        "default_account": known.MANAGEMENT.id,
        "accounts": [_account(account) for account in ACCOUNTS],
        "faults": faults(),
    }


def _account(account: EstateAccount) -> World:
    is_government = account is known.GOVERNMENT
    world: World = {
        "id": account.id,
        "name": account.name,
        "email": f"aws+{account.key}@example.com",
        "partition": "aws-us-gov" if is_government else "aws",
        "path": None if is_government else _path(account),
        "regions": list(regions(account)),
        "identities": [
            identity(account, region, name) for region in regions(account) for name in _held(account, region)
        ],
    }
    if is_government:
        return world | {"access_keys": [known.GOVERNMENT_KEY]}
    if account is known.MANAGEMENT:
        return world | {"access_keys": [known.MANAGEMENT_KEY]}
    return world | {"role": {"name": known.ROLE_NAME, "external_id": known.EXTERNAL_ID}}


def _path(account: EstateAccount) -> str:
    unit = "" if account is known.MANAGEMENT else f"{known.UNITS[account.environment]}/"
    return f"{known.ORGANIZATION_ID}/{known.ROOT_ID}/{unit}"


def _held(account: EstateAccount, region: str) -> list[str]:
    is_empty = not account.domains or (account, region) == known.DISABLED
    return [] if is_empty else names(account, region)


def identity(account: EstateAccount, region: str, name: str, policies: Policies | None = None) -> World:
    """One identity of the world; with ``policies`` in place of those that it has now."""
    arn = f"arn:{_partition(account)}:ses:{region}:{account.id}:identity/{name}"
    if policies is None:
        case = _case(account, region, name)
        policies = case.policies if case else _ordinary(account, region, name)
    return {
        "name": name,
        "region": region,
        "tags": tags(account, region, name),
        "policies": {key: shape if isinstance(shape, str) else document(shape, arn) for key, shape in policies.items()},
        **hygiene(account, region, name),
    }


def _case(account: EstateAccount, region: str, name: str) -> Case | None:
    return next((c for c in CASES if c.account is account and c.name == name and c.region in ("*", region)), None)


def _ordinary(account: EstateAccount, region: str, name: str) -> Policies:
    """Most identities have no policy; some repeat what holds anyway; some let one role of a vendor send."""
    is_repeated = name in account.domains
    drawn = lot("policy", account.key, "" if is_repeated else region, name)
    if drawn < SELF_ONLY:
        return {"own-account": own(account.id, _partition(account))}
    if drawn < WELL_LIMITED and not is_repeated and account.key in HELPERS:
        helper, role_name = HELPERS[account.key]
        policy_name = helper.name.lower().replace(" ", "-")
        return {policy_name: well_limited(role(helper.id, role_name), name, VENDOR_NETWORK)}
    return {}


def _partition(account: EstateAccount) -> str:
    return "aws-us-gov" if account is known.GOVERNMENT else "aws"


def faults() -> list[World]:
    """One account that a policy of the organization keeps shut, and one region that is on but not yet usable."""
    shut = [
        {"kind": "deny", "account": known.DENYING.id, "action": action}
        for action in ("ListEmailIdentities", "ListIdentities", "GetEmailIdentity")
    ]
    account, region = known.DISABLED
    return [*shut, {"kind": "disabled_region", "account": account.id, "region": region}]


def expected_rules() -> frozenset[str]:
    """The rules that the cases are there for."""
    return frozenset(rule for case in CASES for rule in case.rules)


def scopes() -> int:
    """How many (account, region) pairs a collection of the estate visits."""
    return len(known.COMMERCIAL) * len(REGIONS) + 1
