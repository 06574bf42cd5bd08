"""Identities with an owner who can be asked."""

from django.db.models import Count, Q

from inventory import populations
from inventory.models import Identity
from sesgov.figures.facts import Facts
from sesgov.figures.series import BY_ACCOUNT, HOLDS, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile, is_all

# Whether a team or a person is active is known as of now only.
_COUNTED = f"""
    SELECT d.day, n.account_id, count(*) FILTER (WHERE t.is_active OR u.is_active) AS value, count(*) AS "of"
    FROM days d
    JOIN inventory_identitystate s ON {HOLDS.format("s")}
    JOIN seen n ON n.id = s.identity_id
    LEFT JOIN inventory_team t ON t.id = s.owner_team_id
    LEFT JOIN inventory_user u ON u.id = s.owner_user_id
    {BY_ACCOUNT}
"""
SERIES = Series("owners", "Identities with an owner", Unit.SHARE, _COUNTED, needs_cases=True)


def owners(facts: Facts) -> Counted:
    """Identities with an owner who is an active person or team / all."""
    rows = populations.identities(facts.user).order_by()
    resolved = populations.has_resolved_owner()
    by_tag = resolved & Q(owner_source=Identity.OwnerSource.TAG)
    counted = rows.aggregate(total=Count("pk"), owned=Count("pk", filter=resolved), by_tag=Count("pk", filter=by_tag))
    total, owned = counted["total"], counted["owned"]
    return Counted(
        owned if total else None,
        total,
        owned == total if total else None,
        links=(
            Link("without an owner", total - owned, list_url("identity", owner="missing")),
            Link("by tag", counted["by_tag"], list_url("identity", owner="tag")),
            Link("assigned only", owned - counted["by_tag"], list_url("identity", owner="assigned")),
        ),
    )


TILE = Tile(
    SERIES,
    owners,
    formula="Identities whose owner is an active person or team, divided by all. Owners found by tag and owners "
    "assigned in another way are counted apart.",
    n_of="identities",
    target="100 %",
    better="higher",
    is_met=is_all,
)
