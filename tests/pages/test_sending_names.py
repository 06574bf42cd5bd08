"""Sending names on pages: who can send as one, everywhere; confirming, noting and removing names."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import SendingName
from tests import builders
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
LIST, SUGGESTED = "inventory:sending_name_list", "inventory:suggested_name_list"
SEND = [{"reach": "account", "action_classes": ["send"], "limits": []}]
FROM_NEWS = [{"kind": "from_address", "operator": "StringEquals", "is_effective": True}]
SEND_FROM_NEWS = [{"reach": "account", "action_classes": ["send"], "limits": FROM_NEWS}]


def page(domain, client=None):
    return text_of(client or client_of("security"), reverse("inventory:sending_name_detail", args=[domain]))


def listed(client, name=LIST, **query):
    url = reverse(name.replace("_list", "_export"))
    return {row["Sending name"]: row for row in csv.DictReader(io.StringIO(text_of(client, url, **query)))}


def identity(name, sending_name="shop.example.com", **fields):
    return builders.identity(name=name, sending_name=sending_name, **fields)


def test_a_row_sums_up_all_accounts_and_regions():
    builders.sending_name(domain="shop.example.com")
    team = builders.team(name="Shop")
    first = identity("shop.example.com", owner_team=team, owner_source="tag")
    second = identity("a@shop.example.com", scope=builders.scope(region="us-east-1"))
    builders.delegation(identity=first, account_id="444455556667", statements=SEND)
    builders.delegation(identity=second, account_id="444455556667", statements=SEND)
    builders.delegation(identity=second, account_id="", principal="*", reach="public", statements=SEND)
    builders.delegation(identity=second, account_id="444455556668", can_send=False, statements=[])
    row = listed(client_of("auditor"))["shop.example.com"]
    numbers = [row[name] for name in ("Identities", "Accounts", "Regions", "Outside senders")]
    assert numbers == ["2", "2", "2", "2"]
    assert (row["Owners of identities"], row["Widest reach"], row["Trust"]) == ("Shop", "public", "unknown")


def test_what_nobody_confirmed_stands_apart():
    builders.sending_name(domain="later.example.com")
    identity("mail.example.org", "example.org")
    client = client_of("viewer")
    assert set(listed(client)) == {"later.example.com"}
    assert set(listed(client, SUGGESTED)) == {"example.org"}
    assert "not confirmed" in page("example.org", client)
    assert "No identity that was seen stands under this name." in page("later.example.com", client)


def test_each_delegate_is_one_sentence_that_says_at_how_many_identities():
    partner = builders.account(
        account_id="702839415026", relationship="partner", vendor=builders.vendor(name="Brightmail")
    )
    for number in range(3):
        each = identity(f"n{number}.shop.example.com")
        builders.delegation(
            identity=each, account_id=partner.account_id, trust="partner", statements=SEND if number else SEND_FROM_NEWS
        )
    identity("quiet.shop.example.com")
    text = page("shop.example.com")
    assert text.count("Brightmail (account 7028-3941-5026)") == 1
    assert "can send as 3 of the 4 identities, as any address at 2 of them." in text
    assert "the 3 identities</a>" in text


def test_a_policy_that_nobody_could_read_is_not_called_narrow():
    builders.delegation(
        identity=identity("shop.example.com"), account_id="", principal="*", reach="undetermined",
        statements=[{"reach": "undetermined", "trust": "unknown", "reason": "no JSON"}],
    )  # fmt: skip
    text = page("shop.example.com")
    assert "possibly anyone with an AWS account" in text
    assert "as any address of the domain, and can possibly change" in text


def test_who_may_send_as_a_domain_above_stands_there_too():
    builders.delegation(identity=identity("example.com", "example.com"), account_id="444455556667", statements=SEND)
    builders.delegation(identity=identity("example.org", "example.org"), account_id="444455556668", statements=SEND)
    builders.delegation(identity=identity("a@example.com", "example.com"), account_id="444455556669", statements=SEND)
    identity("shop.example.com")
    text = page("shop.example.com")
    assert "And through a domain above it" in text
    assert "4444-5555-6667" in text
    assert "4444-5555-6668" not in text
    assert "4444-5555-6669" not in text


def test_a_place_that_could_not_be_seen_is_said():
    identity("shop.example.com", scope=builders.scope(last_complete_at=timezone.now()))
    builders.scope(last_outcome="denied")
    assert "1 account region could not be seen completely." in page("shop.example.com")


def test_an_international_name_stands_in_both_scripts():
    identity("xn--bcher-kva.example", "xn--bcher-kva.example")
    client = client_of("viewer")
    for text in (page("xn--bcher-kva.example", client), text_of(client, reverse(SUGGESTED))):
        assert "b\u00fccher.example" in text
        assert "xn--bcher-kva.example" in text
    assert "xn--bcher-kva.example" in text_of(client, reverse(SUGGESTED) + "?q=B\u00fccher.example")


def test_an_owner_sees_the_name_as_far_as_their_identities_go():
    team = builders.team()
    client = client_for(builders.user("owner", teams=[team]))
    own = identity("own.shop.example.com", owner_team=team)
    other = identity("other.shop.example.com")
    builders.delegation(identity=own, account_id="444455556667", statements=SEND)
    builders.delegation(identity=other, account_id="444455556668", statements=SEND)
    builders.sending_name(domain="shop.example.com")
    builders.sending_name(domain="secret.example.com")
    assert set(listed(client)) == {"shop.example.com"}
    text = page("shop.example.com", client)
    assert "1 identity in" in text
    assert "this name may have other identities" in text
    assert "other.shop" not in text
    assert "4444-5555-6668" not in text
    url = reverse("inventory:sending_name_export")
    assert "shop.example.com" not in text_of(client, f"{url}?delegate=444455556668")
    assert client.get(reverse("inventory:sending_name_detail", args=["secret.example.com"])).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("security", 302), ("admin", 302), ("viewer", 403), ("vendor_manager", 403), ("owner", 404)]
)
def test_only_security_and_administrators_write(role, status):
    client, name = client_of(role), builders.sending_name()
    answers = [
        client.post(reverse("inventory:sending_name_add"), {"domain": "new.example.com"}),
        client.post(reverse("inventory:sending_name_change", args=[name.pk]), {"note": "x"}),
        client.post(reverse("inventory:sending_name_remove", args=[name.pk])),
    ]
    assert [each.status_code for each in answers] == [status] * 3
    assert set(SendingName.objects.values_list("domain", flat=True)) == (
        {"new.example.com"} if status == 302 else {name.domain}
    )


def test_a_suggestion_is_confirmed_from_its_page():
    identity("mail.example.org", "example.org")
    client = client_of("security")
    assert 'name="domain" value="example.org"' in page("example.org", client)
    answer = client.post(reverse("inventory:sending_name_add"), {"domain": "example.org", "note": "All of it"})
    assert answer["Location"] == reverse("inventory:sending_name_detail", args=["example.org"])
    assert "All of it" in page("example.org", client)
    assert not listed(client, SUGGESTED)


def test_what_is_no_domain_is_said_at_the_field():
    answer = client_of("security").post(reverse("inventory:sending_name_add"), {"domain": "https://shop.example.com/"})
    assert answer.status_code == 422
    assert "is an address. Enter only its domain" in answer.content.decode()


def test_the_page_takes_as_many_queries_whatever_the_name_holds():
    client = client_of("security")
    counts = []
    for numbers in (range(2), range(2, 12)):
        for number in numbers:
            each = identity(f"n{number}.shop.example.com", scope=builders.scope(region=f"r-{number}"))
            builders.delegation(identity=each, account_id=f"{500_000_000_000 + number}", statements=SEND)
            builders.finding(identity=each)
        with CaptureQueriesContext(connection) as captured:
            page("shop.example.com", client)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_a_link_of_a_sentence_leads_to_a_list_of_that_length():
    for number in range(3):
        each = identity(f"n{number}.shop.example.com")
        builders.delegation(identity=each, account_id="444455556667", statements=SEND)
        builders.delegation(
            identity=each, account_id="", principal="*", reach="public" if number else "network", statements=SEND
        )
    client = client_of("security")
    url = reverse("inventory:identity_list")
    for key, number in (("444455556667", 3), ("*public", 2), ("*network", 1), ("o-abcdefghij", 0)):
        text = text_of(client, f"{url}?sending_name=shop.example.com&delegate={key}")
        assert f'<strong class="figure">{number}</strong>' in text, key


def test_an_address_that_no_database_takes_is_no_name():
    assert client_of("viewer").get("/sending-names/a%00b/").status_code == 404
