"""The form by which people ask: what it keeps, what it refuses and where, what it says while one types."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from approvals.models import ApprovalSlot, Grant, GrantRequest, RequestLine
from approvals.rules.states import RequestState
from approvals.services.requests.requests import submit
from inventory.models import Account, AuditEvent, Role, Vendor, VendorContact
from tests import builders
from tests.approvals.cases import PARTNER, REASON, Estate
from tests.pages.clients import client_for, client_of

pytestmark = pytest.mark.django_db
ROLE = f"arn:aws:iam::{PARTNER}:role/mailer"
STRANGER = "999988887777"


def day(number: int) -> date:
    """So many days from today, as the page counts them."""
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def estate() -> Estate:
    made = Estate()
    made.vendor.contract_ends_on = day(300)
    made.vendor.save()
    return made


@pytest.fixture
def asker(estate: Estate) -> Client:
    return client_for(estate.owner)


def said(estate: Estate, **given: Any) -> dict[str, Any]:
    """A form filled in as the marketing person would."""
    usual = {
        "sender": f"account-{PARTNER}",
        "identities": [estate.identity.pk],
        "from_addresses": "news",
        "ends_on": day(60).isoformat(),
        "justification": REASON,
        "time_zone": "UTC",
        "do": "submit",
    }
    return usual | given


def post(client: Client, data: dict[str, Any], **headers: str) -> Any:
    """Send the form for something new."""
    return client.post(reverse("approvals:request_new"), data, headers=headers)


def errors(response: Any, field: str) -> str:
    """What is said at a field, on the page as well."""
    found = response.context["problems"].get(field, ())
    page = response.content.decode()
    assert all(escape(each) in page for each in found)
    return " ".join(found)


def test_what_is_sent_asks_both_sides(estate, asker):
    response = post(asker, said(estate))
    request = GrantRequest.objects.get()
    assert response["Location"] == reverse("approvals:request_detail", args=[request.pk])
    assert (request.state, request.requester, request.vendor) == (RequestState.PENDING, estate.owner, estate.vendor)
    terms = request.lines.get().grant_terms
    assert terms.principals == (PARTNER,)
    assert terms.from_addresses == ("news@shop.example.com",)
    assert terms.ends_on == day(60)
    assert ApprovalSlot.objects.filter(line__request=request).count() == 2


def test_a_role_alone_is_narrower_than_its_company(estate, asker):
    post(asker, said(estate, principals=ROLE, ends_on=day(299).isoformat()))
    line = RequestLine.objects.get()
    assert (line.grant_terms.principals, line.risk) == ((ROLE,), "low")


def test_each_identity_has_its_line_and_its_own_addresses(estate, asker):
    other = builders.identity(name="club.example.com", owner_team=estate.team)
    post(asker, said(estate, identities=[estate.identity.pk, other.pk]))
    terms = {line.identity: line.grant_terms.from_addresses for line in RequestLine.objects.all()}
    assert terms == {estate.identity: ("news@shop.example.com",), other: ("news@club.example.com",)}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"ends_on": "", "do": "submit"}, "ends_on", "Choose the last day."),
        ({"starts_on": day(30).isoformat(), "ends_on": day(20).isoformat()}, "ends_on", "is before the start"),
        ({"starts_on": day(-1).isoformat()}, "starts_on", "is past. Use today or a later day."),
        ({"ends_on": day(-1).isoformat()}, "ends_on", "is past"),
        ({"ends_on": day(180).isoformat()}, "ends_on", "180 days at most: until"),
        ({"ends_on": day(301).isoformat(), "principals": ROLE}, "ends_on", "The contract with Brightmail ends on"),
        ({"ends_on": "2027-02-29"}, "ends_on", "There is no such day"),
        ({"time_zone": "Europe/Vienna"}, "ends_on", "Days are now counted in UTC, no longer in Europe/Vienna"),
        ({"sender": "", "principals": "4444-5555-666"}, "principals", "has 11 digits; an account id has exactly 12"),
        ({"sender": "", "principals": "arn:aws-us-gov:iam::444455556666:role/m"}, "principals", "of partition"),
        ({"principals": "arn:aws:iam::999988887777:role/m"}, "principals", "is not of the company or account chosen"),
        ({"from_addresses": "news@other.example.net"}, "from_addresses", "is no address of shop.example.com"),
        ({"networks": "10.0.0.0/99"}, "networks", "is no CIDR range"),
        ({"sender": ""}, "sender", "Choose who will send"),
        ({"identities": []}, "identities", "Choose as what they may send"),
        ({"justification": "mail"}, "justification", "Say in a sentence why"),
        ({"principals": ROLE, "service": "ses.amazonaws.com"}, "service", "A service acts for an account"),
        ({"sender": "", "principals": STRANGER}, "company", "Say which company it belongs to"),
        ({"sender": "", "principals": STRANGER, "company": "Fastpost"}, "contact_name", "Name somebody there"),
        (
            {
                "sender": "", "principals": STRANGER, "company": "Fastpost", "contact_name": "Kim",
                "contact_email": "kim",
            },
            "contact_email",
            "is not an e-mail address",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field_and_nothing_is_kept(estate, asker, given, field, words):
    before = AuditEvent.objects.count()
    response = post(asker, said(estate, **given))
    assert response.status_code == 422
    assert words in errors(response, field), response.context["problems"]
    assert not GrantRequest.objects.exists()
    assert not Account.objects.filter(account_id=STRANGER).exists()
    assert not Vendor.objects.filter(name="Fastpost").exists()
    assert AuditEvent.objects.count() == before


def test_the_last_day_of_february_is_taken_in_a_leap_year_alone(estate, asker):
    response = post(asker, said(estate, ends_on="2028-02-29"))
    assert "There is no such day" not in errors(response, "ends_on")
    assert "The contract with Brightmail ends on" in errors(response, "ends_on")


def test_an_identity_that_is_deleted_meanwhile_is_refused(estate, asker):
    estate.identity.gone_at = timezone.now()
    estate.identity.save()
    response = post(asker, said(estate))
    assert response.status_code == 422
    assert "no longer there" in errors(response, "identities")


def test_an_identity_of_others_is_not_theirs_to_ask_for(estate, asker):
    foreign = builders.identity(name="bank.example.org", owner_team=builders.team())
    response = post(asker, said(estate, identities=[foreign.pk]))
    assert "no longer there" in errors(response, "identities")
    assert "bank.example.org" not in response.content.decode()


def test_an_owner_who_left_is_said_before_anybody_is_asked(estate, asker, settings):
    estate.colleague.is_active = False
    estate.colleague.save()
    page = post(asker, said(estate, do="look")).content.decode()
    assert "nobody else answers for Shop" in page
    settings.SESGOV_ESCALATION_TEAM = builders.team(name="Postmasters").name
    assert "Postmasters <span" in post(asker, said(estate, do="look")).content.decode()


def test_who_left_asks_for_nothing(estate, asker):
    estate.owner.is_active = False
    estate.owner.save()
    assert post(asker, said(estate)).status_code == 302
    assert not GrantRequest.objects.exists()


def test_an_unregistered_account_is_registered_with_its_company_and_contact(estate, asker):
    newcomer = {"sender": "", "principals": "9999-8888-7777", "company": "Fastpost", "contact_name": "Kim"}
    post(asker, said(estate, **newcomer, contact_email="kim@fastpost.example"))
    account = Account.objects.get(account_id=STRANGER)
    assert account.vendor is not None
    assert (account.relationship, account.vendor.name) == ("partner", "Fastpost")
    assert VendorContact.objects.get(vendor=account.vendor).email == "kim@fastpost.example"
    assert GrantRequest.objects.get().vendor == account.vendor


def test_registering_is_undone_with_a_request_that_is_refused(estate, asker):
    newcomer = {"sender": "", "principals": STRANGER, "company": "Fastpost", "contact_name": "Kim"}
    response = post(asker, said(estate, **newcomer, ends_on=day(180).isoformat()))
    assert response.status_code == 422
    assert not Account.objects.filter(account_id=STRANGER).exists()


def test_an_owner_does_not_vouch_for_an_account_that_is_let_in_already(estate):
    builders.delegation(identity=estate.identity, account_id=STRANGER)
    newcomer = {"sender": "", "principals": STRANGER, "company": "Fastpost", "contact_name": "Kim"}
    response = post(client_for(estate.owner), said(estate, **newcomer))
    assert "is let in already" in errors(response, "principals")
    assert post(client_for(estate.security), said(estate, **newcomer)).status_code == 302


def test_a_second_click_asks_once(estate, asker):
    post(asker, said(estate))
    response = post(asker, said(estate))
    assert response.status_code == 409
    assert "You asked for exactly this already" in response.content.decode()
    assert GrantRequest.objects.count() == 1


def test_a_ticket_is_asked_for_where_the_setting_says_so(estate, asker, settings):
    settings.SESGOV_REQUIRE_TICKET = True
    assert errors(post(asker, said(estate)), "ticket")
    assert post(asker, said(estate, ticket="MAIL-7")).status_code == 302


def test_while_one_types_the_sentence_the_policy_and_the_people_follow(estate, asker):
    response = post(asker, said(estate, justification="", do=""), **{"HX-Request": "true", "HX-Target": "preview"})
    page = response.content.decode()
    assert "<html" not in page
    assert "Brightmail (account 4444-5555-6666) can send as news@shop.example.com" in page
    assert "aws:CurrentTime" in page
    assert "180 days at most" in page
    assert str(estate.colleague) in page
    assert str(estate.security) in page
    assert not response.context["problems"]
    assert not GrantRequest.objects.exists()


def test_without_a_last_day_the_longest_is_shown(estate, asker):
    response = post(asker, said(estate, ends_on="", do=""), **{"HX-Request": "true"})
    (line,) = response.context["draft"].lines
    assert line.longest == day(179)
    assert [each.words for each in response.context["draft"].choices] == ["30 days", "90 days", "The longest"]
    assert not response.context["problems"]


def test_the_page_comes_filled_in_from_where_one_came(estate, asker):
    url = reverse("approvals:request_new")
    page = asker.get(url, {"identity": estate.identity.pk, "vendor": estate.vendor.pk})
    assert len(page.context["draft"].lines) == 1
    assert asker.get(url, {"delegate": PARTNER}).context["form"]["sender"].value() == f"account-{PARTNER}"
    assert asker.get(url, {"delegate": STRANGER}).context["form"]["principals"].value() == STRANGER
    assert asker.get(url, {"identity": "x", "vendor": "9" * 30, "delegate": "1"}).status_code == 200


def test_without_script_a_day_is_chosen_and_a_name_is_ticked_by_buttons(estate, asker):
    other = builders.identity(name="m.shop.example.com", sending_name="shop.example.com", owner_team=estate.team)
    page = post(asker, said(estate, do="", until=day(29).isoformat(), tick="shop.example.com", from_addresses=""))
    assert page.context["form"]["ends_on"].value() == day(29).isoformat()
    ticked = {each.identity for each in page.context["draft"].lines}
    assert other in ticked


def test_many_identities_are_looked_for(estate):
    for number in range(14):
        builders.identity(name=f"d{number}.example.net", owner_team=estate.team)
    asker = client_for(estate.owner)
    found = post(asker, said(estate, find="d13", do=""), **{"HX-Request": "true", "HX-Target": "identity-choices"})
    page = found.content.decode()
    assert "d13.example.net" in page
    assert "d12.example.net" not in page
    assert estate.identity.name in page


def test_a_draft_is_kept_changed_and_sent(estate, asker):
    response = post(asker, said(estate, do="draft"))
    request = GrantRequest.objects.get()
    edit = reverse("approvals:request_edit", args=[request.pk])
    assert (response["Location"], request.state) == (edit, RequestState.DRAFT)
    form = asker.get(edit).context["form"]
    data = said(estate, sender="", principals=PARTNER, ends_on=day(20).isoformat(), seen=form["seen"].value())
    assert asker.post(edit, data).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.PENDING
    assert request.lines.get().grant_terms.ends_on == day(20)
    assert asker.get(edit).status_code == 409


def test_a_draft_that_was_changed_in_another_tab_is_not_overwritten(estate, asker):
    post(asker, said(estate, do="draft"))
    request = GrantRequest.objects.get()
    edit = reverse("approvals:request_edit", args=[request.pk])
    seen = asker.get(edit).context["form"]["seen"].value()
    assert asker.post(edit, said(estate, ends_on=day(10).isoformat(), seen=seen, do="draft")).status_code == 302
    late = asker.post(edit, said(estate, ends_on=day(50).isoformat(), seen=seen, do="draft"))
    assert late.status_code == 409
    assert request.lines.get().grant_terms.ends_on == day(10)


def test_only_whoever_asked_changes_and_withdraws(estate, asker):
    post(asker, said(estate))
    request = GrantRequest.objects.get()
    for name in ("approvals:request_edit", "approvals:request_withdraw"):
        url = reverse(name, args=[request.pk])
        assert client_for(estate.colleague).post(url).status_code == 403
        assert client_of(Role.OWNER, teams=[builders.team()]).post(url).status_code == 404
    withdraw = reverse("approvals:request_withdraw", args=[request.pk])
    assert asker.get(withdraw).status_code == 405
    assert asker.post(withdraw).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert asker.post(withdraw).status_code == 409


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.AUDITOR, 403), (None, 404)])
def test_those_who_ask_for_nothing_have_no_form(estate, role, status):
    client = client_of(*([role] if role else []))
    assert post(client, said(estate)).status_code == status


def _granted(estate: Estate) -> Grant:
    return estate.granted(at=timezone.now(), ends_on=day(30))


def test_a_renewal_names_its_predecessor_and_begins_the_day_after(estate, asker):
    grant = _granted(estate)
    url = reverse("approvals:grant_renew", args=[grant.pk])
    page = asker.get(url)
    assert page.context["problems"] == {}
    assert page.context["draft"].choices
    form = page.context["form"]
    assert form["starts_on"].value() == day(31).isoformat()
    data = {name: form[name].value() for name in ("principals", "from_addresses", "starts_on", "actions", "seen")}
    response = asker.post(url, said(estate, **data, sender="", ends_on=day(90).isoformat()))
    assert response.status_code == 302, response.context["problems"]
    request = GrantRequest.objects.filter(kind="renew").get()
    assert request.lines.get().predecessor == grant
    assert asker.post(url, said(estate, **data, sender="", ends_on=day(80).isoformat())).status_code == 409


def test_a_change_starts_from_the_terms_that_stand(estate, asker):
    grant = _granted(estate)
    url = reverse("approvals:grant_modify", args=[grant.pk])
    form = asker.get(url).context["form"]
    assert form["ends_on"].value() == day(30).isoformat()
    shown = {name: form[name].value() for name in ("principals", "from_addresses", "ends_on", "actions", "seen")}
    unchanged = asker.post(url, said(estate, **shown, sender=""))
    assert "Nothing is changed yet" in errors(unchanged, "terms")
    assert not GrantRequest.objects.filter(kind="modify").exists()
    data = said(estate, sender="", principals=ROLE, from_addresses="news\nclub", ends_on=day(30).isoformat())
    assert asker.post(url, data | {"seen": form["seen"].value()}).status_code == 302
    line = RequestLine.objects.get(request__kind="modify")
    assert line.predecessor == grant
    assert line.grant_terms.from_addresses == ("club@shop.example.com", "news@shop.example.com")


def test_nothing_follows_a_grant_that_was_revoked_meanwhile(estate, asker):
    grant = _granted(estate)
    Grant.objects.filter(pk=grant.pk).update(decision="revoked", revoked_at=timezone.now())
    for name in ("approvals:grant_renew", "approvals:grant_modify"):
        assert asker.get(reverse(name, args=[grant.pk])).status_code == 409
        stranger = client_of(Role.OWNER, teams=[builders.team()])
        assert stranger.get(reverse(name, args=[grant.pk])).status_code == 404


def test_a_request_that_is_sent_meanwhile_is_not_edited(estate, asker):
    post(asker, said(estate, do="draft"))
    request = GrantRequest.objects.get()
    edit = reverse("approvals:request_edit", args=[request.pk])
    submit(request.pk, acting_user=estate.owner, at=timezone.now())
    assert asker.post(edit, said(estate)).status_code == 409
