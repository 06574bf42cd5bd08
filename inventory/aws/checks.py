"""Checks of one account: the way in, its ExternalId, its regions, and each call that a collection makes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum

from inventory.aws.accounts import AccountAccess
from inventory.aws.faults import Fault, FaultError, FaultKind
from inventory.aws.identities import GET_EMAIL_IDENTITY, get_email_identity
from inventory.aws.listings import LIST_EMAIL_IDENTITIES, LIST_IDENTITIES, Page, list_email_identities, list_identities
from inventory.aws.regions import AccountRegions, regions_of
from inventory.aws.sessions import Sessions


class StepName(StrEnum):
    """What is tried, in this order."""

    ROLE = "role"
    EXTERNAL_ID = "external_id"
    REGIONS = "regions"
    LIST = "list"
    LIST_OLDER = "list_older"
    READ = "read"


class StepOutcome(StrEnum):
    """``warning``: it works, and yet something is to be done; ``skipped``: there was nothing to try it with."""

    OK = "ok"
    WARNING = "warning"
    SKIPPED = "skipped"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One thing that was tried. ``place`` is a region, or empty for the account; ``code`` is AWS's own."""

    name: StepName
    outcome: StepOutcome
    text: str
    place: str = ""
    code: str = ""


Paced = Callable[[str, str], AbstractContextManager[object]]
"""Gives the right to make one call of an action in a region, waiting for it where need be."""

_NO_EXTERNAL_ID = (
    "The role lets sesgov in without an ExternalId as well. Add the condition sts:ExternalId to its trust policy, so "
    "that nobody can have sesgov enter the account on their behalf."
)
_OTHER_EXTERNAL_ID = (
    "The role exists, but the ExternalId that was entered for this account is wrong: the role takes the one of the "
    "installation. Remove the account's own ExternalId."
)
_CALLER_LACKS = (
    "sesgov's own credentials may not assume the role: none of their policies allows sts:AssumeRole on it. Add the "
    "statement of deploy/reader-policy.json to sesgov's own role or user."
)
_EXPLICIT_DENY = (
    "A policy denies sts:AssumeRole outright ({kind}). Have it leave out sesgov's role, or declare its regions unused."
)
_MISSING_OR_WRONG = (
    "The role {role} cannot be assumed in account {account}. AWS says the same whether it is missing, has another "
    "ExternalId, or does not trust sesgov. {hint}Deploy the template of the connect page to this account, with the "
    "ExternalId shown there."
)
_DENY_KINDS = {
    "service control policy": "a service control policy",
    "resource control policy": "a resource control policy",
    "permissions boundary": "a permissions boundary",
    "session policy": "a session policy",
    "identity-based policy": "a policy of sesgov's own role or user",
    "resource-based policy": "the role's trust policy",
}


def check_account(
    sessions: Sessions,
    access: AccountAccess,
    *,
    allowed_regions: tuple[str, ...] = (),
    paced: Paced = lambda _action, _region: nullcontext(),
) -> list[CheckStep]:
    """Try everything that a collection of the account does; never raises for what AWS answers."""
    steps = list(_check_entry(sessions, access))
    if steps[0].outcome is not StepOutcome.OK:
        return steps
    try:
        found = regions_of(sessions, access)
    except FaultError as error:
        return [*steps, _refused(StepName.REGIONS, error.fault)]
    regions = [region for region in found.enabled if not allowed_regions or region in allowed_regions]
    steps.append(_said_of_regions(found, regions))
    for region in regions:
        steps += _check_region(sessions, access, region, paced)
    return steps


def _check_entry(sessions: Sessions, access: AccountAccess) -> Iterator[CheckStep]:
    try:
        sessions.client(access, "account", access.home_region)
        role = sessions.role_of(access)
    except FaultError as error:
        yield _explained(sessions, access, error.fault)
        return
    if not role:
        yield CheckStep(StepName.ROLE, StepOutcome.OK, "The account is read with its own credentials, without a role.")
        return
    yield CheckStep(StepName.ROLE, StepOutcome.OK, f"The role {role} can be assumed.")
    yield _check_external_id(sessions, access, role)


def _check_external_id(sessions: Sessions, access: AccountAccess, role: str) -> CheckStep:
    if not sessions.external_id_of(access):
        text = f"No ExternalId is set. {_NO_EXTERNAL_ID}"
        return CheckStep(StepName.EXTERNAL_ID, StepOutcome.WARNING, text)
    try:
        is_open = sessions.may_assume(access, role, external_id="")
    except FaultError as error:
        return _refused(StepName.EXTERNAL_ID, error.fault)
    if is_open:
        return CheckStep(StepName.EXTERNAL_ID, StepOutcome.WARNING, _NO_EXTERNAL_ID)
    return CheckStep(
        StepName.EXTERNAL_ID, StepOutcome.OK, "The role asks for its ExternalId, and the one given is right."
    )


