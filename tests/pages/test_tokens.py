"""One's own API tokens in the browser: made with the password, shown once, ended by nobody else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from inventory.models import ApiToken, AuditEvent
from inventory.services.people.api_tokens import create_token
from tests import builders
from tests.api.asking import ROOT, bearer
from tests.builders import PASSWORD
from tests.pages.clients import client_for, text_of

pytestmark = pytest.mark.django_db

LIST, ADD = "/me/tokens/", "/me/tokens/add/"


@pytest.fixture
def user():
    cache.clear()
    return builders.user("viewer", email="maya@example.com", password=PASSWORD)


@pytest.fixture
def client(user):
    """Maya, who has just given her password."""
    client = client_for(user)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": ADD})
    assert (answer.status_code, answer["Location"]) == (302, ADD)
    return client


def test_a_token_is_shown_once_and_works(client, user):
    page = client.post(ADD, {"name": "Nightly report", "expires_on": ""})
    secret = page.context["secret"]
    assert page.status_code == 200
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert bearer(secret).get(f"{ROOT}/identities").status_code == 200
    listed = text_of(client, LIST)
    assert "Nightly report" in listed
    assert secret not in listed
    assert AuditEvent.objects.get(action="token.created").actor == user


def test_who_did_not_give_the_password_just_now_is_asked_for_it(user):
    stolen = client_for(user)
    for response in (stolen.get(ADD), stolen.post(ADD, {"name": "x"})):
        assert response.status_code == 302
        assert reverse("account_reauthenticate") in response["Location"]
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "a\u202eb"),
        ("expires_on", "soon"),
        ("expires_on", f"{timezone.localdate() - timedelta(days=1)}"),
        ("expires_on", f"{timezone.localdate() + timedelta(days=400)}"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(client, field, value):
    page = client.post(ADD, {"name": "Report", "expires_on": ""} | {field: value})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_and_by_nobody_else(client, user):
    token, secret = create_token(user=user, name="Old report", acting_user=user, at=timezone.now())
    url = reverse("inventory:token_revoke", args=[token.pk])
    assert client_for(builders.user("admin")).post(url).status_code == 404
    assert client_for(builders.user("admin")).get(LIST).context["live"].count() == 0
    assert client.post(url).status_code == 302
    assert bearer(secret).get(f"{ROOT}/identities").status_code == 401
    listed = text_of(client, LIST)
    assert "You have no token" in listed
    assert "revoked" in listed
