"""The audit trail: who did what?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from inventory.filters import AuditFilter
from inventory.models import AuditEvent, User
from inventory.pages.audit_chain import account_page_of, chain_state, noun_of, page_of, sealed
from inventory.tables import AuditTable
from inventory.tables.audit import detail_text
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person
from inventory.words import action_words


def _events(user: User) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.visible_to(user).order_by("-id")


def _status(_user: User) -> Mapping[str, object]:
    return {"state": chain_state()}


AUDIT = ListPage(
    name="audit",
    section="audit",
    title="Audit trail",
    noun=("event", "events"),
    lead="Every change of state with who made it. Events are only ever added; the database refuses to change them.",
    empty="Nothing has happened yet.",
    rows=_events,
    filterset=AuditFilter,
    table=AuditTable,
    presets=(Preset("By people", {"by": "people"}), Preset("Registry", {"noun": "account"})),
    is_for=lambda user: user.reads_audit,
    status="inventory/fragments/audit_chain.html",
    status_context=_status,
)


@require_safe
def audit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One event in its place in the chain; its hash is computed again each time somebody looks."""
    event = get_object_or_404(AuditEvent.objects.visible_to(person(request)), pk=pk)
    of_the_object = urlencode({"noun": event.object_type, "object": event.object_id})
    context = {
        "section": "audit",
        "event": event,
        "action": action_words(event.action),
        "noun": noun_of(event),
        "object_page": page_of(event) or account_page_of(event),
        "others": f"{reverse('inventory:audit_list')}?{of_the_object}",
        "details": list(_details(event)),
        "sealed": sealed(event),
    }
    return render(request, "inventory/audit_event.html", context)


def _details(event: AuditEvent) -> Iterator[tuple[str, str]]:
    details: dict[str, Any] = json.loads(event.data)
    for name, value in details.items():
        yield name.replace("_", " ").capitalize(), detail_text(value)
