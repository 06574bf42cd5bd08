"""Reviews: is everything looked at, by whom?"""

from collections.abc import Callable
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.filters.campaigns import OVER, RUNNING, CampaignFilter
from approvals.forms.campaigns import CampaignForm, EndForm, SignForm, StageForm, stored, usual
from approvals.models import Campaign, EvidencePack
from approvals.pages.campaign import RELATED, campaign_context, own_numbers
from approvals.pages.campaign_attestation import suggested_attestation
from approvals.pages.campaign_completeness import sight
from approvals.pages.campaign_removals import removals
from approvals.pages.campaign_sentence import sentence
from approvals.rows.campaigns import campaigns
from approvals.rules.campaigns import CampaignState
from approvals.services.campaigns import campaigns as service
from approvals.services.campaigns import running
from approvals.services.campaigns.campaigns import RUNS_CAMPAIGNS, day_of
from approvals.services.campaigns.staging import stage, unstage
from approvals.services.evidence.downloads import hand_out
from approvals.services.evidence.sealing import SEALS, seal_pack
from approvals.services.evidence.signing import SigningKeyError
from approvals.tables.campaigns import CampaignTable
from approvals.views.sign_in_again import is_long_ago, lead_to_sign_in
from inventory.models import User
from inventory.services.refusals import ConflictError, RefusedError
from inventory.services.settings.in_force import in_force
from inventory.views.lists import Beside, ListPage, Preset
from inventory.views.requests import person, require_role
from inventory.views.signed_in import signed_in_by
from inventory.views.writes import DONE, attempt, not_done

# To sign for a whole review one proves anew who one is.
_SIGNED_IN_WITHIN = timedelta(minutes=15)

