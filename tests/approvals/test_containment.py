"""Contain now: what it stops, whom it tells, and that pressing twice is pressing once."""

import pytest
from django.urls import reverse

from approvals.models import ChangeTask, Containment, Grant
from approvals.rules.states import Decision
from approvals.services.emergencies.containment import contain
from approvals.services.emergencies.suspensions import reinstate
from inventory.models import AuditEvent, Delivery, Notice, Role, VendorContact
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import PARTNER, Estate, days
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
WHY = "They were breached."


@pytest.fixture
def estate() -> Estate:
    return Estate()


def _live(estate, **given):
    return builders.delegation(identity=estate.identity, **{"account_id": PARTNER} | given)


def _contain(estate, *, by=None, subject=PARTNER, **given):
    return contain(estate.identity.pk, subject, reason=WHY, acting_user=by or estate.security, at=NOW, **given)


def test_it_suspends_the_grant_opens_an_urgent_task_for_each_policy_and_tells_everybody_concerned(estate):
    grant = estate.granted()
    _live(estate, policy_name="news", principal=f"arn:aws:iam::{PARTNER}:role/mailer")
    _live(estate, policy_name="news", principal=PARTNER)
    _live(estate, policy_name="old", principal=PARTNER)
    _live(estate, policy_name="old", account_id="999988887777")
    made = _contain(estate)
    grant.refresh_from_db()
    assert (grant.decision, grant.suspension_reason) == (Decision.SUSPENDED, WHY)
    # The grant's own task takes out its role wherever that stands; the others are asked for by policy.
    assert {(each.grant, each.policy_name, *each.principals) for each in made.tasks.all()} == {
        (grant, ""),
        (None, "news", PARTNER),
        (None, "old", PARTNER),
    }
    assert {(each.kind, each.is_urgent, each.due_on) for each in made.tasks.all()} == {("remove", True, days(0))}
    told = set(Notice.objects.filter(kind="contain", is_urgent=True).values_list("person", flat=True))
    assert told == {each.pk for each in (estate.owner, estate.colleague, estate.security, estate.second)}
    assert AuditEvent.objects.filter(action="identity.contained").count() == 1


def test_what_nobody_granted_is_contained_as_well_and_so_is_anyone(estate):
    builders.delegation(identity=estate.identity, account_id="", principal="*", reach="public")
    made = _contain(estate, subject="*", by=estate.owner)
    assert made.tasks.get().principals == ["*"]
    assert not made.grants.exists()


def test_pressing_twice_is_pressing_once(estate):
    estate.granted()
    _live(estate)
    first = _contain(estate)
    events, notices = AuditEvent.objects.count(), Notice.objects.count()
    assert _contain(estate, by=estate.owner) == first
    assert (AuditEvent.objects.count(), Notice.objects.count()) == (events, notices)
    assert ChangeTask.objects.filter(kind="remove").count() == first.tasks.count()


def test_a_policy_that_came_since_is_contained_too(estate):
    _live(estate)
    first = _contain(estate)
    _live(estate, policy_name="again")
    second = _contain(estate)
    assert second != first
    assert {each.policy_name for each in second.tasks.all()} == {"partner", "again"}


def test_a_grant_that_no_reading_saw_used_is_contained_by_its_own_task(estate):
    grant = estate.granted()
    made = _contain(estate)
    assert made.tasks.get().grant == grant
    assert not ChangeTask.objects.undone().filter(kind="apply").exists()


def test_where_nothing_is_left_it_says_so(estate):
    with pytest.raises(ConflictError, match="Nothing is left to stop"):
        _contain(estate)
    assert not Containment.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN, Role.AUDITOR, Role.VENDOR_MANAGER])
def test_others_contain_nothing(estate, role):
    _live(estate)
    with pytest.raises(RefusedError):
        _contain(estate, by=builders.user(role))
    assert not ChangeTask.objects.exists()


def test_a_stranger_among_the_owners_contains_nothing(estate):
    _live(estate)
    with pytest.raises(RefusedError):
        _contain(estate, by=builders.user(Role.OWNER, teams=[builders.team()]))


