"""Enter accounts into the registry."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from inventory.models import Account, Team, User, Vendor
from inventory.services.audit import record
from inventory.services.owners.owner_rules import check_is_for_others
from inventory.services.refusals import RefusedError, check_words

PARTITIONS = ("aws", "aws-us-gov", "aws-eusc")
_ROLE_ARN = re.compile(r"arn:(?P<partition>[a-z-]+):iam::(?P<account>[0-9]{12}):role/[\w+=,.@/-]{1,512}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What somebody says of an account. ``vendor`` and ``owner`` are names."""

    account_id: str
    name: str = ""
    partition: str = "aws"
    environment: str = ""
    relationship: str = "managed"
    role_arn: str = ""
    external_id: str = ""
    profile: str = ""
    vendor: str = ""
    owner: str = ""
    ends_on: date | None = None


@transaction.atomic
def add_account(entry: NewAccount, *, acting_user: User | None, at: datetime) -> Account:
    """Add one account; raises :class:`RefusedError` and writes nothing where the entry does not hold."""
    check_entry(entry)
    _check_duplicate(entry.account_id)
    account = Account.objects.create(
        account_id=entry.account_id,
        name=entry.name.strip(),
        partition=entry.partition,
        environment=entry.environment,
        relationship=entry.relationship,
        role_arn=entry.role_arn,
        external_id=entry.external_id,
        profile=entry.profile,
        vendor=vendor_named(entry.vendor, acting_user=acting_user, at=at) if entry.vendor.strip() else None,
        owner_team=owning_team(entry.owner, acting_user) if entry.owner.strip() else None,
        ends_on=entry.ends_on,
        created_at=at,
    )
    record(
        at=at,
        actor=acting_user,
        action="account.added",
        target=account,
        data=_audited(entry),
    )
    return account


def check_entry(entry: NewAccount) -> None:
    """Raise :class:`RefusedError` at the first field that cannot be taken."""
    check_account_id(entry.account_id)
    _check_choice("relationship", entry.relationship, Account.Relationship.values)
    _check_choice("environment", entry.environment, Account.Environment.values)
    _check_choice("partition", entry.partition, PARTITIONS)
    for field in ("name", "vendor", "profile", "owner"):
        check_words(field, getattr(entry, field), 200)
    _check_role(entry)


def owning_team(name: str, acting_user: User | None) -> Team:
    """The team of that name, where it may be made an owner by that person."""
    team = team_named(name)
    check_is_for_others(team, acting_user)
    return team


def check_account_id(text: str) -> None:
    """Refuse what is no account id."""
    if not re.fullmatch(r"[0-9]{12}", text):
        raise RefusedError(
            "account_id",
            f"{text[:40]!r} is not an AWS account id: it has exactly 12 digits, leading zeros included.",
        )


def _check_choice(field: str, value: str, allowed: "list[str] | tuple[str, ...]") -> None:
    if value not in allowed:
        known = ", ".join(word for word in allowed if word)
        raise RefusedError(field, f"{value!r} is not a known {field}. Use one of: {known}.")


def _check_role(entry: NewAccount) -> None:
    if entry.role_arn:
        match = _ROLE_ARN.fullmatch(entry.role_arn)
        if match is None:
            raise RefusedError(
                "role_arn",
                f"{entry.role_arn!r} is not a role ARN such as arn:aws:iam::111111111111:role/sesgov-read.",
            )
        if match["account"] != entry.account_id or match["partition"] != entry.partition:
            raise RefusedError(
                "role_arn",
                f"The role is in account {match['account']} ({match['partition']}), "
                f"not in {entry.account_id} ({entry.partition}).",
            )
    if entry.external_id and not _EXTERNAL_ID.fullmatch(entry.external_id):
        raise RefusedError(
            "external_id",
            "An ExternalId has 2 to 1224 letters, digits or + = , . @ : / - _ characters.",
        )
    if entry.external_id and not entry.role_arn:
        raise RefusedError("external_id", "An ExternalId goes with a role: give --role-arn as well.")
    if entry.role_arn and entry.profile:
        raise RefusedError("profile", "Give either a role to assume or a profile, not both.")


def _check_duplicate(account_id: str) -> None:
    known = Account.objects.filter(account_id=account_id).first()
    if known is not None:
        raise RefusedError(
            "account_id",
            f"{account_id} is already in the registry as {known.name or 'an account without a name'} "
            f"({known.get_relationship_display().lower()}, added {known.created_at:%Y-%m-%d}).",
        )


def vendor_named(name: str, *, acting_user: User | None, at: datetime) -> Vendor:
    """The vendor of that name, made where it is missing."""
    vendor = Vendor.objects.filter(name__iexact=name.strip()).first()
    if vendor is None:
        vendor = Vendor.objects.create(name=name.strip(), created_at=at)
        record(
            at=at,
            actor=acting_user,
            action="vendor.added",
            target=vendor,
            data={"name": vendor.name},
        )
    return vendor


def team_named(name: str) -> Team:
    """The active team of that name; raises :class:`RefusedError` where there is none."""
    team = Team.objects.filter(name__iexact=name.strip(), is_active=True).first()
    if team is None:
        raise RefusedError(
            "owner",
            f"There is no active team named {name!r}. Add it first: people add --team.",
        )
    return team


def _audited(entry: NewAccount) -> dict[str, object]:
    """The entry without the ExternalId: it is a shared secret between us and the role."""
    return {
        field: getattr(entry, field)
        for field in entry.__dataclass_fields__
        if field != "external_id" and getattr(entry, field) not in ("", None)
    }
