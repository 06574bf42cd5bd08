"""Which database and which broker number: the demo's are never those of the real estate."""

import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from sesgov.environment import ROOT, Environment
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.services import Services
from sesgov.supervisor.state import StateDir, write_private

REAL, DEMO = "sesgov", "sesgov_demo"


def urls(environment: Environment, services: Services, *, is_demo: bool) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL for the demo or the real estate, from what is given and what is embedded."""
    database = environment.database_url or f"{services.postgres}/{REAL}"
    redis = environment.redis_url or f"{services.redis}/0"
    if is_demo:
        name = urlsplit(database).path.lstrip("/")
        database = with_path(database, f"{name}_demo")
        redis = with_path(redis, str(int(urlsplit(redis).path.strip("/") or 0) + 1))
    return {"DATABASE_URL": database, "REDIS_URL": redis}


def with_path(url: str, path: str) -> str:
    """The URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def create_if_missing(url: str) -> None:
    """Make the database that the URL names; raises StartError when the server does not let us."""
    name = urlsplit(url).path.lstrip("/")
    try:
        with psycopg.connect(with_path(url, "postgres"), autocommit=True, connect_timeout=10) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise StartError(f"the database {name} cannot be made, make it or use --no-demo: {_one_line(error)}") from None


def check(url: str) -> None:
    """Connect once; raises StartError with the server's words."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.Error as error:
        raise StartError(f"DATABASE_URL gives no database: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def fingerprint() -> str:
    """Changes with every migration of ours and every upgrade of an app that we install."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_migrated(state: StateDir, name: str) -> bool:
    """Whether the embedded database of that name was last migrated by this very code."""
    return _migrated(state).get(name) == fingerprint()


def note_migrated(state: StateDir, name: str) -> None:
    """Remember that it was."""
    write_private(state.file("migrated.json"), json.dumps(_migrated(state) | {name: fingerprint()}))


def _migrated(state: StateDir) -> dict[str, str]:
    path: Path = state.file("migrated.json")
    if not path.exists():
        return {}
    notes: dict[str, str] = json.loads(path.read_text())
    return notes
