"""The page of one request, and each guard of a decision as it answers over HTTP."""

import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import ApprovalSlot, Grant, GrantRequest
from approvals.rules.deciders import SlotKind
from approvals.search import found_requests
from approvals.services.grants.decisions import decide
from approvals.services.requests.requests import Line, Request, ask_for_changes, change_draft, save_draft, submit
from inventory.models import Notice, Role, User
from tests import builders
from tests.approvals.cases import PARTNER, REASON, Estate, approval, days, slot_of, terms
from tests.builders import NOW, PASSWORD
from tests.pages.clients import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
ALLOW = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "ses:SendEmail", "Resource": "*"}


@pytest.fixture
def estate() -> Estate:
    return Estate()


def signed_in(user: User, *, hours_ago: float = 0) -> Client:
    """That person, who gave their password so long ago."""
    client = client_for(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - hours_ago * 3600}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def page_of(request: GrantRequest) -> str:
    return reverse("approvals:request_detail", args=[request.pk])


def said(request: GrantRequest, kind: SlotKind = SlotKind.OWNER, **given: object) -> dict[str, object]:
    """The form as the page sends it."""
    lines = [f"{line.pk}:{line.terms_hash}" for line in request.lines.all()]
    usual = {"decision": "approve", "kind": kind.value, "submission": request.submissions, "line": lines}
    return usual | given


def post(user: User, request: GrantRequest, kind: SlotKind = SlotKind.OWNER, **given: object):
    return signed_in(user).post(f"{page_of(request)}decide/", said(request, kind, **given))


def text(response) -> str:
    return str(response.content.decode())


def test_the_page_says_what_one_needs(estate):
    builders.account(account_id="999988887777")
    finding = builders.finding(identity=estate.identity, evidence={"text": "Anyone can send as it."})
    live = builders.document(builders.allow({"AWS": f"arn:aws:iam::{PARTNER}:root"}, estate.identity.arn))
    builders.policy(identity=estate.identity, name="partner", text=live)
    request = estate.pending()
    page = text(signed_in(estate.colleague).get(page_of(request)))
    for words in (
        "news@shop.example.com, until 1 Jan 2027.",
        str(estate.owner),
        "Brightmail",
        REASON,
        "AWS allows more than this already",
        "the whole account 4444-5555-6666 is let in",
        finding.evidence["text"],
        "They were never granted anything",
        "365 days at most",
        "compared with the live policy partner",
        "You decide for the owner",
        f"Security: waits for {estate.security}, {estate.second}",
        slot_of(request, SlotKind.OWNER).line.terms_hash,
    ):
        assert words in page, words


def test_what_was_granted_and_rejected_before_is_told(estate):
    estate.granted(ends_on=days(5))
    other = estate.pending(principals=(f"arn:aws:iam::{PARTNER}:role/other",))
    no = approval(other, is_approved=False, comment="Too wide for them.")
    decide(slot_of(other, SlotKind.SECURITY).pk, no, acting_user=estate.security, at=NOW)
    third = estate.pending(principals=(f"arn:aws:iam::{PARTNER}:role/third",))
    page = text(signed_in(estate.security).get(page_of(third)))
    assert "Too wide for them." in page
    assert reverse("approvals:grant_detail", args=[Grant.objects.get().pk]) in page


def test_two_people_approve_and_there_is_a_grant(estate):
    request = estate.pending()
    first = post(estate.colleague, request)
    assert (first.status_code, first["Location"]) == (302, page_of(request))
    assert post(estate.security, request, SlotKind.SECURITY).status_code == 302
    assert Grant.objects.get().ends_on == days(60)
    assert set(ApprovalSlot.objects.values_list("signed_in_by", flat=True)) == {"password"}


def test_nobody_approves_what_they_asked_for(estate):
    request = estate.pending()
    response = post(estate.owner, request)
    assert response.status_code == 403
    assert "You asked for this yourself" in text(response)
    assert not ApprovalSlot.objects.exclude(verdict="").exists()


def test_nobody_fills_the_second_place_as_well(estate):
    both = builders.user(Role.OWNER, Role.SECURITY, teams=[estate.team])
    request = estate.pending()
    assert post(both, request).status_code == 302
    response = post(both, request, SlotKind.SECURITY)
    assert response.status_code == 403
    assert "the other takes a second person" in text(response)
    assert not Grant.objects.exists()


def test_a_stale_page_is_a_conflict_and_shows_the_terms_of_now(estate):
    request = estate.pending()
    old = said(request)
    ask_for_changes(request.pk, comment="Less.", acting_user=estate.security, at=NOW)
    line = Line(estate.identity, terms(estate.identity, ends_on=days(20)))
    change_draft(request.pk, Request("new", REASON, [line]), acting_user=estate.owner, at=NOW)
    submit(request.pk, acting_user=estate.owner, at=NOW)
    for form in (old, old | {"submission": 2}, old | {"decision": "changes", "comment": "Less."}):
        response = signed_in(estate.colleague).post(f"{page_of(request)}decide/", form)
        assert response.status_code == 409
        assert "The terms have changed since you opened them." in text(response)
        assert "until 22 Nov 2026" in text(response)
    assert not ApprovalSlot.objects.exclude(verdict="").exists()


