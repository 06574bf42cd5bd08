"""What is there already, and do we want it: by vendor, one line per identity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from approvals.forms.adoption import AnswerForm
from approvals.services.matching.adoption import Adoptable, Said, adoptable, said_of
from inventory.models import Account, Identity, Role, User, Vendor
from inventory.paths import paths, paths_of
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.policy.words.sentences import describe
from inventory.rows.vendors import visible_delegates, visible_vendors

_PER_PAGE = 25
_SHOWN_ACCOUNTS = 50
_NEVER = Q(reach__in=(Reach.PUBLIC, Reach.NETWORK, Reach.UNDETERMINED, Reach.SERVICE_UNPINNED)) | Q(
    trust__in=(Trust.UNKNOWN, Trust.PLACEHOLDER, Trust.FORMER)
)


@dataclass(slots=True)
class Row:
    """One line on the page; ``problem`` is why an answer was not taken."""

    line: Adoptable
    sentence: str
    said: Said
    form: AnswerForm
    may_answer: bool
    problem: str = ""
    done: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether an answer is under way already."""
        return self.said.request is not None or self.said.task is not None


@dataclass(frozen=True, slots=True)
class Party:
    """Whose access the page is about: a vendor, or one account without one."""

    name: str
    account_ids: tuple[str, ...]
    vendor: Vendor | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One party of the overview, and in how many identities it is let in."""

    name: str
    key: str
    is_vendor: bool
    identities: int
    accounts: Sequence[str] = field(default=())


def waiting(user: User) -> list[Waiting]:
    """The vendors, and the registered accounts without one, that are let in somewhere one may see: two queries."""
    numbers = dict(
        paths(user)
        .exclude(account_id="")
        .exclude(_NEVER)
        .order_by()
        .values("account_id")
        .annotate(number=Count("identity", distinct=True))
        .values_list("account_id", "number")
    )
    vendors: dict[int, list[Account]] = {}
    alone = []
    for account in Account.objects.filter(account_id__in=numbers).select_related("vendor"):
        if account.vendor_id is None:
            alone.append(Waiting(str(account), account.account_id, False, numbers[account.account_id]))
        else:
            vendors.setdefault(account.vendor_id, []).append(account)
    found = [
        Waiting(str(rows[0].vendor), str(pk), True, sum(numbers[each.account_id] for each in rows))
        for pk, rows in vendors.items()
    ]
    alone.sort(key=lambda each: (-each.identities, each.name))
    return sorted(found, key=lambda each: (-each.identities, each.name)) + alone[:_SHOWN_ACCOUNTS]


def party_of_vendor(user: User, pk: int) -> Party | None:
    """The vendor with the accounts that one may see."""
    vendor = visible_vendors(user).filter(pk=pk).first()
    if vendor is None:
        return None
    ids = visible_delegates(user).filter(vendor=vendor).order_by("account_id").values_list("account_id", flat=True)
    return Party(vendor.name, tuple(ids), vendor)


def party_of_account(user: User, account_id: str) -> Party | None:
    """One registered account."""
    account = visible_delegates(user).filter(account_id=account_id).first()
    return Party(str(account), (account_id,)) if account is not None else None


def page_of(user: User, party: Party, number: str) -> Page[Identity]:
    """The identities that let the party in, by sending name, some at a time."""
    ids = paths_of(user, list(party.account_ids)).order_by().values("identity")
    return Paginator(_identities(user).filter(pk__in=ids), _PER_PAGE).get_page(number)


def _identities(user: User) -> Any:
    rows = Identity.objects.visible_to(user).live().order_by("sending_name", "name", "id")
    return rows.select_related("scope__account__organization", "owner_team", "owner_user")


def apart_for(user: User, at: datetime) -> tuple[list[Adoptable], int]:
    """What is never adopted as it is, on the first identities that one may see; how many more identities there are."""
    rows = _identities(user).filter(pk__in=paths(user).filter(_NEVER).order_by().values("identity"))
    first = list(rows[:_PER_PAGE])
    lines = adoptable(first, accounts=None, at=at)
    more = max(0, rows.count() - _PER_PAGE)
    return [line for line in lines if line.found.terms is None], more


def rows_of(user: User, lines: Sequence[Adoptable], data: Mapping[str, Any] | None) -> list[Row]:
    """The lines as the page shows them, in a fixed number of queries."""
    said, names, own = said_of(lines), names_of(lines), _answerable(user, lines)
    return [
        Row(
            line=line,
            sentence=describe(line.found.whole, line.identity.name, names),
            said=said[line.key],
            form=AnswerForm(data, prefix=line.key, initial={"until": line.latest}),
            may_answer=line.identity.pk in own,
        )
        for line in lines
    ]


def names_of(lines: Iterable[Adoptable]) -> dict[str, str]:
    """Account ids and the names that people know."""
    ids = {account for line in lines for account in line.accounts}
    rows = Account.objects.filter(account_id__in=ids).select_related("vendor")
    return {each.account_id: each.vendor.name if each.vendor else each.name for each in rows}


def _answerable(user: User, lines: Sequence[Adoptable]) -> set[int]:
    ids = {line.identity.pk for line in lines}
    if user.has_role([Role.SECURITY]):
        return ids
    return set(Identity.objects.owned_by(user).filter(pk__in=ids).values_list("pk", flat=True))
