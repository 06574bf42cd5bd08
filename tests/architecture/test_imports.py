"""The imports run in one direction, and this test can tell when they do not."""

from pathlib import Path

import pytest

from tests.architecture.imports import ROOT, broken_rules


def test_imports_run_in_one_direction() -> None:
    assert broken_rules(ROOT) == []


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("inventory/policy/bad.py", "import django", "does without"),
        (
            "inventory/policy/bad.py",
            "from boto3.session import Session",
            "does without",
        ),
        ("inventory/aws/bad.py", "from celery import shared_task", "does without"),
        (
            "inventory/aws/bad.py",
            "from inventory.models import Account",
            "higher floor",
        ),
        (
            "inventory/models/bad.py",
            "from inventory.services.audit import record",
            "higher floor",
        ),
        ("inventory/services/bad.py", "from inventory import tables", "higher floor"),
        (
            "inventory/services/bad.py",
            "from ..tables import IdentityTable",
            "higher floor",
        ),
        ("inventory/views/bad.py", "import approvals.models", "higher floor"),
        (
            "approvals/services/tasks/bad.py",
            "from approvals.services.grants.grants import revoke",
            "higher floor",
        ),
        ("inventory/tasks.py", "from sesgov.celery import app", "higher floor"),
        (
            "inventory/views/bad.py",
            "def view():\n    from inventory.models import Account",
            "hides the import",
        ),
        ("approvals/rules.py", "import django.utils", "does without"),
    ],
)
def test_a_planted_violation_is_seen(tmp_path: Path, file: str, source: str, complaint: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True)
    planted.write_text(source + "\n")
    assert any(complaint in sentence for sentence in broken_rules(tmp_path)), broken_rules(tmp_path)


def test_a_late_import_in_ready_is_allowed(tmp_path: Path) -> None:
    apps = tmp_path / "inventory/apps.py"
    apps.parent.mkdir(parents=True)
    apps.write_text("class C:\n    def ready(self):\n        import inventory.tasks\n")
    assert broken_rules(tmp_path) == []
