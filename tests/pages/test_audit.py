"""The audit trail as a page."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction

from inventory.models import AuditEvent, Role
from inventory.pages.audit_chain import _PAGES, noun_of, page_of
from inventory.services.audit import record
from inventory.services.audit_chain.checks import check
from inventory.services.audit_chain.sealing import head, seal
from inventory.words import NOUNS
from tests import builders
from tests.audit.trail import EVENTS, tamper
from tests.builders import NOW
from tests.pages.clients import client_of, text_of

pytestmark = pytest.mark.django_db

URL = "/audit/"
# What the trail speaks of under another object's name, or not at all.
NEVER_RECORDED = {
    "auditevent", "auditlink", "chaincheck", "delegation", "delegationstate", "figuresnapshot", "findingcomment",
    "findingepisode", "identitystate", "lastjudgement", "listedidentity", "membership", "notice", "policyversion",
    "scheduledjob", "scoperun", "sendingpolicy", "unsealedevent", "vendorcontact",
}  # fmt: skip


def _event(action: str = "vendor.added", *, days: int = 0, person: bool = True, **data: object) -> AuditEvent:
    actor = builders.user(Role.ADMIN) if person else None
    with transaction.atomic():
        return record(
            at=NOW - timedelta(days=days), actor=actor, action=action, target=builders.vendor(name=action), data=data
        )


def test_an_event_says_who_did_what_when_with_all_details():
    event = _event("vendor.contract_moved", contract_ends_on="2027-03-31", sponsor=None)
    text = text_of(client_of(Role.AUDITOR), URL)
    assert event.actor_name in text
    assert "Contract moved" in text
    assert "2027-03-31" in text
    assert "<dd>nothing</dd>" in text


def test_every_kind_of_object_has_a_name_for_people():
    models = {each.__name__.lower() for each in apps.get_app_config("inventory").get_models()}
    assert models - set(NOUNS) == NEVER_RECORDED


def test_whatever_may_have_a_page_leads_to_it():
    events = [AuditEvent(object_type=noun, object_id="7") for noun in NOUNS]
    found = {event.object_type: page_of(event) for event in events}
    assert found["grant"] == "/grants/7/"
    assert found["grantrequest"] == "/requests/7/"
    assert {noun for noun in _PAGES if not found[noun]} == set()


def test_hostile_details_are_shown_as_text():
    _event(note="<script>alert(1)</script>")
    assert "<script>alert(1)" not in text_of(client_of(Role.AUDITOR), URL)


def test_the_trail_is_narrowed_by_kind_by_person_and_by_day():
    _event("vendor.old", days=9)
    _event("vendor.recent", days=1)
    _event("vendor.automatic", person=False)
    client = client_of(Role.SECURITY)
    day = (NOW - timedelta(days=1)).date().isoformat()
    assert _shown(text_of(client, f"{URL}?noun=vendor&by=people")) == {"vendor.old", "vendor.recent"}
    assert _shown(text_of(client, f"{URL}?noun=vendor&since={day}")) == {"vendor.recent", "vendor.automatic"}
    assert _shown(text_of(client, f"{URL}?noun=vendor&until={day}")) == {"vendor.old", "vendor.recent"}
    assert _shown(text_of(client, f"{URL}?q=recent")) == {"vendor.recent"}


def _shown(text: str) -> set[str]:
    return {name for name in ("vendor.old", "vendor.recent", "vendor.automatic") if name in text}


def test_a_day_that_does_not_exist_shows_nothing_and_says_so():
    _event()
    text = text_of(client_of(Role.AUDITOR), f"{URL}?since=2027-02-30")
    assert "The filter was not understood" in text
    assert "vendor.added" not in text


def test_the_export_keeps_the_stored_words_and_the_canonical_json():
    _event(note="plain")
    lines = text_of(client_of(Role.AUDITOR), "/audit.csv?noun=vendor").splitlines()
    assert lines[0] == "When,Who,What,Kind,On,Number,Details"
    assert "vendor.added" in lines[1]
    assert '"{""note"":""plain""}"' in lines[1]


def test_many_events_cost_no_query_each(django_assert_max_num_queries):
    for number in range(30):
        _event(f"vendor.number_{number}")
    client = client_of(Role.AUDITOR)
    with django_assert_max_num_queries(11):
        client.get(URL)


def test_the_page_says_how_far_the_trail_is_sealed_and_that_the_chain_held():
    _event()
    client = client_of(Role.AUDITOR)
    assert "Nothing is sealed yet" in text_of(client, URL)
    end = seal(at=NOW)
    check(at=NOW)
    _event("vendor.recent")
    text = text_of(client, URL)
    assert f'Sealed up to position <strong class="figure">{end.position}</strong>' in text
    assert "1 event waits for the seal" in text
    assert "The chain held" in text
    assert end.hash in text


def test_a_chain_that_does_not_hold_is_said_above_everything_whatever_is_searched():
    event = _event()
    seal(at=NOW)
    tamper(EVENTS, f"UPDATE {EVENTS} SET object_name = 'x' WHERE id = {event.pk}")  # noqa: S608 - a number
    check(at=NOW)
    text = text_of(client_of(Role.AUDITOR), f"{URL}?q=nothinglikethis")
    assert "The audit chain does not hold." in text
    assert f"(event {event.pk})" in text


def test_every_download_has_the_head_with_it():
    _event()
    seal(at=NOW)
    client = client_of(Role.AUDITOR)
    assert {client.get(url)["X-Audit-Head"] for url in ("/audit.csv", "/identities.csv")} == {head().hash}


def test_one_event_shows_its_place_its_details_and_its_object():
    event = _event(contract_ends_on="2027-03-31")
    client = client_of(Role.AUDITOR)
    url = f"/audit/{event.pk}/"
    assert "Not sealed yet" in text_of(client, url)
    end = seal(at=NOW)
    text = text_of(client, url)
    assert f"/vendors/{event.object_id}/" in text
    assert f"noun=vendor&amp;object={event.object_id}" in text
    assert "2027-03-31" in text
    assert end.hash in text
    assert "Fits" in text
    tamper(EVENTS, f"UPDATE {EVENTS} SET data = '{{}}' WHERE id = {event.pk}")  # noqa: S608 - a number
    assert "does not fit its place" in text_of(client, url)


def test_an_account_leads_to_its_page_by_its_id():
    account = builders.account()
    with transaction.atomic():
        event = record(at=NOW, actor=None, action="account.added", target=account)
    assert f"/accounts/{account.account_id}/" in text_of(client_of(Role.AUDITOR), f"/audit/{event.pk}/")


@pytest.mark.parametrize(
    "query", ["q=%3A%26%7C!%27", "q=%3Cscript%3E+%26+%7C", "person=%25", "action=%27", "q=" + "x" * 300]
)
def test_odd_searches_are_answered(query):
    _event()
    assert client_of(Role.AUDITOR).get(f"{URL}?{query}").status_code == 200


def test_words_people_and_actions_are_found():
    _event("vendor.old", note="Contract of Brightmail")
    _event("vendor.recent", person=False)
    client = client_of(Role.AUDITOR)
    actor = AuditEvent.objects.get(action="vendor.old").actor
    assert actor is not None
    assert _shown(text_of(client, f"{URL}?q=bright+contr")) == {"vendor.old"}
    assert _shown(text_of(client, f"{URL}?person={actor.email[:8]}")) == {"vendor.old"}
    assert _shown(text_of(client, f"{URL}?action=Rec")) == {"vendor.recent"}


def test_a_kind_is_not_said_twice():
    said = {
        ("collectionrun", "run 46"): "Collection",
        ("grant", "grant 7"): "",
        ("identity", "granted.example"): "Identity",
    }
    for (kind, name), noun in said.items():
        assert noun_of(AuditEvent(object_type=kind, object_name=name)) == noun
