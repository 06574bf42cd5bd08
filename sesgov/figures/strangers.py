"""Accounts with send rights that nobody vouches for."""

from inventory import populations
from inventory.models import Account
from inventory.models.delegations import OUTSIDE_REACHES
from inventory.policy.trust import Trust
from sesgov.figures.days import local_day
from sesgov.figures.facts import Facts, has_data
from sesgov.figures.series import HOLDS, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile, is_none

_OURS = [Account.Relationship.MANAGED.value, Account.Relationship.ORGANIZATION.value]
# An account is as little trusted as its least trusted delegation. What the registry said of an account before, and
# what AWS Organizations listed, is known as of now only; verifications have their days.
_COUNTED = f"""
    SELECT day, account_id, count(*) FILTER (WHERE is_unregistered OR is_unverified) AS value, count(*) AS "of"
    FROM (
        SELECT d.day, n.account_id, g.account_id AS sender, bool_or(s.can_send) AS can_send,
            bool_or(s.trust = 'unknown') OR bool_or(s.trust = 'placeholder') AND NOT bool_or(s.trust = 'former')
            AS is_unregistered,
            EXISTS (
                SELECT FROM inventory_account a WHERE a.account_id = g.account_id
                AND NOT coalesce(a.relationship = ANY(%s) AND a.left_at IS NULL AND a.listed_at >= d.day - 365, false)
                AND NOT EXISTS (
                    SELECT FROM inventory_accountverification v WHERE v.account_id = a.id
                    AND v.verified_at <= d.at AND v.valid_until >= d.day
                    AND v.relationship = a.relationship AND v.vendor_id IS NOT DISTINCT FROM a.vendor_id
                )
            ) AS is_unverified
        FROM days d
        JOIN inventory_delegationstate s ON {HOLDS.format("s")} AND s.reach = ANY(%s) AND s.trust <> %s
        JOIN inventory_delegation g ON g.id = s.delegation_id AND g.account_id <> ''
        JOIN seen n ON n.id = g.identity_id
        GROUP BY GROUPING SETS ((d.day, d.at, n.account_id, g.account_id), (d.day, d.at, g.account_id))
    ) senders
    WHERE can_send
    GROUP BY day, account_id
"""
SERIES = Series(
    "strangers",
    "Unknown or unverified accounts with send rights",
    Unit.COUNT,
    _COUNTED,
    needs_cases=False,
    parameters=lambda: (_OURS, OUTSIDE_REACHES, Trust.OWN.value),
)


def strangers(facts: Facts) -> Counted:
    """Account ids with send rights that nobody registered, or that nobody verified in 12 months."""
    counted = populations.sender_counts(facts.user, local_day(facts.at))
    unvouched = counted.unregistered + counted.unverified
    is_known = has_data(facts)
    return Counted(
        unvouched if is_known else None,
        counted.all,
        unvouched == 0 if is_known else None,
        links=(
            Link("unknown", counted.unregistered, list_url("delegate", trust="unregistered", sends="yes")),
            Link("not verified", counted.unverified, list_url("delegate", trust="unverified", sends="yes")),
        ),
    )


TILE = Tile(
    SERIES,
    strangers,
    formula="Outside account ids that may send and stand in no registry, copied example ids included; and those "
    "registered of which nobody has verified in the last 12 months that they are who the registry says.",
    n_of="accounts with send rights",
    target="0",
    better="lower",
    is_met=is_none,
)
