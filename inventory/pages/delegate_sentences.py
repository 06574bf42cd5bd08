"""Delegates as sentences: one for each who is let in by some identities, saying at how many of them, and how far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When

from inventory.models import Account, Delegation, Organization
from inventory.paths import ANYBODY, administers, is_any_address
from inventory.policy.account_ids import grouped_account_id
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust

_BY_RANK = {trust.rank: trust for trust in Trust}
_NOT_VOUCHED_FOR = (Trust.UNKNOWN.rank, Trust.FORMER.rank, Trust.PLACEHOLDER.rank)
_ANYONE = {
    Reach.PUBLIC: "Anyone with an AWS account",
    Reach.NETWORK: "Anyone with an AWS account who calls from a fixed network",
    Reach.UNDETERMINED: "Somebody, possibly anyone with an AWS account,",
}


@dataclass(frozen=True, slots=True)
class DelegateLine:
    """One delegate of a set of identities. ``who`` opens the sentence that ``does`` ends; the numbers are identities.

    ``account_id`` is empty for who is no account; ``key`` is what lists are narrowed by.
    """

    who: str
    does: str
    account_id: str
    key: str
    trust: Trust | None
    account: Account | None
    identities: int
    sendable: int
    since: datetime
    is_bad: bool


def delegate_lines(rows: QuerySet[Delegation], total: int) -> list[DelegateLine]:
    """Who these paths let in, the least trusted first, over ``total`` identities: three queries."""
    found = list(_grouped(rows))
    accounts = Account.objects.select_related("vendor").in_bulk(
        {each["account_id"] for each in found if each["account_id"]}, field_name="account_id"
    )
    organizations = dict(Organization.objects.exclude(name="").values_list("organization_id", "name"))
    return [_line(each, accounts.get(each["account_id"]), organizations, total) for each in found]


def _grouped(rows: QuerySet[Delegation]) -> QuerySet[Any, Any]:
    no_account = Case(When(account_id="", then=F("principal")), default=Value(""))
    open_reach = Case(When(account_id="", principal=ANYBODY, then=F("reach")), default=Value(""))
    delegates = rows.order_by().values("account_id", other=no_account, open_reach=open_reach)
    found: QuerySet[Any, Any] = delegates.annotate(
        identities=Count("identity", distinct=True),
        sendable=Count("identity", distinct=True, filter=Q(can_send=True)),
        any_address_at=Count("identity", distinct=True, filter=is_any_address()),
        administered=Count("identity", distinct=True, filter=administers()),
        worst_trust=Min("trust_rank"),
        widest=Min("reach_rank"),
        since=Min("first_seen_at"),
    )
    return found.order_by("worst_trust", "widest", F("sendable").desc(), "account_id", "other")


def _line(
    found: Mapping[str, Any], account: Account | None, organizations: Mapping[str, str], total: int
) -> DelegateLine:
    return DelegateLine(
        who=_who(found, account, organizations),
        does=_does(found, total),
        account_id=found["account_id"],
        key=found["account_id"] or f"{found['other']}{found['open_reach']}",
        trust=_BY_RANK.get(found["worst_trust"]),
        account=account,
        identities=found["identities"],
        sendable=found["sendable"],
        since=found["since"],
        is_bad=found["worst_trust"] in _NOT_VOUCHED_FOR or found["widest"] <= Reach.NETWORK.rank,
    )


def _who(found: Mapping[str, Any], account: Account | None, organizations: Mapping[str, str]) -> str:
    if found["account_id"]:
        return account_words(found["account_id"], account)
    if found["open_reach"]:
        return _ANYONE.get(Reach(found["open_reach"]), "Somebody")
    principal: str = found["other"]
    if principal.startswith("o-"):
        name = organizations.get(principal)
        return f"Every account of {name} (organization {principal})" if name else f"Every account of {principal}"
    if principal.endswith(".amazonaws.com"):
        return f"The AWS service {principal}"
    return principal


def account_words(account_id: str, account: Account | None) -> str:
    """``Brightmail (account 4444-5555-6666)``; ``Account 4444-5555-6666`` where nobody knows it."""
    grouped = grouped_account_id(account_id)
    name = (account.vendor.name if account.vendor else account.name) if account else ""
    return f"{name} (account {grouped})" if name else f"Account {grouped}"


def _does(found: Mapping[str, Any], total: int) -> str:
    sendable, at_any, administered = found["sendable"], found["any_address_at"], found["administered"]
    if sendable:
        deeds = [f"can send as {_share(sendable, total)}{_addresses(sendable, at_any)}"]
    else:
        deeds = [f"cannot send, but is let in by {_share(found['identities'], total)}"]
    if administered:
        deeds.append(f"can possibly change the policies or settings of {_share(administered, total)}")
    return f"{', and '.join(deeds)}."


def _share(number: int, total: int) -> str:
    if number >= total:
        return {1: "the one identity", 2: "both identities"}.get(number, f"all {number} identities")
    return f"{number} of the {total} identities"


def _addresses(sendable: int, at_any: int) -> str:
    if not at_any:
        return ", only from named addresses"
    if at_any == sendable:
        return ", as any address of the domain" if at_any == 1 else ", as any address of their domains"
    return f", as any address at {at_any} of them"
