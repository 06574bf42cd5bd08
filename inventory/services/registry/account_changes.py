"""Change what the registry says of an account."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime

from django.db import transaction

from inventory.models import Account, User
from inventory.services.audit import record
from inventory.services.judging.reevaluation import mark_due
from inventory.services.refusals import RefusedError
from inventory.services.registry.accounts import NewAccount, check_entry, owning_team, vendor_named

_NEVER_CHANGED = ("account_id", "partition")


def entry_of(account: Account) -> NewAccount:
    """What the registry says now, in the form in which accounts are entered."""
    return NewAccount(
        account_id=account.account_id,
        name=account.name,
        partition=account.partition,
        environment=account.environment,
        relationship=account.relationship,
        role_arn=account.role_arn,
        external_id=account.external_id,
        profile=account.profile,
        vendor=account.vendor.name if account.vendor else "",
        owner=account.owner_team.name if account.owner_team else "",
        ends_on=account.ends_on,
    )


@transaction.atomic
def change_account(
    account_id: str, changes: Mapping[str, object], *, acting_user: User | None, at: datetime
) -> tuple[str, ...]:
    """As :func:`write_changes`; what the account may do is judged again soon."""
    changed = write_changes(account_id, changes, acting_user=acting_user, at=at)
    if changed:
        mark_due([account_id])
    return changed


@transaction.atomic
def write_changes(
    account_id: str, changes: Mapping[str, object], *, acting_user: User | None, at: datetime
) -> tuple[str, ...]:
    """Write the given fields of :class:`NewAccount`; returns those that differ from before, none if nothing does.

    Raises :class:`RefusedError` and writes nothing where the outcome does not hold. Whoever calls it has the accounts
    judged again.
    """
    account = _locked(account_id)
    before = entry_of(account)
    after = replace(before, **_cleaned(changes))  # type: ignore[arg-type]  # forms and files carry no types
    changed = tuple(field for field in _differing(before, after) if not _is_same_name(field, before, after))
    if not changed:
        return ()
    _refuse_fixed(changed)
    check_entry(after)
    _write(account, after, changed, acting_user=acting_user, at=at)
    data = {field: _audited(field, before, after) for field in changed}
    record(at=at, actor=acting_user, action="account.changed", target=account, data={"changed": data})
    return changed


@transaction.atomic
def keep_as_ours(account_id: str, *, acting_user: User, at: datetime) -> None:
    """A person says that an account which left AWS Organizations is still the company's."""
    account = _locked(account_id)
    if account.left_at is None:
        raise RefusedError("account_id", f"{account} has not left its organization, or somebody was quicker.")
    left_at, account.left_at = account.left_at, None
    account.save(update_fields=["left_at"])
    record(at=at, actor=acting_user, action="account.kept_as_ours", target=account, data={"left_at": left_at})
    mark_due([account_id])


def _locked(account_id: str) -> Account:
    rows = Account.objects.select_for_update(of=("self",), no_key=True).select_related("vendor", "owner_team")
    return rows.get(account_id=account_id)


def _cleaned(changes: Mapping[str, object]) -> dict[str, object]:
    return {key: value.strip() if isinstance(value, str) else value for key, value in changes.items()}


def _differing(before: NewAccount, after: NewAccount) -> list[str]:
    return [each.name for each in fields(NewAccount) if getattr(before, each.name) != getattr(after, each.name)]


def _is_same_name(field: str, before: NewAccount, after: NewAccount) -> bool:
    """Vendors and teams are found by their names whatever the case."""
    if field not in ("vendor", "owner"):
        return False
    return str(getattr(before, field)).casefold() == str(getattr(after, field)).casefold()


def _refuse_fixed(changed: tuple[str, ...]) -> None:
    for field in _NEVER_CHANGED:
        if field in changed:
            raise RefusedError(field, f"The {field} of an account that is in the registry does not change.")


def _write(
    account: Account, after: NewAccount, changed: tuple[str, ...], *, acting_user: User | None, at: datetime
) -> None:
    for field in changed:
        if field == "vendor":
            account.vendor = vendor_named(after.vendor, acting_user=acting_user, at=at) if after.vendor else None
        elif field == "owner":
            account.owner_team = owning_team(after.owner, acting_user) if after.owner else None
        else:
            setattr(account, field, getattr(after, field))
    account.save(update_fields=["owner_team" if field == "owner" else field for field in changed])


def _audited(field: str, before: NewAccount, after: NewAccount) -> object:
    """From and to; of an ExternalId only that there is one."""
    values = [getattr(before, field), getattr(after, field)]
    return ["given" if value else "none" for value in values] if field == "external_id" else values
