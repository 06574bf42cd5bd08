"""The dashboard: are we safe today, and do we see all of it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from inventory import populations
from inventory.models import Account, CollectionRun, Scope, User
from inventory.models.roles import STARTS_COLLECTION
from inventory.pages.run import run_context
from inventory.services.findings.cases import worst_cases
from inventory.views.requests import person
from inventory.words import counted
from sesgov.changes import changes_since
from sesgov.figures import Facts, first_figures
from sesgov.figures.drawing import HEIGHT, WIDTH, sparkline
from sesgov.sight import DOORS_NOT_LOOKED_AT, Coverage, coverage

FIRST_VISIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class State:
    """The first sentence. ``tone`` is ``good`` only where everything expected was seen and nothing is open."""

    sentence: str
    tone: str


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """One page; what it counts, it links to."""
    user, at = person(request), timezone.now()
    if not user.roles and not user.memberships.exists():
        return render(request, "account/no_role.html", {"section": "dashboard"})
    since = _since_last_visit(request, user, at)
    sight = _coverage(user, at)
    figures = first_figures(Facts(user, at))
    context = {
        "section": "dashboard",
        "state": state_of(user, sight),
        "doors": DOORS_NOT_LOOKED_AT,
        "coverage": sight,
        "tiles": [(each, sparkline(each, at)) for each in figures],
        "sparkline": {"width": WIDTH, "height": HEIGHT},
        "cases": worst_cases(user, on=at.date()),
        "changes": changes_since(user, since),
        "is_first_visit": user.last_dashboard_at is None,
        "running": _running(user, at),
        "may_collect": user.has_role(STARTS_COLLECTION),
        "at": at,
    }
    return render(request, "dashboard/dashboard.html", context)


def _running(user: User, at: datetime) -> dict[str, object] | None:
    """The run under way, for those who see runs."""
    run = CollectionRun.objects.visible_to(user).unfinished().first()
    return run_context(run, at) if run is not None else None


def _coverage(user: User, at: datetime) -> Coverage:
    scopes = list(Scope.objects.visible_to(user).select_related("account"))
    accounts = [each for each in Account.objects.visible_to(user).managed() if not each.has_ended(at.date())]
    return coverage(scopes, accounts, at)


def state_of(user: User, sight: Coverage) -> State:
    """Who can send that nobody vouches for, and whether all of it was seen."""
    if not user.roles:
        return State(
            "You have no role yet. Ask an administrator for one; until then there is nothing to see.", "unknown"
        )
    if not sight.expected:
        return State("Nothing has been looked at yet, so nothing can be said.", "unknown")
    anyone = populations.public_identities(user).count()
    unclear = populations.undetermined_identities(user).count()
    strangers = populations.unregistered_senders(user).count()
    said = _senders_sentence(anyone, unclear, strangers)
    is_bad = bool(anyone or unclear or strangers)
    if sight.is_whole:
        places = "Every account and region" if user.reads_inventory else "Every region of the identities that you own"
        apart = f", but for {sight.unused} declared unused" if sight.unused else ""
        whole = f"{places} was completely read within 48 hours{apart}."
        return State(f"{said} {whole}", "bad" if is_bad else "good")
    return State(f"{said} {_missing_sentence(sight)}", "bad" if is_bad else "unknown")


def _senders_sentence(anyone: int, unclear: int, strangers: int) -> str:
    parts = []
    if anyone:
        parts.append(f"anyone with an AWS account can send as {counted(anyone, 'identity', 'identities')} of ours")
    if strangers:
        parts.append(f"{counted(strangers, 'account')} that nobody registered can send as us")
    if unclear:
        parts.append(f"{counted(unclear, 'identity carries', 'identities carry')} a policy that could not be judged")
    if not parts:
        return "In what was seen, nobody unknown can send as us."
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _missing_sentence(sight: Coverage) -> str:
    parts = []
    if sight.unseen:
        parts.append(f"{len(sight.unseen)} of {counted(sight.expected, 'account region')}")
    if sight.unreached:
        parts.append(counted(len(sight.unreached), "whole account"))
    return f"{' and '.join(parts)} could not be seen, so there may be more."


def _since_last_visit(request: HttpRequest, user: User, at: datetime) -> datetime:
    """The visit before this session; it stays the same while the session lasts, so that a reload hides nothing."""
    stored = parse_datetime(str(request.session.get("changes_since", "")))
    since = stored or user.last_dashboard_at or at - FIRST_VISIT
    request.session["changes_since"] = since.isoformat()
    User.objects.filter(pk=user.pk).update(last_dashboard_at=at)
    return since
