"""Review campaigns in the API: what they count, whom they show it to, how they are narrowed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.running import sign
from approvals.services.evidence.sealing import seal_pack
from inventory.models import Role
from tests import builders
from tests.api.asking import ROOT, answer, asking, asking_as
from tests.builders import NOW
from tests.campaigns import cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


@pytest.fixture
def owner():
    """Of a team with one path; nobody owns the other."""
    team = builders.team()
    owner = builders.user(Role.OWNER, teams=[team])
    cases.seen_path(identity=builders.identity(name="shop.example.com", owner_team=team))
    cases.seen_path(identity=builders.identity(name="zoo.example.com"))
    return owner


def test_a_review_counts_what_waits_and_what_is_to_be_removed(owner):
    campaign = cases.active(cases.security())
    cases.decide(campaign.items.get(identity__name="shop.example.com"), ItemDecision.REVOKE, owner)
    (item,) = answer(asking("auditor"), "/campaigns")["items"]
    numbers = ("items", "pending", "missed", "to_remove", "verified", "overdue")
    assert [item[name] for name in numbers] == [2, 1, 0, 1, 0, 0]
    assert (item["state"], item["population_sha256"]) == ("active", campaign.population_hash)
    (own,) = answer(asking_as(owner), "/campaigns")["items"]
    assert [own[name] for name in numbers] == [1, 0, 0, 1, 0, 0]


def test_its_detail_says_what_was_seen_and_names_the_evidence(owner, settings, tmp_path):
    settings.SESGOV_SIGNING_KEY_FILE = tmp_path / "key.pem"
    by = cases.security()
    campaign = cases.active(by)
    for item in campaign.items.all():
        person = owner if item.reviewer_team else by
        cases.decide(item, ItemDecision.CERTIFY, person)
    sign(campaign.pk, attestation="I looked at them.", signed_in_by="", acting_user=by, at=NOW)
    pack = seal_pack(campaign.pk, acting_user=None, at=NOW)
    found = answer(asking("viewer"), f"/campaigns/{campaign.pk}")
    assert [each["problem"] for each in found["completeness"]] == ["", ""]
    assert found["not_collected"][0].startswith("principals inside our accounts")
    assert (found["attestation"], found["signed_by"]) == ("I looked at them.", by.email)
    assert [(each["pack_sha256"], each["size"]) for each in found["packs"]] == [(pack.pack_hash, pack.size)]
    own = answer(asking_as(owner), f"/campaigns/{campaign.pk}")
    assert (own["packs"], own["completeness"], own["attestation"]) == ([], [], "")


def test_strangers_and_owners_who_are_not_asked_yet_find_nothing(owner):
    campaign = cases.staged(cases.security())
    for client in (asking(), asking_as(owner)):
        assert answer(client, "/campaigns") == {"items": [], "count": 0}
        assert client.get(f"{ROOT}/campaigns/{campaign.pk}").status_code == 404


@pytest.mark.parametrize(
    ("field", "found", "missed"),
    [
        ("state", "active", "closed"),
        ("name", "Third quarter of 2026", "Third"),
        ("period_to", "2026-09-30", "2026-09-29"),
        ("overdue", "false", "true"),
    ],
)
@pytest.mark.usefixtures("owner")
def test_reviews_are_narrowed(field, found, missed):
    cases.active(cases.security())
    client = asking("viewer")
    assert answer(client, "/campaigns", **{field: found})["count"] == 1
    assert answer(client, "/campaigns", **{field: missed})["count"] == 0


@pytest.mark.usefixtures("owner")
def test_after_the_due_day_what_waits_is_overdue():
    cases.active(cases.security())
    with time_machine.travel(NOW + timedelta(days=22), tick=False):
        (item,) = answer(asking("viewer"), "/campaigns", overdue="true")["items"]
    assert item["overdue"] == 2


@pytest.mark.usefixtures("owner")
def test_many_reviews_cost_as_many_questions_as_one():
    by = cases.security()
    cases.active(by)
    client = asking("viewer")
    answer(client, "/campaigns")
    numbers = []
    for more in (0, 3):
        for number in range(more):
            cases.active(by, name=f"Another {number}")
        with CaptureQueriesContext(connection) as caught:
            answer(client, "/campaigns")
        numbers.append(len(caught))
    assert numbers[0] == numbers[1]
