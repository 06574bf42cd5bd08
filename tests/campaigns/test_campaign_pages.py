"""The pages of reviews: begun, frozen, signed, sealed and closed from the browser, by whom it concerns."""

import io
import time
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Campaign, EvidencePack
from approvals.rules.campaigns import CampaignState, ItemDecision
from approvals.services.campaigns.campaigns import create_campaign
from approvals.services.campaigns.running import run_due, sign
from approvals.services.evidence.sealing import seal_pack
from inventory.models import AuditEvent, Role, User
from tests import builders
from tests.builders import NOW
from tests.campaigns import cases
from tests.pages.clients import client_for, client_of, file_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
CERTIFY, REVOKE = ItemDecision.CERTIFY, ItemDecision.REVOKE


def _url(name: str, *arguments: object) -> str:
    return reverse(f"approvals:{name}", args=arguments)


def _signed_in(user: User, *, minutes_ago: float = 0) -> Client:
    client = client_for(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - minutes_ago * 60}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def _owned():
    team = builders.team(name="Shop")
    owner = builders.user(Role.OWNER, teams=[team])
    row = cases.seen_path(identity=builders.identity(name="shop.example.com", owner_team=team))
    return team, owner, row


def _said(**given: object) -> dict[str, object]:
    usual = {
        "period": "",
        "name": "Third quarter",
        "period_from": "2026-07-01",
        "period_to": "2026-09-30",
        "starts_on": cases.TODAY.isoformat(),
        "due_on": cases.days(21).isoformat(),
        "remediate_by_on": cases.days(45).isoformat(),
        "frequency": "quarterly",
    }
    return usual | given


def test_a_review_is_begun_with_the_period_that_is_over():
    client = _signed_in(cases.security())
    page = text_of(client, _url("campaign_new"))
    assert "Third quarter of 2026: 2026-07-01 to 2026-09-30" in page
    answer = client.post(_url("campaign_new"), _said(name="", period="2026-07-01/2026-09-30", period_from=""))
    campaign = Campaign.objects.get()
    assert answer["Location"] == _url("campaign_detail", campaign.pk)
    assert (campaign.name, campaign.state) == ("Third quarter of 2026", "draft")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"due_on": cases.days(-1).isoformat()}, "due_on"),
        ({"period_from": ""}, "period_from"),
        ({"remediate_by_on": "2026-02-30"}, "remediate_by_on"),
        ({"name": "n" * 300}, "name"),
        ({"name": ""}, "name"),
        ({"sending_name": "nobody.example.net"}, "sending_name"),
        ({"account": "999999999999"}, "account"),
        ({"period_to": "2026-06-30"}, "period_to"),
    ],
)
def test_what_cannot_be_begun_is_said_at_its_field(given, field):
    answer = _signed_in(cases.security()).post(_url("campaign_new"), _said(**given))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Campaign.objects.exists()


def test_a_draft_is_changed_and_narrowed():
    team, _, row = _owned()
    by = cases.security()
    campaign = create_campaign(cases.asked(), acting_user=by, at=NOW)
    client = _signed_in(by)
    scope = {"team": [str(team.pk)], "sending_name": row.identity.sending_name}
    client.post(_url("campaign_change", campaign.pk), _said(name="Only the shop", **scope))
    campaign.refresh_from_db()
    assert campaign.name == "Only the shop"
    assert campaign.scope == {"team": [str(team.pk)], "sending_name": [row.identity.sending_name]}
    page = text_of(client, _url("campaign_detail", campaign.pk))
    assert "Team: Shop" in page
    assert '<strong class="figure">1</strong> path' in page
    assert 'value="Only the shop"' in text_of(client, _url("campaign_change", campaign.pk))


def test_what_was_not_read_is_named_and_frozen_only_for_a_reason_that_stays_on_the_page():
    _, _, row = _owned()
    row.identity.scope.last_outcome, row.identity.scope.last_error_code = "denied", "AccessDenied"
    row.identity.scope.save()
    by = cases.security()
    campaign = create_campaign(cases.asked(), acting_user=by, at=NOW)
    client = _signed_in(by)
    assert "denied (AccessDenied)" in text_of(client, _url("campaign_detail", campaign.pk))
    refused = client.post(_url("campaign_stage", campaign.pk))
    assert refused.status_code == 422
    assert "Nothing was done." in refused.content.decode()
    client.post(_url("campaign_stage", campaign.pk), {"override_reason": "The account is closed this week."})
    page = text_of(client_of(Role.AUDITOR), _url("campaign_detail", campaign.pk))
    assert "The account is closed this week." in page
    assert "Not looked at: principals inside our accounts" in page
    assert Campaign.objects.get().population_hash in page


