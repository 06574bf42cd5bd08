"""One offboarding: what ends, what is verified, what nobody could look at."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from approvals.models import Offboarding, OffboardingPath
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.names import names_for
from approvals.rules.change_tasks import TaskState
from approvals.rules.offboarding import CaseState, PathFacts, PathState, path_state, progress_words
from approvals.services.offboarding.offboarding import OFFBOARDS
from approvals.services.offboarding.offboarding_letter import NOT_CHECKED
from approvals.services.offboarding.offboarding_scope import account_ids, live_paths, unended_grants, waiting_requests
from inventory.models import Outcome, Role, Scope, User, Vendor
from inventory.words import Word

_READ = (Outcome.COMPLETE, Outcome.PARTIAL)
WORDS = {
    PathState.VERIFIED: Word("Verified gone", "A reading no longer shows it.", "good"),
    PathState.SAID: Word("Said to be gone", "Somebody says that it is out; no reading has shown that yet.", "unknown"),
    PathState.TO_REMOVE: Word("To be removed", "Somebody has to take it out of the policy.", "bad"),
    PathState.PLANNED: Word("After the last day", "Its task opens when the last day is over."),
    PathState.UNSEEN: Word("Could not look", "AWS refused, or nobody has looked for 48 hours.", "unknown"),
}
CASE_WORDS = {
    CaseState.OPEN: Word("Until the last day", "The vendor may still send; nothing is granted any more."),
    CaseState.CLOSING: Word("Closing", "Its access is being taken out and verified.", "bad"),
    CaseState.CLOSED: Word("Closed", "Its letter is written."),
}


@dataclass(frozen=True, slots=True)
class PathRow:
    """One path as it stands."""

    path: OffboardingPath
    state: PathState
    word: Word


def path_rows(case: Offboarding, at: datetime) -> list[PathRow]:
    """Each path with what is known of it, what is missing first: one query."""
    related = ("identity__scope__account", "task__assigned_team", "verified_by_run", "grant")
    rows = [(path, state_of(path, at)) for path in case.paths.select_related(*related)]
    rows.sort(key=lambda each: list(PathState).index(each[1]), reverse=True)
    return [PathRow(path, state, WORDS[state]) for path, state in rows]


def state_of(path: OffboardingPath, at: datetime) -> PathState:
    """Reads the identity's scope and the task."""
    scope = path.identity.scope
    facts = PathFacts(
        is_verified=path.verified_at is not None,
        is_said=path.task is not None and path.task.state == TaskState.SAID_APPLIED,
        has_task=path.task is not None,
        read_at=path.identity.last_read_at,
        is_refused=bool(scope.last_outcome) and scope.last_outcome not in _READ,
    )
    return path_state(facts, at)


def progress_of(rows: list[PathRow]) -> str:
    """In words."""
    return progress_words((row.state, row.path.identity.last_read_at) for row in rows)


def case_context(user: User, case: Offboarding, at: datetime) -> dict[str, object]:
    """Everything on the page of one case; a fixed number of queries."""
    on = timezone.localdate(at)
    rows = path_rows(case, at)
    number = Counter(row.state for row in rows)
    grants = list(case.grants.select_related("identity").order_by("pk"))
    names = names_for(each.grant_terms for each in grants)
    return {
        "case": case,
        "word": CASE_WORDS[CaseState(case.state)],
        "rows": rows,
        "progress": progress_of(rows),
        "verified": number[PathState.VERIFIED],
        "grants": [(each, grant_sentence(each, names=names, on=on)) for each in grants],
        "requests": list(case.requests.select_related("requester").order_by("pk")),
        "accounts": list(case.vendor.accounts.order_by("account_id")),
        "unseen": list(Scope.objects.unread(at).select_related("account").order_by("account__account_id", "region")),
        "not_checked": NOT_CHECKED,
        "may_close": user.has_role(OFFBOARDS) and case.state == CaseState.CLOSING,
        "may_except": user.has_role([Role.SECURITY]),
    }


def start_context(vendor: Vendor, at: datetime) -> dict[str, object]:
    """What would end, before it does."""
    on = timezone.localdate(at)
    ids = account_ids(vendor)
    grants = list(unended_grants(vendor, ids, on).select_related("identity"))
    names = names_for(each.grant_terms for each in grants)
    paths = live_paths(ids).select_related("identity__scope__account").order_by("identity__name", "policy_name")
    return {
        "vendor": vendor,
        "accounts": list(vendor.accounts.order_by("account_id")),
        "paths": list(paths),
        "grants": [
            (each, grant_sentence(each, names=names, on=on), sorted(set(each.account_ids) - set(ids)))
            for each in grants
        ],
        "requests": waiting_requests(vendor, ids),
    }
