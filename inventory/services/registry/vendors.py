"""Vendors: what we know of a company that sends for us, whom to ask there, and which accounts are theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from inventory.models import Account, User, Vendor, VendorContact
from inventory.services.audit import record
from inventory.services.judging.reevaluation import mark_due
from inventory.services.refusals import RefusedError, check_email, check_text, check_words

_LONGEST_NOTE = 2000
_OURS = (Account.Relationship.MANAGED, Account.Relationship.ORGANIZATION)


@dataclass(frozen=True, slots=True)
class VendorFacts:
    """What somebody says of a vendor; ``contract_ends_on`` is its last valid day, ``None`` where no end is agreed."""

    name: str
    sponsor: User | None = None
    contract_ends_on: date | None = None
    contract_reference: str = ""
    note: str = ""


@transaction.atomic
def add_vendor(facts: VendorFacts, *, acting_user: User | None, at: datetime) -> Vendor:
    """Enter a company; it may have no account yet."""
    _check(facts, None)
    vendor = Vendor(created_at=at)
    _take(vendor, facts)
    _save(vendor)
    record(at=at, actor=acting_user, action="vendor.added", target=vendor, data=_said(vendor))
    return vendor


@transaction.atomic
def change_vendor(vendor: Vendor, facts: VendorFacts, *, acting_user: User | None, at: datetime) -> bool:
    """Write what is known now; returns whether anything changed. What its accounts may do is judged again soon."""
    locked = Vendor.objects.select_for_update(of=("self",)).select_related("sponsor").get(pk=vendor.pk)
    _check(facts, locked)
    before = _said(locked)
    _take(locked, facts)
    after = _said(locked)
    if after == before:
        return False
    _save(locked)
    changed = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
    record(at=at, actor=acting_user, action="vendor.changed", target=locked, data=changed)
    if not changed.keys().isdisjoint(("name", "contract_ends_on")):
        mark_due(list(locked.accounts.order_by("account_id").values_list("account_id", flat=True)))
    return True


def _check(facts: VendorFacts, known: Vendor | None) -> None:
    name = facts.name.strip()
    if not name:
        raise RefusedError("name", "A vendor needs a name.")
    check_words("name", name, 200)
    check_words("contract_reference", facts.contract_reference.strip(), 200)
    check_text("note", facts.note, _LONGEST_NOTE)
    same = Vendor.objects.filter(name__iexact=name).first()
    if same is not None and same != known:
        raise _taken(same.name)


def _save(vendor: Vendor) -> None:
    """The constraint speaks where somebody else takes the name at the same moment."""
    try:
        with transaction.atomic():
            vendor.save()
    except IntegrityError as error:
        raise _taken(vendor.name) from error


def _taken(name: str) -> RefusedError:
    return RefusedError("name", f"There is a vendor named {name} already.")


def _take(vendor: Vendor, facts: VendorFacts) -> None:
    vendor.name = facts.name.strip()
    vendor.sponsor = facts.sponsor
    vendor.contract_ends_on = facts.contract_ends_on
    vendor.contract_reference = facts.contract_reference.strip()
    vendor.note = facts.note.strip()


def _said(vendor: Vendor) -> Mapping[str, object]:
    return {
        "name": vendor.name,
        "sponsor": vendor.sponsor.email if vendor.sponsor else "",
        "contract_ends_on": vendor.contract_ends_on,
        "contract_reference": vendor.contract_reference,
        "note": vendor.note,
    }


@transaction.atomic
def add_contact(
    vendor: Vendor, *, name: str, email: str = "", role: str = "", acting_user: User | None, at: datetime
) -> VendorContact:
    """Somebody at the vendor whom one can ask."""
    called, address = name.strip(), email.strip()
    if not called:
        raise RefusedError("name", "Enter who it is: a name, or what the mailbox is called.")
    check_words("name", called, 200)
    check_words("role", role.strip(), 200)
    if address:
        check_email(address)
    contact = VendorContact.objects.create(vendor=vendor, name=called, email=address, role=role.strip())
    data = {"name": contact.name, "email": contact.email, "role": contact.role}
    record(at=at, actor=acting_user, action="vendor.contact_added", target=vendor, data=data)
    return contact


@transaction.atomic
def remove_contact(contact: VendorContact, *, acting_user: User | None, at: datetime) -> None:
    """They are no longer to be asked; the audit trail keeps who they were."""
    data = {"name": contact.name, "email": contact.email, "role": contact.role}
    vendor = contact.vendor
    if VendorContact.objects.filter(pk=contact.pk).delete()[0]:
        record(at=at, actor=acting_user, action="vendor.contact_removed", target=vendor, data=data)


@transaction.atomic
def attach_account(account: Account, vendor: Vendor | None, *, acting_user: User | None, at: datetime) -> bool:
    """Say that an account is this vendor's, or nobody's; returns whether it was another's before."""
    locked = Account.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=account.pk)
    if locked.relationship in _OURS and vendor is not None:
        raise RefusedError("account_id", f"{locked} ({locked.account_id}) is registered as ours, not as a vendor's.")
    if locked.vendor == vendor:
        return False
    before, locked.vendor = locked.vendor, vendor
    locked.save(update_fields=["vendor"])
    data = {"before": before.name if before else "", "after": vendor.name if vendor else ""}
    record(at=at, actor=acting_user, action="account.vendor_changed", target=locked, data=data)
    mark_due([locked.account_id])
    return True
