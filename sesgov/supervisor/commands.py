"""What `manage.py` does before Django: the services that a command needs, for its own duration."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command

from sesgov.environment import Environment
from sesgov.supervisor import databases, services
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.locks import alone
from sesgov.supervisor.state import StateDir

WITHOUT_SERVICES = frozenset(
    {
        "help",
        "--help",
        "-h",
        "version",
        "--version",
        "check",
        "collectstatic",
        "compilemessages",
        "findstatic",
        "pgtrigger",
    }
)
WITHOUT_MIGRATING = frozenset({"makemigrations", "migrate", "showmigrations", "sqlmigrate", "squashmigrations"})


@contextmanager
def services_for(command: str, environment: Environment) -> Iterator[None]:
    """Set DATABASE_URL, REDIS_URL and SESGOV_SECRET_KEY for the real estate while the body runs; raises StartError."""
    needed = services.needed(environment)
    if command in WITHOUT_SERVICES or (not needed and environment.secret_key):
        yield
        return
    state = StateDir.open(environment.state_dir)
    os.environ.setdefault("SESGOV_SECRET_KEY", state.secret("secret-key"))
    if not needed:
        yield
        return
    with services.use(state, needed, embedded=environment.embedded) as running:
        os.environ.update(databases.urls(environment, running, is_demo=False))
        if running.postgres and environment.database_url is None:
            migrate_embedded(state, databases.REAL, is_wanted=command not in WITHOUT_MIGRATING)
        yield


def migrate_embedded(state: StateDir, name: str, *, is_wanted: bool = True) -> None:
    """Make the embedded database of that name (DATABASE_URL points at it) and bring it up to this code."""
    with alone(state.file("migrate.lock")):
        if databases.is_migrated(state, name):
            return
        databases.create_if_missing(os.environ["DATABASE_URL"])
        if not is_wanted:
            return
        migrate()
        databases.note_migrated(state, name)


def migrate() -> None:
    """Bring the database at DATABASE_URL up to this code; raises StartError."""
    django.setup()
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StartError(f"the database cannot be migrated: {reason}") from error
