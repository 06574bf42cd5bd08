"""What follows from another owner is found by the tick, also when the hint to it was lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory import tasks
from inventory.models import Identity
from inventory.services.owners.owner_assignments import appoint_acting_owner
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def hinted(monkeypatch):
    """How often the task was hinted at; nothing is sent."""
    told = []
    for task in (tasks.settle_owners, tasks.collect_slice, tasks.daily_reevaluation, tasks.discover):
        monkeypatch.setattr(task, "apply_async", lambda task=task, **_options: told.append(task.name))
    return lambda: told.count(tasks.settle_owners.name)


def test_findings_that_are_due_are_judged(hinted):
    builders.identity(is_judgement_due=True)
    tasks.tick()
    assert hinted() == 1
    tasks.settle_owners()
    assert not Identity.objects.get().is_judgement_due
    tasks.tick()
    assert hinted() == 1


def test_an_acting_owner_leaves_when_the_last_day_is_over(hinted):
    known, sam = builders.identity(), builders.user("security")
    appoint_acting_owner(
        identity=known,
        owner=builders.team(),
        days=1,
        reason="Ill",
        acting_user=sam,
        at=timezone.now() - timedelta(days=2),
    )
    tasks.settle_owners()
    assert Identity.objects.get().owner is None


def test_more_than_one_task_can_judge_are_left_for_the_next(hinted, monkeypatch):
    monkeypatch.setattr(tasks, "_JUDGED_PER_TASK", 1)
    for _ in range(2):
        builders.identity(is_judgement_due=True)
    tasks.settle_owners()
    assert (hinted(), Identity.objects.to_judge().count()) == (1, 1)
