"""Stopping: a Deny for callers who cannot be taken out of a statement that lets in others as well."""

from typing import Any

from inventory.policy.grants.changes import Change, Ground
from inventory.policy.grants.terms import TermsError, canonical_principal


def stop_statement(change: Change, ground: Ground) -> dict[str, Any] | None:
    """A policy that denies SES to the accounts, roles and users of a removal; ``None`` where a Deny would not do.

    It would not where another grant lets the same callers in, and not for anyone, organizations and services.
    """
    named = change.terms.principals if change.terms is not None else change.principals
    callers = [_caller(each, ground) for each in named]
    if not callers or None in callers or (change.terms is not None and change.terms.services):
        return None
    accounts = {str(each).split(":")[4] if ":" in str(each) else each for each in callers}
    if any(accounts & _accounts(each.principals) for each in change.kept):
        return None
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Stop1",
                "Effect": "Deny",
                "Principal": {"AWS": sorted(map(str, callers))},
                "Action": "ses:*",
                "Resource": ground.identity_arn.replace("${", "${$}{"),
            }
        ],
    }


def _caller(name: str, ground: Ground) -> str | None:
    """An account id or ARN that a Deny can name."""
    try:
        found = canonical_principal(name, ground.identity_arn.split(":")[1])
    except TermsError:
        return None
    return found if found.isdigit() or found.startswith("arn:") else None


def _accounts(principals: tuple[str, ...]) -> set[str | None]:
    return {each.split(":")[4] if ":" in each else each for each in principals}
