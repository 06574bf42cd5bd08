"""The inbox and the list of requests: what waits for whom, many at once, the same number of queries."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import ApprovalSlot, Grant, GrantRequest
from approvals.rules.change_tasks import TaskKind
from approvals.rules.deciders import SlotKind
from approvals.services.grants.decisions import decide
from approvals.services.requests.requests import Line, Request, ask_for_changes, save_draft, submit
from approvals.services.tasks.change_tasks import open_task
from inventory.models import Role, User
from tests import builders
from tests.approvals.cases import PARTNER, REASON, TODAY, Estate, approval, slot_of, terms
from tests.approvals.test_request_page import page_of, signed_in, text
from tests.builders import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

INBOX, DECIDE, LIST = "/inbox/", "/inbox/decide/", reverse("approvals:request_list")


@pytest.fixture
def estate() -> Estate:
    return Estate()


def requests_for(estate: Estate, number: int) -> list[GrantRequest]:
    """So many requests of one line, each for another role of the vendor."""
    roles = [f"arn:aws:iam::{PARTNER}:role/mailer-{each}" for each in range(number)]
    return [estate.pending(principals=(role,)) for role in roles]


def places(user: User, requests: list[GrantRequest], kind: SlotKind) -> list[str]:
    """What the boxes of these requests carry."""
    slots = [slot_of(each, kind) for each in requests]
    return [f"{slot.pk}:{slot.line.terms_hash}" for slot in slots]


def test_everybody_sees_what_is_theirs_and_the_number_of_it(estate):
    mine, sent_back = requests_for(estate, 2)
    ask_for_changes(sent_back.pk, comment="Name a role.", acting_user=estate.security, at=NOW)
    for person, number in ((estate.colleague, 1), (estate.security, 1), (estate.owner, 0)):
        page = signed_in(person).get(INBOX)
        assert page.context["decide_count"] == number
        assert text(page).count('class="places-number"') == 2 * number
    owners = text(signed_in(estate.owner).get(INBOX))
    assert "with Shop and security" in owners
    assert "with you" in owners
    decide(slot_of(mine, SlotKind.OWNER).pk, approval(mine), acting_user=estate.colleague, at=NOW)
    page = signed_in(estate.colleague).get(INBOX)
    assert page.context["decide_count"] == 0
    assert [slot.line.request for slot in page.context["done"]] == [mine]
    assert "with security" in text(signed_in(estate.owner).get(INBOX))


def test_nothing_to_do_is_said(estate):
    page = text(signed_in(builders.user(Role.VIEWER)).get(INBOX))
    for words in ("Nothing waits for your decision", "Nothing is to be written", "You asked for nothing", "will stand"):
        assert words in page


def test_what_my_team_has_to_apply_is_there_until_it_says_so(estate):
    grant = estate.granted()
    team = builders.team()
    operator = builders.user(teams=[team])
    task = grant.change_tasks.first() or open_task(
        identity=grant.identity,
        kind=TaskKind.APPLY,
        reason="Granted.",
        due_on=TODAY,
        at=NOW,
        acting_user=None,
        grant=grant,
    )
    task.assigned_team = team
    task.save()
    page = signed_in(operator).get(INBOX)
    assert page.context["task_count"] == 1
    assert reverse("approvals:task_detail", args=[task.pk]) in text(page)
    assert signed_in(estate.colleague).get(INBOX).context["task_count"] == 0
    task.due_on = TODAY
    task.save()
    assert "Overdue" not in text(signed_in(operator).get(INBOX))
    task.due_on = TODAY - timedelta(days=1)
    task.save()
    client = signed_in(operator)
    assert "Overdue" in text(client.get(INBOX))
    assert "1 overdue" in text(client.get(reverse("dashboard")))


def test_the_dashboard_says_what_is_not_in_aws_as_it_was_decided(estate):
    grant = estate.granted()
    page = text(signed_in(estate.security).get(reverse("dashboard")))
    assert "not as approved" not in page
    Grant.objects.filter(pk=grant.pk).update(observation="wider")
    assert "1 not as approved" in text(signed_in(estate.security).get(reverse("dashboard")))


def test_only_what_waits_has_a_day_to_decide_until(estate):
    waits = estate.pending()
    rows = text(signed_in(estate.security).get(LIST))
    assert waits.lapses_at.isoformat() in rows
    ask_for_changes(waits.pk, comment="Name a role.", acting_user=estate.security, at=NOW)
    assert waits.lapses_at.isoformat() not in text(signed_in(estate.security).get(LIST))


def test_like_requests_are_answered_together_and_each_is_recorded(estate):
    several = requests_for(estate, 3)
    chosen = places(estate.security, several, SlotKind.SECURITY)
    page = signed_in(estate.security).get(INBOX)
    assert [len(group.waiting) for group in page.context["groups"]] == [3]
    assert all(value in text(page) for value in chosen)
    done = signed_in(estate.security).post(DECIDE, {"decision": "approve", "place": chosen[:2]})
    assert (done.status_code, done["Location"]) == (302, INBOX)
    approved = ApprovalSlot.objects.filter(verdict="approved")
    assert {slot.line.request for slot in approved} == set(several[:2])
    assert {slot.signed_in_by for slot in approved} == {"password"}


def test_what_is_refused_of_many_is_named_and_stops_nothing(estate):
    several = requests_for(estate, 2)
    chosen = places(estate.security, several, SlotKind.SECURITY)
    decide(slot_of(several[0], SlotKind.SECURITY).pk, approval(several[0]), acting_user=estate.second, at=NOW)
    client = signed_in(estate.security)
    assert client.post(DECIDE, {"decision": "approve", "place": chosen}).status_code == 302
    page = text(client.get(INBOX))
    assert f"(request {several[0].pk}) is not decided. {estate.second} has approved this already." in page
    assert slot_of(several[1], SlotKind.SECURITY).decided_by == estate.security
    late = client.post(DECIDE, {"decision": "approve", "place": chosen})
    assert late.status_code == 409
    assert "Nothing was recorded." in text(late)


def test_many_at_once_keep_every_guard(estate):
    several = requests_for(estate, 2)
    owners = places(estate.owner, several, SlotKind.OWNER)
    for person, status in ((estate.owner, 422), (builders.user(Role.VIEWER), 422), (builders.user(Role.OWNER), 302)):
        assert signed_in(person).post(DECIDE, {"decision": "approve", "place": owners}).status_code == status
    stale = [f"{value.partition(':')[0]}:{'0' * 64}" for value in owners]
    assert signed_in(estate.colleague).post(DECIDE, {"decision": "approve", "place": stale}).status_code == 409
    assert signed_in(estate.colleague).post(DECIDE, {"decision": "reject", "place": owners}).status_code == 422
    asked = signed_in(estate.colleague, hours_ago=9).post(DECIDE, {"decision": "approve", "place": owners})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApprovalSlot.objects.exclude(verdict="").exists()
    assert signed_in(estate.colleague).post(DECIDE, {"decision": "approve"}).status_code == 302


def _fill(estate: Estate, number: int) -> None:
    for _ in range(number):
        identity = builders.identity(owner_team=builders.team())
        asked = Request("new", REASON, [Line(identity, terms(identity))], builders.vendor())
        by = builders.user(Role.OWNER)
        submit(save_draft(asked, acting_user=by, at=NOW).pk, acting_user=by, at=NOW)
        mine = Request("new", REASON, [Line(identity, terms(identity, ends_on=TODAY))], builders.vendor())
        submit(save_draft(mine, acting_user=estate.security, at=NOW).pk, acting_user=estate.security, at=NOW)


def test_twenty_rows_take_as_many_queries_as_four(estate):
    _fill(estate, 2)
    client = signed_in(estate.security)
    counted: dict[str, list[int]] = {INBOX: [], LIST: []}
    for more in (8, 0):
        for url, numbers in counted.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            numbers.append(len(captured))
        _fill(estate, more)
    assert [few == many for few, many in counted.values()] == [True, True], counted
    assert counted[INBOX][0] <= 20
    assert counted[LIST][0] <= 14


def test_the_list_is_narrowed_by_what_people_ask_for(estate):
    waiting, over = requests_for(estate, 2)
    no = approval(over, is_approved=False, comment="No.")
    decide(slot_of(over, SlotKind.SECURITY).pk, no, acting_user=estate.security, at=NOW)

    def found(user: User, **given: str | int) -> list[GrantRequest]:
        return list(signed_in(user).get(LIST, given).context["filter"].qs)

    assert found(estate.security) == [over, waiting]
    assert found(estate.security, state="rejected") == [over]
    assert found(estate.security, kind="renew") == []
    assert found(estate.security, vendor=estate.vendor.pk) == [over, waiting]
    assert found(estate.security, mine="decide") == [waiting]
    assert found(estate.security, mine="decided") == [over]
    assert found(estate.owner, mine="asked") == [over, waiting]
    assert found(estate.security, q=f"R{waiting.pk}") == [waiting]
    assert found(estate.security, q="brightm") == [over, waiting]
    assert found(estate.security, q="nothing") == []
    assert found(builders.user(Role.OWNER)) == []


def test_the_list_says_who_said_what_and_its_file_as_well(estate):
    request = estate.pending()
    decide(slot_of(request, SlotKind.SECURITY).pk, approval(request), acting_user=estate.security, at=NOW)
    client = signed_in(estate.owner)
    page = text(client.get(LIST))
    assert page_of(request) in page
    assert f"approved by {estate.security}" in page
    response = client.get(reverse("approvals:request_export"))
    row = next(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert row["Security"] == f"approved by {estate.security}"
    assert row["Owner's side"] == "open"
    assert row["Reason"] == REASON


def test_a_request_that_nobody_made_yet_is_an_empty_list_with_a_word(estate):
    assert "Nobody has asked for access yet." in text(signed_in(builders.user(Role.VIEWER)).get(LIST))
    assert not Grant.objects.exists()
