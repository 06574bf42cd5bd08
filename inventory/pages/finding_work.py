"""What people do about one finding: where it stands, whose it is, what was said, what was accepted."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from inventory.forms.findings import AcceptanceForm, CommentForm, DecisionForm, EndForm, TriageForm
from inventory.models import Finding, Identity, RiskAcceptance, Role, Severity, User
from inventory.models.roles import DECIDES_ACCEPTANCES
from inventory.services.findings.risk_acceptances import FEWEST_WORDS, last_day


def work_context(finding: Finding, user: User, on: date, **answered: Any) -> dict[str, object]:
    """The part of the page that people write to; ``answered`` are forms that came back with errors."""
    may_act = Finding.objects.actionable_by(user).filter(pk=finding.pk).exists()
    related = ("requested_by", "decided_by", "ended_by")
    acceptances = list(finding.acceptances.select_related(*related).order_by("-requested_at", "-pk"))
    pending = next((each for each in acceptances if each.decision == RiskAcceptance.Decision.PENDING), None)
    in_force = next((each for each in acceptances if each.is_in_force(on)), None)
    is_decider = user.has_role(DECIDES_ACCEPTANCES)
    is_open = finding.presence != Finding.Presence.ABSENT
    forms: dict[str, object] = {
        "comment_form": CommentForm(),
        "decision_form": DecisionForm(auto_id="decision-%s"),
        "end_form": EndForm(auto_id="end-%s"),
    }
    if may_act:
        forms["triage_form"] = TriageForm(people=people_for(finding.identity), initial=_now(finding, on))
        if is_open and not pending and finding.severity != Severity.INFO:
            latest = last_day(finding.severity, on)
            forms["acceptance_form"] = AcceptanceForm(initial={"kind": RiskAcceptance.Kind.RISK, "until": latest})
            forms |= {"latest": latest, "fewest_words": FEWEST_WORDS}
    return forms | {
        "may_act": may_act,
        "is_open": is_open,
        "standing": finding.standing(on),
        "comments": list(finding.comments.select_related("author")),
        "pending": pending,
        "in_force": in_force,
        "earlier": [each for each in acceptances if each not in (pending, in_force)],
        "may_decide": is_decider and pending is not None and pending.requested_by_id != user.pk,
        "may_end": is_decider and in_force is not None,
        **answered,
    }


def people_for(identity: Identity) -> QuerySet[User]:
    """Who may act on findings of an identity: security, and its owners."""
    owns = Q(memberships__team=identity.owner_team_id) if identity.owner_team_id else Q(pk=identity.owner_user_id)
    may = Q(roles__contains=[Role.SECURITY]) | (Q(roles__contains=[Role.OWNER]) & owns)
    return User.objects.active().filter(pk__in=User.objects.filter(may).order_by().values("pk"))


def _now(finding: Finding, on: date) -> dict[str, object]:
    return {"disposition": finding.standing(on), "assignee": finding.assignee_id or "nobody"}
