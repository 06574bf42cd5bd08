"""Overdue changes of AWS: whoever applies them is told, and told once."""

from datetime import timedelta

import pytest

from approvals.models import ChangeTask
from approvals.services.tasks.grant_tasks import open_due_tasks
from inventory.models import Notice
from tests.approvals.cases import Estate
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def test_an_overdue_task_is_told_once():
    Estate().granted()
    task = ChangeTask.objects.get()
    for days in (0, 60, 61):
        open_due_tasks(at=NOW + timedelta(days=days))
    told = Notice.objects.filter(key=f"task {task.pk} overdue")
    assert told.count() == told.values("person").distinct().count() > 0
