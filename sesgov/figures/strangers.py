"""Accounts with send rights that nobody vouches for."""

from inventory import populations
from inventory.models.delegations import OUTSIDE_REACHES
from inventory.policy.trust import Trust
from sesgov.figures.facts import Facts, has_data
from sesgov.figures.series import HOLDS, Series
from sesgov.figures.shapes import Figure, Link, Unit, list_url

_COUNTED = f"""
    SELECT day, account_id, count(*) FILTER (WHERE is_unregistered) AS value, count(*) AS "of"
    FROM (
        SELECT d.day, n.account_id, g.account_id AS sender, bool_or(s.can_send) AS can_send,
            bool_or(s.trust = 'unknown') OR bool_or(s.trust = 'placeholder') AND NOT bool_or(s.trust = 'former')
            AS is_unregistered
        FROM days d
        JOIN inventory_delegationstate s ON {HOLDS.format("s")} AND s.reach = ANY(%s) AND s.trust <> %s
        JOIN inventory_delegation g ON g.id = s.delegation_id AND g.account_id <> ''
        JOIN seen n ON n.id = g.identity_id
        GROUP BY GROUPING SETS ((d.day, n.account_id, g.account_id), (d.day, g.account_id))
    ) senders
    WHERE can_send
    GROUP BY day, account_id
"""
SERIES = Series(
    "strangers",
    "Unknown accounts with send rights",
    Unit.COUNT,
    _COUNTED,
    needs_cases=False,
    parameters=lambda: (OUTSIDE_REACHES, Trust.OWN.value),
)


def strangers(facts: Facts, coverage: str) -> Figure:
    """Account ids with send rights that nobody registered."""
    senders = populations.delegates(facts.user).filter(sendable__gt=0)
    unregistered = populations.unregistered_senders(facts.user).count()
    is_known = has_data(facts)
    return Figure(
        key=SERIES.key,
        title=SERIES.title,
        formula="Outside account ids that may send and stand in no registry, copied example ids included.",
        unit=SERIES.unit,
        reading=unregistered if is_known else None,
        n=senders.count(),
        n_of="accounts with send rights",
        target="0",
        is_met=unregistered == 0 if is_known else None,
        better="lower",
        as_of=facts.at,
        coverage=coverage,
        links=(Link("unknown accounts", unregistered, list_url("delegate", trust="unregistered", sends="yes")),),
    )
