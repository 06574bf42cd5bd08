"""Sending authorization policies, over all identities."""

from inventory import populations
from inventory.filters import PolicyFilter
from inventory.tables import PolicyTable
from inventory.views.lists import ListPage, Preset

POLICIES = ListPage(
    name="policy",
    section="identities",
    title="Policies",
    noun=("policy", "policies"),
    lead="Every sending authorization policy that was there at the last look.",
    empty="No identity that was seen carries a policy.",
    rows=populations.policies,
    filterset=PolicyFilter,
    table=PolicyTable,
    presets=(Preset("Names everyone", {"wildcard": "any"}), Preset("Lets anyone in", {"wildcard": "public"})),
)
