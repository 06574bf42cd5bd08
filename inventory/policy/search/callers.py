"""Callers: the shapes that the principal, the organization and the source of a call can have.

Readers are named after what they read; those that are condition keys carry the key's name.
"""

from functools import lru_cache

from inventory.policy.requests import Caller, CallerKind
from inventory.policy.search.templates import DIGITS, LOWER, UPPER, Segment, Shape, Template, read

ACCOUNT, ARN, USERID, USERNAME = "aws:PrincipalAccount", "aws:PrincipalArn", "aws:userid", "aws:username"
ORG_ID, ORG_PATHS = "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"
CALLER_ACCOUNT, CALLER_ARN, CALLER_SESSION, CALLER_ID = "account", "arn", "session_arn", "unique_id"

_NAME = LOWER + UPPER + DIGITS + "-_+=,.@"
_PATH = "".join(chr(code) for code in range(33, 127))
_ID = UPPER + DIGITS
_LOWER_ID = LOWER + DIGITS

PRINCIPAL_TYPES = {
    CallerKind.ROLE_SESSION: "AssumedRole",
    CallerKind.USER: "User",
    CallerKind.ROOT_USER: "Account",
    CallerKind.FEDERATED_SESSION: "FederatedUser",
}


@lru_cache(maxsize=512)
def templates(
    kind: CallerKind, partition: str, account: str, unique_id: str | None, *, is_account_free: bool
) -> tuple[Template, ...]:
    """The shapes of a caller of one kind, the plainest first.

    ``account`` is the account id, only preferred where ``is_account_free``. ``unique_id`` fixes the role's or user's.
    """
    is_user = unique_id is None or not unique_id.startswith("AROA")
    is_role = unique_id is None or unique_id.startswith("AROA")
    if kind is CallerKind.USER and is_user:
        return tuple(Shape(_user(partition, account, unique_id, is_account_free, path)) for path in (False, True))
    if kind is CallerKind.ROLE_SESSION and is_role:
        return tuple(Shape(_role(partition, account, unique_id, is_account_free, path)) for path in (False, True))
    if unique_id is not None or kind in (CallerKind.USER, CallerKind.ROLE_SESSION):
        return ()
    is_root = kind is CallerKind.ROOT_USER
    return (Shape((_root if is_root else _federated)(partition, account, is_account_free)),)


def any_account(account: str, *, is_free: bool) -> Template:
    """The account of a caller by itself."""
    return (_account(account, is_free),)


def _account(account: str, is_free: bool, *extra: str) -> Segment:
    readers = (ARN, ACCOUNT, CALLER_ARN, CALLER_ACCOUNT, *extra)
    return Segment(readers, account, DIGITS if is_free else "", 12, 12)


def _root(partition: str, account: str, is_free: bool) -> Template:
    return (
        Segment((ARN, CALLER_ARN), f"arn:{partition}:iam::"),
        _account(account, is_free, USERID),
        Segment((ARN, CALLER_ARN), ":root"),
    )


def _federated(partition: str, account: str, is_free: bool) -> Template:
    return (
        Segment((ARN, CALLER_ARN), f"arn:{partition}:sts::"),
        _account(account, is_free, USERID),
        Segment((ARN, CALLER_ARN), ":federated-user/"),
        Segment((USERID,), ":"),
        Segment((ARN, CALLER_ARN, USERID), "mail-sender", _NAME, 1),
    )


def _path(has_path: bool) -> tuple[Segment, ...]:
    if not has_path:
        return ()
    return (Segment((ARN, CALLER_ARN), "team", _PATH, 1), Segment((ARN, CALLER_ARN), "/"))


def _unique_id(prefix: str, unique_id: str | None) -> tuple[Segment, ...]:
    if unique_id is not None:
        return (Segment((USERID, CALLER_ID), unique_id),)
    return (
        Segment((USERID, CALLER_ID), prefix),
        Segment((USERID, CALLER_ID), "FRESHPRINCIPAL012", _ID, 1),
    )


def _user(partition: str, account: str, unique_id: str | None, is_free: bool, has_path: bool) -> Template:
    return (
        Segment((ARN, CALLER_ARN), f"arn:{partition}:iam::"),
        _account(account, is_free),
        Segment((ARN, CALLER_ARN), ":user/"),
        *_path(has_path),
        Segment((ARN, CALLER_ARN, USERNAME), "mail-sender", _NAME, 1),
        *_unique_id("AIDA", unique_id),
    )


