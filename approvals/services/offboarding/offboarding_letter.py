"""The completion letter of an offboarding: each path with the run that verified it gone, and what was not checked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.conf import settings

from approvals.models import Offboarding, OffboardingPath
from approvals.services.offboarding.offboarding_scope import account_ids
from inventory.models import Delegation, Scope
from inventory.policy.account_ids import grouped_account_id

NOT_CHECKED = (
    "IAM: roles and users inside our accounts, and what they may do",
    "SMTP users and their credentials",
    "Roles in our accounts that an outside account may assume",
    "DNS: DKIM and SPF records that let somebody else send in our name",
    "SES Mail Manager",
    "Other mail providers than Amazon SES",
    "Mail that was sent before the access was gone",
)


def letter_of(case: Offboarding, *, at: datetime) -> str:
    """Plain text; the same case at the same instant gives the same letter."""
    return "\n".join([*_head(case), *_paths(case), *_ended(case), *_unchecked(at), ""])


def _head(case: Offboarding) -> Iterator[str]:
    if settings.SESGOV_DEMO:
        yield "DEMO"
    yield f"Completion of the offboarding of {case.vendor}"
    yield ""
    yield f"Case {case.pk}, opened by {case.opened_by} on {_day(case.opened_at)}: {_line(case.reason)}"
    yield f"Last day of the vendor: {_day(case.ends_on)}. Its contract ends on {_day(case.vendor.contract_ends_on)}."
    yield f"Closed by {case.closed_by} on {_instant(case.closed_at)}."
    yield ""
    if case.exceptions:
        yield "CLOSED WITH EXCEPTIONS"
        yield f"Not everything below was seen gone. Security closed the case all the same: {_line(case.exceptions)}"
    elif case.paths.exists():
        yield "Every path below was seen gone by a reading of Amazon SES."
    else:
        yield "No path was found in what was read of Amazon SES, so there was none to verify."
    yield ""
    yield "Accounts of the vendor"
    accounts = [grouped_account_id(each) for each in account_ids(case.vendor)]
    yield from _listed(accounts, "None is registered: nobody could look for paths of an account.")


def _paths(case: Offboarding) -> Iterator[str]:
    paths = list(case.paths.select_related("identity__scope__account", "verified_by_run"))
    gone = [each for each in paths if each.verified_at]
    left = [each for each in paths if not each.verified_at]
    if left:
        yield ""
        yield f"NOT seen gone ({len(left)} of {len(paths)})"
        yield from _listed([f"{_path(each)}. Last read {_instant(each.identity.last_read_at)}" for each in left])
    yield ""
    yield f"Seen gone ({len(gone)} of {len(paths)})"
    said = [
        f"{_path(each)}. Verified removed by run {each.verified_by_run_id}, {_instant(each.verified_at)}"
        for each in gone
    ]
    yield from _listed(said, "No path was found.")


def _path(path: OffboardingPath) -> str:
    scope = path.identity.scope
    where = f"account {grouped_account_id(scope.account.account_id)}, {scope.region}"
    what = f"policy {path.policy_name}" if path.policy_name else f"grant {path.grant_id}, never seen in a policy"
    return f"{path.principal} as {path.identity.name} ({where}), {what}"


def _ended(case: Offboarding) -> Iterator[str]:
    yield ""
    yield "Grants that ended"
    grants = case.grants.select_related("identity").order_by("pk")
    yield from _listed(
        [
            f"Grant {each.pk} on {each.identity.name}, {each.decision}, until {_day(each.effective_ends_on)}"
            for each in grants
        ],
        "There was none.",
    )
    yield ""
    yield "Requests that were withdrawn"
    requests = case.requests.order_by("pk").values_list("pk", flat=True)
    yield from _listed([f"Request {each}" for each in requests], "There was none.")


def _unchecked(at: datetime) -> Iterator[str]:
    yield ""
    yield "NOT checked"
    yield from _listed(list(NOT_CHECKED))
    unseen = Scope.objects.unread(at).select_related("account").order_by("account__account_id", "region")
    yield ""
    yield "Regions that could not be read completely within 48 hours"
    yield from _listed(
        [f"{_scope(each)}: {each.sight(at)}, last complete {_instant(each.last_complete_at)}" for each in unseen],
        "None of those that are expected.",
    )
    open_to_all = Delegation.objects.live().outside().filter(account_id="").order_by("identity__name", "principal")
    yield ""
    yield "Identities that let in anyone, an organization or a service, and so perhaps this vendor"
    named = open_to_all.values_list("identity__name", "principal").distinct()
    yield from _listed([f"{name}: {principal}" for name, principal in named], "None that was seen.")


def _scope(scope: Scope) -> str:
    return f"{grouped_account_id(scope.account.account_id)} {scope.account.name}, {scope.region}"


def _listed(lines: list[str], empty: str = "") -> Iterator[str]:
    yield from (f"- {each}" for each in lines or [empty])


def _line(text: str) -> str:
    """What a person wrote, in one line: the others are sesgov's word."""
    return " ".join(text.split())


def _day(day: date | datetime | None) -> str:
    return f"{day:%Y-%m-%d}" if day else "no day"


def _instant(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "never"
