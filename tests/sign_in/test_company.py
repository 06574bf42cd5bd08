"""Signing in with the company: a real code flow against a provider on loopback, and everything that must not get in."""

import time
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from inventory.models import AuditEvent, User
from inventory.views.signed_in import signed_in_at, signed_in_by
from tests import builders
from tests.builders import PASSWORD
from tests.sign_in import provider as providers
from tests.sign_in.provider import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.django_db

MAYA = {"sub": "maya-1", "email": "Maya@example.com", "email_verified": True, "name": "Maya Lind", "groups": ["sec"]}


@pytest.fixture
def company(settings):
    cache.clear()
    with providers.running() as provider:
        settings.SESGOV_OIDC_ISSUER = provider.issuer
        settings.SESGOV_OIDC_ROLES = (("sec", "security"), ("sec", "viewer"), ("root", "admin"))
        app = {
            "provider_id": settings.SESGOV_OIDC_PROVIDER, "name": "", "client_id": CLIENT_ID, "secret": CLIENT_SECRET,
            "settings": {"server_url": provider.issuer},
        }  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [app]}
        }
        yield provider


def _begin(client, **query):
    answer = client.get(reverse("company_sign_in"), query)
    assert answer.status_code == 302, answer.content.decode()
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def _finish(client, code, state):
    return client.get(reverse("company_callback"), {"code": code, "state": state})


def _come(provider, client=None, **claims):
    client = client or Client()
    asked = _begin(client)
    return client, _finish(client, provider.approve(asked, MAYA | claims), asked["state"])


def _is_in(client):
    return "_auth_user_id" in client.session


def test_a_first_visit_makes_the_person_with_the_roles_of_their_groups(company):
    client, answer = _come(company)
    assert answer["Location"] == "/"
    maya = User.objects.get(email="maya@example.com")
    assert (maya.name, maya.roles, maya.has_usable_password()) == ("Maya Lind", ["security", "viewer"], False)
    assert client.session["_auth_user_id"] == str(maya.pk)
    assert [each.action for each in AuditEvent.objects.order_by("pk")] == ["user.added", "user.linked"]
    assert SocialAccount.objects.get().extra_data == {"email": "Maya@example.com"}


def test_one_comes_back_to_the_page_one_asked_for_and_to_no_other_site(company):
    for wanted, reached in (("/findings/", "/findings/"), ("https://evil.example/", "/")):
        client = Client()
        asked = _begin(client, next=wanted)
        assert _finish(client, company.approve(asked, MAYA), asked["state"])["Location"] == reached


def test_roles_follow_the_groups_at_each_sign_in_with_an_audit_row_for_each_change(company):
    _come(company)
    _come(company)
    _come(company, groups=["root", "others"])
    assert User.objects.get().roles == ["admin"]
    _come(company, groups=[])
    assert User.objects.get().roles == []
    assert AuditEvent.objects.filter(action="user.changed").count() == 2


def test_without_a_mapped_group_there_is_no_role_and_a_page_that_says_so(company):
    client, _ = _come(company, groups=["canteen"])
    assert User.objects.get().roles == []
    page = client.get("/").content.decode()
    assert "have no role yet" in page
    assert "Roles follow your groups" in page
    assert "style=" not in page


@pytest.mark.parametrize("groups", [None, {"admin": True}, 7, [["root"]]])
def test_groups_that_are_none_give_no_role(company, groups):
    _come(company, groups=groups)
    assert User.objects.get().roles == []


def test_without_a_map_roles_are_given_in_sesgov(company, settings):
    settings.SESGOV_OIDC_ROLES = ()
    builders.user("auditor", email="maya@example.com")
    _come(company, groups=["admin", "root"])
    assert User.objects.get().roles == ["auditor"]


def test_an_existing_person_is_joined_by_a_verified_address_alone(company):
    maya = builders.user("viewer", email="maya@example.com")
    client, answer = _come(company, email_verified=False)
    assert answer.status_code == 403
    assert "verified" in answer.content.decode()
    assert not _is_in(client)
    assert not SocialAccount.objects.exists()
    _come(company)
    assert SocialAccount.objects.get().user == maya
    assert User.objects.count() == 1


