"""`people import`: all of a file or nobody, with the lines that do not hold."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inventory.models import AuditEvent, Identity, Team, User
from tests import builders

pytestmark = pytest.mark.django_db


def imported(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    call_command("people", "import", str(path))


def refused(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(CommandError) as error:
        imported(tmp_path, content)
    assert error.value.returncode == 2
    return str(error.value)


def test_it_adds_everybody_with_roles_teams_and_aliases(tmp_path: Path) -> None:
    known = builders.identity(tags={"owner": "Annie"})
    imported(
        tmp_path,
        "\ufeffemail,name,roles,teams,aliases\r\n"
        'ann@example.org,"Lee, Ann",owner; security,Shop;Press,Annie\r\n'
        "\r\n"
        "bob@example.org,Bob,,,\r\n",
    )
    ann, bob = User.objects.get(email="ann@example.org"), User.objects.get(email="bob@example.org")
    assert (ann.name, ann.roles, ann.aliases) == ("Lee, Ann", ["owner", "security"], ["Annie"])
    assert {team.name for team in ann.teams.all()} == {"Shop", "Press"}
    assert (bob.roles, bob.has_usable_password()) == ([], False)
    assert Identity.objects.get(pk=known.pk).owner == ann


def test_one_bad_line_adds_nobody_and_every_bad_line_is_named(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        "email,roles,teams\nann@example.org,owner,Shop\nbob,owner,\ncarl@example.org,root,\nANN@example.org,,\n",
    )
    assert "Line 3: 'bob' is not an e-mail address" in said
    assert "Line 4: 'root' is not a role" in said
    assert "Line 5: ann@example.org already belongs" in said
    assert "nobody was added" in said
    assert (User.objects.count(), Team.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "Line 1: the header is nothing"),
        ("name,roles\nAnn,owner\n", "Line 1"),
        ("email,phone\na@example.org,1\n", "Line 1"),
        ("email,email\na@example.org,b@example.org\n", "Line 1"),
        ("email\n", "holds nobody"),
        ("email,name\na@example.org,Lee, Ann\n", "Line 2: 3 cells under 2 columns"),
        ('email,name\na@example.org,"Ann\n', "this is no CSV"),
        (b"email,name\na@example.org,\xff\n", "not UTF-8"),
        ("email,name\na@example.org,A\x00nn\n", "nobody was added"),
    ],
)
def test_what_is_no_such_file_is_said(tmp_path: Path, content: str | bytes, words: str) -> None:
    assert words in refused(tmp_path, content)
    assert not User.objects.exists()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("people", "import", str(tmp_path / "none.csv"))
