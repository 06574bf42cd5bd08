"""Declare that nothing is sent from an account region that a policy keeps shut, and take that back."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from inventory.models import Identity, Outcome, Scope, ScopeDeclaration, User
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text

LONGEST = timedelta(days=365)
_SHORTEST_EVIDENCE, _LONGEST_EVIDENCE = 15, 2000


@transaction.atomic
def declare_unused(scope_id: int, *, evidence: str, ends_on: date, acting_user: User, at: datetime) -> ScopeDeclaration:
    """One live declaration for a denied scope. It resolves nothing: whatever is known of the scope stays as it was.

    Raises :class:`RefusedError` at its field, :class:`ConflictError` where somebody declared it before.
    """
    scope = Scope.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=scope_id)
    today = timezone.localdate(at)
    if scope.declarations.live(today).exists():
        raise ConflictError(f"{scope.region} is declared unused already.")
    _check_scope(scope)
    _check_words(evidence.strip(), ends_on, today)
    declaration = ScopeDeclaration.objects.create(
        scope=scope,
        declared_by=acting_user,
        declared_at=at,
        starts_on=today,
        ends_on=ends_on,
        evidence=evidence.strip(),
    )
    scope.unused_until = ends_on
    scope.save(update_fields=["unused_until"])
    data = {"ends_on": ends_on, "evidence": declaration.evidence, "account": scope.account.account_id}
    record(at=at, actor=acting_user, action="scope.declared_unused", target=scope, data=data)
    return declaration


@transaction.atomic
def withdraw_declaration(declaration_id: int, *, acting_user: User, at: datetime) -> None:
    """From now on the scope counts as not seen again. Raises :class:`ConflictError` where it is over already."""
    declaration = ScopeDeclaration.objects.select_related("scope").get(pk=declaration_id)
    scope = Scope.objects.select_for_update(of=("self",), no_key=True).get(pk=declaration.scope_id)
    live = scope.declarations.live(timezone.localdate(at)).filter(pk=declaration_id)
    if not live.update(withdrawn_at=at, withdrawn_by=acting_user):
        raise ConflictError(f"The declaration for {scope.region} is over already.")
    scope.unused_until = None
    scope.save(update_fields=["unused_until"])
    record(at=at, actor=acting_user, action="scope.declaration_withdrawn", target=scope)


def _check_scope(scope: Scope) -> None:
    if not scope.is_expected or scope.last_outcome != Outcome.DENIED:
        raise RefusedError(
            "scope",
            f"{scope.region} can be declared unused only while AWS denies the reading; its last outcome was "
            f"{scope.get_last_outcome_display().lower() or 'none'}.",
        )
    known = Identity.objects.live().filter(scope=scope).count()
    # Names can be listed where nothing may be read.
    last = scope.scope_runs.exclude(outcome="").order_by("-run_id").first()
    named = max(known, last.identities_listed if last else 0)
    if named:
        raise RefusedError("scope", f"{named} identities are known in {scope.region}, so it is in use.")


def _check_words(evidence: str, ends_on: date, today: date) -> None:
    check_text("evidence", evidence, _LONGEST_EVIDENCE)
    if len(evidence) < _SHORTEST_EVIDENCE:
        raise RefusedError(
            "evidence", "Say how it is known: which policy denies SES there, who was asked, and where that is written."
        )
    if not today <= ends_on <= today + LONGEST:
        raise RefusedError(
            "ends_on", f"Choose a day from {today} to {today + LONGEST}; then it is to be looked at anew."
        )
