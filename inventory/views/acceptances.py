"""Acceptances: what was let stand, by whom, until when."""

from django.db.models import QuerySet

from inventory.filters.acceptances import AcceptanceFilter
from inventory.models import RiskAcceptance, User
from inventory.tables.acceptances import AcceptanceTable
from inventory.views.lists import ListPage, Preset


def acceptances(user: User) -> QuerySet[RiskAcceptance]:
    """Every request that the person may see, the soonest end first."""
    rows = RiskAcceptance.objects.visible_to(user)
    return rows.select_related("finding__identity", "requested_by", "decided_by")


ACCEPTANCES = ListPage(
    name="acceptance",
    section="acceptances",
    title="Accepted risks",
    noun=("request", "requests"),
    lead="Findings that two people let stand, each until a day. What closes or becomes worse is accepted no longer.",
    empty="Nothing is accepted and nothing waits. An acceptance is asked for on the page of its finding.",
    rows=acceptances,
    filterset=AcceptanceFilter,
    table=AcceptanceTable,
    presets=(
        Preset("Waiting", {"status": "pending"}),
        Preset("In force", {"status": "live"}),
        Preset("Ends soon", {"status": "soon"}),
        Preset("Over", {"status": "over"}),
    ),
)
