"""One grant: who may, until when, and is it so in AWS?"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.models import ApprovalSlot, Grant
from approvals.pages.grant_life import WIDTH, life_of
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.names import names_for
from approvals.rules.grant_findings import subject_of_terms
from approvals.rules.states import Standing
from approvals.services.grants.grants import check_may_end
from approvals.services.requests.requests import ASKS
from approvals.words import OBSERVATION, observation_of, standing_word
from inventory.models import Finding, User
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.tightening.drafts import pretty
from inventory.services.refusals import RefusedError

RULES = ("scope-exceeded", "grant-not-removed", "renewal-overdue")
RELATED = (
    "identity__scope__account",
    "identity__owner_team",
    "identity__owner_user",
    "vendor",
    "line__request__requester",
    "line__predecessor__identity",
    "successor",
    "observed_by_run",
    "suspended_by",
)


def grant_context(user: User, grant: Grant, at: datetime) -> dict[str, object]:
    """Everything on the page of one grant; a fixed number of queries."""
    on = timezone.localdate(at)
    terms = grant.grant_terms
    standing = grant.standing(on)
    slots = list(_slots(grant))
    observations = list(grant.observations.order_by("from_at", "pk"))
    return {
        "grant": grant,
        "identity": grant.identity,
        "sentence": grant_sentence(grant, names=names_for([terms]), on=on),
        "standing": standing_word(grant, standing),
        "is_over": standing.is_over,
        "observation": OBSERVATION[observation_of(grant, at)],
        "life": life_of(grant, slots, observations, at),
        "width": WIDTH,
        "slots": slots,
        "terms": terms,
        "terms_json": pretty(grant.terms),
        "policy_json": _policy(terms),
        "predecessors": list(Grant.objects.visible_to(user).filter(successor=grant).order_by("pk")),
        "findings": _findings(user, grant),
        "may_end": may_end(user, grant, at) and standing in (Standing.ACTIVE, Standing.AHEAD, Standing.SUSPENDED),
        "may_change": user.has_role(ASKS) and standing in (Standing.ACTIVE, Standing.AHEAD) and grant.successor is None,
    }


def may_end(user: User, grant: Grant, at: datetime) -> bool:
    """Whether somebody may take the access away; the service decides, the page only asks it."""
    try:
        check_may_end(grant.identity, user, at)
    except RefusedError:
        return False
    return True


def _slots(grant: Grant) -> Any:
    said = ApprovalSlot.objects.filter(line=grant.line, submission=grant.line.request.submissions)
    return said.exclude(verdict="").select_related("decided_by", "stand_in").order_by("decided_at")


def _policy(terms: GrantTerms) -> str:
    try:
        return pretty(minimal_policy(terms))
    except TermsError:
        return ""


def _findings(user: User, grant: Grant) -> list[Finding]:
    """The open findings of the identity about the grant's party, as matching opens them."""
    terms = grant.grant_terms
    subjects = {subject_of_terms(terms), *terms.account_ids, *terms.organizations}
    rows = Finding.objects.visible_to(user).open().filter(identity=grant.identity_id, rule_id__in=RULES)
    return list(rows.filter(subject__in=subjects))
