"""Owners on pages: claiming, deciding, handing on, rules, people, teams and deputies, each by whoever may."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Deputy, Identity, OwnerAssignment, OwnerRule, Team, User
from inventory.services.owners.owner_assignments import claim, decide_claim
from inventory.services.owners.owner_rules import add_owner_rule
from tests import builders
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture(autouse=True)
def hints(monkeypatch):
    """What a worker was told; there is none here."""
    told = []
    monkeypatch.setattr("celery.current_app.send_task", lambda task, **_options: told.append(task), raising=False)
    return told


def choice(owner):
    return f"{'team' if isinstance(owner, Team) else 'user'}-{owner.pk}"


def claimed(identity=None, who=None):
    who = who or builders.user("owner")
    known = identity or builders.identity()
    return claim(identity=known, owner=who, reason="Ours <b>", acting_user=who, at=NOW)


def test_an_owner_claims_by_name_and_sees_the_identity_once_it_is_confirmed():
    team, known = builders.team(name="Shop"), builders.identity(name="free.example.com")
    builders.identity(name="taken.example.com", owner_team=builders.team())
    ann, sam = builders.user("owner", teams=[team]), client_of("security")
    client = client_for(ann)
    page = text_of(client, "/owners/unclaimed/")
    assert "free.example.com" in page
    assert "taken.example.com" not in page
    assert known.scope.account.name not in page
    assert client.get(f"/identities/{known.pk}/").status_code == 404
    sent = client.post(f"/owners/unclaimed/{known.pk}/", {"owner": choice(team), "reason": "Newsletter"})
    assert (sent.status_code, sent["Location"]) == (302, "/owners/claims/")
    assert "free.example.com" in text_of(client, "/owners/claims/")
    assert client.get(f"/identities/{known.pk}/").status_code == 404
    made = OwnerAssignment.objects.get()
    assert sam.post(f"/owners/claims/{made.pk}/decide/", {"decision": "confirm"}).status_code == 302
    page = text_of(client, f"/identities/{known.pk}/")
    assert "hand: claimed by" in page


def test_a_claim_for_a_team_of_others_is_refused_on_the_server():
    known, other = builders.identity(), builders.team()
    sent = client_of("owner").post(f"/owners/unclaimed/{known.pk}/", {"owner": choice(other), "reason": "x"})
    assert sent.status_code == 422
    assert not OwnerAssignment.objects.exists()


def test_what_has_an_owner_cannot_be_looked_up_by_claiming_it():
    known = builders.identity(owner_team=builders.team())
    assert client_of("owner").get(f"/owners/unclaimed/{known.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("security", 302), ("admin", 302), ("auditor", 403), ("viewer", 403), ("owner", 404)]
)
def test_security_and_administrators_decide_on_claims(role, status):
    made = claimed()
    assert client_of(role).post(f"/owners/claims/{made.pk}/decide/", {"decision": "confirm"}).status_code == status


def test_a_decision_that_comes_too_late_is_a_conflict():
    made = claimed()
    decide_claim(claimed=made, is_confirmed=False, comment="", acting_user=builders.user("security"), at=NOW)
    sent = client_of("security").post(f"/owners/claims/{made.pk}/decide/", {"decision": "confirm"})
    assert sent.status_code == 409
    assert "Nothing was changed" in sent.content.decode()
    assert Identity.objects.get().owner is None


def test_a_claimant_withdraws_and_nobody_else():
    ann = builders.user("owner")
    made = claimed(who=ann)
    assert client_of("owner").post(f"/owners/claims/{made.pk}/withdraw/").status_code == 404
    assert client_of("security").post(f"/owners/claims/{made.pk}/withdraw/").status_code == 404
    assert client_for(ann).post(f"/owners/claims/{made.pk}/withdraw/").status_code == 302
    assert client_for(ann).post(f"/owners/claims/{made.pk}/withdraw/").status_code == 409


def test_what_a_claimant_says_is_escaped():
    claimed()
    page = text_of(client_of("security"), "/owners/claims/")
    assert "Ours &lt;b&gt;" in page


def test_the_owner_hands_on_and_is_led_away_from_what_they_no_longer_see(hints):
    shop, press = builders.team(), builders.team()
    known = builders.identity(owner_team=shop)
    client = client_of("owner", teams=[shop])
    sent = client.post(f"/identities/{known.pk}/owner/hand-on/", {"owner": choice(press), "reason": ""})
    assert (sent.status_code, sent["Location"]) == (302, "/identities/")
    assert Identity.objects.get().owner == press


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("admin", 403), ("auditor", 403), ("owner", 404)])
def test_nobody_else_hands_on_or_appoints(role, status):
    known, press = builders.identity(owner_team=builders.team()), builders.team()
    client = client_of(role)
    entry = {"owner": choice(press), "reason": "x", "days": "3"}
    assert client.post(f"/identities/{known.pk}/owner/hand-on/", entry).status_code == status
    assert client.post(f"/identities/{known.pk}/owner/acting/", entry).status_code == status
    assert not OwnerAssignment.objects.exists()


def test_security_appoints_an_acting_owner_and_ends_it():
    known, press = builders.identity(), builders.team()
    client = client_of("security")
    url = f"/identities/{known.pk}/owner/"
    assert client.post(f"{url}acting/", {"owner": choice(press), "days": "31", "reason": "Ill"}).status_code == 422
    assert client.post(f"{url}acting/", {"owner": choice(press), "days": "30", "reason": "Ill"}).status_code == 302
    assert "as acting owner until" in text_of(client, url)
    again = client.post(f"{url}acting/", {"owner": choice(press), "days": "3", "reason": "Ill"})
    assert again.status_code == 409
    made = OwnerAssignment.objects.get()
    assert client_of("admin").post(f"/owners/assignments/{made.pk}/end/").status_code == 403
    assert client.post(f"/owners/assignments/{made.pk}/end/").status_code == 302
    assert client.post(f"/owners/assignments/{made.pk}/end/").status_code == 409
    assert Identity.objects.get().owner is None


def test_a_page_that_was_overtaken_gives_no_role_back():
    ann, client = builders.user("owner", "security", name="Ann Lee"), client_of("admin")
    url = f"/people/{ann.pk}/"
    said = {"name": "Ann Lee", "seen": client.get(url).context["form"]["seen"].value()}
    assert client.post(url, said | {"roles": ["owner"]}).status_code == 302
    assert client.post(url, said | {"roles": ["owner", "security"], "aliases": "annie"}).status_code == 409
    ann.refresh_from_db()
    assert (ann.roles, ann.aliases) == (["owner"], [])


def test_an_owner_who_left_is_named_where_a_new_one_is_needed():
    ann = builders.user("owner", name="Ann Lee", email="ann@example.org")
    builders.identity(name="old.example.com", tags={"owner": "ann@example.org"})
    client = client_of("admin")
    client_for(builders.user("admin"))
    text_of(client, "/people/")
    client.post(f"/people/{ann.pk}/", {"name": "Ann Lee", "roles": ["owner"], "aliases": "annie"})
    assert Identity.objects.get().owner == ann
    assert client.post(f"/people/{ann.pk}/state/", {"state": "left"}).status_code == 302
    page = text_of(client, "/owners/missing/?former=yes")
    assert "old.example.com" in page
    assert "Ann Lee" in page
    assert "Waits for a decision" not in page
    assert "Nobody" not in text_of(client, "/owners/missing/?former=no")


def test_what_was_given_to_who_left_stands_on_their_page():
    ann, known = builders.user("owner"), builders.identity(name="given.example.com")
    made = claimed(known, ann)
    decide_claim(claimed=made, is_confirmed=True, comment="", acting_user=builders.user("security"), at=NOW)
    builders.finding(assignee=ann)
    client = client_of("admin")
    client.post(f"/people/{ann.pk}/state/", {"state": "left"})
    page = text_of(client, f"/people/{ann.pk}/")
    assert "Needs a new owner" in page
    assert "given.example.com" in page
    assert "1 open finding is still assigned" in page
    assert str(ann) in text_of(client, "/owners/missing/")
    client.post(f"/people/{ann.pk}/state/", {"state": "active"})
    assert Identity.objects.get(pk=known.pk).owner == ann


def test_a_rule_is_added_previewed_moved_and_ended(hints):
    team, known = builders.team(name="Shop"), builders.identity(name="shop.example.com")
    client = client_of("security")
    seen = text_of(client, "/owners/rules/preview/?kind=domain_suffix&value=example.com")
    assert "It would own 1 of the 1 identity" in seen
    assert "is not a domain" in text_of(client, "/owners/rules/preview/?kind=domain_suffix&value=x")
    for value in ("example.com", "shop.example.com"):
        entry = {"kind": "domain_suffix", "value": value, "owner": choice(team)}
        assert client.post("/owners/rules/", entry).status_code == 302
    assert hints == ["inventory.tasks.settle_owners"] * 2
    assert "owner rule no. 1: *.example.com" in text_of(client, f"/identities/{known.pk}/owner/")
    second = OwnerRule.objects.get(value="shop.example.com")
    assert client.post(f"/owners/rules/{second.pk}/move/", {"position": "1"}).status_code == 302
    assert "owner rule no. 1: *.shop.example.com" in text_of(client, f"/identities/{known.pk}/owner/")
    assert client.post(f"/owners/rules/{second.pk}/end/").status_code == 302
    assert client.post(f"/owners/rules/{second.pk}/end/").status_code == 409
    assert client.post("/owners/rules/", entry | {"value": "nonsense"}).status_code == 422
    assert client.post("/owners/rules/", entry | {"owner": "team-0"}).status_code == 422


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("auditor", 403), ("owner", 404)])
def test_others_do_not_change_rules(role, status):
    team, client = builders.team(), client_of(role)
    rule = add_owner_rule(kind="domain_suffix", value="a.example.com", owner=team, acting_user=None, at=NOW)
    entry = {"kind": "domain_suffix", "value": "b.example.com", "owner": choice(team)}
    for url in ("/owners/rules/", f"/owners/rules/{rule.pk}/move/", f"/owners/rules/{rule.pk}/end/"):
        assert client.post(url, entry).status_code == status
    assert OwnerRule.objects.live().get() == rule


def test_only_administrators_change_people_and_teams():
    ann, team = builders.user("owner"), builders.team()
    for role, status in (("security", 403), ("auditor", 403), ("viewer", 403), ("owner", 404)):
        client = client_of(role)
        for url in ("/people/add/", f"/people/{ann.pk}/state/", "/teams/add/", f"/teams/{team.pk}/state/"):
            assert client.post(url, {"state": "left"}).status_code == status, (role, url)
        for url in (f"/people/{ann.pk}/", f"/teams/{team.pk}/"):
            assert client.post(url, {"name": "x", "roles": ["admin"]}).status_code in (403, 404), (role, url)
    assert (User.objects.get(pk=ann.pk).roles, Team.objects.get().is_active) == (["owner"], True)


def test_an_administrator_adds_people_and_teams():
    client = client_of("admin")
    assert client.post("/teams/add/", {"name": "Shop", "aliases": "store\r\nshops"}).status_code == 302
    team = Team.objects.get()
    assert team.aliases == ["store", "shops"]
    entry = {"email": "ann@example.org", "name": "Ann", "roles": ["owner"], "teams": [team.pk]}
    assert client.post("/people/add/", entry).status_code == 302
    again = client.post("/people/add/", entry)
    assert (again.status_code, "already belongs to Ann" in again.content.decode()) == (422, True)
    assert client.post("/teams/add/", {"name": "shop"}).status_code == 422
    ann = User.objects.get(email="ann@example.org")
    assert "Ann" in text_of(client, f"/teams/{team.pk}/")
    assert client.post(f"/people/{ann.pk}/", {"name": "Ann Lee", "roles": []}).status_code == 302
    ann.refresh_from_db()
    assert (ann.name, ann.roles, ann.teams.count()) == ("Ann Lee", [], 0)


def test_the_last_administrator_cannot_shut_the_door():
    ann = builders.user("admin")
    client = client_for(ann)
    sent = client.post(f"/people/{ann.pk}/", {"name": "Ann", "roles": ["viewer"]})
    assert (sent.status_code, "last administrator" in sent.content.decode()) == (422, True)
    assert client.post(f"/people/{ann.pk}/state/", {"state": "left"}).status_code == 422


def test_a_member_names_a_deputy_who_then_sees_what_the_team_owns():
    team = builders.team()
    ann, bob = builders.user("owner", teams=[team]), builders.user("owner")
    known = builders.identity(owner_team=team)
    today = timezone.localdate()
    entry = {"deputy": bob.pk, "from_on": today, "until_on": today + timedelta(days=3)}
    assert client_for(bob).post(f"/owners/deputies/team/{team.pk}/", entry).status_code == 404
    client = client_for(ann)
    assert client.post(f"/owners/deputies/team/{team.pk}/", entry | {"until_on": "2020-01-01"}).status_code == 422
    assert client.post(f"/owners/deputies/team/{team.pk}/", entry).status_code == 302
    assert client.post(f"/owners/deputies/team/{team.pk}/", entry).status_code == 409
    assert client_for(bob).get(f"/identities/{known.pk}/").status_code == 200
    made = Deputy.objects.get()
    assert client_of("owner").post(f"/owners/deputies/{made.pk}/end/").status_code == 404
    assert client_for(bob).post(f"/owners/deputies/{made.pk}/end/").status_code == 302
    assert client_for(bob).get(f"/identities/{known.pk}/").status_code == 404


def _fill():
    """One more of everything that the pages show a row of."""
    team = builders.team()
    person = builders.user("owner", teams=[team])
    claimed(who=person)
    builders.identity(owner_team=team, owner_source="claim")
    add_owner_rule(
        kind="domain_suffix", value=f"{team.name.replace(' ', '-')}.example", owner=team, acting_user=None, at=NOW
    )


@pytest.mark.parametrize(
    "url",
    [
        "/owners/missing/", "/owners/missing.csv", "/owners/unclaimed/", "/owners/claims/", "/owners/rules/",
        "/owners/tags/", "/people/", "/people.csv", "/teams/", "/owners/deputies/",
    ],
)  # fmt: skip
def test_more_rows_take_no_more_queries(url):
    client = client_of("security", "owner", "admin")
    _fill()
    text_of(client, url)
    with CaptureQueriesContext(connection) as few:
        text_of(client, url)
    for _ in range(4):
        _fill()
    with CaptureQueriesContext(connection) as many:
        text_of(client, url)
    assert len(many) == len(few)
