"""Matching: what AWS allows on an identity beside what people approved, after each change of either."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from approvals.models import Grant, GrantObservation
from approvals.rules.grant_findings import escalates_at, live_violations, renewal_violation
from approvals.rules.matching import Pairing, Terms, observation, pair
from approvals.rules.states import Observation, Standing
from approvals.services.matching.grant_findings import Matched, settle_findings
from approvals.services.matching.matching_due import due_identities, is_unread, settle_bare
from approvals.services.matching.observations import observe
from approvals.services.readings import run_that_read
from approvals.services.tasks.change_tasks import settle_tasks
from inventory.models import CollectionRun, Identity
from inventory.models.days import midnight
from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis
from inventory.services.each import do_each
from inventory.services.judging.identity_copies import lock_family
from inventory.services.judging.policy_versions import current_documents
from inventory.services.judging.registry_view import RegistryView

_AT_ONCE = 500
_LIVE = (Observation.MATCH, Observation.WIDER, Observation.STILL_PRESENT)


@dataclass(frozen=True, slots=True)
class Look:
    """The last successful reading of an identity, and its run.

    ``is_unread``: it is too old to go by, or a later look failed. ``is_whole``: every policy could be understood.
    """

    read_at: datetime
    run: CollectionRun | None
    is_unread: bool
    is_whole: bool
    is_gone: bool

    def is_after(self, ended_at: datetime | None) -> bool:
        """Whether it shows what was there after an end; an identity that is gone has nothing more to show."""
        return self.is_gone or ended_at is None or self.read_at > ended_at


def match_due(*, at: datetime, limit: int = _AT_ONCE) -> int:
    """Match the identities whose delegations or grants have changed since they were matched, at most ``limit``.

    Each in a transaction of its own: whoever dies over it, the rest stays due. Returns how many were due; those that
    let nobody in, and were granted to nobody, are settled all at once and not counted.
    """
    settle_bare(at=at)
    due = due_identities(at=at, limit=limit)
    if due:
        view = RegistryView(timezone.localdate(at))
        do_each(lambda each: _match(each[0], view, at, each[1]), due.items())
    return len(due)


def match_all(*, at: datetime) -> None:
    """Match all that is due, however much it is."""
    while match_due(at=at, limit=_AT_ONCE) == _AT_ONCE:
        pass


def match_identity(identity_id: int, *, at: datetime) -> None:
    """Match one identity; the same again changes nothing. Call it with no grant of the identity locked."""
    matched_at = Identity.objects.values_list("matched_at", flat=True).get(pk=identity_id)
    _match(identity_id, RegistryView(timezone.localdate(at)), at, matched_at)


def pairings_of(identity: Identity, *, at: datetime) -> list[Pairing]:
    """The live parts of the identity's delegations beside its grants, for pages; nothing is written."""
    analysis = _analysed(identity, RegistryView(timezone.localdate(at)), at)
    return pair(analysis.delegations, [terms_of(each, at) for each in _grants(identity)], at=at)


def terms_of(grant: Grant, at: datetime) -> Terms:
    """A stored grant as the rules of matching take it; reads its successor."""
    standing = grant.standing(timezone.localdate(at))
    ended_at = _ended_at(grant, standing)
    return Terms(grant.pk, grant.grant_terms, standing, ended_at and timezone.localtime(ended_at))


def _ended_at(grant: Grant, standing: Standing) -> datetime | None:
    """The first instant at which the access must not be."""
    last_midnight = midnight(grant.effective_ends_on + timedelta(days=1))
    if standing is Standing.REVOKED:
        return grant.revoked_at
    if standing is Standing.SUSPENDED:
        return grant.suspended_at
    if standing is Standing.SUPERSEDED and grant.successor is not None:
        return max(last_midnight, grant.successor.decided_at)
    return last_midnight if standing.is_over else None


@transaction.atomic
def _match(identity_id: int, view: RegistryView, at: datetime, matched_at: datetime | None) -> None:
    """``matched_at`` as it was when somebody asked for it: what was matched since then is left alone."""
    stored = Identity.objects.select_related("scope").only("name", "scope__account_id").get(pk=identity_id)
    lock_family(stored.scope, stored.name)
    identity = (
        Identity.objects.select_for_update(of=("self",), no_key=True)
        .select_related("scope__account__organization", "matching_run")
        .get(pk=identity_id)
    )
    if identity.matched_at != matched_at:
        return
    view.refresh()
    analysis = _analysed(identity, view, at)
    delegates = view.knowledge(identity.scope.account).delegates
    look = _look(identity, analysis, at)
    grants = _grants(identity)
    terms = {each.pk: terms_of(each, at) for each in grants}
    pairings = pair(analysis.delegations, list(terms.values()), at=at)
    lived = _once_live(grants)
    for grant in grants:
        _observe(grant, terms[grant.pk], pairings, look, was_live=grant.pk in lived, at=at)
    overdue = _overdue(identity, grants, at)
    matched = Matched(identity, analysis, pairings, grants, delegates, look.is_unread, identity.matching_run, at)
    found = live_violations(pairings, analysis, terms, delegates, at=at)
    renewals = (renewal_violation(terms[each.pk], each.effective_ends_on) for each in grants if each.pk in overdue)
    settle_findings(matched, (*found, *renewals))
    _remember(identity, grants, terms, overdue, look, at)
    settle_tasks(identity, run=look.run, at=at)