def test_a_second_click_and_a_second_person_are_told_who_was_quicker(estate):
    request = estate.pending()
    assert post(estate.security, request, SlotKind.SECURITY).status_code == 302
    for person in (estate.security, estate.second):
        response = post(person, request, SlotKind.SECURITY)
        assert response.status_code == 409
        assert f"{estate.security} has approved this already." in text(response)
    assert ApprovalSlot.objects.filter(verdict="approved").count() == 1


def test_what_has_lapsed_is_not_decided(estate):
    request = estate.pending()
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        response = post(estate.security, request, SlotKind.SECURITY)
        assert response.status_code == 409
        assert "has lapsed" in text(response)
        assert "btn-decide" not in text(response)


def test_a_shorter_day_counts_and_a_longer_one_is_refused_at_its_field(estate):
    request = estate.pending()
    for day in (days(61), days(-1)):
        response = post(estate.colleague, request, decision="shorten", ends_on=day.isoformat())
        assert response.status_code == 422
        assert response.context["form"].errors["ends_on"]
    assert post(estate.colleague, request, decision="shorten").status_code == 422
    assert post(estate.colleague, request, decision="shorten", ends_on=days(30).isoformat()).status_code == 302
    assert "60 days" not in text(signed_in(estate.security).get(page_of(request)))
    post(estate.security, request, SlotKind.SECURITY)
    assert Grant.objects.get().ends_on == days(30)


def test_beyond_the_contract_after_it_was_shortened_is_refused_until_somebody_sets_an_earlier_day(estate):
    request = estate.pending()
    post(estate.colleague, request)
    estate.vendor.contract_ends_on = days(30)
    estate.vendor.save()
    response = post(estate.security, request, SlotKind.SECURITY)
    assert response.status_code == 422
    assert "contract with Brightmail ends" in text(response)
    late = post(estate.security, request, SlotKind.SECURITY, decision="shorten", ends_on=days(40).isoformat())
    assert late.status_code == 422
    post(estate.security, request, SlotKind.SECURITY, decision="shorten", ends_on=days(30).isoformat())
    assert Grant.objects.get().ends_on == days(30)


def test_who_left_or_lost_the_role_meanwhile_decides_nothing(estate):
    request = estate.pending()
    lost, left = signed_in(estate.security), signed_in(estate.second)
    User.objects.filter(pk=estate.security.pk).update(roles=[Role.VIEWER])
    User.objects.filter(pk=estate.second.pk).update(is_active=False)
    form, url = said(request, SlotKind.SECURITY), f"{page_of(request)}decide/"
    refused = lost.post(url, form)
    assert refused.status_code == 403
    assert "Only the security team fills this slot." in text(refused)
    assert left.post(url, form).status_code == 302
    assert not ApprovalSlot.objects.exclude(verdict="").exists()


def test_readers_see_why_they_do_not_decide_and_strangers_nothing(estate):
    request = estate.pending()
    page = text(signed_in(builders.user(Role.VIEWER)).get(page_of(request)))
    assert "Only the security team fills this slot. Only the identity" in page
    assert "btn-decide" not in page
    assert post(builders.user(Role.VIEWER), request).status_code == 403
    stranger = builders.user(Role.OWNER, teams=[builders.team()])
    assert signed_in(stranger).get(page_of(request)).status_code == 404
    assert post(stranger, request).status_code == 404
    assert signed_in(estate.colleague).get(f"{page_of(request)}decide/").status_code == 405


def test_a_rejection_needs_a_reason_and_sending_back_says_what_should_be_different(estate):
    request = estate.pending()
    for decision in ("reject", "changes"):
        response = post(estate.security, request, SlotKind.SECURITY, decision=decision, comment=" ")
        assert response.status_code == 422
        assert response.context["form"].errors["comment"]
    assert (
        post(estate.security, request, SlotKind.SECURITY, decision="changes", comment="Name a role.").status_code == 302
    )
    page = text(signed_in(estate.owner).get(page_of(request)))
    assert "asked for changes" in page
    assert "Name a role." in page


def _with_two_lines(estate: Estate) -> GrantRequest:
    other = builders.identity(name="post.example.com", owner_team=estate.team)
    asked = Request("new", REASON, [Line(each, terms(each)) for each in (estate.identity, other)], estate.vendor)
    draft = save_draft(asked, acting_user=estate.owner, at=NOW)
    return submit(draft.pk, acting_user=estate.owner, at=NOW)


def test_lines_are_decided_one_by_one_or_together_and_what_is_refused_is_named(estate):
    request = _with_two_lines(estate)
    first, second = request.lines.order_by("pk")
    one = post(estate.colleague, request, line=[f"{first.pk}:{first.terms_hash}"])
    assert one.status_code == 302
    again = signed_in(estate.colleague)
    assert again.post(f"{page_of(request)}decide/", said(request)).status_code == 302
    page = text(again.get(page_of(request)))
    assert "Approved: post.example.com." in page
    assert f"shop.example.com (request {request.pk}) is not decided." in page
    assert post(estate.security, request, SlotKind.SECURITY).status_code == 302
    assert Grant.objects.count() == 2
    nothing = post(estate.second, request, SlotKind.SECURITY, line=[])
    assert nothing.status_code == 422
    assert second.terms_hash not in text(nothing)


