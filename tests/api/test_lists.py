"""Lists and details: what they hold, whom they show it to, how they are narrowed, how many queries they take."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import Account, Finding, FindingEpisode
from inventory.services.people.teams import join_team
from sesgov.api.listings import MOST_AT_ONCE
from tests import builders
from tests.api.asking import ROOT, answer, asking, asking_as
from tests.builders import NOW
from tests.pages import estate
from tests.pages.clients import client_of

pytestmark = pytest.mark.django_db

LISTS = ("accounts", "identities", "delegations", "findings", "runs", "figures")
OF_THE_WHOLE = ("accounts", "runs")


def _details(name: str) -> list[str]:
    key = {"accounts": "account_id", "figures": "key"}.get(name, "id")
    items = answer(asking("viewer"), f"/{name}")["items"]
    assert items, name
    return [f"/{name}/{item[key]}" for item in items]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_items_and_their_count_and_each_item_a_detail(name):
    estate.build()
    listed = answer(asking("viewer"), f"/{name}")
    assert set(listed) == {"items", "count"}
    assert listed["count"] == len(listed["items"]) > 0
    for path, item in zip(_details(name), listed["items"], strict=True):
        detail = answer(asking("viewer"), path)
        assert {field: detail[field] for field in item if field != "as_of"} == {
            field: value for field, value in item.items() if field != "as_of"
        }


@pytest.mark.parametrize("name", LISTS)
def test_who_holds_no_role_sees_nothing(name):
    estate.build()
    paths = _details(name)
    nobody = asking()
    if name == "figures":
        assert all(item["n"] == 0 for item in answer(nobody, "/figures")["items"])
        return
    assert answer(nobody, f"/{name}") == {"items": [], "count": 0}
    for path in paths:
        assert nobody.get(f"{ROOT}{path}").status_code == 404


def test_an_owner_sees_what_their_team_owns_as_in_the_browser():
    world = estate.build()
    other = builders.delegation(identity=builders.identity(name="other.example.net"))
    owner = builders.user("owner", teams=[world.team])
    mine = asking_as(owner)
    assert [each["identity_name"] for each in answer(mine, "/identities")["items"]] == [world.shop.name]
    assert {each["identity_id"] for each in answer(mine, "/delegations")["items"]} == {world.shop.pk}
    assert mine.get(f"{ROOT}/delegations/{other.pk}").status_code == 404
    for name in OF_THE_WHOLE:
        assert answer(mine, f"/{name}")["count"] == 0
    join_team(user=owner, team=builders.team(), acting_user=None, at=NOW)
    assert answer(mine, "/identities")["count"] == 1


@pytest.mark.parametrize("name", [name for name in LISTS if name != "figures"])
def test_a_list_takes_the_same_number_of_queries_however_long_it_is(name):
    estate.build()
    client = asking("viewer")
    answer(client, f"/{name}")
    with CaptureQueriesContext(connection) as few:
        answer(client, f"/{name}")
    for _ in range(5):
        world = builders.identity(owner_team=builders.team(), owner_user=builders.user("owner"))
        builders.delegation(identity=world)
        builders.finding(identity=world, assignee=builders.user("security"))
        builders.run(requested_by=builders.user("admin"))
        builders.account(vendor=builders.vendor(), organization=builders.organization(), owner_team=builders.team())
    with CaptureQueriesContext(connection) as many:
        answer(client, f"/{name}")
    assert len(many) == len(few) <= 3, [each["sql"] for each in many]


def test_pages_follow_one_another_without_a_gap():
    wanted = sorted(builders.identity().pk for _ in range(7))
    client = asking("viewer")
    seen = []
    for offset in range(0, 9, 3):
        page = answer(client, "/identities", limit=3, offset=offset)
        assert page["count"] == 7
        seen += [item["id"] for item in page["items"]]
    assert seen == wanted


def test_account_ids_are_text_and_instants_are_utc():
    account = builders.account(account_id="012345678901")
    item = answer(asking("viewer"), f"/accounts/{account.account_id}")
    assert item["account_id"] == "012345678901"
    assert item["created_at"] == "2026-11-02T08:00:00Z"


def test_how_sesgov_gets_into_an_account_is_not_told():
    builders.account(role_arn="arn:aws:iam::111122223333:role/reads", external_id="planted-external-id", profile="shop")
    text = asking("admin").get(f"{ROOT}/accounts").content.decode()
    assert "planted-external-id" not in text
    assert "role/reads" not in text


@pytest.mark.parametrize(
    ("path", "field", "found", "missed"),
    [
        ("/accounts", "relationship", "partner", "former"),
        ("/accounts", "account_id", "111122223333", "999999999999"),
        ("/identities", "region", "eu-west-1", "us-east-1"),
        ("/identities", "owner_team", "Shop", "Shoe"),
        ("/identities", "widest_reach", "public", "organization"),
        ("/delegations", "principal_account_id", "999988887777", "123412341234"),
        ("/delegations", "trust", "unknown", "former"),
        ("/delegations", "is_outside", "true", "false"),
        ("/findings", "presence", "present", "stale"),
        ("/runs", "outcome", "complete", "denied"),
        ("/figures", "key", "posture", "nothing"),
    ],
)
def test_a_list_is_narrowed_by_the_name_of_a_field(path, field, found, missed):
    estate.build()
    client = asking("viewer")
    everything = answer(client, path)["count"]
    hits = answer(client, path, **{field: found})
    assert 0 < hits["count"] <= everything
    shown = {"true": True}.get(found, found)
    if field != "owner_team":
        assert all(item[field] == shown for item in hits["items"])
    assert answer(client, path, **{field: missed})["count"] == 0


@pytest.mark.parametrize(
    ("path", "parameters", "field"),
    [
        ("/identities", {"limit": 0}, "limit"),
        ("/identities", {"limit": MOST_AT_ONCE + 1}, "limit"),
        ("/identities", {"offset": -1}, "offset"),
        ("/identities", {"limit": "many"}, "limit"),
        ("/identities", {"account_id": "123"}, "account_id"),
        ("/identities", {"reagion": "eu-west-1"}, "reagion"),
        ("/identities", {"identity_name": "a\x00b"}, "identity_name"),
        ("/identities", {"region": ["eu-west-1", "us-east-1"]}, "region"),
        ("/findings", {"severity": "awful"}, "severity"),
        ("/delegations", {"is_live": "perhaps"}, "is_live"),
        ("/figures", {"reagion": "eu-west-1"}, "reagion"),
        ("/identities/0", {}, "id"),
        ("/identities/shop", {}, "id"),
        (f"/runs/{2**64}", {}, "id"),
        ("/accounts/12", {}, "account_id"),
    ],
)
def test_what_is_not_understood_is_refused_at_its_field(path, parameters, field):
    response = asking("viewer").get(f"{ROOT}{path}", parameters)
    assert response.status_code == 422, response.content
    assert [problem["loc"][-1] for problem in response.json()["detail"]] == [field]


def test_what_is_over_is_listed_when_it_is_asked_for():
    ended = builders.delegation(is_live=False)
    gone = builders.identity(gone_at=NOW - timedelta(days=1))
    closed = builders.finding(presence=Finding.Presence.ABSENT)
    client = asking("viewer")
    for name, row, parameters in (
        ("delegations", ended, {"is_live": "false"}),
        ("identities", gone, {"is_live": "false"}),
        ("findings", closed, {"is_open": "false"}),
        ("findings", closed, {"presence": "absent"}),
    ):
        assert row.pk not in [item["id"] for item in answer(client, f"/{name}")["items"]]
        assert row.pk in [item["id"] for item in answer(client, f"/{name}", **parameters)["items"]]
        assert answer(client, f"/{name}/{row.pk}")["id"] == row.pk


def test_a_finding_that_nobody_looked_at_since_is_open():
    stale = builders.finding(presence=Finding.Presence.STALE)
    items = answer(asking("viewer"), "/findings")["items"]
    assert [(item["id"], item["presence"], item["is_open"]) for item in items] == [(stale.pk, "stale", True)]


def test_findings_are_those_that_the_browser_lists_and_hints_come_when_asked_for():
    estate.build()
    hint = builders.finding(severity="info")
    listed = answer(asking("viewer"), "/findings")
    page = client_of("viewer").get(reverse("inventory:finding_list"))
    assert listed["count"] == page.context["total"] > 0
    assert [item["id"] for item in answer(asking("viewer"), "/findings", severity="info")["items"]] == [hint.pk]


def test_a_finding_tells_its_episodes():
    finding = builders.finding()
    FindingEpisode.objects.filter(finding=finding).update(closed_at=NOW, reason=FindingEpisode.Reason.FIXED)
    FindingEpisode.objects.create(finding=finding, opened_at=NOW + timedelta(days=1))
    episodes = answer(asking("viewer"), f"/findings/{finding.pk}")["episodes"]
    assert [(each["reason"], each["closed_at"]) for each in episodes] == [("fixed", "2026-11-02T08:00:00Z"), ("", None)]


def test_a_run_tells_what_it_could_not_look_at():
    run = builders.run(state="running")
    job = builders.scope_run(run=run, state="done", outcome="denied", error_code="AccessDenied", error_text="No role.")
    scopes = answer(asking("viewer"), f"/runs/{run.pk}")["scopes"]
    assert [(each["account_id"], each["outcome"], each["error_code"]) for each in scopes] == [
        (job.scope.account.account_id, "denied", "AccessDenied")
    ]
    assert answer(asking("viewer"), f"/runs/{run.pk}")["outcome"] is None


@pytest.mark.parametrize("path", ["/", "/v1/", "/v1/senders", "/v1/nothing/at/all", "/v2/identities"])
def test_what_is_not_there_is_said_in_json(path):
    response = asking("viewer").get(f"/api{path}")
    assert response.status_code == 404
    assert response.json()["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(method):
    account = builders.account()
    for path in ("/accounts", f"/accounts/{account.account_id}"):
        assert getattr(asking("admin"), method)(f"{ROOT}{path}").status_code == 405
    assert Account.objects.count() == 1
