"""Register a delegate: an account that policies name becomes one that we know."""

from datetime import datetime

from django.db import transaction

from inventory.models import Account, User
from inventory.services.judging.reevaluation import mark_due
from inventory.services.refusals import RefusedError
from inventory.services.registry.accounts import NewAccount, add_account

DELEGATE_RELATIONSHIPS = (
    Account.Relationship.PARTNER,
    Account.Relationship.ORGANIZATION,
    Account.Relationship.FORMER,
)


@transaction.atomic
def register_delegate(entry: NewAccount, *, acting_user: User | None, at: datetime) -> Account:
    """Enter the account, and have what it may do judged again soon."""
    if entry.relationship not in DELEGATE_RELATIONSHIPS:
        raise RefusedError("relationship", "Say whether it is a partner's, ours or a former partner's.")
    if entry.relationship == Account.Relationship.PARTNER and not entry.vendor.strip():
        raise RefusedError("vendor", "Say which company it belongs to.")
    if entry.relationship == Account.Relationship.ORGANIZATION and entry.vendor.strip():
        raise RefusedError("vendor", "An account of ours belongs to no vendor. Leave the company empty.")
    account = add_account(entry, acting_user=acting_user, at=at)
    mark_due([account.account_id])
    return account