def test_an_owner_sees_of_a_request_for_several_teams_what_is_theirs(estate):
    strange = builders.identity(name="pay.example.org", owner_team=builders.team(name="Pay"))
    builders.policy(identity=strange, name="of-pay", text=json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]}))
    asked = Request("new", REASON, [Line(each, terms(each)) for each in (estate.identity, strange)], estate.vendor)
    draft = save_draft(asked, acting_user=estate.security, at=NOW)
    request = submit(draft.pk, acting_user=estate.security, at=NOW)
    line = request.lines.get(identity=strange)
    owner = signed_in(estate.owner)
    for url in (page_of(request), f"{page_of(request)}?line={line.pk}", reverse("approvals:request_list")):
        assert "pay.example.org" not in text(owner.get(url)), url
    assert "pay.example.org" in text(signed_in(estate.second).get(page_of(request)))
    assert "of-pay" not in text(owner.get(f"{page_of(request)}?line={line.pk}"))
    assert not found_requests(estate.owner, "pay.example.org", 5)
    assert found_requests(estate.owner, "shop.example.com", 5)


def test_lines_of_other_requests_are_not_decided_along(estate):
    request = estate.pending()
    other = estate.pending(principals=(f"arn:aws:iam::{PARTNER}:role/other",))
    strange = other.lines.get()
    assert (
        post(estate.security, request, SlotKind.SECURITY, line=[f"{strange.pk}:{strange.terms_hash}"]).status_code
        == 422
    )
    assert not ApprovalSlot.objects.exclude(verdict="").exists()


def test_more_lines_take_no_more_queries(estate):
    few, many = estate.pending(), None
    lines = [Line(each, terms(each)) for each in (builders.identity(owner_team=builders.team()) for _ in range(12))]
    many = submit(
        save_draft(Request("new", REASON, lines, estate.vendor), acting_user=estate.owner, at=NOW).pk,
        acting_user=estate.owner,
        at=NOW,
    )
    client = signed_in(estate.security)
    counted = []
    for request in (few, many):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page_of(request)).status_code == 200
        counted.append(len(captured))
    assert counted[1] <= counted[0] <= 45


def test_who_signed_in_long_ago_signs_in_again_and_loses_nothing(estate):
    cache.clear()
    estate.colleague.set_password(PASSWORD)
    estate.colleague.save()
    request = estate.pending()
    client = signed_in(estate.colleague, hours_ago=8.1)
    form = said(request, decision="shorten", ends_on=days(12).isoformat(), comment="Only this month.")
    led = client.post(f"{page_of(request)}decide/", form)
    assert led.status_code == 302
    assert led["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApprovalSlot.objects.exclude(verdict="").exists()
    assert "Only this month." not in text(client.get(page_of(request)))
    back = client.post(led["Location"], {"password": PASSWORD, "next": page_of(request)})
    assert (back.status_code, back["Location"]) == (302, page_of(request))
    page = text(client.get(page_of(request)))
    assert "Only this month." in page
    assert f'value="{days(12).isoformat()}"' in page
    assert client.post(f"{page_of(request)}decide/", form).status_code == 302
    assert slot_of(request, SlotKind.OWNER).ends_on == days(12)


@pytest.mark.parametrize("hours", [1.9, 2.1])
def test_how_long_ago_is_a_setting(estate, settings, hours):
    settings.SESGOV_DECISION_SIGN_IN_HOURS = 2
    request = estate.pending()
    signed_in(estate.colleague, hours_ago=hours).post(f"{page_of(request)}decide/", said(request))
    assert slot_of(request, SlotKind.OWNER).verdict == ("approved" if hours < 2 else "")


def test_who_came_through_the_company_goes_there_again(estate):
    request = estate.pending()
    client = signed_in(estate.colleague, hours_ago=9)
    session = client.session
    session["account_authentication_methods"][0]["method"] = "socialaccount"
    session.save()
    led = client.post(f"{page_of(request)}decide/", said(request))
    assert led["Location"].startswith(f"{reverse('company_sign_in')}?again=1&next=")


def test_those_who_may_decide_are_told_and_who_asked_hears_what_came_of_it(estate):
    request = estate.pending()
    told = Notice.objects.filter(kind="decide")
    assert {each.person for each in told} == {estate.colleague, estate.security, estate.second}
    assert {each.path for each in told} == {page_of(request)}
    assert "Decide until 9 Nov" in told[0].text
    post(estate.colleague, request)
    assert not Notice.objects.filter(person=estate.owner).exists()
    post(estate.security, request, SlotKind.SECURITY)
    notice = Notice.objects.get(person=estate.owner)
    assert notice.kind == "decided"
    assert "Your request is approved" in notice.text
