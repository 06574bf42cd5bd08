"""Who came from the company's provider: which person that is, and what their groups let them do."""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone

from inventory.models import User
from inventory.services.audit import record
from inventory.services.people.arrivals import Arrival, known_person, welcome
from inventory.services.refusals import RefusedError

LOG = logging.getLogger(__name__)
ANOTHER = (
    "The address {email} already belongs to another account of your company's sign-in. Whoever runs sesgov can "
    "separate the two: manage.py unlink_company_account."
)


def arrival(claims: Mapping[str, Any]) -> Arrival:
    """What the claims say. Without SESGOV_OIDC_ROLES, roles are given in sesgov and groups say nothing."""
    mapped = settings.SESGOV_OIDC_ROLES
    return Arrival(
        email=str(claims.get("email") or "").strip().lower(),
        is_verified=claims.get("email_verified") in (True, "true"),
        name=str(claims.get("name") or "").strip(),
        roles=roles_of(_groups(claims), mapped) if mapped else None,
    )


def roles_of(groups: frozenset[str], mapped: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The roles of these groups, each once, sorted; groups nobody mapped give none."""
    return tuple(sorted({role for group, role in mapped if group in groups}))


def _groups(claims: Mapping[str, Any]) -> frozenset[str]:
    """Names in a list, or one name; anything else is no group."""
    said = claims.get(settings.SESGOV_OIDC_GROUPS_CLAIM)
    listed = [said] if isinstance(said, str) else said
    return frozenset(group for group in listed if isinstance(group, str)) if isinstance(listed, list) else frozenset()


class CompanyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Makes or finds the person before django-allauth signs them in; it never signs anybody up by itself."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Link the account to its person and let their roles follow their groups, or answer why not."""
        try:
            sociallogin.user = _person_of(sociallogin)
        except RefusedError as refusal:
            LOG.warning("company sign-in refused: %s", refusal.field)
            page = render(request, "socialaccount/refused.html", {"reason": refusal.message}, status=403)
            raise ImmediateHttpResponse(page) from refusal

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002  # allauth passes them
        """Never: `pre_social_login` has made the person."""
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **what: Any) -> None:  # noqa: ARG002
        """Say in the log why; the page does not."""
        LOG.warning("company sign-in failed: %s", what.get("exception") or what.get("error"))


@transaction.atomic
def _person_of(sociallogin: Any) -> User:
    account: SocialAccount = sociallogin.account
    is_linked = account.pk is not None
    came = arrival(sociallogin.claims)
    at = timezone.now()
    linked = account.user if is_linked else known_person(came)
    if linked and not is_linked and SocialAccount.objects.filter(user=linked, provider=account.provider).exists():
        raise RefusedError("linked", ANOTHER.format(email=came.email))
    person = welcome(came, known=linked, at=at)
    if not is_linked:
        account.user = person
        account.save()
        link = {"issuer": settings.SESGOV_OIDC_ISSUER, "subject": account.uid}
        record(at=at, actor=None, action="user.linked", target=person, data=link)
    return person
