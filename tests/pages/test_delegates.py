"""A delegate's page: what the account could do at worst, in numbers that lead to lists of that length."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import Account, AccountVerification, Identity, KnownAccount
from tests import builders
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
ONE, STRANGER = "702839415026", "883017459262"
ADMIN = ["send", "policy-admin"]


def statement(*classes, **fields):
    """As it is stored; ``operator`` is that of a limit on the From address."""
    operator = fields.pop("operator", None)
    limit = {"kind": "from_address", "key": "ses:FromAddress", "operator": operator, "values": ["a@b.c"]}
    said = {"reach": "account", "trust": "partner", "accounts": [ONE], "action_classes": list(classes)}
    return said | {"limits": [limit | {"is_effective": True}] if operator else []} | fields


def path(*statements, account_id=ONE, **fields):
    identity = fields.pop("identity", None) or builders.identity(**fields)
    builders.policy(identity=identity, text=builders.document(builders.allow({"AWS": account_id}, identity.arn)))
    return builders.delegation(
        identity=identity, account_id=account_id, trust="partner", statements=list(statements),
        can_send=any("send" in each["action_classes"] for each in statements),
    )  # fmt: skip


def page(account_id=ONE, client=None):
    return text_of(client or client_of("security"), reverse("inventory:delegate_detail", args=[account_id]))


def numbers(text):
    """Each number of the blast radius with the address that it links to."""
    radius = text[text.index('<dl class="radius">') : text.index("</section>", text.index('<dl class="radius">'))]
    return [(int(number), unescape(url)) for url, number in re.findall(r'<a href="([^"]+)">(\d+)', radius)]


@pytest.fixture
def estate():
    builders.account(account_id=ONE, relationship="partner", vendor=builders.vendor(name="Brightmail"))
    builders.sending_name(domain="shop.example.com")
    shop = {"sending_name": "shop.example.com"}
    path(statement("send"), **shop)
    path(statement("send", operator="StringEquals"), environment="staging", **shop)
    path(statement("send", operator="StringNotEquals"), sending_name="example.org")
    path(statement("send", operator="StringEquals"), statement("send"), **shop)
    path(statement("send"), name="a@example.net", identity_type="EMAIL_ADDRESS", sending_name="example.net")
    path(statement(*ADMIN, operator="StringEquals"), sending_name="example.net")
    path(statement("read"), sending_name="quiet.example.com")
    path(statement("send", operator="StringEquals"), statement("send", reach="inert"), **shop)
    builders.delegation(account_id=STRANGER, statements=[statement("send")])
    for key in ("public", "network"):
        builders.delegation(account_id="", principal="*", reach=key, statements=[statement("send", reach=key)])
    builders.finding(identity=Identity.objects.first(), subject=ONE, presence="present")
    builders.finding(identity=Identity.objects.first(), subject=ONE, rule_id="apex-delegated", severity="info")


def test_it_says_what_the_account_could_do_at_worst(estate):
    found = [number for number, _ in numbers(page())]
    #       send, production, any address, named, admin, confirmed, suggested, all, policies, findings, network, public
    assert found == [7, 6, 3, 4, 1, 1, 2, 8, 8, 1, 1, 1]


def test_each_number_leads_to_a_list_of_that_length(estate):
    client = client_of("security")
    vendor = Account.objects.get(account_id=ONE).vendor_id
    of_account = numbers(page(client=client))
    of_vendor = numbers(text_of(client, reverse("inventory:vendor_detail", args=[vendor])))
    assert [number for number, _ in of_vendor] == [number for number, _ in of_account]
    for number, url in (*of_account, *of_vendor):
        assert f'<strong class="figure">{number}</strong>' in text_of(client, url), (number, url)


def test_every_path_is_a_sentence_with_its_limits(estate):
    text = page()
    assert "Brightmail (account 7028-3941-5026) can send as a@b.c." in text
    assert "cannot send" not in text
    assert "can send as any address at" in text


def test_an_owner_counts_only_what_they_may_see(estate):
    team = builders.team()
    own = builders.identity(owner_team=team)
    path(statement("send"), identity=own)
    client = client_for(builders.user("owner", teams=[team]))
    text = page(client=client)
    assert "Can send as 1 of the identities that you may see" in text
    assert [number for number, _ in numbers(text)][:3] == [1, 1, 1]
    assert "Register this account" not in text
    assert "Keep this check" not in text
    assert client.get(reverse("inventory:delegate_detail", args=[STRANGER])).status_code == 404


def test_the_page_of_an_account_takes_as_many_queries_whatever_it_can_do():
    builders.account(account_id=ONE, relationship="partner", vendor=builders.vendor())
    client = client_of("security")
    counts = []
    for number in (2, 10):
        for _ in range(number):
            path(statement("send"))
        with CaptureQueriesContext(connection) as captured:
            page(client=client)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 23


def test_a_registered_account_that_nothing_names_has_a_page_for_readers():
    builders.account(account_id=ONE, relationship="partner")
    assert "No live policy that was seen names it" in page()
    assert client_of("owner").get(reverse("inventory:delegate_detail", args=[ONE])).status_code == 404


def test_a_name_from_a_public_list_is_shown_as_no_trust():
    builders.delegation(account_id=STRANGER)
    KnownAccount.objects.create(account_id=STRANGER, name="Brightmail", source="a list", added_at=builders.NOW)
    text = page(STRANGER)
    assert "A public list calls this account" in text
    assert "Nobody registered who this is." in text


def register(client, **fields):
    said = {"relationship": "partner", "vendor": "Brightmail"} | fields
    return client.post(reverse("inventory:delegate_register", args=[STRANGER]), said)


@pytest.mark.parametrize(
    ("role", "status"),
    [("security", 302), ("vendor_manager", 302), ("admin", 302), ("viewer", 403), ("auditor", 403), ("owner", 404)],
)
def test_who_may_register_an_account(role, status):
    builders.delegation(account_id=STRANGER)
    assert register(client_of(role)).status_code == status
    assert Account.objects.filter(account_id=STRANGER).exists() is (status == 302)


def test_only_an_account_that_something_names_is_registered_here():
    assert register(client_of("security")).status_code == 404
    assert not Account.objects.exists()


def test_a_vendor_manager_does_not_say_that_an_account_is_ours():
    builders.delegation(account_id=STRANGER)
    ours = {"relationship": "organization", "vendor": ""}
    assert register(client_of("vendor_manager"), **ours).status_code == 422
    assert register(client_of("security"), **ours).status_code == 302


def test_who_registers_an_account_too_late_is_told_so():
    builders.delegation(account_id=STRANGER)
    assert register(client_of("vendor_manager")).status_code == 302
    late = register(client_of("security"), relationship="former")
    assert late.status_code == 409
    assert "Somebody registered this account meanwhile." in late.content.decode()
    assert Account.objects.get(account_id=STRANGER).relationship == "partner"


def test_a_partner_without_a_company_is_refused_at_the_field():
    builders.delegation(account_id=STRANGER)
    answer = register(client_of("security"), vendor="")
    assert answer.status_code == 422
    assert "Say which company it belongs to." in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [("security", 302), ("vendor_manager", 302), ("viewer", 403), ("owner", 404)]
)
def test_who_may_verify(role, status):
    builders.account(account_id=ONE, relationship="partner")
    url = reverse("inventory:account_verify", args=[ONE])
    client = client_of(role)
    assert client.post(url, {"method": "contract", "evidence": "Annex 2"}).status_code == status
    assert AccountVerification.objects.exists() is (status == 302)
    if status == 302:
        assert client.post(url, {"method": "contract", "evidence": ""}).status_code == 422
        assert "Annex 2" in page(client=client)


@pytest.mark.parametrize(
    ("days", "says"),
    [(None, "Not verified"), (300, "Verified"), (20, "expires in 20 days"), (-3, "Verification expired")],
)
def test_how_well_an_account_is_known_is_said_with_its_age(days, says):
    account = builders.account(account_id=ONE, relationship="partner")
    if days is not None:
        builders.verification(account=account, valid_until=timezone.localdate() + timedelta(days=days))
    assert says in re.sub(r"<[^>]+>", "", page())


def test_a_check_of_another_company_is_not_taken_for_this_one():
    account = builders.account(account_id=ONE, relationship="partner", vendor=builders.vendor())
    builders.verification(account=account, vendor=builders.vendor(), valid_until=timezone.localdate())
    assert "Verified as another" in page()
