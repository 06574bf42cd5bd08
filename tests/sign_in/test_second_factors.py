"""Second factors: an app's code is asked for, works once, can be required, and comes back after a loss."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from inventory.models import AuditEvent, Role, User
from inventory.services.people.second_factors import reset_second_factors
from inventory.services.refusals import RefusedError
from inventory.views.signed_in import signed_in_by
from sesgov import setting_values
from tests import builders
from tests.builders import NOW, PASSWORD
from tests.pages.clients import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()


def _code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _wrong(secret):
    return f"{(int(_code(secret)) + 500_000) % 1_000_000:06}"


def _person(*roles, **fields):
    """Somebody with a password."""
    return builders.user(*(roles or ("viewer",)), email="maya@example.com", password=PASSWORD, **fields)


def _password(client=None):
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": "maya@example.com", "password": PASSWORD})
    return client, answer


def _with_app(person):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def _confirmed(client):
    """The same client after it gave the password again."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def _is_in(client):
    return "_auth_user_id" in client.session


def test_an_app_is_set_up_with_a_code_and_brings_recovery_codes_that_are_shown_once(
    django_capture_on_commit_callbacks,
):
    _person()
    client = _confirmed(_password()[0])
    page = client.get(reverse("mfa_activate_totp"))
    assert "data:image/svg+xml" in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    wrong = client.post(reverse("mfa_activate_totp"), {"code": _wrong(secret)})
    assert "Incorrect code" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert len(codes) == 10
    assert codes[0] in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert codes[0] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert set(AuditEvent.objects.values_list("action", "data")) == {
        ("second_factor.added", '{"kind":"totp"}'),
        ("second_factor.added", '{"kind":"recovery_codes"}'),
    }


def test_setting_one_up_takes_the_password_once_more():
    _person()
    client, _ = _password()
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))


def test_the_password_alone_opens_nothing_where_an_app_is_set_up():
    secret = _with_app(_person())
    client, answer = _password()
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not _is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": _wrong(secret)})
    assert not _is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": _code(secret)})
    assert _is_in(client)
    assert signed_in_by(client.get("/").wsgi_request) == "password+totp"


def test_a_code_works_once():
    secret = _with_app(_person())
    code = _code(secret)
    for may_enter in (True, False):
        client, _ = _password()
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert _is_in(client) is may_enter


def test_guessing_codes_is_slowed_down():
    secret = _with_app(_person())
    client, _ = _password()
    for _ in range(6):
        client.post(reverse("mfa_authenticate"), {"code": _wrong(secret)})
    client.post(reverse("mfa_authenticate"), {"code": _code(secret)})
    assert not _is_in(client)


def test_a_recovery_code_works_once():
    person = _person()
    _with_app(person)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for may_enter in (True, False):
        client, _ = _password()
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert _is_in(client) is may_enter


def test_secrets_are_not_readable_in_the_database_and_die_with_the_key(settings):
    person = _person()
    secret = _with_app(person)
    kept = Authenticator.objects.get()
    assert secret not in str(kept.data)
    assert TOTP(kept).validate_code(_code(secret))
    cache.clear()
    settings.SECRET_KEY = "another key" * 6
    assert not TOTP(kept).validate_code(_code(secret))


def test_a_role_that_needs_a_second_factor_sets_one_up_first(settings):
    settings.SESGOV_REQUIRE_MFA = ("security", "admin")
    person = _person("security")
    client, _ = _password()
    for url in ("/", reverse("inventory:identity_list"), reverse("inventory:token_list")):
        assert client.get(url)["Location"] == reverse("mfa_index"), url
    assert client.post(reverse("inventory:run_start"))["Location"] == reverse("mfa_index")
    fragment = client.get(reverse("inventory:identity_list"), headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    _with_app(person)
    assert client.get("/").status_code == 200


def test_other_roles_need_none(settings):
    settings.SESGOV_REQUIRE_MFA = ("security", "admin")
    _person("viewer")
    assert _password()[0].get("/").status_code == 200


def test_an_administrator_takes_somebodys_away_with_a_row_in_the_trail():
    person = _person()
    _with_app(person)
    RecoveryCodes.activate(person)
    admin = client_for(builders.user("admin"))
    url = reverse("inventory:person_second_factor", args=[person.pk])
    assert (
        "Take the second factor away"
        in admin.get(reverse("inventory:person_detail", args=[person.pk])).content.decode()
    )
    admin.post(url)
    assert not Authenticator.objects.exists()
    (row,) = AuditEvent.objects.filter(action="second_factor.reset")
    assert "recovery_codes" in row.data
    assert "totp" in row.data
    assert _is_in(_password()[0])


def test_nobody_else_takes_a_second_factor_away_and_nobody_their_own_that_way():
    person = _person()
    _with_app(person)
    url = reverse("inventory:person_second_factor", args=[person.pk])
    assert client_for(builders.user("security")).post(url).status_code == 403
    assert client_for(builders.user("owner")).post(url).status_code == 404
    admin = builders.user("admin")
    with pytest.raises(RefusedError):
        reset_second_factors(user=admin, acting_user=admin, at=NOW)
    assert Authenticator.objects.count() == 1


def test_taking_away_asks_an_administrator_for_the_password():
    _with_app(builders.user("viewer", email="kim@example.com"))
    _person("admin")
    client, _ = _password()
    kim = User.objects.get(email="kim@example.com")
    answer = client.post(reverse("inventory:person_second_factor", args=[kim.pk]))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.exists()


@pytest.mark.parametrize("name", ["index", "activate_totp", "add_webauthn", "list_webauthn", "generate_recovery_codes"])
def test_pages_of_second_factors_carry_no_inline_style_or_script(name):
    person = _person()
    _with_app(person) if name == "generate_recovery_codes" else None
    client = client_for(person)
    _confirmed(client)
    page = client.get(reverse(f"mfa_{name}"))
    assert page.status_code == 200
    assert "style=" not in page.content.decode()
    assert "<script>" not in page.content.decode()
    assert "onclick" not in page.content.decode()


def test_the_roles_that_settings_know_are_the_roles():
    assert set(setting_values.ROLES) == set(Role.values)