def test_nobody_is_made_of_an_address_that_was_not_verified(company):
    for said in (
        {"email_verified": None},
        {"email_verified": "false"},
        {"email": ""},
        {"email": "no address"},
        {"email": 7},
    ):
        client, answer = _come(company, **said)
        assert answer.status_code == 403, said
        assert not _is_in(client)
    assert not User.objects.exists()


def test_an_address_that_was_given_to_somebody_else_opens_nothing(company):
    _come(company)
    client, answer = _come(company, sub="maya-2")
    assert answer.status_code == 403
    assert not _is_in(client)


def test_a_person_who_got_another_account_of_the_company_is_let_in_once_the_first_is_forgotten(company):
    _come(company)
    call_command("unlink_company_account", "maya@example.com")
    client, _ = _come(company, sub="maya-2")
    assert _is_in(client)
    assert AuditEvent.objects.filter(action="user.unlinked").count() == 1
    with pytest.raises(CommandError, match="Nobody has"):
        call_command("unlink_company_account", "nobody@example.com")


def test_who_is_known_by_their_subject_needs_no_address(company):
    _come(company)
    client, _ = _come(company, email="new@example.com", email_verified=False)
    assert _is_in(client)
    assert User.objects.get().email == "maya@example.com"


def test_who_was_deactivated_stays_out_and_keeps_their_roles(company):
    _come(company)
    User.objects.update(is_active=False)
    client, answer = _come(company, groups=["root"])
    assert answer.status_code == 403
    assert not _is_in(client)
    assert User.objects.get().roles == ["security", "viewer"]


@pytest.mark.parametrize(
    "spoiled",
    [
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"azp": "another-client"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": int(time.time()) - 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 192},
    ],
    ids=lambda each: f"{next(iter(each))}={next(iter(each.values()))}",
)
def test_a_token_that_says_something_else_is_refused(company, spoiled):
    company.spoiled = spoiled
    client, answer = _come(company)
    assert answer.status_code == 401
    assert not _is_in(client)
    assert not User.objects.exists()


def test_a_token_that_the_issuer_did_not_sign_is_refused(company):
    for signer, algorithm in ((providers.STRANGERS, "RS256"), (None, "none"), ("x" * 32, "HS256")):
        company.signer, company.algorithm = signer, algorithm
        client, answer = _come(company)
        assert answer.status_code == 401
        assert not _is_in(client)


def test_a_secret_made_of_the_public_key_signs_nothing(company):
    """The known confusion of algorithms: an HMAC with the key that everybody can read."""
    company.signer = jwt.utils.base64url_decode(company.keys()["keys"][0]["n"])
    company.algorithm = "HS256"
    client, answer = _come(company)
    assert answer.status_code == 401
    assert not _is_in(client)


def test_a_code_works_once(company):
    client = Client()
    asked = _begin(client)
    code = company.approve(asked, MAYA)
    _finish(client, code, asked["state"])
    client.logout()
    assert _finish(client, code, asked["state"]).status_code == 401
    again = _begin(client)
    assert _finish(client, code, again["state"]).status_code == 401
    assert not _is_in(client)


def test_an_attempt_that_another_browser_began_is_refused(company):
    asked = _begin(Client())
    client = Client()
    assert _finish(client, company.approve(asked, MAYA), asked["state"]).status_code == 401
    mine = _begin(client)
    assert _finish(client, company.approve(asked, MAYA), mine["state"]).status_code == 401
    assert not _is_in(client)


def test_no_one_chooses_where_the_code_goes(company):
    wanted = "redirect_uri=https://evil.example/&nonce=known"
    asked = _begin(Client(), auth_params=wanted, scope="everything", process="connect")
    assert asked["redirect_uri"] == "http://testserver/me/company/callback/"
    assert asked["nonce"] != "known"
    assert "everything" not in asked["scope"]