def test_a_team_with_a_name_of_300_letters_and_an_empty_population_are_said():
    builders.scope(last_outcome="complete", last_complete_at=NOW)
    by = cases.security()
    campaign = create_campaign(cases.asked(name="n" * 200), acting_user=by, at=NOW)
    client = _signed_in(by)
    assert "there is nothing to review" in text_of(client, _url("campaign_detail", campaign.pk))
    refused = client.post(_url("campaign_stage", campaign.pk))
    assert refused.status_code == 422
    assert "there is nothing to review" in refused.content.decode()


def test_from_staged_it_goes_back_begins_or_is_cancelled():
    _owned()
    by = cases.security()
    client = _signed_in(by)
    campaign = cases.staged(by)
    client.post(_url("campaign_unstage", campaign.pk))
    assert Campaign.objects.get().state == CampaignState.DRAFT
    client.post(_url("campaign_stage", campaign.pk))
    client.post(_url("campaign_activate", campaign.pk))
    assert Campaign.objects.get().state == CampaignState.ACTIVE
    assert client.post(_url("campaign_activate", campaign.pk)).status_code == 409
    assert client.post(_url("campaign_cancel", campaign.pk), {"reason": "no"}).status_code == 422
    client.post(_url("campaign_cancel", campaign.pk), {"reason": "Begun with the wrong scope."})
    assert "Cancelled: Begun with the wrong scope." in text_of(client, _url("campaign_detail", campaign.pk))


def test_the_page_counts_who_waits_and_how_it_goes_day_by_day():
    _, owner, row = _owned()
    cases.seen_path(identity=row.identity, principal="999900001111", account_id="999900001111")
    campaign = cases.active(cases.security(), at=NOW - timedelta(days=2))
    cases.decide(campaign.items.all()[0], CERTIFY, owner, at=NOW - timedelta(days=1))
    context = client_of(Role.VIEWER).get(_url("campaign_detail", campaign.pk)).context
    assert [(day.decided, day.left) for day in context["burndown"].days] == [(0, 2), (1, 1), (0, 1)]
    (side,) = context["sides"]
    assert (str(side.team), side.waiting, side.certified) == ("Shop", 1, 1)
    assert [(each.user, each.pace.number) for each in context["paces"]] == [(owner, 1)]


def test_signing_asks_for_a_fresh_sign_in_and_keeps_the_text():
    _, owner, row = _owned()
    by = cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, owner)
    stale = _signed_in(by, minutes_ago=16)
    answer = stale.post(_url("campaign_sign", campaign.pk), {"attestation": "I have looked at each of them."})
    assert "reauthenticate" in answer["Location"]
    assert Campaign.objects.get().state == CampaignState.DECIDED
    assert "I have looked at each of them." in text_of(stale, _url("campaign_detail", campaign.pk))
    fresh = _signed_in(by, minutes_ago=14)
    suggested = fresh.get(_url("campaign_detail", campaign.pk)).context["sign_form"].initial["attestation"]
    assert "looked at 1 path" in suggested
    assert "1 revoked" in suggested
    assert campaign.population_hash in suggested
    fresh.post(_url("campaign_sign", campaign.pk), {"attestation": suggested})
    signed = Campaign.objects.get()
    assert (signed.state, signed.attestation, signed.signed_in_by) == ("remediating", suggested, "password")
    page = text_of(fresh, _url("campaign_detail", campaign.pk))
    assert "0 of 1 verified by a reading" in page
    assert "Not read since the decision." in page
    assert row.identity.name in page


def test_nobody_signs_what_they_decided_alone():
    cases.seen_path()
    by = cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), CERTIFY, by)
    answer = _signed_in(by).post(_url("campaign_sign", campaign.pk), {"attestation": "I looked at them."})
    assert answer.status_code == 422
    assert "somebody else of security has to sign" in answer.content.decode()


def _signed_campaign() -> Campaign:
    _, owner, _ = _owned()
    by = cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, owner)
    return sign(campaign.pk, attestation="I looked at them.", signed_in_by="", acting_user=by, at=NOW)


def test_it_is_closed_incomplete_only_after_its_day_and_for_a_reason():
    campaign = _signed_campaign()
    client = _signed_in(cases.security())
    early = client.post(_url("campaign_close", campaign.pk), {"reason": "The vendor does not answer."})
    assert early.status_code == 422
    assert "to be removed" in early.content.decode()
    with time_machine.travel(NOW + timedelta(days=46), tick=False):
        late = _signed_in(cases.security())
        late.post(_url("campaign_close", campaign.pk), {"reason": "The vendor does not answer."})
        assert Campaign.objects.get().state == CampaignState.CLOSED_INCOMPLETE
        assert "1 of 1 removal never shown" in text_of(late, _url("campaign_detail", campaign.pk))