def test_another_of_security_takes_the_suspension_back(estate):
    grant = estate.granted()
    _live(estate)
    _contain(estate, by=estate.owner)
    reinstate(grant.pk, reason="False alarm.", acting_user=estate.security, at=NOW)
    assert Grant.objects.get().decision == Decision.APPROVED


def test_a_grant_that_is_followed_is_stopped_along_with_what_follows_it(estate):
    first = estate.granted()
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(61), ends_on=days(120))
    _live(estate)
    assert set(_contain(estate).grants.all()) == {first, second}
    assert set(Grant.objects.values_list("decision", flat=True)) == {Decision.SUSPENDED}
    for grant in (first, second):
        reinstate(grant.pk, reason="False alarm.", acting_user=estate.second, at=NOW)
    assert list(Grant.objects.order_by("pk").values_list("decision", flat=True)) == ["superseded", "approved"]


@pytest.mark.parametrize(("is_told", "number"), [(True, 1), (False, 0)])
def test_the_vendor_is_told_by_address_if_the_person_says_so(estate, is_told, number):
    VendorContact.objects.create(vendor=estate.vendor, name="Ann", email="ann@brightmail.example")
    VendorContact.objects.create(vendor=estate.vendor, name="Nobody", email="")
    _live(estate)
    _contain(estate, is_vendor_told=is_told)
    assert Delivery.objects.filter(to="ann@brightmail.example").count() == number


def test_the_page_before_says_exactly_what_stops_and_what_does_not(estate):
    grant = estate.granted()
    live = _live(estate)
    builders.delegation(identity=estate.identity, account_id="", principal="*", reach="public", policy_name="open")
    builders.delegation(account_id=PARTNER)
    page = text_of(client_for(estate.security), reverse("approvals:contain", args=[live.pk]))
    for words in (
        "sesgov itself writes nothing to AWS",
        f"Grant {grant.pk}",
        "It can act as 1 other identity",
        "Anyone with an AWS account can act as shop.example.com",
        "Who else is named in the same policies keeps what they have",
    ):
        assert words in page
    assert grant.decision == Decision.APPROVED


def test_the_button_leads_to_what_has_to_be_done(estate):
    live = _live(estate)
    client = client_for(estate.owner)
    identity = text_of(client, reverse("inventory:identity_detail", args=[estate.identity.pk]))
    assert reverse("approvals:contain", args=[live.pk]) in identity
    assert client.post(reverse("approvals:contain", args=[live.pk]), {"reason": " "}).status_code == 422
    answer = client.post(reverse("approvals:contain", args=[live.pk]), {"reason": WHY})
    made = Containment.objects.get()
    assert answer.headers["Location"] == reverse("approvals:containment_detail", args=[made.pk])
    assert "Still live" in text_of(client, answer.headers["Location"])
    live.is_live = False
    live.save()
    assert "Not found" in text_of(client, answer.headers["Location"])
    assert client.post(reverse("approvals:contain", args=[live.pk]), {"reason": WHY}).status_code in (302, 409)


def test_readers_are_refused_and_strangers_do_not_learn_of_it(estate):
    live = _live(estate)
    url = reverse("approvals:contain", args=[live.pk])
    for client, status in (
        (client_of(Role.VIEWER), 403),
        (client_of(Role.OWNER, teams=[builders.team()]), 404),
    ):
        assert client.post(url, {"reason": WHY}).status_code == status
    assert not Containment.objects.exists()


def test_delegate_and_finding_pages_lead_to_it(estate):
    live = _live(estate)
    finding = builders.finding(identity=estate.identity, subject=PARTNER)
    url = reverse("approvals:contain", args=[live.pk])
    for page in (
        reverse("inventory:delegate_detail", args=[PARTNER]),
        reverse("inventory:finding_detail", args=[finding.pk]),
    ):
        assert url in text_of(client_for(estate.security), page)
        assert url not in text_of(client_of(Role.VIEWER), page)
