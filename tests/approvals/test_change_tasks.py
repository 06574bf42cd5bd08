"""Change tasks: opened once, taken up, said to be applied, and verified by a reading alone."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.models import ChangeTask
from approvals.rules.change_tasks import TaskKind, TaskState
from approvals.services.grants.earlier_ends import end_earlier
from approvals.services.grants.grants import revoke
from approvals.services.tasks.change_packs import situation_of
from approvals.services.tasks.change_tasks import open_task
from approvals.services.tasks.grant_tasks import open_due_tasks, settle_read_tasks, tell_of_overdue
from approvals.services.tasks.task_claims import cancel_task, say_applied, take_task
from inventory.models import AuditEvent, Notice, Role
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import Estate, days
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> Estate:
    return Estate()


def removal(estate: Estate, **given) -> ChangeTask:
    """An open task without a grant, about one account."""
    asked: dict[str, Any] = {
        "identity": estate.identity,
        "kind": TaskKind.REMOVE,
        "reason": "Odd mails.",
        "due_on": days(3),
    }
    asked |= {"policy_name": "partner", "principals": ["444455556666"], "at": NOW, "acting_user": estate.security}
    return open_task(**asked | given)


def test_the_same_task_is_opened_once_and_hastened(estate):
    first = removal(estate)
    again = removal(estate, due_on=days(0), is_urgent=True)
    later = removal(estate, due_on=days(9))
    assert first.pk == again.pk == later.pk
    assert (later.due_on, later.is_urgent) == (days(0), True)
    actions = AuditEvent.objects.filter(object_type="changetask").values_list("action", flat=True)
    assert sorted(actions) == ["task.hastened", "task.opened"]


def test_other_principals_are_another_task(estate):
    assert removal(estate).pk != removal(estate, principals=["777788889999"]).pk


def test_the_database_holds_one_open_task_of_a_kind_for_a_grant(estate):
    grant = estate.granted()
    ChangeTask.objects.all().delete()
    task = removal(estate, grant=grant)
    with pytest.raises(IntegrityError, match="change_task_one_for_grant"), transaction.atomic():
        ChangeTask.objects.create(
            identity=task.identity, grant=grant, kind="remove", reason="x", due_on=days(1), opened_at=NOW
        )


def test_a_removal_takes_the_place_of_the_application(estate):
    grant = estate.granted()
    task = open_task(
        identity=estate.identity,
        kind=TaskKind.APPLY,
        reason="Approved.",
        due_on=days(7),
        at=NOW,
        acting_user=None,
        grant=grant,
    )
    removal(estate, grant=grant)
    task.refresh_from_db()
    assert task.state == TaskState.CANCELLED
    assert "Odd mails." in task.outcome


def test_a_person_takes_a_task_up_and_says_that_it_is_applied(estate):
    task = removal(estate)
    take_task(task.pk, acting_user=estate.security, at=NOW)
    said = say_applied(task.pk, acting_user=estate.security, at=NOW)
    assert (said.state, said.taken_by, said.verified_by_run) == (TaskState.SAID_APPLIED, estate.security, None)
    with pytest.raises(ConflictError, match="said so already"):
        say_applied(task.pk, acting_user=estate.second, at=NOW)


def test_the_operating_team_acts_and_others_do_not(estate):
    operators = builders.team(name="Platform")
    estate.identity.scope.account.owner_team = operators
    estate.identity.scope.account.save()
    operator = builders.user(Role.VIEWER, teams=[operators])
    task = removal(estate)
    assert task.assigned_team == operators
    for other in (estate.owner, builders.user(Role.ADMIN), builders.user(Role.AUDITOR)):
        with pytest.raises(RefusedError, match="Only the team that operates the account"):
            say_applied(task.pk, acting_user=other, at=NOW)
    assert say_applied(task.pk, acting_user=operator, at=NOW).said_by == operator


def test_security_alone_cancels_and_says_why(estate):
    task = removal(estate)
    with pytest.raises(RefusedError, match="Only the security team"):
        cancel_task(task.pk, reason="No.", acting_user=estate.owner, at=NOW)
    with pytest.raises(RefusedError, match="Say why"):
        cancel_task(task.pk, reason=" ", acting_user=estate.security, at=NOW)
    cancel_task(task.pk, reason="A mistake.", acting_user=estate.security, at=NOW)
    with pytest.raises(ConflictError, match="A mistake"):
        take_task(task.pk, acting_user=estate.security, at=NOW)


def test_a_task_is_seen_by_readers_owners_and_its_team(estate):
    operators = builders.team(name="Platform")
    estate.identity.scope.account.owner_team = operators
    estate.identity.scope.account.save()
    task = removal(estate)
    seen_by = (estate.owner, estate.security, builders.user(Role.AUDITOR), builders.user(Role.OWNER, teams=[operators]))
    assert all(ChangeTask.objects.visible_to(user).filter(pk=task.pk).exists() for user in seen_by)
    assert not ChangeTask.objects.visible_to(builders.user(Role.OWNER)).exists()


def read(estate: Estate, *, at: datetime) -> None:
    """A later reading of the identity, compared with its tasks."""
    type(estate.identity).objects.filter(pk=estate.identity.pk).update(last_read_at=at)
    settle_read_tasks(at=at)


def lay(estate: Estate, terms: GrantTerms, name: str = "partner") -> None:
    """The least policy for the terms, as AWS has it."""
    builders.policy(identity=estate.identity, name=name, text=json.dumps(minimal_policy(terms)))


def task_of(estate: Estate, kind: TaskKind) -> ChangeTask:
    return ChangeTask.objects.get(identity=estate.identity, kind=kind)


def test_an_approved_grant_opens_its_task_and_tells_who_operates_the_account(estate):
    grant = estate.granted()
    task = task_of(estate, TaskKind.APPLY)
    assert (task.grant, task.due_on, task.reason) == (grant, days(7), "The newsletter goes out through them.")
    told = Notice.objects.filter(kind="apply")
    assert set(told.values_list("person", flat=True)) == {estate.security.pk, estate.second.pk}
    assert {notice.path for notice in told} == {reverse("approvals:task_detail", args=[task.pk])}


def test_what_begins_later_is_due_before_it_begins(estate):
    estate.granted(starts_on=days(20), ends_on=days(50))
    assert task_of(estate, TaskKind.APPLY).due_on == days(19)


def test_a_reading_from_before_the_task_settles_nothing(estate):
    grant = estate.granted()
    lay(estate, grant.grant_terms)
    task = task_of(estate, TaskKind.APPLY)
    read(estate, at=task.opened_at)
    assert task_of(estate, TaskKind.APPLY).state == TaskState.OPEN
    read(estate, at=task.opened_at + timedelta(hours=1))
    assert task_of(estate, TaskKind.APPLY).state == TaskState.VERIFIED


def test_somebodys_word_that_a_reading_denies_opens_the_task_again_and_tells(estate):
    estate.granted()
    task = task_of(estate, TaskKind.APPLY)
    say_applied(task.pk, acting_user=estate.security, at=NOW)
    read(estate, at=NOW + timedelta(hours=1))
    task.refresh_from_db()
    assert (task.state, task.said_by) == (TaskState.OPEN, estate.security)
    assert Notice.objects.filter(text__contains="the reading since does not show it").exists()


def test_a_shortened_grant_is_applied_anew_with_its_earlier_end(estate):
    grant = estate.granted()
    lay(estate, grant.grant_terms)
    read(estate, at=NOW + timedelta(hours=1))
    end_earlier(grant.pk, ends_on=days(10), reason="Sooner.", acting_user=estate.security, at=NOW + timedelta(hours=2))
    task = ChangeTask.objects.undone().get(grant=grant)
    assert task.kind == TaskKind.APPLY
    read(estate, at=NOW + timedelta(hours=3))
    assert ChangeTask.objects.undone().filter(pk=task.pk).exists(), "the old end is still there"


def test_a_revoked_grant_is_to_be_removed_at_once(estate):
    grant = estate.granted()
    lay(estate, grant.grant_terms)
    revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW)
    assert task_of(estate, TaskKind.APPLY).state == TaskState.CANCELLED
    assert task_of(estate, TaskKind.REMOVE).due_on == days(0)


def test_what_never_ended_by_itself_is_due_the_day_after_the_calendar_ended_it(estate):
    grant = estate.granted(ends_on=days(5))
    open_ended = builders.allow({"AWS": grant.grant_terms.principals[0]}, estate.identity.arn, "ses:SendEmail")
    builders.policy(identity=estate.identity, name="partner", text=builders.document(open_ended))
    at = NOW + timedelta(days=6)
    assert open_due_tasks(at=at) == 1
    task = task_of(estate, TaskKind.REMOVE)
    assert (task.due_on, task.state) == (days(6), TaskState.OPEN)
    assert open_due_tasks(at=at) == 0, "once"
    read(estate, at=at + timedelta(hours=1))
    task.refresh_from_db()
    assert task.state == TaskState.OPEN


def test_what_aws_ended_itself_is_verified_by_a_reading_and_its_dead_statement_is_named(estate):
    grant = estate.granted(ends_on=days(5))
    lay(estate, grant.grant_terms)
    read(estate, at=NOW + timedelta(hours=1))
    Notice.objects.all().delete()
    at = NOW + timedelta(days=6)
    open_due_tasks(at=at)
    assert not Notice.objects.exists(), "nobody has to hurry"
    read(estate, at=at + timedelta(hours=1))
    task = task_of(estate, TaskKind.REMOVE)
    assert task.state == TaskState.VERIFIED
    assert "AWS itself ended the access" in task.outcome
    assert "dead statement is left in policy partner" in task.outcome


def test_a_renewal_moves_the_end_of_the_statement_and_keeps_its_start(estate):
    first = estate.granted()
    lay(estate, first.grant_terms)
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(61), ends_on=days(120))
    situation = situation_of(second.change_tasks.get(), at=NOW)
    (text,) = situation.pack().writes.values()
    (statement,) = json.loads(text)["Statement"]
    window = statement["Condition"]["DateLessThan"]["aws:CurrentTime"]
    assert window.startswith(days(121).isoformat())
    assert list(situation.pack().writes) == ["partner"]


def test_who_has_to_do_it_is_told_once_that_it_is_overdue(estate):
    removal(estate, due_on=days(1))
    for hours in (0, 1):
        tell_of_overdue(at=NOW + timedelta(days=2, hours=hours))
    overdue = Notice.objects.filter(text__contains="was due on")
    assert overdue.count() == 2, "two people of security, once each"


def test_tasks_that_were_told_of_keep_no_other_from_being_told_of(estate, monkeypatch):
    monkeypatch.setattr("approvals.services.tasks.grant_tasks._AT_ONCE", 1)
    for name in ("first", "second"):
        removal(estate, due_on=days(1), policy_name=name)
        tell_of_overdue(at=NOW + timedelta(days=2))
    assert Notice.objects.filter(text__contains="was due on").values("key").distinct().count() == 2


def test_an_identity_that_is_gone_needs_no_removal(estate):
    task = removal(estate)
    type(estate.identity).objects.update(gone_at=NOW)
    settle_read_tasks(at=NOW)
    task.refresh_from_db()
    assert (task.state, task.outcome) == (TaskState.VERIFIED, "shop.example.com no longer exists in SES.")
