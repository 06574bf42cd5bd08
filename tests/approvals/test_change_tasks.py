"""Change tasks: opened once, taken up, said to be applied, and verified by a reading alone."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from approvals.models import ChangeTask
from approvals.rules.change_tasks import TaskKind, TaskState
from approvals.services.change_tasks import open_task
from approvals.services.task_claims import cancel_task, say_applied, take_task
from inventory.models import AuditEvent, Role
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
