"""`accounts`, `people` and `create_admin` on the command line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Account, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery\n"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_accounts_add_then_list() -> None:
    said = run("accounts", "add", "012345678901", "--name", "Shop", "--environment", "production")
    assert "Added 012345678901 Shop (managed)." in said
    rows = json.loads(run("accounts", "list", "--format", "json"))
    assert [(row["account_id"], row["environment"]) for row in rows] == [("012345678901", "production")]
    assert "012345678901  managed       Shop" in run("accounts", "list")


def test_an_empty_list_says_what_to_do() -> None:
    assert "accounts add" in run("accounts", "list")


def test_bad_input_exits_with_2_and_writes_nothing() -> None:
    with pytest.raises(CommandError, match="12 digits") as error:
        run("accounts", "add", "123")
    assert error.value.returncode == 2
    assert not Account.objects.exists()


def test_people_add_with_roles_and_teams() -> None:
    said = run("people", "add", "ann@example.com", "--name", "Ann", "--role", "owner", "--team", "Marketing")
    assert "Added ann@example.com (owner)." in said
    user = User.objects.get()
    assert user.teams.get().name == "Marketing"
    assert not user.has_usable_password()


def test_create_admin_reads_the_password_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD))
    run("create_admin", "root@example.com", "--password-stdin")
    user = User.objects.get()
    assert user.roles == ["admin"]
    assert user.check_password(PASSWORD.strip())


def test_create_admin_without_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="password"):
        run("create_admin", "root@example.com")
    assert not User.objects.exists()


def test_a_day_that_no_calendar_has_is_named() -> None:
    with pytest.raises(CommandError, match="is no day of the calendar"):
        run("accounts", "add", "012345678901", "--ends-on", "2026-02-30")
    assert not Account.objects.exists()


def test_a_password_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"))
    with pytest.raises(CommandError, match="no text") as error:
        run("create_admin", "root@example.com", "--password-stdin")
    assert error.value.returncode == 2
    assert not User.objects.exists()
