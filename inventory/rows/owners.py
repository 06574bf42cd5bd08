"""Identities by what is known of their owner: those that need one, and those whose tags do not say it."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inventory import populations
from inventory.models import Identity, IdentityState, OwnerAssignment, Role, Scope, Team, User


def ownerless(user: User) -> QuerySet[Identity]:
    """Identities that nobody active owns and that the person may see, with who owned them last (``former_owner``)."""
    rows = populations.identities(user).filter(needs_owner())
    return rows.annotate(former_owner=_former_owner(), owner_since=_since(), is_claimed=_is_claimed()).order_by("name")


def claimable(user: User) -> QuerySet[Identity]:
    """What may be claimed, by name alone, for people with the role of identity owner, whatever else they see."""
    if not user.has_role([Role.OWNER]):
        return Identity.objects.none()
    rows = Identity.objects.live().filter(owner_team=None, owner_user=None)
    return (
        rows.select_related("scope")
        .annotate(is_claimed=_is_claimed())
        .only("name", "scope__region")
        .order_by("name", "id")
    )


def needs_owner() -> Q:
    """No owner who is an active person or team."""
    return ~populations.has_resolved_owner()


def untagged(user: User) -> QuerySet[Identity]:
    """Identities with an owner by hand or by rule: their tags say nothing, somebody unknown or somebody else."""
    by_people = (Identity.OwnerSource.CLAIM, Identity.OwnerSource.RULE)
    rows = Identity.objects.visible_to(user).live().filter(populations.has_resolved_owner(), owner_source__in=by_people)
    return rows.order_by("scope__account__account_id", "scope__region", "name")


def with_places_and_owners(rows: QuerySet[Identity]) -> Iterator[Identity]:
    """The rows with their scope, account and owner: one query for each kind, and one object for each that there is."""
    scopes = Scope.objects.select_related("account").in_bulk()
    teams, people = Team.objects.in_bulk(), User.objects.in_bulk()
    owned = ("owner_team_id", "owner_user_id", "owner_source", "scope_id")
    for identity in rows.only("name", "arn", "tags", "last_read_at", *owned).iterator(2000):
        identity.scope = scopes[identity.scope_id]
        identity.owner_team = teams.get(identity.owner_team_id) if identity.owner_team_id else None
        identity.owner_user = people.get(identity.owner_user_id) if identity.owner_user_id else None
        yield identity


def _former_owner() -> Coalesce:
    """The name of the last owner whose time has ended."""
    ended = IdentityState.objects.filter(identity=OuterRef("pk"), to_at__isnull=False).exclude(
        owner_team=None, owner_user=None
    )
    latest = ended.order_by("-to_at", "-pk")
    named = Coalesce("owner_team__name", "owner_user__name")
    return Coalesce(Subquery(latest.annotate(named=named).values("named")[:1]), Subquery(_given_to()))


def _given_to() -> "QuerySet[OwnerAssignment, object]":
    """Whom it was given to, where that person or team is no longer here."""
    given = OwnerAssignment.objects.active().filter(identity=OuterRef("pk"))
    return given.annotate(named=Coalesce("team__name", "user__name")).values("named")[:1]


def _since() -> Subquery:
    return Subquery(IdentityState.objects.filter(identity=OuterRef("pk"), to_at=None).values("from_at")[:1])


def _is_claimed() -> Exists:
    return Exists(OwnerAssignment.objects.pending().filter(identity=OuterRef("pk")))