CAMPAIGNS = ListPage(
    name="campaign",
    namespace="approvals",
    section="reviews",
    title="Reviews",
    noun=("review", "reviews"),
    lead="Everything that lets somebody outside send as us, looked at by whom it concerns, by a day.",
    empty="No review was begun. Security begins one by hand; settings say how often one begins by itself. "
    "Who only reviews sees here what they were asked about.",
    rows=campaigns,
    filterset=CampaignFilter,
    table=CampaignTable,
    presets=(
        Preset("Not ended", {"state": RUNNING}),
        Preset("Overdue", {"state": "late"}),
        Preset("Ended", {"state": OVER}),
    ),
    beside=(Beside("Begin a review", "approvals:campaign_new", RUNS_CAMPAIGNS),),
)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    user, at = require_role(request, RUNS_CAMPAIGNS), timezone.now()
    on = day_of(at)
    made: list[Campaign] = []
    form = CampaignForm(request.POST or None, initial=usual(on, in_force()), on=on)

    def write(**_said: object) -> None:
        made.append(service.create_campaign(form.asked(), acting_user=user, at=at))

    status = attempt(form, write) if request.method == "POST" else DONE
    if made:
        messages.success(request, "A draft. Nobody is asked until it is staged and begun.")
        return redirect("approvals:campaign_detail", made[0].pk)
    return render(request, "approvals/campaign_form.html", {"section": "reviews", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another period, day or scope, while it is a draft."""
    user, at = require_role(request, RUNS_CAMPAIGNS), timezone.now()
    campaign, on = _visible(user, pk), day_of(at)
    form = CampaignForm(request.POST or None, initial=stored(campaign, on), on=on)

    def write(**_said: object) -> None:
        service.change_campaign(pk, form.asked(), acting_user=user, at=at)

    status = attempt(form, write) if request.method == "POST" else DONE
    if request.method == "POST" and status == DONE:
        messages.success(request, "Kept.")
        return redirect("approvals:campaign_detail", pk)
    context = {"section": "reviews", "form": form, "campaign": campaign}
    return render(request, "approvals/campaign_form.html", context, status=status)


@require_safe
def campaign_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: all of it for who reads the inventory, their own part of it for who only reviews."""
    user = person(request)
    return _page(request, user, _visible(user, pk))


@require_POST
def campaign_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the population, or freeze it again."""
    user, campaign = _run(request, pk)
    at = timezone.now()

    def write(override_reason: str) -> None:
        stage(pk, acting_user=user, at=at, override_reason=override_reason)

    form = StageForm(request.POST, falls_short=True)
    status = attempt(form, write)
    if status != DONE:
        return _page(request, user, campaign, status, stage_form=form)
    messages.success(request, "The population is frozen. Look at it, then begin.")
    return redirect("approvals:campaign_detail", pk)


@require_POST
def campaign_unstage(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to a draft."""
    return _step(request, pk, unstage, "A draft again: what was frozen is gone.")


@require_POST
def campaign_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the reviewers."""
    return _step(request, pk, running.activate, "Begun. The reviewers were told.")


@require_POST
def campaign_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End it without a result."""
    user, _ = _run(request, pk)

    def write(reason: str) -> None:
        service.cancel_campaign(pk, reason=reason, acting_user=user, at=timezone.now())

    return _ended(request, user, pk, "cancel_form", write, "Cancelled. What was decided stays on record.")


@require_POST
def campaign_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with removals that no reading has shown."""
    user, _ = _run(request, pk)

    def write(reason: str) -> None:
        running.close_incomplete(pk, reason=reason, acting_user=user, at=timezone.now())

    return _ended(request, user, pk, "close_form", write, "Closed as incomplete. The tasks stay open.")


@require_POST
def campaign_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Attest to the result, right after having signed in."""
    user, campaign = _run(request, pk)
    form = SignForm(request.POST)
    if form.is_valid() and is_long_ago(request, _SIGNED_IN_WITHIN):
        request.session[_kept(pk)] = form.cleaned_data["attestation"]
        return lead_to_sign_in(request, "approvals:campaign_detail", pk)

    def write(attestation: str) -> None:
        signed_by = signed_in_by(request)
        running.sign(pk, attestation=attestation, signed_in_by=signed_by, acting_user=user, at=timezone.now())

    status = attempt(form, write)
    if status != DONE:
        return _page(request, user, campaign, status, sign_form=form)
    request.session.pop(_kept(pk), None)
    messages.success(request, "Signed. What is to be removed or changed is a task now. Seal the evidence when ready.")
    return redirect("approvals:campaign_detail", pk)


@require_POST
def campaign_seal(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the next edition of the evidence."""
    user = require_role(request, SEALS)
    _visible(user, pk)
    back = reverse("approvals:campaign_detail", args=[pk])
    try:
        pack = seal_pack(pk, acting_user=user, at=timezone.now())
    except ConflictError as conflict:
        return not_done(request, conflict, back)
    except SigningKeyError as error:
        return not_done(request, RefusedError("key", f"Nothing was sealed. {error}"), back)
    messages.success(request, f"Edition {pack.edition} is sealed, and its hash was mailed to reviewers and auditors.")
    return redirect(f"{back}#evidence-title")


@require_safe
def pack_download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """A sealed pack, byte for byte; a pack holds a part of the audit trail, so who may not read that gets 404."""
    user = person(request)
    if not user.reads_audit:
        raise Http404
    pack = get_object_or_404(EvidencePack.objects.select_related("campaign"), pk=pk)
    pieces = hand_out(pack, acting_user=user, at=timezone.now())
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{pack_name(pack)}"'
    response.headers["Content-Length"] = str(pack.size)
    return response


def pack_name(pack: EvidencePack) -> str:
    """What the file is called."""
    return f"review-{pack.campaign_id}-edition-{pack.edition}.zip"


def _visible(user: User, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(user).select_related(*RELATED), pk=pk)


def _run(request: HttpRequest, pk: int) -> tuple[User, Campaign]:
    """Strangers get 404, readers who do not run reviews 403."""
    user = require_role(request, RUNS_CAMPAIGNS)
    return user, _visible(user, pk)


def _step(request: HttpRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponse:
    user, _ = _run(request, pk)
    try:
        act(pk, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, reverse("approvals:campaign_detail", args=[pk]))
    messages.success(request, done)
    return redirect("approvals:campaign_detail", pk)


def _ended(request: HttpRequest, user: User, pk: int, name: str, write: Callable[..., None], done: str) -> HttpResponse:
    form = EndForm(request.POST)
    status = attempt(form, write)
    if status != DONE:
        return _page(request, user, _visible(user, pk), status, **{name: form})
    messages.success(request, done)
    return redirect("approvals:campaign_detail", pk)


def _kept(pk: int) -> str:
    return f"attestation-of-{pk}"


def _page(
    request: HttpRequest, user: User, campaign: Campaign, status: int = DONE, **answered: forms.Form
) -> HttpResponse:
    at = timezone.now()
    if not user.reads_inventory:
        context = {"campaign": campaign, "mine": own_numbers(user, campaign, at)}
        said = sentence(campaign, removals(campaign, at), at)
        return render(request, "approvals/campaign_mine.html", {"section": "reviews", "sentence": said} | context)
    context = {"section": "reviews"} | campaign_context(user, campaign, at) | _forms(request, user, campaign)
    refused = [error for form in answered.values() for errors in form.errors.values() for error in errors]
    return render(request, "approvals/campaign.html", context | answered | {"refused": refused}, status=status)


def _forms(request: HttpRequest, user: User, campaign: Campaign) -> dict[str, forms.Form]:
    if not user.has_role(RUNS_CAMPAIGNS):
        return {}
    found: dict[str, forms.Form] = {"cancel_form": EndForm(auto_id="cancel_%s"), "close_form": EndForm()}
    if campaign.state in (CampaignState.DRAFT, CampaignState.STAGED):
        falls_short = bool(campaign.shortfall or sight(campaign, timezone.now()).shortfall)
        reason = {"override_reason": campaign.override_reason}
        found["stage_form"] = StageForm(falls_short=falls_short, initial=reason)
    if campaign.state == CampaignState.DECIDED:
        text = request.session.get(_kept(campaign.pk)) or suggested_attestation(campaign)
        found["sign_form"] = SignForm(initial={"attestation": text})
    return found
