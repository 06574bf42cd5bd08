"""Posture: the share of identities that are in order."""

from django.db.models import Count

from inventory import populations
from inventory.models.delegations import OUTSIDE_REACHES
from inventory.policy.rules import UNAPPROVED_RULES
from inventory.policy.trust import Trust
from sesgov.figures.facts import Facts
from sesgov.figures.series import BY_ACCOUNT, HOLDS, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile, is_all

# Before an identity was matched for the first time nothing is known of approvals: who is outside counts against it.
NOT_MATCHED = """
    (i.first_matched_at IS NULL OR i.first_matched_at > d.at OR (s.to_at IS NULL AND s.from_at > i.matched_at))
"""
_COUNTED = f"""
    SELECT d.day, n.account_id, count(*) FILTER (WHERE o.identity_id IS NULL) AS value, count(*) AS "of"
    FROM days d
    JOIN inventory_identitystate s ON {HOLDS.format("s")}
    JOIN seen n ON n.id = s.identity_id AND n.is_expected AND n.baseline_at <= d.at
    LEFT JOIN (
        SELECT d.day, f.identity_id FROM days d
        JOIN inventory_findingepisode e ON e.opened_at <= d.at AND (e.closed_at IS NULL OR e.closed_at > d.at)
        JOIN inventory_finding f ON f.id = e.finding_id AND f.rule_id = ANY(%s)
        UNION
        SELECT d.day, g.identity_id FROM days d
        JOIN inventory_delegationstate s ON {HOLDS.format("s")}
        JOIN inventory_delegation g ON g.id = s.delegation_id
        JOIN inventory_identity i ON i.id = g.identity_id
        WHERE s.reach = ANY(%s) AND s.trust <> %s AND {NOT_MATCHED}
    ) o ON o.day = d.day AND o.identity_id = s.identity_id
    {BY_ACCOUNT}
"""
# An identity that could not be seen on a day counts as it was seen last, and its day is marked stale.
SERIES = Series(
    "posture",
    "Identities in order",
    Unit.SHARE,
    _COUNTED,
    needs_cases=True,
    parameters=lambda: (list(UNAPPROVED_RULES), OUTSIDE_REACHES, Trust.OWN.value),
)


def posture(facts: Facts) -> Counted:
    """Identities whose every outside delegate is approved, inside its terms, in date / identities completely seen."""
    seen = populations.identities(facts.user).filter(populations.is_completely_seen(facts.at)).order_by()
    counted = seen.aggregate(total=Count("pk"), open=Count("pk", filter=populations.has_unapproved_delegate()))
    total, open_ones = counted["total"], counted["open"]
    return Counted(
        total - open_ones if total else None,
        total,
        open_ones == 0 if total else None,
        links=(
            Link("not approved", open_ones, list_url("identity", seen="complete", sender="unapproved")),
            Link("in order", total - open_ones, list_url("identity", seen="complete", sender="approved")),
        ),
    )


TILE = Tile(
    SERIES,
    posture,
    formula="Identities whose every outside sender, and whoever else outside is let in, is approved, inside its "
    "terms and in date, divided by the identities completely seen. A sender whom nobody has compared with "
    "grants yet counts against it.",
    n_of="identities completely seen",
    target="100 %",
    better="higher",
    is_met=is_all,
)
