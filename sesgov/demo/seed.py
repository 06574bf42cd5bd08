"""What people have told sesgov in the demo: teams, people, vendors, accounts, sign-ins. Idempotent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from inventory.models import Account, Organization, User, Vendor, VendorContact
from inventory.services.audit import record
from inventory.services.people.people import add_person
from inventory.services.people.teams import add_team
from inventory.services.registry.accounts import NewAccount, add_account
from inventory.services.registry.organizations import add_organization
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_people import LOGINS, PEOPLE, TEAMS, Person
from sesgov.demo.history.script import FIRST_DAY


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    role: str


@transaction.atomic
def seed(*, password: str, at: datetime) -> tuple[Login, ...]:
    """Enter everything that is not there yet, as of before the history; sign-ins get ``password`` now.

    Who has left does so in the history; contracts end so many days from ``at``.
    """
    today, at = at, at - timedelta(days=FIRST_DAY + 1)
    for team in TEAMS:
        add_team(name=team.name, aliases=team.aliases, email=team.email, acting_user=None, at=at)
    for person in PEOPLE:
        _enter_person(person, password, at, today)
    own = _enter_organization(known.ORGANIZATION_ID, "Harbourlight", Organization.Relationship.OWN, at)
    _enter_organization(known.PARTNER_ORGANIZATION_ID, "Pellegrin Mailworks", Organization.Relationship.PARTNER, at)
    for vendor in known.VENDORS:
        _enter_vendor(vendor, at, today)
    for account in known.ACCOUNTS:
        _enter_account(_own(account), at, None if account is known.GOVERNMENT else own)
    for outside in known.OUTSIDE:
        _enter_account(_outside(outside), at, own if outside.relationship == "organization" else None)
    _close(known.CLOSED_BRAND.id, at)
    return tuple(Login(person.email, person.roles[0]) for person in LOGINS)


def _enter_person(person: Person, password: str, at: datetime, today: datetime) -> None:
    user = User.objects.filter(email__iexact=person.email).first()
    if user is None:
        user = add_person(
            email=person.email, name=person.name, roles=person.roles, teams=person.teams, acting_user=None, at=at
        )
    if person in LOGINS and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
        record(at=today, actor=None, action="user.password_set", target=user)


def _enter_organization(organization_id: str, name: str, relationship: str, at: datetime) -> Organization:
    return add_organization(
        organization_id=organization_id, name=name, relationship=relationship, acting_user=None, at=at
    )


def _enter_vendor(vendor: known.Vendor, at: datetime, today: datetime) -> None:
    if Vendor.objects.filter(name__iexact=vendor.name).exists():
        return
    ends_on = None if vendor.ends_in_days is None else (today + timedelta(days=vendor.ends_in_days)).date()
    sponsor = User.objects.filter(email__iexact=vendor.sponsor).first()
    entered = Vendor.objects.create(name=vendor.name, sponsor=sponsor, contract_ends_on=ends_on, created_at=at)
    VendorContact.objects.create(vendor=entered, name=vendor.contact, email=vendor.contact)
    data = {"name": vendor.name, "contract_ends_on": ends_on, "sponsor": vendor.sponsor}
    record(at=at, actor=None, action="vendor.added", target=entered, data=data)


def _enter_account(entry: NewAccount, at: datetime, organization: Organization | None) -> None:
    if Account.objects.filter(account_id=entry.account_id).exists():
        return
    account = add_account(entry, acting_user=None, at=at)
    if organization is not None:
        account.organization = organization
        account.save(update_fields=["organization"])


def _own(account: known.EstateAccount) -> NewAccount:
    is_government, has_role = account is known.GOVERNMENT, account not in (known.GOVERNMENT, known.MANAGEMENT)
    return NewAccount(
        account_id=account.id,
        name=account.name,
        partition="aws-us-gov" if is_government else "aws",
        environment=account.environment,
        relationship="managed",
        role_arn=f"arn:aws:iam::{account.id}:role/{known.ROLE_NAME}" if has_role else "",
        external_id=known.EXTERNAL_ID if has_role else "",
        profile=known.GOVERNMENT_PROFILE if is_government else "",
        owner="" if account is known.DATA_STAGING else account.owner,
    )


def _outside(outside: known.OutsideAccount) -> NewAccount:
    return NewAccount(
        account_id=outside.id,
        name=outside.name,
        environment=outside.environment,
        relationship=outside.relationship,
        vendor=outside.vendor.name if outside.vendor else "",
    )


def _close(account_id: str, at: datetime) -> None:
    account = Account.objects.get(account_id=account_id)
    if account.state != Account.State.CLOSED:
        account.state = Account.State.CLOSED
        account.save(update_fields=["state"])
        record(at=at, actor=None, action="account.closed", target=account)