def _explained(sessions: Sessions, access: AccountAccess, fault: Fault) -> CheckStep:
    """Why there is no way in, as far as AWS and one further try can tell."""
    role = access.role_arn or sessions.role_name
    if fault.kind is not FaultKind.DENIED or fault.code not in ("AccessDenied", "AccessDeniedException") or not role:
        return _refused(StepName.ROLE, fault)
    step = StepName.ROLE
    if "no identity-based policy allows" in fault.text:
        text = _CALLER_LACKS
    elif "explicit deny" in fault.text:
        kinds = [words for kind, words in _DENY_KINDS.items() if kind in fault.text]
        text = _EXPLICIT_DENY.format(kind=kinds[0] if kinds else "AWS does not say which")
    elif access.external_id and access.role_arn and _takes_the_common_one(sessions, access):
        step, text = StepName.EXTERNAL_ID, _OTHER_EXTERNAL_ID
    else:
        hint = "" if sessions.external_id_of(access) else "No ExternalId is set in sesgov (SESGOV_EXTERNAL_ID). "
        text = _MISSING_OR_WRONG.format(role=role, account=access.account_id, hint=hint)
    return CheckStep(step, StepOutcome.REFUSED, text, code=fault.code)


def _takes_the_common_one(sessions: Sessions, access: AccountAccess) -> bool:
    common = sessions.external_id
    if not common or common == access.external_id:
        return False
    try:
        return sessions.may_assume(access, access.role_arn, external_id=common)
    except FaultError:
        return False


def _said_of_regions(found: AccountRegions, regions: list[str]) -> CheckStep:
    if not found.is_certain:
        text = (
            f"Neither account:ListRegions nor ec2:DescribeRegions is allowed, so all {len(regions)} regions that the "
            "SDK knows are tried. Allow account:ListRegions in the role's policy."
        )
        return CheckStep(StepName.REGIONS, StepOutcome.WARNING, text)
    disabled = f"; {len(found.disabled)} are not enabled and are not expected" if found.disabled else ""
    return CheckStep(StepName.REGIONS, StepOutcome.OK, f"{len(regions)} regions are to be read{disabled}.")


def _check_region(sessions: Sessions, access: AccountAccess, region: str, paced: Paced) -> Iterator[CheckStep]:
    where = f"{region} of account {access.account_id}"
    page: Page | None = None
    try:
        with paced(LIST_EMAIL_IDENTITIES, region):
            page = list_email_identities(sessions.client(access, "sesv2", region), token="", where=where)
        yield CheckStep(StepName.LIST, StepOutcome.OK, "Identities are listed.", region)
    except FaultError as error:
        yield _refused(StepName.LIST, error.fault, region)
        if error.fault.kind is not FaultKind.DENIED:
            return
        try:
            with paced(LIST_IDENTITIES, region):
                page = list_identities(sessions.client(access, "ses", region), token="", where=where)
            text = "Identities are listed the older way (ses:ListIdentities), which is enough."
            yield CheckStep(StepName.LIST_OLDER, StepOutcome.OK, text, region)
        except FaultError as second:
            yield _refused(StepName.LIST_OLDER, second.fault, region)
            return
    yield _check_reading(sessions, access, region, page.names, paced)


def _check_reading(
    sessions: Sessions, access: AccountAccess, region: str, names: tuple[str, ...], paced: Paced
) -> CheckStep:
    if not names:
        text = "There is no identity on the first page to try the reading with."
        return CheckStep(StepName.READ, StepOutcome.SKIPPED, text, region)
    where = f"{region} of account {access.account_id}"
    try:
        with paced(GET_EMAIL_IDENTITY, region):
            get_email_identity(sessions.client(access, "sesv2", region), names[0], where=where)
    except FaultError as error:
        if error.fault.kind is FaultKind.NOT_FOUND:
            return CheckStep(StepName.READ, StepOutcome.SKIPPED, "The identity tried was just deleted.", region)
        return _refused(StepName.READ, error.fault, region)
    return CheckStep(StepName.READ, StepOutcome.OK, "Policies and settings can be read.", region)


def _refused(name: StepName, fault: Fault, place: str = "") -> CheckStep:
    is_final = fault.kind in (FaultKind.DENIED, FaultKind.UNRECOGNIZED, FaultKind.EXPIRED, FaultKind.FAILED)
    outcome = StepOutcome.REFUSED if is_final else StepOutcome.UNAVAILABLE
    return CheckStep(name, outcome, fault.text, place, fault.code)
