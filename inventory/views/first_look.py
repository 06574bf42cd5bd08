"""The first look: the page for the morning after everything was connected."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.pages.first_look import first_look_context
from inventory.views.requests import person


@require_safe
def first_look(request: HttpRequest) -> HttpResponse:
    """What was found at first, and which few steps remove most of it."""
    context = first_look_context(person(request), timezone.localdate(), request.GET.get("by", ""))
    return render(request, "inventory/first_look.html", {"section": "findings"} | context)
