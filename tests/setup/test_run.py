"""The real `./run`, from ready to gone."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from sesgov.environment import ROOT
from tests.setup.running import Run, environ, manage, run, running, state_dir

pytestmark = pytest.mark.timeout(400)


def sign_ins(served: Run) -> str:
    return served.said().split("ready: ")[1].split("\n", 1)[1]


def test_run_serves_pages_keeps_its_data_and_leaves_no_process():
    with state_dir() as state:
        with run(state) as first:
            first.wait_until_ready()
            assert f"ready: http://127.0.0.1:{first.port}" in first.said()
            assert 'name="password"' in first.page("/")
            known = sign_ins(first)
            assert "security@example.com" in known
            assert_that_a_second_one_is_told(state)
            assert_that_a_command_finds_the_real_estate(state)
            assert_that_a_killed_worker_is_replaced(first)
            assert len(first.processes()) >= 8
            assert first.end(signal.SIGINT) == set()
            assert first.process.returncode == 0
        with run(state) as second:
            second.wait_until_ready()
            assert sign_ins(second) == known
            assert second.end(signal.SIGKILL) == set()
        assert not (state / "children.json").exists()


def assert_that_a_second_one_is_told(state):
    with run(state) as second:
        assert second.process.wait(timeout=30) == 1
        (line,) = second.said().splitlines()
        assert re.fullmatch(r"run: sesgov runs already in \S+ \(process \d+, http://\S+\): .*", line)


def assert_that_a_killed_worker_is_replaced(served: Run):
    before = running(served.processes(), "celery", "worker")
    assert len(before) > 1
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not running(served.processes(), "celery", "worker") - before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "worker ended (exit code -9), starting it again" in served.said()


def assert_that_a_command_finds_the_real_estate(state):
    """The demo's people are not in it."""
    counted = manage(
        state, "shell", "--no-imports", "-c", "from inventory.models import User; print(User.objects.count())"
    )
    assert counted.stdout.strip() == "0", counted.stderr


def test_the_real_estate_begins_with_an_administrator():
    with state_dir() as state, run(state, "--no-demo") as served:
        served.wait_until_ready()
        assert re.search(r"first administrator: admin@localhost  password: \S{20}", served.said())
        assert not (state / "demo").exists()
        assert served.end(signal.SIGTERM) == set()


@pytest.mark.parametrize(
    ("options", "variables", "wanted"),
    [
        ((), {"SESGOV_TIME_ZONE": "Berlin"}, "run: SESGOV_TIME_ZONE='Berlin' cannot be used"),
        ((), {"SESGOV_STATE_DIR": "/dev/null/state"}, "run: the state directory /dev/null/state cannot be written"),
        ((), {"SESGOV_PRODUCTION": "1"}, "run: SESGOV_PRODUCTION is on, so DATABASE_URL and REDIS_URL and"),
        (("--no-demo",), {"DATABASE_URL": "postgres://u:hush@127.0.0.1:1/name"}, "run: DATABASE_URL gives no database"),
    ],
)
def test_what_cannot_start_is_one_line(options, variables, wanted):
    with state_dir() as state, run(state, *options, **variables) as served:
        assert served.process.wait(timeout=30) == 1
        (line,) = served.said().splitlines()
        assert line.startswith(wanted)
        assert "hush" not in line


def test_a_port_in_use_is_one_line():
    with socket.socket() as taken, state_dir() as state:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with run(state, port=taken.getsockname()[1]) as served:
            assert served.process.wait(timeout=30) == 1
            (line,) = served.said().splitlines()
            assert line.startswith(f"run: port {served.port} cannot be used")


def test_a_port_that_is_none_is_refused():
    with state_dir() as state:
        answer = subprocess.run(
            [ROOT / "run", "--port", "70000"], env=environ(state), capture_output=True, text=True, check=False
        )
    assert answer.returncode == 2
    assert "'70000' is not a port" in answer.stderr


def test_any_command_initialises_a_new_state_directory():
    with state_dir() as state:
        counted = manage(
            state, "shell", "--no-imports", "-c", "from inventory.models import User; print(User.objects.count())"
        )
        assert counted.stdout.strip() == "0", counted.stderr
        assert not (state / "services.json").exists()


def test_a_command_says_a_bad_setting_in_one_line():
    with state_dir() as state:
        answer = manage(state, "check", SESGOV_SES_RATE="fast")
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [
        "manage.py: SESGOV_SES_RATE='fast' cannot be used: expected requests per second from 0 (no limit) to 1000"
    ]


def test_a_command_says_an_unreachable_database_in_one_line():
    with state_dir() as state:
        answer = manage(
            state,
            "accounts",
            "list",
            DATABASE_URL="postgresql://u:hidden@127.0.0.1:1/x",
            REDIS_URL="redis://127.0.0.1:1",
        )
    assert answer.returncode == 1
    assert answer.stderr.startswith("manage.py: the database does not do its part: ")
    assert answer.stderr.count("\n") == 1
    assert "hidden" not in answer.stderr


def test_the_policy_commands_look_for_nothing(tmp_path):
    """Neither the settings nor a service is looked at: both are out of order here."""
    answer = manage(tmp_path, "check_policy", "--help", DATABASE_URL="nonsense", SESGOV_STATE_DIR="/dev/null/state")
    assert answer.returncode == 0, answer.stderr
    assert "--fail-on" in answer.stdout