def _role(partition: str, account: str, unique_id: str | None, is_free: bool, has_path: bool) -> Template:
    return (
        Segment((ARN, CALLER_ARN), f"arn:{partition}:iam::"),
        Segment((CALLER_SESSION,), f"arn:{partition}:sts::"),
        _account(account, is_free, CALLER_SESSION),
        Segment((ARN, CALLER_ARN), ":role/"),
        *_path(has_path),
        Segment((CALLER_SESSION,), ":assumed-role/"),
        Segment((ARN, CALLER_ARN, CALLER_SESSION), "MailSender", _NAME, 1),
        Segment((CALLER_SESSION,), "/"),
        *_unique_id("AROA", unique_id),
        Segment((USERID,), ":"),
        Segment((USERID, CALLER_SESSION), "session-1", _NAME, 1),
    )


def caller_of(
    kind: CallerKind, template: Template, texts: tuple[str, ...], organization: str | None, path: str
) -> Caller:
    """The caller that a solved template describes."""
    return Caller(
        kind=kind,
        account=read(template, texts, CALLER_ACCOUNT),
        arn=read(template, texts, CALLER_ARN),
        session_arn=read(template, texts, CALLER_SESSION) or None,
        userid=read(template, texts, USERID),
        organization=organization,
        organization_paths=(path,) if path else (),
    )


@lru_cache(maxsize=512)
def organizations(organization: str, id_key: str, paths_key: str, *, is_free: bool) -> tuple[Template, ...]:
    """The shapes of an organization's id and of an account's place in it."""
    own = (
        (Segment((id_key, paths_key), "o-"), Segment((id_key, paths_key), organization[2:], _LOWER_ID, 1, 32))
        if is_free
        else (Segment((id_key, paths_key), organization),)
    )
    root = (Segment((paths_key,), "/r-"), Segment((paths_key,), "ab12", _LOWER_ID, 1, 32), Segment((paths_key,), "/"))
    slash = Segment((paths_key,), "/")
    return (
        Shape((*own, *root)),
        Shape((*own, *root, Segment((paths_key,), "ou-ab12-cdefgh34", _LOWER_ID + "-/", 1), slash)),
        # Root ids that follow no documented form, as examples have them.
        Shape((*own, slash, Segment((paths_key,), "r-ab12", _LOWER_ID + "-/", 1), slash)),
    )


SOURCE_ACCOUNT, SOURCE_ARN, SOURCE_OWNER = "aws:SourceAccount", "aws:SourceArn", "aws:SourceOwner"
_RESOURCE = _NAME + ":/*$!~'();&"


@lru_cache(maxsize=512)
def sources(partition: str, account: str, *, is_account_free: bool) -> tuple[Template, ...]:
    """The shapes of what a service acts for: an ARN with its account, or one without (a bucket)."""
    start = (
        Segment((SOURCE_ARN,), f"arn:{partition}:"),
        Segment((SOURCE_ARN,), "cognito-idp", _LOWER_ID + "-", 1),
        Segment((SOURCE_ARN,), ":"),
        Segment((SOURCE_ARN,), "us-east-1", _LOWER_ID + "-", 0),
        Segment((SOURCE_ARN,), ":"),
    )
    owner = Segment(
        (SOURCE_ACCOUNT, SOURCE_ARN, SOURCE_OWNER, CALLER_ACCOUNT), account, DIGITS if is_account_free else "", 12, 12
    )
    plain = Segment((SOURCE_ACCOUNT, SOURCE_OWNER, CALLER_ACCOUNT), account, DIGITS if is_account_free else "", 12, 12)
    resource = Segment((SOURCE_ARN,), "userpool/us-east-1_AbCdEfGhI", _RESOURCE, 1)
    colon = Segment((SOURCE_ARN,), ":")
    return (Shape((*start, owner, colon, resource)), Shape((*start, plain, colon, resource)))


@lru_cache(maxsize=512)
def service_names(service: str | None) -> Template:
    """The name of a service principal."""
    if service is not None:
        return (Segment(("aws:PrincipalServiceName", "service"), service),)
    return (
        Segment(("aws:PrincipalServiceName", "service"), "cognito-idp", _LOWER_ID + "-.", 1),
        Segment(("aws:PrincipalServiceName", "service"), ".amazonaws.com"),
    )
