"""Accounts that look like one company: suggestions only, which somebody accepts or leaves."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from inventory.models import Account, User, Vendor
from inventory.services.refusals import RefusedError
from inventory.services.registry.vendors import VendorFacts, add_vendor, attach_account

_WORD = re.compile(r"[^\W\d_]{4,}")
# Words that say what an account is for, not whose it is.
_COMMON = frozenset(
    {
        "account", "amazon", "client", "customer", "data", "development", "email", "external", "main", "mail", "mailer",
        "master", "partner", "platform", "prod", "production", "sandbox", "sender", "sending", "service", "services",
        "shared", "stage", "staging", "test", "testing", "vendor",
    }
)  # fmt: skip
_PUBLIC_MAIL = frozenset({"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``accounts`` look like those of ``name``; ``vendor`` is set where that company is entered already."""

    name: str
    reason: str
    vendor: Vendor | None
    accounts: tuple[Account, ...]


def suggestions() -> list[Suggestion]:
    """Over accounts of partners, present and former, that belong to no vendor: two queries."""
    outside = (Account.Relationship.PARTNER, Account.Relationship.FORMER)
    loose = Account.objects.filter(vendor=None, relationship__in=outside).select_related("organization")
    return suggest(list(loose.order_by("account_id")), list(Vendor.objects.order_by("name")))


def suggest(accounts: Sequence[Account], vendors: Iterable[Vendor]) -> list[Suggestion]:
    """A company that is entered first, then organization, mail domain and name; each account in one suggestion."""
    found: list[Suggestion] = []
    left = list(accounts)
    for vendor in vendors:
        own = [each for each in left if first_word(each.name) and first_word(each.name) == first_word(vendor.name)]
        if own:
            reason = f"Their names begin as {vendor.name} does."
            found.append(Suggestion(vendor.name, reason, vendor, tuple(own)))
            left = [each for each in left if each not in own]
    for said, key in _SIGNS:
        groups = _groups(left, key)
        for value, group in groups.items():
            found.append(Suggestion(_named(group, value), said.format(value), None, tuple(group)))
            left = [each for each in left if each not in group]
    return found


def first_word(name: str) -> str:
    """The first word of a name that says whose it is, in lower case; empty where none does."""
    words = (each.group().casefold() for each in _WORD.finditer(name))
    return next((word for word in words if word not in _COMMON), "")


def _organization(account: Account) -> str:
    return account.organization.organization_id if account.organization else ""


def _mail_domain(account: Account) -> str:
    domain = account.email.rpartition("@")[2].casefold()
    return "" if domain in _PUBLIC_MAIL else domain


_SIGNS: tuple[tuple[str, Callable[[Account], str]], ...] = (
    ("They are in the same organization, {}.", _organization),
    ("Their root users have addresses at {}.", _mail_domain),
    ("Their names share the word \u201c{}\u201d.", lambda account: first_word(account.name)),
)


def _groups(accounts: Iterable[Account], key: Callable[[Account], str]) -> dict[str, list[Account]]:
    groups: dict[str, list[Account]] = {}
    for each in accounts:
        if value := key(each):
            groups.setdefault(value, []).append(each)
    return {value: group for value, group in groups.items() if len(group) > 1}


def _named(group: Sequence[Account], value: str) -> str:
    """What the company may be called: the words that all names begin with, else what they share."""
    names = [each.name.split() for each in group]
    common = []
    for words in zip(*names, strict=False):
        if len({word.casefold() for word in words}) > 1:
            break
        common.append(words[0])
    return " ".join(common) or value


@transaction.atomic
def accept_suggestion(
    *, account_ids: Sequence[str], vendor: Vendor | None, name: str, acting_user: User | None, at: datetime
) -> Vendor:
    """Attach the accounts to the vendor, entered here where it is new; all of them or none."""
    rows = Account.objects.select_for_update(of=("self",)).filter(account_id__in=account_ids).order_by("account_id")
    accounts = list(rows)
    if not accounts or len(accounts) != len(set(account_ids)) or any(each.vendor_id for each in accounts):
        raise RefusedError("name", "Somebody was quicker: one of these accounts belongs to a vendor now. Look again.")
    company = vendor or add_vendor(VendorFacts(name=name), acting_user=acting_user, at=at)
    for each in accounts:
        attach_account(each, company, acting_user=acting_user, at=at)
    return company
