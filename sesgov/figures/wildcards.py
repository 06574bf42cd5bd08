"""Policies with a wildcard principal, as they are written and as they work."""

from inventory import populations
from inventory.models import PolicyVersion
from inventory.policy.reach import Reach
from sesgov.figures.facts import Facts, has_data
from sesgov.figures.series import BY_ACCOUNT, HOLDS, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile, is_none

_NAMING_EVERYONE = f"""
    SELECT d.day, n.account_id, count(w.id) AS value, count(*) AS "of"
    FROM days d
    JOIN inventory_policyversion v ON {HOLDS.format("v")}
    JOIN inventory_sendingpolicy p ON p.id = v.policy_id
    JOIN seen n ON n.id = p.identity_id
    LEFT JOIN unnest(%s::bigint[]) AS w (id) ON w.id = v.id
    {BY_ACCOUNT}
"""
_LETTING_ANYONE_IN = f"""
    SELECT d.day, n.account_id, count(DISTINCT (g.identity_id, g.policy_name)) AS value, NULL::bigint AS "of"
    FROM days d
    JOIN inventory_delegationstate s ON {HOLDS.format("s")} AND s.reach = %s
    JOIN inventory_delegation g ON g.id = s.delegation_id
    JOIN seen n ON n.id = g.identity_id
    {BY_ACCOUNT}
"""
SERIES = Series(
    "wildcards",
    "Policies with a wildcard principal",
    Unit.COUNT,
    _NAMING_EVERYONE,
    needs_cases=False,
    parameters=lambda: [populations.wildcard_version_ids(PolicyVersion.objects.filter())],
)
PUBLIC_SERIES = Series(
    "public_policies",
    "Policies that let anyone in",
    Unit.COUNT,
    _LETTING_ANYONE_IN,
    needs_cases=False,
    parameters=lambda: [Reach.PUBLIC.value],
)


def wildcards(facts: Facts) -> Counted:
    """Policies of which an Allow names everyone, and those that let anyone in once conditions are counted."""
    policies = populations.policies(facts.user)
    total = policies.count()
    raw = len(populations.naming_everyone(policies))
    public = policies.filter(populations.is_public_policy()).count()
    is_known = has_data(facts)
    return Counted(
        raw if is_known else None,
        total,
        raw == 0 if is_known else None,
        links=(
            Link("name everyone", raw, list_url("policy", wildcard="any")),
            Link("let anyone in", public, list_url("policy", wildcard="public")),
        ),
    )


TILE = Tile(
    SERIES,
    wildcards,
    formula="Policies of which an Allow names everyone; beside it those that let anyone in after all conditions.",
    n_of="policies",
    target="0",
    better="lower",
    is_met=is_none,
)
