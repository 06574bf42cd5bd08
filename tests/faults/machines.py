"""The machines that fail: a Redis of a test's own, a worker with its beat as a process, a database that goes away."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections

from sesgov.supervisor import children, redis_server
from sesgov.supervisor.state import StateDir
from tests.setup.running import free_port

PASSWORD = "a-password-of-this-test"


class Broker:
    """A Redis that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._state, self._port = StateDir.open(folder), free_port()
        self.start()

    def start(self) -> None:
        """Start it, empty, where it was before."""
        embedded = os.environ.get("SESGOV_EMBEDDED", "auto")
        self._server = redis_server.start(self._state, port=self._port, embedded=embedded, password=PASSWORD)

    @property
    def url(self) -> str:
        return f"{self._server.url}/0"

    def kill(self) -> None:
        """As when its machine loses power."""
        self._server.process.kill()
        self._server.process.wait()


@contextmanager
def broker() -> Iterator[Broker]:
    """A Redis for one test."""
    folder = Path(f"/tmp/sesgov-faults-{os.getpid()}-{time.monotonic_ns()}")
    started = Broker(folder)
    try:
        yield started
    finally:
        started.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def worker(log: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with beat, as production starts them; its log is JSON."""
    database = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings.DATABASES["default"])
    environment = os.environ | {
        "DATABASE_URL": database,
        "REDIS_URL": settings.REDIS_URL,
        "SESGOV_COLLECT_AT": "never",
        "SESGOV_LOG_FORMAT": "json",
        **variables,
    }
    command = [sys.executable, "-m", "celery", "-A", "sesgov.celery", "--quiet", "worker", "--beat", "--concurrency=2"]
    options = ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--schedule", str(log.with_suffix(".beat"))]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command + options,
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            children.stop([process], patience=10)


@contextmanager
def database_away() -> Iterator[None]:
    """Every connection is cut and none is let in, as while PostgreSQL restarts; ours comes back after it."""
    database = settings.DATABASES["default"]
    name = psycopg.sql.Identifier(database["NAME"])
    connection.close()
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"],
        user=database["USER"],
        password=database["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as outside:
        outside.execute(psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            outside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database["NAME"]]
            )
            yield
        finally:
            outside.execute(psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    connections.close_all()
