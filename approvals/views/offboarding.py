"""Offboarding a vendor as one case."""

from datetime import date, timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.filters.offboardings import OffboardingFilter
from approvals.forms.offboarding import NOW, CloseForm, StartForm
from approvals.models import Offboarding
from approvals.pages.offboarding import case_context, start_context
from approvals.services.offboarding.offboarding import OFFBOARDS, close_case, open_case
from approvals.tables.offboardings import OffboardingTable
from inventory.models import User, Vendor
from inventory.models.roles import Role
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person, require_inventory_reader, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint


def offboardings(user: User) -> QuerySet[Offboarding]:
    """Every case that the person may see, the latest first."""
    rows = Offboarding.objects.visible_to(user).select_related("vendor", "opened_by").order_by("-id")
    return rows.prefetch_related("paths__identity__scope", "paths__task")


OFFBOARDINGS = ListPage(
    name="offboarding",
    namespace="approvals",
    section="offboarding",
    title="Vendor offboarding",
    noun=("case", "cases"),
    lead="Vendors that leave: what they had, what is verified gone, and what nobody could look at.",
    empty="No vendor was offboarded. Begin on the page of the vendor whose contract is over.",
    rows=offboardings,
    filterset=OffboardingFilter,
    table=OffboardingTable,
    presets=(Preset("Closing", {"state": "closing"}), Preset("Closed", {"state": "closed"})),
    is_for=lambda user: user.reads_inventory,
)


@require_http_methods(["GET", "HEAD", "POST"])
def offboarding_start(request: HttpRequest, pk: int) -> HttpResponse:
    """What ends when a vendor leaves, and the button that opens its case."""
    user, at = require_role(request, OFFBOARDS), timezone.now()
    vendor = get_object_or_404(Vendor, pk=pk)
    made: list[Offboarding] = []

    def write(when: str, ends_on: date | None, reason: str) -> None:
        last = timezone.localdate(at) - timedelta(days=1) if when == NOW or ends_on is None else ends_on
        made.append(open_case(vendor.pk, ends_on=last, reason=reason, acting_user=user, at=at))

    form = StartForm(request.POST or None)
    status = attempt(form, write) if request.method == "POST" else DONE
    if made:
        hint(SETTLE_OWNERS)
        messages.success(
            request, "The case is open. What is live can send until somebody takes it out of the policies."
        )
        return redirect("approvals:offboarding_detail", made[0].pk)
    context = {"section": "offboarding", "form": form} | start_context(vendor, at)
    return render(request, "approvals/offboarding_start.html", context, status=status)


@require_safe
def offboarding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One case."""
    user = require_inventory_reader(request)
    form = CloseForm(may_except=user.has_role([Role.SECURITY]))
    return _page(request, user, _visible(user, pk), form)


@require_POST
def offboarding_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the letter."""
    user = require_role(request, OFFBOARDS)
    case = _visible(user, pk)

    def write(exceptions: str = "") -> None:
        close_case(case.pk, exceptions=exceptions, acting_user=user, at=timezone.now())

    form = CloseForm(request.POST, may_except=user.has_role([Role.SECURITY]))
    status = attempt(form, write)
    if status != DONE:
        return _page(request, user, _visible(user, pk), form, status)
    messages.success(request, "Closed. The letter is written and does not change any more.")
    return redirect("approvals:offboarding_detail", pk)


@require_safe
def offboarding_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter, to be read or printed."""
    context = {"section": "offboarding", "case": _closed(request, pk)}
    return render(request, "approvals/offboarding_letter.html", context)


@require_safe
def offboarding_letter_text(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it was hashed."""
    case = _closed(request, pk)
    answer = HttpResponse(case.letter.encode(), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="offboarding-{case.pk}.txt"'
    return answer


def _visible(user: User, pk: int) -> Offboarding:
    rows = Offboarding.objects.visible_to(user).select_related("vendor", "opened_by", "closed_by")
    return get_object_or_404(rows, pk=pk)


def _closed(request: HttpRequest, pk: int) -> Offboarding:
    case = _visible(person(request), pk)
    if not case.is_closed:
        raise Http404
    return case


def _page(request: HttpRequest, user: User, case: Offboarding, form: CloseForm, status: int = DONE) -> HttpResponse:
    context = {"section": "offboarding", "form": form} | case_context(user, case, timezone.now())
    return render(request, "approvals/offboarding.html", context, status=status)
