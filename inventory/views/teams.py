"""Teams: who is in them, what tags mean them, and what is theirs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from inventory.filters import TeamFilter
from inventory.forms.people import TeamForm
from inventory.models import Deputy, Identity, Team, User
from inventory.models.roles import MANAGES_PEOPLE, READS_PEOPLE
from inventory.services.owners.deputies import may_name_deputy
from inventory.services.people import teams as service
from inventory.tables import TeamTable
from inventory.views.lists import Beside, ListPage
from inventory.views.people import owned
from inventory.views.requests import require_reader, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint


def _teams(_user: User) -> QuerySet[Team]:
    return Team.objects.annotate(member_count=Count("members"), identity_count=owned("owner_team")).order_by("name")


TEAMS = ListPage(
    name="team",
    section="people",
    title="Teams",
    noun=("team", "teams"),
    lead="Teams own identities. An owner tag means a team by its name, its address or one of its aliases.",
    empty="There is no team yet. Add one, and put people into it.",
    rows=_teams,
    filterset=TeamFilter,
    table=TeamTable,
    is_for=lambda user: user.has_role(READS_PEOPLE),
    beside=(Beside("People", "inventory:person_list"), Beside("Add a team", "inventory:team_add", MANAGES_PEOPLE)),
)


@require_http_methods(["GET", "HEAD", "POST"])
def team_add(request: HttpRequest) -> HttpResponse:
    """A new team."""
    user = require_role(request, MANAGES_PEOPLE)
    form = TeamForm(request.POST or None)
    status = DONE
    if request.method == "POST":
        status = attempt(form, service.enter_team, acting_user=user, at=timezone.now())
        if status == DONE:
            hint(SETTLE_OWNERS)
            return redirect("inventory:team_list")
    return render(request, "inventory/team_add.html", {"section": "people", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def team_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One team; POST changes it. Its members see it as well."""
    user = require_reader(request, READS_PEOPLE, member_of=pk)
    team = get_object_or_404(Team, pk=pk)
    known = {"name": team.name, "email": team.email, "aliases": "\n".join(team.aliases)}
    form: forms.Form = TeamForm(shown=known)
    status = DONE
    if request.method == "POST":
        require_role(request, MANAGES_PEOPLE)
        form = TeamForm(request.POST, shown=known)
        status = attempt(form, service.edit_team, team=team, acting_user=user, at=timezone.now())
        if status == DONE:
            hint(SETTLE_OWNERS)
            messages.success(request, "Kept.")
            return redirect("inventory:team_detail", pk=pk)
    return render(request, "inventory/team.html", _context(user, team, form), status=status)


def _context(user: User, team: Team, form: forms.Form) -> dict[str, Any]:
    return {
        "section": "people",
        "team": team,
        "members": team.members.order_by("name", "email"),
        "owned": Identity.objects.live().filter(owner_team=team).count(),
        "deputies": Deputy.objects.filter(team=team).not_over(timezone.localdate()).select_related("deputy"),
        "may_manage": user.has_role(MANAGES_PEOPLE),
        "reads_people": user.has_role(READS_PEOPLE),
        "may_name_deputy": may_name_deputy(user, team) and team.is_active,
        "form": form,
        "deputy_url": reverse("inventory:deputy_add", args=["team", team.pk]),
    }


@require_POST
def team_state(request: HttpRequest, pk: int) -> HttpResponse:
    """A team that is no more, or is again."""
    user = require_role(request, MANAGES_PEOPLE)
    team = get_object_or_404(Team, pk=pk)
    is_active = request.POST.get("state") == "active"
    service.set_team_active(team=team, is_active=is_active, acting_user=user, at=timezone.now())
    hint(SETTLE_OWNERS)
    messages.success(request, f"{team} is active again." if is_active else f"{team} owns nothing any more.")
    return redirect("inventory:team_detail", pk=pk)
