"""Grant findings: what AWS allows that people have not approved, no longer approve, or approved less of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from approvals.rules.calendar import REMOVE_WITHIN
from approvals.rules.matching import Agreement, Pairing, Terms
from approvals.rules.states import Standing
from inventory.policy.delegations import Analysis, Delegation
from inventory.policy.grants.terms import GrantTerms
from inventory.policy.reach import Reach
from inventory.policy.rules.catalogue import UNAPPROVED_RULES
from inventory.policy.rules.parties import ANYONE, parties
from inventory.policy.rules.rule_texts import Severity
from inventory.policy.rules.subjects import DelegateFacts
from inventory.policy.rules.violations import Violation, principal_path, violation
from inventory.policy.words.conditions import shown_day
from inventory.policy.words.sentences import describe

UNAPPROVED, EXCEEDED, NOT_REMOVED = UNAPPROVED_RULES
RENEWAL_OVERDUE = "renewal-overdue"
MATCHED_RULES = (*UNAPPROVED_RULES, RENEWAL_OVERDUE)

# As wide as this and nobody can say who it is.
_OPEN = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK)
_ENDINGS = {
    Standing.EXPIRED: "ended on",
    Standing.REVOKED: "was revoked on",
    Standing.SUPERSEDED: "was replaced on",
    Standing.SUSPENDED: "has been suspended since",
}


def live_violations(
    pairings: Iterable[Pairing],
    analysis: Analysis,
    grants: Mapping[int, Terms],
    delegates: Mapping[str, DelegateFacts],
    *,
    at: datetime,
) -> Iterator[Violation]:
    """What is wrong with what AWS allows now; direct calls and those through endpoints are told once."""
    names = {account: facts.display_name for account, facts in delegates.items() if facts.display_name}
    identity = analysis.identity_arn.partition(":identity/")[2]
    told = set()
    for each in pairings:
        part = each.part
        place = (each.agreement, part.policy, part.statement, part.reach, part.accounts, part.principals, part.services)
        if each.agreement is not Agreement.APPROVED and place not in told:
            told.add(place)
            sentence = describe(part, identity, names)
            grant = grants.get(each.grant_id) if each.grant_id is not None else None
            yield _violation(each, grant, sentence, subject_of(part, delegates), at)
    for problem in analysis.problems:
        text = f"Nobody can tell whom this policy lets in, so no grant covers it: {problem.message}."
        yield violation(UNAPPROVED, text, policy=problem.policy, subject=ANYONE, severity=Severity.CRITICAL)


def renewal_violation(grant: Terms, ends_on: date) -> Violation:
    """What is wrong where a grant ends soon and nobody has said what comes then."""
    text = (
        f"Grant {grant.grant_id} ends on {shown_day(ends_on)}. "
        "Nobody has asked to renew it, and nobody has said that it may end."
    )
    return violation(RENEWAL_OVERDUE, text, subject=subject_of_terms(grant.terms))


def subject_of(part: Delegation, delegates: Mapping[str, DelegateFacts]) -> str:
    """Whom a finding about one part of a delegation is about: the same as that of the other rules."""
    return parties(part, delegates)[0].subject


def subject_of_terms(terms: GrantTerms) -> str:
    """Whom a finding about a grant is about: the account where there is one alone."""
    if terms.means_anyone:
        return ANYONE
    named: Sequence[str] = sorted({*terms.account_ids, *terms.organizations})
    return named[0] if len(named) == 1 else ""


def escalates_at(grant: Terms) -> datetime | None:
    """From when on access that ought to be gone is critical."""
    return grant.ended_at + REMOVE_WITHIN if grant.ended_at is not None and grant.ought_to_be_gone else None


def _violation(pairing: Pairing, grant: Terms | None, sentence: str, subject: str, at: datetime) -> Violation:
    part = pairing.part
    if pairing.agreement is Agreement.UNAPPROVED or grant is None:
        rule_id, text = UNAPPROVED, f"{sentence} No approved grant covers it."
        severity = Severity.CRITICAL if part.reach in _OPEN else Severity.HIGH
    elif pairing.agreement is Agreement.WIDER:
        differences = "; ".join(reason.text for reason in pairing.reasons)
        rule_id, severity = EXCEEDED, Severity.HIGH
        text = f"Wider than grant {grant.grant_id}: {differences}."
    else:
        since = escalates_at(grant)
        rule_id, severity = NOT_REMOVED, Severity.CRITICAL if since is not None and at >= since else Severity.HIGH
        text = f"Grant {grant.grant_id} {_ENDINGS[grant.standing]} {_day(grant)}, and AWS still allows it: {sentence}"
    path = principal_path(part.statement)
    return violation(
        rule_id, text, policy=part.policy, statement=part.statement, subject=subject, path=path, severity=severity
    )


def _day(grant: Terms) -> str:
    """The day that people know: the last valid one, or that of the decision."""
    if grant.ended_at is None:
        return "an earlier day"
    last_second = timedelta(seconds=1) if grant.standing is Standing.EXPIRED else timedelta()
    return shown_day((grant.ended_at - last_second).date())
