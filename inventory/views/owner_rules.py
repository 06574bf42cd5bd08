"""Owner rules: who owns what no tag speaks for?"""

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.owners import OwnerRuleForm
from inventory.models import Identity, OwnerRule
from inventory.models.roles import MANAGES_OWNER_RULES
from inventory.services.owners import owner_rules as service
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import require_inventory_reader, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint, not_done


@require_http_methods(["GET", "HEAD", "POST"])
def owner_rule_list(request: HttpRequest) -> HttpResponse:
    """The rules in their order; POST adds one."""
    form: forms.Form = OwnerRuleForm()
    status = DONE
    if request.method == "POST":
        user = require_role(request, MANAGES_OWNER_RULES)
        form = OwnerRuleForm(request.POST)
        status = attempt(form, service.add_owner_rule, acting_user=user, at=timezone.now())
        if status == DONE:
            hint(SETTLE_OWNERS)
            messages.success(request, "The rule is in force. Its identities have their owner.")
            return redirect("inventory:owner_rule_list")
    user = require_inventory_reader(request)
    rules = OwnerRule.objects.visible_to(user).live().select_related("team", "user", "created_by")
    owned = Identity.objects.live().exclude(owner_rule=None).order_by().values_list("owner_rule").annotate(Count("pk"))
    numbers = dict(owned)
    context = {
        "section": "owner_rules",
        "rules": [(rule, numbers.get(rule.pk, 0)) for rule in rules],
        "form": form,
        "may_manage": user.has_role(MANAGES_OWNER_RULES),
    }
    return render(request, "inventory/owner_rules.html", context, status=status)


@require_safe
def owner_rule_preview(request: HttpRequest) -> HttpResponse:
    """What a rule would own, while one types it."""
    require_role(request, MANAGES_OWNER_RULES)
    try:
        reach = service.preview(
            kind=request.GET.get("kind", ""),
            value=request.GET.get("value", ""),
            position=_place(request.GET.get("position", "")),
        )
    except RefusedError as refusal:
        return render(request, "inventory/fragments/owner_rule_preview.html", {"refusal": refusal.message})
    labels = dict(Identity.OwnerSource.choices)
    sources = [(labels[source], number) for source, number in reach.by_source]
    return render(request, "inventory/fragments/owner_rule_preview.html", {"reach": reach, "sources": sources})


def _place(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


@require_POST
def owner_rule_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a rule earlier or later."""
    user = require_role(request, MANAGES_OWNER_RULES)
    rule = get_object_or_404(OwnerRule.objects.visible_to(user), pk=pk)
    place = _place(request.POST.get("position", ""))
    position = rule.position if place is None else place
    try:
        service.move_owner_rule(rule=rule, position=position, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, reverse("inventory:owner_rule_list"))
    hint(SETTLE_OWNERS)
    return redirect("inventory:owner_rule_list")


@require_POST
def owner_rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule out of the order."""
    user = require_role(request, MANAGES_OWNER_RULES)
    rule = get_object_or_404(OwnerRule.objects.visible_to(user), pk=pk)
    try:
        service.end_owner_rule(rule=rule, acting_user=user, at=timezone.now())
    except ConflictError as conflict:
        return not_done(request, conflict, reverse("inventory:owner_rule_list"))
    hint(SETTLE_OWNERS)
    messages.success(request, f"The rule for {rule.words} has ended.")
    return redirect("inventory:owner_rule_list")
