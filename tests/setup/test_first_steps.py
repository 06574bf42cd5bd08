"""What `./run` does once: the first administrator, and the demo's first collection."""

import getpass
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from inventory.models import AuditEvent, CollectionRun, Role, User
from inventory.services.collecting.collection_limits import collection_limits
from inventory.services.schedule import start_scheduled_run
from inventory.tasks import collect_slice
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def terminal(monkeypatch):
    """Somebody at a terminal who gives these answers, one after the other."""

    def answer(*pairs):
        emails, passwords = iter([pair[0] for pair in pairs]), iter([pair[1] for pair in pairs])
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _prompt: next(emails))
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(passwords))

    return answer


def test_without_a_terminal_an_administrator_is_made(monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    said = StringIO()
    call_command("first_admin", stdout=said)

    user = User.objects.get()
    assert (user.email, user.roles) == ("admin@localhost", [Role.ADMIN])
    assert user.check_password(said.getvalue().split("password: ")[1].split()[0])
    assert AuditEvent.objects.filter(action="user.added").count() == 1


def test_at_a_terminal_it_is_asked_for_until_it_fits(terminal):
    terminal(
        ("nobody", "long enough to be good"), ("ada@example.com", "short"), ("ada@example.com", "river-lantern-42x")
    )
    call_command("first_admin")

    assert User.objects.get().email == "ada@example.com"


def test_after_three_tries_nobody_is_made(terminal):
    terminal(*[("nobody", "long enough to be good")] * 3)

    with pytest.raises(CommandError, match="no administrator was made"):
        call_command("first_admin")
    assert not User.objects.exists()


def test_nobody_is_asked_when_there_is_an_administrator(terminal):
    terminal()
    builders.user(Role.ADMIN)
    call_command("first_admin")

    assert User.objects.count() == 1


def test_the_demo_is_collected_once_and_not_again_by_the_schedule(monkeypatch, settings):
    settings.SESGOV_COLLECT_AT = (timezone.now() - timedelta(hours=1)).time()
    nudges = []
    monkeypatch.setattr(collect_slice, "apply_async", lambda **options: nudges.append(options))
    builders.account()
    for _ in range(2):
        call_command("begin_collection")
    later = timezone.now() + timedelta(minutes=2)

    assert start_scheduled_run(collection_limits(), at=later) is None
    assert CollectionRun.objects.count() == len(nudges) == 1


def test_the_present_is_collected_after_the_history(monkeypatch):
    nudges = []
    monkeypatch.setattr(collect_slice, "apply_async", lambda **options: nudges.append(options))
    builders.account()
    builders.run(trigger=CollectionRun.Trigger.REPLAY)
    call_command("begin_collection")
    assert CollectionRun.objects.unfinished().get().trigger == CollectionRun.Trigger.SCHEDULE
    assert len(nudges) == 1
