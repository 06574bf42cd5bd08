"""The connect page: what to deploy, discovery, checks, files; all work happens behind it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from inventory.models import Account, AccountCheck, Discovery, Role
from inventory.services.registry.account_checks import request_checks
from inventory.services.registry.discovery import request_discovery
from tests import builders
from tests.pages.clients import client_of, text_of

pytestmark = pytest.mark.django_db


def connect(**headers):
    return text_of(client_of(Role.ADMIN), reverse("inventory:connect"), **headers)


def post(client, name, **data):
    return client.post(reverse(f"inventory:{name}"), data)


def test_it_proposes_what_is_not_set_and_shows_what_is(settings):
    settings.SESGOV_ROLE_NAME = settings.SESGOV_EXTERNAL_ID = None
    first, second = connect(), connect()
    assert "SESGOV_ROLE_NAME and SESGOV_EXTERNAL_ID are not set" in first
    assert "SESGOV_EXTERNAL_ID=sesgov-" in first
    value = first.partition("SESGOV_EXTERNAL_ID=")[2][:30]
    assert value in second
    settings.SESGOV_ROLE_NAME, settings.SESGOV_EXTERNAL_ID = "audit-read", "chosen-by-us"
    shown = connect()
    assert "are not set" not in shown
    assert "ParameterValue=audit-read" in shown
    assert "ParameterValue=chosen-by-us" in shown


@pytest.mark.parametrize("name", ["$(id)/x", "`id`/x", '"; id "/x', "${var.x}/x"])
def test_what_a_shell_would_run_is_not_copied_into_the_commands(name):
    discovery, _ = request_discovery(acting_user=builders.user(Role.ADMIN), at=timezone.now())
    Discovery.objects.filter(pk=discovery.pk).update(caller_arn=f"arn:aws:iam::111122223333:user/{name}")
    assert "ParameterValue=arn:aws:iam::ACCOUNT_OF_SESGOV" in connect()
    Discovery.objects.filter(pk=discovery.pk).update(caller_arn="arn:aws:iam::111122223333:role/tools/sesgov")
    assert "ParameterValue=arn:aws:iam::111122223333:role/tools/sesgov" in connect()


def test_nobody_else_sees_the_external_id_and_nothing_keeps_it(settings):
    settings.SESGOV_EXTERNAL_ID = "chosen-by-us"
    assert client_of(Role.AUDITOR).get(reverse("inventory:connect")).status_code == 403
    response = client_of(Role.SECURITY).get(reverse("inventory:connect"))
    assert "no-store" in response["Cache-Control"]


def test_a_discovery_becomes_a_row_and_shows_its_progress():
    client = client_of(Role.SECURITY)
    assert post(client, "discovery_start").status_code == 302
    assert post(client, "discovery_start").status_code == 302
    discovery = Discovery.objects.get()
    progress = reverse("inventory:discovery_progress")
    Discovery.objects.update(listed=20, pages=1)
    assert client.get(progress).status_code == 200
    assert "20 accounts on 1 page so far" in text_of(client, progress)
    Discovery.objects.update(
        finished_at=timezone.now(),
        outcome="partial",
        error_code="AccessDeniedException",
        error_text="The listing broke off.",
        left=["700000000002"],
    )
    assert client.get(progress).status_code == 286
    shown = text_of(client, reverse("inventory:connect"))
    assert "The listing broke off." in shown
    assert "1 account left the organization" in shown
    assert discovery.requested_by is not None


def test_checks_become_rows_and_what_is_wrong_is_said_in_words():
    builders.account(name="Fine", account_id="111122223333")
    builders.account(name="Shut", account_id="111122224444")
    client = client_of(Role.ADMIN)
    assert post(client, "check_start").status_code == 302
    assert AccountCheck.objects.count() == 2
    progress = reverse("inventory:check_progress")
    assert client.get(progress).status_code == 200
    step = {"name": "role", "outcome": "refused", "code": "AccessDenied", "text": "The role is missing.", "regions": []}
    done = {"checked_at": timezone.now()}
    AccountCheck.objects.filter(account__name="Fine").update(outcome="complete", **done)
    AccountCheck.objects.filter(account__name="Shut").update(outcome="denied", steps=[step], **done)
    shown = text_of(client, progress)
    assert client.get(progress).status_code == 286
    assert "1 of 2 accounts can be read completely; 1 cannot" in shown
    assert "The role is missing." in shown
    assert shown.index("Shut") < shown.index("Fine")


def upload(client, text, **data):
    file = SimpleUploadedFile("accounts.csv", text.encode())
    return post(client, "account_import", file=file, **data)


def test_a_file_is_entered_checked_or_refused_with_its_lines():
    client = client_of(Role.SECURITY)
    good = "account_id,name,relationship\n444455556666,Brightmail,partner\n"
    tried = upload(client, good, is_check="on")
    assert tried.status_code == 200
    assert b"this is what would be done" in tried.content
    assert not Account.objects.exists()
    wrong = upload(client, good + "12,Short,\n")
    assert wrong.status_code == 422
    assert b"Line 3: 12 has 2 digits" in wrong.content
    assert not Account.objects.exists()
    assert upload(client, good).status_code == 302
    assert Account.objects.get().name == "Brightmail"
    assert post(client, "account_import").status_code == 422


def test_readers_start_nothing():
    builders.account()
    for role, status in ((Role.VIEWER, 403), (Role.AUDITOR, 403), (Role.OWNER, 404)):
        client = client_of(role)
        for name in ("discovery_start", "check_start", "account_import"):
            assert post(client, name).status_code == status, (role, name)
    assert not Discovery.objects.exists()
    assert not AccountCheck.objects.exists()


def test_an_empty_estate_says_what_to_do_first():
    shown = connect()
    assert "AWS Organizations was not asked yet" in shown
    assert "There is no account to check yet" in shown
    request_discovery(acting_user=None, at=timezone.now())
    assert request_checks(acting_user=None, at=timezone.now()) == []
    assert "0 accounts on 0 pages so far" in connect()
