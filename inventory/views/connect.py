"""Connect: from an organization to accounts that are read, with what is wrong in plain words."""

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING

from inventory.forms.accounts import AccountFileForm
from inventory.models import Discovery, User
from inventory.models.roles import MANAGES_ACCOUNTS
from inventory.pages.connect import accounts_context, connect_context
from inventory.services.registry.account_checks import request_checks
from inventory.services.registry.account_files import LONGEST_FILE
from inventory.services.registry.account_import import ImportReport, import_accounts
from inventory.services.registry.discovery import request_discovery
from inventory.views.requests import require_role
from inventory.views.writes import REFUSED, hint, tell


@never_cache
@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """The page; it shows the ExternalId, so it is for those who deploy the role."""
    require_role(request, MANAGES_ACCOUNTS)
    return _page(request)


def _page(
    request: HttpRequest,
    *,
    form: AccountFileForm | None = None,
    report: ImportReport | None = None,
    status: int = 200,
) -> HttpResponse:
    context = connect_context() | {"section": "accounts", "form": form or AccountFileForm(), "report": report}
    return render(request, "inventory/connect.html", context, status=status)


@require_POST
def discovery_start(request: HttpRequest) -> HttpResponse:
    """Look which accounts the organization has; behind the page."""
    user = require_role(request, MANAGES_ACCOUNTS)
    _, is_new = request_discovery(acting_user=user, at=timezone.now())
    if is_new:
        hint("inventory.tasks.discover")
    else:
        messages.info(request, "A discovery is under way already.")
    return redirect("inventory:connect")


@require_safe
def discovery_progress(request: HttpRequest) -> HttpResponse:
    """The moving part of the newest discovery."""
    require_role(request, MANAGES_ACCOUNTS)
    discovery = Discovery.objects.select_related("organization", "requested_by").order_by("-id").first()
    status = 200 if discovery is not None and discovery.finished_at is None else HTMX_STOP_POLLING
    return render(request, "inventory/connect.html#discovery", {"discovery": discovery}, status=status)


@require_POST
def check_start(request: HttpRequest) -> HttpResponse:
    """Check every account live; behind the page."""
    user = require_role(request, MANAGES_ACCOUNTS)
    checks = request_checks(acting_user=user, at=timezone.now())
    if checks:
        hint("inventory.tasks.check_accounts")
    else:
        messages.info(request, "There is no account to check that is not being checked already.")
    return redirect("inventory:connect")


@require_safe
def check_progress(request: HttpRequest) -> HttpResponse:
    """The moving part of the checks."""
    require_role(request, MANAGES_ACCOUNTS)
    context = accounts_context()
    status = 200 if context["waiting"] else HTMX_STOP_POLLING
    return render(request, "inventory/connect.html#checks", context, status=status)


@require_POST
def account_import(request: HttpRequest) -> HttpResponse:
    """A file of accounts, all of it or nothing."""
    user = require_role(request, MANAGES_ACCOUNTS)
    form = AccountFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=REFUSED)
    file = form.cleaned_data["file"]
    report = _imported(file, user, is_check=form.cleaned_data["is_check"])
    if report.errors or form.cleaned_data["is_check"]:
        return _page(request, form=form, report=report, status=REFUSED if report.errors else 200)
    if report.concerned:
        tell("inventory.tasks.reevaluate", report.concerned)
    messages.success(
        request,
        f"{file.name}: {len(report.added)} accounts added, {len(report.changed)} changed, {len(report.unchanged)} "
        f"unchanged; {report.known_added + report.known_changed} known by name now.",
    )
    return redirect("inventory:connect")


def _imported(file: "File[bytes]", user: User, *, is_check: bool) -> ImportReport:
    # One byte more than is read: then it is refused as too long, whatever the browser claims.
    data = file.read(LONGEST_FILE + 1)
    return import_accounts(file.name or "", data, is_check=is_check, acting_user=user, at=timezone.now())
