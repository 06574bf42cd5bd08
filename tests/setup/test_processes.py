"""Processes that end: started again, or followed by the next."""

import time

import pytest

from sesgov.supervisor.processes import Processes
from sesgov.supervisor.state import StateDir
from tests.setup.running import state_dir


@pytest.fixture
def processes():
    with state_dir() as path:
        made = Processes(StateDir.open(path))
        yield made
        made.stop()


def watch_until(processes, is_done):
    deadline = time.monotonic() + 20
    while not is_done():
        assert time.monotonic() < deadline
        processes.watch()
        time.sleep(0.05)


def test_what_follows_a_process_comes_once_and_only_after_success(processes, tmp_path):
    """The first time it fails and is started again; then it is done and not started any more."""
    mark, followed = tmp_path / "mark", []
    code = f"import pathlib, sys; m = pathlib.Path({str(mark)!r}); n = m.exists(); m.touch(); sys.exit(not n)"
    processes.start("once", "-c", code, then=lambda: followed.append(mark.exists()))
    watch_until(processes, lambda: followed)
    processes.watch()
    assert followed == [True]


def test_what_follows_may_be_a_process(processes, tmp_path):
    mark = tmp_path / "second"
    second = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(60)"
    processes.start("first", "-c", "", then=lambda: processes.start("second", "-c", second))
    watch_until(processes, mark.exists)
