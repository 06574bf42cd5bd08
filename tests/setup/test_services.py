"""The embedded services: found, lent, stopped after their last user, however that one ends."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from sesgov.environment import ROOT
from sesgov.supervisor import services
from sesgov.supervisor.accounts import SHARED_HOME, service_account
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.locks import is_held
from sesgov.supervisor.state import StateDir
from tests.setup.running import descendants, environ, state_dir, wait_until_gone

BOTH = ["postgres", "redis"]
# Uses the services until it is killed; tells that it has them.
HOLDER = """
import sys, time
from pathlib import Path
from sesgov.supervisor import services
from sesgov.supervisor.state import StateDir
with services.use(StateDir.open(Path(sys.argv[1])), sys.argv[2:]) as running:
    print(running.postgres or running.redis, flush=True)
    time.sleep(60)
"""


def holder(
    state: Path, *names: str, prefix: tuple[str, ...] = (), python: str = sys.executable
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*prefix, python, "-c", HOLDER, state, *names],
        cwd=ROOT,
        env=environ(state, PYTHONPATH=os.pathsep.join(path for path in sys.path if path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert "://" in process.stdout.readline(), process.stderr.read()
    return process


def server_is_there(state: Path) -> bool:
    return is_held(state / "keeper.lock")


def test_both_answer_and_ask_for_a_password():
    with state_dir() as path, services.use(StateDir.open(path), BOTH, is_temporary=True) as running:
        assert psycopg.connect(f"{running.postgres}/postgres").execute("SELECT 1").fetchone() == (1,)
        assert redis.Redis.from_url(f"{running.redis}/0").ping()
        assert running.postgres
        assert running.redis
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgresql://sesgov:guess@{running.postgres.split('@')[1]}/postgres")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://{running.redis.split('@')[1]}/0").ping()
        secrets = [path / "postgres-password", path / "services.json"]
        assert [stat.S_IMODE(secret.stat().st_mode) for secret in secrets] == [0o600, 0o600]


def test_the_last_user_ends_them_and_a_killed_one_counts_as_gone():
    with state_dir() as path:
        first = holder(path, "redis")
        pids = descendants(first.pid)
        with services.use(StateDir.open(path), ["redis"]) as second:
            first.kill()
            first.wait()
            assert redis.Redis.from_url(f"{second.redis}/0").ping()
        assert wait_until_gone(pids, seconds=5) == set()
        assert not server_is_there(path)


def test_a_killed_keeper_takes_its_services_along_and_the_next_user_starts_anew():
    with state_dir() as path:
        first = holder(path, *BOTH)
        pids = descendants(first.pid) - {first.pid}
        keeper = next(pid for pid in pids if "keeper" in Path(f"/proc/{pid}/cmdline").read_text())
        os.kill(keeper, signal.SIGKILL)
        assert wait_until_gone(pids) == set()

        first.kill()
        first.wait()
        assert (path / "services.json").exists()
        with services.use(StateDir.open(path), BOTH) as running:
            assert psycopg.connect(f"{running.postgres}/postgres").execute("SELECT 1").fetchone() == (1,)


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _answer(running: services.Services) -> bool:
    try:
        psycopg.connect(f"{running.postgres}/postgres", connect_timeout=2).close()
        return bool(redis.Redis.from_url(f"{running.redis}/0").ping())
    except (psycopg.OperationalError, redis.RedisError):
        return False


def test_a_killed_server_is_started_again_where_its_users_look_for_it():
    with state_dir() as path, services.use(StateDir.open(path), BOTH, is_temporary=True) as running:
        keeper = next(pid for pid in descendants(os.getpid()) if f"keeper\0{path}" in _line(pid))
        servers = [pid for pid in descendants(keeper) if "-server" in _line(pid) or "postgres\0-D" in _line(pid)]
        assert len(servers) == len(BOTH)
        for pid in servers:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        time.sleep(0.2)
        while not _answer(running):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_running_service_that_is_missing_is_said():
    with state_dir() as path:
        state = StateDir.open(path)
        lent = services.use(state, BOTH)
        with services.use(state, ["redis"]), pytest.raises(StartError, match="without its own postgres"), lent:
            pytest.fail("there is no PostgreSQL")


def test_what_a_killed_run_left_is_ended():
    with state_dir() as path:
        orphan = subprocess.Popen(["sleep", "60"], start_new_session=True)
        state = StateDir.open(path)
        state.file("children.json").write_text(json.dumps([orphan.pid]))
        with services.use(state, []):
            pass
        assert orphan.wait(timeout=5) == -signal.SIGKILL
        assert not state.file("children.json").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for PostgreSQL")
def test_a_state_directory_of_root_alone_stays_closed():
    with state_dir(mode=0o700) as path:
        state = StateDir.open(path)
        account = service_account(state)
        assert account is not None
        try:
            with services.use(state, ["postgres"], is_temporary=True) as running:
                assert psycopg.connect(f"{running.postgres}/postgres").execute("SELECT 1").fetchone() == (1,)
                assert account.home.parent == SHARED_HOME
                assert stat.S_IMODE(path.stat().st_mode) == 0o700
            assert not path.exists()
        finally:
            shutil.rmtree(account.home)


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_data_of_a_deleted_state_directory_is_moved_aside():
    with state_dir(mode=0o700) as path:
        first = service_account(StateDir.open(path))
        assert first is not None
        (first.home / "postgres").mkdir()
        shutil.rmtree(path)
        path.mkdir(mode=0o700)
        second = service_account(StateDir.open(path))
        aside = first.home.with_name(f"{first.home.name}.old1")
        try:
            assert second == first
            assert not (first.home / "postgres").exists()
            assert (aside / "postgres").exists()
        finally:
            shutil.rmtree(first.home)
            shutil.rmtree(aside)


NOBODY = 65534


def is_open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def python_for_others() -> str | None:
    """An interpreter that others can start; the keeper needs the standard library alone."""
    known = [sys.executable, "/usr/bin/python3"]
    usable = [name for name in known if Path(name).exists() and is_open_to_others(Path(name))]
    is_new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return next(
        (name for name in usable if not subprocess.run([name, "-c", is_new_enough], check=False).returncode), None
    )


@pytest.mark.skipif(
    os.geteuid() != 0
    or not shutil.which("setpriv")
    or not is_open_to_others(Path(__file__))
    or not python_for_others(),
    reason="needs root, setpriv, and a tree and a Python that others can read",
)
def test_an_ordinary_user_runs_both_in_a_home_of_their_own():
    with state_dir(mode=0o700) as path:
        os.chown(path, NOBODY, NOBODY)
        prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        process = holder(path, *BOTH, prefix=prefix, python=python_for_others() or "")
        pids = descendants(process.pid)
        assert len(pids) >= 4
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in pids} == {NOBODY}
        process.kill()
        process.wait()
        assert wait_until_gone(pids) == set()