@pytest.fixture
def _key(settings, tmp_path):
    settings.SESGOV_SIGNING_KEY_FILE = tmp_path / "key.pem"


@pytest.mark.usefixtures("_key")
def test_security_and_auditors_seal_and_whoever_reads_the_trail_takes_the_file_and_stands_in_it():
    campaign = _signed_campaign()
    auditor = builders.user(Role.AUDITOR)
    client = _signed_in(auditor)
    client.post(_url("campaign_seal", campaign.pk))
    pack = EvidencePack.objects.get()
    page = text_of(client, _url("campaign_detail", campaign.pk))
    for said in (pack.pack_hash, pack.head_hash, pack.fingerprint, "python3 verify.py"):
        assert said in page
    content = file_of(client, _url("pack_download", pack.pk))
    assert len(content) == pack.size
    assert "verify.py" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    event = AuditEvent.objects.get(action="evidence.downloaded")
    assert (event.actor, event.object_id) == (auditor, str(pack.pk))
    for role in (Role.VIEWER, Role.VENDOR_MANAGER, Role.OWNER):
        assert client_of(role).get(_url("pack_download", pack.pk)).status_code == 404
    assert AuditEvent.objects.filter(action="evidence.downloaded").count() == 1


def test_an_unsigned_review_is_not_sealed():
    _owned()
    by = cases.security()
    campaign = cases.active(by)
    assert _signed_in(by).post(_url("campaign_seal", campaign.pk)).status_code == 409
    assert not EvidencePack.objects.exists()


@pytest.mark.usefixtures("_key")
def test_a_page_with_everything_has_a_fixed_number_of_queries():
    campaign = _signed_campaign()
    seal_pack(campaign.pk, acting_user=None, at=NOW)
    assert _queries(Role.AUDITOR, "campaign_detail", campaign.pk) <= 32


def test_the_list_asks_the_same_for_one_review_as_for_many():
    _owned()
    by = cases.security()
    cases.active(by)
    before = _queries(Role.VIEWER, "campaign_list")
    for number in range(5):
        cases.active(by, name=f"Another {number}")
    assert _queries(Role.VIEWER, "campaign_list") == before


def _queries(role: Role, name: str, *arguments: object) -> int:
    client = client_of(role)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        text_of(client, _url(name, *arguments))
    return len(caught)


def test_the_list_says_what_was_decided_missed_and_verified():
    _, owner, row = _owned()
    cases.seen_path(identity=row.identity, principal="999900001111", account_id="999900001111")
    campaign = cases.active(cases.security())
    cases.decide(campaign.items.all()[0], REVOKE, owner)
    run_due(at=NOW + timedelta(days=22))
    (csv,) = file_of(client_of(Role.AUDITOR), _url("campaign_export")).decode().splitlines()[1:]
    assert csv.startswith("Third quarter of 2026,2026-07-01 to 2026-09-30,To be signed")
    assert ",1 of 2,0,1,0 of 2," in csv


def test_an_owner_sees_their_own_part_and_a_stranger_nothing():
    _, owner, _ = _owned()
    cases.seen_path(identity=builders.identity(name="secret.example.net"))
    by = cases.security()
    campaign = cases.staged(by)
    assert client_for(owner).get(_url("campaign_detail", campaign.pk)).status_code == 404
    _signed_in(by).post(_url("campaign_activate", campaign.pk))
    page = text_of(client_for(owner), _url("campaign_detail", campaign.pk))
    assert "<strong>1 of your 1</strong> waits for you" in page
    assert campaign.population_hash not in page
    assert "0 of 1" in file_of(client_for(owner), _url("campaign_export")).decode()
    stranger = client_of(Role.OWNER, teams=[builders.team()])
    assert stranger.get(_url("campaign_detail", campaign.pk)).status_code == 404
    assert "No review was begun" in text_of(stranger, _url("campaign_list"))


def test_only_security_runs_reviews_from_the_browser():
    _, owner, _ = _owned()
    campaign = cases.active(cases.security())
    acts = ("stage", "unstage", "activate", "cancel", "sign", "close")
    for role in (Role.VIEWER, Role.VENDOR_MANAGER, Role.AUDITOR, Role.ADMIN):
        client = client_of(role)
        assert {client.post(_url(f"campaign_{act}", campaign.pk)).status_code for act in acts} == {403}, role
    assert {client_for(owner).post(_url(f"campaign_{act}", campaign.pk)).status_code for act in acts} == {404}
    assert client_for(owner).post(_url("campaign_seal", campaign.pk)).status_code == 404
    assert client_of(Role.ADMIN).post(_url("campaign_seal", campaign.pk)).status_code == 403
