"""The list of findings: where they stand, whose they are, and many changed at once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from inventory.filters.findings import assignee_choices
from inventory.models import AuditEvent, Finding, Role
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
TODAY = NOW.date()


def _shown(client: Client, query: str, names: set[str]) -> set[str]:
    page = text_of(client, f"{reverse('inventory:finding_list')}?{query}")
    return {name for name in names if f"Finding {name}." in page}


def _finding(name: str, **fields) -> Finding:
    return builders.finding(evidence={"text": f"Finding {name}."}, **fields)


def test_what_is_accepted_is_left_out_and_one_click_away():
    _finding("plain")
    _finding("accepted", disposition="risk_accepted", disposition_until=TODAY)
    _finding("wrong", disposition="false_positive", disposition_until=TODAY + timedelta(days=3))
    _finding("over", disposition="risk_accepted", disposition_until=TODAY - timedelta(days=1))
    client = client_of("viewer")
    names = {"plain", "accepted", "wrong", "over"}
    assert _shown(client, "", names) == {"plain", "over"}
    assert _shown(client, "status=accepted", names) == {"accepted", "wrong"}
    assert _shown(client, "standing=new", names) == {"plain", "over"}
    assert _shown(client, "status=ever&standing=false_positive", names) == {"wrong"}


def test_findings_by_whose_they_are():
    me, other = builders.user("security"), builders.user("security")
    _finding("mine", assignee=me)
    _finding("theirs", assignee=other)
    _finding("free")
    names = {"mine", "theirs", "free"}
    client = client_for(me)
    assert _shown(client, "assignee=me", names) == {"mine"}
    assert _shown(client, "assignee=nobody", names) == {"free"}
    assert _shown(client, f"assignee={other.pk}", names) == {"theirs"}


def test_the_first_look_is_told_apart_from_what_came_later():
    first = _finding("first")
    first.episodes.update(is_baseline=True)
    _finding("later")
    client = client_of("viewer")
    assert _shown(client, "first=yes", {"first", "later"}) == {"first"}
    assert _shown(client, "first=no", {"first", "later"}) == {"later"}


def _change(client: Client, findings: list[Finding], **said: str):
    data = {"finding": [each.pk for each in findings], "back": "severity=high"} | said
    return client.post(reverse("inventory:finding_triage_many"), data, follow=True)


def test_many_change_at_once_and_the_refused_are_named():
    good, gone = _finding("good"), _finding("gone", presence="absent")
    me = builders.user("security")
    answer = _change(client_for(me), [good, gone], disposition="triaged", assignee=str(me.pk))
    assert answer.redirect_chain == [("/findings/?severity=high", 302)]
    page = answer.content.decode()
    assert f"F{gone.pk} (unknown-account-send) stays as it is. It is no longer there." in page
    good.refresh_from_db()
    assert (good.disposition, good.assignee) == ("triaged", me)
    assert AuditEvent.objects.filter(object_type="finding", object_id=str(good.pk)).count() == 2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.ADMIN, Role.VENDOR_MANAGER])
def test_readers_have_no_boxes_and_are_refused(role):
    finding = _finding("one")
    client = client_of(role)
    assert 'name="finding"' not in text_of(client, reverse("inventory:finding_list"))
    assert _change(client, [finding], disposition="triaged").status_code == 403
    assert 'name="finding"' in text_of(client_of("security"), reverse("inventory:finding_list"))


@pytest.mark.parametrize("said", [{}, {"disposition": "risk_accepted"}, {"assignee": "99999999"}])
def test_nothing_chosen_changes_nothing(said):
    finding = _finding("one")
    page = _change(client_of("security"), [finding], **said).content.decode()
    assert "Nothing was changed" in page
    finding.refresh_from_db()
    assert (finding.disposition, finding.assignee) == ("new", None)


def test_the_way_back_leads_nowhere_else():
    answer = client_of("security").post(
        reverse("inventory:finding_triage_many"), {"back": "//evil.example.com/?x=<script>"}
    )
    assert answer.headers["Location"].startswith("/findings/?")


def test_the_filters_name_only_the_vendors_and_people_of_findings_that_one_may_see():
    team = builders.team()
    seen, other = builders.vendor(name="Brightmail"), builders.vendor(name="Dunmere")
    near = builders.account(account_id="444455556666", relationship="partner", vendor=seen)
    builders.account(account_id="777788889999", relationship="partner", vendor=other)
    identity = builders.identity(owner_team=team, owner_source="tag")
    builders.delegation(identity=identity, account_id=near.account_id)
    mine, theirs = builders.user("security", name="Ada Near"), builders.user("security", name="Bo Far")
    _finding("mine", identity=identity, assignee=mine)
    _finding("theirs", assignee=theirs)
    for page in ("finding_list", "case_list"):
        shown = text_of(client_of("owner", teams=[team]), reverse(f"inventory:{page}"))
        assert ("Brightmail" in shown, "Dunmere" in shown) == (True, False), page
        everything = text_of(client_of("viewer"), reverse(f"inventory:{page}"))
        assert "Dunmere" in everything, page
        assert "Bo Far" in everything, page
    named = {label for _, label in assignee_choices(builders.user("owner", teams=[team]))}
    assert ("Ada Near" in named, "Bo Far" in named) == (True, False)
