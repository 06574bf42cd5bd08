"""Deliveries: what left sesgov, what did not, and what may have."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from inventory.filters.deliveries import DeliveryFilter
from inventory.models import Delivery, Role, User
from inventory.services.notices.drain import send_anew
from inventory.services.refusals import ConflictError
from inventory.tables.deliveries import DeliveryTable
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person
from inventory.views.writes import hint, not_done

DELIVER = "inventory.tasks.deliver"


def _deliveries(user: User) -> QuerySet[Delivery]:
    return Delivery.objects.visible_to(user).order_by("-id")


DELIVERIES = ListPage(
    name="delivery",
    section="deliveries",
    title="Deliveries",
    noun=("delivery", "deliveries"),
    lead="Every mail and every post that sesgov made. One that may have left or not is uncertain: sesgov does not send "
    "it again by itself.",
    empty="Nothing was to be sent yet. Mails are made of notices, once a day or, where it is urgent, at once.",
    rows=_deliveries,
    filterset=DeliveryFilter,
    table=DeliveryTable,
    presets=(
        Preset("Uncertain", {"state": "uncertain"}),
        Preset("Failed", {"state": "failed"}),
        Preset("Waiting", {"state": "waiting"}),
    ),
    is_for=lambda user: user.reads_audit,
)


@require_safe
def delivery_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them as it was written, and what became of it."""
    delivery = get_object_or_404(Delivery.objects.visible_to(person(request)).select_related("person"), pk=pk)
    context = {
        "section": "deliveries",
        "delivery": delivery,
        "is_to_file": delivery.channel == Delivery.Channel.MAIL and _is_to_file(),
        "may_send_anew": person(request).has_role([Role.ADMIN])
        and delivery.state in (Delivery.State.UNCERTAIN, Delivery.State.FAILED),
    }
    return render(request, "inventory/delivery.html", context)


@require_POST
def delivery_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send once more what is uncertain or failed; an administrator answers for it."""
    user = person(request)
    delivery = get_object_or_404(Delivery.objects.visible_to(user), pk=pk)
    if not user.has_role([Role.ADMIN]):
        raise PermissionDenied
    try:
        send_anew(delivery.pk, acting_user=user, at=timezone.now())
    except ConflictError as conflict:
        return not_done(request, conflict, reverse("inventory:delivery_detail", args=[pk]))
    hint(DELIVER)
    messages.success(request, "It is being sent once more.")
    return redirect("inventory:delivery_detail", pk=pk)


def _is_to_file() -> bool:
    return not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
