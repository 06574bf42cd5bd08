"""Settings: what holds, where it comes from, and changing it."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from inventory.forms.settings import SettingsForm
from inventory.models import User
from inventory.models.roles import CHANGES_SETTINGS, READS_AUDIT
from inventory.pages.settings import settings_page, typed_values
from inventory.services.settings.catalogue import SECTIONS, of_section
from inventory.services.settings.changes import change_settings
from inventory.views.requests import require_reader, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint


@require_safe
def setting_list(request: HttpRequest) -> HttpResponse:
    """Every setting with where its value comes from."""
    user = require_reader(request, READS_AUDIT)
    context = {"section": "settings", "parts": settings_page(), "may_change": user.has_role(CHANGES_SETTINGS)}
    return render(request, "inventory/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def setting_change(request: HttpRequest, section: str) -> HttpResponse:
    """The settings of one section."""
    user = require_role(request, CHANGES_SETTINGS)
    declared = next((each for each in SECTIONS if each.key == section), None)
    if declared is None:
        raise Http404
    definitions = of_section(section)
    form = SettingsForm(request.POST or None, definitions=definitions, shown=typed_values(definitions))
    status = DONE
    if request.method == "POST":
        status = attempt(form, _change, acting_user=user, at=timezone.now())
        if status == DONE:
            hint(SETTLE_OWNERS)
            messages.success(request, f"{declared.title}: kept. {declared.follows}")
            return redirect("inventory:setting_list")
    return render(
        request,
        "inventory/setting_change.html",
        {"section": "settings", "declared": declared, "form": form},
        status=status,
    )


def _change(*, acting_user: User, at: datetime, **typed: str) -> list[str]:
    return change_settings(typed, acting_user=acting_user, at=at)
