"""A backup as README has it made, restored into a new database: the same rows, and the trail as strict as before."""

import re
import shutil
import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg import sql

from inventory.services.people.api_tokens import create_token
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)

RESTORED = "sesgov_restored_by_a_test"


def _url(name: str) -> str:
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**settings.DATABASES["default"]) + name


@pytest.fixture
def restored() -> Iterator[str]:
    """An empty database beside the one of the tests."""
    with psycopg.connect(_url("postgres"), autocommit=True) as outside:
        outside.execute(f"DROP DATABASE IF EXISTS {RESTORED}")
        outside.execute(f"CREATE DATABASE {RESTORED}")
        yield _url(RESTORED)
        outside.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")


def _has_tools() -> bool:
    """pg_dump refuses a server that is newer than itself; the wheel brings a server without it."""
    if not shutil.which("pg_dump") or not shutil.which("pg_restore"):
        return False
    said = subprocess.run(["pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
    with psycopg.connect(_url("postgres")) as server:
        return int(re.findall(r"\d+", said)[0]) >= server.info.server_version // 10000


def test_what_was_dumped_is_there_again_and_append_only(restored, tmp_path):
    if not _has_tools():
        pytest.skip("no pg_dump here that is as new as the server")
    user = builders.user("admin", email="maya@example.com")
    create_token(user=user, acting_user=user, at=timezone.now())
    builders.delegation()
    source, dump = _url(connection.settings_dict["NAME"]), tmp_path / "sesgov.dump"
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", source], check=True)
    subprocess.run(["pg_restore", "--exit-on-error", "--no-owner", f"--dbname={restored}", dump], check=True)
    with psycopg.connect(source) as original, psycopg.connect(restored) as copy:
        for table in ("inventory_user", "inventory_delegation", "inventory_auditevent", "django_migrations"):
            question = sql.SQL("SELECT * FROM {} ORDER BY 1").format(sql.Identifier(table))
            assert copy.execute(question).fetchall() == original.execute(question).fetchall() != [], table
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot update or delete"):
            copy.execute("DELETE FROM inventory_auditevent")