def test_a_provider_that_names_another_issuer_is_not_asked(company):
    company.named_issuer = "https://other.example.com"
    answer = Client().get(reverse("company_sign_in"))
    assert answer.status_code == 401
    assert "not signed in" in answer.content.decode()


def test_a_provider_that_cannot_be_reached_is_said(company, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    assert Client().get(reverse("company_sign_in")).status_code == 401


def test_groups_that_only_userinfo_names_count_for_the_same_person_alone(company):
    company.userinfo = {"sub": "maya-1", "groups": ["root"], "email_verified": True}
    _come(company, groups=None)
    assert User.objects.get().roles == ["admin"]
    company.userinfo = {"sub": "somebody-else", "groups": ["root"]}
    assert _come(company, groups=None)[1].status_code == 401


def test_turning_back_at_the_provider_is_no_error(company):
    client = Client()
    asked = _begin(client)
    back = {"error": "access_denied", "state": asked["state"]}
    page = client.get(reverse("company_callback"), back, follow=True)
    assert "turned back" in page.content.decode()


def test_how_somebody_signed_in_can_be_read(company):
    client, _ = _come(company)
    assert signed_in_by(client.get("/").wsgi_request) == "oidc"


def test_without_an_issuer_there_is_no_such_sign_in():
    assert Client().get(reverse("company_sign_in")).status_code == 404
    assert Client().get(reverse("company_callback")).status_code == 404
    assert "your company" not in Client().get(reverse("account_login")).content.decode()


def test_with_local_accounts_off_there_is_no_password_form_and_none_is_taken(company, settings):
    settings.SESGOV_LOCAL_SIGN_IN = False
    builders.user("admin", email="kim@example.com", password=PASSWORD)
    page = Client().get(reverse("account_login")).content.decode()
    assert "Sign in with your company" in page
    assert "password" not in page.lower()
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "kim@example.com", "password": PASSWORD})
    assert answer.status_code == 403
    assert not client.login(email="kim@example.com", password=PASSWORD)
    for name in ("account_reset_password", "account_signup", "mfa_login_webauthn"):
        assert client.get(reverse(name)).status_code == 403, name
    inside, _ = _come(company)
    assert _is_in(inside)
    assert inside.get(reverse("account_change_password")).status_code == 403


def test_the_way_through_the_company_stands_beside_the_password(company):
    page = Client().get(reverse("account_login"), {"next": "/findings/?q=a&b=1"}).content.decode()
    assert "Sign in with your company" in page
    assert f"{reverse('company_sign_in')}?next=%2Ffindings%2F%3Fq%3Da%26b%3D1" in page
    assert 'type="password"' in page


def test_with_local_accounts_off_an_old_password_is_asked_for_no_more_and_a_second_factor_is(company, settings):
    settings.SESGOV_LOCAL_SIGN_IN = False
    maya = builders.user("viewer", email="maya@example.com", password=PASSWORD)
    client, _ = _come(company)
    assert client.get(reverse("inventory:token_add")).status_code == 200
    TOTP.activate(maya, generate_totp_secret())
    asked = client.get(reverse("inventory:token_add"), follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))
    assert "password" not in asked.content.decode().lower().partition("<main")[2]


def test_who_signs_in_again_is_asked_by_the_provider_and_comes_back_with_a_new_time(company):
    client, _ = _come(company)
    session = client.session
    long_ago = session["account_authentication_methods"][0]["at"] - 9 * 3600
    session["account_authentication_methods"][0]["at"] = long_ago
    session.save()
    assert signed_in_at(client.get("/").wsgi_request) == long_ago
    asked = _begin(client, again="1", next="/inbox/")
    assert asked["prompt"] == "login"
    answer = _finish(client, company.approve(asked, MAYA), asked["state"])
    assert answer["Location"] == "/inbox/"
    now = client.get("/").wsgi_request
    assert signed_in_at(now) > long_ago + 8 * 3600
    assert signed_in_by(now) == "oidc"
