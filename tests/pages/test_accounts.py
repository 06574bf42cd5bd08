"""Pages of accounts: the list, one account, its changes, and regions declared unused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.forms.accounts import seen_mark
from inventory.models import Account, AccountCheck, Outcome, Role, Scope, ScopeDeclaration
from inventory.services.registry import account_changes
from inventory.services.registry.scope_declarations import declare_unused
from inventory.views import account_pages
from tests import builders
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
EVIDENCE = "Policy p-abc denies SES there; asked the platform team in OPS-12."


@pytest.fixture
def account():
    now = timezone.now()
    account = builders.account(
        name="Shop", account_id="111122223333", role_arn="arn:aws:iam::111122223333:role/r", external_id="kept-secret"
    )
    seen = builders.scope(account=account, region="eu-west-1", last_complete_at=now)
    builders.identity(scope=seen)
    builders.scope(
        account=account,
        region="us-east-1",
        last_outcome=Outcome.DENIED,
        last_error_code="AccessDeniedException",
        last_error_text="AWS denied it in us-east-1 of account 111122223333. Ask for it.",
    )
    builders.scope(
        account=account, region="us-west-2", is_expected=False, unexpected_reason="The region is not enabled."
    )
    return account


def page(account, *roles):
    return text_of(client_of(*roles), reverse("inventory:account_detail", args=[account.account_id]))


def post(client, name, /, *args, **data):
    return client.post(reverse(f"inventory:{name}", args=args), data)


def test_it_says_what_is_seen_and_what_is_not_and_why(account):
    AccountCheck.objects.create(
        account=account,
        requested_at=timezone.now(),
        checked_at=timezone.now(),
        outcome="partial",
        steps=[
            {"name": "role", "outcome": "ok", "code": "", "text": "The role can be assumed.", "regions": []},
            {"name": "list", "outcome": "refused", "code": "Denied", "text": "No.", "regions": ["us-east-1"]},
        ],
    )
    shown = page(account, Role.VIEWER)
    assert "AWS denied it. Ask for it." in shown
    assert "The region is not enabled." in shown
    assert "1 region not expected: The region is not enabled." in shown
    assert "At least 1 identity" in shown
    assert "The role can be assumed." in shown
    assert "kept-secret" not in shown
    assert "Check now" not in shown
    assert "Declare a region unused" not in shown


def test_only_security_declares_a_region_unused_and_takes_it_back(account):
    scope = Scope.objects.get(region="us-east-1")
    data = {"scope": scope.pk, "evidence": EVIDENCE, "ends_on": (timezone.localdate() + timedelta(days=9)).isoformat()}
    assert post(client_of(Role.ADMIN), "scope_declare", account.account_id, **data).status_code == 403
    assert post(client_of(Role.OWNER), "scope_declare", account.account_id, **data).status_code == 404
    security = builders.user(Role.SECURITY, name="Ann Smith")
    assert "Declare a region unused" in page(account, Role.SECURITY)
    assert post(client_for(security), "scope_declare", account.account_id, **data).status_code == 302
    shown = page(account, Role.VIEWER)
    assert "Ann Smith vouches until" in shown
    assert "Declared unused" in shown
    assert post(client_for(security), "scope_declare", account.account_id, **data).status_code == 409

    pk = ScopeDeclaration.objects.get().pk
    assert post(client_of(Role.ADMIN), "scope_withdraw", pk).status_code == 403
    assert post(client_for(security), "scope_withdraw", pk).status_code == 302
    assert post(client_for(security), "scope_withdraw", pk).status_code == 409
    assert Scope.objects.get(region="us-east-1").sight(timezone.now()) == "denied"


def test_a_wrong_declaration_is_said_at_its_field(account):
    scope = Scope.objects.get(region="us-east-1")
    response = post(
        client_of(Role.SECURITY),
        "scope_declare",
        account.account_id,
        scope=scope.pk,
        evidence="no",
        ends_on="2020-01-01",
    )
    assert response.status_code == 422
    assert b"which policy denies SES there" in response.content
    seen = Scope.objects.get(region="eu-west-1")
    response = post(
        client_of(Role.SECURITY),
        "scope_declare",
        account.account_id,
        scope=seen.pk,
        evidence=EVIDENCE,
        ends_on="2026-11-30",
    )
    assert response.status_code == 422
    assert not ScopeDeclaration.objects.exists()


def form_of(client, account):
    response = client.get(reverse("inventory:account_edit", args=[account.account_id]))
    form = response.context["form"]
    return {name: form[name].value() or "" for name in form.fields}, response.content.decode()


def test_the_account_is_edited_and_its_external_id_is_never_shown(account):
    client = client_of(Role.ADMIN)
    data, shown = form_of(client, account)
    assert "kept-secret" not in shown
    response = post(client, "account_edit", account.account_id, **data | {"name": "Store", "environment": "staging"})
    assert response.status_code == 302
    account.refresh_from_db()
    assert (account.name, account.environment, account.external_id) == ("Store", "staging", "kept-secret")

    data, _ = form_of(client, account)
    post(client, "account_edit", account.account_id, **data | {"forgets_external_id": "on"})
    account.refresh_from_db()
    assert account.external_id == ""


def test_who_did_not_see_the_latest_change_overwrites_nothing(account):
    client = client_of(Role.SECURITY)
    data, _ = form_of(client, account)
    account_changes.change_account(account.account_id, {"name": "Quicker"}, acting_user=None, at=timezone.now())
    response = post(client, "account_edit", account.account_id, **data | {"name": "Slower"})
    assert response.status_code == 409
    assert b"Somebody changed this account meanwhile" in response.content
    assert Account.objects.get().name == "Quicker"


def test_a_wrong_role_is_said_at_its_field_and_nothing_is_written(account):
    client = client_of(Role.SECURITY)
    data, _ = form_of(client, account)
    response = post(client, "account_edit", account.account_id, **data | {"role_arn": "nonsense", "name": "New"})
    assert response.status_code == 422
    assert "is not a role ARN" in response.content.decode()
    assert Account.objects.get().name == "Shop"


def test_an_account_that_left_is_said_and_kept_by_a_click(account):
    Account.objects.update(left_at=timezone.now())
    assert "It left our AWS organization" in page(account, Role.VIEWER)
    listed = text_of(client_of(Role.VIEWER), reverse("inventory:account_list") + "?sight=left")
    assert "Shop" in listed
    assert post(client_of(Role.VIEWER), "account_keep", account.account_id).status_code == 403
    assert post(client_of(Role.SECURITY), "account_keep", account.account_id).status_code == 302
    assert post(client_of(Role.SECURITY), "account_keep", account.account_id).status_code == 422
    assert "It left our AWS organization" not in page(account, Role.VIEWER)


def test_a_check_is_asked_for_once(account):
    client = client_of(Role.ADMIN)
    for _ in range(2):
        assert post(client, "account_check", account.account_id).status_code == 302
    assert AccountCheck.objects.count() == 1
    assert "A check is under way." in page(account, Role.VIEWER)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sight=unseen", {"Shop"}),
        ("sight=whole", {"Whole"}),
        ("sight=never", {"Never"}),
        ("sight=unused", set()),
        ("state=SUSPENDED", {"Closed"}),
        ("owner=team", {"Whole"}),
        ("environment=none", {"Never"}),
    ],
)
def test_the_list_is_narrowed(account, query, names):
    whole = builders.account(name="Whole", owner_team=builders.team())
    builders.scope(account=whole, last_complete_at=timezone.now())
    builders.account(name="Never", environment="")
    builders.account(name="Closed", state="SUSPENDED", relationship="partner")
    response = client_of(Role.VIEWER).get(reverse("inventory:account_list") + "?" + query)
    assert {row.record.name for row in response.context["table"].rows} == names


def test_declared_unused_is_a_filter_of_the_list(account):
    scope = Scope.objects.get(region="us-east-1")
    at = timezone.now()
    declare_unused(
        scope.pk,
        evidence=EVIDENCE,
        ends_on=timezone.localdate(at) + timedelta(days=5),
        acting_user=builders.user(Role.SECURITY),
        at=at,
    )
    for query, count in (("sight=unused", 1), ("sight=unseen", 0), ("sight=whole", 1)):
        response = client_of(Role.VIEWER).get(reverse("inventory:account_list") + "?" + query)
        assert response.context["total"] == count, query


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_pages_ask_the_same_whatever_they_show(account):
    client = client_of(Role.SECURITY)
    urls = [
        reverse("inventory:account_detail", args=[account.account_id]),
        reverse("inventory:account_list"),
        reverse("inventory:connect"),
    ]
    before = [queries_of(client, url) for url in urls]
    for number in range(8):
        builders.scope(account=account, region=f"eu-test-{number}", last_outcome=Outcome.DENIED)
        other = builders.account()
        AccountCheck.objects.create(
            account=other, requested_at=timezone.now(), checked_at=timezone.now(), outcome="denied"
        )
    assert [queries_of(client, url) for url in urls] == before
    assert max(before) <= 16


def test_two_who_saw_the_same_page_do_not_overwrite_each_other(account, monkeypatch):
    read_before = Account.objects.select_related("vendor", "owner_team").get(pk=account.pk)
    Account.objects.filter(pk=account.pk).update(name="Changed by somebody quicker")
    monkeypatch.setattr(account_pages, "_account", lambda _user, _account_id: read_before)
    form = {"name": "Mine", "relationship": "managed", "seen": seen_mark(read_before)}
    response = client_of(Role.SECURITY).post(reverse("inventory:account_edit", args=[account.account_id]), form)
    assert response.status_code == 409
    assert Account.objects.get(pk=account.pk).name == "Changed by somebody quicker"
