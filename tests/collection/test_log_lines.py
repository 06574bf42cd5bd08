"""Log lines: JSON with the ids that matter, and no secret, whether things work or fail."""

import io
import json
import logging
import re
from contextlib import contextmanager

import pytest
import structlog
from django.core import mail
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from inventory.services.collecting.runs import finish_run, start_run
from inventory.services.people import api_tokens
from sesgov import log_lines
from sesgov.environment import read
from tests import builders
from tests.api.asking import ROOT, bearer, secret_of
from tests.builders import NOW, PASSWORD
from tests.collection.estate import LIMITS, collect

pytestmark = pytest.mark.django_db

PLANTED = {
    "SESGOV_SECRET_KEY": "planted-key-" * 6,
    "DATABASE_URL": "postgresql://sesgov:planted%2Fdatabase-password@127.0.0.1:5432/sesgov",
    "REDIS_URL": "redis://:planted-redis-password@127.0.0.1:6379/0",
    "SESGOV_MAIL_URL": "smtp://sesgov:planted-mail-password@mail.example.com:25",
    "SESGOV_EXTERNAL_ID": "planted-external-id",
    "AWS_SECRET_ACCESS_KEY": 'planted-"aws"-secret-key',
    "AWS_SESSION_TOKEN": "planted-session-token",
}


@contextmanager
def lines(log_format="json"):
    """What would be written meanwhile, at the most talkative level; planted secrets are known as in production."""
    root = logging.getLogger()
    before = root.level
    declared = log_lines.configure(log_format, "DEBUG", read(PLANTED).secrets(PLANTED))["formatters"]["line"]
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in declared.items() if k != "()"}))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lambda: written.getvalue().splitlines()
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def _throw(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("name", PLANTED)
def test_a_secret_of_the_environment_stands_in_no_line(name, log_format):
    logger = logging.getLogger("inventory.planted")
    value = PLANTED[name]
    with lines(log_format) as written:
        logger.warning("connecting to %s", value)
        logger.warning("refused", extra={"error": value})
        structlog.get_logger("inventory.planted").warning("said", text=value)
        try:
            _throw(OperationalError(f"cannot connect with {value}"))
        except OperationalError:
            logger.exception("failed")
    text = "\n".join(written())
    assert text.count(log_lines.HIDDEN) >= 4
    assert "planted-" not in text.replace("inventory.planted", "")
    assert "planted/" not in text


def test_a_line_is_json_with_the_ids_of_its_request_or_task_and_of_its_run(django_capture_on_commit_callbacks):
    builders.account()
    with (
        lines() as written,
        structlog.contextvars.bound_contextvars(task_id="task-7"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        run = start_run(trigger="schedule", acting_user=None, at=NOW, limits=LIMITS)
        run.planned_at = NOW
        run.save()
        finish_run(run.pk, at=NOW)
    said = [json.loads(line) for line in written()]
    assert [(each["event"], each["run"], each["task_id"]) for each in said if "run" in each] == [
        ("run_started", run.pk, "task-7"),
        ("run_finished", run.pk, "task-7"),
    ]
    assert all(each["timestamp"].endswith("Z") and each["level"] for each in said)


def test_a_failure_has_its_traceback_in_one_line():
    with lines() as written:
        try:
            _throw(ValueError("broken"))
        except ValueError:
            logging.getLogger("inventory.anything").exception("failed")
    (line,) = written()
    assert "Traceback" in json.loads(line)["exception"]


def test_signing_in_and_failing_to_leaves_no_password_in_the_log():
    cache.clear()
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    client = Client()
    with lines() as written:
        for password in ("planted-wrong-password", PASSWORD):
            client.post(reverse("account_login"), {"login": "maya@example.com", "password": password})
        client.get(reverse("dashboard"))
    text = "\n".join(written())
    assert json.loads(written()[0])["request_id"]
    assert "POST /me/login/" in text
    assert PASSWORD not in text
    assert "planted-wrong-password" not in text
    assert client.cookies[_session_cookie(client)].value not in text


def _session_cookie(client: Client) -> str:
    return next(name for name in client.cookies if "session" in name)


def test_a_link_that_sets_a_password_is_not_in_the_log():
    cache.clear()
    builders.user("viewer", email="maya@example.com", password=PASSWORD)
    with lines() as written:
        Client().post(reverse("account_reset_password"), {"email": "maya@example.com"})
        (key,) = re.findall(r"/reset/key/([^/\s]+)", str(mail.outbox[0].body))
        Client().get(f"/me/password/reset/key/{key}/")
        Client().get(f"/me/password/reset/key/{key}x/?next=/")
    text = "\n".join(written())
    assert "/me/password/reset/key/[hidden]" in text
    assert key not in text


def test_a_token_is_not_in_the_log_whether_it_opens_or_not(monkeypatch):
    secret = secret_of(builders.user("viewer"))
    with lines() as written:
        assert bearer(secret).get(f"{ROOT}/identities").status_code == 200
        assert bearer(secret).get(f"{ROOT}/identities?identity_name={secret}").status_code == 200
        assert bearer(f"{secret}x").get(f"{ROOT}/identities").status_code == 401
        monkeypatch.setattr(api_tokens, "_note_use", _fail)
        with pytest.raises(RuntimeError):
            bearer(secret).get(f"{ROOT}/identities")
    text = "\n".join(written())
    assert "Traceback" in text
    assert secret not in text
    assert secret[len("sesgov_") :] not in text


def _fail(token, _at):
    raise RuntimeError(f"broken at {token}")


def test_collecting_with_and_without_success_leaves_no_external_id_in_the_log(double):
    builders.account(
        account_id="888877776666",
        role_arn="arn:aws:iam::888877776666:role/sesgov-read",
        external_id="planted-id-of-one-account",
    )
    double.put_identity("888877776666", "eu-west-1", "example.com")
    with lines() as written:
        assert collect()["outcome"] == "complete"
        double.fault("deny", action="AssumeRole")
        assert collect()["outcome"] == "denied"
    assert double.calls(action="AssumeRole")
    assert "planted-id-of-one-account" not in "\n".join(written())


def test_a_setting_that_cannot_be_used_is_named_without_what_it_holds():
    for name, value in (
        ("SESGOV_EXTERNAL_ID", "planted external id"),
        ("SESGOV_SECRET_KEY", "planted-short"),
        ("DATABASE_URL", "mysql://sesgov:planted-password@127.0.0.1/x"),
        ("REDIS_URL", "http://:planted-password@127.0.0.1"),
        ("SESGOV_MAIL_URL", "mail://sesgov:planted-password@127.0.0.1"),
    ):
        with pytest.raises(ValueError, match=name) as refusal:
            read({name: value})
        assert "planted" not in str(refusal.value)
