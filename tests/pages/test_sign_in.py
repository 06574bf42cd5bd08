"""Sign-in: by e-mail, sign-up closed, guessing slowed down, ended sessions lead back."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from inventory.models import User
from tests import builders
from tests.builders import NOW, PASSWORD
from tests.pages.clients import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()


def _sign_in(client: Client, email: str, password: str, **extra: str):
    return client.post(reverse("account_login"), {"login": email, "password": password} | extra)


def test_a_person_signs_in_by_e_mail_without_regard_to_case():
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    response = _sign_in(Client(), "Maya@Example.com", PASSWORD)
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_a_wrong_password_says_no_more_than_that():
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    known = _sign_in(Client(), "maya@example.com", "wrong").content.decode()
    unknown = _sign_in(Client(), "nobody@example.com", "wrong").content.decode()
    assert "are not correct" in known
    assert "are not correct" in unknown


def test_guessing_is_slowed_down():
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    client = Client()
    for _ in range(6):
        _sign_in(client, "maya@example.com", "wrong")
    response = _sign_in(client, "maya@example.com", PASSWORD)
    assert "_auth_user_id" not in client.session
    assert "Too many" in response.content.decode()


def test_nobody_signs_up():
    response = Client().post(
        reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(email="new@example.com").exists()
    assert "Accounts are made by an administrator" in response.content.decode()


def test_who_was_deactivated_does_not_get_in():
    builders.user("admin", email="maya@example.com", password=PASSWORD, is_active=False)
    client = Client()
    _sign_in(client, "maya@example.com", PASSWORD)
    assert "_auth_user_id" not in client.session


def test_a_page_leads_to_sign_in_and_back():
    url = reverse("inventory:finding_list")
    response = Client().get(url)
    assert response["Location"] == f"{reverse('account_login')}?next={url}"
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    assert _sign_in(Client(), "maya@example.com", PASSWORD, next=url)["Location"] == url


def test_sign_in_leads_to_no_other_site():
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    response = _sign_in(Client(), "maya@example.com", PASSWORD, next="https://evil.example/")
    assert response["Location"] == "/"


def test_a_fragment_that_meets_an_ended_session_sends_the_whole_page_to_sign_in():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/identities/?q=shop"}
    response = Client().get(reverse("inventory:identity_list"), headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"] == f"{reverse('account_login')}?next=%2Fidentities%2F%3Fq%3Dshop"
    assert response.content == b""


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/findings/7/?a=b#c", "%2Ffindings%2F7%2F%3Fa%3Db"),
        ("https://evil.example/findings/7/", "%2F"),
        ("", "%2F"),
    ],
)
def test_a_form_that_meets_an_ended_session_leads_back_to_where_it_stood(referer, page):
    response = Client().post("/findings/7/comment/", {"text": "x"}, headers={"referer": referer}, follow=True)
    assert response.redirect_chain == [(f"{reverse('account_login')}?next={page}", 302)]
    assert "You were signed out, so nothing was kept." in response.content.decode()


def test_what_was_shown_stays_in_no_cache():
    assert "no-store" in client_for(builders.user("viewer")).get(reverse("dashboard"))["Cache-Control"]


def test_signing_out_takes_a_post():
    client = client_for(builders.user("viewer"))
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_set_anew_by_mail():
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "maya@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if word.startswith("http"))
    page = client.get(link.partition("testserver")[2], follow=True)
    fresh = "a longer and newer passphrase"
    client.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    assert User.objects.get(email="maya@example.com").check_password(fresh)


def test_a_reset_for_somebody_unknown_looks_the_same():
    response = Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"}, follow=True)
    assert "Look into your mail" in response.content.decode()


@pytest.mark.parametrize("name", ["login", "signup", "reset_password", "reset_password_done"])
def test_pages_before_sign_in_carry_no_inline_style_or_script(name):
    response = Client().get(reverse(f"account_{name}"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "style=" not in page
    assert "<style" not in page
    assert "<script>" not in page


def test_passwords_can_be_changed():
    client = client_for(builders.user("viewer", password=PASSWORD, email="maya@example.com"))
    fresh = "a longer and newer passphrase"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert User.objects.get(email="maya@example.com").check_password(fresh)


def test_a_sign_in_ends_after_its_hours_however_busy_the_session_is(settings):
    settings.SESSION_COOKIE_AGE = 3600
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        _sign_in(client, "maya@example.com", PASSWORD)
        for minutes, is_in in ((50, True), (59, True), (61, False)):
            clock.move_to(NOW + timedelta(minutes=minutes))
            answer = client.get(reverse("inventory:finding_list"))
            assert (answer.status_code == 200) is is_in, minutes
            session = client.session
            session["busy"] = minutes
            session.save()


def test_signing_in_is_not_announced():
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    client = Client()
    page = client.post(reverse("account_login"), {"login": "maya@example.com", "password": PASSWORD}, follow=True)
    assert 'class="said"' not in page.content.decode()
