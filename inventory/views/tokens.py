"""API tokens of who is signed in: made after the password was given again, shown once, ended by their owner."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.answers import say_refusal
from inventory.forms.tokens import TokenForm
from inventory.models import ApiToken
from inventory.services.people.api_tokens import create_token, revoke_token
from inventory.services.refusals import RefusedError
from inventory.views.requests import person
from inventory.views.writes import DONE, REFUSED


@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """One's own tokens, live ones first."""
    tokens = ApiToken.objects.visible_to(person(request))
    live = tokens.live(timezone.localdate())
    context = {"section": "tokens", "live": live, "ended": tokens.exclude(pk__in=live.values("pk"))}
    return render(request, "inventory/tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def token_add(request: HttpRequest) -> HttpResponse:
    """Make one. The secret stands on the answer and nowhere else, so the answer is kept in no cache."""
    form = TokenForm(request.POST or None)
    context: dict[str, object] = {"section": "tokens", "form": form}
    if request.method == "POST" and form.is_valid():
        user = person(request)
        try:
            token, secret = create_token(user=user, acting_user=user, at=timezone.now(), **form.cleaned_data)
            context |= {"token": token, "secret": secret}
        except RefusedError as refusal:
            say_refusal(form, refusal)
    status = REFUSED if form.errors else DONE
    return render(request, "inventory/token_add.html", context, status=status)


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own at once."""
    user = person(request)
    token = get_object_or_404(ApiToken.objects.visible_to(user), pk=pk)
    if revoke_token(token, acting_user=user, at=timezone.now()):
        messages.success(request, f"The token {token} opens nothing any more.")
    return redirect("inventory:token_list")
