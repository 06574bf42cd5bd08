"""Identities: what can be sent as us, and by whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory import populations
from inventory.filters import IdentityFilter
from inventory.models import Identity
from inventory.pages.identity import identity_context
from inventory.pages.owner import owner_line
from inventory.tables import IdentityTable
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person

IDENTITIES = ListPage(
    name="identity",
    section="identities",
    title="Identities",
    noun=("identity", "identities"),
    lead="Every domain and address that mail can be sent as, the least trusted senders first.",
    empty="No identity has been seen yet. Identities appear as soon as a collection run has read an account.",
    rows=populations.identities,
    filterset=IdentityFilter,
    table=IdentityTable,
    presets=(
        Preset("Unknown senders", {"trust": "unknown", "sender": "outside"}),
        Preset("Anyone can send", {"reach": "public"}),
        Preset("Former partners", {"trust": "former", "sender": "outside"}),
        Preset("Owner missing", {"owner": "missing"}),
        Preset("DKIM off", {"dkim": "off"}),
        Preset("Not seen", {"seen": "unseen"}),
    ),
)


@require_safe
def identity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who can send as this, why, since when?"""
    rows = Identity.objects.visible_to(person(request))
    related = ("scope__account__organization", "owner_team", "owner_user", "owner_rule")
    identity = get_object_or_404(rows.select_related(*related), pk=pk)
    context = {"section": "identities", "owner": owner_line(identity)} | identity_context(identity, timezone.now())
    return render(request, "inventory/identity.html", context)
