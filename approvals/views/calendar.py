"""The calendar of endings."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.pages.calendar import calendar_context, month_of
from inventory.views.requests import person


@require_safe
def grant_calendar(request: HttpRequest) -> HttpResponse:
    """What ends on which day of a month."""
    today = timezone.localdate()
    first = month_of(request.GET.get("month", ""), today)
    if first is None:
        raise Http404
    context = {"section": "grants"} | calendar_context(person(request), first, today)
    return render(request, "approvals/grant_calendar.html", context)
