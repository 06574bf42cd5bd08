"""One run: what is read, what waits, what could not be read and why."""

from collections import Counter
from datetime import datetime

from inventory.models import CollectionRun, Outcome, ScopeRun
from inventory.pages.unseen import Unseen, grouped
from inventory.words import SIGHT, duration_text


def run_context(run: CollectionRun, at: datetime) -> dict[str, object]:
    """Everything that the run's page and its moving part show: one query."""
    scopes = list(run.scope_runs.select_related("scope__account").order_by("scope__account__name", "scope__region"))
    done = [each for each in scopes if each.state == ScopeRun.State.DONE]
    unread = [each for each in done if each.outcome != Outcome.COMPLETE]
    listed = sum(each.identities_listed for each in scopes)
    read = sum(each.identities_read for each in scopes)
    is_running = run.state == CollectionRun.State.RUNNING
    return {
        "run": run,
        "is_running": is_running,
        "scopes": scopes,
        "done": len(done),
        "unread": unread,
        "groups": grouped(_unseen(each) for each in unread),
        "outcomes": Counter(each.outcome or each.state for each in scopes),
        "listed": listed,
        "read": read,
        "calls": sum(each.api_calls for each in scopes),
        "throttled": sum(each.throttled for each in scopes),
        "took": duration_text((run.finished_at or at) - run.created_at),
    }


def _unseen(each: ScopeRun) -> Unseen:
    scope = each.scope
    reason = each.error_text or SIGHT[each.outcome].meaning
    return Unseen(scope.account, scope.region, each.outcome, reason, each.error_code, scope.last_complete_at)
