"""Paths: the live delegations of some delegates, and what the identities behind them can be done with at worst."""

from dataclasses import dataclass

from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from inventory.models import Account, Delegation, Finding, Identity, SendingName, User

ANYBODY = "*"
_LETS_IN = '!(@.reach == "inert" || @.reach == "dangling" || @.reach == "self")'
_FROM_LIMIT = '@.kind == "from_address" && @.is_effective == true && !(@.operator like_regex "Not")'
# A statement that lets somebody send and does not name the addresses.
_ANY_ADDRESS = f'$[*] ? ({_LETS_IN} && @.action_classes[*] == "send" && !exists(@.limits[*] ? ({_FROM_LIMIT})))'
_ADMINISTERS = (
    f'$[*] ? ({_LETS_IN} && (@.action_classes[*] == "policy-admin" || @.action_classes[*] == "identity-admin"))'
)
_IS_UNREAD = Q(statements__0__action_classes__isnull=True)
RIGHTS = {"send": "can send", "any": "any address", "limited": "named addresses", "admin": "may administer"}


class _HasStatement(Func):
    """Whether a statement of the delegation meets an SQL/JSON path."""

    template = "jsonb_path_exists(%(expressions)s::jsonpath)"
    output_field = BooleanField()

    def __init__(self, path: str) -> None:
        super().__init__(F("statements"), Value(path))


def paths(user: User) -> QuerySet[Delegation]:
    """Every live delegation to somebody outside that the person may see."""
    return Delegation.objects.visible_to(user).live().outside()


def paths_of(user: User, accounts: "QuerySet[Account] | list[str]") -> QuerySet[Delegation]:
    """The paths of these accounts, given as rows of the registry or as ids."""
    ids = accounts if isinstance(accounts, list) else accounts.order_by().values("account_id")
    return paths(user).filter(account_id__in=ids)


def paths_to(user: User, key: str) -> QuerySet[Delegation]:
    """The paths of one delegate: an account id, another principal as the policies name it, or ``*`` and a reach."""
    if key.startswith(ANYBODY):
        return paths(user).filter(account_id="", principal=ANYBODY, reach=key.removeprefix(ANYBODY))
    return paths(user).filter(account_id=key) if key.isdecimal() else paths(user).filter(account_id="", principal=key)


def is_any_address() -> Q:
    """Nothing names the From addresses of a domain; what could not be read may allow anything."""
    is_domain = Q(can_send=True, identity__identity_type=Identity.Type.DOMAIN)
    return is_domain & (_IS_UNREAD | Q(_HasStatement(_ANY_ADDRESS)))


def administers() -> Q:
    """Possibly the policies or the identity itself can be changed."""
    return _IS_UNREAD | Q(_HasStatement(_ADMINISTERS))


def reached(rows: QuerySet[Delegation], right: str) -> Q:
    """The identities to which these paths give a right (a key of :data:`RIGHTS`), or any at all where it is empty."""
    senders = rows.filter(can_send=True)
    if right == "send":
        return _ids(senders)
    if right == "any":
        return _ids(rows.filter(is_any_address()))
    if right == "limited":
        return _ids(senders) & ~_ids(rows.filter(is_any_address()))
    return _ids(rows.filter(administers()) if right == "admin" else rows)


def _ids(rows: QuerySet[Delegation]) -> Q:
    return Q(pk__in=rows.order_by().values("identity"))


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What some delegates can do at worst, in identities; each number is the length of a list."""

    identities: int
    sendable: int
    any_address: int
    limited: int
    administers: int
    production: int
    confirmed_names: int
    suggested_names: int
    policies: int
    findings: int


def blast_radius(user: User, rows: QuerySet[Delegation], subjects: list[str]) -> BlastRadius:
    """Over these paths, whose findings speak of ``subjects``: three queries."""
    sends = Q(can_send=True)
    confirmed = Q(identity__sending_name__in=SendingName.objects.order_by().values("domain"))
    numbers = rows.order_by().aggregate(
        identities=_distinct(Q()),
        sendable=_distinct(sends),
        any_address=_distinct(is_any_address()),
        administers=_distinct(administers()),
        production=_distinct(sends & Q(identity__environment=Account.Environment.PRODUCTION)),
        confirmed_names=Count("identity__sending_name", distinct=True, filter=sends & confirmed),
        suggested_names=Count("identity__sending_name", distinct=True, filter=sends & ~confirmed),
    )
    findings = Finding.objects.visible_to(user).open().counted().filter(subject__in=subjects)
    return BlastRadius(
        **numbers,
        limited=numbers["sendable"] - numbers["any_address"],
        policies=rows.order_by().values("identity", "policy_name").distinct().count(),
        findings=findings.count() if subjects else 0,
    )


def _distinct(condition: Q) -> Count:
    return Count("identity", distinct=True, filter=condition)


def subject() -> Coalesce:
    """Who a path lets in, so that two paths of one account are one delegate's."""
    return Coalesce(NullIf("account_id", Value("")), "principal")