def _analysed(identity: Identity, view: RegistryView, at: datetime) -> Analysis:
    return analyse(
        owner_account=identity.scope.account.account_id,
        identity_arn=identity.arn,
        policies=current_documents(identity),
        registry=view.knowledge(identity.scope.account).registry,
        at=at,
    )


def _grants(identity: Identity) -> list[Grant]:
    return list(Grant.objects.filter(identity=identity).select_related("successor").order_by("pk"))


def _look(identity: Identity, analysis: Analysis, at: datetime) -> Look:
    return Look(
        read_at=identity.gone_at or identity.last_read_at,
        run=run_that_read(identity),
        is_unread=Identity.objects.filter(is_unread(at), pk=identity.pk).exists(),
        is_whole=not analysis.problems,
        is_gone=identity.gone_at is not None,
    )


def _once_live(grants: Sequence[Grant]) -> frozenset[int]:
    """The grants whose access some reading has shown."""
    if not grants:
        return frozenset()
    seen = GrantObservation.objects.filter(grant__in=grants, observation__in=_LIVE).order_by()
    return frozenset(seen.values_list("grant_id", flat=True))


def _observe(
    grant: Grant, terms: Terms, pairings: Sequence[Pairing], look: Look, *, was_live: bool, at: datetime
) -> None:
    """Keep what is new: another observation, or the first reading that could tell more."""
    before = Observation(grant.observation)
    now = _seen(terms, pairings, look, before, was_live=was_live)
    is_awaited = grant.reread_after is not None and look.read_at > grant.reread_after
    if now is not before or is_awaited or grant.observed_at is None:
        observe(grant, now, run=None if now is Observation.UNKNOWN else look.run, at=at)


def _seen(terms: Terms, pairings: Sequence[Pairing], look: Look, before: Observation, *, was_live: bool) -> Observation:
    if look.is_unread:
        return before if before is Observation.REMOVED else Observation.UNKNOWN
    found = observation(terms, pairings, before, was_live=was_live, is_read=look.is_after(terms.ended_at))
    is_absence = found in (Observation.NOT_OBSERVED, Observation.REMOVED)
    return Observation.UNKNOWN if is_absence and not look.is_whole else found


def _overdue(identity: Identity, grants: Sequence[Grant], at: datetime) -> frozenset[int]:
    """The grants whose renewal nobody cares for."""
    if not grants or identity.gone_at is not None:
        return frozenset()
    overdue = Grant.objects.renewal_overdue(timezone.localdate(at)).filter(identity=identity)
    return frozenset(overdue.values_list("pk", flat=True))


def _remember(
    identity: Identity,
    grants: Sequence[Grant],
    terms: Mapping[int, Terms],
    overdue: Collection[int],
    look: Look,
    at: datetime,
) -> None:
    for grant in grants:
        values = {
            "matched_decision": grant.decision,
            "matched_ends_on": grant.effective_ends_on,
            "rematch_at": _next_turn(grant, terms[grant.pk], at),
            "reread_after": _awaited(grant, terms[grant.pk], look),
            "is_renewal_overdue": grant.pk in overdue,
        }
        if any(getattr(grant, name) != value for name, value in values.items()):
            Grant.objects.filter(pk=grant.pk).update(**values)
    identity.is_matching_due, identity.matching_run = False, None
    identity.matched_at, identity.first_matched_at = at, identity.first_matched_at or at
    identity.save(update_fields=["is_matching_due", "matching_run", "matched_at", "first_matched_at"])


def _next_turn(grant: Grant, terms: Terms, at: datetime) -> datetime | None:
    """When the calendar changes what is said of the grant: it begins, ends, or has been over for too long."""
    turns = [midnight(grant.starts_on), midnight(grant.effective_ends_on + timedelta(days=1)), escalates_at(terms)]
    return min((each for each in turns if each is not None and each > at), default=None)


def _awaited(grant: Grant, terms: Terms, look: Look) -> datetime | None:
    """After which instant a reading would tell more than the last one."""
    if grant.observation == Observation.UNKNOWN:
        return look.read_at
    return None if look.is_after(terms.ended_at) else terms.ended_at
