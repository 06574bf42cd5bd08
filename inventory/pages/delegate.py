"""One delegate: what an outside account can do to us at worst, and what ends with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from inventory.models import Account, Delegation, KnownAccount, User
from inventory.pages.delegate_sentences import account_words
from inventory.pages.stored_paths import Path, path_sentences
from inventory.pages.verification import standings
from inventory.paths import ANYBODY, blast_radius, paths, paths_of
from inventory.policy.reach import Reach

SHOWN_PATHS = 20
_OPEN = {
    Reach.PUBLIC.value: "as anyone with an AWS account",
    Reach.NETWORK.value: "as anyone who calls from a fixed network",
    Reach.UNDETERMINED.value: "perhaps, where a policy could not be judged",
}
_RELATED = ("identity__scope__account", "identity__owner_team", "identity__owner_user")


def delegate_context(user: User, account_id: str, account: Account | None, at: datetime) -> dict[str, object]:
    """Everything on the page of one account; a fixed number of queries."""
    on = timezone.localdate(at)
    rows = paths_of(user, [account_id])
    radius = blast_radius(user, rows, [account_id])
    first = rows.order_by("first_seen_at").values_list("first_seen_at", "trust").first()
    return {
        "account_id": account_id,
        "account": account,
        "words": account_words(account_id, account),
        "known": KnownAccount.objects.filter(account_id=account_id).first() if account is None else None,
        "radius": radius,
        "link": f"delegate={account_id}",
        "finding_link": f"subject={account_id}",
        "trust": _trust(account, rows, on),
        "since": first[0] if first else None,
        "paths": shown_paths(rows, {account_id: account_name(account)}),
        "path_count": rows.count(),
        "standing": standings([account], on)[account_id] if account else None,
        "checks": list(account.verifications.select_related("verified_by", "vendor")) if account else [],
        "besides": besides(user, [account.organization.organization_id] if account and account.organization else []),
    }


def account_name(account: Account | None) -> str:
    """The name that sentences use; empty where nobody knows it."""
    return (account.vendor.name if account.vendor else account.name) if account else ""


def shown_paths(rows: QuerySet[Delegation], names: dict[str, str]) -> list[Path]:
    """The first of the paths, senders before others, as sentences."""
    first = rows.select_related(*_RELATED).order_by("-can_send", "reach_rank", "identity__name", "policy_name", "id")
    return path_sentences(first[:SHOWN_PATHS], names)


@dataclass(frozen=True, slots=True)
class Beside:
    """What an account could do besides, with nobody naming it; ``key`` leads to the ``number`` identities."""

    way: str
    key: str
    number: int


def besides(user: User, organizations: Iterable[str]) -> list[Beside]:
    """What anyone may do, and every account of these organizations: one query."""
    open_paths = Q(account_id="", principal=ANYBODY) | Q(account_id="", principal__in=list(organizations))
    rows = paths(user).filter(open_paths, can_send=True).order_by()
    found = rows.values("principal", "reach").annotate(number=Count("identity", distinct=True))
    return [_beside(each["principal"], each["reach"], each["number"]) for each in found.order_by("principal", "reach")]


def _beside(principal: str, reach: str, number: int) -> Beside:
    if principal != ANYBODY:
        return Beside(f"as an account of {principal}", principal, number)
    return Beside(_OPEN.get(reach, "in a way that is not known"), f"{ANYBODY}{reach}", number)


def _trust(account: Account | None, rows: QuerySet[Delegation], on: date) -> str:
    """As the registry has it now; the stored word of the least trusted path where nobody registered it."""
    if account is not None:
        return str(account.trust(on))
    return rows.order_by("trust_rank").values_list("trust", flat=True).first() or ""
