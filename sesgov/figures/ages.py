"""How many findings are open, and how long those have been open that count in time to remediate."""

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum, Value

from inventory import populations
from inventory.models import Finding
from inventory.policy.rules import APPROVAL_RULES
from sesgov.figures.facts import Facts
from sesgov.figures.series import BY_ACCOUNT, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile

_OPEN_EPISODES = """
    FROM days d
    JOIN inventory_findingepisode e ON e.opened_at <= d.at AND (e.closed_at IS NULL OR e.closed_at > d.at)
    JOIN inventory_finding f ON f.id = e.finding_id AND f.severity <> 'info'
    JOIN seen n ON n.id = f.identity_id
"""
# The same episodes as in time to remediate: of policy rules, those of the first look apart.
_AGES = f"""
    SELECT d.day, n.account_id, sum(extract(epoch FROM d.at - e.opened_at))::bigint AS value, count(*) AS "of"
    {_OPEN_EPISODES}
    WHERE NOT e.is_baseline AND f.rule_id <> ALL(%s)
    {BY_ACCOUNT}
"""
# Every finding that is open, whatever its rule, and whoever let it stand.
_OPEN = f"""
    SELECT d.day, n.account_id, count(*) AS value, NULL::bigint AS "of"
    {_OPEN_EPISODES}
    {BY_ACCOUNT}
"""
SERIES = Series(
    "open_age",
    "Mean age of open findings",
    Unit.DAYS,
    _AGES,
    needs_cases=True,
    parameters=lambda: [sorted(APPROVAL_RULES)],
)
OPEN_SERIES = Series("open_findings", "Open findings", Unit.COUNT, _OPEN, needs_cases=False)


def open_age(facts: Facts) -> Counted:
    """Mean of (instant - opened) over episodes of policy rules open at the instant, those of the first look apart."""
    age = ExpressionWrapper(Value(facts.at) - F("opened_at"), output_field=DurationField())
    is_open = Q(closed_at=None) | Q(closed_at__gt=facts.at)
    rows = populations.policy_episodes(facts.user).filter(is_open, opened_at__lte=facts.at, is_baseline=False)
    counted = rows.order_by().aggregate(n=Count("pk"), ages=Sum(age))
    if not counted["n"]:
        return Counted(None, 0, None)
    still_open = 0
    if facts.on is None:
        still_open = Finding.objects.visible_to(facts.user).filter(populations.is_watched()).count()
    links = (Link("open", still_open, list_url("finding", status="watched")),)
    return Counted(round(counted["ages"].total_seconds()), counted["n"], None, links=links)


TILE = Tile(
    SERIES,
    open_age,
    formula="Mean elapsed days since detection, over findings of policy rules that are open, accepted ones among them. "
    "What the first look at a region found is counted apart, since its start is not known.",
    n_of="open findings of policy rules",
    target="none set",
    better="lower",
    is_of_any_instant=True,
)
