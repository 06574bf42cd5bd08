"""Claims: what nobody owns, who says it is theirs, and who confirms that."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.filters import ClaimableFilter, OwnerlessFilter
from inventory.forms.owners import ClaimForm, DecisionForm
from inventory.models import OwnerAssignment, Role
from inventory.models.roles import CONFIRMS_CLAIMS, READS_INVENTORY
from inventory.rows.owners import claimable, ownerless
from inventory.services.owners import owner_assignments as service
from inventory.services.refusals import ConflictError, RefusedError
from inventory.tables import ClaimableTable, OwnerlessTable
from inventory.views.lists import Beside, ListPage
from inventory.views.requests import person
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint, not_done

_SHOWN = 100
_OWNER = frozenset({Role.OWNER})

OWNERLESS = ListPage(
    name="ownerless",
    section="owners",
    title="Needs an owner",
    noun=("identity", "identities"),
    lead="Identities that no active person or team answers for, with who owned them last. Hand them to somebody, "
    "mend the tag, or add an owner rule.",
    empty="Every identity that was seen has an owner who is still here.",
    rows=ownerless,
    filterset=OwnerlessFilter,
    table=OwnerlessTable,
    is_for=lambda user: user.reads_inventory,
    beside=(
        Beside("Claims", "inventory:claim_inbox"),
        Beside("Owner rules", "inventory:owner_rule_list"),
        Beside("Tag change pack", "inventory:tag_pack"),
    ),
)

CLAIMABLE = ListPage(
    name="claimable",
    section="owners",
    title="Is one of these yours?",
    noun=("identity without an owner", "identities without an owner"),
    lead="Nobody answers for these. Claim what you or your team send with; security confirms it, and then you see "
    "who can send as it.",
    empty="Every identity has an owner. There is nothing to claim.",
    rows=claimable,
    filterset=ClaimableFilter,
    table=ClaimableTable,
    is_for=lambda user: user.has_role(_OWNER),
    has_export=False,
    beside=(Beside("My claims", "inventory:claim_inbox"),),
)


@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an identity is one's own."""
    user = person(request)
    identity = get_object_or_404(claimable(user), pk=pk)
    form = ClaimForm(user, request.POST or None)
    status = DONE
    if request.method == "POST":
        status = attempt(form, service.claim, identity=identity, acting_user=user, at=timezone.now())
        if status == DONE:
            messages.success(request, f"You claimed {identity}. It counts once security has confirmed it.")
            return redirect("inventory:claim_inbox")
    return render(
        request, "inventory/claim_new.html", {"section": "owners", "identity": identity, "form": form}, status=status
    )


@require_safe
def claim_inbox(request: HttpRequest) -> HttpResponse:
    """Claims that wait: all of them for readers, one's own for owners; and what was decided last."""
    user = person(request)
    if not user.has_role(READS_INVENTORY | _OWNER):
        raise Http404
    seen = OwnerAssignment.objects.visible_to(user).filter(kind=OwnerAssignment.Kind.CLAIM)
    related = ("identity__scope__account", "team", "user", "assigned_by", "decided_by")
    waiting = seen.pending().order_by("assigned_at", "pk")
    context = {
        "section": "owners",
        "waiting": waiting.select_related(*related)[:_SHOWN],
        "total": waiting.count(),
        "decided": seen.exclude(decided_at=None).select_related(*related).order_by("-decided_at", "-pk")[:20],
        "may_decide": user.has_role(CONFIRMS_CLAIMS),
        "may_claim": user.has_role(_OWNER),
        "reads_inventory": user.reads_inventory,
    }
    return render(request, "inventory/claims.html", context)


@require_POST
def claim_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or refuse somebody else's claim."""
    user = person(request)
    claimed = get_object_or_404(OwnerAssignment.objects.visible_to(user).filter(kind="claim"), pk=pk)
    if not user.has_role(CONFIRMS_CLAIMS):
        raise PermissionDenied
    form = DecisionForm(request.POST)
    back = reverse("inventory:claim_inbox")
    if not form.is_valid():
        return not_done(request, RefusedError("decision", "Choose whether to confirm or to refuse the claim."), back)
    is_confirmed = form.cleaned_data["decision"] == "confirm"
    try:
        service.decide_claim(
            claimed=claimed,
            is_confirmed=is_confirmed,
            comment=form.cleaned_data["comment"],
            acting_user=user,
            at=timezone.now(),
        )
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, back)
    hint(SETTLE_OWNERS)
    words = f"{claimed.identity} belongs to {claimed.owner} now." if is_confirmed else "The claim is refused."
    messages.success(request, words)
    return redirect("inventory:claim_inbox")


@require_POST
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own claim back."""
    user = person(request)
    claimed = get_object_or_404(OwnerAssignment.objects.filter(assigned_by=user, kind="claim"), pk=pk)
    try:
        service.withdraw_claim(claimed=claimed, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, reverse("inventory:claim_inbox"))
    messages.success(request, "The claim is withdrawn.")
    return redirect("inventory:claim_inbox")
