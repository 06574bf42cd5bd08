"""The reviewer's side: card, list, next one, many at once, handing on; who may, who came too late."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Reassignment, ReviewDecision, ReviewItem
from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.campaigns import cancel_campaign
from approvals.services.campaigns.reviewers import why_not
from approvals.services.campaigns.reviewing import hand_on
from inventory.models import Deputy, Role
from tests import builders
from tests.approvals.test_request_page import signed_in, text
from tests.builders import NOW
from tests.campaigns import cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
CERTIFY, REVOKE, PENDING = ItemDecision.CERTIFY, ItemDecision.REVOKE, ItemDecision.PENDING


def card(item):
    return reverse("approvals:review_item_detail", args=[item.pk])


def answer(item, decision=CERTIFY, note="", number=0, **given):
    return {"decision": decision, "note": note, "seen_hash": item.evidence_hash, "seen_number": number} | given


def goes_to(response):
    return response["Location"]


def decide(client, item, **given):
    return client.post(reverse("approvals:review_item_decide", args=[item.pk]), answer(item, **given))


def waits(number, **given):
    """A review of so many paths of a partner that nobody approved; the owner of all of them and one of security."""
    team = builders.team(name="Shop")
    owner = builders.user(Role.OWNER, teams=[team])
    for each in range(number):
        identity = builders.identity(name=f"n{each}.example.com", owner_team=team)
        path: dict[str, Any] = {"identity": identity, "trust": "partner", "reach": "principal"}
        cases.seen_path(**path | given)
    security = cases.security()
    return owner, security, list(cases.active(security).items.all())


def test_the_card_says_the_sentence_first_and_what_nobody_knows():
    estate, campaign = cases.unchanged(1)
    page = text(signed_in(estate.colleague).get(card(campaign.items.get())))
    heading = page[page.index("<h1") : page.index("</h1>")]
    assert "shop.example.com" in heading
    assert estate.security.name in page
    assert "Keep needs no note. Remove and Change do." in page
    assert "Nothing about it has changed since." in page
    assert "Kept</span> by" in page
    assert "sesgov does not see single mails" in page
    assert "1 left" in page
    assert "Changed since this was frozen" not in page


def test_what_is_open_to_anyone_says_so_and_which_answers_need_a_note():
    owner, _, (item,) = waits(1, principal="*", reach="public", trust="unknown")
    page = text(signed_in(owner).get(card(item)))
    for words in ("Open to anyone", "Unknown account", "Nobody approved it", "Keep too: anyone may use it"):
        assert words in page
    assert "No review before has decided on it" in page


def test_an_answer_opens_the_next_one_and_leaves_a_way_back():
    owner, _, (first, second, third) = waits(3)
    client = signed_in(owner)
    done = client.post(
        reverse("approvals:review_item_decide", args=[second.pk]), answer(second, REVOKE, cases.REASON), follow=True
    )
    assert done.redirect_chain == [(card(third), 302)]
    assert "2 left" in text(done)
    assert f'<a href="{card(second)}">Change it</a>' in text(done)
    assert goes_to(decide(client, third)) == card(first)
    last = decide(client, first)
    assert goes_to(last) == reverse("approvals:review_next", args=[first.campaign_id])
    assert "Nothing is left for you" in text(client.get(goes_to(last)))


def test_the_next_one_goes_round_and_begins_again():
    owner, _, (first, second) = waits(2)
    client, url = signed_in(owner), reverse("approvals:review_next", args=[first.campaign_id])
    assert goes_to(client.get(url)) == card(first)
    assert goes_to(client.get(f"{url}?after=1")) == card(second)
    assert goes_to(client.get(f"{url}?after=2")) == card(first)


def test_a_second_thought_is_a_second_row():
    owner, _, (item, _other) = waits(2)
    client = signed_in(owner)
    decide(client, item)
    assert "You can change it until the review is signed" in text(client.get(card(item)))
    decide(client, item, decision=REVOKE, note=cases.REASON, number=1)
    assert list(item.decisions.values_list("decision", flat=True)) == [CERTIFY, REVOKE]
    assert set(item.decisions.values_list("signed_in_by", flat=True)) == {"password"}


def test_a_note_is_asked_for_at_its_field_and_what_was_written_stays():
    owner, _, (item,) = waits(1)
    answered = decide(signed_in(owner), item, decision=REVOKE, note="no use")
    assert answered.status_code == 422
    assert answered.context["form"].errors["note"]
    assert ">no use</textarea>" in text(answered)
    assert not ReviewDecision.objects.exists()


def test_a_stale_card_decides_nothing_and_shows_how_it_stands():
    owner, security, (item, _other) = waits(2)
    client = signed_in(owner)
    decide(client, item)
    late = decide(client, item, decision=REVOKE, note=cases.REASON, number=0)
    assert late.status_code == 409
    assert "since you opened it" in text(late)
    assert decide(client, item, number=1, seen_hash="0" * 64).status_code == 409
    cancel_campaign(item.campaign_id, reason="The wrong quarter was chosen.", acting_user=security, at=NOW)
    over = decide(client, item, number=1)
    assert over.status_code == 409
    assert "nothing in it is decided any more" in text(over)
    assert item.decisions.count() == 1


@pytest.mark.parametrize("given", [{"decision": "pending"}, {"seen_number": "many"}, {"seen_hash": ""}])
def test_what_is_no_answer_is_refused(given):
    owner, _, (item,) = waits(1)
    assert decide(signed_in(owner), item, **given).status_code == 422
    assert not ReviewDecision.objects.exists()


def test_strangers_learn_nothing_and_readers_decide_nothing():
    _, security, (item,) = waits(1)
    stranger = signed_in(builders.user(Role.OWNER, teams=[builders.team()]))
    for url in (card(item), reverse("approvals:review_item_list", args=[item.campaign_id])):
        assert stranger.get(url).status_code == 404
    assert decide(stranger, item).status_code == 404
    for reader in (builders.user(Role.VIEWER), builders.user(Role.AUDITOR), security):
        client = signed_in(reader)
        page = client.get(card(item))
        assert page.status_code == 200
        assert "Shop reviews this" in text(page)
        assert b"data-review" not in page.content
        assert decide(client, item).status_code == 403
    assert not ReviewDecision.objects.exists()


def test_ones_own_access_is_refused_in_words():
    estate, campaign = cases.unchanged(1)
    item = campaign.items.get()
    client = signed_in(estate.owner)
    assert "You asked for this access or answer for the vendor yourself" in text(client.get(card(item)))
    assert decide(client, item).status_code == 403
    assert client.get(reverse("approvals:review_next", args=[campaign.pk])).status_code == 200


def test_an_old_sign_in_is_renewed_first_and_the_note_is_kept():
    owner, _, (item,) = waits(1)
    # Longer than a decision takes, shorter than a session lasts.
    client = signed_in(owner, hours_ago=9)
    answered = decide(client, item, decision=REVOKE, note="The newsletter moved away.")
    assert answered.status_code == 302
    assert "reauthenticate" in goes_to(answered)
    assert not ReviewDecision.objects.exists()


def deputies(team, owner):
    """Everybody who could speak for the team, its person or nobody."""
    until = NOW.date() + timedelta(days=5)
    of_team, of_person, over = (builders.user(Role.OWNER) for _ in range(3))
    days = {"from_on": NOW.date() - timedelta(days=9), "created_at": NOW}
    Deputy.objects.create(team=team, deputy=of_team, until_on=until, **days)
    Deputy.objects.create(user=owner, deputy=of_person, until_on=until, **days)
    Deputy.objects.create(team=team, deputy=over, until_on=NOW.date() - timedelta(days=1), **days)
    return of_team, of_person, over


def test_what_waits_for_somebody_is_what_they_may_decide():
    estate, campaign = cases.unchanged(1)
    person = builders.user(Role.OWNER)
    closed = builders.team(is_active=False)
    for owner in ({"owner_user": person}, {"owner_team": closed}, {}):
        cases.seen_path(identity=builders.identity(**owner), account_id="777766665555")
    cancel_campaign(campaign.pk, reason="More was built meanwhile.", acting_user=estate.security, at=NOW)
    items = list(
        cases.active(estate.security, name="All of it").items.select_related(
            "grant__vendor", "grant__line__request", "reviewer_team", "reviewer_user"
        )
    )
    left = builders.user(Role.OWNER, teams=[estate.team], is_active=False)
    people = [*deputies(estate.team, person), person, left, estate.owner, estate.colleague, estate.security]
    on = NOW.date()
    for each in people:
        may = {item.pk for item in items if why_not(each, item, on=on) is None}
        assert (
            set(
                ReviewItem.objects.filter(campaign__name="All of it")
                .assigned_to(each, on=on)
                .values_list("pk", flat=True)
            )
            == may
        ), each
    assert len(items) == 4
    assert [bool(why_not(each, items[0], on=on)) for each in people].count(False) >= 1


def test_a_deputy_sees_the_review_and_decides():
    owner, _, (item, _other) = waits(2)
    deputy, *_ = deputies(item.reviewer_team, owner)
    client = signed_in(deputy)
    assert goes_to(client.get(reverse("approvals:review_next", args=[item.campaign_id]))) == card(item)
    assert decide(client, item).status_code == 302
    assert item.decisions.get().decided_by == deputy


def test_what_changed_since_it_was_frozen_is_said():
    owner, _, (item,) = waits(1)
    client = signed_in(owner)
    row = item.delegation
    row.statements = [{"reach": "principal", "action_classes": ["send"], "policy": "p"}]
    row.save()
    assert "Changed since this was frozen" in text(client.get(card(item)))
    row.is_live = False
    row.save()
    assert "The last reading no longer shows this access." in text(client.get(card(item)))
    item.identity.scope.last_outcome = "denied"
    item.identity.scope.save()
    assert "Nobody can say how it stands today." in text(client.get(card(item)))
    item.identity.gone_at = NOW
    item.identity.save()
    assert "n0.example.com was deleted" in text(client.get(card(item)))


def test_what_changed_since_the_last_review_is_readable():
    estate = cases.routine(1)
    before = cases.reviewed(estate, at=NOW - timedelta(hours=2)).items.get()
    row = before.delegation
    row.statements = [{"reach": "public", "action_classes": ["send"], "policy": "p"}]
    row.reach = "public"
    row.save()
    item = cases.active(estate.security).items.get()
    page = text(signed_in(estate.colleague).get(card(item)))
    assert "Then:" in page
    assert cases.REASON in page
    assert "The policy then and now" in page


def boxes(page):
    return text(page).count('name="item"')


def test_only_what_is_routine_and_mine_is_kept_many_at_once():
    estate, campaign = cases.unchanged(3)
    fresh = cases.seen_path(identity=estate.identity, account_id="777766665555", trust="partner", reach="principal")
    assert fresh.is_live
    url, certify = (reverse(f"approvals:{name}", args=[campaign.pk]) for name in ("review_item_list", "review_certify"))
    client, items = signed_in(estate.colleague), list(campaign.items.all())
    assert boxes(client.get(url)) == 3
    assert boxes(signed_in(estate.owner).get(url)) == 0
    assert boxes(signed_in(estate.security).get(url)) == 0
    items[2].delegation.is_live = False
    items[2].delegation.save()
    assert boxes(client.get(url)) == 2
    refused = client.post(certify, {"item": [each.pk for each in items]})
    assert refused.status_code == 422
    assert "changed since it was frozen" in text(refused)
    assert not ReviewDecision.objects.filter(item__campaign=campaign).exists()
    done = client.post(certify, {"item": [items[0].pk, items[1].pk], "back": "state=pending"})
    assert goes_to(done) == f"{url}?state=pending"
    assert set(ReviewDecision.objects.filter(item__campaign=campaign).values_list("decision", "is_bulk")) == {
        (CERTIFY, True)
    }
    assert client.post(certify, {"item": [items[0].pk]}).status_code == 409
    assert client.post(certify).status_code == 422
    assert signed_in(builders.user(Role.VIEWER)).post(certify, {"item": [items[2].pk]}).status_code == 422


def test_what_is_not_mine_is_handed_on_with_its_chain():
    owner, security, items = waits(3)
    other, team = builders.user(Role.OWNER), builders.team()
    client, url = signed_in(owner), reverse("approvals:review_hand_on", args=[items[0].campaign_id])
    given = {"item": items[0].pk, "card": items[0].pk, "to": f"person:{other.pk}", "reason": "They run it by now."}
    assert goes_to(client.post(url, given)) == card(items[1])
    assert client.get(card(items[0])).status_code == 404
    assert "They run it by now." in text(signed_in(other).get(card(items[0])))
    empty = client.post(url, given | {"item": items[1].pk, "card": items[1].pk, "to": f"team:{team.pk}"})
    assert empty.status_code == 422
    assert "Nobody active is in" in text(empty)
    short = client.post(url, given | {"item": items[1].pk, "card": items[1].pk, "reason": "no"})
    assert "Say why, in a sentence" in text(short)
    many = {"item": [each.pk for each in items[1:]], "to": f"person:{other.pk}", "reason": "They run it by now."}
    listed = reverse("approvals:review_item_list", args=[items[0].campaign_id])
    assert boxes(signed_in(security).get(f"{listed}?choose=hand_on")) == 3
    assert signed_in(security).post(url, many).status_code == 302
    assert Reassignment.objects.count() == 3
    assert set(ReviewItem.objects.values_list("reviewer_user", flat=True)) == {other.pk}
    assert signed_in(builders.user(Role.VIEWER)).post(url, many).status_code == 403


def test_nobody_is_given_their_own_access():
    estate, campaign = cases.unchanged(1)
    with pytest.raises(ValueError, match="asked for this access"):
        hand_on(
            [campaign.items.get().pk], to=estate.owner, reason="They know it best.",
            acting_user=estate.security, at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 4),
        ("state=pending", 3),
        ("state=certify", 1),
        ("state=wanted", 0),
        ("change=new", 1),
        ("change=unchanged", 3),
        ("risk=any", 1),
        ("risk=routine", 3),
        ("risk=unapproved", 1),
        ("risk=wildcard", 0),
        ("whose=mine", 4),
        ("q=7777-6666-5555", 1),
        ("q=other", 0),
        ("sending_name=nowhere.example.com", 0),
    ],
)
def test_the_list_is_narrowed_as_its_words_say(query, number):
    estate = cases.routine(3)
    cases.reviewed(estate, at=NOW - timedelta(hours=2))
    cases.seen_path(identity=estate.identity, account_id="777766665555", trust="partner", reach="principal")
    campaign = cases.active(estate.security)
    cases.decide(campaign.items.all()[0], CERTIFY, estate.colleague)
    url = reverse("approvals:review_item_list", args=[campaign.pk])
    assert signed_in(estate.colleague).get(f"{url}?{query}").context["total"] == number


def test_security_narrows_by_reviewer_and_vendor_and_takes_the_file_along():
    estate, campaign = cases.unchanged(2)
    url = reverse("approvals:review_item_list", args=[campaign.pk])
    client = signed_in(estate.security)
    for query, number in (
        (f"reviewer=team:{estate.team.pk}", 2),
        ("reviewer=security", 0),
        (f"vendor={estate.vendor.pk}", 2),
    ):
        assert client.get(f"{url}?{query}").context["total"] == number, query
    file = client.get(reverse("approvals:review_item_export", args=[campaign.pk])).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [row["Reviewer"] for row in rows] == ["Shop", "Shop"]
    assert rows[0]["Evidence SHA-256"] == campaign.items.all()[0].evidence_hash


def _queries(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_no_row_of_the_list_is_asked_for_by_itself():
    owner, _, (item, *_) = waits(2)
    url, client = reverse("approvals:review_item_list", args=[item.campaign_id]), signed_in(owner)
    client.get(url)
    few = _queries(client, url)
    for each in range(12):
        cases.seen_path(identity=item.identity, principal=f"arn:aws:iam::444455556666:role/r{each}", trust="partner")
    cancel_campaign(item.campaign_id, reason="More was built meanwhile.", acting_user=cases.security(), at=NOW)
    more = cases.active(cases.security())
    assert more.item_count == 14
    assert _queries(client, reverse("approvals:review_item_list", args=[more.pk])) <= few
    assert few <= 30


def test_the_card_asks_a_fixed_number_of_queries():
    estate, campaign = cases.unchanged(1)
    client = signed_in(estate.colleague)
    client.get(card(campaign.items.get()))
    assert _queries(client, card(campaign.items.get())) <= 40


def test_the_inbox_says_what_waits_and_until_when():
    owner, security, (item, other) = waits(2)
    page = text(signed_in(owner).get("/inbox/"))
    assert "2 lines wait for you" in page
    assert reverse("approvals:review_next", args=[item.campaign_id]) in page
    for each in (item, other):
        cases.decide(each, CERTIFY, owner)
    assert "wait for you until" not in text(signed_in(owner).get("/inbox/"))
    assert "wait for you until" not in text(signed_in(security).get("/inbox/"))


def test_who_keeps_faster_than_one_reads_is_told_calmly():
    owner, _, items = waits(23)
    for number, item in enumerate(items[:21]):
        cases.decide(item, CERTIFY, owner, at=NOW - timedelta(seconds=40 - number))
    page = signed_in(owner).get(card(items[22]))
    assert "You kept 21 in the last minute." in text(page)
    assert decide(signed_in(owner), items[22]).status_code == 302
