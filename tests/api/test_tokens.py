"""Tokens: what opens the API, what does not, and what is kept of them."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisGoneError

from inventory.models import ApiToken, AuditEvent
from inventory.services.people.api_tokens import LONGEST, create_token, holder_of, revoke_token
from inventory.services.people.people import deactivate_person
from inventory.services.refusals import RefusedError
from sesgov.api import tokens
from tests import builders
from tests.api.asking import ROOT, bearer
from tests.pages.clients import client_of

pytestmark = pytest.mark.django_db

URL = f"{ROOT}/identities"


def _made(user=None, **details):
    token, secret = create_token(
        user=user or builders.user("viewer"), acting_user=None, at=details.pop("at", timezone.now()), **details
    )
    return token, secret


def _refusal(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 401, response.content
    assert response["WWW-Authenticate"] == 'Bearer realm="sesgov"'
    return str(response.json()["detail"])


def test_a_token_opens_the_api_without_a_session():
    _, secret = _made()
    response = bearer(secret).get(URL)
    assert response.status_code == 200
    assert not response.cookies


def test_a_session_does_not_open_the_api():
    assert "Send a token" in _refusal(client_of("admin"))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "sesgov_abc", "Token sesgov_abc"])
def test_without_a_bearer_token_the_answer_says_how_to_send_one(header):
    assert "Authorization: Bearer" in _refusal(Client(headers={"Authorization": header}))


def test_an_unknown_token_is_refused():
    assert _refusal(bearer("sesgov_" + "x" * 43)) == "This token is not known here."


def test_a_token_is_taken_through_its_last_day_and_not_after():
    now = timezone.now()
    token, secret = _made(expires_on=timezone.localdate(now))
    assert bearer(secret).get(URL).status_code == 200
    token.expires_on = timezone.localdate(now) - timedelta(days=1)
    token.save()
    assert "ended on" in _refusal(bearer(secret))


def test_a_revoked_token_is_refused_and_the_trail_says_who_revoked_it():
    admin = builders.user("admin")
    token, secret = _made()
    assert revoke_token(token, acting_user=admin, at=timezone.now())
    assert not revoke_token(token, acting_user=admin, at=timezone.now())
    assert "was revoked" in _refusal(bearer(secret))
    event = AuditEvent.objects.get(action="token.revoked")
    assert (event.actor, event.object_id) == (admin, str(token.pk))


def test_the_tokens_of_somebody_who_was_deactivated_are_refused():
    user = builders.user("viewer")
    _, secret = _made(user)
    deactivate_person(user=user, acting_user=None, at=timezone.now())
    assert "was deactivated" in _refusal(bearer(secret))
    with pytest.raises(RefusedError):
        _made(user)


def test_the_secret_is_kept_nowhere():
    token, secret = _made(name="report")
    row = " ".join(str(value) for value in ApiToken.objects.filter(pk=token.pk).values_list()[0])
    trail = " ".join(AuditEvent.objects.values_list("data", flat=True))
    assert secret not in row + trail
    assert secret.startswith(token.prefix)
    assert len(token.prefix) < 16


def test_a_token_has_an_end_within_a_year():
    now = timezone.now()
    token, _ = _made(at=now)
    assert token.expires_on - timezone.localdate(now) == timedelta(days=365)
    for day in (timezone.localdate(now) - timedelta(days=1), timezone.localdate(now) + LONGEST + timedelta(days=1)):
        with pytest.raises(RefusedError) as refusal:
            _made(at=now, expires_on=day)
        assert refusal.value.field == "expires_on"
    assert ApiToken.objects.count() == 1


def test_the_last_use_is_written_once_a_minute(django_assert_num_queries):
    at = timezone.now()
    token, secret = _made(at=at)
    with django_assert_num_queries(2):
        holder_of(secret, at=at)
    with django_assert_num_queries(1):
        holder_of(secret, at=at + timedelta(seconds=59))
    with django_assert_num_queries(2):
        holder_of(secret, at=at + timedelta(seconds=60))
    token.refresh_from_db()
    assert token.last_used_at == at + timedelta(seconds=60)


def test_who_asks_too_often_waits_for_the_next_minute():
    cache.clear()
    (_, secret), (_, other) = _made(), _made()
    with mock.patch.object(tokens, "REQUESTS_PER_MINUTE", 2):
        statuses = [bearer(secret).get(URL).status_code for _ in range(3)]
        refused = bearer(secret).get(URL)
        assert statuses == [200, 200, 429]
        assert 0 < int(refused["Retry-After"]) <= 60
        assert bearer(other).get(URL).status_code == 200


def test_without_a_cache_the_api_still_answers():
    _, secret = _made()
    with mock.patch.object(cache, "add", side_effect=RedisGoneError):
        assert bearer(secret).get(URL).status_code == 200


def test_the_command_prints_the_secret_alone_and_once(capsys):
    builders.user("viewer", email="maya@example.com")
    call_command("create_token", "Maya@Example.com", "--name", "nightly report", "--expires-on", _soon())
    out, err = capsys.readouterr()
    assert bearer(out.strip()).get(URL).status_code == 200
    assert out.strip() not in err
    call_command("tokens", "list")
    listed = capsys.readouterr().out
    assert "maya@example.com" in listed
    assert "nightly report" in listed
    assert out.strip() not in listed


def test_the_command_revokes():
    token, secret = _made()
    call_command("tokens", "revoke", str(token.pk))
    assert "was revoked" in _refusal(bearer(secret))


@pytest.mark.parametrize(
    "words",
    [["create_token", "nobody@example.com"], ["tokens", "revoke", "99"], ["create_token", "x", "--expires-on=1"]],
)
def test_the_commands_say_what_is_wrong(words):
    with pytest.raises(CommandError):
        call_command(*words)
    assert not ApiToken.objects.exists()


def _soon() -> str:
    return f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}"
