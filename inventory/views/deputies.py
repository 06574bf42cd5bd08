"""Deputies: named on the page of a person or a team, or on one's own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.owners import DeputyForm
from inventory.models import Deputy, Team, User
from inventory.services.owners import deputies as service
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import DONE, attempt, not_done


@require_safe
def deputy_list(request: HttpRequest) -> HttpResponse:
    """My deputies, those of my teams, and for whom I stand in."""
    user = person(request)
    if not user.roles:
        raise Http404
    today = timezone.localdate()
    teams = user.teams.filter(is_active=True).order_by("name")
    live = Deputy.objects.not_over(today).select_related("team", "user", "deputy")
    context = {
        "section": "deputies",
        "mine": live.filter(user=user),
        "teams": teams,
        "of_teams": live.filter(team__in=teams),
        "stands_in": live.filter(deputy=user),
    }
    return render(request, "inventory/deputies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deputy_add(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Name a deputy for a person or a team."""
    user = person(request)
    owner = get_object_or_404(Team if kind == "team" else User, pk=pk)
    if not isinstance(owner, (Team, User)) or not service.may_name_deputy(user, owner) or not user.roles:
        raise Http404
    form = DeputyForm(request.POST or None, initial={"from_on": timezone.localdate()})
    status = DONE
    if request.method == "POST":
        status = attempt(form, service.name_deputy, owner=owner, acting_user=user, at=timezone.now())
        if status == DONE:
            messages.success(request, f"{form.cleaned_data['deputy']} stands in for {owner}.")
            return redirect("inventory:deputy_list")
    context = {"section": "deputies", "form": form, "owner": owner}
    return render(request, "inventory/deputy_add.html", context, status=status)


@require_POST
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody stands in any more."""
    user = person(request)
    deputy = get_object_or_404(Deputy.objects.select_related("team", "user", "deputy"), pk=pk)
    if user != deputy.deputy and not (deputy.owner and service.may_name_deputy(user, deputy.owner)):
        raise Http404
    try:
        service.end_deputy(deputy=deputy, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, reverse("inventory:deputy_list"))
    messages.success(request, f"{deputy.deputy} no longer stands in for {deputy.owner}.")
    return redirect("inventory:deputy_list")
