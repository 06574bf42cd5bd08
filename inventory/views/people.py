"""People: who may do what, who left, and what is theirs."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from inventory.filters import PersonFilter
from inventory.forms.people import NewPersonForm, PersonForm
from inventory.models import Deputy, Finding, Identity, OwnerAssignment, Team, User
from inventory.models.roles import MANAGES_PEOPLE, READS_PEOPLE
from inventory.services.owners.deputies import may_name_deputy
from inventory.services.people import people as service
from inventory.services.people.second_factors import reset_second_factors
from inventory.services.refusals import RefusedError
from inventory.tables import PersonTable
from inventory.views.lists import Beside, ListPage
from inventory.views.requests import require_reader, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint, not_done


def owned(field: str) -> Coalesce:
    """How many live identities have the row as ``field``."""
    rows = Identity.objects.live().filter(**{field: OuterRef("pk")}).order_by().values(field)
    counts = rows.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _people(_user: User) -> QuerySet[User]:
    return User.objects.annotate(identity_count=owned("owner_user")).prefetch_related("teams").order_by("name", "id")


PEOPLE = ListPage(
    name="person",
    section="people",
    title="People",
    noun=("person", "people"),
    lead="Who may sign in, what their roles let them do, and how many identities are theirs by name.",
    empty="Nobody has been added yet.",
    rows=_people,
    filterset=PersonFilter,
    table=PersonTable,
    is_for=lambda user: user.has_role(READS_PEOPLE),
    beside=(
        Beside("Teams", "inventory:team_list"),
        Beside("Add a person", "inventory:person_add", MANAGES_PEOPLE),
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """Somebody new."""
    user = require_role(request, MANAGES_PEOPLE)
    form = NewPersonForm(request.POST or None)
    status = DONE
    if request.method == "POST":

        def add(email: str, name: str, roles: list[str], teams: QuerySet[Team], aliases: list[str]) -> None:
            names = tuple(team.name for team in teams)
            entry = service.NewPerson(email, name, tuple(roles), names, tuple(aliases))
            service.enter_people([entry], acting_user=user, at=timezone.now())

        status = attempt(form, add)
        if status == DONE:
            hint(SETTLE_OWNERS)
            messages.success(request, f"{form.cleaned_data['name']} is added. They set their password by mail.")
            return redirect("inventory:person_list")
    return render(request, "inventory/person_add.html", {"section": "people", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person; POST changes them."""
    user = require_reader(request, READS_PEOPLE)
    someone = get_object_or_404(User, pk=pk)
    known: dict[str, object] = {"name": someone.name, "roles": someone.roles, "aliases": "\n".join(someone.aliases)}
    known |= {"teams": list(someone.teams.order_by("pk").values_list("pk", flat=True))}
    form: forms.Form = PersonForm(shown=known)
    status = DONE
    if request.method == "POST":
        require_role(request, MANAGES_PEOPLE)
        form = PersonForm(request.POST, shown=known)
        status = attempt(form, service.edit_person, user=someone, acting_user=user, at=timezone.now())
        if status == DONE:
            hint(SETTLE_OWNERS)
            messages.success(request, "Kept.")
            return redirect("inventory:person_detail", pk=pk)
    return render(request, "inventory/person.html", _context(user, someone, form), status=status)


def _context(user: User, someone: User, form: forms.Form) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "section": "people",
        "person": someone,
        "teams": someone.teams.order_by("name"),
        "owned": Identity.objects.live().filter(owner_user=someone).count(),
        "waiting": waiting_for_owner(someone),
        "assigned_findings": Finding.objects.open().counted().filter(assignee=someone).count(),
        "deputies": Deputy.objects.filter(user=someone).not_over(today).select_related("deputy"),
        "stands_in": Deputy.objects.filter(deputy=someone).not_over(today).select_related("team", "user"),
        "may_manage": user.has_role(MANAGES_PEOPLE),
        "may_reset": user.has_role(MANAGES_PEOPLE) and someone != user and is_mfa_enabled(someone),
        "may_name_deputy": may_name_deputy(user, someone) and someone.is_active,
        "form": form,
        "deputy_url": reverse("inventory:deputy_add", args=["person", someone.pk]),
    }


def waiting_for_owner(someone: User) -> QuerySet[Identity]:
    """What was given to somebody who left, and that nobody took over."""
    given = OwnerAssignment.objects.active().filter(user=someone).values("identity")
    return Identity.objects.live().filter(pk__in=given, owner_team=None, owner_user=None).order_by("name")


@require_POST
def person_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivate somebody who left, or let them in again."""
    user = require_role(request, MANAGES_PEOPLE)
    someone = get_object_or_404(User, pk=pk)
    is_back = request.POST.get("state") == "active"
    try:
        write = service.reactivate_person if is_back else service.deactivate_person
        write(user=someone, acting_user=user, at=timezone.now())
    except RefusedError as refusal:
        return not_done(request, refusal, reverse("inventory:person_detail", args=[pk]))
    hint(SETTLE_OWNERS)
    messages.success(request, f"{someone} is active again." if is_back else f"{someone} can no longer sign in.")
    return redirect("inventory:person_detail", pk=pk)


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody's second factors away: they lost their phone."""
    user = require_role(request, MANAGES_PEOPLE)
    someone = get_object_or_404(User, pk=pk)
    try:
        number = reset_second_factors(user=someone, acting_user=user, at=timezone.now())
    except RefusedError as refusal:
        return not_done(request, refusal, reverse("inventory:person_detail", args=[pk]))
    if number:
        messages.success(request, f"{someone} has no second factor any more, and signs in with the password alone.")
    return redirect("inventory:person_detail", pk=pk)
