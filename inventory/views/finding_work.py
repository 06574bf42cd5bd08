"""What people do about findings: triage, comments, acceptances. Each write answers 409 to who comes too late."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from inventory.forms.answers import say_refusal
from inventory.forms.findings import NOBODY, AcceptanceForm, CommentForm, DecisionForm, EndForm, TriageForm
from inventory.models import Finding, RiskAcceptance, User
from inventory.models.roles import DECIDES_ACCEPTANCES
from inventory.pages.finding import finding_context
from inventory.pages.finding_work import people_for, work_context
from inventory.services.findings.finding_comments import add_comment
from inventory.services.findings.risk_acceptances import (
    ask_acceptance,
    decide_acceptance,
    end_acceptance,
    withdraw_acceptance,
)
from inventory.services.findings.triage import Triaged, assign, set_disposition
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import DONE, REFUSED, TOO_LATE

_RELATED = ("identity__scope__account__organization", "identity__owner_team", "identity__owner_user", "assignee")


def visible_finding(user: User, pk: int) -> Finding:
    """The finding with what its page shows; strangers do not learn that it exists."""
    return get_object_or_404(Finding.objects.visible_to(user).select_related(*_RELATED), pk=pk)


def finding_page(request: HttpRequest, finding: Finding, *, status: int = DONE, **answered: Any) -> HttpResponse:
    """The page of one finding."""
    now = timezone.now()
    context = {"section": "findings"} | finding_context(finding, now)
    context |= work_context(finding, person(request), timezone.localdate(now), **answered)
    return render(request, "inventory/finding.html", context, status=status)


@require_POST
def finding_triage(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands and whose it is."""
    finding = _actionable(request, pk)
    form = TriageForm(request.POST, people=people_for(finding.identity))
    return _answer(request, finding, "triage_form", form, lambda said: _triaged(finding, said, request))


@require_POST
def finding_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Something that the next person has to know."""
    finding = _actionable(request, pk)

    def write(said: dict[str, Any]) -> str:
        add_comment(finding, said["text"], acting_user=person(request), at=timezone.now())
        return "Your comment stands below the finding."

    return _answer(request, finding, "comment_form", CommentForm(request.POST), write)


@require_POST
def acceptance_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to let it stand until a day."""
    finding = _actionable(request, pk)

    def write(said: dict[str, Any]) -> str:
        ask_acceptance(finding, **said, acting_user=person(request), at=timezone.now())
        return "Asked. Somebody else of security decides; until then the finding counts as before."

    return _answer(request, finding, "acceptance_form", AcceptanceForm(request.POST), write)


@require_POST
def acceptance_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject what somebody else asked for."""
    user, acceptance = _acceptance(request, pk, lambda user, _: user.has_role(DECIDES_ACCEPTANCES))
    finding = visible_finding(user, acceptance.finding_id)

    def write(said: dict[str, Any]) -> str:
        decide_acceptance(
            pk,
            is_approved=said["decision"] == "approve",
            comment=said["comment"],
            acting_user=user,
            at=timezone.now(),
        )
        return "Approved. The finding stands in no count until its last day." if _is_approval(said) else "Rejected."

    return _answer(request, finding, "decision_form", DecisionForm(request.POST), write)


@require_POST
def acceptance_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one asked for."""
    user, acceptance = _acceptance(request, pk, lambda user, asked: asked.requested_by_id == user.pk)
    finding = visible_finding(user, acceptance.finding_id)

    def write(_said: dict[str, Any]) -> str:
        withdraw_acceptance(pk, acting_user=user, at=timezone.now())
        return "Taken back."

    return _answer(request, finding, "withdraw_form", forms.Form(request.POST), write)


@require_POST
def acceptance_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an acceptance before its day."""
    user, acceptance = _acceptance(request, pk, lambda user, _: user.has_role(DECIDES_ACCEPTANCES))
    finding = visible_finding(user, acceptance.finding_id)

    def write(said: dict[str, Any]) -> str:
        end_acceptance(pk, reason=said["comment"], acting_user=user, at=timezone.now())
        return "Ended. The finding counts again."

    return _answer(request, finding, "end_form", EndForm(request.POST), write)


def _answer(
    request: HttpRequest, finding: Finding, name: str, form: forms.Form, write: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Back to the page: with what was done, with what was refused at its field (422), or with who was quicker (409)."""
    if form.is_valid():
        try:
            messages.success(request, write(form.cleaned_data))
        except RefusedError as refusal:
            say_refusal(form, refusal)
        except ConflictError as conflict:
            now = visible_finding(person(request), finding.pk)
            return finding_page(request, now, status=TOO_LATE, conflict=conflict)
        else:
            return redirect("inventory:finding_detail", pk=finding.pk)
    return finding_page(request, finding, status=REFUSED, **{name: form})


def _actionable(request: HttpRequest, pk: int) -> Finding:
    user = person(request)
    finding = visible_finding(user, pk)
    if not Finding.objects.actionable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return finding


def _acceptance(
    request: HttpRequest, pk: int, may: Callable[[User, RiskAcceptance], bool]
) -> tuple[User, RiskAcceptance]:
    user = person(request)
    acceptance = get_object_or_404(RiskAcceptance.objects.visible_to(user), pk=pk)
    if not may(user, acceptance):
        raise PermissionDenied
    return user, acceptance


def _is_approval(said: dict[str, Any]) -> bool:
    return bool(said["decision"] == "approve")


@transaction.atomic
def _triaged(finding: Finding, said: dict[str, Any], request: HttpRequest) -> str:
    done = triage_all([finding.pk], said, acting_user=person(request))
    refused = [reason for each in done for _, reason in each.refused]
    if refused:
        raise RefusedError("", " ".join(refused))
    return "Kept." if any(each.changed for each in done) else "Nothing was different."


@transaction.atomic
def triage_all(findings: list[int], said: dict[str, Any], *, acting_user: User) -> list[Triaged]:
    """What the form says, for all of them, in one transaction."""
    at, done = timezone.now(), []
    if said["disposition"]:
        done.append(set_disposition(findings, said["disposition"], acting_user=acting_user, at=at))
    if said["assignee"]:
        assignee = None if said["assignee"] == NOBODY else User.objects.get(pk=said["assignee"])
        done.append(assign(findings, assignee, acting_user=acting_user, at=at))
    return done
